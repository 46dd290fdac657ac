// Each test is one rule of futex(2), shown step by step or as the set of all outcomes. Known-wrong
// variants of the model stand at the end: each is caught by the outcome that it adds.

#include <gtest/gtest.h>

#include "tests/models/machine.h"

namespace wakesim::testing {
namespace {

using Outcomes = std::set<std::string>;

std::string with_switch(const std::string& name, const std::string& body) {
  return "machine: { switches: [" + name + "] }\n" + body;
}

// ---- Waiting and waking -------------------------------------------------------------------------

constexpr const char* kWaitAndWake = R"(
objects: { x: word(0) }
observe: [w.r, k.n]
judge: []
threads:
  w:
    - r = futex_wait(x, 0)
  k:
    - n = futex_wake(x, 1)
)";

TEST(Futex, WaitOnAnotherValueIsEagain) {
  EXPECT_EQ(outcomes(R"(
objects: { x: word(5) }
observe: [w.r]
judge: []
threads:
  w:
    - r = futex_wait(x, 4)
)"),
            Outcomes{"w.r=-11"});
}

TEST(Futex, WaitSleepsUntilItIsWoken) {
  Machine machine(kWaitAndWake);
  machine.step("w");
  EXPECT_EQ(machine.events(), "slept on x");
  EXPECT_TRUE(machine.asleep("w"));
  EXPECT_EQ(machine.subject("w"), "x");
  machine.step("k", 2);
  EXPECT_EQ(machine.events(), "woke w, returned 1");
  machine.step("w");
  EXPECT_TRUE(machine.ended("w"));
  EXPECT_EQ(machine.value("w.r"), 0);
}

TEST(Futex, WakeWithoutAChangedWordMayComeTooEarly) {
  EXPECT_EQ(outcomes(kWaitAndWake), (Outcomes{"w.r=0 k.n=1", "w.r=0 k.n=0 stuck w"}));
}

TEST(Futex, WakeOfNobodySaysSo) {
  Machine machine(kWaitAndWake);
  machine.step("k");
  EXPECT_EQ(machine.events(), "woke nobody on x, returned 0");
}

TEST(Futex, ChangedWordKeepsTheWaiterAwake) {
  EXPECT_EQ(outcomes(R"(
objects: { x: word(0) }
observe: [w.r, k.n]
judge: []
threads:
  w:
    - r = futex_wait(x, 0)
  k:
    - x = 1
    - n = futex_wake(x, 1)
)"),
            (Outcomes{"w.r=-11 k.n=0", "w.r=0 k.n=1"}));
}

constexpr const char* kThreeWaiters = R"(
objects: { x: word(0), y: word(0) }
observe: [k.n]
judge: []
threads:
  a:
    - futex_wait(x, 0)
  b:
    - futex_wait(x, 0)
  c:
    - futex_wait(x, 0)
  k:
    - n = )";

std::string three_waiters(const std::string& call) { return kThreeWaiters + call + "\n"; }

void put_to_sleep(Machine& machine, std::initializer_list<const char*> threads) {
  for (const char* thread : threads) machine.run(thread);
}

TEST(Futex, WakesTheLongestWaitingFirst) {
  Machine machine(three_waiters("futex_wake(x, 2)"));
  put_to_sleep(machine, {"b", "c", "a"});
  machine.step("k", 2);
  EXPECT_EQ(machine.events(), "woke b");
  machine.step("k");
  EXPECT_EQ(machine.events(), "woke c, returned 2");
  EXPECT_TRUE(machine.asleep("a"));
}

TEST(Futex, WakeLifoWakesTheYoungest) {
  Machine machine(with_switch("futex.wake-lifo", three_waiters("futex_wake(x, 1)")));
  put_to_sleep(machine, {"b", "c", "a"});
  machine.run("k");
  EXPECT_EQ(machine.events(), "woke a, returned 1");
}

TEST(Futex, WakeOfZeroWakesOne) {
  Machine machine(three_waiters("futex_wake(x, 0)"));
  put_to_sleep(machine, {"a", "b"});
  machine.run("k");
  EXPECT_EQ(machine.value("k.n"), 1);
  EXPECT_TRUE(machine.asleep("b"));
}

TEST(Futex, WakeOfIntMaxWakesAll) {
  Machine machine(three_waiters("futex_wake(x, INT_MAX)"));
  put_to_sleep(machine, {"a", "b", "c"});
  machine.run("k");
  EXPECT_EQ(machine.value("k.n"), 3);
}

// A waiter that a waker unlinked before it slept leaves without the wake, which then hits the
// thread's next sleep: there it finds its word unchanged and sleeps again.
TEST(Futex, LateWakeHitsTheNextSleep) {
  Machine machine(R"(
objects: { x: word(0), y: word(0) }
judge: []
threads:
  w:
    - futex_wait(x, 0)
    - futex_wait(y, 0)
  k:
    - futex_wake(x, 1)
)");
  machine.step("w");
  machine.step("k");
  EXPECT_FALSE(machine.asleep("w"));
  machine.step("w");
  EXPECT_EQ(machine.events(), "returned 0");
  machine.step("w");
  EXPECT_TRUE(machine.asleep("w"));
  EXPECT_EQ(machine.subject("w"), "y");
  machine.step("k");
  EXPECT_EQ(machine.events(), "woke w, returned 1");
  machine.step("w", 2);
  EXPECT_TRUE(machine.asleep("w"));
}

// Once a waker has unlinked it, a waiter leaves with the wake or before it; nothing else is new to
// it.
TEST(Futex, UnlinkedWaiterMayLeaveBeforeTheWakeOrWithIt) {
  for (const bool is_early : {false, true}) {
    Machine machine(kWaitAndWake);
    machine.step("w");
    machine.step("k", is_early ? 1 : 2);
    machine.run("w");
    EXPECT_TRUE(machine.ended("w"));
    EXPECT_EQ(machine.value("w.r"), 0);
    machine.run("k");
    EXPECT_EQ(machine.value("k.n"), 1);
  }
}

// A task has one wake_q node: the second waker leaves the wake to the first.
TEST(Futex, TwoWakersWakeATaskOnce) {
  Machine machine(R"(
objects: { x: word(0), y: word(0) }
observe: [w.r, second.n]
judge: []
threads:
  w:
    - r = futex_waitv(x=0, y=0)
  first:
    - futex_wake(x, 1)
  second:
    - n = futex_wake(y, 1)
)");
  machine.run("w");
  machine.step("first");
  machine.step("second");
  EXPECT_TRUE(machine.ended("second"));
  EXPECT_EQ(machine.value("second.n"), 1);
  machine.step("first");
  machine.run("w");
  EXPECT_EQ(machine.value("w.r"), 1);
}

// A wake of the task that no futex call sent never gets out of the kernel.
TEST(Futex, StrayWakeComparesAgain) {
  EXPECT_EQ(outcomes(R"(
objects: { x: word(0) }
observe: [w.r]
judge: []
threads:
  w:
    - r = futex_wait(x, 0)
  stray:
    - wake_up_process(w)
  k:
    - x = 1
)"),
            (Outcomes{"w.r=-11", "w.r=0 stuck w"}));
}

// What `spurious:` means for a futex: FUTEX_WAKE by somebody who used this memory before.
TEST(Futex, SpuriousWakeReturnsZero) {
  EXPECT_EQ(outcomes(R"(
machine: { spurious: 1 }
objects: { x: word(0) }
observe: [w.r]
judge: []
threads:
  w:
    - r = 1
    - r = futex_wait(x, 0)
)"),
            (Outcomes{"w.r=0", "w.r=1 stuck w"}));
}

TEST(Futex, ComparesThirtyTwoBits) {
  EXPECT_EQ(outcomes(R"(
objects: { x: word64(0x100000007), y: int(-1) }
observe: [w.a, w.b]
judge: []
threads:
  w:
    - a = futex_wait(x, 7, timeout=0)
    - b = futex_wait(y, 0xffffffff, timeout=0)
)"),
            Outcomes{"w.a=-110 w.b=-110"});
}

TEST(Futex, ReturnEmptyLeavesTheQueue) {
  Machine machine(kWaitAndWake);
  machine.run("w");
  machine.return_empty("w");
  EXPECT_EQ(machine.value("w.r"), 0);
  machine.step("k");
  EXPECT_EQ(machine.value("k.n"), 0);
}

// ---- Timeouts -----------------------------------------------------------------------------------

constexpr const char* kTimedWait = R"(
objects: { x: word(0) }
observe: [w.r, k.n]
judge: []
threads:
  w:
    - r = futex_wait(x, 0, timeout=1ms)
  k:
    - n = futex_wake(x, 1)
)";

TEST(Futex, WakeWinsOverTheTimeout) {
  EXPECT_EQ(outcomes(kTimedWait), (Outcomes{"w.r=-110 k.n=0", "w.r=0 k.n=1"}));
}

TEST(Futex, WokenWaiterWhoseTimerFiredIsWoken) {
  Machine machine(kTimedWait);
  machine.run("w");
  machine.step("k");
  machine.fire_timer("w");
  machine.step("w");
  EXPECT_EQ(machine.value("w.r"), 0);
}

TEST(Futex, TimeoutOfZeroDoesNotSleep) {
  Machine machine(R"(
objects: { x: word(0) }
observe: [w.r]
judge: []
threads:
  w:
    - r = futex_wait(x, 0, timeout=0)
)");
  machine.run("w");
  EXPECT_TRUE(machine.ended("w"));
  EXPECT_EQ(machine.value("w.r"), -110);
}

constexpr const char* kTimedWaitAndStrayWake = R"(
objects: { x: word(0) }
observe: [w.r]
judge: []
threads:
  w:
    - r = futex_wait(x, 0, timeout=1ms)
  stray:
    - wake_up_process(w)
)";

TEST(Futex, DeadlineStaysAfterAStrayWake) {
  Machine machine(kTimedWaitAndStrayWake);
  machine.run("w");
  machine.run("stray");
  machine.run("w");
  EXPECT_TRUE(machine.asleep("w"));
  EXPECT_TRUE(machine.timer_may_fire("w"));
  machine.fire_timer("w");
  machine.run("w");
  EXPECT_EQ(machine.value("w.r"), -110);
}

TEST(Futex, TimerThatFiresBeforeTheSecondQueueingIsNotMissed) {
  Machine machine(kTimedWaitAndStrayWake);
  machine.run("w");
  machine.run("stray");
  machine.step("w");  // Off the queue, about to compare again.
  machine.fire_timer("w");
  machine.run("w");
  EXPECT_TRUE(machine.ended("w"));
  EXPECT_EQ(machine.value("w.r"), -110);
}

// ---- Bitsets ------------------------------------------------------------------------------------

TEST(Futex, BitsetOfZeroIsEinval) {
  EXPECT_EQ(outcomes(R"(
objects: { x: word(0) }
observe: [w.a, w.b]
judge: []
threads:
  w:
    - a = futex_wait_bitset(x, 0, 0)
    - b = futex_wake_bitset(x, 1, 0)
)"),
            Outcomes{"w.a=-22 w.b=-22"});
}

TEST(Futex, WakeBitsetPassesOthersOver) {
  Machine machine(R"(
objects: { x: word(0) }
observe: [k.n, k.m]
judge: []
threads:
  a:
    - futex_wait_bitset(x, 0, 1)
  b:
    - futex_wait_bitset(x, 0, 6)
  k:
    - n = futex_wake_bitset(x, 5, 2)
    - m = futex_wake(x, 5)
)");
  put_to_sleep(machine, {"a", "b"});
  machine.step("k", 2);
  EXPECT_EQ(machine.events(), "woke b, returned 1");
  EXPECT_TRUE(machine.asleep("a"));
  machine.run("k");
  EXPECT_EQ(machine.value("k.m"), 1);
}

// ---- Requeue ------------------------------------------------------------------------------------

TEST(Futex, RequeueWakesThenMoves) {
  Machine machine(R"(
objects: { x: word(0), y: word(0) }
observe: [k.n, k.m]
judge: []
threads:
  a:
    - futex_wait(x, 0)
  b:
    - futex_wait(x, 0)
  c:
    - futex_wait(x, 0)
  k:
    - n = futex_requeue(x, y, wake=1, requeue=1)
    - m = futex_wake(y, 5)
)");
  put_to_sleep(machine, {"a", "b", "c"});
  machine.step("k", 2);
  EXPECT_EQ(machine.events(), "woke a, returned 2");
  machine.run("k");
  EXPECT_EQ(machine.value("k.m"), 1);
  EXPECT_FALSE(machine.asleep("b"));
  EXPECT_TRUE(machine.asleep("c"));
}

TEST(Futex, MovedWaitersStandBehindTheOthers) {
  Machine machine(R"(
objects: { x: word(0), y: word(0) }
judge: []
threads:
  a:
    - futex_wait(x, 0)
  b:
    - futex_wait(y, 0)
  k:
    - futex_requeue(x, y, wake=0, requeue=1)
    - futex_wake(y, 1)
)");
  put_to_sleep(machine, {"a", "b"});
  machine.run("k");
  EXPECT_EQ(machine.events(), "woke b, returned 1");
}

TEST(Futex, RequeueOntoTheSameWordMovesNothing) {
  Machine machine(R"(
objects: { x: word(0) }
observe: [k.n]
judge: []
threads:
  a:
    - futex_wait(x, 0)
  b:
    - futex_wait(x, 0)
  k:
    - n = futex_requeue(x, x, wake=0, requeue=1)
    - futex_wake(x, 1)
)");
  put_to_sleep(machine, {"a", "b"});
  machine.step("k");
  EXPECT_EQ(machine.value("k.n"), 1);
  machine.run("k");
  EXPECT_EQ(machine.events(), "woke a, returned 1");
}

TEST(Futex, MovedWaiterThatTimesOutLeavesItsNewWord) {
  Machine machine(R"(
objects: { x: word(0), y: word(0) }
observe: [w.r, k.n]
judge: []
threads:
  w:
    - r = futex_wait(x, 0, timeout=1ms)
  k:
    - futex_requeue(x, y, wake=0, requeue=1)
    - n = futex_wake(y, 1)
)");
  machine.run("w");
  machine.step("k");
  machine.fire_timer("w");
  machine.run("w");
  EXPECT_EQ(machine.value("w.r"), -110);
  machine.run("k");
  EXPECT_EQ(machine.value("k.n"), 0);
}

TEST(Futex, CmpRequeueOfAnotherValueIsEagain) {
  EXPECT_EQ(outcomes(R"(
objects: { x: word(3), y: word(0) }
observe: [k.n, k.m]
judge: []
threads:
  k:
    - n = futex_cmp_requeue(x, y, wake=1, requeue=1, val=0)
    - m = futex_cmp_requeue(x, y, wake=1, requeue=1, val=3)
)"),
            Outcomes{"k.n=-11 k.m=0"});
}

TEST(Futex, RequeueOfNegativeCountsIsEinval) {
  EXPECT_EQ(outcomes(R"(
objects: { x: word(0), y: word(0) }
observe: [k.n, k.m]
judge: []
threads:
  k:
    - n = futex_requeue(x, y, wake=-1)
    - m = futex_cmp_requeue(x, y, requeue=-1, val=7)
)"),
            Outcomes{"k.n=-22 k.m=-22"});
}

// ---- WAKE_OP ------------------------------------------------------------------------------------

TEST(Futex, WakeOpChangesTheWordAndWakesBoth) {
  Machine machine(R"(
objects: { x: word(0), y: word(3) }
observe: [k.n, y]
judge: []
threads:
  a:
    - futex_wait(x, 0)
  b:
    - futex_wait(y, 3)
  k:
    - n = futex_wake_op(x, y, 1, 1, FUTEX_OP_ADD, 4, FUTEX_OP_CMP_EQ, 3)
)");
  put_to_sleep(machine, {"a", "b"});
  machine.run("k");
  EXPECT_EQ(machine.value("k.n"), 2);
  EXPECT_EQ(machine.value("y"), 7);
}

TEST(Futex, WakeOpThatComparesFalseWakesTheFirstOnly) {
  Machine machine(R"(
objects: { x: word(0), y: word(3) }
observe: [k.n, y]
judge: []
threads:
  a:
    - futex_wait(x, 0)
  b:
    - futex_wait(y, 3)
  k:
    - n = futex_wake_op(x, y, 1, 1, FUTEX_OP_SET, 9, FUTEX_OP_CMP_GT, 3)
)");
  put_to_sleep(machine, {"a", "b"});
  machine.run("k");
  EXPECT_EQ(machine.value("k.n"), 1);
  EXPECT_EQ(machine.value("y"), 9);
  EXPECT_TRUE(machine.asleep("b"));
}

TEST(Futex, WakeOpKnowsTheOperationsAndComparesSigned) {
  EXPECT_EQ(outcomes(R"(
objects: { x: word(0), s: word(1), o: word(5), n: word(7), e: word(6), b: word(0), m: word(0) }
observe: [s, o, n, e, b, m]
judge: []
threads:
  k:
    - futex_wake_op(x, s, 1, 1, FUTEX_OP_SET, 9, FUTEX_OP_CMP_NE, 0)
    - futex_wake_op(x, o, 1, 1, FUTEX_OP_OR, 2, FUTEX_OP_CMP_LT, 0)
    - futex_wake_op(x, n, 1, 1, FUTEX_OP_ANDN, 3, FUTEX_OP_CMP_LE, 0)
    - futex_wake_op(x, e, 1, 1, FUTEX_OP_XOR, 3, FUTEX_OP_CMP_GE, 0)
    - futex_wake_op(x, b, 1, 1, FUTEX_OP_SET | FUTEX_OP_OPARG_SHIFT, 4, FUTEX_OP_CMP_EQ, 0)
    - futex_wake_op(x, m, 1, 1, FUTEX_OP_ADD, -1, FUTEX_OP_CMP_EQ, 0)
)"),
            Outcomes{"s=9 o=7 n=4 e=5 b=16 m=4294967295"});
}

// Checked in futex_atomic_op_inuser(): the operation first, the comparison after it was done.
TEST(Futex, UnknownOperationIsEnosysAndUnknownComparisonComesTooLate) {
  EXPECT_EQ(outcomes(R"(
objects: { x: word(0), y: word(0), z: word(0) }
observe: [k.n, y, k.m, z]
judge: []
threads:
  k:
    - n = futex_wake_op(x, y, 1, 1, 5, 9, FUTEX_OP_CMP_EQ, 0)
    - m = futex_wake_op(x, z, 1, 1, FUTEX_OP_SET, 9, 6, 0)
)"),
            Outcomes{"k.n=-38 y=0 k.m=-38 z=9"});
}

// ---- futex_waitv --------------------------------------------------------------------------------

constexpr const char* kWaitv = R"(
objects: { x: word(0), y: word(0), z: word(0) }
observe: [w.r, k.n, k.m]
judge: []
threads:
  w:
    - r = futex_waitv(x=0, y=0, wait(z, 0))
  k:
    - n = futex_wake(x, 1)
    - m = futex_wake(y, 1)
)";

TEST(Futex, WaitvSwallowsSeveralWakesAndGivesTheHighestIndex) {
  Machine machine(kWaitv);
  machine.run("w");
  EXPECT_EQ(machine.subject("w"), "x y z");
  machine.run("k");
  EXPECT_EQ(machine.value("k.n"), 1);
  EXPECT_EQ(machine.value("k.m"), 1);
  machine.run("w");
  EXPECT_EQ(machine.value("w.r"), 1);
}

TEST(Futex, WaitvOutcomes) {
  EXPECT_EQ(outcomes(kWaitv), (Outcomes{
                                  "w.r=0 k.n=1 k.m=0",
                                  "w.r=1 k.n=0 k.m=1",
                                  "w.r=1 k.n=1 k.m=1",
                                  "w.r=0 k.n=0 k.m=0 stuck w",
                              }));
}

TEST(Futex, WaitvMismatchGivesBackWhatWasQueued) {
  Machine machine(R"(
objects: { x: word(0), y: word(1) }
observe: [w.r, k.n]
judge: []
threads:
  w:
    - r = futex_waitv(x=0, y=0)
  k:
    - n = futex_wake(x, 1)
)");
  machine.run("w");
  EXPECT_EQ(machine.value("w.r"), -11);
  machine.run("k");
  EXPECT_EQ(machine.value("k.n"), 0);
}

TEST(Futex, WaitvMismatchAfterAWakeIsASuccess) {
  Machine machine(R"(
objects: { x: word(0), y: word(1) }
observe: [w.r]
judge: []
threads:
  w:
    - r = futex_waitv(x=0, y=0)
  k:
    - futex_wake(x, 1)
)");
  machine.step("w");
  machine.step("k");
  machine.run("w");
  EXPECT_EQ(machine.value("w.r"), 0);
}

TEST(Futex, WaitvTimesOut) {
  EXPECT_EQ(outcomes(R"(
objects: { x: word(0), y: word(0) }
observe: [w.r, w.s]
judge: []
threads:
  w:
    - r = futex_waitv(x=0, y=0, timeout=1ms)
    - s = futex_waitv(x=0, y=0, timeout=0)
)"),
            Outcomes{"w.r=-110 w.s=-110"});
}

TEST(Futex, WaitvOfNothingIsEinval) {
  EXPECT_EQ(outcomes(R"(
objects: { x: word(0) }
observe: [w.r]
judge: []
threads:
  w:
    - r = futex_waitv()
)"),
            Outcomes{"w.r=-22"});
}

TEST(Futex, WaitvMayNameAWordTwice) {
  Machine machine(R"(
objects: { x: word(0) }
observe: [w.r, k.n]
judge: []
threads:
  w:
    - r = futex_waitv(wait(x, 0), wait(x, 0))
  k:
    - n = futex_wake(x, 1)
)");
  machine.run("w");
  machine.run("k");
  EXPECT_EQ(machine.value("k.n"), 1);
  machine.run("w");
  EXPECT_EQ(machine.value("w.r"), 0);
}

// ---- Merged steps -------------------------------------------------------------------------------

constexpr const char* kMutexAndCounter = R"(
objects: { m: word(0), n: word(0), y: word(0) }
observe: [n, a.r, b.r]
judge: []
functions:
  acquire():
    - c = cas(m, 0, 1)
    - if c == 0: return
    - while xchg(m, 2) != 0: futex_wait(m, 2)
  release():
    - if xchg(m, 0) == 2: futex_wake(m, 1)
threads:
  a:
    - acquire()
    - fetch_add(n, 1)
    - release()
    - r = futex_wait(y, 0, timeout=1ms)
  b:
    - acquire()
    - fetch_add(n, 1)
    - release()
    - r = futex_wake(y, 1)
)";

constexpr const char* kLateWakes = R"(
objects: { x: word(0), y: word(0), z: word(0) }
observe: [w.a, w.b, k.n, k.m, l.n]
judge: []
threads:
  w:
    - a = 9
    - b = 9
    - a = futex_wait(x, 0)
    - b = futex_wait(y, 0, timeout=1ms)
    - b = futex_wait(y, 0)
  k:
    - n = futex_wake(x, 1)
    - fetch_add(y, 1)
    - m = futex_wake(y, 1)
  l:
    - n = futex_requeue(x, y, wake=0, requeue=1)
)";

// Whether a thread was about to sleep or slept when a waker unlinked it makes no difference to what
// a program can observe.
TEST(Futex, GoingToSleepNeedsNoStepOfItsOwn) {
  for (const char* body : {kWaitAndWake, kTimedWait, kMutexAndCounter, kLateWakes}) {
    EXPECT_EQ(outcomes(body), outcomes(with_switch("futex.sleep-apart", body))) << body;
  }
}

// ---- Known-wrong variants -----------------------------------------------------------------------

constexpr const char* kPublish = R"(
objects: { x: word(0) }
judge: []
threads:
  w:
    - futex_wait(x, 0)
  k:
    - x = 1
    - futex_wake(x, 1)
)";

TEST(FutexMutants, RightOneLosesNothing) { EXPECT_EQ(outcomes(kPublish), Outcomes{""}); }

TEST(FutexMutants, CompareOutsideLockLosesTheWake) {
  EXPECT_EQ(outcomes(with_switch("futex.compare-outside-lock", kPublish)),
            (Outcomes{"", "stuck w"}));
}

TEST(FutexMutants, NoCompareLosesTheWake) {
  EXPECT_EQ(outcomes(with_switch("futex.no-compare", kPublish)), (Outcomes{"", "stuck w"}));
}

// The broadcaster wakes a and moves b to the mutex; a's unlock must find b there.
constexpr const char* kBroadcast = R"(
objects: { cond: word(0), m: word(1) }
judge: []
threads:
  a:
    - futex_wait(cond, 0)
    - m = 0
    - futex_wake(m, 1)
  b:
    start: asleep(a)
    run:
      - futex_wait(cond, 0)
  k:
    start: asleep(b)
    run:
      - futex_requeue(cond, m, wake=1, requeue=1)
)";

TEST(FutexMutants, RequeueCountsLateLosesTheUnlock) {
  EXPECT_EQ(outcomes(kBroadcast), Outcomes{""});
  EXPECT_EQ(outcomes(with_switch("futex.requeue-counts-late", kBroadcast)),
            (Outcomes{"", "stuck b"}));
}

constexpr const char* kWakeTwo = R"(
objects: { x: word(0) }
judge: []
threads:
  a:
    - futex_wait(x, 0)
  b:
    - futex_wait(x, 0)
  k:
    - x = 1
    - futex_wake(x, 2)
)";

TEST(FutexMutants, WakeDropsSecondLeavesItAsleep) {
  EXPECT_EQ(outcomes(kWakeTwo), Outcomes{""});
  EXPECT_EQ(outcomes(with_switch("futex.wake-drops-second", kWakeTwo)),
            (Outcomes{"", "stuck a", "stuck b"}));
}

TEST(FutexMutants, WakeBeforeUnlinkLosesAWakeThatWasCounted) {
  EXPECT_EQ(outcomes(with_switch("futex.wake-before-unlink", kTimedWait)),
            (Outcomes{"w.r=-110 k.n=0", "w.r=-110 k.n=1", "w.r=0 k.n=1"}));
}

TEST(FutexMutants, TimeoutBeatsWakeLosesAWakeThatWasCounted) {
  EXPECT_EQ(outcomes(with_switch("futex.timeout-beats-wake", kTimedWait)),
            (Outcomes{"w.r=-110 k.n=0", "w.r=-110 k.n=1", "w.r=0 k.n=1"}));
}

}  // namespace
}  // namespace wakesim::testing
