// The report of `run`, held against its literal text.

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/tools/samples.h"
#include "tools/report/run_report.h"

namespace wakesim {
namespace {

RunReport timed_report() {
  RunReport report;
  report.subject = samples::fixed_subject();
  report.cpus = 2;
  report.threads = 2;
  report.totals.time_ns = 1390;
  report.totals.steps = 2;
  report.totals.system_calls = 1;
  report.totals.context_switches = 2;
  report.totals.wakes_of_nobody = 1;
  report.totals.cpu_ns = {1390, 1200};
  report.totals.latency.add(300);

  report.has_trace = true;
  report.trace = *samples::lost_wakeup().counterexample;
  report.trace.steps.erase(report.trace.steps.begin(), report.trace.steps.begin() + 2);
  report.trace.steps.resize(2);
  report.trace.steps[0].is_preemption = false;
  report.trace.steps[0].time_ns = 1220;
  report.trace.steps[1].time_ns = 1390;
  report.bands = {{1, 2}, {0, 2}};
  return report;
}

TEST(RunText, TimeAndCpusStandAtTheLeft) {
  EXPECT_EQ(render_run(timed_report(), 2, {.width = 80}),
            "futex/lost-wakeup, variant fixed  the first of 3\n"
            "\n"
            "step     ns  0  1  ■ waker                     ready\n"
            "────  ─────  ─  ─  ──────────────────────────  ─────\n"
            "                                                   0\n"
            "   3  1 220  ●  ■  L16 ready = 1                   1\n"
            "   4  1 390     ■  L17 futex_wake(seq, 1) → 0      1\n"
            "\n"
            "time      1 390 ns on 2 CPUs, 93 % busy\n"
            "steps     2 of 2 threads, 1 system call\n"
            "wakeups   0 useful, 0 vain; 1 wake found nobody\n"
            "switches  2 context switches, of them 0 at the end of a slice; 0 migrations\n"
            "latency   wakeup to running: median 300 ns, 99 % within 300 ns, worst 300 ns\n"
            "again     wakesim replay scenarios/futex/lost-wakeup.yaml wk1.buggy.7q2m4x.A2B2A\n"
            "one execution of many; all of them:\n"
            "          wakesim check scenarios/futex/lost-wakeup.yaml\n");
}

TEST(RunText, LongRunsAreToldByTheirTotals) {
  RunReport report = timed_report();
  report.has_trace = false;
  report.is_bounded = true;
  const std::string text = render_run(report, 0, {.width = 80});
  EXPECT_EQ(text.find("step "), std::string::npos) << text;
  EXPECT_NE(text.find("bound     stopped after 2 steps\n"), std::string::npos) << text;
}

TEST(RunText, JsonHasTheSameFacts) {
  const auto json = nlohmann::json::parse(run_json(timed_report(), true));
  EXPECT_EQ(json["command"], "run");
  const auto& result = json["results"][0];
  EXPECT_EQ(result["verdict"], "sampled");
  EXPECT_EQ(result["totals"]["time_ns"], 1390);
  EXPECT_EQ(result["totals"]["latency_ns"]["p99"], 300);
  EXPECT_EQ(result["trace"]["steps"].size(), 2u);
}

}  // namespace
}  // namespace wakesim
