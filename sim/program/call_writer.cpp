// Calls of models and of the scenario's own functions.

#include <algorithm>
#include <utility>

#include "sim/assert.h"
#include "sim/program/code_writer.h"

namespace wakesim {
namespace {

using Kind = ast::Expression::Kind;

bool has_kind(std::string_view kinds, std::string_view kind) {
  if (kinds.empty()) return true;
  std::size_t begin = 0;
  while (begin < kinds.size()) {
    const std::size_t end = std::min(kinds.find(' ', begin), kinds.size());
    if (kinds.substr(begin, end - begin) == kind) return true;
    begin = end + 1;
  }
  return false;
}

const Parameter* find_parameter(const CallRow& row, std::string_view name) {
  for (const Parameter& parameter : row.parameters) {
    if (parameter.name == name) return &parameter;
  }
  return nullptr;
}

const Parameter* pairs_parameter(const CallRow& row) {
  for (const Parameter& parameter : row.parameters) {
    if (parameter.type == ParameterType::Pairs) return &parameter;
  }
  return nullptr;
}

// "1 argument", "2 arguments"
std::string counted(std::size_t count, const std::string& noun) {
  return std::to_string(count) + " " + noun + (count == 1 ? "" : "s");
}

// "a pipe", "an eventfd"
std::string with_article(std::string_view noun) {
  const bool is_vowel = std::string_view("aeiou").find(noun.front()) != std::string_view::npos;
  return (is_vowel ? "an " : "a ") + std::string(noun);
}

// "[, udata=w]", or nothing.
std::string option_of(const Parameter& pairs) {
  return pairs.pair_option.empty() ? "" : "[, " + std::string(pairs.pair_option) + "=w]";
}

// `futex_wait(word, value[, timeout=inf])`
}  // namespace

std::string signature(const CallRow& row) {
  std::string text = std::string(row.name) + "(";
  bool is_first = true;
  for (const Parameter& parameter : row.parameters) {
    if (!std::exchange(is_first, false)) text += ", ";
    if (parameter.type == ParameterType::Pairs) {
      text += "x=value or " + std::string(parameter.pair) + "(x, value" + option_of(parameter) +
              "), ...";
    } else if (parameter.is_optional) {
      text += "[" + std::string(parameter.name) + "]";
    } else {
      text += parameter.name;
    }
    if (parameter.is_repeated) text += ", ...";
  }
  return text + ")";
}

bool CodeWriter::is_function(const ast::Expression& e) const {
  return e.kind == Kind::Call && symbols_.functions.count(e.name) != 0;
}

const CallRow* CodeWriter::call_row(const ast::Expression& e) const {
  if (e.kind != Kind::Call) return nullptr;
  const auto found = symbols_.calls.find(e.name);
  if (found == symbols_.calls.end() || found->second->constant != nullptr) return nullptr;
  return found->second;
}

// A function or a call of several steps inside an expression runs before the line that uses it.
void CodeWriter::hoist(const ast::Expression& e, const ast::Statement& statement) {
  if (is_observing_) return;
  for (const ast::Expression& operand : e.operands) hoist(operand, statement);
  for (const ast::Argument& argument : e.arguments) hoist(argument.value, statement);
  if (e.kind != Kind::Call) return;
  const CallRow* row = call_row(e);
  if (is_function(e) || (row != nullptr && row->primitive == nullptr && atomic_depth_ == 0)) {
    hoist_one(e, statement);
  }
}

void CodeWriter::hoist_one(const ast::Expression& e, const ast::Statement& statement) {
  const std::uint32_t slot = hidden_local();
  if (is_function(e)) {
    inline_function(e, statement, slot);
  } else {
    begin_line(statement);
    model_call(e, *call_row(e), &statement, std::nullopt);
    emit(Op::StoreLocal, slot);
    end_line();
  }
  hoisted_.emplace(&e, slot);
}

// ---- Functions ----------------------------------------------------------------------------------

void CodeWriter::inline_function(const ast::Expression& call, const ast::Statement& statement,
                                 std::optional<std::uint32_t> result) {
  const ast::Function& function = *symbols_.functions.at(call.name);
  for (const Inlining& outer : inlinings_) {
    if (outer.function != &function) continue;
    error(call, "`" + call.name + "` calls itself; functions are inlined, so they cannot recurse",
          "write the recursion as a loop");
    return;
  }
  if (call.arguments.size() != function.parameters.size()) {
    error(call, "`" + call.name + "` takes " + counted(function.parameters.size(), "argument") +
                    ", not " + std::to_string(call.arguments.size()));
    return;
  }
  auto scope = std::make_unique<Scope>();
  scope->sees_all = function.where.file == 0;
  for (std::size_t i = 0; i < function.parameters.size(); ++i) {
    const ast::Expression& argument = call.arguments[i].value;
    Symbol symbol;
    const Symbol* named = argument.kind == Kind::Name ? find(argument.name) : nullptr;
    const bool is_place =
        argument.kind == Kind::Index || argument.kind == Kind::Name || is_object_path(argument);
    const bool is_value = named == nullptr ? !is_place : named->kind == Symbol::Kind::Local;
    if (is_value && !constant(argument)) {
      // Evaluated once, at the call.
      hoist(argument, statement);
      symbol.kind = Symbol::Kind::Local;
      symbol.first = hidden_local();
      begin_line(statement);
      value(argument);
      emit(Op::StoreLocal, symbol.first);
      end_line();
    } else {
      symbol.kind = Symbol::Kind::Alias;
      symbol.expression = &argument;
      symbol.scope = scope_;
    }
    scope->names.emplace(function.parameters[i], symbol);
  }
  scopes_.push_back(std::move(scope));
  Scope* const outer_scope = std::exchange(scope_, scopes_.back().get());
  const auto outer_hoisted = std::exchange(hoisted_, {});

  Inlining inlining;
  inlining.function = &function;
  inlining.result = result;
  inlining.loops_outside = loops_.size();
  inlinings_.push_back(std::move(inlining));
  Loop barrier;
  barrier.is_barrier = true;
  loops_.push_back(barrier);
  write_block(function.body);
  loops_.pop_back();
  patch(inlinings_.back().returns, here());
  inlinings_.pop_back();

  hoisted_ = outer_hoisted;
  scope_ = outer_scope;
  statement_ = &statement;
}

// ---- Models -------------------------------------------------------------------------------------

void CodeWriter::model_call(const ast::Expression& e, const CallRow& row,
                            const ast::Statement* statement, std::optional<std::string> list_name) {
  const bool is_list = row.result == ResultShape::List && list_name.has_value();
  if (atomic_depth_ > 0 && row.primitive == nullptr) {
    error(e, "`" + e.name + "` takes several steps, so it cannot stand in `atomic:`",
          "end the atomic block before the call");
  }
  if (is_list) begin_line(*statement);
  if (row.cost == Cost::SystemCall && code_.call_counter != kNoLocal) {
    emit(Op::CountCall, code_.call_counter);
  }
  CallSite site;
  site.row = &row;
  site.text = to_text(e);
  push_arguments(e, row, site);
  const View records(system_, nullptr, nullptr);  // There is no state yet.
  const bool is_point =
      row.is_point_if == nullptr || row.is_point_if(records, site.pairs, site.result_entries);
  site.is_cancellation_point |= row.is_cancellation_point && is_point;
  const std::size_t tail = std::max(site.pairs, site.result_entries);
  site.frame_bytes = static_cast<std::uint32_t>(row.frame_bytes + row.tail_bytes * tail);
  if (is_list) {
    Symbol symbol;
    symbol.kind = Symbol::Kind::List;
    symbol.row = &row;
    symbol.entries = site.result_entries;
    symbol.where = e.where;
    const auto known = scope_->names.find(*list_name);
    const bool is_same = known != scope_->names.end() && known->second.kind == Symbol::Kind::List &&
                         known->second.row == &row && known->second.entries >= site.result_entries;
    if (is_same) {
      symbol.first = known->second.first;
    } else {
      symbol.first = new_local(*list_name);
      code_.locals[symbol.first].call = &row;
      for (std::size_t i = 0; i < symbol.entries * row.fields.size(); ++i) hidden_local();
      scope_->names.insert_or_assign(*list_name, symbol);
    }
    site.result_local = symbol.first;
  }
  code_.sites.push_back(std::move(site));
  const auto number = static_cast<std::int64_t>(code_.sites.size() - 1);
  if (row.primitive != nullptr) {
    emit(Op::Primitive, 0, number);
    return;
  }
  line_.calls = true;
  line_.drains = true;
  emit(Op::Call, 0, number);
  if (row.is_guarded && atomic_depth_ == 0) {
    code_.instructions[line_.start].flags |= kGuardedCall;
  }
  if (!is_list) return;
  emit(Op::Pop);
  end_line();
}

void CodeWriter::push_arguments(const ast::Expression& e, const CallRow& row, CallSite& site) {
  const Parameter* const pairs = pairs_parameter(row);
  std::vector<const ast::Expression*> given(row.parameters.size(), nullptr);
  struct Pair {
    const ast::Expression* first;
    const ast::Expression* second;
    const ast::Expression* third;  // Pairs with an option; may be null.
  };
  std::vector<Pair> pair_list;
  std::vector<ast::Expression> names;  // `efd` of `efd=IN`, as expressions.
  names.reserve(e.arguments.size());
  std::size_t positional = 0;
  const auto slot_of = [&](const Parameter* p) {
    return static_cast<std::size_t>(p - row.parameters.data());
  };
  for (const ast::Argument& argument : e.arguments) {
    const ast::Expression& v = argument.value;
    const bool is_pair_call = pairs != nullptr && v.kind == Kind::Call && v.name == pairs->pair;
    if (argument.name.empty() && is_pair_call) {
      const bool has_third = v.arguments.size() == 3 && !pairs->pair_option.empty() &&
                             v.arguments[2].name == pairs->pair_option;
      if (v.arguments.size() != 2 && !has_third) {
        const std::string option = option_of(*pairs);
        error(v, "`" + v.name + "` takes two arguments: what, and for what",
              option.empty() ? "" : "write  " + v.name + "(x, value" + option + ")");
        continue;
      }
      pair_list.push_back({&v.arguments[0].value, &v.arguments[1].value,
                           has_third ? &v.arguments[2].value : nullptr});
      continue;
    }
    if (!argument.name.empty()) {
      const Parameter* const named = find_parameter(row, argument.name);
      if (named != nullptr && named->type != ParameterType::Pairs) {
        if (given[slot_of(named)] != nullptr) {
          error(v, "`" + argument.name + "` is given twice");
        }
        given[slot_of(named)] = &v;
        continue;
      }
      if (pairs != nullptr && find(argument.name) != nullptr) {
        ast::Expression name;
        name.kind = Kind::Name;
        name.name = argument.name;
        name.where = argument.where;
        names.push_back(std::move(name));
        pair_list.push_back({&names.back(), &v, nullptr});
        continue;
      }
      unknown_argument(argument, row);
      continue;
    }
    if (v.kind == Kind::Name) {
      const Parameter* const keyword = find_parameter(row, v.name);
      if (keyword != nullptr && keyword->type == ParameterType::Keyword) {
        given[slot_of(keyword)] = &v;
        continue;
      }
    }
    while (positional < row.parameters.size() &&
           (row.parameters[positional].type == ParameterType::Pairs ||
            row.parameters[positional].type == ParameterType::Keyword ||
            given[positional] != nullptr)) {
      ++positional;
    }
    if (positional == row.parameters.size()) {
      error(v, "`" + e.name + "` does not take this argument", "write  " + signature(row));
      continue;
    }
    given[positional++] = &v;
  }
  for (std::size_t i = 0; i < row.parameters.size(); ++i) {
    const Parameter& parameter = row.parameters[i];
    if (parameter.type == ParameterType::Pairs) continue;
    if (given[i] == nullptr) {
      if (!parameter.is_optional && parameter.type != ParameterType::Keyword) {
        error(e, "`" + e.name + "` misses its argument `" + std::string(parameter.name) + "`",
              "write  " + signature(row));
      }
      push_constant(parameter.fallback, site);
      continue;
    }
    if (row.entries_parameter == parameter.name) {
      const auto entries = constant(*given[i]);
      if (!entries || *entries > 1024) {
        error(*given[i],
              "`" + std::string(parameter.name) + "` must be a constant of at most 1024");
      }
      // The call itself refuses what is too small.
      site.result_entries =
          static_cast<std::uint32_t>(std::clamp<std::int64_t>(entries.value_or(1), 0, 1024));
    }
    push_argument(parameter, *given[i], site);
  }
  for (const auto& [first, second, third] : pair_list) {
    push_typed(pairs->pair_first, *pairs, *first, site);
    push_typed(ParameterType::Integer, *pairs, *second, site);
    if (pairs->pair_option.empty()) continue;
    if (third != nullptr) {
      push_typed(ParameterType::Integer, *pairs, *third, site);
    } else {
      push_constant(kUnwrittenOption, site);
    }
  }
  site.pairs = static_cast<std::uint32_t>(pair_list.size());
  site.arguments = static_cast<std::uint32_t>(site.sources.size());
  if (pairs != nullptr && row.entries_parameter == pairs->name) site.result_entries = site.pairs;
}

void CodeWriter::push_constant(std::int64_t value, CallSite& site) {
  ArgumentSource source;
  source.begin = static_cast<std::uint16_t>(here());
  source.range = {value, 1, false};
  emit_number(value);
  source.end = static_cast<std::uint16_t>(here());
  site.sources.push_back(source);
}

// `timeuot=5ms`, or `bel=IN` where a pair may stand: then either may have been meant.
void CodeWriter::unknown_argument(const ast::Argument& argument, const CallRow& row) {
  const std::string call = std::string(row.name);
  const Parameter* const pairs = pairs_parameter(row);
  std::vector<std::string> known;
  for (const Parameter& parameter : row.parameters) {
    if (parameter.type != ParameterType::Pairs) known.emplace_back(parameter.name);
  }
  Diagnostic diagnostic;
  diagnostic.where = argument.where;
  if (pairs == nullptr) {
    diagnostic.message = "`" + call + "` has no parameter `" + argument.name + "`";
  } else {
    const bool is_word = pairs->pair_first == ParameterType::Word;
    diagnostic.message = std::string("no ") + (is_word ? "word" : "descriptor") + " is called `" +
                         argument.name + "`, and `" + call + "` has no such parameter";
    add_names_for(*pairs, known);
  }
  const std::string guess = closest_name(argument.name, known);
  if (guess.empty()) {
    diagnostic.hints.push_back("write  " + signature(row));
  } else if (find_parameter(row, guess) != nullptr) {
    diagnostic.hints.push_back("did you mean " + guess + "=?");
  } else {
    diagnostic.notes.push_back({find(guess)->where, "declared here"});
    diagnostic.hints.push_back("did you mean " + guess + "?");
  }
  diagnostics_.add(std::move(diagnostic));
}

// Objects that can stand before the `=` of a pair.
void CodeWriter::add_names_for(const Parameter& pairs, std::vector<std::string>& names) const {
  for (const auto& [name, symbol] : symbols_.names) {
    const bool is_word = symbol.kind == Symbol::Kind::Word;
    const bool is_descriptor =
        symbol.kind == Symbol::Kind::Object && system_.objects[symbol.first].row->descriptors > 0;
    if (pairs.pair_first == ParameterType::Word ? is_word : is_descriptor) names.push_back(name);
  }
}

void CodeWriter::push_argument(const Parameter& parameter, const ast::Expression& argument,
                               CallSite& site) {
  push_typed(parameter.type, parameter, argument, site);
}

void CodeWriter::push_typed(ParameterType type, const Parameter& parameter,
                            const ast::Expression& argument, CallSite& site) {
  ArgumentSource source;
  source.begin = static_cast<std::uint16_t>(here());
  source.range.is_any = true;
  site.sources.push_back(source);
  const std::size_t accesses = line_.accesses.size();
  switch (type) {
    case ParameterType::Words:  // Objects' only.
      WAKESIM_UNREACHABLE();
    case ParameterType::Word:
      push_word(argument, site);
      break;
    case ParameterType::Object:
    case ParameterType::Descriptor:
      push_object(parameter, type, argument, site);
      break;
    case ParameterType::Thread:
      push_thread(argument, site);
      break;
    case ParameterType::Keyword:
      emit_number(1);
      site.sources.back().range = {1, 1, false};
      site.is_cancellation_point |= parameter.makes_cancellation_point;
      break;
    case ParameterType::Duration:
      refuse_missing_unit(argument);
      [[fallthrough]];
    case ParameterType::Integer:
    case ParameterType::Flags:
    case ParameterType::Pairs:
      value(argument);
      if (const auto known = constant(argument)) {
        site.sources.back().range = {*known, 1, false};
        refuse_misuse(parameter, argument, *known);
      }
      break;
  }
  site.sources.back().end = static_cast<std::uint16_t>(here());
  if (line_.accesses.size() == accesses || atomic_depth_ > 0 || is_observing_) return;
  error(*line_.accesses.back(),
        "an argument cannot read shared memory: the call would be one step too many",
        "write  r = " + to_text(*line_.accesses.back()) + "\n       and pass `r`");
  line_.accesses.resize(accesses);
}

void CodeWriter::refuse_misuse(const Parameter& parameter, const ast::Expression& argument,
                               std::int64_t value) {
  if (parameter.misuse == nullptr) return;
  Misuse misuse = parameter.misuse(to_text(argument), value);
  if (misuse.problem.empty()) return;
  error(argument, std::move(misuse.problem), std::move(misuse.hint));
}

// Of a function of constants.
void CodeWriter::refuse_misuses(const ast::Expression& call, const CallRow& row) {
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    const Parameter* const parameter = row.parameter_of(i);
    const ast::Expression& argument = call.arguments[i].value;
    const auto known = parameter != nullptr ? constant(argument) : std::nullopt;
    if (known) refuse_misuse(*parameter, argument, *known);
  }
}

// `timeout=5`: of what? Only 0 and `inf` are the same in every unit.
void CodeWriter::refuse_missing_unit(const ast::Expression& duration) {
  const auto number = constant(duration);
  if (!number || *number == 0 || has_unit(duration)) return;
  const std::string text = to_text(duration);
  std::string hint = "durations end in ns, us, ms or s";
  if (*number < 0) hint = "write  inf  for a wait without an end";
  if (duration.kind == Kind::Number) {
    hint = "write  " + text + "ms, or " + text + "ns if nanoseconds are meant";
  }
  error(duration, "`" + text + "` has no unit", std::move(hint));
}

// Does some number of the constant say what it is of?
bool CodeWriter::has_unit(const ast::Expression& duration) {
  if (duration.kind == Kind::Number) return duration.is_duration;
  if (duration.kind == Kind::Name) return name_has_unit(duration.name);
  return std::any_of(duration.operands.begin(), duration.operands.end(),
                     [this](const ast::Expression& operand) { return has_unit(operand); });
}

bool CodeWriter::name_has_unit(const std::string& name) {
  const Symbol* const symbol = find(name);
  if (symbol != nullptr && symbol->kind == Symbol::Kind::Alias) {
    const InScope scope(*this, symbol->scope);
    return has_unit(*symbol->expression);
  }
  for (const auto& [constant, expression] : system_.instance.constants) {
    if (constant == name) return has_unit(expression);
  }
  return true;  // `inf`, and what is no number of the scenario's own.
}

void CodeWriter::push_word(const ast::Expression& argument, CallSite& site) {
  const Place where = place(argument);
  if (!where.is_valid) {
    emit(Op::Number);
    return;
  }
  if (where.indexed == 0) {
    emit_number(where.first);
    site.sources.back().range = {where.first, 1, false};
    return;
  }
  emit(Op::Bound, 1, static_cast<std::int64_t>(where.indexed));
  emit_number(where.first);
  emit(Op::Add);
  site.sources.back().range = {where.first, static_cast<std::int64_t>(where.indexed), false};
}

// conn, conn[i], p[0], conn[i][1], c.bell; for descriptors also any number.
void CodeWriter::push_object(const Parameter& parameter, ParameterType type,
                             const ast::Expression& argument, CallSite& site) {
  const Symbol* const base = base_of(argument);
  const bool is_object =
      base != nullptr && (base->kind == Symbol::Kind::Object || base->kind == Symbol::Kind::Record);
  if (!is_object) {
    if (type == ParameterType::Descriptor) {
      value(argument);
      if (const auto known = constant(argument)) site.sources.back().range = {*known, 1, false};
      return;
    }
    not_an_object(parameter, argument);
    emit(Op::Number);
    return;
  }
  const auto where = path(argument);
  if (!where || !fits(parameter, type, argument, *where)) {
    emit(Op::Number);
    return;
  }
  push_handle(argument, *where, site);
}

void CodeWriter::not_an_object(const Parameter& parameter, const ast::Expression& argument) {
  const auto known = path(argument);  // Says so if there is no such name.
  if (!known) return;
  const std::string wanted =
      parameter.kinds.empty() ? "" : " of kind " + std::string(parameter.kinds);
  path_error(argument, *known, "`" + to_text(argument) + "` is no object" + wanted);
}

bool CodeWriter::fits(const Parameter& parameter, ParameterType type,
                      const ast::Expression& argument, const Path& where) {
  const std::string wanted =
      parameter.kinds.empty() ? std::string("a descriptor") : with_article(parameter.kinds);
  const Symbol& symbol = *where.symbol;
  std::string found = "a word";
  std::string hint;
  if (symbol.kind == Symbol::Kind::Record) {
    found = "a `" + symbol.type->name + "`";
    for (const auto& [name, field] : symbol.fields->names) {
      const bool is_meant = field.kind == Symbol::Kind::Object &&
                            has_kind(parameter.kinds, system_.objects[field.first].row->kind);
      if (is_meant) hint = "write  " + to_text(argument) + "." + name;
    }
  } else if (symbol.kind == Symbol::Kind::Object) {
    const ObjectRow& row = *system_.objects[symbol.first].row;
    const bool is_open = type != ParameterType::Descriptor || row.descriptors > 0;
    if (is_open && has_kind(parameter.kinds, row.kind)) return true;
    found = with_article(row.kind);
  }
  path_error(argument, where,
             "`" + to_text(argument) + "` is " + found + "; this call needs " + wanted,
             std::move(hint));
  return false;
}

void CodeWriter::push_handle(const ast::Expression& argument, const Path& where, CallSite& site) {
  const DeclaredObject& object = system_.objects[where.symbol->first];
  const auto ends = static_cast<std::uint32_t>(std::max<std::size_t>(1, object.row->descriptors));
  std::vector<std::uint32_t> extents = where.symbol->extents;
  if (ends > 1) extents.push_back(ends);
  if (where.indices.size() != extents.size()) {
    std::string shape = to_text(argument);
    if (where.indices.empty() && extents.size() > (ends > 1 ? 1 : 0)) shape += "[i]";
    if (ends > 1) shape += "[0]";
    path_error(argument, where, "`" + to_text(argument) + "` does not name one end or element",
               "write  " + shape);
    emit(Op::Number);
    return;
  }
  const auto element = offset(where, extents, Bounds::Checked);
  if (!element) {
    emit(Op::Number);
    return;
  }
  const std::int64_t first = object.handle + element->fixed;
  emit_number(first);
  if (element->is_pushed) emit(Op::Add);
  site.sources.back().range = {first, element->span + 1, false};
}

void CodeWriter::push_thread(const ast::Expression& argument, CallSite& site) {
  const ast::Expression& base = argument.kind == Kind::Index ? argument.operands[0] : argument;
  const Symbol* symbol = base.kind == Kind::Name ? find(base.name) : nullptr;
  if (symbol != nullptr && symbol->kind == Symbol::Kind::Alias) symbol = resolve(base);
  if (symbol != nullptr && symbol->kind == Symbol::Kind::Thread) {
    const auto threads = threads_of(argument);
    if (threads.size() != 1) {
      if (!threads.empty()) error(argument, "name one member of `" + base.name + "`");
      emit(Op::Number);
      return;
    }
    emit_number(index(threads[0]));
    site.sources.back().range = {index(threads[0]), 1, false};
    return;
  }
  value(argument);  // A number as `self` gives it: 1 + the thread's.
  emit(Op::Number, 0, 1);
  emit(Op::Subtract);
  site.sources.back().range = {0, static_cast<std::int64_t>(system_.threads.size()), false};
  if (const auto known = constant(argument)) site.sources.back().range = {*known - 1, 1, false};
}

}  // namespace wakesim
