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
                           "epoll_pwait2(99, maxevents=1, timeout=-5ms)",
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

// ---- Events during a scan -----------------------------------------------------------------------

constexpr const char* kDuringScan = R"(
objects:
  a: eventfd(1, EFD_NONBLOCK)
  b: eventfd(0, EFD_NONBLOCK)
  c: eventfd(0, EFD_NONBLOCK)
  ep: epoll(watch(a, IN|ET, data=1), watch(b, IN|ET, data=2), watch(c, IN|ET, data=3))
observe: [t.n, t.m, t.x, t.y]
judge: []
threads:
  t:
    - f = epoll_wait(ep, maxevents=1)
    - n = f.n
    - g = epoll_wait(ep, maxevents=2, timeout=0)
    - m = g.n
    - x = g[0].data
    - y = g[1].data
  w:
    - write(b, 1)
    - write(c, 1)
)";

TEST(Epoll, EventsDuringAScanComeOldestFirst) {
  Machine machine(kDuringScan);
  machine.step("t", 3);  // Looks, starts the scan, opens the overflow list.
  machine.run("w");
  EXPECT_EQ(machine.shown("ep"), "-");
  machine.step("t");  // a is asked,
  machine.step("t");  // the scan ends.
  EXPECT_EQ(machine.shown("ep"), "b c");
  machine.run("t");
  EXPECT_EQ(machine.value("t.x"), 2);
  EXPECT_EQ(machine.value("t.y"), 3);
}

TEST(Epoll, EventOfAnItemInAScanQueuesItAgain) {
  Machine machine(R"(
objects:
  a: eventfd(1, EFD_NONBLOCK)
  ep: epoll(watch(a, IN|ET))
observe: [t.n]
judge: []
threads:
  t:
    - f = epoll_wait(ep, maxevents=1)
    - n = f.n
  w:
    - write(a, 1)
)");
  machine.step("t", 3);
  machine.run("w");
  machine.run("t");
  EXPECT_EQ(machine.value("t.n"), 1);
  EXPECT_EQ(machine.shown("ep"), "a");
}

TEST(Epoll, RestOfAScanStandsInFrontOfWhatCameDuringIt) {
  Machine machine(R"(
objects:
  a: eventfd(1, EFD_NONBLOCK)
  b: eventfd(1, EFD_NONBLOCK)
  c: eventfd(0, EFD_NONBLOCK)
  ep: epoll(watch(a, IN), watch(b, IN), watch(c, IN))
observe: [t.n]
judge: []
threads:
  t:
    - f = epoll_wait(ep, maxevents=1)
    - n = f.n
  w:
    - write(c, 1)
)");
  machine.step("t", 3);
  machine.run("w");
  machine.step("t");
  machine.step("t");
  EXPECT_EQ(machine.phase("t"), "put rest back");
  EXPECT_EQ(machine.shown("ep"), "c a");  // The overflow in front of what was queued again,
  machine.step("t");
  EXPECT_EQ(machine.shown("ep"), "b c a");  // the rest in front of both.
}

// A worker scans while the event comes; nobody will say it again.
constexpr const char* kEdgeDuringScan = R"(
objects:
  a: eventfd(1, EFD_NONBLOCK)
  b: eventfd(0, EFD_NONBLOCK)
  ep: epoll(watch(a, IN|ET), watch(b, IN|ET))
observe: [t.n, t.m]
judge: []
threads:
  t:
    - f = epoll_wait(ep, maxevents=2)
    - n = f.n
    - if n == 1:
        - g = epoll_wait(ep, maxevents=2)
        - m = g.n
  w:
    - write(b, 1)
)";

TEST(Epoll, NoEventIsLostDuringAScan) {
  const Outcomes all = {"t.n=1 t.m=1", "t.n=2 t.m=0"};
  const Outcomes lost = {"t.n=1 t.m=0 stuck t", "t.n=1 t.m=1", "t.n=2 t.m=0"};
  EXPECT_EQ(outcomes(kEdgeDuringScan), all);
  EXPECT_EQ(outcomes(with_switch("epoll.forgets-overflow", kEdgeDuringScan)), lost);
  EXPECT_EQ(outcomes(with_switch("epoll.scan-drops-events", kEdgeDuringScan)), lost);
}

TEST(Epoll, WaitsForTheMutexDuringAScan) {
  Machine machine(kReadyThroughout);
  machine.step("b", 3);
  machine.step("a", 2);  // A scan runs, so there may be events: to the harvest.
  EXPECT_EQ(machine.phase("a"), "start scan");
  EXPECT_FALSE(machine.enabled("a"));
  machine.run("b");
  machine.run("a");
  EXPECT_EQ(machine.value("a.n"), 1);
}

// ---- Known-wrong wakes --------------------------------------------------------------------------

TEST(Epoll, SwitchWakeKeepsEntryWakesOneSleeperTwice) {
  const Outcomes all = outcomes(with_switch("epoll.wake-keeps-entry", kTwoEdges));
  EXPECT_TRUE(all.count("a.n=0 b.n=1 stuck a"));
}

constexpr const char* kTimeoutAndSleeper = R"(
objects:
  e: eventfd(0)
  ep: epoll(watch(e, IN|ET))
observe: [a.n, b.n]
judge: []
threads:
  a:
    start: asleep(b)
    run:
      - x = epoll_wait(ep, maxevents=1, timeout=10ms)
      - n = x.n
  b:
    - x = epoll_wait(ep, maxevents=1)
    - n = x.n
  w:
    - write(e, 1)
)";

TEST(Epoll, TimeoutDoesNotSwallowTheWakeOfAnother) {
  EXPECT_EQ(outcomes(kTimeoutAndSleeper),
            (Outcomes{"a.n=0 b.n=1", "a.n=0 b.n=1 stuck a", "a.n=1 b.n=0 stuck b"}));
  EXPECT_TRUE(outcomes(with_switch("epoll.no-look-after-timeout", kTimeoutAndSleeper))
                  .count("a.n=0 b.n=0 stuck b"));
}

std::string mod_race(const std::string& name) {
  return with_switch(name, R"(
objects:
  e: eventfd(0, EFD_NONBLOCK)
  ep: epoll(watch(e, PRI))
observe: [t.r, t.n]
judge: []
threads:
  t:
    - r = epoll_ctl(ep, EPOLL_CTL_MOD, e, IN)
    - x = epoll_wait(ep, maxevents=1)
    - n = x.n
  w:
    - write(e, 1)
)");
}

TEST(Epoll, ModMissesNoEvent) {
  EXPECT_EQ(outcomes(mod_race("epoll.mod-stores-late=off")), Outcomes{"t.r=0 t.n=1"});
  const Outcomes lost = {"t.r=0 t.n=0 stuck t", "t.r=0 t.n=1"};
  EXPECT_EQ(outcomes(mod_race("epoll.mod-stores-late")), lost);
  EXPECT_EQ(outcomes(mod_race("epoll.mod-does-not-look")), lost);
}

TEST(Epoll, AddMissesNoEvent) {
  const std::string body = R"(
objects:
  e: eventfd(0, EFD_NONBLOCK)
  ep: epoll
observe: [t.r, t.n]
judge: []
threads:
  t:
    - r = epoll_ctl(ep, EPOLL_CTL_ADD, e, IN)
    - x = epoll_wait(ep, maxevents=1)
    - n = x.n
  w:
    - write(e, 1)
)";
  EXPECT_EQ(outcomes(body), Outcomes{"t.r=0 t.n=1"});
  EXPECT_EQ(outcomes(with_switch("epoll.add-does-not-look", body)),
            (Outcomes{"t.r=0 t.n=0 stuck t", "t.r=0 t.n=1"}));
}

// The file is asked when an edge is reported, so one that is over is not.
TEST(Epoll, EdgeThatIsOverIsNotReported) {
  const std::string body = R"(
objects:
  e: eventfd(0, EFD_NONBLOCK)
  ep: epoll(watch(e, IN|ET))
observe: [t.n]
judge: []
threads:
  t:
    - write(e, 1)
    - read(e)
    - x = epoll_wait(ep, maxevents=1, timeout=0)
    - n = x.n
)";
  EXPECT_EQ(outcomes(body), Outcomes{"t.n=0"});
  EXPECT_EQ(outcomes(with_switch("epoll.latch-edges", body)), Outcomes{"t.n=1"});
}

TEST(Epoll, DisabledItemWakesNobody) {
  Machine machine(R"(
objects:
  e: eventfd(1)
  ep: epoll(watch(e, IN|ONESHOT))
observe: [a.n, b.n]
judge: []
threads:
  a:
    - x = epoll_wait(ep, maxevents=1)
    - n = x.n
  b:
    start: ended(a)
    run:
      - x = epoll_wait(ep, maxevents=1)
      - n = x.n
  w:
    start: asleep(b)
    run:
      - write(e, 1)
)");
  machine.step("a", 4);
  EXPECT_EQ(machine.phase("a"), "disable");
  machine.run("a");
  EXPECT_EQ(machine.value("a.n"), 1);
  machine.run("b");
  machine.run("w");
  EXPECT_TRUE(machine.ended("w"));
  EXPECT_TRUE(machine.asleep("b"));
}

TEST(Epoll, WakeForSomethingElseWakesNobody) {
  EXPECT_EQ(outcomes(R"(
objects:
  e: eventfd(0)
  ep: epoll(watch(e, PRI))
observe: [a.n]
judge: []
threads:
  a:
    - x = epoll_wait(ep, maxevents=1)
    - n = x.n
  w:
    - write(e, 1)
)"),
            Outcomes{"a.n=0 stuck a"});
}

// ---- ADD and MOD wake ---------------------------------------------------------------------------

TEST(Epoll, AddAndModOfAReadyDescriptorWakeASleeper) {
  EXPECT_EQ(outcomes(R"(
objects:
  e: eventfd(1)
  ep: epoll
observe: [a.n]
judge: []
threads:
  a:
    - x = epoll_wait(ep, maxevents=1)
    - n = x.n
  w:
    start: asleep(a)
    run:
      - epoll_ctl(ep, EPOLL_CTL_ADD, e, IN)
)"),
            Outcomes{"a.n=1"});
  EXPECT_EQ(outcomes(R"(
objects:
  e: eventfd(1)
  ep: epoll(watch(e, PRI))
observe: [a.n]
judge: []
threads:
  a:
    - x = epoll_wait(ep, maxevents=1)
    - n = x.n
  w:
    start: asleep(a)
    run:
      - epoll_ctl(ep, EPOLL_CTL_MOD, e, IN)
)"),
            Outcomes{"a.n=1"});
}

TEST(Epoll, DelWakesNobody) {
  EXPECT_EQ(outcomes(R"(
objects:
  e: eventfd(0)
  ep: epoll(watch(e, IN))
observe: [a.n]
judge: []
threads:
  a:
    - x = epoll_wait(ep, maxevents=1)
    - n = x.n
  w:
    start: asleep(a)
    run:
      - epoll_ctl(ep, EPOLL_CTL_DEL, e)
      - write(e, 1)
)"),
            Outcomes{"a.n=0 stuck a"});
}

// ---- An epoll that is polled --------------------------------------------------------------------

TEST(Epoll, PollOfAnEpollSleepsUntilAnItemIsReady) {
  for (const std::string call : {"poll", "select"}) {
    EXPECT_EQ(outcomes(R"(
objects:
  e: eventfd(0)
  ep: epoll(watch(e, IN|ET))
observe: [p.n, p.m]
judge: []
threads:
  p:
    - r = )" + call + R"((watch(ep, IN))
    - n = r.n
    - m = r[0].revents
  w:
    - write(e, 1)
)"),
              Outcomes{"p.n=1 p.m=1"})
        << call;
  }
}

TEST(Epoll, PollOfAnEpollTakesNoEdge) {
  EXPECT_EQ(alone(kFiles, {"epoll_ctl(ep, EPOLL_CTL_ADD, b, IN|ET)", "poll(ep=IN, timeout=0)",
                           "poll(ep=IN, timeout=0)", "epoll_wait(ep, maxevents=1, timeout=0)",
                           "poll(ep=IN, timeout=0)"}),
            "r0=0 r1=1 r2=1 r3=1 r4=0");
}

TEST(Epoll, PollOfAnEpollDropsItemsThatAreNotReady) {
  Machine machine(R"(
objects:
  a: eventfd(1, EFD_NONBLOCK)
  b: eventfd(1, EFD_NONBLOCK)
  ep: epoll(watch(a, IN), watch(b, IN))
observe: [t.n]
judge: []
threads:
  t:
    - read(a)
    - r = poll(ep=IN, timeout=0)
    - n = r.n
)");
  EXPECT_EQ(machine.shown("ep"), "a b");
  machine.run("t");
  EXPECT_EQ(machine.value("t.n"), 1);
  EXPECT_EQ(machine.shown("ep"), "b");
}

TEST(Epoll, AddOfAReadyDescriptorWakesWhoPollsTheEpoll) {
  EXPECT_EQ(outcomes(R"(
objects:
  e: eventfd(1)
  ep: epoll
observe: [p.n]
judge: []
threads:
  p:
    - r = poll(ep=IN)
    - n = r.n
  w:
    start: asleep(p)
    run:
      - epoll_ctl(ep, EPOLL_CTL_ADD, e, IN)
)"),
            Outcomes{"p.n=1"});
}

// ---- Epolls in epolls ---------------------------------------------------------------------------

constexpr const char* kNested = R"(
objects:
  e: eventfd(0, EFD_NONBLOCK)
  inner: epoll(watch(e, IN))
  outer: epoll(watch(inner, IN))
observe: [o.n, o.fd]
judge: []
threads:
  o:
    - x = epoll_wait(outer, maxevents=1)
    - n = x.n
    - fd = x[0].fd
  w:
    - write(e, 1)
)";

TEST(Epoll, OuterEpollIsWokenThroughTheInnerOne) {
  EXPECT_EQ(outcomes(kNested), Outcomes{"o.n=1 o.fd=4"});
}

TEST(Epoll, InnerHarvestMayLeaveTheOuterWaiterNothing) {
  EXPECT_EQ(outcomes(R"(
objects:
  e: eventfd(0, EFD_NONBLOCK)
  inner: epoll(watch(e, IN|ET))
  outer: epoll(watch(inner, IN))
observe: [o.n, i.n]
judge: []
threads:
  o:
    - x = epoll_wait(outer, maxevents=1)
    - n = x.n
  i:
    - x = epoll_wait(inner, maxevents=1)
    - n = x.n
  w:
    - write(e, 1)
)"),
            (Outcomes{"o.n=0 i.n=1 stuck o", "o.n=1 i.n=1"}));
}

// As a 6.18 kernel answers.
TEST(Epoll, OuterEdgeIsReportedOncePerWakeOfTheInner) {
  EXPECT_EQ(
      alone(
          kFiles,
          {"epoll_ctl(ep, EPOLL_CTL_ADD, b, IN)", "epoll_ctl(outer, EPOLL_CTL_ADD, ep, IN|ET)",
           "epoll_wait(outer, maxevents=1, timeout=0)", "epoll_wait(outer, maxevents=1, timeout=0)",
           "epoll_wait(ep, maxevents=1, timeout=0)", "epoll_wait(outer, maxevents=1, timeout=0)",
           "write(b, 1)", "epoll_wait(outer, maxevents=1, timeout=0)"}),
      "r0=0 r1=0 r2=1 r3=0 r4=1 r5=0 r6=8 r7=1");
}

TEST(Epoll, NestingHasLimits) {
  constexpr const char* kSix = R"(
  c: epoll[6]
)";
  EXPECT_EQ(alone(kSix, {"epoll_ctl(c[1], EPOLL_CTL_ADD, c[0], IN)",
                         "epoll_ctl(c[2], EPOLL_CTL_ADD, c[1], IN)",
                         "epoll_ctl(c[3], EPOLL_CTL_ADD, c[2], IN)",
                         "epoll_ctl(c[0], EPOLL_CTL_ADD, c[3], IN)",  // ELOOP: a circle.
                         "epoll_ctl(c[4], EPOLL_CTL_ADD, c[3], IN)",
                         "epoll_ctl(c[5], EPOLL_CTL_ADD, c[4], IN)"}),  // ELOOP: too deep.
            "r0=0 r1=0 r2=0 r3=-40 r4=0 r5=-40");
  EXPECT_EQ(
      alone(kSix,
            {"epoll_ctl(c[5], EPOLL_CTL_ADD, c[4], IN)", "epoll_ctl(c[4], EPOLL_CTL_ADD, c[3], IN)",
             "epoll_ctl(c[3], EPOLL_CTL_ADD, c[2], IN)", "epoll_ctl(c[2], EPOLL_CTL_ADD, c[1], IN)",
             "epoll_ctl(c[1], EPOLL_CTL_ADD, c[0], IN)"}),  // Counted upwards as well.
      "r0=0 r1=0 r2=0 r3=0 r4=-40");
}

TEST(Epoll, TwoThreadsCannotCloseACircle) {
  EXPECT_EQ(outcomes(R"(
objects:
  x: epoll
  y: epoll
observe: [a.r, b.r]
judge: []
threads:
  a:
    - r = epoll_ctl(x, EPOLL_CTL_ADD, y, IN)
  b:
    - r = epoll_ctl(y, EPOLL_CTL_ADD, x, IN)
)"),
            (Outcomes{"a.r=0 b.r=-40", "a.r=-40 b.r=0"}));
}

// ---- EXCLUSIVE ----------------------------------------------------------------------------------

std::string two_epolls(const std::string& events, const std::string& start) {
  return R"(
objects:
  e: eventfd(0, EFD_NONBLOCK)
  x: epoll(watch(e, )" +
         events + R"())
  y: epoll(watch(e, )" +
         events + R"())
observe: [a.n, b.n]
judge: []
threads:
  a:
    - v = epoll_wait(x, maxevents=1)
    - n = v.n
  b:
    - v = epoll_wait(y, maxevents=1)
    - n = v.n
  w:
    start: )" +
         start + R"(
    run:
      - write(e, 1)
)";
}

TEST(Epoll, EveryEpollOfASourceIsTold) {
  EXPECT_EQ(outcomes(two_epolls("IN", "asleep(a) && asleep(b)")), Outcomes{"a.n=1 b.n=1"});
}

// Items stand at the tail of the source's queue, and the walk stops behind the first that woke.
TEST(Epoll, ExclusiveWakesOneEpollInOrderOfRegistration) {
  EXPECT_EQ(outcomes(two_epolls("IN|EXCLUSIVE", "asleep(a) && asleep(b)")),
            Outcomes{"a.n=1 b.n=0 stuck b"});
}

TEST(Epoll, ExclusiveItemWithoutASleeperDoesNotAbsorbTheWake) {
  // Whoever comes late finds the item ready: x took it before the walk went on.
  EXPECT_TRUE(outcomes(two_epolls("IN|EXCLUSIVE", "asleep(b)")).count("a.n=1 b.n=1"));
  EXPECT_FALSE(outcomes(two_epolls("IN|EXCLUSIVE", "asleep(b)")).count("a.n=0 b.n=1 stuck a"));
}

// pipe_release() wakes everybody, with no key that could be wrong (fs/pipe.c).
TEST(Epoll, WakeOfEverybodyStopsAtNoExclusiveItem) {
  EXPECT_EQ(outcomes(R"(
objects:
  p: pipe
  x: epoll(watch(p[0], IN|EXCLUSIVE))
  y: epoll(watch(p[0], IN|EXCLUSIVE))
observe: [a.n, b.n]
judge: []
threads:
  a:
    - v = epoll_wait(x, maxevents=1)
    - n = v.n
  b:
    - v = epoll_wait(y, maxevents=1)
    - n = v.n
  w:
    start: asleep(a) && asleep(b)
    run:
      - close(p[1])
)"),
            Outcomes{"a.n=1 b.n=1"});
}

// A key with both bits may be meant for another waiter as well.
TEST(Epoll, WakeForBothDirectionsDoesNotStopAtAnExclusiveItem) {
  const std::string body = R"(
objects:
  e: eventfd(0, EFD_NONBLOCK)
  x: epoll(watch(e, IN|EXCLUSIVE))
  y: epoll(watch(e, IN|EXCLUSIVE))
observe: [a.n, b.n]
judge: []
threads:
  a:
    - v = epoll_wait(x, maxevents=1)
    - n = v.n
  b:
    - v = epoll_wait(y, maxevents=1)
    - n = v.n
  w:
    start: asleep(a) && asleep(b)
    run:
      - eventfd_signal(e, OUT)
)";
  EXPECT_EQ(outcomes(body), Outcomes{"a.n=1 b.n=1"});
  EXPECT_EQ(outcomes(with_switch("epoll.exclusive-always-counts", body)),
            Outcomes{"a.n=1 b.n=0 stuck b"});
}

// ---- Closing ------------------------------------------------------------------------------------

TEST(Epoll, ItemsGoWithTheLastReferenceOfTheFile) {
  EXPECT_EQ(alone(kFiles, {"epoll_ctl(ep, EPOLL_CTL_ADD, b, IN)", "dup(b)", "close(b)",
                           "epoll_wait(ep, maxevents=2, timeout=0)",  // A number that is dead.
                           "epoll_ctl(ep, EPOLL_CTL_DEL, b)",         // EBADF
                           "close(8)", "epoll_wait(ep, maxevents=2, timeout=0)"}),
            "r0=0 r1=8 r2=0 r3=1 r4=-9 r5=0 r6=0");
}

TEST(Epoll, DupIsAnItemOfItsOwn) {
  EXPECT_EQ(alone(kFiles, {"epoll_ctl(ep, EPOLL_CTL_ADD, b, IN)", "dup(b)",
                           "epoll_ctl(ep, EPOLL_CTL_ADD, 8, IN)",
                           "epoll_wait(ep, maxevents=3, timeout=0)"}),
            "r0=0 r1=8 r2=0 r3=2");
}

TEST(Epoll, ReusedNumberIsAnotherItem) {
  EXPECT_EQ(alone(kFiles, {"dup(b)", "epoll_ctl(ep, EPOLL_CTL_ADD, 8, IN)", "close(8)",
                           "eventfd(0)", "epoll_ctl(ep, EPOLL_CTL_DEL, 8)",  // ENOENT
                           "epoll_ctl(ep, EPOLL_CTL_ADD, 8, IN)",
                           "epoll_wait(ep, maxevents=3, timeout=0)"}),
            "r0=8 r1=0 r2=0 r3=8 r4=-2 r5=0 r6=1");
}

TEST(Epoll, ClosingTheEpollTakesItsEntriesOffTheSources) {
  EXPECT_EQ(alone(kFiles,
                  {"epoll_ctl(ep, EPOLL_CTL_ADD, b, IN)", "epoll_ctl(outer, EPOLL_CTL_ADD, ep, IN)",
                   "close(ep)", "write(b, 1)", "epoll_wait(outer, maxevents=1, timeout=0)",
                   "epoll_create1(0)", "epoll_wait(6, maxevents=1, timeout=0)"}),
            "r0=0 r1=0 r2=0 r3=8 r4=0 r5=6 r6=0");
}

TEST(Epoll, ClosingTheEpollWakesNoSleeper) {
  EXPECT_EQ(outcomes(R"(
objects:
  e: eventfd(0)
  ep: epoll(watch(e, IN))
observe: [a.n, w.r]
judge: []
threads:
  a:
    - x = epoll_wait(ep, maxevents=1)
    - n = x.n
  w:
    start: asleep(a)
    run:
      - r = close(ep)
)"),
            Outcomes{"a.n=0 w.r=0 stuck a"});
}

TEST(Epoll, ClosingAWatchedFileAndItsEpollAtOnce) {
  EXPECT_EQ(outcomes(R"(
objects:
  e: eventfd(1)
  ep: epoll(watch(e, IN))
observe: [a.r, b.r]
judge: []
threads:
  a:
    - r = close(e)
  b:
    - r = close(ep)
)"),
            Outcomes{"a.r=0 b.r=0"});
}

TEST(Epoll, CloseDuringAScanWaitsForIt) {
  EXPECT_EQ(outcomes(R"(
objects:
  e: eventfd(1)
  ep: epoll(watch(e, IN))
observe: [a.n, b.r]
judge: []
threads:
  a:
    - x = epoll_wait(ep, maxevents=1, timeout=0)
    - n = x.n
  b:
    - r = close(e)
)"),
            (Outcomes{"a.n=0 b.r=0", "a.n=1 b.r=0"}));
}

TEST(Epoll, DelRacesWithEverything) {
  EXPECT_EQ(outcomes(R"(
objects:
  e: eventfd(0, EFD_NONBLOCK)
  ep: epoll(watch(e, IN))
observe: [a.n, b.r]
judge: []
threads:
  a:
    - x = epoll_wait(ep, maxevents=1, timeout=10ms)
    - n = x.n
  b:
    - r = epoll_ctl(ep, EPOLL_CTL_DEL, e)
  w:
    - write(e, 1)
)"),
            (Outcomes{"a.n=0 b.r=0", "a.n=1 b.r=0"}));
}

TEST(Epoll, MoreItemsThanCallsAreABound) {
  EXPECT_EQ(alone(R"(
  e: eventfd[3](0)
  ep: epoll
  r: word(0)
)",
                  {"dup(e[0])", "epoll_ctl(ep, EPOLL_CTL_ADD, 3, IN)"}),
            "r0=7 r1=0");
}

// ---- Signals ------------------------------------------------------------------------------------

std::string with_signal(const std::string& handler, const std::string& call, const std::string& w) {
  return R"(
objects:
  e: eventfd(0, EFD_NONBLOCK)
  h: word(0)
  ep: epoll(watch(e, IN))
observe: [t.n, h]
judge: []
threads:
  t:
    )" + handler +
         R"(:
      - h = 1
    run:
      - x = )" +
         call + R"(
      - n = x.n
  w:
)" + w;
}

// A signal that comes before the call has had its handler, and the call sleeps on.
TEST(Epoll, SignalEndsAWaitWhateverSaRestartSays) {
  for (const char* handler : {"on SIGUSR1", "on SIGUSR1 restart"}) {
    const std::string body =
        with_signal(handler, "epoll_wait(ep, maxevents=1)", "    - kill(t, SIGUSR1)\n");
    EXPECT_EQ(outcomes(body), (Outcomes{"t.n=-4 h=1", "t.n=0 h=1 stuck t"})) << handler;
  }
}

constexpr const char* kEventThenSignal = "    - write(e, 1)\n    - kill(t, SIGUSR1)\n";

TEST(Epoll, EventWinsOverASignalThatCameAfterIt) {
  Machine machine(with_signal("on SIGUSR1", "epoll_wait(ep, maxevents=1)", kEventThenSignal));
  machine.run("t");
  machine.run("w");
  machine.run("t");
  EXPECT_EQ(machine.value("t.n"), 1);
}

// Both after the first look, which found nothing: the question for signals comes before the next.
TEST(Epoll, SignalMayWinOverAnEventThatTheLookMissed) {
  const std::string body =
      with_signal("on SIGUSR1", "epoll_wait(ep, maxevents=1)", kEventThenSignal);
  EXPECT_EQ(outcomes(body), (Outcomes{"t.n=-4 h=1", "t.n=1 h=0", "t.n=1 h=1"}));
}

TEST(Epoll, InterruptedWaiterLeavesTheQueue) {
  Machine machine(
      with_signal("on SIGUSR1", "epoll_wait(ep, maxevents=1)", "    - kill(t, SIGUSR1)\n"));
  machine.run("t");
  EXPECT_EQ(machine.shown("ep"), "asleep t");
  machine.step("w");
  machine.step("t");
  EXPECT_EQ(machine.phase("t"), "unlink");
  machine.step("t", 3);  // Unlinks, and looks once more.
  EXPECT_EQ(machine.shown("ep"), "-");
}

TEST(Epoll, LookWithoutTimeIsNotInterrupted) {
  EXPECT_EQ(outcomes(R"(
objects:
  ep: epoll
  h: word(0)
observe: [t.n, h]
judge: []
threads:
  t:
    on SIGUSR1:
      - h = 1
    run:
      - pthread_sigmask(SIG_BLOCK, sigset(SIGUSR1))
      - kill(self, SIGUSR1)
      - x = epoll_pwait(ep, maxevents=1, timeout=0, sigmask=sigset())
      - n = x.n
)"),
            Outcomes{"t.n=0 h=0"});
}

// Were the call made again, nobody would end it.
TEST(Epoll, SignalEndsAPwaitWhateverSaRestartSays) {
  for (const char* handler : {"on SIGUSR1", "on SIGUSR1 restart"}) {
    for (const char* call : {"epoll_pwait", "epoll_pwait2"}) {
      EXPECT_EQ(outcomes(R"(
objects:
  ep: epoll
  h: word(0)
observe: [h]
judge: []
threads:
  t:
    )" + std::string(handler) +
                         R"(:
      - h = 1
    run:
      - pthread_sigmask(SIG_BLOCK, sigset(SIGUSR1))
      - forever:
          - if h == 1: break
          - )" + call + R"((ep, maxevents=1, sigmask=sigset())
  w:
    - kill(t, SIGUSR1)
)"),
                Outcomes{"h=1"})
          << handler << ' ' << call;
    }
  }
}

// ---- Other ways to the same outcomes ------------------------------------------------------------

TEST(Epoll, WalksCutAtEachEntryComeToTheSame) {
  const std::vector<std::string> bodies = {kTwoSleepers,
                                           kTwoEdges,
                                           kNested,
                                           kEdgeDuringScan,
                                           two_epolls("IN|EXCLUSIVE", "asleep(a) && asleep(b)"),
                                           two_epolls("IN", "asleep(b)")};
  for (const std::string& body : bodies) {
    EXPECT_EQ(outcomes(with_switch("kernel.split-walks", body)), outcomes(body)) << body;
  }
}

TEST(Epoll, WakeForNoReasonFindsNothingAndSleepsAgain) {
  Machine machine("machine: { spurious: 1 }\n" + one_waiter("IN", kWaitTwice));
  machine.run("t");
  machine.wake_spuriously("t");
  machine.step("t");
  EXPECT_EQ(machine.phase("t"), "unlink");
  machine.run("t");
  EXPECT_TRUE(machine.asleep("t"));
  EXPECT_EQ(machine.shown("ep"), "asleep t");
}

TEST(Epoll, WaitGivesUpAsWhenNothingHappened) {
  Machine machine(one_waiter("IN", kWaitTwice));
  machine.run("t");
  machine.return_empty("t");
  EXPECT_EQ(machine.shown("ep"), "-");
  EXPECT_EQ(machine.value("t.n"), 0);
}

TEST(Epoll, CallsSayWhichEpollTheyAreAbout) {
  Machine machine(one_waiter("IN", kWaitTwice));
  machine.step("t");
  EXPECT_EQ(machine.subject("t"), "ep");
}

}  // namespace
}  // namespace wakesim::testing
