// Rules of signalfd, fs/signalfd.c and kernel/signal.c, shown step by step or as the set of all
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

// One thread's lines on a nonblocking signalfd `s` for SIGUSR1 and SIGUSR2; observes its `r`.
std::string alone(const std::string& lines) {
  return R"(
objects:
  s: signalfd(sigset(SIGUSR1, SIGUSR2), SFD_NONBLOCK)
  e: eventfd(0)
observe: [a.r]
judge: []
threads:
  a:
)" + lines;
}

// ---- One thread ---------------------------------------------------------------------------------

TEST(Signalfd, ReadGivesTheSignalAndTakesIt) {
  EXPECT_EQ(outcomes(alone("    - kill(self, SIGUSR1)\n    - r = read(s)\n")), Outcomes{"a.r=10"});
  EXPECT_EQ(outcomes(alone("    - kill(self, SIGUSR1)\n    - read(s)\n    - r = read(s)\n")),
            Outcomes{"a.r=-11"});
}

TEST(Signalfd, OwnSignalsComeBeforeTheProcesss) {
  const std::string lines = R"(
    - kill(process, SIGUSR1)
    - kill(self, SIGUSR2)
    - x = read(s)
    - y = read(s)
    - r = 100 * x + y
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=1210"});
}

TEST(Signalfd, LowestNumberComesFirst) {
  const std::string lines = R"(
    - kill(process, SIGUSR2)
    - kill(process, SIGUSR1)
    - x = read(s)
    - y = read(s)
    - r = 100 * x + y
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=1012"});
}

TEST(Signalfd, EqualSignalsAreOne) {
  const std::string lines = R"(
    - kill(process, SIGUSR1)
    - kill(process, SIGUSR1)
    - read(s)
    - r = read(s)
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=-11"});
}

TEST(Signalfd, OfThreadAndOfProcessTheyAreTwo) {
  const std::string lines = R"(
    - kill(process, SIGUSR1)
    - kill(self, SIGUSR1)
    - read(s)
    - r = read(s)
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=10"});
}

TEST(Signalfd, SignalsOutsideTheSetStayPending) {
  const std::string lines = R"(
    - kill(self, SIGTERM)
    - x = read(s)
    - y = sigpending()
    - r = 1000000 * x + y
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=-10983616"});  // EAGAIN, and bit 14.
}

TEST(Signalfd, KillAndStopAreLeftOutOfTheSet) {
  const std::string lines = R"(
    - signalfd(s, sigset(SIGKILL, SIGSTOP))
    - n = 9
    - kill(self, n)
    - kill(self, n + 10)
    - r = read(s)
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=-11"});
}

TEST(Signalfd, ReadOfLessThanARecordIsEinvalAndTakesNothing) {
  const std::string lines = R"(
    - kill(self, SIGUSR1)
    - x = read(s, 127)
    - y = read(s, 128)
    - r = 100 * x + y
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=-2190"});
}

TEST(Signalfd, WriteIsEinval) {
  EXPECT_EQ(outcomes(alone("    - r = write(s, 1)\n")), Outcomes{"a.r=-22"});
}

TEST(Signalfd, PollIsInWhileASignalOfTheSetIsPending) {
  const std::string lines = R"(
    - kill(self, SIGUSR1)
    - p = poll(s=IN|OUT, timeout=0)
    - read(s)
    - q = poll(s=IN|OUT, timeout=0)
    - r = 10 * p.n + q.n
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=10"});
}

TEST(Signalfd, HandlerTakesASignalThatIsNotBlocked) {
  const std::string body = R"(
objects:
  s: signalfd(sigset(SIGUSR1), SFD_NONBLOCK)
  got: word(0)
observe: [a.r, got]
judge: []
threads:
  a:
    on SIGUSR1:
      - got = 1
    run:
      - kill(self, SIGUSR1)
      - r = read(s)
)";
  EXPECT_EQ(outcomes(body), Outcomes{"a.r=-11 got=1"});
}

// ---- signalfd(2) --------------------------------------------------------------------------------

TEST(Signalfd, CallOpensAtTheLowestFreeNumber) {
  const std::string lines = R"(
    - f = signalfd(-1, sigset(SIGUSR2), SFD_NONBLOCK)
    - kill(self, SIGUSR2)
    - x = read(f)
    - y = read(f)
    - r = 10000 * f + 100 * x + y
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=51189"});  // 5, SIGUSR2, EAGAIN.
}

TEST(Signalfd, ChangeGivesTheDescriptor) {
  EXPECT_EQ(outcomes(alone("    - r = signalfd(s, sigset(SIGTERM))\n")), Outcomes{"a.r=3"});
}

TEST(Signalfd, ChangeReplacesTheSet) {
  const std::string lines = R"(
    - kill(self, SIGUSR1)
    - signalfd(s, sigset(SIGTERM))
    - x = read(s)
    - signalfd(s, sigset(SIGUSR1))
    - y = read(s)
    - r = 100 * x + y
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=-1090"});
}

TEST(Signalfd, CallRefusesFlagsFirst) {
  EXPECT_EQ(outcomes(alone("    - r = signalfd(-1, 0, 1)\n")), Outcomes{"a.r=-22"});
  EXPECT_EQ(outcomes(alone("    - r = signalfd(99, 0, 1)\n")), Outcomes{"a.r=-22"});
  EXPECT_EQ(outcomes(alone("    - r = signalfd(99, 0)\n")), Outcomes{"a.r=-9"});
  EXPECT_EQ(outcomes(alone("    - r = signalfd(-2, 0)\n")), Outcomes{"a.r=-9"});
  EXPECT_EQ(outcomes(alone("    - r = signalfd(e, 0)\n")), Outcomes{"a.r=-22"});
}

TEST(Signalfd, ReopenedFileHasTheNewSet) {
  const std::string lines = R"(
    - kill(self, SIGUSR1)
    - r = 0
    - n = SIGUSR1
    - repeat 2:
        - f = signalfd(-1, sigset(SIGTERM), SFD_NONBLOCK)
        - r = read(f)
        - close(f)
    - r += n
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=-1"});  // EAGAIN both times.
}

// ---- Sleeping and waking ------------------------------------------------------------------------

constexpr const char* kReader = R"(
objects:
  s: signalfd(sigset(SIGUSR1))
observe: [a.r]
judge: []
threads:
  a:
    - r = read(s)
  k:
    - kill(a, SIGUSR1)
)";

TEST(Signalfd, ReadSleepsUntilASignalIsSent) {
  Machine machine(kReader);
  machine.step("a");
  EXPECT_EQ(machine.events(), "slept on s");
  EXPECT_EQ(machine.phase("a"), "asleep");
  EXPECT_EQ(machine.subject("a"), "s");
  machine.step("k");
  EXPECT_EQ(machine.events(), "woke a, returned 0");
  machine.step("a");
  EXPECT_EQ(machine.value("a.r"), 10);
  EXPECT_EQ(machine.shown("s"), "-");
}

TEST(Signalfd, NoSignalIsLost) { EXPECT_EQ(outcomes(kReader), Outcomes{"a.r=10"}); }

TEST(SignalfdSwitch, SenderThatTellsNobodyLosesTheReader) {
  EXPECT_TRUE(outcomes(with_switch("signalfd.not-notified", kReader)).contains("a.r=0 stuck a"));
}

TEST(SignalfdSwitch, LookBeforeLinkingLosesTheReader) {
  EXPECT_EQ(outcomes(with_switch("signalfd.looks-before-linking", kReader)),
            (Outcomes{"a.r=10", "a.r=0 stuck a"}));
}

constexpr const char* kTwoReaders = R"(
objects:
  s: signalfd(sigset(SIGUSR1))
observe: [a.r, b.r]
judge: []
threads:
  a:
    - r = read(s)
  b:
    - r = read(s)
  k:
    - kill(TARGET, SIGUSR1)
)";

std::string two_readers(const std::string& target) {
  std::string body = kTwoReaders;
  return body.replace(body.find("TARGET"), 6, target);
}

TEST(Signalfd, SignalOfTheProcessWakesAllAndOneTakesIt) {
  Machine machine(two_readers("process"));
  machine.step("a");
  machine.step("b");
  machine.step("k");
  EXPECT_EQ(machine.events(), "woke b, woke a, returned 0");  // add_wait_queue(): at the head.
  EXPECT_EQ(machine.shown("s"), "process signal");
  machine.step("a");
  machine.step("b");
  EXPECT_EQ(machine.events(), "slept on s");
  EXPECT_EQ(outcomes(two_readers("process")),
            (Outcomes{"a.r=10 b.r=0 stuck b", "a.r=0 b.r=10 stuck a"}));
}

TEST(Signalfd, SignalOfAThreadIsSeenByThatThreadOnly) {
  Machine machine(two_readers("a"));
  machine.step("a");
  machine.step("b");
  machine.step("k");
  EXPECT_EQ(machine.events(), "woke b, woke a, returned 0");
  EXPECT_EQ(machine.shown("s"), "-");
  machine.step("b");
  EXPECT_TRUE(machine.asleep("b"));
  EXPECT_EQ(outcomes(two_readers("a")), Outcomes{"a.r=10 b.r=0 stuck b"});
}

// A woken reader is still on the queue, where it was.
TEST(Signalfd, SignalOutsideTheSetWakesAndTheReaderSleepsOn) {
  Machine machine(R"(
objects:
  s: signalfd(sigset(SIGUSR1))
observe: [a.r]
judge: []
threads:
  a:
    - r = read(s)
  k:
    - kill(a, SIGTERM)
    - kill(a, SIGUSR1)
)");
  machine.step("a");
  machine.step("k");
  EXPECT_EQ(machine.events(), "woke a, returned 0");
  machine.step("k");
  EXPECT_EQ(machine.events(), "found a running, woke nobody on signals, returned 0");
  machine.step("a");
  EXPECT_EQ(machine.value("a.r"), 10);
}

TEST(Signalfd, EqualSignalWakesNobody) {
  Machine machine(R"(
objects:
  s: signalfd(sigset(SIGUSR2))
observe: [a.r]
judge: []
threads:
  a:
    - r = read(s)
  k:
    - kill(a, SIGUSR1)
    - kill(a, SIGUSR1)
)");
  machine.step("a");
  machine.step("k");
  machine.step("a");
  EXPECT_TRUE(machine.asleep("a"));
  machine.step("k");
  EXPECT_EQ(machine.events(), "returned 0");
}

TEST(Signalfd, ChangeOfTheSetWakesWhoeverWaits) {
  Machine machine(R"(
objects:
  s: signalfd(sigset(SIGUSR1))
observe: [a.r]
judge: []
threads:
  a:
    - kill(self, SIGUSR2)
    - r = read(s)
  k:
    - signalfd(s, sigset(SIGUSR2))
)");
  machine.run("a");
  EXPECT_TRUE(machine.asleep("a"));
  machine.step("k", 2);
  EXPECT_EQ(machine.phase("k"), "wake");
  machine.step("k");
  EXPECT_EQ(machine.events(), "woke a");
  machine.run("a");
  EXPECT_EQ(machine.value("a.r"), 12);
}

constexpr const char* kInterrupted = R"(
objects:
  s: signalfd(sigset(SIGUSR1))
  got: word(0)
observe: [a.r]
judge: []
threads:
  a:
    on SIGUSR2:
      - got = 1
    run:
      - r = read(s)
  k:
    - kill(a, SIGUSR2)
    - kill(a, SIGUSR1)
)";

TEST(Signalfd, HandlerForAnotherSignalEndsTheReadWithEintr) {
  Machine machine(kInterrupted);
  machine.step("a");
  machine.step("k");
  machine.run("a");
  EXPECT_EQ(machine.value("a.r"), -4);
}

TEST(Signalfd, SignalOfTheSetWinsOverAHandler) {
  Machine machine(kInterrupted);
  machine.step("a");
  machine.step("k", 2);
  machine.run("a");
  EXPECT_EQ(machine.value("a.r"), 10);
}

// ---- epoll --------------------------------------------------------------------------------------

// The sender's wake walks through the epoll item with the siglock held.
TEST(Signalfd, SenderHoldsTheSiglockOverAnEpollsCallback) {
  Machine machine(R"(
objects:
  s: signalfd(sigset(SIGUSR1), SFD_NONBLOCK)
  ep: epoll(watch(s, IN))
observe: [a.n, b.r, c.r]
judge: []
threads:
  a:
    - e = epoll_wait(ep, maxevents=1)
    - n = e.n
  b:
    - r = read(s)
  c:
    - r = kill(process, SIGUSR1)
  k:
    - kill(process, SIGUSR1)
)");
  machine.run("a");
  EXPECT_TRUE(machine.asleep("a"));
  machine.step("k");
  machine.step("b");
  EXPECT_EQ(machine.phase("b"), "take signal");
  EXPECT_FALSE(machine.enabled("b"));
  machine.step("c");
  EXPECT_FALSE(machine.enabled("c"));
  machine.step("k");
  EXPECT_EQ(machine.events(), "woke a");
  EXPECT_EQ(machine.phase("k"), "signal pending");
  EXPECT_FALSE(machine.enabled("b"));
  machine.step("k");
  EXPECT_EQ(machine.events(), "returned 0");
  machine.run("a");
  EXPECT_EQ(machine.value("a.n"), 1);
  machine.run("b");
  EXPECT_EQ(machine.value("b.r"), 10);
}

// The item is asked by whoever waits: a signal for another thread is none.
TEST(Signalfd, EpollAsksForTheSignalsOfTheThreadThatWaits) {
  const std::string body = R"(
objects:
  s: signalfd(sigset(SIGUSR1), SFD_NONBLOCK)
  ep: epoll(watch(s, IN))
observe: [a.n, b.n]
judge: []
threads:
  a:
    - e = epoll_wait(ep, maxevents=1, timeout=0)
    - n = e.n
  b:
    - kill(self, SIGUSR1)
    - e = epoll_wait(ep, maxevents=1, timeout=0)
    - n = e.n
)";
  const Outcomes all = outcomes(body);
  EXPECT_TRUE(all.contains("a.n=0 b.n=1"));
  EXPECT_TRUE(all.contains("a.n=0 b.n=0"));  // a has taken the item off the ready list.
  EXPECT_EQ(all.size(), 2u);
}

}  // namespace
}  // namespace wakesim::testing
