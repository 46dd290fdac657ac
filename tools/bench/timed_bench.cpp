// How many events a second timed runs take: pairs of threads that send each other tokens through
// eventfds of their own, on 4 CPUs. Every step counts as one event, whatever it costs the queue.

#include <benchmark/benchmark.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "models/catalogue.h"
#include "sim/program/compiler.h"
#include "sim/program/executor.h"
#include "sim/scenario/loader.h"
#include "sim/schedule/timed.h"

namespace wakesim {
namespace {

// Thread `self` is numbered from 1: ping i reads `a[i]` and writes `b[i]`, pong i the reverse.
std::string ping_pong(std::int64_t threads) {
  const std::string pairs = std::to_string(threads / 2);
  return "wakesim: 1\nname: bench/ping-pong\nabout: Pairs of threads, each with its own eventfd.\n"
         "machine: { cpus: 4 }\n"
         "objects:\n  a: eventfd[" +
         pairs + "](1)\n  b: eventfd[" + pairs +
         "](0)\n"
         "threads:\n"
         "  ping[" +
         pairs +
         "]:\n    - forever:\n"
         "        - read(a[self - 1])\n        - write(b[self - 1], 1)\n"
         "  pong[" +
         pairs +
         "]:\n    - forever:\n"
         "        - read(b[self - " +
         std::to_string(threads / 2 + 1) +
         "])\n"
         "        - write(a[self - " +
         std::to_string(threads / 2 + 1) + "], 1)\n";
}

std::unique_ptr<System> compile_timed(const std::string& text) {
  Diagnostics diagnostics;
  const ast::File file = load_scenario("bench.yaml", text, {}, diagnostics);
  std::unique_ptr<System> system;
  if (!diagnostics.has_errors()) {
    system = compile(file.instances.front(), file.sources, catalogue(),
                     {.layout = LayoutKind::Timed}, diagnostics);
  }
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    std::fprintf(stderr, "%s\n", render(diagnostic, file.sources).c_str());
  }
  if (system == nullptr) std::abort();
  return system;
}

void BM_TimedPingPong(benchmark::State& state) {
  const auto system = compile_timed(ping_pong(state.range(0)));
  const Executor executor(*system);
  constexpr std::uint64_t kEvents = 2'000'000;
  TimedStrategy strategy(executor, {.steps_max = kEvents});
  Execution execution;
  std::uint64_t events = 0;
  for (auto _ : state) {
    strategy.take(execution);
    events += execution.steps;
  }
  state.counters["events/s"] =
      benchmark::Counter(static_cast<double>(events), benchmark::Counter::kIsRate);
}
BENCHMARK(BM_TimedPingPong)->Arg(1'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

void BM_LoadManyThreads(benchmark::State& state) {
  const std::string text = ping_pong(state.range(0));
  for (auto _ : state) benchmark::DoNotOptimize(compile_timed(text));
}
BENCHMARK(BM_LoadManyThreads)->Arg(1'000)->Arg(10'000)->Arg(100'000)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace wakesim

BENCHMARK_MAIN();
