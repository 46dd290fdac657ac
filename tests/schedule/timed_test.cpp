// Virtual time: exact on small programs, fast on large ones, and never an execution that the
// exhaustive search does not know.

#include "sim/schedule/timed.h"

#include <gtest/gtest.h>

#include <set>
#include <string>
#include <vector>

#include "sim/trace/recorder.h"
#include "tests/schedule/programs.h"

namespace wakesim::testing {
namespace {

// "TIME cpu THREAD: line" for every step.
std::string timeline(const std::string& body, TimedOptions options = {}) {
  const auto system = compile_program(body);
  const Executor executor(*system);
  options.steps_kept = 1000;
  TimedStrategy strategy(executor, options);
  Execution execution;
  strategy.take(execution);
  const Recording recording = record(executor, execution.schedule);
  EXPECT_EQ(recording.moves_taken, execution.steps);
  std::string text = "\n";
  for (std::size_t i = 0; i < recording.moves_taken; ++i) {
    const TraceStep& step = recording.trace.steps[i];
    const TimedStep& time = strategy.times()[i];
    text += std::to_string(time.time_ns) + " " + (time.cpu < 0 ? "-" : std::to_string(time.cpu)) +
            " " + step.actor + ": " + step.text +
            (step.phase.empty() ? "" : " (" + step.phase + ")") + "\n";
  }
  return text;
}

TEST(TimedStrategy, LinesCostWhatTheTableSays) {
  // The switch to the thread takes 1200 ns, each store 20, the line with `work` 2 and what it says.
  EXPECT_EQ(timeline(R"(
objects: { x: word(0) }
threads:
  t:
    - x = 1
    - work 2us
    - x = 2
)"),
            R"(
1220 0 t: x = 1
3242 0 t: x = 2
)");
}

TEST(TimedStrategy, WorkAtTheHeadOfAProgramCountsToo) {
  EXPECT_EQ(timeline(R"(
objects: { x: word(0) }
threads:
  t:
    - work 5us
    - x = 1
)"),
            R"(
6220 0 t: x = 1
)");
}

TEST(TimedStrategy, OneCpuTakesItsThreadsInTurn) {
  EXPECT_EQ(timeline(R"(
machine: { cpus: 1 }
objects: { x: word(0) }
threads:
  a: [ "x = 1", "x = 2" ]
  b: [ "x = 3" ]
)"),
            R"(
1220 0 a: x = 1
1240 0 a: x = 2
2460 0 b: x = 3
)");
}

TEST(TimedStrategy, TwoCpusWorkAtTheSameTime) {
  EXPECT_EQ(timeline(R"(
machine: { cpus: 2 }
objects: { x: word(0) }
threads:
  a: [ "x = 1", "x = 2" ]
  b: [ "x = 3" ]
)"),
            R"(
1220 0 a: x = 1
1220 1 b: x = 3
1240 0 a: x = 2
)");
}

TEST(TimedStrategy, ASliceEndsInTheMiddleOfWork) {
  // 3 ms are over: b runs, then a does the rest of its work.
  EXPECT_EQ(timeline(R"(
machine: { cpus: 1 }
objects: { x: word(0) }
threads:
  a:
    - work 4ms
    - x = 1
  b: [ "x = 2" ]
)"),
            R"(
3002420 0 b: x = 2
4003640 0 a: x = 1
)");
}

TEST(TimedStrategy, ASleeperIsSwitchedToWhenItIsWoken) {
  EXPECT_EQ(timeline(R"(
machine: { cpus: 2 }
objects: { efd: eventfd(0) }
threads:
  reader:
    - n = read(efd)
  writer:
    - work 10us
    - write(efd, 1)
observe: [reader.n]
)"),
            R"(
1350 0 reader: n = read(efd)
11350 1 writer: write(efd, 1)
12630 0 reader: n = read(efd) (asleep)
)");
}

TEST(TimedStrategy, TimersFireOnTimeAndInTheirOrder) {
  EXPECT_EQ(timeline(R"(
machine: { cpus: 2 }
objects: { x: word(0) }
threads:
  late:
    - sleep 2ms
    - x = 1
  early:
    - sleep 1ms
    - x = 2
)"),
            R"(
1350 0 late: sleep 2ms
1350 1 early: sleep 1ms
1001350 - timer of early: the timeout of early fires
1002630 1 early: sleep 1ms (come back)
1002650 1 early: x = 2
2001350 - timer of late: the timeout of late fires
2002630 0 late: sleep 2ms (come back)
2002650 0 late: x = 1
)");
}

TEST(TimedStrategy, CancelledTimersNeverFire) {
  const auto system = compile_program(R"(
machine: { cpus: 2 }
objects: { efd: eventfd(0), x: word(0) }
threads:
  poller:
    - repeat 3000:
        - r = poll(efd=IN, timeout=10ms)
        - read(efd)
        - x = r.n
  writer:
    - repeat 3000:
        - await x == 0
        - write(efd, 1)
        - work 9us
)",
                                      LayoutKind::Timed);
  const Executor executor(*system);
  TimedStrategy strategy(executor, {});
  Execution execution;
  strategy.take(execution);
  EXPECT_EQ(strategy.statistics().timeouts, 1u);  // The writer gives up after the first.
}

TEST(TimedStrategy, AnInterruptSourceNeedsNoCpu) {
  EXPECT_EQ(timeline(R"(
machine: { cpus: 1 }
objects: { efd: eventfd(0), x: word(0) }
threads:
  busy:
    - work 1ms
    - x = 1
  device:
    role: interrupt
    run:
      - work 5us
      - eventfd_signal(efd)
)"),
            R"(
5080 - device: eventfd_signal(efd)
1001220 0 busy: x = 1
)");
}

TEST(TimedStrategy, ATimerfdGoesOffOnTimeAndItsPeriodsDoNotDrift) {
  // The second and the third expiration are 10 ms and 20 ms after the first, whatever the reader
  // does in between.
  EXPECT_EQ(timeline(R"(
machine: { cpus: 1 }
objects: { tick: timerfd }
threads:
  t:
    - timerfd_settime(tick, 5ms, interval=10ms)
    - repeat 2:
        - read(tick)
        - work 3ms
)"),
            R"(
1350 0 t: timerfd_settime(tick, 5ms, interval=10ms)
1502 0 t: read(tick)
5001430 - timer of tick: expire
5002710 0 t: read(tick) (asleep)
8002862 0 t: read(tick)
15001430 - timer of tick: expire
15002710 0 t: read(tick) (asleep)
25001430 - timer of tick: expire
)");
}

TEST(TimedStrategy, ATimerThatIsSetAnewGoesOffAtItsNewTime) {
  EXPECT_EQ(timeline(R"(
machine: { cpus: 1 }
objects: { tick: timerfd, tock: timerfd }
threads:
  t:
    - timerfd_settime(tick, 1ms)
    - timerfd_settime(tock, 7ms, flags=TFD_TIMER_ABSTIME)
    - timerfd_settime(tick, 9ms)
    - read(tock)
    - read(tick)
)"),
            R"(
1350 0 t: timerfd_settime(tick, 1ms)
1500 0 t: timerfd_settime(tock, 7ms, flags=TFD_TIMER_ABSTIME)
1650 0 t: timerfd_settime(tick, 9ms)
1800 0 t: read(tock)
7000080 - timer of tock: expire
7001360 0 t: read(tock) (asleep)
7001510 0 t: read(tick)
9001730 - timer of tick: expire
9003010 0 t: read(tick) (asleep)
)");
}

// A request is completed at once: how long a disk takes, no table says.
TEST(TimedStrategy, ADiskNeedsNoCpu) {
  EXPECT_EQ(timeline(R"(
machine: { cpus: 1 }
objects: { c: aio_context(1) }
threads:
  t:
    - io_submit(c)
    - work 1ms
    - io_getevents(c, 1, 1)
)"),
            R"(
1350 0 t: io_submit(c)
1430 - disk of c: complete
1510 - disk of c: complete (signal eventfd)
1590 - disk of c: complete (wake waiters)
1001502 0 t: io_getevents(c, 1, 1)
)");
}

TEST(TimedStrategy, WakeupsAreUsefulOrVain) {
  // A write wakes every poller, and a poller that finds the descriptor readable returns. Nobody
  // sleeps on the futex, and nobody waits for the room that the one read makes.
  const auto system = compile_program(R"(
machine: { cpus: 4 }
objects:
  efd: eventfd(0, EFD_NONBLOCK)
  x: word(0)
threads:
  poller[3]:
    - r = poll(efd=IN)
    - n = read(efd)
  writer:
    - futex_wake(x, 1)
    - work 50us
    - write(efd, 1)
observe:
  - poller[0].n
judge: []
)");
  const Executor executor(*system);
  TimedStrategy strategy(executor, {});
  Execution execution;
  strategy.take(execution);
  const TimedStatistics& totals = strategy.statistics();
  EXPECT_EQ(totals.wakeups, 3u);
  EXPECT_EQ(totals.wakeups_useful + totals.wakeups_vain, 3u);
  EXPECT_EQ(totals.wakes_of_nobody, 2u);
  EXPECT_EQ(totals.latency.count(), 3u);
  EXPECT_GE(totals.latency.percentile(50), 1200);
}

// Each ends like one of the executions that the search knows, in both layouts, and the steps of the
// timed layout are possible in the other one.
TEST(TimedStrategy, ExecutionsAreAmongThoseOfTheSearch) {
  for (const char* const body : small_programs()) {
    SCOPED_TRACE(body);
    const auto searched = compile_program(body);
    const auto known = outcomes_of_search(*searched);
    const Executor executor(*searched);
    std::vector<Schedule> schedules;
    for (const LayoutKind layout : {LayoutKind::Search, LayoutKind::Timed}) {
      const auto system = compile_program(body, layout);
      const Executor timed(*system);
      TimedStrategy strategy(timed, {.steps_kept = 10'000});
      Execution execution;
      strategy.take(execution);
      EXPECT_EQ(execution.end, Execution::End::Rest);
      EXPECT_EQ(known.count(observed(timed, execution.state)), 1u);
      const Recording recording = record(executor, execution.schedule);
      EXPECT_EQ(recording.moves_taken, execution.steps);
      EXPECT_EQ(observed(executor, recording.final_state), observed(timed, execution.state));
      schedules.push_back(execution.schedule);
    }
    EXPECT_EQ(schedules[0], schedules[1]);
  }
}

// Pairs that send each other tokens through eventfds of their own, `rounds` times.
std::string ping_pong(int pairs, int rounds) {
  const std::string n = std::to_string(pairs);
  const std::string times = std::to_string(rounds);
  return "machine: { cpus: 3 }\nobjects:\n  a: eventfd[" + n + "](1)\n  b: eventfd[" + n +
         "](0)\n  done: word(0)\nthreads:\n  ping[" + n + "]:\n    - repeat " + times +
         ":\n        - read(a[self - 1])\n        - write(b[self - 1], 1)\n"
         "    - fetch_add(done, 1)\n  pong[" +
         n + "]:\n    - repeat " + times + ":\n        - read(b[self - " +
         std::to_string(pairs + 1) + "])\n        - write(a[self - " + std::to_string(pairs + 1) +
         "], 1)\n    - fetch_add(done, 1)\nobserve: [done]\n";
}

TEST(TimedStrategy, AThousandThreadsAllGetDone) {
  const auto system = compile_program(ping_pong(500, 20), LayoutKind::Timed);
  const Executor executor(*system);
  TimedStrategy strategy(executor, {});
  Execution execution;
  strategy.take(execution);
  EXPECT_EQ(execution.end, Execution::End::Rest);
  EXPECT_EQ(observed(executor, execution.state), std::vector<std::int64_t>{1000});
  const TimedStatistics totals = strategy.statistics();
  EXPECT_EQ(totals.system_calls, 4u * 500 * 20);
  EXPECT_EQ(totals.wakeups_useful + totals.wakeups_vain, totals.wakeups);
  for (const std::int64_t busy : totals.cpu_ns) EXPECT_LE(busy, totals.time_ns + 10'000);

  // Again, to the last nanosecond.
  Execution again;
  strategy.take(again);
  EXPECT_EQ(again.state, execution.state);
  EXPECT_EQ(strategy.statistics().time_ns, totals.time_ns);
  EXPECT_EQ(strategy.statistics().thread_ns, totals.thread_ns);
  EXPECT_EQ(strategy.statistics().latency.percentile(99), totals.latency.percentile(99));
}

TEST(TimedStrategy, ABoundEndsAProgramThatNeverRests) {
  const auto system = compile_program(R"(
objects: { x: word(0) }
threads:
  t:
    - forever:
        - x = 1
        - x = 0
)");
  const Executor executor(*system);
  TimedStrategy strategy(executor, {.steps_max = 1000, .steps_kept = 10});
  Execution execution;
  strategy.take(execution);
  EXPECT_EQ(execution.end, Execution::End::Bound);
  EXPECT_EQ(execution.steps, 1000u);
  EXPECT_EQ(execution.schedule.size(), 10u);
}

TEST(LatencyHistogram, IsExactForSmallValuesAndCloseForLargeOnes) {
  LatencyHistogram latencies;
  for (std::int64_t i = 1; i <= 100; ++i) latencies.add(i);
  EXPECT_EQ(latencies.percentile(50), 50);
  EXPECT_EQ(latencies.percentile(99), 99);
  EXPECT_EQ(latencies.largest(), 100);
  LatencyHistogram large;
  for (std::int64_t i = 1; i <= 1000; ++i) large.add(i * 12'345);
  EXPECT_NEAR(static_cast<double>(large.percentile(90)), 900.0 * 12'345, 900.0 * 12'345 * 0.004);
}

}  // namespace
}  // namespace wakesim::testing
