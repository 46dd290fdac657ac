#include "tests/schedule/programs.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "models/catalogue.h"
#include "properties/judges.h"
#include "sim/explore/check.h"
#include "sim/program/compiler.h"
#include "sim/scenario/loader.h"

namespace wakesim::testing {

std::unique_ptr<System> compile_program(const std::string& body, LayoutKind layout) {
  const std::string text = "wakesim: 1\nname: test/schedule\nabout: A test.\n" + body;
  Diagnostics diagnostics;
  const ast::File file = load_scenario("test.yaml", text, {}, diagnostics);
  std::unique_ptr<System> system;
  if (!diagnostics.has_errors() && !file.instances.empty()) {
    system = compile(file.instances[0], file.sources, catalogue(), {.layout = layout}, diagnostics);
  }
  if (system != nullptr) return system;
  std::string report;
  for (const Diagnostic& one : diagnostics.all()) report += render(one, file.sources) + "\n";
  ADD_FAILURE() << report << text;
  std::abort();
}

std::set<std::vector<std::int64_t>> outcomes_of_search(const System& system) {
  const CheckResult result = check(system, DefaultJudge(), {.whole_graph = true});
  EXPECT_TRUE(result.complete);
  std::set<std::vector<std::int64_t>> outcomes;
  for (const Outcome& outcome : result.outcomes) {
    std::vector<std::int64_t> values;
    for (const auto& [key, value] : outcome.values) values.push_back(value);
    outcomes.insert(std::move(values));
  }
  return outcomes;
}

std::vector<std::int64_t> observed(const Executor& executor, const std::vector<std::byte>& state) {
  std::vector<std::int64_t> values;
  for (const CompiledObservation& observation : executor.system().observations) {
    values.push_back(
        executor.evaluate(state.data(), executor.system().expressions[observation.code]));
  }
  return values;
}

std::vector<const char*> small_programs() {
  return {
      // Futex: a wake may come too early.
      R"(
machine: { cpus: 2 }
objects: { ready: word(0), seq: word(0) }
threads:
  waiter:
    - got = 0
    - forever:
        - if ready == 1: break
        - s = seq
        - futex_wait(seq, s)
    - got = 1
  waker:
    - ready = 1
    - fetch_add(seq, 1)
    - n = futex_wake(seq, 1)
observe: [waiter.got, waker.n]
judge: []
)",
      // Timers: two threads sleep, one call has a timeout.
      R"(
machine: { cpus: 1 }
objects: { x: word(0), efd: eventfd(0) }
threads:
  a:
    - sleep 2ms
    - fetch_add(x, 1)
  b:
    - sleep 1ms
    - old = xchg(x, 10)
  c:
    - r = poll(efd=IN, timeout=3ms)
    - n = r.n
observe: [x, b.old, c.n]
judge: []
)",
      // Devices: a timer whose periods are read, a disk, and sleeps in the same order.
      R"(
machine: { cpus: 2 }
objects: { tick: timerfd, c: aio_context(2), efd: eventfd(0), x: word(0) }
threads:
  a:
    - timerfd_settime(tick, 1ms, interval=2ms)
    - read(tick)
    - io_submit(c, efd)
    - read(tick)
    - fetch_add(x, 1)
  b:
    - sleep 2ms
    - g = io_getevents(c, 1, 1, timeout=2ms)
    - old = xchg(x, 10)
observe: [x, b.g, b.old]
judge: []
)",
      // Guards: await, a lock, a start condition, join.
      R"(
machine: { cpus: 2 }
objects: { go: word(0), x: word(0), m: mutex }
threads:
  first:
    - lock(m)
    - fetch_add(x, 1)
    - unlock(m)
    - go = 1
  second:
    - await go == 1
    - lock(m)
    - fetch_add(x, 1)
    - unlock(m)
  third:
    start: go == 1
    run:
      - y = x
  last:
    - join(second)
    - z = x
observe: [x, third.y, last.z]
judge: []
)",
      // Store buffers: both may read the old value.
      R"(
machine: { cpus: 2, memory: tso }
objects: { x: word(0), y: word(0) }
threads:
  a:
    - x = 1
    - r = y
  b:
    - y = 1
    - r = x
observe: [a.r, b.r]
judge: []
)",
      // A pipe, a herd of readers and an interrupt source.
      R"(
machine: { cpus: 2 }
objects: { efd: eventfd(0) }
threads:
  reader[2]:
    - n = 0
    - n = read(efd)
  device:
    role: interrupt
    run:
      - eventfd_signal(efd)
observe:
  - reader[0].n
  - reader[1].n
judge: []
)",
      // A signal for a thread that may not start yet: before its first line, or later.
      R"(
machine: { cpus: 2 }
objects: { go: word(0), x: word(0), seen: word(0) }
threads:
  late:
    start: go == 1
    on SIGUSR1:
      - x = 1
    run:
      - y = x
      - seen = 1
      - z = x
  other:
    - kill(late, SIGUSR1)
    - go = 1
observe: [late.y, late.z, x]
judge: []
)",
  };
}

}  // namespace wakesim::testing
