// Rules of kqueue, sys/kern/kern_event.c of FreeBSD 11, shown step by step or as the set of all
// outcomes. Known-wrong variants stand beside the rule they break.

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

// One thread's lines about an eventfd, a pipe and an empty kqueue; observes its `r`.
std::string alone(const std::string& lines) {
  return R"(
objects:
  e: eventfd(0, EFD_NONBLOCK)
  p: pipe(O_NONBLOCK)
  kq: kqueue
observe: [a.r]
judge: []
threads:
  a:
)" + lines;
}

// ---- One knote ----------------------------------------------------------------------------------

TEST(Kqueue, AddingRunsTheFilter) {
  const std::string lines = R"(
    - write(e, 1)
    - k = kevent(kq, change(e, EV_ADD|EVFILT_READ), nevents=1, timeout=0)
    - r = k.n
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=1"});
  EXPECT_EQ(outcomes(with_switch("kqueue.add-does-not-look", alone(lines))), Outcomes{"a.r=0"});
}

TEST(Kqueue, AnEventRunsTheFilter) {
  const std::string lines = R"(
    - kevent(kq, change(e, EV_ADD|EVFILT_READ))
    - write(e, 0)
    - k = kevent(kq, nevents=1, timeout=0)
    - x = k.n
    - write(e, 5)
    - k = kevent(kq, nevents=1, timeout=0)
    - r = 100 * x + 10 * k.n + k[0].data
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=15"});
}

TEST(Kqueue, RetrievalRunsItAgain) {
  const std::string lines = R"(
    - kevent(kq, change(e, EV_ADD|EVFILT_READ))
    - write(e, 1)
    - read(e)
    - k = kevent(kq, nevents=1, timeout=0)
    - r = k.n
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=0"});
  EXPECT_EQ(outcomes(with_switch("kqueue.trusts-queue", alone(lines))), Outcomes{"a.r=1"});
}

TEST(Kqueue, OneKnoteForEachFilterOfAnIdent) {
  const std::string lines = R"(
    - write(e, 1)
    - k = kevent(kq, change(e, EV_ADD|EVFILT_WRITE), change(e, EV_ADD|EVFILT_READ), nevents=3, timeout=0)
    - r = 100 * k.n + 10 * (k[0].filter == EVFILT_WRITE) + (k[1].filter == EVFILT_READ)
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=211"});
  EXPECT_EQ(outcomes(with_switch("kqueue.keyed-by-ident", alone(lines))), Outcomes{"a.r=110"});
}

TEST(Kqueue, AddingTwiceChangesNothing) {
  const std::string lines = R"(
    - kevent(kq, change(e, EV_ADD|EVFILT_READ))
    - kevent(kq, change(e, EV_ADD|EV_ONESHOT|EVFILT_READ))
    - write(e, 1)
    - j = kevent(kq, nevents=2, timeout=0)
    - x = j.n
    - k = kevent(kq, nevents=2, timeout=0)
    - r = 10 * x + k.n
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=11"});
}

TEST(Kqueue, EventsOfOneKnoteAreOne) {
  const std::string lines = R"(
    - kevent(kq, change(e, EV_ADD|EVFILT_READ))
    - write(e, 1)
    - write(e, 1)
    - k = kevent(kq, nevents=5, timeout=0)
    - r = 10 * k.n + k[0].data
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=12"});
}

TEST(Kqueue, DeletedKnotesAreNotReported) {
  const std::string lines = R"(
    - write(e, 1)
    - kevent(kq, change(e, EV_ADD|EVFILT_READ))
    - kevent(kq, change(e, EV_DELETE|EVFILT_READ))
    - k = kevent(kq, nevents=1, timeout=0)
    - r = k.n
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=0"});
  EXPECT_EQ(outcomes(with_switch("kqueue.delete-does-nothing", alone(lines))), Outcomes{"a.r=1"});
}

// A report of a level-triggered knote sends it to the end of the queue.
TEST(Kqueue, LevelTriggeredKnotesTakeTurns) {
  const std::string lines = R"(
    - write(e, 1)
    - write(p[1], 1)
    - kevent(kq, change(e, EV_ADD|EVFILT_READ, udata=1), change(p[0], EV_ADD|EVFILT_READ, udata=2))
    - k = kevent(kq, nevents=1, timeout=0)
    - x = k[0].udata
    - k = kevent(kq, nevents=1, timeout=0)
    - y = k[0].udata
    - k = kevent(kq, nevents=1, timeout=0)
    - r = 100 * x + 10 * y + k[0].udata
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=121"});
}

// Every change stores its udata; not written it is the ident.
TEST(Kqueue, UdataIsThatOfTheLastChange) {
  const std::string lines = R"(
    - write(e, 1)
    - k = kevent(kq, change(e, EV_ADD|EVFILT_READ, udata=7), nevents=1, timeout=0)
    - x = k[0].udata
    - k = kevent(kq, change(e, EV_ENABLE|EVFILT_READ), nevents=1, timeout=0)
    - r = 10 * x + (k[0].udata == k[0].ident)
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=71"});
}

TEST(Kqueue, AKnoteIsReportedOnceACall) {
  const std::string lines = R"(
    - write(e, 1)
    - k = kevent(kq, change(e, EV_ADD|EVFILT_READ), nevents=5, timeout=0)
    - r = k.n
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=1"});
}

TEST(Kqueue, AListIsWalkedAsFarAsItIsFilled) {
  const std::string lines = R"(
    - write(e, 3)
    - r = 0
    - evs = kevent(kq, change(e, EV_ADD|EVFILT_READ, udata=5), nevents=4, timeout=0)
    - for ev in evs: r += 10 * ev.udata + ev.data
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=53"});
}

TEST(Kqueue, WhatDoesNotFitStaysQueued) {
  const std::string lines = R"(
    - write(e, 1)
    - k = kevent(kq, change(e, EV_ADD|EV_CLEAR|EVFILT_READ), change(e, EV_ADD|EV_CLEAR|EVFILT_WRITE), nevents=1, timeout=0)
    - x = k.n
    - k = kevent(kq, nevents=1, timeout=0)
    - r = 10 * x + k.n
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=11"});
  EXPECT_EQ(outcomes(with_switch("kqueue.overflow-drops", alone(lines))), Outcomes{"a.r=10"});
}

TEST(Kqueue, TheEndOfAPipeIsReportedWithItsFlag) {
  const std::string lines = R"(
    - kevent(kq, change(p[0], EV_ADD|EVFILT_READ))
    - close(p[1])
    - k = kevent(kq, nevents=1, timeout=0)
    - r = 10 * k.n + (k[0].flags == EV_EOF)
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=11"});
}

TEST(Kqueue, AWriteEndWithoutReadersIsAtItsEnd) {
  const std::string lines = R"(
    - close(p[0])
    - k = kevent(kq, change(p[1], EV_ADD|EVFILT_WRITE), nevents=1, timeout=0)
    - r = 10 * k.n + (k[0].flags == EV_EOF)
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=11"});
}

TEST(Kqueue, RoomInAPipeIsAnEvent) {
  const std::string body = R"(
objects:
  p: pipe
  kq: kqueue(watch(p[1], EVFILT_WRITE))
observe: [a.r]
judge: []
threads:
  a:
    - write(p[1], 65536)
    - k = kevent(kq, nevents=1, timeout=0)
    - x = k.n
    - k = kevent(kq, nevents=1)
    - r = 10 * x + k.n
  b:
    - n = read(p[0], 65536)
)";
  EXPECT_EQ(outcomes(body), (Outcomes{"a.r=1", "a.r=11"}));
}

TEST(Kqueue, ASocketsDataAndEndAreEvents) {
  const std::string body = R"(
objects:
  s: socketpair
  kq: kqueue(watch(s[0], EVFILT_READ))
observe: [a.r]
judge: []
threads:
  a:
    - send(s[1], 3)
    - k = kevent(kq, nevents=1, timeout=0)
    - x = k[0].data
    - recv(s[0], 3)
    - k = kevent(kq, nevents=1, timeout=0)
    - y = k.n
    - shutdown(s[1], SHUT_WR)
    - k = kevent(kq, nevents=1, timeout=0)
    - r = 100 * x + 10 * y + (k[0].flags == EV_EOF)
)";
  EXPECT_EQ(outcomes(body), Outcomes{"a.r=301"});
}

TEST(Kqueue, OtherFilesHaveNoFilter) {
  const std::string body = R"(
objects:
  f: file
  kq: kqueue
  k2: kqueue
observe: [a.r]
judge: []
threads:
  a:
    - k = kevent(kq, change(f, EV_ADD|EVFILT_READ))
    - x = k.n
    - k = kevent(kq, change(k2, EV_ADD|EVFILT_READ))
    - r = 100 * x + k.n
)";
  EXPECT_EQ(outcomes(body), Outcomes{"a.r=-2222"});
}

// ---- EVFILT_USER --------------------------------------------------------------------------------

TEST(Kqueue, ATriggerStaysUntilItIsCleared) {
  const std::string lines = R"(
    - kevent(kq, change(7, EV_ADD|${flags}EVFILT_USER))
    - k = kevent(kq, change(7, EVFILT_USER|NOTE_TRIGGER), nevents=1, timeout=0)
    - x = 10 * k.n + (k[0].ident == 7)
    - k = kevent(kq, nevents=1, timeout=0)
    - r = 10 * x + k.n
)";
  const auto with_flags = [&](const std::string& flags) {
    std::string text = lines;
    text.replace(text.find("${flags}"), 8, flags);
    return alone(text);
  };
  EXPECT_EQ(outcomes(with_flags("")), Outcomes{"a.r=111"});
  EXPECT_EQ(outcomes(with_flags("EV_CLEAR|")), Outcomes{"a.r=110"});
}

TEST(Kqueue, AClearedTriggerIsGone) {
  const std::string lines = R"(
    - kevent(kq, change(7, EV_ADD|EV_CLEAR|EVFILT_USER), change(7, EVFILT_USER|NOTE_TRIGGER))
    - kevent(kq, nevents=1, timeout=0)
    - k = kevent(kq, change(7, EV_ENABLE|EVFILT_USER), nevents=1, timeout=0)
    - r = k.n
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=0"});
  EXPECT_EQ(outcomes(with_switch("kqueue.clear-keeps-trigger", alone(lines))), Outcomes{"a.r=1"});
}

TEST(Kqueue, MoreUserKnotesThanTheModelHasAreEnomem) {
  const std::string lines = R"(
    - kevent(kq, change(1, EV_ADD|EVFILT_USER))
    - kevent(kq, change(2, EV_ADD|EVFILT_USER))
    - k = kevent(kq, change(3, EV_ADD|EVFILT_USER))
    - r = k.n
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=-12"});
}

// ---- Errors -------------------------------------------------------------------------------------

TEST(Kqueue, ErrorsFillTheListIfThereIsRoom) {
  const std::string lines = R"(
    - k = kevent(kq, change(99, EV_ADD|EVFILT_READ), change(e, EV_DELETE|EVFILT_READ), change(e, EV_ADD|EVFILT_WRITE), nevents=4)
    - x = 100 * k[0].data + k[1].data
    - j = kevent(kq, nevents=1, timeout=0)
    - r = 100000 * k.n + 10 * x + j.n
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=209021"});
  EXPECT_EQ(outcomes(with_switch("kqueue.forgets-errors", alone(lines))), Outcomes{"a.r=100001"});
}

TEST(Kqueue, WithoutRoomTheFirstErrorIsTheResult) {
  const std::string lines = R"(
    - k = kevent(kq, change(e, EV_DELETE|EVFILT_READ), change(e, EV_ADD|EVFILT_READ))
    - x = k.n
    - k = kevent(kq, change(e, EV_DELETE|EVFILT_READ))
    - r = 100 * x + k.n
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=-202"});
}

TEST(Kqueue, ChangesComeBeforeABadTimeout) {
  const std::string lines = R"(
    - k = kevent(kq, change(e, EV_ADD|EVFILT_READ), nevents=1, timeout=-1ms)
    - x = k.n
    - k = kevent(kq, change(e, EV_DELETE|EVFILT_READ))
    - r = 100 * x + k.n
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=-2200"});
}

// ---- Several threads ----------------------------------------------------------------------------

const char* const kTwoSleepers = R"(
objects:
  e: eventfd(0)
  kq: kqueue(watch(e, EVFILT_READ|EV_CLEAR))
observe: [a.n, b.n]
judge: []
threads:
  a:
    - k = kevent(kq, nevents=1)
    - n = k.n
  b:
    - k = kevent(kq, nevents=1)
    - n = k.n
  w:
    - write(e, 1)
)";

TEST(Kqueue, AnEventWakesEverybodyAndIsForTheFirst) {
  Machine machine(kTwoSleepers);
  machine.run("a");
  machine.run("b");
  machine.run("w");
  EXPECT_FALSE(machine.asleep("a"));
  EXPECT_FALSE(machine.asleep("b"));
  machine.run("b");
  EXPECT_EQ(machine.value("b.n"), 1);
  machine.run("a");
  EXPECT_TRUE(machine.asleep("a"));
}

TEST(Kqueue, WhoWakesOneForgetsTheOther) {
  Machine machine(with_switch("kqueue.wakes-one", kTwoSleepers));
  machine.run("a");
  machine.run("b");
  machine.run("w");
  EXPECT_FALSE(machine.asleep("a"));
  EXPECT_TRUE(machine.asleep("b"));
}

// The look and the sleep are one hold of kq_lock.
TEST(Kqueue, NoEventFallsBetweenLookAndSleep) {
  const std::string body = R"(
objects:
  e: eventfd(0)
  kq: kqueue(watch(e, EVFILT_READ))
observe: [a.n]
judge: []
threads:
  a:
    - k = kevent(kq, nevents=1)
    - n = k.n
  w:
    - write(e, 1)
)";
  EXPECT_EQ(outcomes(body), Outcomes{"a.n=1"});
  EXPECT_EQ(outcomes(with_switch("kqueue.wakes-nobody", body)),
            (Outcomes{"a.n=0 stuck a", "a.n=1"}));
}

// A knote in another call's hands: the second scan waits for its marker, then takes its own turn.
TEST(Kqueue, ASecondScanWaitsForTheMarkerOfTheFirst) {
  Machine machine(R"(
objects:
  e: eventfd(1)
  kq: kqueue(watch(e, EVFILT_READ))
observe: [a.n, b.n]
judge: []
threads:
  a:
    - k = kevent(kq, nevents=2)
    - n = k.n
  b:
    - k = kevent(kq, nevents=2)
    - n = k.n
)");
  machine.step("a");
  EXPECT_EQ(machine.phase("a"), "run filter again");
  machine.step("b");
  EXPECT_EQ(machine.phase("b"), "take first");
  EXPECT_FALSE(machine.enabled("b"));
  machine.run("a");
  EXPECT_EQ(machine.value("a.n"), 1);
  machine.run("b");
  EXPECT_EQ(machine.value("b.n"), 1);
}

// An event in the middle of a scan: the knote is marked as active and stays where it is.
TEST(Kqueue, AnEventDuringAScanIsNotLost) {
  const std::string body = R"(
objects:
  e: eventfd(1, EFD_NONBLOCK)
  kq: kqueue(watch(e, EVFILT_READ|EV_CLEAR))
observe: [a.n]
judge: []
threads:
  a:
    - n = 0
    - while n < 3:
        - kevent(kq, nevents=1)
        - v = read(e)
        - if v > 0: n += v
  w:
    - write(e, 1)
    - write(e, 1)
)";
  EXPECT_EQ(outcomes(body), Outcomes{"a.n=3"});
}

TEST(Kqueue, AKnoteThatIsAddedWakesSleepers) {
  const std::string body = R"(
objects:
  e: eventfd(1)
  kq: kqueue
observe: [a.n]
judge: []
threads:
  a:
    - k = kevent(kq, nevents=1)
    - n = k.n
  b:
    - kevent(kq, change(e, EV_ADD|EVFILT_READ))
)";
  EXPECT_EQ(outcomes(body), Outcomes{"a.n=1"});
}

TEST(Kqueue, PollersOfAKqueueAreWoken) {
  const std::string body = R"(
objects:
  e: eventfd(0)
  kq: kqueue(watch(e, EVFILT_READ))
observe: [a.n]
judge: []
threads:
  a:
    - p = poll(kq=IN)
    - n = p.n
  b:
    - write(e, 1)
)";
  EXPECT_EQ(outcomes(body), Outcomes{"a.n=1"});
  EXPECT_EQ(outcomes(with_switch("kqueue.tells-no-poller", body)),
            (Outcomes{"a.n=0 stuck a", "a.n=1"}));
}

TEST(Kqueue, AnEpollReportsAKqueue) {
  const std::string body = R"(
objects:
  e: eventfd(0)
  kq: kqueue(watch(e, EVFILT_READ))
  ep: epoll(watch(kq, IN))
observe: [a.n]
judge: []
threads:
  a:
    - p = epoll_wait(ep, maxevents=1)
    - n = p.n
  b:
    - write(e, 1)
)";
  EXPECT_EQ(outcomes(body), Outcomes{"a.n=1"});
}

TEST(Kqueue, ClosingADescriptorRemovesItsKnotes) {
  const std::string lines = R"(
    - write(e, 1)
    - kevent(kq, change(e, EV_ADD|EVFILT_READ), change(e, EV_ADD|EVFILT_WRITE))
    - d = dup(e)
    - close(e)
    - k = kevent(kq, nevents=2, timeout=0)
    - r = k.n
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=0"});
  EXPECT_EQ(outcomes(with_switch("kqueue.close-keeps-knotes", alone(lines))), Outcomes{"a.r=2"});
}

// A close in the middle of an addition waits until the knote is not in flux.
TEST(Kqueue, AKnoteDoesNotOutliveTheCloseThatRacesWithItsAddition) {
  const std::string body = R"(
objects:
  e: eventfd(1)
  kq: kqueue
observe: [a.n, b.n]
judge: []
threads:
  a:
    - k = kevent(kq, change(e, EV_ADD|EVFILT_READ))
    - n = k.n
  b:
    - close(e)
    - join(a)
    - k = kevent(kq, nevents=1, timeout=0)
    - n = k.n
)";
  EXPECT_EQ(outcomes(body), (Outcomes{"a.n=-9 b.n=0", "a.n=0 b.n=0"}));
}

// ---- Time and signals ---------------------------------------------------------------------------

TEST(Kqueue, TimeThatIsOverIsNoError) {
  const std::string lines = "    - k = kevent(kq, nevents=1, timeout=1ms)\n    - r = k.n + 1\n";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=1"});
  EXPECT_EQ(outcomes(with_switch("kqueue.timeout-is-an-error", alone(lines))),
            Outcomes{"a.r=-109"});
}

TEST(Kqueue, ATimeoutOfZeroDoesNotSleep) {
  const std::string lines = "    - k = kevent(kq, nevents=1, timeout=0)\n    - r = k.n + 1\n";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=1"});
  EXPECT_EQ(outcomes(with_switch("kqueue.zero-timeout-sleeps", alone(lines))),
            Outcomes{"a.r=0 stuck a"});
}

TEST(Kqueue, ASignalIsEintrWhateverTheHandlerSays) {
  const std::string body = R"(
objects:
  kq: kqueue
  handled: word(0)
observe: [a.n]
judge: []
threads:
  a:
    on SIGUSR1 restart:
      - fetch_add(handled, 1)
    run:
      - k = kevent(kq, nevents=1)
      - n = k.n
  b:
    start: asleep(a)
    run:
      - kill(a, SIGUSR1)
)";
  EXPECT_EQ(outcomes(body), Outcomes{"a.n=-4"});
  EXPECT_EQ(outcomes(with_switch("kqueue.restarts", body)), Outcomes{"a.n=0 stuck a"});
}

TEST(Kqueue, AWakeForNoReasonIsNoResult) {
  Machine machine("machine: { spurious: 1 }\n" + std::string(kTwoSleepers));
  machine.run("a");
  machine.wake_spuriously("a");
  machine.run("a");
  EXPECT_TRUE(machine.asleep("a"));
}

TEST(Kqueue, TheProbeLeavesTheChannel) {
  Machine machine(kTwoSleepers);
  machine.run("a");
  EXPECT_EQ(machine.subject("a"), "kq");
  EXPECT_EQ(machine.shown("kq"), "asleep a");
  machine.return_empty("a");
  machine.run("w");
  EXPECT_EQ(machine.shown("kq"), "e");
}

}  // namespace
}  // namespace wakesim::testing
