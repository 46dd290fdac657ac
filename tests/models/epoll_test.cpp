// Rules of epoll, fs/eventpoll.c, shown step by step or as the set of all outcomes. Known-wrong
// variants of the model stand beside the rule they break.

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

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

// One thread `t` alone: the values of its locals r0, r1, ... after `lines`, "r0=8 r1=0".
std::string alone(const std::string& objects, const std::vector<std::string>& calls) {
  std::string observe;
  std::string lines;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const std::string name = "r" + std::to_string(i);
    observe += (i == 0 ? "" : ", ") + ("t." + name);
    const bool is_wait = calls[i].find("wait") != std::string::npos;
    const bool has_result = is_wait || calls[i].find("poll(") == 0;
    if (has_result) {
      lines += "    - w" + std::to_string(i) + " = " + calls[i] + "\n";
      lines += "    - " + name + " = w" + std::to_string(i) + ".n\n";
    } else {
      lines += "    - " + name + " = " + calls[i] + "\n";
    }
  }
  const auto all = outcomes("objects:\n" + objects + "observe: [" + observe +
                            "]\njudge: []\nthreads:\n  t:\n" + lines);
  EXPECT_EQ(all.size(), 1u);
  std::string text = *all.begin();
  for (std::size_t at; (at = text.find("t.r")) != std::string::npos;) text.erase(at, 2);
  return text;
}

// ---- Errors, as a 6.18 kernel gives them --------------------------------------------------------

constexpr const char* kFiles = R"(
  e: eventfd(0, EFD_NONBLOCK)
  b: eventfd(1, EFD_NONBLOCK)
  f: file
  ep: epoll
  outer: epoll
)";

TEST(Epoll, CtlRefusesWhatIsNoFileToWait) {
  EXPECT_EQ(alone(kFiles, {"epoll_ctl(ep, EPOLL_CTL_ADD, f, IN)",     // EPERM
                           "epoll_ctl(e, EPOLL_CTL_ADD, f, IN)",      // EPERM comes first.
                           "epoll_ctl(ep, EPOLL_CTL_ADD, ep, IN)",    // EINVAL
                           "epoll_ctl(e, EPOLL_CTL_ADD, b, IN)",      // EINVAL
                           "epoll_ctl(99, EPOLL_CTL_ADD, b, IN)",     // EBADF
                           "epoll_ctl(ep, EPOLL_CTL_ADD, 99, IN)"}),  // EBADF
            "r0=-1 r1=-1 r2=-22 r3=-22 r4=-9 r5=-9");
}

TEST(Epoll, CtlOfAnItem) {
  EXPECT_EQ(alone(kFiles, {"epoll_ctl(ep, EPOLL_CTL_MOD, e, IN)",   // ENOENT
                           "epoll_ctl(ep, EPOLL_CTL_DEL, e)",       // ENOENT
                           "epoll_ctl(ep, 9, e, IN)",               // EINVAL
                           "epoll_ctl(ep, EPOLL_CTL_ADD, e, IN)",   //
                           "epoll_ctl(ep, EPOLL_CTL_ADD, e, IN)",   // EEXIST
                           "epoll_ctl(ep, EPOLL_CTL_MOD, e, OUT)",  //
                           "epoll_ctl(ep, EPOLL_CTL_DEL, e)",       //
                           "epoll_ctl(ep, EPOLL_CTL_DEL, e)"}),     // ENOENT
            "r0=-2 r1=-2 r2=-22 r3=0 r4=-17 r5=0 r6=0 r7=-2");
}

TEST(Epoll, CtlWithoutAnEventFaultsBeforeItLooksAtNumbers) {
  EXPECT_EQ(alone(kFiles, {"epoll_ctl(ep, EPOLL_CTL_ADD, e)", "epoll_ctl(99, EPOLL_CTL_MOD, e)",
                           "epoll_ctl(ep, 9, e)", "epoll_ctl(99, EPOLL_CTL_DEL, e)"}),
            "r0=-14 r1=-14 r2=-14 r3=-9");
}

TEST(Epoll, ExclusiveGoesWithFewBits) {
  EXPECT_EQ(alone(kFiles, {"epoll_ctl(ep, EPOLL_CTL_ADD, b, IN|EXCLUSIVE|ONESHOT)",
                           "epoll_ctl(ep, EPOLL_CTL_ADD, b, IN|EXCLUSIVE|RDHUP)",
                           "epoll_ctl(ep, EPOLL_CTL_DEL, b, EXCLUSIVE)",  // ENOENT: no event read.
                           "epoll_ctl(ep, EPOLL_CTL_MOD, b, IN|EXCLUSIVE)",
                           "epoll_ctl(outer, EPOLL_CTL_ADD, ep, IN|EXCLUSIVE)",
                           "epoll_ctl(ep, EPOLL_CTL_ADD, b, IN|OUT|ERR|HUP|EXCLUSIVE|ET|WAKEUP)",
                           "epoll_ctl(ep, EPOLL_CTL_MOD, b, IN)",  // The item is exclusive.
                           "epoll_ctl(ep, EPOLL_CTL_DEL, b)"}),
            "r0=-22 r1=-22 r2=-2 r3=-22 r4=-22 r5=0 r6=-22 r7=0");
}

TEST(Epoll, WaitRefuses) {
  EXPECT_EQ(alone(kFiles, {"epoll_wait(ep, maxevents=0)", "epoll_wait(ep, maxevents=-1)",
                           "epoll_wait(99, maxevents=0)", "epoll_wait(e, maxevents=1)",
                           "epoll_pwait2(99, maxevents=1, timeout=-5)",
                           "epoll_pwait(ep, maxevents=1, timeout=0)"}),
            "r0=-22 r1=-22 r2=-9 r3=-22 r4=-22 r5=0");
}

TEST(Epoll, ReadAndWriteAreRefused) {
  EXPECT_EQ(alone(kFiles, {"read(ep, 8)", "write(ep, 1)"}), "r0=-22 r1=-22");
}

TEST(Epoll, CreateRefuses) {
  EXPECT_EQ(alone(kFiles, {"epoll_create1(1)", "epoll_create(0)", "epoll_create1(EPOLL_CLOEXEC)",
                           "epoll_create(1)"}),
            "r0=-22 r1=-22 r2=8 r3=9");
}

// ---- Items --------------------------------------------------------------------------------------

TEST(Epoll, AddOfAReadyDescriptorIsReported) {
  const std::vector<std::string> calls{"epoll_ctl(ep, EPOLL_CTL_ADD, b, IN|ET)",
                                       "epoll_wait(ep, maxevents=1, timeout=0)",
                                       "epoll_wait(ep, maxevents=1, timeout=0)"};
  EXPECT_EQ(alone(kFiles, calls), "r0=0 r1=1 r2=0");
}

TEST(Epoll, OneshotIsReportedOnceUntilModArmsItAgain) {
  EXPECT_EQ(alone(kFiles, {"epoll_ctl(ep, EPOLL_CTL_ADD, b, IN|ONESHOT)",
                           "epoll_wait(ep, maxevents=1, timeout=0)",
                           "epoll_wait(ep, maxevents=1, timeout=0)", "write(b, 1)",
                           "epoll_wait(ep, maxevents=1, timeout=0)",
                           "epoll_ctl(ep, EPOLL_CTL_MOD, b, IN|ONESHOT)",
                           "epoll_wait(ep, maxevents=1, timeout=0)"}),
            "r0=0 r1=1 r2=0 r3=8 r4=0 r5=0 r6=1");
}

TEST(Epoll, ModArmsAnEdgeAgain) {
  const std::vector<std::string> calls{
      "epoll_ctl(ep, EPOLL_CTL_ADD, b, IN|ET)", "epoll_wait(ep, maxevents=1, timeout=0)",
      "epoll_ctl(ep, EPOLL_CTL_MOD, b, IN|ET)", "epoll_wait(ep, maxevents=1, timeout=0)"};
  EXPECT_EQ(alone(kFiles, calls), "r0=0 r1=1 r2=0 r3=1");
}

TEST(Epoll, ModToAMaskThatIsNotReadyIsDroppedByTheNextScan) {
  EXPECT_EQ(alone(kFiles,
                  {"epoll_ctl(ep, EPOLL_CTL_ADD, b, IN)", "epoll_ctl(ep, EPOLL_CTL_MOD, b, PRI)",
                   "epoll_wait(ep, maxevents=1, timeout=0)", "epoll_ctl(ep, EPOLL_CTL_MOD, b, IN)",
                   "epoll_wait(ep, maxevents=1, timeout=0)"}),
            "r0=0 r1=0 r2=0 r3=0 r4=1");
}

TEST(Epoll, StaleReadinessIsDropped) {
  EXPECT_EQ(alone(kFiles, {"epoll_ctl(ep, EPOLL_CTL_ADD, b, IN)", "read(b, 8)",
                           "epoll_wait(ep, maxevents=1, timeout=0)", "write(b, 1)",
                           "epoll_wait(ep, maxevents=1, timeout=0)"}),
            "r0=0 r1=1 r2=0 r3=8 r4=1");
}

TEST(Epoll, ErrAndHupAreAlwaysWatched) {
  EXPECT_EQ(outcomes(R"(
objects:
  p: pipe
  ep: epoll(watch(p[0], 0))
observe: [t.n, t.m]
judge: []
threads:
  t:
    - close(p[1])
    - evs = epoll_wait(ep, maxevents=1)
    - n = evs.n
    - m = evs[0].events
)"),
            Outcomes{"t.n=1 t.m=16"});
}

TEST(Epoll, EventsCarryDataAndTheDescriptorWithoutIt) {
  EXPECT_EQ(outcomes(R"(
observe: [sum, t.x, t.y]
judge: []
objects:
  a: eventfd(1)
  b: eventfd(1)
  ep: epoll(watch(a, IN, data=77), b=IN|OUT)
  sum: word(0)
threads:
  t:
    - evs = epoll_wait(ep, maxevents=3)
    - for ev in evs:
        - fetch_add(sum, ev.fd)
    - x = evs[0].data
    - y = evs[1].events
)"),
            Outcomes{"sum=81 t.x=77 t.y=5"});
}

TEST(Epoll, MoreItemsThanMaxeventsRotate) {
  EXPECT_EQ(outcomes(R"(
objects:
  a: eventfd(1)
  b: eventfd(1)
  c: eventfd(1)
  ep: epoll(watch(a, IN, data=1), watch(b, IN, data=2), watch(c, IN, data=3))
  log: word64(0)
observe: [log]
judge: []
threads:
  t:
    - repeat 3:
        - evs = epoll_wait(ep, maxevents=2)
        - for ev in evs:
            - d = ev.data
            - l = log
            - log = l * 10 + d
)"),
            Outcomes{"log=123123"});
}

TEST(Epoll, DelTakesAReadyItemOffTheList) {
  Machine machine(R"(
objects:
  e: eventfd(1)
  ep: epoll(watch(e, IN))
observe: [t.r]
judge: []
threads:
  t:
    - r = epoll_ctl(ep, EPOLL_CTL_DEL, e)
)");
  EXPECT_EQ(machine.shown("ep"), "e");
  machine.step("t");
  EXPECT_EQ(machine.phase("t"), "unlink");
  machine.step("t");
  EXPECT_EQ(machine.phase("t"), "remove");
  EXPECT_EQ(machine.shown("ep"), "e");
  machine.step("t");
  EXPECT_EQ(machine.shown("ep"), "-");
  EXPECT_TRUE(machine.ended("t"));
}

TEST(Epoll, AddLinksThenLooksThenQueues) {
  Machine machine(R"(
objects:
  e: eventfd(1)
  ep: epoll
observe: [t.r]
judge: []
threads:
  t:
    - r = epoll_ctl(ep, EPOLL_CTL_ADD, e, IN)
)");
  machine.step("t");
  EXPECT_EQ(machine.phase("t"), "link");
  machine.step("t");
  EXPECT_EQ(machine.phase("t"), "check");
  machine.step("t");
  EXPECT_EQ(machine.phase("t"), "queue ready");
  machine.step("t");
  EXPECT_EQ(machine.shown("ep"), "e");
  EXPECT_TRUE(machine.ended("t"));
}

// ---- Sleepers -----------------------------------------------------------------------------------

constexpr const char* kTwoSleepers = R"(
objects:
  e: eventfd(0)
  ep: epoll(watch(e, IN|ET))
observe: [a.n, b.n]
judge: []
threads:
  a:
    - x = epoll_wait(ep, maxevents=1)
    - n = x.n
  b:
    - x = epoll_wait(ep, maxevents=1)
    - n = x.n
  w:
    - write(e, 1)
)";

TEST(Epoll, LatestSleeperIsWoken) {
  Machine machine(kTwoSleepers);
  machine.run("a");
  machine.run("b");
  EXPECT_EQ(machine.shown("ep"), "asleep b a");
  machine.step("w", 2);
  EXPECT_EQ(machine.events(), "woke b, returned 8");
}

TEST(Epoll, SwitchSleepersFifoWakesTheOldest) {
  Machine machine(with_switch("epoll.sleepers-fifo", kTwoSleepers));
  machine.run("a");
  machine.run("b");
  machine.step("w", 2);
  EXPECT_EQ(machine.events(), "woke a, returned 8");
}

TEST(Epoll, OneEdgeEndsOneWait) {
  EXPECT_EQ(outcomes(kTwoSleepers), (Outcomes{"a.n=0 b.n=1 stuck a", "a.n=1 b.n=0 stuck b"}));
}

std::string two_level_waiters(const std::string& lines) {
  return R"(
objects:
  e: eventfd(0, EFD_NONBLOCK)
  ep: epoll(watch(e, IN))
observe: [a.n, b.n]
judge: []
threads:
  a:
    - x = epoll_wait(ep, maxevents=1)
    - n = x.n
  b:
    - x = epoll_wait(ep, maxevents=1)
    - n = x.n
  w:
)" + lines;
}

// ep_done_scan(): the item is on the list again, so the next sleeper is woken.
TEST(Epoll, LevelEndsEveryWait) {
  const std::string body = two_level_waiters("    - write(e, 1)\n");
  EXPECT_EQ(outcomes(body), Outcomes{"a.n=1 b.n=1"});
  EXPECT_EQ(outcomes(with_switch("epoll.done-wakes-nobody", body)),
            (Outcomes{"a.n=1 b.n=1", "a.n=0 b.n=1 stuck a", "a.n=1 b.n=0 stuck b"}));
  EXPECT_EQ(outcomes(with_switch("epoll.level-not-requeued", body)),
            (Outcomes{"a.n=0 b.n=1 stuck a", "a.n=1 b.n=0 stuck b"}));
}

// Both wakes of two edges reach somebody, since the first takes its sleeper off the queue.
constexpr const char* kTwoEdges = R"(
objects:
  e: eventfd(0)
  f: eventfd(0)
  ep: epoll(watch(e, IN|ET), watch(f, IN|ET))
observe: [a.n, b.n]
judge: []
threads:
  a:
    - x = epoll_wait(ep, maxevents=1)
    - n = x.n
  b:
    - x = epoll_wait(ep, maxevents=1)
    - n = x.n
  w:
    - write(e, 1)
    - write(f, 1)
)";

TEST(Epoll, TwoEdgesEndTwoWaits) { EXPECT_EQ(outcomes(kTwoEdges), Outcomes{"a.n=1 b.n=1"}); }

TEST(Epoll, WakeUnlinksASleeperThatRunsAlready) {
  const std::string body = R"(
objects:
  e: eventfd(0)
  ep: epoll(watch(e, IN|ET))
observe: [a.n]
judge: []
threads:
  a:
    - x = epoll_wait(ep, maxevents=1, timeout=10ms)
    - n = x.n
  w:
    - write(e, 1)
)";
  Machine machine(body);
  machine.run("a");
  machine.fire_timer("a");
  machine.step("w", 2);
  EXPECT_EQ(machine.events(), "found a running, woke nobody on ep, returned 8");
  EXPECT_EQ(machine.shown("ep"), "e");
  machine.run("a");  // Timed out, but not on the queue any more: looks once more.
  EXPECT_EQ(machine.value("a.n"), 1);
}

TEST(Epoll, TimeoutLooksUnderTheLockWhetherAWakeCame) {
  const std::string body = R"(
objects:
  e: eventfd(0)
  ep: epoll(watch(e, IN|ET))
observe: [a.n]
judge: []
threads:
  a:
    - x = epoll_wait(ep, maxevents=1, timeout=10ms)
    - n = x.n
  w:
    - write(e, 1)
)";
  Machine machine(body);
  machine.run("a");
  machine.fire_timer("a");
  machine.step("a");
  EXPECT_EQ(machine.phase("a"), "unlink");  // Still queued, without the lock.
  machine.step("w", 2);
  machine.step("a");
  EXPECT_EQ(machine.phase("a"), "start scan");
  machine.run("a");
  EXPECT_EQ(machine.value("a.n"), 1);
}

TEST(Epoll, TimeoutWithoutEventsReturnsZero) {
  EXPECT_EQ(outcomes(R"(
objects:
  e: eventfd(0)
  ep: epoll(watch(e, IN))
observe: [a.n]
judge: []
threads:
  a:
    - x = epoll_wait(ep, maxevents=1, timeout=10ms)
    - n = x.n
)"),
            Outcomes{"a.n=0"});
}

// ---- The look without the lock ------------------------------------------------------------------

constexpr const char* kReadyThroughout = R"(
objects:
  e: eventfd(1)
  ep: epoll(watch(e, IN))
observe: [a.n, b.n]
judge: []
threads:
  a:
    - x = epoll_wait(ep, maxevents=1, timeout=0)
    - n = x.n
  b:
    - x = epoll_wait(ep, maxevents=1)
    - n = x.n
)";

TEST(Epoll, LookWithoutTheLockMissesAnItemThatIsReadyThroughout) {
  EXPECT_EQ(outcomes(kReadyThroughout), (Outcomes{"a.n=0 b.n=1", "a.n=1 b.n=1"}));
  EXPECT_EQ(outcomes(with_switch("epoll.ready-seqcount", kReadyThroughout)),
            Outcomes{"a.n=1 b.n=1"});
}

TEST(Epoll, BothStoresOfAScanLeaveAWindow) {
  Machine start(kReadyThroughout);
  start.step("b", 2);  // The list is moved, the overflow list not yet open.
  start.step("a", 2);
  EXPECT_TRUE(start.ended("a"));
  Machine between(kReadyThroughout);
  between.step("b", 3);
  between.step("a");  // The ready list is empty during the scan,
  between.run("b");
  between.step("a");  // and no scan runs any more.
  EXPECT_TRUE(between.ended("a"));
  EXPECT_EQ(between.value("a.n"), 0);
}

}  // namespace
}  // namespace wakesim::testing
