#include "tools/report/answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

namespace wakesim {
namespace {

using Values = std::map<std::string, std::int64_t>;

std::string expected_text(const ast::Expectation& expected) {
  using enum ast::Expectation::Verdict;
  switch (expected.verdict) {
    case Proved:
      return "proved";
    case Bounded:
      return "bounded";
    case Unknown:
      return "unknown";
    case Violated:
      break;
  }
  std::string names;
  for (const std::string& property : expected.violated) {
    if (!names.empty()) names += " or ";
    names += finding_name(property);
  }
  return names.empty() ? "violated" : "violated: " + names;
}

bool is_expected_violation(const ast::Expectation& expected, const CheckResult& found) {
  if (found.verdict != Verdict::Violated) return false;
  if (expected.violated.empty() || found.violations.empty()) return true;
  return std::find(expected.violated.begin(), expected.violated.end(),
                   found.violations.front().property) != expected.violated.end();
}

Match match_verdict(const ast::Expectation& expected, const CheckResult& found) {
  using enum ast::Expectation::Verdict;
  const bool is_matched = (expected.verdict == Proved && found.verdict == Verdict::Proved) ||
                          (expected.verdict == Bounded && found.verdict == Verdict::Bounded) ||
                          (expected.verdict == Unknown && found.verdict == Verdict::Unknown) ||
                          (expected.verdict == Violated && is_expected_violation(expected, found));
  if (is_matched) return Match::AsExpected;
  const bool was_limited = found.verdict == Verdict::Unknown || found.verdict == Verdict::Bounded ||
                           found.verdict == Verdict::Sampled;
  return was_limited ? Match::LimitReached : Match::Different;
}

std::string values_text(const Values& values) {
  std::string text;
  for (const auto& [key, value] : values) {
    text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", key, value);
  }
  return "{" + text + "}";
}

std::set<Values> outcomes_of(const CheckResult& found) {
  std::set<Values> result;
  for (const Outcome& outcome : found.outcomes) {
    result.emplace(outcome.values.begin(), outcome.values.end());
  }
  return result;
}

void compare_outcomes(const std::vector<Values>& expected, const CheckResult& found,
                      std::vector<std::string>& differences) {
  const std::set<Values> wanted(expected.begin(), expected.end());
  const std::set<Values> had = outcomes_of(found);
  for (const Values& values : wanted) {
    if (!had.contains(values)) {
      differences.push_back("the outcome " + values_text(values) + " did not occur");
    }
  }
  for (const Values& values : had) {
    if (!wanted.contains(values)) {
      differences.push_back("the outcome " + values_text(values) + " was not expected");
    }
  }
}

void compare_count(const char* what, const std::optional<std::int64_t>& expected,
                   const std::optional<std::uint64_t>& found,
                   std::vector<std::string>& differences) {
  if (!expected || !found || static_cast<std::uint64_t>(*expected) == *found) return;
  differences.push_back(fmt::format("{} {}, but expected {}", *found, what, *expected));
}

}  // namespace

Comparison compare(const ast::Expectation& expected, const CheckResult& found,
                   const ComparisonOptions& options) {
  Comparison comparison;
  comparison.match = match_verdict(expected, found);
  comparison.is_written = expected.is_written;
  comparison.expected = expected_text(expected);
  if (comparison.match != Match::AsExpected) {
    comparison.differences.push_back(verdict_text(found) + ", but expected " +
                                     expected_text(expected));
    return comparison;
  }
  if (expected.outcomes && found.complete) {
    compare_outcomes(*expected.outcomes, found, comparison.differences);
  }
  if (options.has_counts) {
    compare_count("states", expected.states, found.states, comparison.differences);
    compare_count("schedules", expected.schedules, found.schedules, comparison.differences);
  }
  if (!comparison.differences.empty()) comparison.match = Match::Different;
  return comparison;
}

Match match_question(const CheckResult& found) {
  switch (found.verdict) {
    case Verdict::Violated:  // The question is `never EXPR`.
      return Match::AsExpected;
    case Verdict::Proved:
    case Verdict::Bounded:
      return Match::Different;
    case Verdict::Sampled:
    case Verdict::Unknown:
      return Match::LimitReached;
  }
  return Match::LimitReached;
}

std::string verdict_text(const CheckResult& result) {
  std::string text(verdict_name(result.verdict));
  if (result.verdict == Verdict::Violated && !result.violations.empty()) {
    text += ": " + finding_name(result.violations.front().property);
  } else if (!result.bound.empty()) {
    text += ": " + result.bound;
  }
  return text;
}

}  // namespace wakesim
