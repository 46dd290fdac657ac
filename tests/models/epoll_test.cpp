// Rules of epoll, fs/eventpoll.c, shown step by step or as the set of all outcomes. Known-wrong
// variants of the model stand beside the rule they break.

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/models/machine.h"

namespace wakesim::testing {
namespace {

using Outcomes = std::set<std::string>;

std::string with_switch(const std::string& name, const std::string& body) {
  return "machine: { switches: [" + name + "] }\n" + body;
}

// One thread `t` that waits for `events` of `e`, one thread `w` that writes to it.
std::string one_waiter(const std::string& events, const std::string& lines) {
  return R"(
objects:
  e: eventfd(0, EFD_NONBLOCK)
  ep: epoll(watch(e, )" +
         events + R"())
observe: [t.n, t.m]
judge: []
threads:
  t:
)" + lines +
         R"(
  w:
    - write(e, 1)
)";
}

constexpr const char* kWaitTwice = R"(
    - a = epoll_wait(ep, maxevents=1)
    - n = a.n
    - b = epoll_wait(ep, maxevents=1, timeout=0)
    - m = b.n
)";

// ---- A wait, step by step -----------------------------------------------------------------------

TEST(Epoll, WaitLooksTwiceQueuesAndSleeps) {
  Machine machine(one_waiter("IN", kWaitTwice));
  machine.step("t");
  EXPECT_EQ(machine.phase("t"), "look again");  // The ready list is empty; no scan runs either.
  machine.step("t");
  EXPECT_EQ(machine.phase("t"), "queue up");
  machine.step("t");
  EXPECT_EQ(machine.events(), "slept on ep");
  EXPECT_EQ(machine.phase("t"), "asleep");
  EXPECT_EQ(machine.shown("ep"), "asleep t");
}

TEST(Epoll, CallbackQueuesTheItemAndWakesTheSleeper) {
  Machine machine(one_waiter("IN", kWaitTwice));
  machine.run("t");
  machine.step("w");  // Adds to the counter; the walk stands at the item.
  EXPECT_EQ(machine.events(), "");
  EXPECT_TRUE(machine.asleep("t"));
  machine.step("w");
  EXPECT_EQ(machine.events(), "woke t, returned 8");
  EXPECT_EQ(machine.shown("ep"), "e");  // Unlinked by the wake.
}

TEST(Epoll, HarvestScansAsksAndReports) {
  Machine machine(one_waiter("IN", kWaitTwice));
  machine.run("t");
  machine.run("w");
  machine.step("t");
  EXPECT_EQ(machine.phase("t"), "start scan");
  machine.step("t");
  EXPECT_EQ(machine.phase("t"), "open overflow list");
  EXPECT_EQ(machine.shown("ep"), "-");
  machine.step("t");
  EXPECT_EQ(machine.phase("t"), "check");
  machine.step("t");
  EXPECT_EQ(machine.phase("t"), "end scan");
  EXPECT_EQ(machine.shown("ep"), "e");  // Level: queued again.
  machine.step("t");
  EXPECT_EQ(machine.events(), "returned 1");
}

TEST(Epoll, LevelIsReportedAgain) {
  EXPECT_EQ(outcomes(one_waiter("IN", kWaitTwice)), Outcomes{"t.n=1 t.m=1"});
}

TEST(Epoll, EdgeIsReportedOnce) {
  EXPECT_EQ(outcomes(one_waiter("IN|ET", kWaitTwice)), Outcomes{"t.n=1 t.m=0"});
}

}  // namespace
}  // namespace wakesim::testing
