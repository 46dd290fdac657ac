// Rules of signal(7) and kernel/signal.c: sending, masks, which handler, what becomes of a call.

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/models/machine.h"

namespace wakesim::testing {
namespace {

using Outcomes = std::set<std::string>;

// Thread `t` has a handler that adds 1 to `n`, and runs these lines.
std::string handled(const std::string& lines, const std::string& rest = "") {
  return R"(
objects:
  n: word(0)
  efd: eventfd(0)
  w: word(0)
observe: [t.r, n]
judge: []
threads:
  t:
    on SIGUSR1:
      - fetch_add(n, 1)
    run:
)" + lines +
         rest;
}

// The same with SA_RESTART; `other` sends the signal once `t` sleeps.
std::string restarted(const std::string& call) {
  return R"(
objects: { n: word(0), w: word(0), efd: eventfd(0) }
observe: [t.r, n]
judge: []
threads:
  t:
    on SIGUSR1 restart:
      - fetch_add(n, 1)
    run:
      - r = )" +
         call + R"(
  other:
    start: asleep(t)
    run:
      - kill(t, SIGUSR1)
)";
}

// ---- Sending ------------------------------------------------------------------------------------

TEST(Signal, OneToOneselfIsHandledBeforeKillReturns) {
  EXPECT_EQ(outcomes(handled("      - kill(self, SIGUSR1)\n      - r = n\n")),
            Outcomes{"t.r=1 n=1"});
}

TEST(Signal, ZeroOnlyAsks) {
  EXPECT_EQ(outcomes(handled("      - r = kill(self, 0)\n")), Outcomes{"t.r=0 n=0"});
}

TEST(Signal, UnknownNumberIsEinval) {
  EXPECT_EQ(outcomes(handled("      - s = 65\n      - r = kill(self, s)\n")),
            Outcomes{"t.r=-22 n=0"});
  EXPECT_EQ(outcomes(handled("      - s = -1\n      - r = kill(self, s)\n")),
            Outcomes{"t.r=-22 n=0"});
}

TEST(Signal, ToAThreadThatHasEndedIsEsrch) {
  EXPECT_EQ(outcomes(handled("      - join(other)\n      - r = kill(other, SIGUSR1)\n",
                             "  other:\n    - w = 1\n")),
            Outcomes{"t.r=-3 n=0"});
}

TEST(Signal, IsPendingOnceHoweverOftenItIsSent) {
  EXPECT_EQ(outcomes(handled("      - pthread_sigmask(SIG_BLOCK, sigset(SIGUSR1))\n"
                             "      - kill(self, SIGUSR1)\n"
                             "      - kill(self, SIGUSR1)\n"
                             "      - r = sigpending()\n"
                             "      - pthread_sigmask(SIG_UNBLOCK, sigset(SIGUSR1))\n")),
            Outcomes{"t.r=512 n=1"});
}

TEST(Signal, WithoutAHandlerStaysPending) {
  EXPECT_EQ(outcomes(handled("      - pthread_sigmask(SIG_SETMASK, 0)\n"
                             "      - kill(self, SIGUSR2)\n"
                             "      - r = pause()\n")),
            Outcomes{"t.r=0 n=0 stuck t"});
}

TEST(Signal, OfTheProcessGoesToAThreadThatDoesNotBlockIt) {
  const std::string other =
      "  other:\n    on SIGUSR1:\n      - w = 1\n    run:\n      - kill(process, SIGUSR1)\n";
  EXPECT_EQ(outcomes(handled("      - pthread_sigmask(SIG_BLOCK, sigset(SIGUSR1))\n"
                             "      - await w == 1\n"
                             "      - r = sigpending()\n",
                             other)),
            (Outcomes{"t.r=0 n=0", "t.r=0 n=0 stuck t", "t.r=0 n=1 stuck t"}));
}

TEST(Signal, OfTheProcessIsHandedOnByAThreadThatBlocksIt) {
  Machine machine(R"(
objects: { n: word(0), efd: eventfd(0) }
observe: [n]
judge: []
threads:
  t:
    on SIGUSR1:
      - n = 1
    run:
      - pthread_sigmask(SIG_BLOCK, sigset(SIGUSR1))
  sleeper:
    on SIGUSR1:
      - n = 2
    run:
      - read(efd)
  other:
    - kill(process, SIGUSR1)
)");
  machine.run("sleeper");
  machine.run("other");  // Choice 0: `t` is to take it.
  EXPECT_TRUE(machine.may_interrupt("t"));
  EXPECT_TRUE(machine.asleep("sleeper"));
  machine.run("t");
  EXPECT_FALSE(machine.asleep("sleeper"));
  machine.run("sleeper");
  EXPECT_EQ(machine.value("n"), 2);
}

// ---- Masks --------------------------------------------------------------------------------------

TEST(Signal, MaskOfAnotherKindIsEinval) {
  EXPECT_EQ(outcomes(handled("      - r = pthread_sigmask(3, 0)\n")), Outcomes{"t.r=-22 n=0"});
}

TEST(Signal, IsBlockedInItsOwnHandler) {
  EXPECT_EQ(outcomes(R"(
objects: { n: word(0), seen: word(0) }
observe: [n, seen]
judge: []
threads:
  t:
    on SIGUSR1:
      - first = fetch_add(n, 1)
      - if first == 0: kill(self, SIGUSR1)
      - if first == 0:
          - v = n
          - seen = v
    run:
      - kill(self, SIGUSR1)
)"),
            Outcomes{"n=2 seen=1"});
}

TEST(Signal, TheLowestNumberIsTakenFirstAndInterruptedFirst) {
  EXPECT_EQ(outcomes(R"(
objects: { order: word(0) }
observe: [order]
judge: []
threads:
  t:
    on SIGUSR2:
      - v = order
      - order = v * 10 + 2
    on SIGUSR1:
      - u = order
      - order = u * 10 + 1
    run:
      - pthread_sigmask(SIG_BLOCK, sigset(SIGUSR1, SIGUSR2))
      - kill(self, SIGUSR1)
      - kill(self, SIGUSR2)
      - pthread_sigmask(SIG_SETMASK, 0)
)"),
            Outcomes{"order=21"});
}

TEST(Signal, PpollTakesItsMaskAndPutsTheOldOneBack) {
  EXPECT_EQ(outcomes(handled("      - pthread_sigmask(SIG_BLOCK, sigset(SIGUSR1))\n"
                             "      - kill(self, SIGUSR1)\n"
                             "      - r = ppoll(efd=IN, sigmask=0)\n"
                             "      - kill(self, SIGUSR1)\n")),
            Outcomes{"t.r=-4 n=1"});
}

TEST(Signal, PpollThatFindsAnEventLeavesTheSignalPending) {
  EXPECT_EQ(outcomes(handled("      - pthread_sigmask(SIG_BLOCK, sigset(SIGUSR1))\n"
                             "      - kill(self, SIGUSR1)\n"
                             "      - write(efd, 1)\n"
                             "      - p = ppoll(efd=IN, sigmask=0)\n"
                             "      - assert p.n == 1\n"
                             "      - r = sigpending()\n")),
            Outcomes{"t.r=512 n=0"});
}

// ---- Between two lines --------------------------------------------------------------------------

TEST(Signal, InterruptsBetweenTwoLinesAndTheThreadGoesOn) {
  Machine machine(R"(
objects: { x: word(0) }
observe: [x, t.v]
judge: []
threads:
  t:
    on SIGUSR1:
      - x = 7
    run:
      - x = 1
      - v = x
  other:
    - kill(t, SIGUSR1)
)");
  machine.step("t");
  EXPECT_FALSE(machine.may_interrupt("t"));
  machine.run("other");
  EXPECT_TRUE(machine.may_interrupt("t"));
  machine.interrupt("t");
  EXPECT_FALSE(machine.may_interrupt("t"));
  EXPECT_EQ(machine.value("x"), 1);
  machine.run("t");
  EXPECT_TRUE(machine.ended("t"));
  EXPECT_EQ(machine.value("t.v"), 7);
}

TEST(Signal, WakesASleeperAndIsSeenByIt) {
  Machine machine(handled("      - r = read(efd)\n", "  other:\n    - kill(t, SIGUSR1)\n"));
  machine.run("t");
  EXPECT_TRUE(machine.asleep("t"));
  machine.run("other");
  EXPECT_FALSE(machine.asleep("t"));
  EXPECT_FALSE(machine.may_interrupt("t"));  // In a call it notices by itself.
  machine.run("t");
  EXPECT_EQ(machine.value("t.r"), -4);
  EXPECT_EQ(machine.value("n"), 1);
}

// ---- What becomes of the call -------------------------------------------------------------------

TEST(Signal, WithoutRestartEveryWaitGivesEintr) {
  for (const char* call : {"read(efd)", "futex_wait(w, 0)", "poll(efd=IN)", "select(efd=IN)",
                           "futex_waitv(w=0)", "pause()", "sigsuspend(0)"}) {
    SCOPED_TRACE(call);
    const std::string body = handled(std::string("      - r = ") + call + "\n",
                                     "  other:\n    start: asleep(t)\n    run:\n"
                                     "      - kill(t, SIGUSR1)\n");
    EXPECT_EQ(outcomes(body), Outcomes{"t.r=-4 n=1"});
  }
}

TEST(Signal, WithRestartSomeWaitsSleepOn) {
  for (const char* call : {"read(efd)", "futex_wait(w, 0)", "futex_waitv(w=0)"}) {
    SCOPED_TRACE(call);
    EXPECT_EQ(outcomes(restarted(call)), Outcomes{"t.r=0 n=1 stuck t"});
  }
}

TEST(Signal, WithRestartOthersStillGiveEintr) {
  for (const char* call : {"poll(efd=IN)", "ppoll(efd=IN)", "select(efd=IN)", "pselect(efd=IN)",
                           "pause()", "sigsuspend(0)"}) {
    SCOPED_TRACE(call);
    EXPECT_EQ(outcomes(restarted(call)), Outcomes{"t.r=-4 n=1"});
  }
}

TEST(Signal, ATimeoutIsNeverStartedAgain) {
  EXPECT_EQ(outcomes(restarted("futex_wait(w, 0, 1s)")),
            (Outcomes{"t.r=-4 n=1", "t.r=-110 n=0", "t.r=-110 n=1"}));
}

TEST(Signal, TakenByAnotherThreadTheCallIsMadeAgain) {
  Machine machine(R"(
objects: { efd: eventfd(0), n: word(0), go: word(0) }
observe: [n, t.r]
judge: []
threads:
  t:
    on SIGUSR1:
      - n = 1
    run:
      - r = poll(efd=IN)
  thief:
    - await go == 1
    - s = sigwait(sigset(SIGUSR1))
    - n = s
  other:
    - kill(process, SIGUSR1)
    - go = 1
)");
  machine.run("t");
  machine.run("other");
  EXPECT_FALSE(machine.asleep("t"));
  machine.run("thief");
  machine.run("t");
  EXPECT_TRUE(machine.asleep("t"));
  EXPECT_EQ(machine.value("n"), 10);
}

// ---- sigwait ------------------------------------------------------------------------------------

TEST(SigWait, TakesAPendingSignalWithoutItsHandler) {
  EXPECT_EQ(outcomes(handled("      - pthread_sigmask(SIG_BLOCK, sigset(SIGUSR1))\n"
                             "      - kill(self, SIGUSR1)\n"
                             "      - r = sigwait(sigset(SIGUSR1))\n")),
            Outcomes{"t.r=10 n=0"});
}

TEST(SigWait, WithoutTimeGivesEagain) {
  EXPECT_EQ(outcomes(handled("      - r = sigtimedwait(sigset(SIGUSR2), timeout=0)\n")),
            Outcomes{"t.r=-11 n=0"});
}

TEST(SigWait, TimedOutGivesEagain) {
  EXPECT_EQ(outcomes(handled("      - r = sigtimedwait(sigset(SIGUSR2), timeout=1s)\n")),
            Outcomes{"t.r=-11 n=0"});
}

TEST(SigWait, ByAnotherSignalOnlySigtimedwaitGivesEintr) {
  const std::string other = "  other:\n    start: asleep(t)\n    run:\n      - kill(t, SIGUSR1)\n";
  EXPECT_EQ(outcomes(handled("      - r = sigtimedwait(sigset(SIGUSR2))\n", other)),
            Outcomes{"t.r=-4 n=1"});
  EXPECT_EQ(outcomes(handled("      - r = sigwait(sigset(SIGUSR2))\n", other)),
            Outcomes{"t.r=0 n=1 stuck t"});
}

// ---- SIGPIPE ------------------------------------------------------------------------------------

std::string broken(const std::string& object, const std::string& lines) {
  return "objects: { p: " + object + ", n: word(0) }\n" + R"(
observe: [t.r, n]
judge: []
threads:
  t:
    on SIGPIPE:
      - fetch_add(n, 1)
    run:
      - close(p[0])
)" + lines;
}

TEST(SigPipe, ComesWithEpipe) {
  EXPECT_EQ(outcomes(broken("pipe", "      - r = write(p[1], 1)\n")), Outcomes{"t.r=-32 n=1"});
  EXPECT_EQ(outcomes(broken("socketpair", "      - r = send(p[1], 1)\n")), Outcomes{"t.r=-32 n=1"});
  EXPECT_EQ(outcomes(broken("socketpair", "      - r = write(p[1], 1)\n")),
            Outcomes{"t.r=-32 n=1"});
}

TEST(SigPipe, NotIfMsgNosignalSaysNo) {
  EXPECT_EQ(outcomes(broken("socketpair", "      - r = send(p[1], 1, MSG_NOSIGNAL)\n")),
            Outcomes{"t.r=-32 n=0"});
}

// ---- Sockets ------------------------------------------------------------------------------------

std::string on_sockets(const std::string& call, const std::string& event) {
  return R"(
objects: { s: socketpair, l: listener(0), c: socket, n: word(0) }
observe: [t.r, n]
judge: []
threads:
  t:
    on SIGUSR1:
      - n = 1
    run:
      - r = )" +
         call + R"(
  other:
    start: asleep(t)
    run:
)" + event;
}

TEST(SocketSignal, EndsTheWaits) {
  for (const char* call : {"recv(s[0], 1)", "read(s[0], 1)", "accept(l)"}) {
    SCOPED_TRACE(call);
    EXPECT_EQ(outcomes(on_sockets(call, "      - kill(t, SIGUSR1)\n")), Outcomes{"t.r=-4 n=1"});
  }
}

// Measured on Linux 6.18: two buffers of 2240 bytes.
TEST(SocketSignal, EndsAFullSendWithWhatHasGone) {
  EXPECT_EQ(outcomes(on_sockets("send(s[0], 100000)", "      - kill(t, SIGUSR1)\n")),
            Outcomes{"t.r=4480 n=1"});
}

// accept(2) finds the connection first, recv(2) of AF_UNIX the signal.
TEST(SocketSignal, AnEventWinsInAcceptAndNotInRecv) {
  Machine accepting(on_sockets("accept(l)", "      - connect(c, l)\n      - kill(t, SIGUSR1)\n"));
  accepting.run("t");
  accepting.run("other");
  accepting.run("t");
  EXPECT_GE(accepting.value("t.r"), 0);
  EXPECT_EQ(accepting.value("n"), 1);
  Machine receiving(
      on_sockets("recv(s[0], 1)", "      - send(s[1], 1)\n      - kill(t, SIGUSR1)\n"));
  receiving.run("t");
  receiving.run("other");
  receiving.run("t");
  EXPECT_EQ(receiving.value("t.r"), -4);
}

TEST(SocketSignal, OfTcpTheDataWinInRecv) {
  Machine machine("machine: { switches: [socket.family=tcp] }\n" +
                  on_sockets("recv(s[0], 1)", "      - send(s[1], 1)\n      - kill(t, SIGUSR1)\n"));
  machine.run("t");
  machine.run("other");
  machine.run("t");
  EXPECT_EQ(machine.value("t.r"), 1);
  EXPECT_EQ(machine.value("n"), 1);
}

// ---- Known-wrong variants -----------------------------------------------------------------------

std::string with_switch(const std::string& name, const std::string& body) {
  return "machine: { switches: [" + name + "] }\n" + body;
}

TEST(WrongSignal, WithoutTheFlagTheSleeperSleepsOn) {
  EXPECT_EQ(outcomes(with_switch("signal.forgets-flag", restarted("poll(efd=IN)"))),
            Outcomes{"t.r=0 n=0 stuck t"});
}

TEST(WrongSignal, PollIsMadeAgain) {
  EXPECT_EQ(outcomes(with_switch("poll.restarts", restarted("poll(efd=IN)"))),
            Outcomes{"t.r=0 n=1 stuck t"});
}

TEST(WrongSignal, BeatsAnEventThatCameFirst) {
  Machine machine(with_switch("eventfd.signal-first",
                              handled("      - r = read(efd)\n",
                                      "  other:\n    - write(efd, 1)\n    - kill(t, SIGUSR1)\n")));
  machine.run("t");
  machine.run("other");
  machine.run("t");
  EXPECT_EQ(machine.value("t.r"), -4);
}

// Two readers and a byte: the one that is interrupted must not keep the wake.
std::string two_readers() {
  return R"(
objects: { p: pipe, n: word(0) }
judge: []
threads:
  a:
    on SIGUSR1:
      - n = 1
    run:
      - read(p[0], 1)
  b:
    - read(p[0], 1)
  signaller:
    start: asleep(a) && asleep(b)
    run:
      - kill(a, SIGUSR1)
  writer:
    start: ended(signaller)
    run:
      - write(p[1], 1)
)";
}

TEST(WrongSignal, AnInterruptedReaderSwallowsTheWake) {
  EXPECT_EQ(outcomes(two_readers()), (Outcomes{"", "stuck b"}));
  Machine machine(with_switch("pipe.interrupted-swallows-wake", two_readers()));
  machine.run("a");
  machine.run("b");
  machine.run("signaller");
  while (machine.phase("a") != "signal: check") machine.step("a");
  machine.run("writer");
  machine.run("a");
  EXPECT_TRUE(machine.ended("a"));
  EXPECT_TRUE(machine.asleep("b"));
}

}  // namespace
}  // namespace wakesim::testing
