// Rules of unix(7), socket(7) and net/unix/af_unix.c, shown step by step or as the set of all
// outcomes. What a single thread sees was asked of a 6.18 kernel. Known-wrong variants stand at the
// end: each is caught by the outcome that it adds.

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

// One thread and its result `r`.
std::string alone(const std::string& objects, const std::string& lines) {
  return "objects:\n" + objects + "observe: [t.r]\njudge: []\nthreads:\n  t:\n" + lines;
}

constexpr const char* kPair = "  s: socketpair(SOCK_NONBLOCK)\n";
constexpr const char* kServer =
    "  l: listener(1, SOCK_NONBLOCK)\n"
    "  a: socket(SOCK_NONBLOCK)\n"
    "  b: socket(SOCK_NONBLOCK)\n"
    "  c: socket(SOCK_NONBLOCK)\n";

std::string mask_of(const std::string& socket) {
  return "    - q = poll(watch(" + socket +
         ", IN|OUT|PRI|RDHUP|RDNORM|WRNORM|WRBAND|RDBAND), timeout=0)\n"
         "    - r = q[0].revents\n";
}

std::string result(int value) { return "t.r=" + std::to_string(value); }

// ---- Counts -------------------------------------------------------------------------------------

TEST(Socket, ReceiveGivesWhatIsThere) {
  EXPECT_EQ(outcomes(alone(kPair, "    - send(s[0], 3)\n    - r = recv(s[1], 8)\n")),
            Outcomes{"t.r=3"});
}

TEST(Socket, ReceiveCrossesBuffersAndLeavesTheRest) {
  EXPECT_EQ(outcomes(alone(kPair,
                           "    - send(s[0], 3)\n"
                           "    - write(s[0], 4)\n"
                           "    - a = recv(s[1], 5)\n"
                           "    - b = pending(s[1])\n"
                           "    - c = read(s[1], 8)\n"
                           "    - r = 100 * a + 10 * b + c\n")),
            Outcomes{"t.r=522"});
}

TEST(Socket, EmptyReceiveIsEagainIfNonblocking) {
  EXPECT_EQ(outcomes(alone(kPair, "    - r = recv(s[0], 1)\n")), Outcomes{"t.r=-11"});
  EXPECT_EQ(outcomes(alone("  s: socketpair\n", "    - r = recv(s[0], 1, MSG_DONTWAIT)\n")),
            Outcomes{"t.r=-11"});
}

TEST(Socket, NoBytesAreWrittenAndReadAtOnceButReceiveWaits) {
  EXPECT_EQ(outcomes(alone(kPair, "    - r = read(s[0], 0)\n")), Outcomes{"t.r=0"});
  EXPECT_EQ(outcomes(alone(kPair, "    - r = recv(s[0], 0)\n")), Outcomes{"t.r=-11"});
  EXPECT_EQ(outcomes(alone(kPair, "    - r = send(s[0], 0)\n")), Outcomes{"t.r=0"});
  EXPECT_EQ(outcomes(alone(kPair, "    - close(s[1])\n    - r = write(s[0], 0)\n")),
            Outcomes{"t.r=-32"});
}

TEST(Socket, WaitallTakesWhatThereIsOnlyIfNonblocking) {
  EXPECT_EQ(outcomes(alone(kPair, "    - send(s[0], 3)\n    - r = recv(s[1], 8, MSG_WAITALL)\n")),
            Outcomes{"t.r=3"});
  EXPECT_EQ(outcomes(R"(
objects:
  s: socketpair
observe: [t.r]
judge: []
threads:
  t:
    - r = recv(s[1], 2, MSG_WAITALL)
  w:
    - send(s[0], 1)
    - send(s[0], 1)
)"),
            Outcomes{"t.r=2"});
}

// SIOCOUTQ of a 6.18 kernel: up to 192 bytes are charged with 768, a full buffer of 2240 with 4352.
TEST(Socket, BuffersAreChargedWithTheirTruesize) {
  const std::string fill =
      "    - n = 0\n"
      "    - while send(s[0], 1) == 1: n += 1\n";
  EXPECT_EQ(outcomes(alone(kPair, fill + "    - r = n\n")), Outcomes{"t.r=6"});
  EXPECT_EQ(outcomes(alone(kPair, "    - r = send(s[0], 9999)\n")), Outcomes{"t.r=4480"});
  EXPECT_EQ(outcomes(alone("  s: socketpair(SOCK_NONBLOCK, sndbuf=212992)\n",
                           "    - r = send(s[0], 999999)\n")),
            Outcomes{"t.r=219264"});
}

// Six buffers fill the socket; it is writable again when one is left.
TEST(Socket, WritableMeansThreeQuartersFree) {
  const std::string lines =
      "    - repeat 6: send(s[0], 1)\n"
      "    - repeat FREED: recv(s[1], 1)\n";
  const auto freed = [&lines](const char* count) {
    std::string text = lines;
    return text.replace(text.find("FREED"), 5, count);
  };
  EXPECT_EQ(outcomes(alone(kPair, freed("4") + mask_of("s[0]"))), Outcomes{"t.r=0"});
  EXPECT_EQ(outcomes(alone(kPair, freed("5") + mask_of("s[0]"))), Outcomes{result(0x304)});
  EXPECT_EQ(outcomes(alone(kPair, freed("1") + "    - r = send(s[0], 1)\n")), Outcomes{"t.r=1"});
}

TEST(Socket, HalfReadBufferFreesNothing) {
  EXPECT_EQ(outcomes(alone(kPair,
                           "    - send(s[0], 9999)\n"
                           "    - a = recv(s[1], 2239)\n"
                           "    - b = send(s[0], 1)\n"
                           "    - recv(s[1], 1)\n"
                           "    - c = send(s[0], 1)\n"
                           "    - assert a == 2239 && b == -11\n"
                           "    - r = c\n")),
            Outcomes{"t.r=1"});
}

// ---- How a connection ends ----------------------------------------------------------------------

TEST(Socket, MasksOfAConnection) {
  EXPECT_EQ(outcomes(alone(kPair, mask_of("s[0]"))), Outcomes{result(0x304)});
  EXPECT_EQ(outcomes(alone(kPair, "    - send(s[1], 1)\n" + mask_of("s[0]"))),
            Outcomes{result(0x345)});
  EXPECT_EQ(outcomes(alone(kPair, "    - shutdown(s[1], SHUT_WR)\n" + mask_of("s[0]"))),
            Outcomes{result(0x2345)});
  EXPECT_EQ(outcomes(alone(kPair, "    - shutdown(s[1], SHUT_RD)\n" + mask_of("s[0]"))),
            Outcomes{result(0x304)});
  EXPECT_EQ(outcomes(alone(kPair, "    - shutdown(s[1], SHUT_RD)\n" + mask_of("s[1]"))),
            Outcomes{result(0x2345)});
  EXPECT_EQ(outcomes(alone(kPair, "    - close(s[1])\n" + mask_of("s[0]"))),
            Outcomes{result(0x2355)});
  EXPECT_EQ(outcomes(alone(kPair, "    - send(s[0], 1)\n    - close(s[1])\n" + mask_of("s[0]"))),
            Outcomes{result(0x235d)});
}

TEST(Socket, MasksWithoutAConnection) {
  EXPECT_EQ(outcomes(alone(kServer, mask_of("a"))), Outcomes{result(0x314)});
  EXPECT_EQ(outcomes(alone(kServer, mask_of("l"))), Outcomes{"t.r=0"});
  EXPECT_EQ(outcomes(alone(kServer, "    - connect(a, l)\n" + mask_of("l"))),
            Outcomes{result(0x41)});
  EXPECT_EQ(outcomes(alone(kServer, "    - connect(a, l)\n" + mask_of("a"))),
            Outcomes{result(0x304)});
  EXPECT_EQ(outcomes(alone(kServer, "    - shutdown(l, SHUT_RD)\n" + mask_of("l"))),
            Outcomes{result(0x2041)});
}

TEST(Socket, AfterPeerCloseComesTheRestThenEndOfFile) {
  EXPECT_EQ(outcomes(alone(kPair,
                           "    - send(s[1], 3)\n"
                           "    - close(s[1])\n"
                           "    - a = recv(s[0], 8)\n"
                           "    - b = recv(s[0], 8)\n"
                           "    - c = recv(s[0], 8)\n"
                           "    - assert a == 3 && b == 0\n"
                           "    - assert c == 0\n"
                           "    - r = send(s[0], 1, MSG_NOSIGNAL)\n")),
            Outcomes{"t.r=-32"});
}

TEST(Socket, UnreadBytesResetTheOtherEndOnce) {
  EXPECT_EQ(outcomes(alone(kPair,
                           "    - send(s[1], 3)\n"
                           "    - send(s[0], 1)\n"
                           "    - close(s[1])\n"
                           "    - a = send(s[0], 1)\n"
                           "    - b = recv(s[0], 8)\n"
                           "    - c = recv(s[0], 8)\n"
                           "    - assert a == -EPIPE && b == 3\n"
                           "    - assert c == -ECONNRESET\n"
                           "    - r = recv(s[0], 8)\n")),
            Outcomes{"t.r=0"});
}

TEST(Socket, ShutdownHasDirections) {
  EXPECT_EQ(outcomes(alone(kPair,
                           "    - shutdown(s[1], SHUT_WR)\n"
                           "    - a = send(s[1], 1)\n"
                           "    - b = recv(s[0], 1)\n"
                           "    - c = send(s[0], 1)\n"
                           "    - d = recv(s[1], 1)\n"
                           "    - assert a == -EPIPE && b == 0\n"
                           "    - assert c == 1 && d == 1\n"
                           "    - r = shutdown(s[0], 7)\n")),
            Outcomes{"t.r=-22"});
  EXPECT_EQ(outcomes(alone(kPair,
                           "    - shutdown(s[1], SHUT_RD)\n"
                           "    - a = send(s[0], 1)\n"
                           "    - assert a == -EPIPE\n"
                           "    - r = recv(s[1], 1)\n")),
            Outcomes{"t.r=0"});
}

// The first look of send(2) says EPIPE; only who was past it is told about the reset.
TEST(Socket, SendLearnsOfAResetOnlyInItsMiddle) {
  EXPECT_EQ(outcomes(R"(
objects:
  s: socketpair
observe: [t.r]
judge: []
threads:
  t:
    - send(s[0], 1)
    - r = send(s[0], 1)
  c:
    - close(s[1])
)"),
            (Outcomes{"t.r=1", "t.r=-32", "t.r=-104"}));
}

// ---- Connections --------------------------------------------------------------------------------

TEST(Socket, AcceptedEndIsANewDescriptorWithFlagsOfItsOwn) {
  EXPECT_EQ(outcomes(alone(kServer,
                           "    - a0 = connect(a, l)\n"
                           "    - fd = accept4(l, SOCK_NONBLOCK)\n"
                           "    - n = recv(fd, 1)\n"
                           "    - assert a0 == 0 && n == -EAGAIN\n"
                           "    - send(a, 2)\n"
                           "    - r = recv(fd, 8)\n")),
            Outcomes{"t.r=2"});
  EXPECT_EQ(outcomes(alone(kServer, "    - r = accept4(l, 1)\n")), Outcomes{"t.r=-22"});
}

TEST(Socket, BacklogLetsOneMoreWait) {
  EXPECT_EQ(outcomes(alone(kServer,
                           "    - x = connect(a, l)\n"
                           "    - y = connect(b, l)\n"
                           "    - z = connect(c, l)\n"
                           "    - assert x == 0 && y == 0\n"
                           "    - assert z == -EAGAIN\n"
                           "    - again = connect(a, l)\n"
                           "    - assert again == -EAGAIN\n"
                           "    - accept(l)\n"
                           "    - again = connect(a, l)\n"
                           "    - assert again == -EISCONN\n"
                           "    - r = connect(c, l)\n")),
            Outcomes{"t.r=0"});
}

TEST(Socket, ShutOrClosedListenerRefuses) {
  EXPECT_EQ(outcomes(alone(kServer,
                           "    - connect(a, l)\n"
                           "    - shutdown(l, SHUT_RD)\n"
                           "    - x = connect(b, l)\n"
                           "    - y = accept(l)\n"
                           "    - z = accept(l)\n"
                           "    - assert x == -ECONNREFUSED && y > 0\n"
                           "    - assert z == -EAGAIN\n"
                           "    - close(l)\n"
                           "    - r = connect(b, l)\n")),
            Outcomes{"t.r=-111"});
}

TEST(Socket, ClosedListenerResetsWhoWaits) {
  EXPECT_EQ(outcomes(alone(kServer,
                           "    - connect(a, l)\n"
                           "    - send(a, 3)\n"
                           "    - close(l)\n"
                           "    - x = send(a, 1)\n"
                           "    - y = recv(a, 1)\n"
                           "    - assert x == -EPIPE && y == -ECONNRESET\n"
                           "    - r = recv(a, 1)\n")),
            Outcomes{"t.r=0"});
}

TEST(Socket, CallsOnTheWrongThing) {
  EXPECT_EQ(outcomes(alone(kServer,
                           "    - a0 = recv(a, 1)\n"
                           "    - a1 = send(a, 1)\n"
                           "    - a2 = accept(a)\n"
                           "    - assert a0 == -EINVAL && a1 == -ENOTCONN\n"
                           "    - assert a2 == -EINVAL\n"
                           "    - a0 = recv(l, 1)\n"
                           "    - a1 = send(l, 1)\n"
                           "    - a2 = connect(l, l)\n"
                           "    - assert a0 == -EINVAL && a1 == -ENOTCONN\n"
                           "    - assert a2 == -EINVAL\n"
                           "    - a0 = recv(99, 1)\n"
                           "    - a1 = recv(a, 1, 1)\n"
                           "    - assert a0 == -EBADF && a1 == -EOPNOTSUPP\n"
                           "    - r = shutdown(a, SHUT_RD)\n")),
            Outcomes{"t.r=0"});
  EXPECT_EQ(outcomes(alone("  p: pipe\n", "    - r = recv(p[0], 1)\n")), Outcomes{"t.r=-88"});
}

// get_unused_fd_flags() comes before the sleep.
TEST(Socket, AcceptTakesItsNumberBeforeItSleeps) {
  const std::string body = R"(
objects:
  l: listener
  a: socket
observe: [t.r, u.r]
judge: []
threads:
  t:
    - r = accept(l)
  u:
    - connect(a, l)
    - r = dup(a)
)";
  Machine machine(body);
  machine.run("t");
  EXPECT_TRUE(machine.asleep("t"));
  machine.run("u");
  machine.run("t");
  EXPECT_EQ(machine.value("t.r"), 5);
  EXPECT_EQ(machine.value("u.r"), 6);
  EXPECT_EQ(outcomes(body), (Outcomes{"t.r=5 u.r=6", "t.r=6 u.r=5"}));
}

TEST(Socket, AcceptThatFailsGivesItsNumberBack) {
  EXPECT_EQ(outcomes(alone(kServer,
                           "    - x = accept(l)\n"
                           "    - assert x == -EAGAIN\n"
                           "    - r = dup(a)\n")),
            Outcomes{"t.r=7"});
}

// ---- Waiting, step by step ----------------------------------------------------------------------

constexpr const char* kReceiver = R"(
objects:
  s: socketpair
observe: [t.r]
judge: []
threads:
  t:
    - r = recv(s[0], 1)
  w:
    - send(s[1], 1)
)";

TEST(Socket, DataIsQueuedOneStepBeforeTheWake) {
  Machine machine(kReceiver);
  machine.step("t");
  EXPECT_EQ(machine.phase("t"), "link and check");
  machine.step("t");
  EXPECT_EQ(machine.events(), "slept on s[0]");
  machine.step("w", 2);
  EXPECT_EQ(machine.phase("w"), "append");
  machine.step("w");
  EXPECT_EQ(machine.phase("w"), "wake peer");
  EXPECT_EQ(machine.shown("s"), "[0] 1 B; [1] 0 B");
  EXPECT_TRUE(machine.asleep("t"));
  machine.step("w");
  EXPECT_EQ(machine.events(), "woke t, returned 1");
}

TEST(Socket, ReceiverThatSeesTheDataInTimeDoesNotSleep) {
  Machine machine(kReceiver);
  machine.step("t");
  machine.step("w", 3);
  machine.step("t");
  EXPECT_EQ(machine.phase("t"), "locked");
  machine.step("w");
  EXPECT_EQ(machine.events(), "returned 1");  // Nobody is linked: no walk.
  EXPECT_EQ(outcomes(kReceiver), Outcomes{"t.r=1"});
}

TEST(Socket, ReceiverTellsTheSenderWhoseMemoryItFrees) {
  Machine machine(kReceiver);
  machine.run("w");
  machine.step("t");
  EXPECT_EQ(machine.phase("t"), "wake sender");
  EXPECT_EQ(machine.shown("s"), "[0] 0 B; [1] 0 B");
  machine.step("t");
  EXPECT_EQ(machine.events(), "returned 1");
}

// Both read the same socket: they are woken together, and one sleeps again.
constexpr const char* kTwoReceivers = R"(
objects:
  s: socketpair
observe: [a.r, b.r]
judge: []
threads:
  a:
    - r = recv(s[0], 4)
  b:
    - r = recv(s[0], 4)
  w:
    - send(s[1], 1)
)";

TEST(Socket, ReceiversAreAllWokenTheLastFirst) {
  Machine machine(kTwoReceivers);
  machine.run("a");
  machine.run("b");
  machine.step("w", 4);
  EXPECT_EQ(machine.events(), "woke b, woke a, returned 1");
  machine.run("b");
  machine.run("a");
  EXPECT_TRUE(machine.asleep("a"));
  EXPECT_EQ(outcomes(kTwoReceivers), (Outcomes{"a.r=1 b.r=0 stuck b", "a.r=0 b.r=1 stuck a"}));
}

// While one receive goes from buffer to buffer, the iolock keeps the others out.
TEST(Socket, OneReceiverAtATime) {
  Machine machine(R"(
objects:
  s: socketpair
observe: [a.r, b.r]
judge: []
threads:
  a:
    - send(s[1], 1)
    - send(s[1], 1)
    - r = recv(s[0], 2)
  b:
    - r = recv(s[0], 2)
)");
  machine.step("a", 8);
  machine.step("a");
  EXPECT_EQ(machine.phase("a"), "wake sender");
  machine.step("b");
  EXPECT_EQ(machine.phase("b"), "iolock");
  EXPECT_FALSE(machine.enabled("b"));
  machine.step("a");
  EXPECT_FALSE(machine.enabled("b"));
  machine.step("a", 2);
  EXPECT_EQ(machine.value("a.r"), 2);
  EXPECT_TRUE(machine.enabled("b"));
}

constexpr const char* kFullSender = R"(
objects:
  s: socketpair
observe: [t.r]
judge: []
threads:
  t:
    - r = send(s[0], 5000)
  w:
    - recv(s[1], 2240)
    - recv(s[1], 2240)
    - recv(s[1], 2240)
)";

TEST(Socket, LongSendWaitsForAQuarterAndGoesOn) {
  Machine machine(kFullSender);
  machine.run("t");
  EXPECT_TRUE(machine.asleep("t"));
  EXPECT_EQ(machine.shown("s"), "[0] 0 B, full; [1] 4480 B");
  machine.step("w");  // 2240 bytes: there is room, but the sender is not told.
  EXPECT_EQ(machine.events(), "returned 2240");
  EXPECT_TRUE(machine.asleep("t"));
  machine.step("w", 2);
  EXPECT_EQ(machine.events(), "woke t, returned 2240");
  machine.step("t");
  EXPECT_EQ(machine.phase("t"), "check");
  machine.step("t");
  EXPECT_EQ(machine.phase("t"), "finish wait");
  EXPECT_EQ(outcomes(kFullSender), Outcomes{"t.r=5000"});
}

constexpr const char* kTwoAcceptors = R"(
objects:
  l: listener
  c: socket
observe: [a.r, b.r]
judge: []
threads:
  a:
    - r = accept(l)
    - r = r > 0
  b:
    - r = accept(l)
    - r = r > 0
  t:
    - connect(c, l)
)";

TEST(Socket, OneConnectionWakesOneAcceptorTheFirst) {
  Machine machine(kTwoAcceptors);
  machine.run("a");
  machine.run("b");
  machine.step("t", 2);
  EXPECT_EQ(machine.phase("t"), "wake acceptor");
  machine.step("t");
  EXPECT_EQ(machine.events(), "woke a");
  EXPECT_TRUE(machine.asleep("b"));
  EXPECT_EQ(outcomes(kTwoAcceptors), (Outcomes{"a.r=1 b.r=0 stuck b", "a.r=0 b.r=1 stuck a"}));
}

constexpr const char* kTwoConnectors = R"(
objects:
  l: listener(0)
  c: socket[3]
observe: [a.r, b.r]
judge: []
threads:
  a:
    - r = connect(c[0], l)
  b:
    - r = connect(c[1], l)
  s:
    start: ended(f)
    run:
      - accept(l)
      - close(l)
  f:
    - connect(c[2], l)
)";

TEST(Socket, AcceptWakesOneConnectorAndCloseTheRest) {
  Machine machine(kTwoConnectors);
  machine.run("f");
  machine.run("a");
  machine.run("b");
  EXPECT_TRUE(machine.asleep("a"));
  EXPECT_EQ(machine.subject("a"), "l");
  EXPECT_EQ(machine.shown("l"), "1 pending");
  machine.step("s", 2);
  EXPECT_EQ(machine.phase("s"), "wake connector");
  machine.step("s");
  EXPECT_EQ(machine.events(), "woke a");
  machine.step("s", 3);
  machine.step("s");
  EXPECT_EQ(machine.events(), "woke b, returned 0");
  machine.run("b");
  EXPECT_EQ(machine.value("b.r"), -111);
}

TEST(Socket, ShutdownWakesThisEndThenTheOther) {
  Machine machine(R"(
objects:
  s: socketpair
observe: [a.r, b.r]
judge: []
threads:
  a:
    - r = recv(s[0], 1)
  b:
    - r = recv(s[1], 1)
  t:
    - shutdown(s[0], SHUT_RDWR)
)");
  machine.run("a");
  machine.run("b");
  machine.step("t", 2);
  EXPECT_EQ(machine.events(), "woke a");
  machine.step("t");
  EXPECT_EQ(machine.phase("t"), "wake peer");
  EXPECT_EQ(machine.shown("s"),
            "[0] 0 B, no more to read, no more to send; [1] 0 B, no more to read, no more to send");
  machine.step("t");
  EXPECT_EQ(machine.events(), "woke b, returned 0");
}

constexpr const char* kShutListener = R"(
objects:
  l: listener
observe: [a.r, b.r]
judge: []
threads:
  a:
    - r = accept(l)
  b:
    - r = accept(l)
  t:
    - shutdown(l, SHUT_RD)
)";

TEST(Socket, ShutdownOfAListenerEndsAllAccepts) {
  EXPECT_EQ(outcomes(kShutListener), Outcomes{"a.r=-22 b.r=-22"});
}

// Asked of a 6.18 kernel: unix_shutdown() does not look at peer_wait.
constexpr const char* kShutWithConnectors = R"(
objects:
  l: listener(0)
  c: socket[2]
observe: [a.r]
judge: []
threads:
  f:
    - connect(c[0], l)
  a:
    start: ended(f)
    run:
      - r = 7
      - r = connect(c[1], l)
  t:
    start: ended(f)
    run:
      - shutdown(l, SHUT_RD)
)";

TEST(Socket, ShutdownOfAListenerLeavesConnectorsAsleep) {
  EXPECT_EQ(outcomes(kShutWithConnectors), (Outcomes{"a.r=-111", "a.r=7 stuck a"}));
  EXPECT_EQ(outcomes(with_switch("socket.shutdown-wakes-connectors=yes", kShutWithConnectors)),
            Outcomes{"a.r=-111"});
}

TEST(Socket, SpuriousWakesChangeNothing) {
  const std::string head = "machine: { spurious: 1 }\n";
  Machine machine(head + kTwoConnectors);
  machine.run("f");
  machine.run("a");
  machine.wake_spuriously("a");
  machine.run("a");
  EXPECT_TRUE(machine.asleep("a"));
  Machine acceptors(head + kTwoAcceptors);
  acceptors.run("a");
  acceptors.wake_spuriously("a");
  acceptors.run("a");
  EXPECT_TRUE(acceptors.asleep("a"));
  Machine receiver(head + kReceiver);
  receiver.run("t");
  receiver.wake_spuriously("t");
  receiver.run("t");
  EXPECT_TRUE(receiver.asleep("t"));
}

// A walk that is cut holds the queue's lock meanwhile; nobody can tell the difference.
TEST(Socket, WalksMayBeCutAtEveryEntry) {
  for (const char* body : {kReceiver, kTwoReceivers, kFullSender, kTwoAcceptors, kTwoConnectors,
                           kShutListener, kShutWithConnectors}) {
    EXPECT_EQ(outcomes(with_switch("kernel.split-walks", body)), outcomes(body)) << body;
  }
}

TEST(Socket, ClosedListenerMayHaveManyToWake) {
  const std::string body = R"(
objects:
  l: listener(1)
  c: socket[3]
observe: [a.r, b.r, d.r]
judge: []
threads:
  a:
    - connect(c[0], l)
    - r = recv(c[0], 1)
  b:
    start: asleep(a)
    run:
      - connect(c[1], l)
      - r = recv(c[1], 1)
  d:
    start: asleep(b)
    run:
      - r = connect(c[2], l)
  s:
    start: asleep(d)
    run:
      - close(l)
)";
  EXPECT_EQ(outcomes(body), Outcomes{"a.r=-104 b.r=-104 d.r=-111"});
  EXPECT_EQ(outcomes(with_switch("kernel.split-walks", body)), outcomes(body));
}

// ---- TCP: the end of a connection ---------------------------------------------------------------

TEST(SocketTcp, CloseIsHalfACloseUntilDataComes) {
  EXPECT_EQ(outcomes(with_switch("socket.family=tcp",
                                 alone(kPair,
                                       "    - close(s[1])\n"
                                       "    - q = poll(watch(s[0], IN|OUT|RDHUP), timeout=0)\n"
                                       "    - assert q[0].revents == (IN|OUT|RDHUP)\n"
                                       "    - a = send(s[0], 1)\n"
                                       "    - q = poll(watch(s[0], IN|OUT|RDHUP), timeout=0)\n"
                                       "    - assert q[0].revents == (IN|OUT|RDHUP|HUP|ERR)\n"
                                       "    - b = recv(s[0], 1)\n"
                                       "    - c = send(s[0], 1)\n"
                                       "    - assert a == 1 && b == 0\n"
                                       "    - assert c == -EPIPE\n"
                                       "    - r = recv(s[0], 1)\n"))),
            Outcomes{"t.r=0"});
}

TEST(SocketTcp, ResetIsToldBySendToo) {
  EXPECT_EQ(outcomes(with_switch("socket.family=tcp", alone(kPair,
                                                            "    - send(s[0], 2)\n"
                                                            "    - close(s[1])\n"
                                                            "    - a = send(s[0], 1)\n"
                                                            "    - b = send(s[0], 1)\n"
                                                            "    - assert a == -ECONNRESET\n"
                                                            "    - assert b == -EPIPE\n"
                                                            "    - r = recv(s[0], 1)\n"))),
            Outcomes{"t.r=0"});
  EXPECT_EQ(outcomes(with_switch("socket.family=tcp", alone(kPair,
                                                            "    - shutdown(s[1], SHUT_WR)\n"
                                                            "    - send(s[0], 1)\n"
                                                            "    - close(s[1])\n"
                                                            "    - a = send(s[0], 1)\n"
                                                            "    - assert a == -EPIPE\n"
                                                            "    - r = recv(s[0], 1)\n"))),
            Outcomes{"t.r=0"});
}

TEST(SocketTcp, ShutRdIsNobodyElsesBusiness) {
  EXPECT_EQ(outcomes(with_switch("socket.family=tcp", alone(kPair,
                                                            "    - shutdown(s[1], SHUT_RD)\n"
                                                            "    - a = recv(s[1], 1)\n"
                                                            "    - b = send(s[0], 1)\n"
                                                            "    - assert a == 0 && b == 1\n"
                                                            "    - r = recv(s[1], 1)\n"))),
            Outcomes{"t.r=1"});
}

TEST(SocketTcp, DataForAnEndShutForBothResetsBoth) {
  EXPECT_EQ(outcomes(with_switch("socket.family=tcp", alone(kPair,
                                                            "    - shutdown(s[1], SHUT_RDWR)\n"
                                                            "    - a = send(s[0], 2)\n"
                                                            "    - b = send(s[0], 2)\n"
                                                            "    - assert a == 2 && b == -EPIPE\n"
                                                            "    - r = send(s[1], 2)\n"))),
            Outcomes{"t.r=-104"});
}

TEST(SocketTcp, AResetIsEpipeOnlyAfterTheFin) {
  EXPECT_EQ(outcomes(with_switch("socket.family=tcp", alone(kPair,
                                                            "    - shutdown(s[0], SHUT_RD)\n"
                                                            "    - send(s[0], 2)\n"
                                                            "    - close(s[1])\n"
                                                            "    - r = recv(s[0], 2)\n"))),
            Outcomes{"t.r=-104"});
}

TEST(SocketTcp, TwoFinsEndTheConnection) {
  EXPECT_EQ(
      outcomes(with_switch("socket.family=tcp", alone(kPair,
                                                      "    - shutdown(s[0], SHUT_WR)\n"
                                                      "    - a = shutdown(s[1], SHUT_WR)\n"
                                                      "    - b = shutdown(s[1], SHUT_WR)\n"
                                                      "    - assert a == 0 && b == -ENOTCONN\n" +
                                                          mask_of("s[0]")))),
      Outcomes{result(0x2155)});
  EXPECT_EQ(outcomes(with_switch("socket.family=tcp", alone(kPair,
                                                            "    - close(s[1])\n"
                                                            "    - shutdown(s[0], SHUT_WR)\n" +
                                                                mask_of("s[0]")))),
            Outcomes{result(0x2155)});
}

TEST(SocketTcp, ShutdownWakesTheOtherEndFirst) {
  const std::string body = with_switch("socket.family=tcp", R"(
objects:
  s: socketpair
observe: [a.r, b.r]
judge: []
threads:
  a:
    - r = recv(s[0], 1)
  b:
    - r = recv(s[1], 1)
  t:
    - shutdown(s[0], SHUT_RDWR)
)");
  Machine machine(body);
  machine.run("a");
  machine.run("b");
  machine.step("t", 3);
  EXPECT_EQ(machine.events(), "woke b");
  machine.step("t");
  EXPECT_EQ(machine.events(), "woke a, returned 0");
  EXPECT_EQ(outcomes(body), Outcomes{"a.r=0 b.r=0"});
}

TEST(SocketTcp, UnconnectedErrorsDiffer) {
  EXPECT_EQ(outcomes(with_switch("socket.family=tcp", alone(kServer,
                                                            "    - a0 = recv(a, 1)\n"
                                                            "    - a1 = send(a, 1)\n"
                                                            "    - assert a0 == -ENOTCONN\n"
                                                            "    - assert a1 == -EPIPE\n"
                                                            "    - r = shutdown(a, SHUT_WR)\n"))),
            Outcomes{"t.r=-107"});
}

// ---- Variants -----------------------------------------------------------------------------------

TEST(SocketSwitch, AcceptorsOfOldAreAllWoken) {
  Machine machine(with_switch("socket.accept-waits=all", kTwoAcceptors));
  machine.run("a");
  machine.run("b");
  machine.step("t", 3);
  EXPECT_EQ(machine.events(), "woke b, woke a");
}

TEST(SocketSwitch, WithoutDataReadyReceiversAndAcceptorsSleepOn) {
  EXPECT_TRUE(
      outcomes(with_switch("socket.data-ready-wakes-nobody", kReceiver)).contains("t.r=0 stuck t"));
  EXPECT_TRUE(outcomes(with_switch("socket.data-ready-wakes-nobody", kTwoAcceptors))
                  .contains("a.r=0 b.r=0 stuck a stuck b"));
}

TEST(SocketSwitch, AWakeBeforeTheDataIsLost) {
  EXPECT_EQ(outcomes(with_switch("socket.wakes-before-append", kReceiver)),
            (Outcomes{"t.r=1", "t.r=0 stuck t"}));
}

TEST(SocketSwitch, WithoutWriteSpaceSendersSleepOn) {
  EXPECT_TRUE(outcomes(with_switch("socket.read-wakes-nobody", kFullSender))
                  .contains("t.r=0 stuck t stuck w"));
}

TEST(SocketSwitch, WithoutAWakeFromAcceptConnectorsSleepOn) {
  const std::string body = R"(
objects:
  l: listener(0)
  c: socket[2]
observe: [a.r]
judge: []
threads:
  f:
    - connect(c[0], l)
  a:
    start: ended(f)
    run:
      - r = 7
      - r = connect(c[1], l)
  s:
    start: ended(f)
    run:
      - accept(l)
)";
  EXPECT_EQ(outcomes(body), Outcomes{"a.r=0"});
  EXPECT_EQ(outcomes(with_switch("socket.accept-wakes-nobody", body)),
            (Outcomes{"a.r=0", "a.r=7 stuck a"}));
}

TEST(SocketSwitch, ShutdownWithoutWakeIsNotSeen) {
  EXPECT_TRUE(outcomes(with_switch("socket.shutdown-wakes-nobody", kShutListener))
                  .contains("a.r=0 b.r=0 stuck a stuck b"));
}

TEST(SocketSwitch, StateChangeThatWakesOneLosesAnAcceptorOrAConnector) {
  EXPECT_EQ(outcomes(with_switch("socket.state-change-wakes-one", kShutListener)),
            (Outcomes{"a.r=-22 b.r=-22", "a.r=-22 b.r=0 stuck b", "a.r=0 b.r=-22 stuck a"}));
}

TEST(SocketSwitch, EndOfFileToldOnceMakesTheNextReceiveSleep) {
  const std::string body = alone("  s: socketpair\n",
                                 "    - r = 7\n"
                                 "    - shutdown(s[1], SHUT_WR)\n"
                                 "    - recv(s[0], 1)\n"
                                 "    - r = recv(s[0], 1)\n");
  EXPECT_EQ(outcomes(body), Outcomes{"t.r=0"});
  EXPECT_EQ(outcomes(with_switch("socket.eof-once", body)), Outcomes{"t.r=7 stuck t"});
}

TEST(SocketSwitch, ALookBeforeTheLinkLosesAWake) {
  EXPECT_EQ(outcomes(with_switch("socket.looks-before-linking", kReceiver)),
            (Outcomes{"t.r=1", "t.r=0 stuck t"}));
}

}  // namespace
}  // namespace wakesim::testing
