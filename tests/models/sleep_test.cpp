#include <gtest/gtest.h>

#include "tests/models/machine.h"

namespace wakesim::testing {
namespace {

using Outcomes = std::set<std::string>;

TEST(Sleep, LastsUntilItsTimerFires) {
  Machine machine(R"(
observe: [t.r]
judge: []
threads:
  t:
    - r = nanosleep(5ms)
)");
  machine.step("t");
  EXPECT_TRUE(machine.asleep("t"));
  EXPECT_EQ(machine.phase("t"), "come back");
  EXPECT_TRUE(machine.timer_may_fire("t"));
  machine.fire_timer("t");
  EXPECT_FALSE(machine.asleep("t"));
  machine.step("t");
  EXPECT_TRUE(machine.ended("t"));
  EXPECT_EQ(machine.value("t.r"), 0);
}

TEST(Sleep, GoesOnAfterAWakeForSomethingElse) {
  Machine machine(R"(
machine: { spurious: 1 }
judge: []
threads:
  t:
    - nanosleep(5ms)
)");
  machine.step("t");
  machine.wake_spuriously("t");
  EXPECT_FALSE(machine.asleep("t"));
  machine.step("t");
  EXPECT_TRUE(machine.asleep("t"));
  EXPECT_TRUE(machine.timer_may_fire("t"));
}

TEST(Sleep, ShorterSleepThatBeganFirstEndsFirst) {
  Machine machine(R"(
judge: []
threads:
  short:
    - sleep 1ms
  long:
    - sleep 2ms
)");
  machine.step("short");
  machine.step("long");
  EXPECT_TRUE(machine.timer_may_fire("short"));
  EXPECT_FALSE(machine.timer_may_fire("long"));
}

TEST(Sleep, OfZeroReturnsAtOnceAndOfInfNever) {
  EXPECT_EQ(outcomes(R"(
observe: [a.r]
judge: []
threads:
  a:
    - r = nanosleep(0)
  b:
    - nanosleep(inf)
)"),
            Outcomes{"a.r=0 stuck b"});
}

}  // namespace
}  // namespace wakesim::testing
