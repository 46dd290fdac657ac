#include <nlohmann/json.hpp>

#include "tools/cli/version.h"
#include "tools/report/run_report.h"
#include "tools/report/trace_json.h"

namespace wakesim {
namespace {

using Json = nlohmann::ordered_json;

Json totals_json(const TimedStatistics& totals) {
  return {{"time_ns", totals.time_ns},
          {"steps", totals.steps},
          {"system_calls", totals.system_calls},
          {"context_switches", totals.context_switches},
          {"preemptions", totals.preemptions},
          {"migrations", totals.migrations},
          {"timeouts", totals.timeouts},
          {"wakeups", totals.wakeups},
          {"wakeups_useful", totals.wakeups_useful},
          {"wakeups_vain", totals.wakeups_vain},
          {"wakes_of_nobody", totals.wakes_of_nobody},
          {"latency_ns",
           {{"p50", totals.latency.percentile(50)},
            {"p90", totals.latency.percentile(90)},
            {"p99", totals.latency.percentile(99)},
            {"largest", totals.latency.largest()}}},
          {"cpu_ns", totals.cpu_ns}};
}

}  // namespace

std::string run_json(const RunReport& report, bool is_as_expected) {
  Json result = {{"scenario", report.subject.scenario},
                 {"file", report.subject.file},
                 {"variant", report.subject.variant},
                 {"cell", Json::object()},
                 {"verdict", report.is_violated() ? "violated" : "sampled"}};
  for (const auto& [axis, value] : report.subject.cell) result["cell"][axis] = value;
  if (report.is_violated()) {
    result["property"] = report.finding.property;
    if (!report.finding.thread.empty()) result["thread"] = report.finding.thread;
    if (!report.finding.object.empty()) result["object"] = report.finding.object;
    result["sentence"] = report.sentence;
    if (!report.cause.empty()) result["cause"] = report.cause;
  }
  result["as_expected"] = is_as_expected;
  result["executions"] = 1;
  if (report.is_bounded) result["bound"] = "steps";
  result["strategy"] = report.is_random ? "random" : "timed";
  if (report.is_random) {
    result["seed"] = report.seed;
    result["totals"] = {{"steps", report.totals.steps}};
  } else {
    result["totals"] = totals_json(report.totals);
  }
  if (report.has_trace) result["trace"] = trace_json(report.subject, report.trace);

  Json json = {{"wakesim", version()}, {"command", "run"}, {"as_expected", is_as_expected}};
  json["results"].push_back(std::move(result));
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

}  // namespace wakesim
