// Actors that objects bring along (ObjectRow::device): a timer's interrupt, a disk that completes a
// request. Each becomes a thread without a task, whose program is one call for ever.

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "sim/program/compilation.h"

namespace wakesim {
namespace {

constexpr std::size_t kDevicesMax = 2000;

// One object, or one record that holds objects.
struct Place {
  ast::Expression expression;
  std::string name;
};

ast::Expression node(ast::Expression::Kind kind, const Location& where) {
  ast::Expression result;
  result.kind = kind;
  result.where = where;
  return result;
}

Place element_of(const Place& array, std::int64_t index) {
  ast::Expression number = node(ast::Expression::Kind::Number, array.expression.where);
  number.value = index;
  Place result;
  result.expression = node(ast::Expression::Kind::Index, array.expression.where);
  result.expression.operands = {array.expression, std::move(number)};
  result.name = array.name + "[" + std::to_string(index) + "]";
  return result;
}

Place field_of(const Place& record, const std::string& name) {
  Place result;
  result.expression = node(ast::Expression::Kind::Member, record.expression.where);
  result.expression.name = name;
  result.expression.operands = {record.expression};
  result.name = record.name + "." + name;
  return result;
}

class DeviceAdder {
 public:
  explicit DeviceAdder(Compilation& compilation) : compilation_(compilation) {}

  void add_all() {
    for (const ast::Object& object : compilation_.system.instance.objects) {
      Place place;
      place.expression = node(ast::Expression::Kind::Name, object.where);
      place.expression.name = object.name;
      place.name = object.name;
      add(object, place);
    }
  }

 private:
  // Mistakes in counts are reported where the objects are made; one object is made then.
  void add(const ast::Object& object, const Place& place) {
    if (!has_device(object.kind) || count_ > kDevicesMax) return;
    if (!object.count) return add_one(object, place);
    std::int64_t count = fold(*object.count, compilation_.symbols).value_or(1);
    if (count < 1 || count > kElementsMax) count = 1;
    for (std::int64_t i = 0; i < count && count_ <= kDevicesMax; ++i) {
      add_one(object, element_of(place, i));
    }
  }

  void add_one(const ast::Object& object, const Place& place) {
    const auto type = compilation_.types.find(object.kind);
    if (type == compilation_.types.end()) {
      return add_device(*compilation_.kinds.find(object.kind)->second, place);
    }
    for (const ast::Object& field : type->second->fields) add(field, field_of(place, field.name));
  }

  bool has_device(const std::string& kind) const {
    const auto row = compilation_.kinds.find(kind);
    if (row != compilation_.kinds.end()) return row->second->device != nullptr;
    const auto type = compilation_.types.find(kind);
    if (type == compilation_.types.end()) return false;
    const auto& fields = type->second->fields;
    return std::any_of(fields.begin(), fields.end(),
                       [this](const ast::Object& field) { return has_device(field.kind); });
  }

  void add_device(const ObjectRow& row, const Place& place) {
    if (++count_ > kDevicesMax) {
      compilation_.diagnostics.error(
          place.expression.where,
          "more than " + std::to_string(kDevicesMax) + " objects with a device of their own",
          "every timerfd has its timer, every aio_context its disk");
      return;
    }
    const std::string call(row.device->name);
    ast::Statement line;
    line.kind = ast::Statement::Kind::Evaluate;
    line.where = place.expression.where;
    line.text = call.substr(call.find('.') + 1);
    line.value = node(ast::Expression::Kind::Call, line.where);
    line.value.name = call;
    line.value.arguments = {{"", place.expression, line.where}};
    ast::Statement loop;
    loop.kind = ast::Statement::Kind::Forever;
    loop.where = line.where;
    loop.text = "forever";
    loop.body = {std::move(line)};
    ast::Thread device;
    device.name = std::string(row.device_name) + " of " + place.name;
    device.daemon = true;
    device.is_interrupt = true;
    device.is_device = true;
    device.body = {std::move(loop)};
    device.where = place.expression.where;
    compilation_.system.instance.threads.push_back(std::move(device));
  }

  Compilation& compilation_;
  std::size_t count_ = 0;
};

}  // namespace

void add_devices(Compilation& compilation) { DeviceAdder(compilation).add_all(); }

}  // namespace wakesim
