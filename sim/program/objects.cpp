// `types:` and `objects:`: words of shared memory, objects that models create, and records of both.

#include <algorithm>
#include <cstring>
#include <set>
#include <string_view>
#include <utility>

#include "sim/assert.h"
#include "sim/program/builder.h"
#include "sim/program/compilation.h"

namespace wakesim {
namespace {

bool is_word_kind(std::string_view kind) {
  return kind == "word" || kind == "word64" || kind == "int";
}

bool is_word(const ast::Object& object) {
  return !object.elements.empty() || is_word_kind(object.kind);
}

void unknown_kind(Compilation& compilation, const ast::Object& object) {
  std::vector<std::string> known{"word", "word64", "int"};
  for (const auto& [name, type] : compilation.types) known.push_back(name);
  for (const auto& [name, row] : compilation.kinds) known.push_back(name);
  std::string hint = include_hint(compilation.symbols, object.kind);
  if (hint.empty()) {
    const std::string guess = closest_name(object.kind, known);
    hint = guess.empty() ? "`wakesim models` lists every kind" : "write  " + guess;
  }
  compilation.diagnostics.error(
      object.kind_where, "there is no kind of object `" + object.kind + "`", std::move(hint));
}

// Types are checked where they are written, used or not: their kinds exist, and none holds itself.
class TypeChecker {
 public:
  explicit TypeChecker(Compilation& compilation) : compilation_(compilation) {}

  void check_all() {
    for (const auto& [name, type] : compilation_.types) {
      if (is_word_kind(name) || compilation_.kinds.count(name) != 0) {
        compilation_.diagnostics.error(type->where, "`" + name + "` is a kind of object already");
      }
      check(*type);
    }
  }

 private:
  void check(const ast::ObjectType& type) {
    if (!checked_.insert(type.name).second) return;
    around_.push_back(&type);
    for (const ast::Object& field : type.fields) check_field(field);
    around_.pop_back();
  }

  void check_field(const ast::Object& field) {
    if (is_word(field) || compilation_.kinds.count(field.kind) != 0) return;
    const auto found = compilation_.types.find(field.kind);
    if (found == compilation_.types.end()) return unknown_kind(compilation_, field);
    const ast::ObjectType& type = *found->second;
    if (std::find(around_.begin(), around_.end(), &type) == around_.end()) return check(type);
    Diagnostic diagnostic;
    diagnostic.where = field.kind_where;
    diagnostic.message =
        "a `" + type.name + "` cannot hold a `" + type.name + "`: it would have no end";
    diagnostic.notes.push_back({type.where, "declared here"});
    compilation_.diagnostics.add(std::move(diagnostic));
  }

  Compilation& compilation_;
  std::set<std::string> checked_;
  std::vector<const ast::ObjectType*> around_;
};

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
    for (const ast::Object& object : system_.instance.objects) {
      auto symbol = make(object, Shape(object.name));
      if (symbol) compilation_.declare(object.name, std::move(*symbol));
      report_errors(object.where);
    }
    if (hooks.after_objects != nullptr) hooks.after_objects(builder_);
    report_errors(first_object_place());
  }

 private:
  // What models have said since the last report.
  void report_errors(const Location& where) {
    const auto& errors = builder_.errors();
    for (; errors_reported_ < errors.size(); ++errors_reported_) {
      diagnostics_.error(where, errors[errors_reported_]);
    }
  }

  Location first_object_place() const {
    const auto& objects = system_.instance.objects;
    return objects.empty() ? Location{} : objects.front().where;
  }

  // The object's own place among the elements of what is around it.
  Shape shape_of(const ast::Object& object, const Shape& around) {
    if (!object.elements.empty()) {
      return around.array(static_cast<std::uint32_t>(object.elements.size()));
    }
    if (!object.count) return around;
    const std::int64_t count =
        compilation_.count_of(object.count, kElementsMax, "`" + object.name + "`");
    if (around.count() * static_cast<std::size_t>(count) > kElementsMax) {
      diagnostics_.error(object.count->where, "`" + object.name + "` would have more than " +
                                                  std::to_string(kElementsMax) + " elements");
      return around.array(1);
    }
    return around.array(static_cast<std::uint32_t>(count));
  }

  // Makes what one declaration stands for, once for each element around it.
  std::optional<Symbol> make(const ast::Object& object, const Shape& around) {
    Symbol symbol;
    symbol.where = object.where;
    const Shape shape = shape_of(object, around);
    symbol.extents = shape.extents();
    if (is_word(object)) {
      make_words(object, shape, symbol);
      return symbol;
    }
    const auto type = compilation_.types.find(object.kind);
    if (type != compilation_.types.end()) {
      make_fields(object, *type->second, shape, symbol);
      return symbol;
    }
    const auto kind = compilation_.kinds.find(object.kind);
    if (kind == compilation_.kinds.end()) {
      unknown_kind(compilation_, object);
      return std::nullopt;
    }
    const auto arguments = object_arguments(object, *kind->second);
    if (!arguments) return std::nullopt;
    make_objects(*kind->second, *arguments, shape, symbol);
    return symbol;
  }

  void make_fields(const ast::Object& object, const ast::ObjectType& type, const Shape& shape,
                   Symbol& symbol) {
    if (!object.arguments.empty()) {
      diagnostics_.error(
          object.arguments[0].value.where,
          "a `" + type.name + "` takes no arguments; `types:` gives its fields' values");
    }
    auto fields = std::make_shared<Fields>();
    for (const ast::Object& field : type.fields) {
      auto made = make(field, shape.field(field.name));
      if (made) fields->names.emplace(field.name, std::move(*made));
    }
    symbol.kind = Symbol::Kind::Record;
    symbol.type = &type;
    symbol.fields = std::move(fields);
  }

  void make_objects(const ObjectRow& row, const std::vector<std::int64_t>& arguments,
                    const Shape& shape, Symbol& symbol) {
    DeclaredObject declared;
    declared.shape = shape;
    declared.row = &row;
    const auto stride = static_cast<std::int64_t>(std::max<std::size_t>(1, row.descriptors));
    const std::size_t count = shape.count();
    for (std::size_t i = 0; i < count; ++i) {
      const std::int64_t handle = row.create(builder_, shape.name_of(i), arguments);
      if (i == 0) declared.handle = handle;
      WAKESIM_ASSERT(handle == declared.handle + stride * static_cast<std::int64_t>(i));
    }
    symbol.kind = Symbol::Kind::Object;
    symbol.first = static_cast<std::uint32_t>(system_.objects.size());
    system_.objects.push_back(std::move(declared));
  }

  std::optional<std::vector<std::int64_t>> object_arguments(const ast::Object& object,
                                                            const ObjectRow& row) {
    std::vector<std::int64_t> values;
    std::vector<bool> given(row.parameters.size());
    const Parameter* pairs = nullptr;
    for (const Parameter& parameter : row.parameters) {
      WAKESIM_ASSERT(pairs == nullptr);  // They stand last.
      if (parameter.type == ParameterType::Pairs) {
        pairs = &parameter;
      } else {
        values.push_back(parameter.fallback);
      }
    }
    const std::size_t plain = values.size();
    std::size_t position = 0;
    for (const ast::Argument& argument : object.arguments) {
      std::size_t slot = position;
      if (!argument.name.empty()) {
        slot = 0;
        while (slot < plain && row.parameters[slot].name != argument.name) ++slot;
      }
      if (pairs != nullptr && is_pair(argument, *pairs, slot == plain)) {
        if (!add_pair(argument, *pairs, values)) return std::nullopt;
        continue;
      }
      if (argument.name.empty()) ++position;
      if (slot >= plain) {
        refuse_argument(object, argument, pairs);
        return std::nullopt;
      }
      const auto value = plain_value(row.parameters[slot], argument.value);
      if (!value) return std::nullopt;
      values[slot] = *value;
      given[slot] = true;
    }
    for (std::size_t i = 0; i < plain; ++i) {
      if (given[i] || row.parameters[i].is_optional) continue;
      diagnostics_.error(object.where, "`" + object.kind + "` misses its argument `" +
                                           std::string(row.parameters[i].name) + "`");
      return std::nullopt;
    }
    return values;
  }

  void refuse_argument(const ast::Object& object, const ast::Argument& argument,
                       const Parameter* pairs) {
    std::string hint = "`wakesim models " + object.kind + "` shows what it takes";
    ast::Expression meant = argument.value;
    if (meant.kind == ast::Expression::Kind::Call && pairs != nullptr) {
      meant.name = pairs->pair;
      hint = "write  " + to_text(meant);
    }
    diagnostics_.error(argument.name.empty() ? argument.value.where : argument.where,
                       "`" + object.kind + "` takes no such argument", std::move(hint));
  }

  std::optional<std::int64_t> plain_value(const Parameter& parameter,
                                          const ast::Expression& expression) {
    switch (parameter.type) {
      case ParameterType::Words:
        return words(expression);
      case ParameterType::Descriptor:
        return descriptor(expression);
      case ParameterType::Object:
        return handle(parameter, expression);
      case ParameterType::Word:
      case ParameterType::Integer:
      case ParameterType::Flags:
      case ParameterType::Duration:
      case ParameterType::Thread:
      case ParameterType::Pairs:
      case ParameterType::Keyword:
        return checked_value(parameter, expression);
    }
    WAKESIM_UNREACHABLE();
  }

  std::optional<std::int64_t> checked_value(const Parameter& parameter,
                                            const ast::Expression& expression) {
    const auto value = argument_value(expression);
    const bool is_fine =
        value && !refuse_misuses(expression) && !refuse_misuse(parameter, expression, *value);
    return is_fine ? value : std::nullopt;
  }

  bool refuse_misuse(const Parameter& parameter, const ast::Expression& expression,
                     std::int64_t value) {
    if (parameter.misuse == nullptr) return false;
    Misuse misuse = parameter.misuse(to_text(expression), value);
    if (misuse.problem.empty()) return false;
    diagnostics_.error(expression.where, std::move(misuse.problem), std::move(misuse.hint));
    return true;
  }

  // In the arguments of functions of constants: `sigset(99)`.
  bool refuse_misuses(const ast::Expression& expression) {
    bool is_refused = false;
    for (const ast::Expression& operand : expression.operands) {
      is_refused |= refuse_misuses(operand);
    }
    const auto called = symbols_.calls.find(expression.name);
    if (expression.kind != ast::Expression::Kind::Call || called == symbols_.calls.end()) {
      return is_refused;
    }
    for (std::size_t i = 0; i < expression.arguments.size(); ++i) {
      const ast::Expression& argument = expression.arguments[i].value;
      const Parameter* const parameter = called->second->parameter_of(i);
      const auto value = fold(argument, symbols_);
      if (parameter != nullptr && value) is_refused |= refuse_misuse(*parameter, argument, *value);
    }
    return is_refused;
  }

  // All of x, or one element of it.
  std::optional<std::int64_t> words(const ast::Expression& expression) {
    std::vector<const ast::Expression*> indices;
    const Symbol* const symbol = resolve(expression, indices);
    if (symbol == nullptr || symbol->kind != Symbol::Kind::Word) {
      diagnostics_.error(expression.where,
                         "`" + to_text(expression) + "` is no word declared above",
                         "write  NAME: word[4](0)  above it, and NAME here");
      return std::nullopt;
    }
    WordRange range{static_cast<WordId>(symbol->first), 1};
    if (indices.empty()) {
      for (const std::uint32_t extent : symbol->extents) range.count *= extent;
      return range.as_argument();
    }
    const auto place = place_of(expression, indices, symbol->extents);
    if (!place) return std::nullopt;
    range.first = range[static_cast<std::uint32_t>(*place)];
    return range.as_argument();
  }

  std::optional<std::int64_t> argument_value(const ast::Expression& expression) {
    const auto value = fold(expression, symbols_);
    if (value) return value;
    const ast::Expression& culprit = not_constant(expression);
    const bool is_name = culprit.kind == ast::Expression::Kind::Name;
    const Symbol* named = is_name ? symbols_.find(culprit.name) : nullptr;
    const std::string guess = closest_name(culprit.name, symbols_.all_names());
    diagnostics_.error(culprit.where, "`" + to_text(culprit) + "` is no constant",
                       named == nullptr && !guess.empty() ? "write  " + guess : "");
    return std::nullopt;
  }

  // The innermost part that spoils the whole: one name out of `IN|OTU`.
  const ast::Expression& not_constant(const ast::Expression& expression) const {
    for (const ast::Expression& operand : expression.operands) {
      if (!fold(operand, symbols_)) return not_constant(operand);
    }
    return expression;
  }

  // `watch(x, v)`, or `x=v` where x is no parameter.
  static bool is_pair(const ast::Argument& argument, const Parameter& pairs, bool is_unknown) {
    const ast::Expression& value = argument.value;
    if (!argument.name.empty()) return is_unknown;
    return value.kind == ast::Expression::Kind::Call && value.name == pairs.pair;
  }

  bool add_pair(const ast::Argument& argument, const Parameter& pairs,
                std::vector<std::int64_t>& values) {
    std::optional<std::int64_t> first;
    std::optional<std::int64_t> second;
    std::optional<std::int64_t> third;
    if (!argument.name.empty()) {
      ast::Expression name;
      name.kind = ast::Expression::Kind::Name;
      name.name = argument.name;
      name.where = argument.where;
      first = descriptor(name);
      second = argument_value(argument.value);
      third = first;
    } else {
      const auto& parts = argument.value.arguments;
      const bool has_option =
          parts.size() == 3 && !pairs.pair_option.empty() && parts[2].name == pairs.pair_option;
      if (parts.size() != 2 && !has_option) {
        const std::string word(pairs.pair);
        const std::string option =
            pairs.pair_option.empty() ? "" : "[, " + std::string(pairs.pair_option) + "=w]";
        diagnostics_.error(argument.value.where, "`" + word + "` does not take these arguments",
                           "write  " + word + "(x, v" + option + ")");
        return false;
      }
      first = descriptor(parts[0].value);
      second = argument_value(parts[1].value);
      third = has_option ? argument_value(parts[2].value) : first;
    }
    if (!first || !second || !third) return false;
    values.push_back(*first);
    values.push_back(*second);
    if (!pairs.pair_option.empty()) values.push_back(*third);
    return true;
  }

  // What calls get for an object of one of the parameter's kinds.
  std::optional<std::int64_t> handle(const Parameter& parameter,
                                     const ast::Expression& expression) {
    std::vector<const ast::Expression*> indices;
    const Symbol* const symbol = resolve(expression, indices);
    const bool is_object = symbol != nullptr && symbol->kind == Symbol::Kind::Object;
    if (!is_object || system_.objects[symbol->first].row->kind != parameter.kinds) {
      diagnostics_.error(expression.where, "`" + to_text(expression) + "` is no " +
                                               std::string(parameter.kinds) + " declared above");
      return std::nullopt;
    }
    const auto place = place_of(expression, indices, symbol->extents);
    if (!place) return std::nullopt;
    return system_.objects[symbol->first].handle + *place;
  }

  // The number of efd, p[0], conn[i][1] or c.bell, declared above.
  std::optional<std::int64_t> descriptor(const ast::Expression& expression) {
    std::vector<const ast::Expression*> indices;  // Outermost first.
    const Symbol* const symbol = resolve(expression, indices);
    if (symbol == nullptr || symbol->kind != Symbol::Kind::Object ||
        system_.objects[symbol->first].row->descriptors == 0) {
      diagnostics_.error(expression.where,
                         "`" + to_text(expression) + "` is no descriptor declared above");
      return std::nullopt;
    }
    const DeclaredObject& object = system_.objects[symbol->first];
    std::vector<std::uint32_t> extents = symbol->extents;
    if (object.row->descriptors > 1) {
      extents.push_back(static_cast<std::uint32_t>(object.row->descriptors));
    }
    const auto place = place_of(expression, indices, extents);
    if (!place) return std::nullopt;
    return object.handle + *place;
  }

  // Which element x[i][j] is, counted from the first.
  std::optional<std::int64_t> place_of(const ast::Expression& expression,
                                       const std::vector<const ast::Expression*>& indices,
                                       const std::vector<std::uint32_t>& extents) {
    if (indices.size() != extents.size()) {
      diagnostics_.error(expression.where,
                         "`" + to_text(expression) + "` does not name one end or element");
      return std::nullopt;
    }
    std::int64_t place = 0;
    for (std::size_t i = 0; i < extents.size(); ++i) {
      const auto index = argument_value(*indices[i]);
      if (!index) return std::nullopt;
      if (*index < 0 || *index >= extents[i]) {
        diagnostics_.error(indices[i]->where, "the index goes from 0 to " +
                                                  std::to_string(extents[i] - 1) + "; this is " +
                                                  std::to_string(*index));
        return std::nullopt;
      }
      place = place * extents[i] + *index;
    }
    return place;
  }

  const Symbol* resolve(const ast::Expression& e, std::vector<const ast::Expression*>& indices) {
    switch (e.kind) {
      case ast::Expression::Kind::Name:
        return symbols_.find(e.name);
      case ast::Expression::Kind::Index: {
        const Symbol* const array = resolve(e.operands[0], indices);
        indices.push_back(&e.operands[1]);
        return array;
      }
      case ast::Expression::Kind::Member: {
        const Symbol* const record = resolve(e.operands[0], indices);
        if (record == nullptr || record->kind != Symbol::Kind::Record) return nullptr;
        const auto field = record->fields->names.find(e.name);
        return field == record->fields->names.end() ? nullptr : &field->second;
      }
      case ast::Expression::Kind::Number:
      case ast::Expression::Kind::Call:
      case ast::Expression::Kind::Unary:
      case ast::Expression::Kind::Binary:
      case ast::Expression::Kind::Group:
        return nullptr;
    }
    return nullptr;
  }

  void make_words(const ast::Object& object, const Shape& shape, Symbol& symbol) {
    WordType type = object.kind == "word64" ? WordType::Unsigned64
                    : object.kind == "int"  ? WordType::Signed32
                                            : WordType::Unsigned32;
    std::vector<std::int64_t> initial{0};
    if (object.arguments.size() > 1) {
      diagnostics_.error(object.arguments[1].value.where, "a word takes one initial value");
    }
    if (!object.arguments.empty()) {
      const ast::Expression& argument = object.arguments[0].value;
      if (argument.kind == ast::Expression::Kind::Name && argument.name == "thread") {
        type = WordType::Thread;
      } else {
        initial = {constant(argument)};
      }
    }
    if (!object.elements.empty()) {
      initial.clear();
      for (const ast::Expression& element : object.elements) initial.push_back(constant(element));
    }
    symbol.kind = Symbol::Kind::Word;
    symbol.first = static_cast<std::uint32_t>(system_.words.size());
    const std::size_t count = shape.count();
    for (std::size_t i = 0; i < count; ++i) {
      add_word(shape.name_of(i), type, initial[i % initial.size()]);
    }
  }

  std::int64_t constant(const ast::Expression& expression) {
    const auto value = fold(expression, symbols_);
    if (!value) {
      diagnostics_.error(expression.where, "`" + to_text(expression) + "` is no constant");
    }
    return value.value_or(0);
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
  std::size_t errors_reported_ = 0;
};

}  // namespace

void check_types(Compilation& compilation) { TypeChecker(compilation).check_all(); }

void declare_objects(Compilation& compilation) { ObjectDeclarer(compilation).declare_all(); }

}  // namespace wakesim
