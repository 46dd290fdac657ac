#include "sim/scenario/expectation.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <set>

#include "sim/scenario/expression.h"
#include "sim/scenario/fields.h"
#include "sim/scenario/text.h"

namespace wakesim {
namespace {

using ast::Expectation;
using ast::Expression;
using Verdict = Expectation::Verdict;

struct VerdictWord {
  std::string_view text;
  Verdict verdict;
};

constexpr VerdictWord kVerdicts[] = {
    {"proved", Verdict::Proved}, {"bounded", Verdict::Bounded}, {"unknown", Verdict::Unknown}};

const VerdictWord* find_verdict(std::string_view text) {
  const auto found = std::find_if(std::begin(kVerdicts), std::end(kVerdicts),
                                  [&](const VerdictWord& word) { return word.text == text; });
  return found == std::end(kVerdicts) ? nullptr : found;
}

// Wraps as the machine does; division by zero has no value.
std::optional<std::int64_t> apply(std::string_view op, std::int64_t left, std::int64_t right) {
  const auto a = static_cast<std::uint64_t>(left);
  const auto b = static_cast<std::uint64_t>(right);
  if (op == "+") return static_cast<std::int64_t>(a + b);
  if (op == "-") return static_cast<std::int64_t>(a - b);
  if (op == "*") return static_cast<std::int64_t>(a * b);
  if (op == "|") return left | right;
  if (op == "&") return left & right;
  if (op == "^") return left ^ right;
  if (op == "<<" && b < 64) return static_cast<std::int64_t>(a << b);
  if (op == ">>" && b < 64) return left >> b;
  return {};
}

}  // namespace

std::optional<std::int64_t> evaluate(const Expression& expression,
                                     const ConstantLookup& constants) {
  using Kind = Expression::Kind;
  if (expression.kind == Kind::Number) return expression.value;
  if (expression.kind == Kind::Name) return constants(expression.name);
  if (expression.operands.empty()) return {};
  const auto first = evaluate(expression.operands[0], constants);
  if (!first) return {};
  if (expression.kind == Kind::Group) return first;
  if (expression.kind == Kind::Unary && expression.op == "-") return apply("-", 0, *first);
  if (expression.kind == Kind::Unary && expression.op == "~") return ~*first;
  if (expression.kind != Kind::Binary) return {};
  const auto second = evaluate(expression.operands[1], constants);
  return second ? apply(expression.op, *first, *second) : std::nullopt;
}

Expectation Expectations::expectation_of(const Node* node, const ast::Instance& instance,
                                         const ConstantLookup& constants) {
  Expectation expectation;
  verdict_place_.reset();
  if (!node) return expectation;
  expectation.where = node->where;
  if (node->is_scalar()) {
    read_word(*node, expectation);
  } else if (node->is_map()) {
    read_row(*node, instance, constants, expectation);
  } else if (node->is_list() && !node->items.empty()) {
    for (const Node& row : node->items) read_row(row, instance, constants, expectation);
  } else {
    diagnostics_.error(node->where, "`expect:` says nothing", "write  expect: proved");
  }
  return expectation;
}

void Expectations::read_word(const Node& word, Expectation& expectation) {
  if (const VerdictWord* verdict = find_verdict(word.text)) {
    return set_verdict(verdict->verdict, word.where, expectation);
  }
  if (word.text == "violated") {
    return diagnostics_.error(word.where, "`violated` needs the name of the property",
                              "write  expect: { violated: no-lost-wakeup }");
  }
  diagnostics_.error(word.where,
                     fmt::format("`expect:` is proved, bounded, unknown or "
                                 "`violated: PROPERTY`, found {}",
                                 describe(word)),
                     guess_hint(word.text, {"proved", "bounded", "unknown"}, diagnostics_));
}

void Expectations::read_row(const Node& row, const ast::Instance& instance,
                            const ConstantLookup& constants, Expectation& expectation) {
  const Keys keys = {"when",     "proved", "violated",  "bounded", "unknown",
                     "outcomes", "states", "schedules", "traces"};
  if (!check_map(row, "a row of `expect:`", keys, diagnostics_)) return;
  auto& [where, is_matched] = rows_[{row.where.line, row.where.column}];
  where = row.where;
  const Node* when = row.find("when");
  const std::size_t errors = diagnostics_.errors();
  const bool is_match = !when || matches(*when, instance);
  // A `when:` with an unknown name has its own error.
  is_matched = is_matched || is_match || diagnostics_.errors() != errors;
  if (!is_match) return;
  for (const Entry& entry : row.entries) {
    const auto& [key, value] = entry;
    if (const VerdictWord* verdict = find_verdict(key.text)) {
      read_choice(value, key.text, {"all"}, diagnostics_);
      set_verdict(verdict->verdict, key.where, expectation);
    } else if (key.text == "violated") {
      set_verdict(Verdict::Violated, key.where, expectation);
      for (const Node* name : read_list(value, "violated", diagnostics_)) {
        expectation.violated.push_back(name->text);
        expectation.violated_places.push_back(name->where);
      }
    } else if (key.text == "outcomes") {
      read_outcomes(value, instance, constants, expectation);
    } else if (key.text == "states") {
      set_count(entry, expectation.states);
    } else if (key.text == "schedules") {
      set_count(entry, expectation.schedules);
    } else if (key.text == "traces") {
      set_count(entry, expectation.traces);
    }
  }
  expectation.is_written = true;
}

void Expectations::set_verdict(Verdict verdict, const Location& where, Expectation& expectation) {
  if (verdict_place_) {
    Diagnostic diagnostic{.where = where, .message = "a second verdict for the same instance"};
    diagnostic.notes.push_back({*verdict_place_, "first here"});
    diagnostic.hints.push_back("narrow the `when:` of one of the two rows");
    return diagnostics_.add(std::move(diagnostic));
  }
  verdict_place_ = where;
  expectation.verdict = verdict;
  expectation.is_written = true;
}

void Expectations::set_count(const Entry& entry, std::optional<std::int64_t>& count) {
  const auto value = read_integer(entry.value, entry.key.text, 0,
                                  std::numeric_limits<std::int64_t>::max(), diagnostics_);
  if (count && value) {
    diagnostics_.error(entry.key.where,
                       fmt::format("a second `{}:` for the same instance", entry.key.text),
                       "narrow the `when:` of one of the two rows");
  }
  count = value;
}

// ---- when ---------------------------------------------------------------------------------------

bool Expectations::matches(const Node& when, const ast::Instance& instance) {
  if (!check_is_map(when, "`when:`", diagnostics_)) return false;
  return std::all_of(when.entries.begin(), when.entries.end(),
                     [&](const Entry& condition) { return matches_axis(condition, instance); });
}

bool Expectations::matches_axis(const Entry& condition, const ast::Instance& instance) {
  const std::string& name = condition.key.text;
  std::vector<std::string> known = variants_;
  std::string actual = instance.variant;
  if (name != "variant") {
    const auto axis = std::find_if(axes_.begin(), axes_.end(),
                                   [&](const Axis& other) { return other.name == name; });
    if (axis == axes_.end()) {
      std::vector<std::string> names = {"variant"};
      for (const Axis& other : axes_) names.push_back(other.name);
      diagnostics_.error(condition.key.where, fmt::format("the matrix has no axis `{}`", name),
                         guess_hint(name, names, diagnostics_));
      return false;
    }
    known = axis->values;
    actual = instance.cell[static_cast<std::size_t>(axis - axes_.begin())].second;
  }
  bool is_match = false;
  for (const Node* value : read_list(condition.value, name, diagnostics_)) {
    is_match = is_match || value->text == actual;
    if (std::find(known.begin(), known.end(), value->text) != known.end()) continue;
    const std::string guess = guess_hint(value->text, known, diagnostics_);
    diagnostics_.error(value->where, fmt::format("`{}` has no value {}", name, describe(*value)),
                       guess.empty() ? fmt::format("it has {}", fmt::join(known, ", ")) : guess);
  }
  return is_match;
}

void Expectations::check_all_matched() {
  for (const auto& [place, row] : rows_) {
    const auto& [where, is_matched] = row;
    if (is_matched) continue;
    diagnostics_.error(where, "this row of `expect:` matches no cell",
                       "its `when:` names values that never meet, or stands in a variant of "
                       "another name");
  }
}

// ---- outcomes -----------------------------------------------------------------------------------

void Expectations::read_outcomes(const Node& node, const ast::Instance& instance,
                                 const ConstantLookup& constants, Expectation& expectation) {
  if (expectation.outcomes) {
    return diagnostics_.error(node.where, "a second `outcomes:` for the same instance",
                              "narrow the `when:` of one of the two rows");
  }
  expectation.outcomes.emplace();
  if (instance.observe.empty()) {
    return diagnostics_.error(node.where, "`outcomes:` without `observe:`",
                              "write  observe: [x, thread.local]");
  }
  if (node.is_map()) {
    expectation.outcomes->push_back(read_outcome(node, instance, constants));
    return;
  }
  if (!node.is_list()) {
    return diagnostics_.error(
        node.where, fmt::format("`outcomes:` needs a list of maps, found {}", describe(node)),
        "write  outcomes: [ { x: 0 }, { x: 1 } ]");
  }
  for (const Node& outcome : node.items) {
    expectation.outcomes->push_back(read_outcome(outcome, instance, constants));
  }
}

std::map<std::string, std::int64_t> Expectations::read_outcome(const Node& node,
                                                               const ast::Instance& instance,
                                                               const ConstantLookup& constants) {
  std::map<std::string, std::int64_t> outcome;
  if (!check_is_map(node, "an outcome", diagnostics_)) return outcome;
  std::vector<std::string> names;
  for (const ast::Observation& observation : instance.observe) names.push_back(observation.key);
  std::set<std::string> missing(names.begin(), names.end());
  for (const auto& [key, value] : node.entries) {
    if (missing.erase(key.text) == 0) {
      diagnostics_.error(key.where, fmt::format("{} is not observed", describe(key)),
                         guess_hint(key.text, names, diagnostics_));
      continue;
    }
    const auto expression = parse_expression(value, diagnostics_);
    if (!expression) continue;
    const auto number = evaluate(*expression, constants);
    if (!number) {
      diagnostics_.error(value.where, fmt::format("{} is no number or constant", describe(value)));
    }
    outcome[key.text] = number.value_or(0);
  }
  for (const std::string& key : missing) {
    diagnostics_.error(node.where, fmt::format("the outcome says nothing of `{}`", key),
                       "every outcome has a value for each entry of `observe:`");
  }
  return outcome;
}

}  // namespace wakesim
