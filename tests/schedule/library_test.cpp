// Every scenario of the library, run in virtual time in both layouts.

#include <gtest/gtest.h>

#include <filesystem>
#include <set>
#include <string>
#include <vector>

#include "sim/schedule/timed.h"
#include "sim/trace/recorder.h"
#include "tests/schedule/programs.h"
#include "tools/cli/files.h"
#include "tools/cli/session.h"

namespace wakesim::testing {
namespace {

constexpr std::uint64_t kStepsMax = 2000;  // Some are daemons that run for ever.

Execution run_timed(const System& system) {
  const Executor executor(system);
  TimedStrategy strategy(executor, {.steps_max = kStepsMax, .steps_kept = kStepsMax});
  Execution execution;
  strategy.take(execution);
  return execution;
}

// The timed layout keeps lists and timers in another way, so both must have taken the same steps;
// and each must be one that the search would have found enabled.
TEST(TimedLibrary, BothLayoutsTakeTheSameStepsAndTheSearchAllowsThem) {
  std::size_t programs = 0;
  std::size_t timeouts = 0;
  for (const std::string& path : expand_files({std::string(WAKESIM_SOURCE_DIR) + "/scenarios"})) {
    const LoadedFile searched = load({.path = path}, {});
    const LoadedFile timed = load({.path = path, .layout = LayoutKind::Timed}, {});
    ASSERT_EQ(searched.programs.size(), timed.programs.size()) << path;
    for (std::size_t i = 0; i < searched.programs.size(); ++i) {
      SCOPED_TRACE(full_title(searched.programs[i].subject));
      const System& system = *searched.programs[i].system;
      const Execution first = run_timed(system);
      const Execution second = run_timed(*timed.programs[i].system);
      EXPECT_EQ(first.schedule, second.schedule);
      EXPECT_EQ(first.end, second.end);
      const Executor executor(system);
      const Recording recording = record(executor, first.schedule);
      EXPECT_EQ(recording.moves_taken, first.schedule.size());
      EXPECT_EQ(observed(executor, recording.final_state), observed(executor, first.state));
      if (first.end == Execution::End::Rest) {
        for (const Actor& actor : executor.actors()) {
          const bool is_chance = actor.kind == ActorKind::Spurious;
          EXPECT_TRUE(is_chance || !executor.enabled(first.state.data(), actor));
        }
      }
      for (const Move& move : first.schedule) timeouts += move.actor.kind == ActorKind::Timer;
      ++programs;
    }
  }
  EXPECT_GT(programs, 100u);
  EXPECT_GT(timeouts, 10u);
}

}  // namespace
}  // namespace wakesim::testing
