// Every counterexample of the library replays: its token, in the program that it is of, gives the
// same steps and breaks the same property, whichever steps the search took.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "tools/cli/files.h"
#include "tools/cli/session.h"

namespace wakesim {
namespace {

constexpr std::uint64_t kStatesMax = 3'000;

std::vector<std::string> texts(const Trace& trace) {
  std::vector<std::string> steps;
  for (const TraceStep& step : trace.steps) {
    steps.push_back(step.actor + ": " + step.text + " " + step.phase + " " + step.result);
  }
  return steps;
}

bool is_doomed(const Replayed& replayed, const std::string& thread) {
  return std::find(replayed.doomed.begin(), replayed.doomed.end(), thread) != replayed.doomed.end();
}

class Replays : public testing::TestWithParam<Reduction> {};

TEST_P(Replays, EveryCounterexample) {
  Arguments arguments;
  arguments.states_max = kStatesMax;
  arguments.reduction = GetParam();
  std::size_t count = 0;
  for (const std::string& path : expand_files({WAKESIM_SOURCE_DIR "/scenarios"})) {
    const LoadedFile file = load({.path = path}, arguments);
    for (const Program& program : file.programs) {
      const CheckResult found = check_program(program, arguments, {}).result;
      if (!found.counterexample) continue;
      SCOPED_TRACE(path + ' ' + program.subject.variant + ' ' + found.counterexample->token);
      const auto outcome = replay_program(program, found.counterexample->token, GetParam());
      ASSERT_TRUE(std::holds_alternative<Replayed>(outcome));
      const auto& replayed = std::get<Replayed>(outcome);
      EXPECT_EQ(texts(replayed.trace), texts(*found.counterexample));
      // What others may still do for ever, one execution cannot tell.
      const Violation& headline = found.violations.front();
      if (!is_doomed(replayed, headline.thread)) {
        EXPECT_EQ(replayed.finding.property, headline.property);
      }
      ++count;
    }
  }
  EXPECT_GE(count, 80u);
}

INSTANTIATE_TEST_SUITE_P(Reductions, Replays, testing::Values(Reduction::None, Reduction::Raw),
                         [](const auto& reduction) {
                           return reduction.param == Reduction::None ? "Canonical" : "Raw";
                         });

}  // namespace
}  // namespace wakesim
