// How many random executions a second one core takes, from the initial state to the end.

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
#include "sim/schedule/random.h"

namespace wakesim {
namespace {

// The cell of a file whose variant and axes are these.
std::unique_ptr<System> compile_cell(const std::string& path, const std::string& variant,
                                     const std::vector<std::pair<std::string, std::string>>& cell) {
  Diagnostics diagnostics;
  const ast::File file =
      load_scenario_file(std::string(WAKESIM_SOURCE_DIR) + "/" + path, {}, diagnostics);
  for (const ast::Instance& instance : file.instances) {
    if (instance.variant != variant || instance.cell != cell) continue;
    if (auto system = compile(instance, file.sources, catalogue(), {}, diagnostics)) return system;
  }
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    std::fprintf(stderr, "%s\n", render(diagnostic, file.sources).c_str());
  }
  std::fprintf(stderr, "no such cell in %s\n", path.c_str());
  std::abort();
}

void run(benchmark::State& state, const System& system) {
  const Executor executor(system, {.dead_data = false});
  RandomStrategy strategy(executor, {});
  Execution execution;
  std::uint64_t steps = 0;
  for (auto _ : state) {
    strategy.take(execution);
    steps += execution.steps;
  }
  state.counters["executions/s"] =
      benchmark::Counter(static_cast<double>(state.iterations()), benchmark::Counter::kIsRate);
  state.counters["steps"] =
      benchmark::Counter(static_cast<double>(steps), benchmark::Counter::kAvgIterations);
}

// P1(3,2): three threads that lock twice, in the steps that the comparison counts.
void BM_RandomMutexSteps(benchmark::State& state) {
  run(state, *compile_cell("scenarios/conformance/mutex2-steps.yaml", "",
                           {{"threads", "3"}, {"rounds", "2"}}));
}
BENCHMARK(BM_RandomMutexSteps);

// The same program over the futex model.
void BM_RandomMutexFutex(benchmark::State& state) {
  run(state, *compile_cell("scenarios/conformance/mutex2-futex.yaml", "correct",
                           {{"threads", "3"}, {"rounds", "2"}}));
}
BENCHMARK(BM_RandomMutexFutex);

}  // namespace
}  // namespace wakesim

BENCHMARK_MAIN();
