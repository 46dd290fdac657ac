// How fast is a full search? The two benchmark problems of the conformance scenarios, judges on.
//
// transitions/s is what to compare with other checkers; bytes/state is the visited set, the parents
// and the loop edges, without the frontier.

#include <benchmark/benchmark.h>

#include <string>

#include "models/catalogue.h"
#include "properties/judges.h"
#include "sim/explore/check.h"
#include "sim/program/compiler.h"
#include "sim/scenario/loader.h"

namespace wakesim {
namespace {

// The program of one cell, or null: `cell` is the values of the axes, joined by commas.
std::unique_ptr<System> load_cell(const std::string& path, const std::string& variant,
                                  const std::string& cell) {
  Diagnostics diagnostics;
  const ast::File file = load_scenario_file(path, {}, diagnostics);
  for (const ast::Instance& instance : file.instances) {
    std::string values;
    for (const auto& [axis, value] : instance.cell) values += (values.empty() ? "" : ",") + value;
    if (values != cell || instance.variant != variant) continue;
    return compile(instance, file.sources, catalogue(), {}, diagnostics);
  }
  return nullptr;
}

void search(benchmark::State& state, const std::string& path, const std::string& variant,
            const std::string& cell, bool presized) {
  const auto system = load_cell(path, variant, cell);
  if (system == nullptr) {
    state.SkipWithError("no such cell; run this at the root of the project");
    return;
  }
  const DefaultJudge judge;
  CheckOptions options;
  CheckResult result;
  if (presized) options.presize = check(*system, judge, options).states;
  std::uint64_t transitions = 0;
  for (auto _ : state) {
    result = check(*system, judge, options);
    transitions += result.transitions;
  }
  state.counters["states"] = static_cast<double>(result.states);
  state.counters["transitions/s"] =
      benchmark::Counter(static_cast<double>(transitions), benchmark::Counter::kIsRate);
  state.counters["bytes/state"] = result.statistics.bytes_per_state;
}

BENCHMARK_CAPTURE(search, P1_4_3, "scenarios/conformance/mutex2-steps.yaml", "", "4,3", false)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(search, P1_4_3_presized, "scenarios/conformance/mutex2-steps.yaml", "", "4,3",
                  true)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(search, P2_4_4, "scenarios/conformance/semaphore-steps.yaml", "", "4", false)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(search, P2_4_4_presized, "scenarios/conformance/semaphore-steps.yaml", "", "4",
                  true)
    ->Unit(benchmark::kMillisecond);
BENCHMARK_CAPTURE(search, P1_3_2_over_futex, "scenarios/conformance/mutex2-futex.yaml", "correct",
                  "3,2", false)
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace wakesim

BENCHMARK_MAIN();
