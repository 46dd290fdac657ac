// Random numbers are the same everywhere; random schedules stay within what exhaustive search
// knows.

#include "sim/schedule/random.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>
#include <vector>

#include "sim/random.h"
#include "sim/trace/recorder.h"
#include "tests/schedule/programs.h"

namespace wakesim::testing {
namespace {

TEST(Random, NumbersAreTheSameOnEveryMachine) {
  Random random(42);
  EXPECT_EQ(random.next(), 0x15780b2e0c2ec716u);
  EXPECT_EQ(random.next(), 0x6104d9866d113a7eu);
  EXPECT_EQ(random.next(), 0xae17533239e499a1u);
}

TEST(Random, ConsumersHaveStreamsOfTheirOwn) {
  Random schedule = Random::of(1, "schedule");
  Random programs = Random::of(1, "programs");
  Random again = Random::of(1, "schedule");
  const std::uint64_t first = schedule.next();
  EXPECT_NE(first, programs.next());
  EXPECT_EQ(first, again.next());
}

TEST(Random, BelowIsUniform) {
  Random random(3);
  std::vector<int> seen(6);
  for (int i = 0; i < 60'000; ++i) ++seen[random.below(6)];
  for (const int count : seen) EXPECT_NEAR(count, 10'000, 500);
}

// Everything in it: choices, timeouts, locks, sleepers, joins.
constexpr const char* kMixed = R"(
objects:
  x: word(0)
  m: mutex
  efd: eventfd(0)
threads:
  reader:
    - n = read(efd)
    - lock(m)
    - x = n
    - unlock(m)
  poller:
    - r = poll(efd=IN, timeout=1ms)
    - got = r.n
  writer:
    - v = choose(1..2)
    - write(efd, v)
    - lock(m)
    - k = x
    - unlock(m)
  last:
    - join(writer)
    - t = 1
observe: [x, poller.got, writer.k, last.t]
judge: []
)";

TEST(RandomStrategy, OneSeedIsOneSequenceOfExecutions) {
  const auto system = compile_program(kMixed);
  const Executor executor(*system);
  RandomStrategy first(executor, {.seed = 5});
  RandomStrategy second(executor, {.seed = 5});
  RandomStrategy other(executor, {.seed = 6});
  Execution a;
  Execution b;
  Execution c;
  int different = 0;
  for (int i = 0; i < 100; ++i) {
    first.take(a);
    second.take(b);
    other.take(c);
    EXPECT_EQ(a.schedule, b.schedule);
    EXPECT_EQ(a.state, b.state);
    different += a.schedule != c.schedule ? 1 : 0;
  }
  EXPECT_GT(different, 90);
}

// A wrong idea of who is enabled would end runs early, or take a step that is not possible: the
// executor asserts. Ends at rest must be ends of the search, and with enough runs all of them.
void expect_ends_of_search(const std::string& body, int runs) {
  SCOPED_TRACE(body);
  const auto system = compile_program(body);
  const Executor executor(*system);
  const std::set<std::vector<std::int64_t>> known = outcomes_of_search(*system);
  RandomStrategy strategy(executor, {.seed = 1});
  Execution execution;
  std::set<std::vector<std::int64_t>> seen;
  for (int i = 0; i < runs; ++i) {
    strategy.take(execution);
    ASSERT_EQ(execution.end, Execution::End::Rest);
    seen.insert(observed(executor, execution.state));
  }
  EXPECT_EQ(seen, known);
}

TEST(RandomStrategy, ReachesTheOutcomesOfTheSearchAndNoOthers) {
  expect_ends_of_search(kMixed, 5000);
  for (const char* const body : small_programs()) expect_ends_of_search(body, 3000);
}

TEST(RandomStrategy, SchedulesReplay) {
  const auto system = compile_program(kMixed);
  const Executor executor(*system);
  RandomStrategy strategy(executor, {.seed = 9});
  Execution execution;
  for (int i = 0; i < 200; ++i) {
    strategy.take(execution);
    const Recording recording = record(executor, execution.schedule);
    ASSERT_EQ(recording.moves_taken, execution.steps);
    ASSERT_EQ(recording.final_state, execution.state);
  }
}

TEST(RandomStrategy, EndsAtAFaultAndAtABrokenProperty) {
  const auto asserting = compile_program(R"(
objects: { x: word(0) }
threads:
  t:
    - x = 1
    - assert x == 0
)");
  Execution execution;
  const Executor first(*asserting);
  RandomStrategy(first, {}).take(execution);
  EXPECT_EQ(execution.end, Execution::End::Fault);
  EXPECT_EQ(execution.fault, Fault::FailedAssert);
  EXPECT_EQ(execution.steps, 2u);

  const auto never = compile_program(R"(
objects: { x: word(0) }
threads:
  t:
    - x = 1
    - x = 2
properties: { small: never x == 1 }
)");
  const Executor second(*never);
  RandomStrategy(second, {}).take(execution);
  EXPECT_EQ(execution.end, Execution::End::Broken);
  EXPECT_EQ(execution.steps, 1u);
}

TEST(RandomStrategy, ABoundEndsAnExecutionThatNeverRests) {
  const auto system = compile_program(R"(
objects: { x: word(0) }
threads:
  t:
    - forever:
        - x = 1
        - x = 0
)");
  const Executor executor(*system);
  Execution execution;
  RandomStrategy(executor, {.steps_max = 100}).take(execution);
  EXPECT_EQ(execution.end, Execution::End::Bound);
  EXPECT_EQ(execution.steps, 100u);
}

}  // namespace
}  // namespace wakesim::testing
