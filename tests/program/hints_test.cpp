// What is said to somebody who writes C: the spelling that scenarios have.

#include <gtest/gtest.h>

#include <string>

#include "models/spellings.h"
#include "tests/program/said_about.h"

namespace wakesim::testing {
namespace {

std::string without_source_lines(const std::string& text) {
  std::string kept;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = text.find('\n', begin);
    const std::string row = text.substr(begin, end - begin);
    if (!row.empty() && row.find("│") == std::string::npos) kept += row + '\n';
    begin = end + 1;
  }
  return kept;
}

// What is said about `line` in a thread `a`, without the source line.
std::string said(const std::string& line) {
  return without_source_lines(said_about(R"(wakesim: 1
name: t/t
about: x
constants: { SOON: 5, LATER: 5ms, NEVER: inf }
objects: { m: mutex, efd: eventfd(0), ep: epoll }
threads:
  a:
    - )" + line + "\n"));
}

// The same for an object `x`.
std::string said_of_object(const std::string& object) {
  return without_source_lines(said_about(R"(wakesim: 1
name: t/t
about: x
objects:
  x: )" + object + R"(
threads:
  a:
    - work 1ms
)"));
}

TEST(SpelledHere, CallsOfPthreads) {
  EXPECT_EQ(said("pthread_cancel(a)"),
            "t.yaml:8:7: error: there is no call `pthread_cancel`\n    write  cancel(a)\n");
  EXPECT_EQ(said("pthread_kill(a, SIGUSR1)"),
            "t.yaml:8:7: error: there is no call `pthread_kill`\n    write  kill(a, SIGUSR1)\n");
  EXPECT_EQ(said("pthread_join(a, NULL)"),
            "t.yaml:8:7: error: there is no call `pthread_join`\n    write  join(a)\n");
  EXPECT_EQ(said("pthread_mutex_lock(m)"),
            "t.yaml:8:7: error: there is no call `pthread_mutex_lock`\n    write  lock(m)\n");
}

TEST(SpelledHere, SignalsAndSemaphores) {
  EXPECT_EQ(said("raise(SIGUSR1)"),
            "t.yaml:8:7: error: there is no call `raise`\n    write  kill(self, SIGUSR1)\n");
  EXPECT_EQ(said("sem_wait(efd)"),
            "t.yaml:8:7: error: there is no call `sem_wait`\n"
            "    a semaphore is  s: eventfd(0, EFD_SEMAPHORE)\n"
            "    then sem_wait is read(s), sem_post write(s, 1)\n");
}

TEST(SpelledHere, AtomicOperations) {
  EXPECT_EQ(said("atomic_fetch_add(m, 1)"),
            "t.yaml:8:7: error: there is no call `atomic_fetch_add`\n"
            "    write  fetch_add(m, 1)\n");
}

TEST(SpelledHere, MasksWithoutTheirPrefix) {
  EXPECT_EQ(said("poll(efd=POLLIN)"),
            "t.yaml:8:16: error: nothing is called `POLLIN`\n    write  IN\n");
  EXPECT_EQ(said("epoll_ctl(ep, EPOLL_CTL_ADD, efd, EPOLLET)"),
            "t.yaml:8:41: error: nothing is called `EPOLLET`\n    write  ET\n");
}

TEST(SpelledHere, NothingThatIsACallHere) {
  for (const SpellingRow& row : spellings()) {
    const std::string call(row.name);
    EXPECT_NE(said(call + "(m)").find("there is no call `" + call + "`"), std::string::npos);
    EXPECT_EQ(row.here.empty(), !row.advice.empty()) << call;
  }
}

TEST(Durations, NeedAUnit) {
  const std::string hint = "    write  5ms, or 5ns if nanoseconds are meant\n";
  EXPECT_EQ(said("sleep 5"), "t.yaml:8:13: error: `5` has no unit\n" + hint);
  EXPECT_EQ(said("work 5"), "t.yaml:8:12: error: `5` has no unit\n" + hint);
  EXPECT_EQ(said("poll(efd=IN, timeout=5)"), "t.yaml:8:28: error: `5` has no unit\n" + hint);
  EXPECT_EQ(said("sleep SOON"),
            "t.yaml:8:13: error: `SOON` has no unit\n"
            "    durations end in ns, us, ms or s\n");
  EXPECT_EQ(said("poll(efd=IN, timeout=-1)"),
            "t.yaml:8:28: error: `-1` has no unit\n    write  inf  for a wait without an end\n");
}

TEST(Durations, ZeroAndForeverAreTheSameInEveryUnit) {
  for (const char* duration : {"0", "inf", "LATER", "NEVER", "2 * LATER", "1s + 5ms"}) {
    EXPECT_EQ(said("poll(efd=IN, timeout=" + std::string(duration) + ")"), "") << duration;
  }
}

TEST(Misuse, ANumberThatIsNoSignal) {
  const std::string hint = "    signals are 1 to 64; `wakesim models signal` lists their names\n";
  EXPECT_EQ(said("kill(a, 99)"), "t.yaml:8:15: error: no signal has the number `99`\n" + hint);
  EXPECT_EQ(said("sigwait(sigset(65))"),
            "t.yaml:8:22: error: no signal has the number `65`\n" + hint);
  EXPECT_EQ(said("kill(a, 0)"), "");
  EXPECT_EQ(said("kill(a, 64)"), "");
}

TEST(Misuse, ASignalInThePlaceOfASet) {
  const std::string message =
      "error: `SIGUSR1` is the number of a signal, not a set of signals\n"
      "    write  sigset(SIGUSR1)\n";
  EXPECT_EQ(said("pthread_sigmask(SIG_BLOCK, SIGUSR1)"), "t.yaml:8:34: " + message);
  EXPECT_EQ(said("sigwait(SIGUSR1)"), "t.yaml:8:15: " + message);
  EXPECT_EQ(said("ppoll(efd=IN, sigmask=SIGUSR1)"), "t.yaml:8:29: " + message);
  EXPECT_EQ(said("pthread_sigmask(SIG_BLOCK, sigset(SIGUSR1))"), "");
}

TEST(Misuse, ASignalInTheSetOfASignalfd) {
  const std::string message =
      "error: `SIGUSR1` is the number of a signal, not a set of signals\n"
      "    write  sigset(SIGUSR1)\n";
  EXPECT_EQ(said("signalfd(-1, SIGUSR1)"), "t.yaml:8:20: " + message);
  EXPECT_EQ(said_of_object("signalfd(SIGUSR1)"), "t.yaml:5:15: " + message);
  EXPECT_EQ(said_of_object("signalfd(0 | sigset(99))"),
            "t.yaml:5:26: error: no signal has the number `99`\n"
            "    signals are 1 to 64; `wakesim models signal` lists their names\n");
  EXPECT_EQ(said_of_object("signalfd(sigset(SIGUSR1, SIGKILL))"), "");
}

TEST(Misuse, SetsTakeAnyNumberOfSignals) {
  EXPECT_EQ(said("sigwait(sigset(SIGHUP, SIGINT, SIGQUIT, SIGTERM, SIGUSR1, SIGUSR2))"), "");
  EXPECT_EQ(said("sigwait(sigset(SIGHUP, SIGINT, SIGQUIT, SIGTERM, 65))"),
            "t.yaml:8:56: error: no signal has the number `65`\n"
            "    signals are 1 to 64; `wakesim models signal` lists their names\n");
}

TEST(Misuse, KillAndStopHaveNoHandler) {
  EXPECT_EQ(said("pthread_sigmask(SIG_BLOCK, sigset(SIGKILL, SIGSTOP))"), "");
  EXPECT_EQ(said("kill(a, SIGKILL)"),
            "t.yaml:8:15: error: `SIGKILL` acts on the whole process, which is not modelled\n"
            "    send a signal that has a handler, or end one thread:  cancel(THREAD)\n");
  EXPECT_EQ(said_about(R"(wakesim: 1
name: t/t
about: x
threads:
  a:
    on SIGSTOP:
      - pause()
    run:
      - pause()
)"),
            R"(t.yaml:6:5: error: `SIGSTOP` cannot have a handler: sigaction(2) gives EINVAL

  6 │     on SIGSTOP:
    │     ^^^^^^^^^^
    a signal that asks a program to end is SIGTERM
)");
}

TEST(Misuse, ATimerForNever) {
  const std::string message =
      "error: a timer cannot be set to `inf`\n"
      "    write  0  to stop it; without an interval it goes off once\n";
  EXPECT_EQ(said("timerfd_settime(efd, inf)"), "t.yaml:8:28: " + message);
  EXPECT_EQ(said("timerfd_settime(efd, 1ms, interval=NEVER)"),
            "t.yaml:8:42: error: a timer cannot be set to `NEVER`\n"
            "    write  0  to stop it; without an interval it goes off once\n");
  EXPECT_EQ(said("timerfd_settime(efd, -1ns)"), "");  // The kernel's to refuse.
}

// The kernel says what is wrong with these, so a program may ask.
TEST(Misuse, ErrorsOfTheKernelAreNoErrorsOfTheScenario) {
  EXPECT_EQ(said("epoll_wait(ep, maxevents=0, timeout=0)"), "");
}

}  // namespace
}  // namespace wakesim::testing
