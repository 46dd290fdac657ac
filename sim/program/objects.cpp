// `objects:`: words of shared memory, and the objects that models create.

#include <algorithm>
#include <cstring>
#include <utility>

#include "sim/assert.h"
#include "sim/program/builder.h"
#include "sim/program/compilation.h"

namespace wakesim {
namespace {

constexpr std::int64_t kElementsMax = 1'000'000;

class ObjectDeclarer {
 public:
  explicit ObjectDeclarer(Compilation& compilation)
      : compilation_(compilation),
        system_(compilation.system),
        diagnostics_(compilation.diagnostics),
        symbols_(compilation.symbols),
        builder_(compilation.system) {}

  void declare_all() {
    const Hooks& hooks = system_.catalogue->hooks;
    if (hooks.before_objects != nullptr) hooks.before_objects(builder_);
    for (const ast::Object& object : system_.instance.objects) declare_object(object);
    if (hooks.after_objects != nullptr) hooks.after_objects(builder_);
    for (const std::string& message : builder_.errors()) {
      diagnostics_.error(first_object_place(), message);
    }
  }

 private:
  Location first_object_place() const {
    const auto& objects = system_.instance.objects;
    return objects.empty() ? Location{} : objects.front().where;
  }

  void declare_object(const ast::Object& object) {
    const bool is_word = !object.elements.empty() || object.kind == "word" ||
                         object.kind == "word64" || object.kind == "int";
    if (is_word) {
      declare_words(object);
      return;
    }
    const auto found = compilation_.kinds.find(object.kind);
    if (found == compilation_.kinds.end()) {
      std::vector<std::string> known{"word", "word64", "int"};
      for (const auto& [name, row] : compilation_.kinds) known.push_back(name);
      const std::string guess = closest_name(object.kind, known);
      diagnostics_.error(object.where, "there is no kind of object `" + object.kind + "`",
                         guess.empty() ? "`wakesim models` lists every kind" : "write  " + guess);
      return;
    }
    const ObjectRow& row = *found->second;
    const auto arguments = object_arguments(object, row);
    if (!arguments) return;
    DeclaredObject declared;
    declared.name = object.name;
    declared.row = &row;
    declared.count = static_cast<std::uint32_t>(
        compilation_.count_of(object.count, kElementsMax, "`" + object.name + "`"));
    declared.is_array = object.count.has_value();
    const auto stride = static_cast<std::int64_t>(std::max<std::size_t>(1, row.descriptors));
    for (std::uint32_t i = 0; i < declared.count; ++i) {
      const std::string name =
          declared.is_array ? object.name + "[" + std::to_string(i) + "]" : object.name;
      const std::int64_t handle = row.create(builder_, name, *arguments);
      if (i == 0) declared.handle = handle;
      WAKESIM_ASSERT(handle == declared.handle + stride * i);
    }
    Symbol symbol;
    symbol.kind = Symbol::Kind::Object;
    symbol.first = static_cast<std::uint32_t>(system_.objects.size());
    symbol.where = object.where;
    system_.objects.push_back(std::move(declared));
    compilation_.declare(object.name, symbol);
  }

  std::optional<std::vector<std::int64_t>> object_arguments(const ast::Object& object,
                                                            const ObjectRow& row) {
    std::vector<std::int64_t> values;
    std::vector<bool> given(row.parameters.size());
    for (const Parameter& parameter : row.parameters) values.push_back(parameter.fallback);
    std::size_t position = 0;
    for (const ast::Argument& argument : object.arguments) {
      std::size_t slot = position;
      if (!argument.name.empty()) {
        slot = 0;
        while (slot < row.parameters.size() && row.parameters[slot].name != argument.name) ++slot;
      } else {
        ++position;
      }
      if (slot >= row.parameters.size()) {
        diagnostics_.error(argument.name.empty() ? argument.value.where : argument.where,
                           "`" + object.kind + "` takes no such argument",
                           "`wakesim models " + object.kind + "` shows what it takes");
        return std::nullopt;
      }
      const auto value = fold(argument.value, symbols_);
      if (!value) {
        const Symbol* named = argument.value.kind == ast::Expression::Kind::Name
                                  ? symbols_.find(argument.value.name)
                                  : nullptr;
        const std::string guess = closest_name(argument.value.name, symbols_.all_names());
        diagnostics_.error(argument.value.where, "`" + to_text(argument.value) + "` is no constant",
                           named == nullptr && !guess.empty() ? "write  " + guess : "");
        return std::nullopt;
      }
      values[slot] = *value;
      given[slot] = true;
    }
    for (std::size_t i = 0; i < row.parameters.size(); ++i) {
      if (given[i] || row.parameters[i].is_optional) continue;
      diagnostics_.error(object.where, "`" + object.kind + "` misses its argument `" +
                                           std::string(row.parameters[i].name) + "`");
      return std::nullopt;
    }
    return values;
  }

  void declare_words(const ast::Object& object) {
    WordType type = object.kind == "word64" ? WordType::Unsigned64
                    : object.kind == "int"  ? WordType::Signed32
                                            : WordType::Unsigned32;
    std::int64_t initial = 0;
    if (object.arguments.size() > 1) {
      diagnostics_.error(object.arguments[1].value.where, "a word takes one initial value");
    }
    if (!object.arguments.empty()) {
      const ast::Expression& argument = object.arguments[0].value;
      if (argument.kind == ast::Expression::Kind::Name && argument.name == "thread") {
        type = WordType::Thread;
      } else if (const auto value = fold(argument, symbols_)) {
        initial = *value;
      } else {
        diagnostics_.error(argument.where, "`" + to_text(argument) + "` is no constant");
      }
    }
    std::int64_t count = compilation_.count_of(object.count, kElementsMax, "`" + object.name + "`");
    if (!object.elements.empty()) count = static_cast<std::int64_t>(object.elements.size());
    Symbol symbol;
    symbol.kind = Symbol::Kind::Word;
    symbol.first = static_cast<std::uint32_t>(system_.words.size());
    symbol.count = static_cast<std::uint32_t>(count);
    symbol.is_array = object.count.has_value() || !object.elements.empty();
    symbol.where = object.where;
    for (std::int64_t i = 0; i < count; ++i) {
      if (!object.elements.empty()) {
        const ast::Expression& element = object.elements[static_cast<std::size_t>(i)];
        const auto value = fold(element, symbols_);
        if (!value) diagnostics_.error(element.where, "`" + to_text(element) + "` is no constant");
        initial = value.value_or(0);
      }
      add_word(symbol.is_array ? object.name + "[" + std::to_string(i) + "]" : object.name, type,
               initial);
    }
    compilation_.declare(object.name, symbol);
  }

  void add_word(const std::string& name, WordType type, std::int64_t initial) {
    Word word;
    word.name = name;
    word.type = type;
    word.cls = system_.layout.add_class(name);
    const std::uint32_t bytes = type == WordType::Unsigned64 ? 8 : 4;
    word.offset = system_.layout.reserve(bytes, bytes, word.cls);
    system_.initial.resize(system_.layout.bytes);
    std::memcpy(system_.initial.data() + word.offset, &initial, bytes);  // Little endian.
    system_.words.push_back(std::move(word));
  }

  Compilation& compilation_;
  System& system_;
  Diagnostics& diagnostics_;
  const Symbols& symbols_;
  Builder builder_;
};

}  // namespace

void declare_objects(Compilation& compilation) { ObjectDeclarer(compilation).declare_all(); }

}  // namespace wakesim
