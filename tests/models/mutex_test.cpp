#include <gtest/gtest.h>

#include "tests/models/machine.h"

namespace wakesim::testing {
namespace {

using Outcomes = std::set<std::string>;

constexpr const char* kTwoLockers = R"(
objects: { m: mutex, x: word(0) }
observe: [x]
judge: []
threads:
  a:
    - lock(m)
    - v = x
    - x = v + 1
    - unlock(m)
  b:
    - lock(m)
    - v = x
    - x = v + 1
    - unlock(m)
)";

TEST(Mutex, KeepsOthersOut) { EXPECT_EQ(outcomes(kTwoLockers), Outcomes{"x=2"}); }

TEST(Mutex, LockWaitsForTheOwner) {
  Machine machine(kTwoLockers);
  EXPECT_EQ(machine.shown("m"), "free");
  machine.step("a");
  EXPECT_EQ(machine.shown("m"), "held by a");
  EXPECT_FALSE(machine.enabled("b"));
  machine.run("a");
  EXPECT_TRUE(machine.ended("a"));
  EXPECT_TRUE(machine.enabled("b"));
}

TEST(Mutex, LockOfOnesOwnMutexNeverReturns) {
  EXPECT_EQ(outcomes(R"(
objects: { m: mutex }
judge: []
threads:
  a:
    - lock(m)
    - lock(m)
)"),
            Outcomes{"stuck a"});
}

TEST(Mutex, TrylockGivesZeroWhileItIsHeld) {
  EXPECT_EQ(outcomes(R"(
objects: { m: mutex }
observe: [a.first, a.second]
judge: []
threads:
  a:
    - first = trylock(m)
    - second = trylock(m)
    - unlock(m)
)"),
            Outcomes{"a.first=1 a.second=0"});
}

TEST(Mutex, UnlockByAnotherThreadIsAnInvalidUse) {
  EXPECT_EQ(outcomes(R"(
objects: { m: mutex }
judge: []
threads:
  a:
    - lock(m)
  b:
    start: holds(a, m)
    run:
      - unlock(m)
)"),
            Outcomes{"unlock of a mutex that the thread does not hold"});
}

TEST(Mutex, CyclesOfOwnersAreStuck) {
  EXPECT_EQ(outcomes(R"(
objects:
  m: mutex[2]
judge: []
threads:
  a:
    - lock(m[0])
    - lock(m[1])
    - unlock(m[1])
    - unlock(m[0])
  b:
    - lock(m[1])
    - lock(m[0])
    - unlock(m[0])
    - unlock(m[1])
)"),
            (Outcomes{"", "stuck a stuck b"}));
}

}  // namespace
}  // namespace wakesim::testing
