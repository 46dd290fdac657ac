// Kernel wait loops, right and wrong, and the rules that they rest on.

#include <gtest/gtest.h>

#include "tests/models/machine.h"

namespace wakesim::testing {
namespace {

using Outcomes = std::set<std::string>;

// ---- Wait loops ---------------------------------------------------------------------------------

std::string loop(const std::string& waiter) {
  return "objects: { wq: wait_queue, ready: word(0) }\njudge: []\nthreads:\n"
         "  k:\n    - ready = 1\n    - wake_up(wq)\n  t:\n" +
         waiter;
}

TEST(WaitQueue, KernelsOrderLosesNothing) {
  EXPECT_EQ(outcomes(loop(R"(
    - forever:
        - prepare_to_wait(wq, TASK_INTERRUPTIBLE)
        - if ready == 1: break
        - schedule()
    - finish_wait(wq)
)")),
            Outcomes{""});
}

// drivers/tty/n_tty.c before 1aa1bf111527: the test comes before the state.
TEST(WaitQueue, TestBeforeStateLosesTheWake) {
  EXPECT_EQ(outcomes(loop(R"(
    - add_wait_queue(wq)
    - forever:
        - if ready == 1: break
        - set_state(TASK_INTERRUPTIBLE)
        - schedule()
    - remove_wait_queue(wq)
)")),
            (Outcomes{"", "stuck t"}));
}

TEST(WaitQueue, TestBeforeQueueingLosesTheWake) {
  EXPECT_EQ(outcomes(loop(R"(
    - if ready == 0:
        - prepare_to_wait(wq, TASK_INTERRUPTIBLE)
        - schedule()
        - finish_wait(wq)
)")),
            (Outcomes{"", "stuck t"}));
}

// ---- Sleeping -----------------------------------------------------------------------------------

constexpr const char* kSleeper = R"(
objects: { wq: wait_queue }
observe: [t.r, k.n]
judge: []
threads:
  t:
    - prepare_to_wait(wq, TASK_UNINTERRUPTIBLE)
    - r = schedule()
    - finish_wait(wq)
  k:
    - n = wake_up(wq)
)";

TEST(WaitQueue, ScheduleSleepsUntilAWake) {
  Machine machine(kSleeper);
  machine.step("t");
  EXPECT_FALSE(machine.asleep("t"));
  EXPECT_EQ(machine.shown("wq"), "t");
  machine.step("t");
  EXPECT_TRUE(machine.asleep("t"));
  machine.step("k");
  EXPECT_EQ(machine.value("k.n"), 1);
  EXPECT_EQ(machine.events(), "woke t, value 1");
  EXPECT_EQ(machine.shown("wq"), "-");  // autoremove_wake_function
  machine.run("t");
  EXPECT_TRUE(machine.ended("t"));
}

TEST(WaitQueue, WakeBeforeScheduleKeepsTheThreadAwake) {
  Machine machine(kSleeper);
  machine.step("t");
  machine.step("k");
  machine.step("t");
  EXPECT_FALSE(machine.asleep("t"));
}

TEST(WaitQueue, WakeOfARunningThreadIsForgotten) {
  Machine machine(R"(
objects: { wq: wait_queue }
observe: [k.n]
judge: []
threads:
  t:
    - add_wait_queue(wq)
    - set_state(TASK_INTERRUPTIBLE)
    - schedule()
  k:
    - n = wake_up(wq)
)");
  machine.step("t");
  machine.step("k");
  EXPECT_EQ(machine.value("k.n"), 0);
  EXPECT_EQ(machine.events(), "found t running, woke nobody on wq, value 0");
  machine.run("t");
  EXPECT_TRUE(machine.asleep("t"));
}

TEST(WaitQueue, ScheduleOfARunningThreadDoesNotBlock) {
  EXPECT_EQ(outcomes(R"(
observe: [t.r]
judge: []
threads:
  t:
    - set_state(TASK_RUNNING)
    - r = schedule()
)"),
            Outcomes{"t.r=0"});
}

TEST(WaitQueue, ScheduleTimeoutTellsWhetherTimeWasLeft) {
  EXPECT_EQ(outcomes(R"(
objects: { wq: wait_queue }
observe: [t.r]
judge: []
threads:
  t:
    - prepare_to_wait(wq, TASK_INTERRUPTIBLE)
    - r = schedule_timeout(1ms)
    - finish_wait(wq)
  k:
    - wake_up(wq)
)"),
            (Outcomes{"t.r=0", "t.r=1"}));
}

TEST(WaitQueue, ScheduleTimeoutOfNothingGivesZero) {
  EXPECT_EQ(outcomes(R"(
observe: [t.r]
judge: []
threads:
  t:
    - set_state(TASK_INTERRUPTIBLE)
    - r = schedule_timeout(0)
)"),
            Outcomes{"t.r=0"});
}

// ---- Whom a wake reaches ------------------------------------------------------------------------

// Sleepers queue in the order a, b, c, d; a to c exclusive.
std::string four(const std::string& wake) {
  std::string body = "objects: { wq: wait_queue }\nobserve: [k.n]\njudge: []\nthreads:\n";
  for (const std::string name : {"a", "b", "c"}) {
    body += "  " + name +
            ":\n    - prepare_to_wait_exclusive(wq, TASK_INTERRUPTIBLE)\n    - schedule()\n";
  }
  body += "  d:\n    - prepare_to_wait(wq, TASK_UNINTERRUPTIBLE)\n    - schedule()\n";
  return body + "  k:\n    - n = " + wake + "\n";
}

std::string asleep_after(const std::string& wake) {
  Machine machine(four(wake));
  for (const char* name : {"a", "b", "c", "d"}) machine.run(name);
  EXPECT_EQ(machine.shown("wq"), "d a b c");
  machine.run("k");
  std::string asleep;
  for (const char* name : {"a", "b", "c", "d"}) asleep += machine.asleep(name) ? name : "";
  return asleep + " " + std::to_string(machine.value("k.n"));
}

TEST(WaitQueue, WakeUpReachesTheFirstExclusiveSleeperAndAllBeforeIt) {
  EXPECT_EQ(asleep_after("wake_up(wq)"), "bc 2");
}

TEST(WaitQueue, WakeUpNrStopsAtThatExclusiveSleeper) {
  EXPECT_EQ(asleep_after("wake_up_nr(wq, 2)"), "c 3");
}

TEST(WaitQueue, WakeUpAllReachesEverybody) { EXPECT_EQ(asleep_after("wake_up_all(wq)"), " 4"); }

TEST(WaitQueue, WakeUpInterruptiblePassesOthersOver) {
  EXPECT_EQ(asleep_after("wake_up_interruptible(wq)"), "bcd 1");
}

TEST(WaitQueue, WakeUpProcessNeedsNoQueue) {
  EXPECT_EQ(asleep_after("wake_up_process(c)"), "abd 1");
}

TEST(WaitQueue, ExclusiveThreadThatRunsDoesNotCount) {
  Machine machine(R"(
objects: { wq: wait_queue }
observe: [k.n]
judge: []
threads:
  a:
    - add_wait_queue_exclusive(wq)
    - set_state(TASK_INTERRUPTIBLE)
  b:
    - prepare_to_wait_exclusive(wq, TASK_INTERRUPTIBLE)
    - schedule()
  k:
    - n = wake_up(wq)
)");
  machine.step("a");
  machine.run("b");
  EXPECT_EQ(machine.shown("wq"), "a b");
  machine.run("k");
  EXPECT_EQ(machine.value("k.n"), 1);
  EXPECT_FALSE(machine.asleep("b"));
}

TEST(WaitQueue, ActiveTellsWhetherSomebodyIsQueued) {
  EXPECT_EQ(outcomes(R"(
objects: { wq: wait_queue }
observe: [t.a, t.b, t.c]
judge: []
threads:
  t:
    - a = waitqueue_active(wq)
    - add_wait_queue(wq)
    - b = waitqueue_active(wq)
    - remove_wait_queue(wq)
    - c = waitqueue_active(wq)
)"),
            Outcomes{"t.a=0 t.b=1 t.c=0"});
}

TEST(WaitQueue, ThreadWaitsOnSeveral) {
  const std::string body = R"(
objects:
  wq: wait_queue[2]
judge: []
threads:
  t:
    - prepare_to_wait(wq[0], TASK_INTERRUPTIBLE)
    - prepare_to_wait(wq[1], TASK_INTERRUPTIBLE)
    - schedule()
    - finish_wait(wq[0])
    - finish_wait(wq[1])
  k:
    start: asleep(t)
    run:
      - wake_up(wq[1])
)";
  EXPECT_EQ(outcomes(body), Outcomes{""});
}

// Entries of wait queues stay queued over other calls, which have entries of their own.
TEST(WaitQueue, OtherCallsDoNotTouchTheEntries) {
  Machine machine(R"(
objects: { wq: wait_queue, x: word(0) }
judge: []
threads:
  t:
    - add_wait_queue(wq)
    - futex_wait(x, 0)
    - remove_wait_queue(wq)
  k:
    - futex_wake(x, 1)
)");
  machine.run("t");
  EXPECT_TRUE(machine.asleep("t"));
  EXPECT_EQ(machine.shown("wq"), "t");
  machine.run("k");
  machine.run("t");
  EXPECT_TRUE(machine.ended("t"));
}

// ---- Misuse -------------------------------------------------------------------------------------

TEST(WaitQueue, QueueingTwiceIsAnInvalidUse) {
  EXPECT_EQ(outcomes(R"(
objects: { wq: wait_queue }
judge: []
threads:
  t:
    - add_wait_queue(wq)
    - add_wait_queue(wq)
)"),
            Outcomes{"add_wait_queue of an entry that is queued already"});
}

TEST(WaitQueue, RemovingWhatIsNotQueuedIsAnInvalidUse) {
  EXPECT_EQ(outcomes(R"(
objects: { wq: wait_queue }
judge: []
threads:
  t:
    - finish_wait(wq)
    - remove_wait_queue(wq)
)"),
            Outcomes{"remove_wait_queue of an entry that is not queued"});
}

TEST(WaitQueue, UnknownStateIsAnInvalidUse) {
  EXPECT_EQ(outcomes(R"(
judge: []
threads:
  t:
    - set_state(64)
)"),
            Outcomes{"not a task state"});
}

// ---- Entries ------------------------------------------------------------------------------------

// Six queues and a poll of three descriptors at once: every entry is the thread's own.
TEST(WaitQueue, AThreadMayWaitOnManyQueuesAndPollAsWell) {
  EXPECT_EQ(outcomes(R"(
objects:
  wq: wait_queue[6]
  e: eventfd[3]
judge: []
observe: [waker.n]
threads:
  t:
    - i = 0
    - while i < 6:
        - add_wait_queue(wq[i])
        - i += 1
    - poll(watch(e[0], IN), watch(e[1], IN), watch(e[2], IN))
    - while i > 0:
        - i -= 1
        - remove_wait_queue(wq[i])
  waker:
    start: asleep(t)
    run:
      - n = 0
      - i = 0
      - while i < 6:
          - a = waitqueue_active(wq[i])
          - n += a
          - i += 1
      - write(e[2], 1)
)"),
            Outcomes{"waker.n=6"});
}

TEST(WaitQueue, AThreadHasEntriesForTheQueuesThatItNames) {
  const auto system = compile_body(R"(
objects: { a: wait_queue, b: wait_queue, c: wait_queue }
threads:
  one:
    - prepare_to_wait(a, TASK_INTERRUPTIBLE)
    - finish_wait(a)
  two:
    - prepare_to_wait(b, TASK_INTERRUPTIBLE)
    - prepare_to_wait(a, TASK_INTERRUPTIBLE)
    - finish_wait(b)
    - finish_wait(a)
  waker:
    - wake_up(c)
)");
  EXPECT_EQ(system->layout.threads[0].entries_count, 1u);
  EXPECT_EQ(system->layout.threads[1].entries_count, 2u);
  EXPECT_EQ(system->layout.threads[2].entries_count, 0u);
}

}  // namespace
}  // namespace wakesim::testing
