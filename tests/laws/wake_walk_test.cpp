// A wake walk is one step where nobody can tell. Here every walk is cut at every entry
// (kernel.split-walks), and nothing that a program can observe may change.

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/laws/harness.h"
#include "tests/laws/system_programs.h"
#include "tests/oracle/generator.h"

namespace wakesim::laws {
namespace {

std::set<std::string> broken(const CheckResult& result) {
  std::set<std::string> names;
  for (const Violation& violation : result.violations) names.insert(violation.property);
  return names;
}

void compare_cut_walks(std::string (*program)(std::uint64_t seed), int least_share) {
  int programs = 0;
  int longer = 0;
  for (Seeds seeds(240, 2.5); seeds.has_next();) {
    const std::uint64_t seed = seeds.next();
    const std::string yaml = program(seed);
    const auto merged = compile_text(yaml);
    const auto split = compile_text(with_switch(yaml, "kernel.split-walks"));
    ASSERT_TRUE(merged != nullptr && split != nullptr);
    const CheckResult at_once = search(*merged);
    const CheckResult step_by_step = search(*split);
    ++programs;
    longer += step_by_step.states > at_once.states ? 1 : 0;
    EXPECT_EQ(outcomes(step_by_step), outcomes(at_once)) << "WAKESIM_SEED=" << seed << "\n" << yaml;
    EXPECT_EQ(broken(step_by_step), broken(at_once)) << "WAKESIM_SEED=" << seed << "\n" << yaml;
    if (::testing::Test::HasFailure()) return;
  }
  if (is_single_seed()) return;
  EXPECT_GE(longer * least_share, programs) << "too few programs had a walk to cut";
}

TEST(WakeWalkLaw, CutAtEveryEntryItHasTheSameOutcomes) {
  compare_cut_walks([](std::uint64_t seed) { return oracle::generate(seed).yaml; }, 4);
}

TEST(WakeWalkLaw, CutAtEveryEntryItHasTheSameOutcomesInSystemPrograms) {
  compare_cut_walks(system_program, 6);
}

// The herd: two tasks on one queue, so the lock is held between their wakes.
TEST(WakeWalkLaw, ATaskWokenEarlyWaitsForTheLock) {
  const std::string herd = R"(
wakesim: 1
name: t
about: t
objects:
  efd: eventfd(0)
threads:
  reader[3]:
    - n = read(efd)
  writer:
    - write(efd, 1)
    - write(efd, 1)
    - write(efd, 1)
observe:
  - reader[0].n
  - reader[1].n
  - reader[2].n
)";
  const auto merged = compile_text(herd);
  const auto split = compile_text(with_switch(herd, "kernel.split-walks"));
  ASSERT_TRUE(merged != nullptr && split != nullptr);
  const CheckResult at_once = search(*merged, {.verify_footprints = true});
  const CheckResult step_by_step = search(*split, {.verify_footprints = true});
  EXPECT_EQ(outcomes(step_by_step), outcomes(at_once));
  EXPECT_GT(step_by_step.states, at_once.states);
  EXPECT_EQ(step_by_step.verdict, at_once.verdict);
}

// A nonblocking read waits for the lock that the writer's walk holds. That is no sleep.
TEST(WakeWalkLaw, WhoWaitsForTheLockIsNotAsleep) {
  const std::string spinner = R"(
wakesim: 1
name: t
about: t
machine: { switches: [kernel.split-walks] }
objects:
  efd: eventfd(0, EFD_NONBLOCK)
threads:
  poller:
    - poll(efd=IN)
  reader:
    - r = read(efd)
  writer:
    - write(efd, 1)
properties:
  no-sleep: never asleep(reader)
  sleep: sometimes asleep(poller)
observe: [reader.r]
)";
  const auto system = compile_text(spinner);
  ASSERT_NE(system, nullptr);
  EXPECT_EQ(broken(search(*system)).count("no-sleep"), 0u);
  EXPECT_EQ(broken(search(*system)).count("sleep"), 0u);
}

}  // namespace
}  // namespace wakesim::laws
