// One answer of `check`, held against what the scenario's author expects.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/explore/result.h"
#include "sim/scenario/ast.h"
#include "tools/report/subject.h"

namespace wakesim {

enum class Match : std::uint8_t {
  AsExpected,
  Different,     // A property failed, or an expectation was not met.
  LimitReached,  // The search ended before it could tell.
};

struct Comparison {
  Match match = Match::AsExpected;
  std::vector<std::string> differences;  // One clause each: "proved, but expected violated ..."
  std::string expected;                  // "proved", "violated: lost wakeup"
  bool is_written = false;  // False: the file says nothing, so the wish is that it holds.
};

struct ComparisonOptions {
  // False where flags changed the machine or the search: pins of counts are then about something
  // else. Outcomes are what a program can see, so they are compared always.
  bool has_counts = true;
};

Comparison compare(const ast::Expectation& expected, const CheckResult& found,
                   const ComparisonOptions& options);

// Of `--find`: reached is as expected, reached by no execution is different.
Match match_question(const CheckResult& found);

struct Answer {
  Subject subject;
  std::string question;  // The expression of `--find`; empty: a check of the properties.
  CheckResult result;
  Comparison comparison;

  bool is_as_expected() const { return comparison.match == Match::AsExpected; }
};

// "violated: lost wakeup", "bounded: store buffers of 4"
std::string verdict_text(const CheckResult& result);

}  // namespace wakesim
