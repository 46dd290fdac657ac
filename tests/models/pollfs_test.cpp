// Rules of pollfs as docs/models/pollfs.md assumes them, shown step by step or as the set of all
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

// One thread's lines about a nonblocking plfutex of the word `w`; observes its `r`.
std::string alone(const std::string& lines) {
  return R"(
objects:
  w: word(7)
  v: word(0)
  f: plfutex(w, O_NONBLOCK)
observe: [a.r]
judge: []
threads:
  a:
)" + lines;
}

// ---- plfutex ------------------------------------------------------------------------------------

TEST(Plfutex, IsArmedIfTheWordIsWhatWasWritten) {
  EXPECT_EQ(outcomes(alone("    - r = write(f, 7)\n")), Outcomes{"a.r=8"});
  EXPECT_EQ(outcomes(alone("    - r = write(f, 6)\n")), Outcomes{"a.r=-11"});
}

TEST(Plfutex, CanBeArmedOnlyAtRest) {
  const std::string lines = R"(
    - write(f, 7)
    - x = write(f, 7)
    - futex_wake(w, 1)
    - y = write(f, 7)
    - read(f)
    - z = write(f, 7)
    - r = 10000 * x + 100 * y + z
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=-161592"});  // EBUSY twice, then 8.
}

TEST(Plfutex, IsReadableBetweenTheWakeAndTheRead) {
  const std::string lines = R"(
    - write(f, 7)
    - p = poll(f=IN|OUT, timeout=0)
    - n = futex_wake(w, 1)
    - q = poll(f=IN|OUT, timeout=0)
    - v = read(f)
    - s = poll(f=IN|OUT, timeout=0)
    - r = 10000 * n + 1000 * p.n + 100 * q[0].revents + 10 * v + s.n
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=10110"});
  EXPECT_EQ(outcomes(with_switch("pollfs.poll-forgets-in", alone(lines))), Outcomes{"a.r=10010"});
  EXPECT_EQ(outcomes(with_switch("pollfs.futex-stays-fired", alone(lines))), Outcomes{"a.r=10111"});
}

TEST(Plfutex, ReadAtRestOrArmedHasNothing) {
  const std::string lines = R"(
    - x = read(f)
    - write(f, 7)
    - y = read(f)
    - r = 100 * x + y
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=-1111"});
  EXPECT_EQ(outcomes(with_switch("pollfs.nonblock-sleeps", alone(lines))),
            Outcomes{"a.r=0 stuck a"});
}

TEST(Plfutex, SizesThatAreNoRecordAreEinval) {
  const std::string lines = R"(
    - x = write(f, 7, 4)
    - write(f, 7)
    - futex_wake(w, 1)
    - y = read(f, 7)
    - z = read(f, 8)
    - r = 10000 * x + 100 * y + z
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=-222199"});
  EXPECT_EQ(outcomes(with_switch("pollfs.takes-short-reads", alone(lines))),
            Outcomes{"a.r=-219911"});
}

TEST(Plfutex, CountsAsAWaiterAndGoesAlongWithARequeue) {
  const std::string lines = R"(
    - write(f, 7)
    - x = futex_requeue(w, v, wake=0, requeue=1)
    - y = futex_wake(w, 1)
    - z = futex_wake(v, 1)
    - r = 100 * x + 10 * y + z
)";
  EXPECT_EQ(outcomes(alone(lines)), Outcomes{"a.r=101"});
}

TEST(Plfutex, CloseTakesItOffTheQueue) {
  EXPECT_EQ(outcomes(alone("    - write(f, 7)\n    - close(f)\n    - r = futex_wake(w, 1)\n")),
            Outcomes{"a.r=0"});
}

TEST(Plfutex, NoWakeFallsBetweenLookAndQueue) {
  const std::string body = R"(
objects:
  w: word(0)
  f: plfutex(w)
observe: [a.r]
judge: []
threads:
  a:
    - x = write(f, 0)
    - if x == 8: r = read(f)
  b:
    - w = 1
    - futex_wake(w, 1)
)";
  EXPECT_EQ(outcomes(body), (Outcomes{"a.r=0", "a.r=1"}));
  EXPECT_EQ(outcomes(with_switch("pollfs.futex-compares-apart", body)),
            (Outcomes{"a.r=0", "a.r=0 stuck a", "a.r=1"}));
}

TEST(Plfutex, OneOfTwoReadersGetsTheRecord) {
  Machine machine(R"(
objects:
  w: word(0)
  f: plfutex(w)
observe: [a.n, b.n]
judge: []
threads:
  a:
    - n = read(f)
  b:
    - n = read(f)
  c:
    - write(f, 0)
    - futex_wake(w, 1)
)");
  machine.run("a");
  machine.run("b");
  EXPECT_TRUE(machine.asleep("a"));
  machine.step("c", 2);
  EXPECT_EQ(machine.shown("f"), "fired");
  machine.run("c");
  EXPECT_FALSE(machine.asleep("a"));
  EXPECT_FALSE(machine.asleep("b"));
  machine.run("b");
  EXPECT_EQ(machine.value("b.n"), 1);
  EXPECT_EQ(machine.shown("f"), "-");
  machine.run("a");
  EXPECT_TRUE(machine.asleep("a"));
}

TEST(Plfutex, ASleepingReaderTakesASignal) {
  const std::string body = R"(
objects:
  w: word(0)
  f: plfutex(w)
  handled: word(0)
observe: [a.n]
judge: []
threads:
  a:
    on SIGUSR1:
      - handled = 1
    run:
      - n = read(f)
  b:
    start: asleep(a)
    run:
      - kill(a, SIGUSR1)
)";
  EXPECT_EQ(outcomes(body), Outcomes{"a.n=-4"});
}

// ---- plaio --------------------------------------------------------------------------------------

const char* const kDisk = R"(
objects:
  c: aio_context(2)
  d: plaio(c)
observe: [a.r, b.r]
judge: []
threads:
  a:
    - io_submit(c)
    - r = read(d)
  b:
    - io_submit(c)
    - p = poll(d=IN)
    - r = read(d)
)";

TEST(Plaio, EachReadTakesOneEvent) {
  EXPECT_EQ(outcomes(kDisk), Outcomes{"a.r=1 b.r=1"});
  EXPECT_TRUE(outcomes(with_switch("pollfs.aio-tells-nobody", kDisk))
                  .contains("a.r=0 b.r=0 stuck a stuck b"));
}

TEST(Plaio, GeteventsTakesFromTheSameRing) {
  const std::string body = R"(
objects:
  c: aio_context(1)
  d: plaio(c, O_NONBLOCK)
observe: [a.g, a.r]
judge: []
threads:
  a:
    - io_submit(c)
    - g = io_getevents(c, 1, 1)
    - r = read(d)
)";
  EXPECT_EQ(outcomes(body), Outcomes{"a.g=1 a.r=-11"});
}

TEST(Plaio, AnEpollAndAKqueueReportIt) {
  const auto reported_by = [](const std::string& object, const std::string& call) {
    return outcomes("objects:\n  c: aio_context(1)\n  d: plaio(c)\n  q: " + object +
                    "\nobserve: [a.n]\njudge: []\nthreads:\n  a:\n    - io_submit(c)\n    - e = " +
                    call + "\n    - n = e.n\n");
  };
  EXPECT_EQ(reported_by("epoll(watch(d, IN))", "epoll_wait(q, maxevents=1)"), Outcomes{"a.n=1"});
  EXPECT_EQ(reported_by("kqueue(watch(d, EVFILT_READ))", "kevent(q, nevents=1)"),
            Outcomes{"a.n=1"});
}

TEST(Plaio, CannotBeWritten) {
  const std::string body = R"(
objects:
  c: aio_context(1)
  d: plaio(c)
observe: [a.r]
judge: []
threads:
  a:
    - r = write(d, 1)
)";
  EXPECT_EQ(outcomes(body), Outcomes{"a.r=-22"});
}

// ---- plsignal, pltimer --------------------------------------------------------------------------

TEST(Plsignal, ReadTakesTheSignal) {
  const std::string body = R"(
objects:
  s: plsignal(sigset(SIGUSR1), O_NONBLOCK)
observe: [a.x, a.y]
judge: []
threads:
  a:
    - kill(process, SIGUSR1)
    - x = read(s)
    - y = read(s)
)";
  EXPECT_EQ(outcomes(body), Outcomes{"a.x=10 a.y=-11"});
}

TEST(Pltimer, ReadTakesTheExpirations) {
  const std::string body = R"(
objects:
  t: pltimer
observe: [a.x, a.p.n]
judge: []
threads:
  a:
    - timerfd_settime(t, 1ms)
    - x = read(t)
    - p = poll(t=IN, timeout=0)
)";
  EXPECT_EQ(outcomes(body), Outcomes{"a.x=1 a.p.n=0"});
}

}  // namespace
}  // namespace wakesim::testing
