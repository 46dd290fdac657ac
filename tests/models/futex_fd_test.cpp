// Rules of FUTEX_FD, kernel/futex.c of Linux 2.6.25, shown step by step or as the set of all
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

// One thread's lines about the words `w` and `v`; observes its `r`.
std::string alone(const std::string& lines) {
  return R"(
objects:
  w: word(0)
  v: word(0)
observe: [a.r]
judge: []
threads:
  a:
)" + lines;
}

// ---- One thread ---------------------------------------------------------------------------------

TEST(FutexFd, IsQueuedWhateverTheWordIs) {
  const std::string lines = R"(
    - w = 7
    - futex_fd(w)
    - r = futex_wake(w, 1)
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=1"});
}

TEST(FutexFd, IsReadableFromTheFirstWakeOn) {
  const std::string lines = R"(
    - fd = futex_fd(w)
    - p = poll(watch(fd, IN|OUT), timeout=0)
    - futex_wake(w, 1)
    - q = poll(watch(fd, IN|OUT), timeout=0)
    - s = poll(watch(fd, IN|OUT), timeout=0)
    - r = 100 * p.n + 10 * q[0].revents + s[0].revents
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=11"});
  EXPECT_EQ(outcomes(with_switch("futex_fd.poll-forgets-in", alone(lines))), Outcomes{"a.r=0"});
}

TEST(FutexFd, IsTakenOnce) {
  const std::string lines = R"(
    - futex_fd(w)
    - x = futex_wake(w, 5)
    - y = futex_wake(w, 5)
    - r = 10 * x + y
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=10"});
}

TEST(FutexFd, CountsAsAWaiterThatWasWoken) {
  const std::string lines = R"(
    - futex_fd(w)
    - f = futex_fd(w)
    - x = futex_wake(w, 1)
    - p = poll(watch(f, IN), timeout=0)
    - r = 10 * x + p.n
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=10"});
  EXPECT_EQ(outcomes(with_switch("futex_fd.does-not-count", alone(lines))), Outcomes{"a.r=1"});
}

TEST(FutexFd, GoesAlongWithARequeue) {
  const std::string lines = R"(
    - futex_fd(w)
    - x = futex_requeue(w, v, wake=0, requeue=1)
    - y = futex_wake(w, 1)
    - z = futex_wake(v, 1)
    - r = 100 * x + 10 * y + z
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=101"});
}

TEST(FutexFd, IsWokenByWakeOpOnEitherWord) {
  const std::string lines = R"(
    - futex_fd(w)
    - futex_fd(v)
    - r = futex_wake_op(w, v, 1, 1, FUTEX_OP_SET, 1, FUTEX_OP_CMP_EQ, 0)
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=2"});
}

TEST(FutexFd, CloseTakesItOffTheQueue) {
  const std::string lines = R"(
    - f = futex_fd(w)
    - close(f)
    - r = futex_wake(w, 1)
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=0"});
  EXPECT_EQ(outcomes(with_switch("futex_fd.close-stays-queued", alone(lines))), Outcomes{"a.r=1"});
}

TEST(FutexFd, CloseTakesItOffTheQueueItWasMovedTo) {
  const std::string lines = R"(
    - f = futex_fd(w)
    - futex_requeue(w, v, wake=0, requeue=1)
    - close(f)
    - r = futex_wake(v, 1)
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=0"});
}

TEST(FutexFd, CannotBeReadOrWritten) {
  const std::string lines = R"(
    - f = futex_fd(w)
    - x = read(f)
    - y = write(f, 1)
    - r = 100 * x + y
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=-909"});
}

TEST(FutexFd, NumbersThatAreNoSignalsAreEinval) {
  const std::string lines = R"(
    - x = futex_fd(w, -1)
    - y = futex_fd(w, 65)
    - z = futex_wake(w, 5)
    - r = 10000 * x + 10 * y + z
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=-220220"});
  EXPECT_EQ(outcomes(with_switch("futex_fd.takes-any-signal", alone(lines))),
            Outcomes{"a.r=30042"});  // Descriptors 3 and 4, both queued.
}

TEST(FutexFd, LastSignalNumberIsTaken) {
  EXPECT_EQ(outcomes(alone("    - f = futex_fd(w, 64)\n    - r = f > 0\n")), Outcomes{"a.r=1"});
}

TEST(FutexFd, AnEpollReportsIt) {
  const std::string body = R"(
objects:
  w: word(0)
  ep: epoll
observe: [a.r]
judge: []
threads:
  a:
    - f = futex_fd(w)
    - epoll_ctl(ep, EPOLL_CTL_ADD, f, IN|ET)
    - x = epoll_wait(ep, maxevents=1, timeout=0)
    - futex_wake(w, 1)
    - y = epoll_wait(ep, maxevents=1, timeout=0)
    - z = epoll_wait(ep, maxevents=1, timeout=0)
    - r = 100 * x.n + 10 * y.n + z.n
)";
  EXPECT_EQ(outcomes(body), Outcomes{"a.r=10"});
}

// ---- Several threads ----------------------------------------------------------------------------

// `sleeper` waits on the word, `poller` has a descriptor of it; who came first is up to the test.
const char* const kThreadAndDescriptor = R"(
objects:
  w: word(0)
observe: [poller.n, sleeper.r]
judge: []
threads:
  poller:
    - fd = futex_fd(w)
    - p = poll(watch(fd, IN))
    - n = p.n
  sleeper:
    - r = futex_wait(w, 0)
  waker:
    - k = futex_wake(w, 1)
)";

TEST(FutexFd, AThreadThatCameFirstIsWokenFirst) {
  Machine machine(kThreadAndDescriptor);
  machine.run("sleeper");
  machine.run("poller");
  machine.run("waker");
  machine.run("sleeper");
  EXPECT_TRUE(machine.ended("sleeper"));
  EXPECT_TRUE(machine.asleep("poller"));
}

TEST(FutexFd, ADescriptorThatCameFirstIsWokenInAThreadsPlace) {
  Machine machine(kThreadAndDescriptor);
  machine.run("poller");
  machine.run("sleeper");
  machine.run("waker");
  machine.run("poller");
  EXPECT_TRUE(machine.ended("poller"));
  EXPECT_EQ(machine.value("poller.n"), 1);
  EXPECT_TRUE(machine.asleep("sleeper"));
}

// The first step takes it off the queue, the second tells: poll() may see the one and then not
// need the other.
TEST(FutexFd, IsReadableBeforeThePollersAreWoken) {
  Machine machine(kThreadAndDescriptor);
  machine.run("poller");
  machine.step("waker");
  EXPECT_EQ(machine.phase("waker"), "wake");
  EXPECT_TRUE(machine.asleep("poller"));
  machine.step("waker");
  EXPECT_EQ(machine.events(), "woke poller, returned 1");
}

TEST(FutexFd, AWakeThatNobodyHearsLeavesThePollerAsleep) {
  Machine machine(with_switch("futex_fd.wakes-nobody", kThreadAndDescriptor));
  machine.run("poller");
  machine.run("waker");
  EXPECT_TRUE(machine.asleep("poller"));
}

TEST(FutexFd, EveryPollerIsWoken) {
  Machine machine(R"(
objects:
  w: word(0)
  shared: word(0)
observe: [a.n, b.n]
judge: []
threads:
  a:
    - fd = futex_fd(w)
    - shared = fd
    - p = poll(watch(fd, IN))
    - n = p.n
  b:
    - await shared != 0
    - fd = shared
    - p = poll(watch(fd, IN))
    - n = p.n
  waker:
    - futex_wake(w, 1)
)");
  machine.run("a");
  machine.run("b");
  machine.run("waker");
  machine.run("a");
  machine.run("b");
  EXPECT_EQ(machine.value("a.n"), 1);
  EXPECT_EQ(machine.value("b.n"), 1);
}

// A waker that has taken it off the queue tells nobody if it is closed by then, nor whoever has
// the next descriptor.
TEST(FutexFd, ClosedInTheHandsOfAWakerItIsForgotten) {
  Machine machine(R"(
objects:
  w: word(0)
observe: [a.n]
judge: []
threads:
  a:
    - fd = futex_fd(w)
    - close(fd)
    - fd = futex_fd(w)
    - p = poll(watch(fd, IN), timeout=0)
    - n = p.n
  waker:
    - futex_wake(w, 1)
)");
  machine.step("a");
  machine.step("waker");
  machine.run("a");
  machine.run("waker");
  EXPECT_TRUE(machine.ended("waker"));
  EXPECT_EQ(machine.value("a.n"), 0);
}

// Two descriptors and a thread in one wake: descriptors are told in the order of the queue, then
// the thread is woken.
TEST(FutexFd, SeveralAreToldInTheirOrder) {
  Machine machine(R"(
objects:
  w: word(0)
judge: []
threads:
  a:
    - fd = futex_fd(w)
    - poll(watch(fd, IN))
  b:
    - fd = futex_fd(w)
    - poll(watch(fd, IN))
  c:
    - futex_wait(w, 0)
  waker:
    - futex_wake(w, 3)
)");
  machine.run("b");
  machine.run("c");
  machine.run("a");
  machine.step("waker", 2);
  EXPECT_EQ(machine.events(), "woke b");
  machine.step("waker");
  EXPECT_EQ(machine.events(), "woke a");
  machine.step("waker");
  EXPECT_EQ(machine.events(), "woke c, returned 3");
}

TEST(FutexFd, RaceWithATestOfTheWord) {
  const auto racing = [](const std::string& poll) {
    return R"(
objects:
  w: word(0)
observe: [a.told]
judge: []
threads:
  a:
    - if w == 0:
        - fd = futex_fd(w)
        - )" +
           poll +
           R"(
    - told = 1
  waker:
    - w = 1
    - futex_wake(w, 1)
)";
  };
  EXPECT_EQ(outcomes(racing("poll(watch(fd, IN))")), (Outcomes{"a.told=0 stuck a", "a.told=1"}));
  EXPECT_EQ(outcomes(racing("if w == 0: poll(watch(fd, IN))")), Outcomes{"a.told=1"});
}

// ---- The signal ---------------------------------------------------------------------------------

// The descriptor's opener lets SIGUSR1 in, and so does another thread.
const char* const kSignal = R"(
objects:
  w: word(0)
  told: word(0)
observe: [told]
judge: []
threads:
  a:
    on SIGUSR1:
      - told = 1
    run:
      - futex_fd(w, SIGUSR1)
      - futex_wake(w, 1)
  b:
    on SIGUSR1:
      - told = 2
    run:
      - pause()
)";

TEST(FutexFd, AnyThreadOfTheProcessMayTakeTheSignal) {
  EXPECT_EQ(outcomes(kSignal), (Outcomes{"told=1 stuck b", "told=2", "told=2 stuck b"}));
  EXPECT_EQ(outcomes(with_switch("futex_fd.signals-thread", kSignal)), Outcomes{"told=1 stuck b"});
  EXPECT_EQ(outcomes(with_switch("futex_fd.sends-no-signal", kSignal)), Outcomes{"told=0 stuck b"});
}

TEST(FutexFd, WithoutANumberThereIsNoSignal) {
  const std::string body = R"(
objects:
  w: word(0)
  told: word(0)
observe: [told]
judge: []
threads:
  a:
    on SIGIO:
      - told = 1
    run:
      - futex_fd(w)
      - futex_wake(w, 1)
)";
  EXPECT_EQ(outcomes(body), Outcomes{"told=0"});
}

// do_each_pid_task() finds no task any more.
TEST(FutexFd, OfAThreadThatHasEndedThereIsNoSignal) {
  const std::string body = R"(
objects:
  w: word(0)
  told: word(0)
observe: [told]
judge: []
threads:
  opener:
    - futex_fd(w, SIGUSR1)
  a:
    on SIGUSR1:
      - told = 1
    run:
      - join(opener)
      - futex_wake(w, 1)
)";
  EXPECT_EQ(outcomes(body), Outcomes{"told=0"});
}

TEST(FutexFd, ASignalfdReportsTheSignal) {
  const std::string body = R"(
objects:
  w: word(0)
  s: signalfd(sigset(SIGIO))
observe: [a.r]
judge: []
threads:
  a:
    - p = poll(s=IN)
    - r = read(s)
  b:
    - futex_fd(w, SIGIO)
    - futex_wake(w, 1)
)";
  EXPECT_EQ(outcomes(body), Outcomes{"a.r=29"});
}

}  // namespace
}  // namespace wakesim::testing
