// What counts as expected.

#include "tools/report/answer.h"

#include <gtest/gtest.h>

#include "tests/tools/samples.h"

namespace wakesim {
namespace {

using samples::lost_wakeup;
using samples::proved;
using ast_verdict = ast::Expectation::Verdict;

ast::Expectation expect_violated(std::vector<std::string> properties) {
  ast::Expectation expected;
  expected.verdict = ast_verdict::Violated;
  expected.is_written = true;
  expected.violated = std::move(properties);
  return expected;
}

CheckResult with_verdict(Verdict verdict) {
  CheckResult result = proved();
  result.verdict = verdict;
  result.bound = "store buffers of 4 entries";
  return result;
}

TEST(Answer, NothingWrittenIsTheWishToBeProved) {
  EXPECT_EQ(compare({}, proved(), {}).match, Match::AsExpected);
  EXPECT_EQ(compare({}, lost_wakeup(), {}).match, Match::Different);
}

TEST(Answer, AnyOfTheNamedPropertiesMayBeTheHeadline) {
  const auto either = expect_violated({"no-deadlock", "no-lost-wakeup"});
  EXPECT_EQ(compare(either, lost_wakeup(), {}).match, Match::AsExpected);
  const auto other = compare(expect_violated({"no-deadlock"}), lost_wakeup(), {});
  EXPECT_EQ(other.match, Match::Different);
  EXPECT_EQ(other.differences[0], "violated: lost wakeup, but expected violated: deadlock");
}

TEST(Answer, AProofWhereABugWasExpectedIsDifferent) {
  const auto comparison = compare(expect_violated({"no-lost-wakeup"}), proved(), {});
  EXPECT_EQ(comparison.match, Match::Different);
  EXPECT_EQ(comparison.differences[0], "proved, but expected violated: lost wakeup");
}

TEST(Answer, ALimitIsNoAnswer) {
  for (const Verdict verdict : {Verdict::Unknown, Verdict::Bounded}) {
    EXPECT_EQ(compare({}, with_verdict(verdict), {}).match, Match::LimitReached);
  }
  ast::Expectation bounded;
  bounded.verdict = ast_verdict::Bounded;
  EXPECT_EQ(compare(bounded, with_verdict(Verdict::Bounded), {}).match, Match::AsExpected);
}

TEST(Answer, OutcomesAreASetToBeMetExactly) {
  ast::Expectation expected;
  expected.outcomes = {{{"r", 0}}, {{"r", 1}}};
  CheckResult result = proved();
  result.outcomes = {{.values = {{"r", 1}}}, {.values = {{"r", 2}}}};
  const auto comparison = compare(expected, result, {});
  EXPECT_EQ(comparison.match, Match::Different);
  EXPECT_EQ(comparison.differences,
            (std::vector<std::string>{"the outcome {r: 0} did not occur",
                                      "the outcome {r: 2} was not expected"}));
  // On a changed machine as well: that is what the switch did.
  EXPECT_EQ(compare(expected, result, {.has_counts = false}).match, Match::Different);
}

TEST(Answer, PinnedCountsAreCompared) {
  ast::Expectation expected;
  expected.states = 22;
  const auto comparison = compare(expected, proved(), {});
  EXPECT_EQ(comparison.match, Match::Different);
  EXPECT_EQ(comparison.differences[0], "23 states, but expected 22");
  EXPECT_EQ(compare(expected, proved(), {.has_counts = false}).match, Match::AsExpected);
}

TEST(Answer, FindingsAreNamedInWords) {
  EXPECT_EQ(finding_name("no-lost-wakeup"), "lost wakeup");
  EXPECT_EQ(finding_name("no-such-thing"), "no-such-thing");
  EXPECT_EQ(finding_name("slept-once"), "slept-once");
}

}  // namespace
}  // namespace wakesim
