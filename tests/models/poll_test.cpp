// Rules of poll(2) and select(2), fs/select.c, shown step by step or as the set of all outcomes.
// Known-wrong variants of the model stand at the end: each is caught by the outcome that it adds.

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

std::string alone(const std::string& objects, const std::string& lines) {
  return "objects:\n" + objects + "observe: [t.r]\njudge: []\nthreads:\n  t:\n" + lines;
}

constexpr const char* kPollAndWrite = R"(
objects:
  e: eventfd(0)
observe: [p.n, p.m]
judge: []
threads:
  p:
    - r = poll(e=IN)
    - n = r.n
    - m = r[0].revents
  w:
    - write(e, 1)
)";

// ---- The passes ---------------------------------------------------------------------------------

TEST(Poll, LinksLooksSetsTheStateAndSleeps) {
  Machine machine(kPollAndWrite);
  machine.step("p");
  EXPECT_EQ(machine.phase("p"), "check");  // The first step has linked.
  machine.step("p");
  EXPECT_EQ(machine.phase("p"), "set state");
  machine.step("p");
  EXPECT_EQ(machine.events(), "slept on e");
  EXPECT_EQ(machine.phase("p"), "asleep");
  EXPECT_TRUE(machine.asleep("p"));
  machine.step("w");
  EXPECT_EQ(machine.events(), "woke p, returned 8");
  machine.step("p");
  EXPECT_EQ(machine.phase("p"), "check");
  machine.step("p");
  EXPECT_EQ(machine.phase("p"), "freewait");
  machine.step("p");
  EXPECT_EQ(machine.events(), "returned 1");
  EXPECT_EQ(machine.value("p.m"), 1);
}

TEST(Poll, EveryExecutionSeesTheWrite) {
  EXPECT_EQ(outcomes(kPollAndWrite), Outcomes{"p.n=1 p.m=1"});
}

TEST(Poll, WakeBetweenLookAndSleepIsRememberedByTriggered) {
  Machine machine(kPollAndWrite);
  machine.step("p", 2);
  machine.step("w");
  EXPECT_EQ(machine.events(), "found p running, woke nobody on e, returned 8");
  machine.step("p");  // State INTERRUPTIBLE, but triggered.
  EXPECT_EQ(machine.events(), "");
  EXPECT_FALSE(machine.asleep("p"));
  machine.run("p");
  EXPECT_EQ(machine.value("p.n"), 1);
}

TEST(Poll, ReadyDescriptorNeedsNoSleep) {
  Machine machine(kPollAndWrite);
  machine.step("w");
  machine.step("p", 2);
  EXPECT_EQ(machine.phase("p"), "freewait");
}

TEST(Poll, AfterAReadyDescriptorTheRestIsAskedButNotQueuedOn) {
  Machine machine(R"(
objects:
  a: eventfd(1)
  b: eventfd(0)
observe: [p.n, p.x, p.y]
judge: []
threads:
  p:
    - r = poll(a=IN, b=IN)
    - n = r.n
    - x = r[0].revents
    - y = r[1].revents
  w:
    - write(b, 1)
)");
  machine.step("p", 2);  // Link and look at a.
  machine.step("w");
  EXPECT_EQ(machine.events(), "woke nobody on b, returned 8");
  EXPECT_EQ(machine.phase("p"), "check");  // b, without linking.
  machine.run("p");
  EXPECT_EQ(machine.value("p.n"), 2);
  EXPECT_EQ(machine.value("p.y"), 1);
}

TEST(Poll, WakeForNothingIsFollowedByAnotherPass) {
  EXPECT_EQ(outcomes(R"(
objects:
  e: eventfd(0, EFD_NONBLOCK)
observe: [p.n]
judge: []
threads:
  p:
    - r = poll(e=IN)
    - n = r.n
  w:
    - write(e, 1)
    - read(e)
)"),
            (Outcomes{"p.n=1", "p.n=0 stuck p"}));
}

TEST(Poll, KeyFiltersWakes) {
  Machine machine(R"(
objects:
  e: eventfd(0)
observe: [p.n]
judge: []
threads:
  p:
    - r = poll(e=ERR)
    - n = r.n
  w:
    - write(e, 1)
  k:
    - eventfd_signal(e, ERR)
)");
  machine.run("p");
  machine.step("w");
  EXPECT_EQ(machine.events(), "woke nobody on e, returned 8");
  machine.step("k");
  EXPECT_EQ(machine.events(), "woke p");
}

TEST(Poll, PollersStandInFrontOfSleepingReaders) {
  Machine machine(R"(
objects:
  p: pipe
observe: [b.n, a.r]
judge: []
threads:
  a:
    - r = read(p[0], 1)
  b:
    - r = poll(watch(p[0], IN))
    - n = r.n
  w:
    - write(p[1], 1)
)");
  machine.run("a");
  machine.run("b");
  machine.step("w", 2);
  EXPECT_EQ(machine.events(), "woke b, woke a, returned 1");
}

TEST(Poll, SubjectNamesWhatIsWatched) {
  Machine machine(R"(
objects:
  e: eventfd(0)
  p: pipe
observe: [t.n]
judge: []
threads:
  t:
    - r = poll(e=IN, watch(p[0], IN))
    - n = r.n
)");
  machine.run("t");
  EXPECT_EQ(machine.subject("t"), "e, p[0]");
}

// ---- Timeouts -----------------------------------------------------------------------------------

constexpr const char* kTimed = R"(
objects:
  e: eventfd(0)
observe: [p.n]
judge: []
threads:
  p:
    - r = poll(e=IN, timeout=10ms)
    - n = r.n
  w:
    - write(e, 1)
)";

TEST(Poll, TimeoutIsFollowedByOneMorePass) {
  Machine machine(kTimed);
  machine.run("p");
  machine.fire_timer("p");
  EXPECT_EQ(machine.events(), "timer of p, woke p");
  machine.step("w");
  machine.run("p");
  EXPECT_EQ(machine.value("p.n"), 1);
}

TEST(Poll, TimeoutGivesZero) {
  Machine machine(kTimed);
  machine.run("p");
  machine.fire_timer("p");
  machine.run("p");
  EXPECT_TRUE(machine.ended("p"));
  EXPECT_EQ(machine.value("p.n"), 0);
}

TEST(Poll, TimerDuringTheFirstPassKeepsTheThreadAwake) {
  Machine machine(kTimed);
  machine.step("p");
  machine.fire_timer("p");
  machine.run("p");
  EXPECT_TRUE(machine.ended("p"));
  EXPECT_EQ(machine.value("p.n"), 0);
}

TEST(Poll, TimerIsGoneWhenTheCallReturns) {
  Machine machine(kTimed);
  machine.step("w");
  machine.run("p");
  EXPECT_TRUE(machine.ended("p"));
  EXPECT_FALSE(machine.timer_may_fire("p"));
}

TEST(Poll, TimeoutRace) { EXPECT_EQ(outcomes(kTimed), (Outcomes{"p.n=0", "p.n=1"})); }

TEST(Poll, TimeoutOfZeroLinksNothingAndIsOneStep) {
  Machine machine(alone("  e: eventfd(0)\n", "    - p = poll(e=IN, timeout=0)\n    - r = p.n\n"));
  machine.step("t");
  EXPECT_TRUE(machine.ended("t"));
  EXPECT_EQ(machine.value("t.r"), 0);
}

TEST(Poll, NegativeTimeoutIsForeverForPollAndEinvalForPpoll) {
  Machine machine(
      alone("  e: eventfd(0)\n", "    - p = poll(e=IN, timeout=-5ms)\n    - r = p.n\n"));
  machine.run("t");
  EXPECT_TRUE(machine.asleep("t"));
  EXPECT_EQ(
      outcomes(alone("  e: eventfd(0)\n", "    - p = ppoll(e=IN, timeout=-5ms)\n    - r = p.n\n")),
      Outcomes{"t.r=-22"});
}

TEST(Poll, EmptyReturnLeavesNothingBehind) {
  Machine machine(kPollAndWrite);
  machine.run("p");
  machine.return_empty("p");
  EXPECT_TRUE(machine.ended("p"));
  EXPECT_EQ(machine.value("p.n"), 0);
  EXPECT_EQ(machine.value("p.m"), 0);
  machine.step("w");
  EXPECT_EQ(machine.events(), "woke nobody on e, returned 8");
}

// ---- Descriptors --------------------------------------------------------------------------------

TEST(Poll, ClosedDescriptorIsNval) {
  EXPECT_EQ(outcomes(alone("  e: eventfd(0)\n",
                           "    - p = poll(watch(99, IN), watch(e, IN))\n"
                           "    - r = 100 * p.n + p[0].revents\n")),
            Outcomes{"t.r=132"});
  EXPECT_EQ(outcomes(alone("  e: eventfd(0)\n",
                           "    - close(e)\n"
                           "    - p = poll(e=IN)\n"
                           "    - r = 100 * p.n + p[0].revents\n")),
            Outcomes{"t.r=132"});
}

TEST(Poll, NegativeDescriptorIsIgnored) {
  EXPECT_EQ(outcomes(alone("  e: eventfd(1)\n",
                           "    - p = poll(watch(-1, IN), watch(e, IN))\n"
                           "    - r = 100 * p.n + 10 * p[0].revents + p[1].revents\n")),
            Outcomes{"t.r=101"});
}

constexpr const char* kCloseWhilePolled = R"(
objects:
  e: eventfd(0)
observe: [p.m]
judge: []
threads:
  p:
    - r = poll(e=IN)
    - m = r[0].revents
  c:
    - close(e)
)";

TEST(Poll, CloseDoesNotWakeAPoller) {
  EXPECT_EQ(outcomes(kCloseWhilePolled), (Outcomes{"p.m=32", "p.m=0 stuck p"}));
}

// The number leads to another file in the second pass: that one is asked, but not queued on.
TEST(Poll, ReusedNumberIsWatchedInThePlaceOfTheOldFile) {
  Machine machine(R"(
objects:
  e: eventfd(0)
  f: eventfd(0)
observe: [p.m, c.d]
judge: []
threads:
  p:
    - r = poll(e=IN)
    - m = r[0].revents
  c:
    - close(e)
    - d = dup(f)
  k:
    - eventfd_signal(e)
  w:
    - write(f, 1)
)");
  machine.run("p");
  machine.run("c");
  EXPECT_EQ(machine.value("c.d"), 3);
  machine.step("k");
  EXPECT_EQ(machine.events(), "woke p");
  machine.run("p");
  EXPECT_TRUE(machine.asleep("p"));  // It asked f, which is empty, and sleeps on e.
  machine.run("w");
  EXPECT_TRUE(machine.asleep("p"));
}

TEST(Poll, LastReferenceMayBeThePollers) {
  EXPECT_EQ(outcomes(R"(
objects:
  p: pipe(O_NONBLOCK)
observe: [b.m, a.x]
judge: []
threads:
  b:
    - r = poll(watch(p[1], OUT))
    - m = r[0].revents
  a:
    - close(p[1])
    - x = read(p[0], 1)
)"),
            (Outcomes{"b.m=4 a.x=-11", "b.m=4 a.x=0", "b.m=32 a.x=0"}));
}

TEST(Poll, PipeMayReportHangUpWithoutItsData) {
  const Outcomes all = outcomes(R"(
objects:
  p: pipe(O_NONBLOCK)
observe: [b.m]
judge: []
threads:
  b:
    - r = poll(watch(p[0], IN))
    - m = r[0].revents
  a:
    - write(p[1], 1)
    - close(p[1])
)");
  EXPECT_EQ(all, (Outcomes{"b.m=1", "b.m=16", "b.m=17"}));
}

// ---- select -------------------------------------------------------------------------------------

TEST(Select, CountsBits) {
  EXPECT_EQ(outcomes(alone("  e: eventfd(1)\n",
                           "    - s = select(watch(e, IN), watch(e, OUT), watch(e, PRI))\n"
                           "    - r = 1000 * s.n + 100 * s[0].revents + 10 * s[1].revents\n")),
            Outcomes{"t.r=2140"});
}

TEST(Select, HangUpIsReadableAndErrorIsBoth) {
  EXPECT_EQ(outcomes(alone("  p: pipe\n",
                           "    - close(p[1])\n"
                           "    - s = select(watch(p[0], IN), watch(p[0], OUT), timeout=0)\n"
                           "    - r = 10 * s.n + s[0].revents\n")),
            Outcomes{"t.r=11"});
  EXPECT_EQ(outcomes(alone("  p: pipe\n",
                           "    - close(p[0])\n"
                           "    - s = select(watch(p[1], IN|OUT|PRI), timeout=0)\n"
                           "    - r = 10 * s.n + s[0].revents\n")),
            Outcomes{"t.r=25"});
}

TEST(Select, ClosedDescriptorIsEbadfAtOnce) {
  EXPECT_EQ(outcomes(alone("  e: eventfd(1)\n",
                           "    - s = select(watch(e, IN), watch(99, IN))\n    - r = s.n\n")),
            Outcomes{"t.r=-9"});
}

TEST(Select, ClosedDuringTheCallCountsAsEverythingAskedFor) {
  EXPECT_TRUE(outcomes(R"(
objects:
  e: eventfd(0)
observe: [s.n]
judge: []
threads:
  s:
    - r = select(watch(e, IN|PRI), timeout=5ms)
    - n = r.n
  c:
    - close(e)
)")
                  .contains("s.n=2"));
}

TEST(Select, AsksInAscendingOrderAndEachNumberOnce) {
  Machine machine(R"(
objects:
  a: eventfd(0)
  b: eventfd(0)
observe: [s.n, s.x]
judge: []
threads:
  s:
    - r = select(watch(b, IN), watch(a, IN), watch(b, PRI))
    - n = r.n
    - x = r[0].revents
  w:
    - write(a, 1)
    - write(b, 1)
)");
  machine.step("s");  // Links on a, the lower number.
  machine.step("w");
  EXPECT_EQ(machine.events(), "found s running, woke nobody on a, returned 8");
  machine.run("s");
  EXPECT_EQ(machine.value("s.n"), 1);
  EXPECT_EQ(machine.value("s.x"), 0);
}

// ---- Known-wrong variants -----------------------------------------------------------------------

TEST(PollSwitch, LookingBeforeLinkingLosesTheWrite) {
  EXPECT_TRUE(outcomes(with_switch("poll.checks-before-linking", kPollAndWrite))
                  .contains("p.n=0 p.m=0 stuck p"));
}

TEST(PollSwitch, WithoutTriggeredTheWriteIsLost) {
  EXPECT_TRUE(
      outcomes(with_switch("poll.no-triggered", kPollAndWrite)).contains("p.n=0 p.m=0 stuck p"));
}

// Needs a thief: a pass must find nothing while the second write comes.
TEST(PollSwitch, ClearingTriggeredLateLosesTheSecondWrite) {
  const std::string body = R"(
objects:
  e: eventfd(0, EFD_NONBLOCK)
observe: [p.n]
judge: []
threads:
  p:
    - r = poll(e=IN)
    - n = r.n
  w:
    - write(e, 1)
    - read(e)
    - write(e, 1)
)";
  EXPECT_EQ(outcomes(body), Outcomes{"p.n=1"});
  EXPECT_TRUE(outcomes(with_switch("poll.clears-triggered-late", body)).contains("p.n=0 stuck p"));
}

}  // namespace
}  // namespace wakesim::testing
