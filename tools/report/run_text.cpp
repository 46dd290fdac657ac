#include <fmt/format.h>

#include <numeric>

#include "tools/report/run_report.h"

namespace wakesim {
namespace {

std::string plural(std::uint64_t count, const char* one, const char* many) {
  return grouped(count) + ' ' + (count == 1 ? one : many);
}

std::string nanoseconds(std::int64_t ns) { return grouped(static_cast<std::uint64_t>(ns)) + " ns"; }

// Of a random execution: there is no time in it.
std::string steps_and_seed(const RunReport& report, const Page& page) {
  return labelled(Text("steps", Ink::Strong),
                  fmt::format("{} of {}, in the order of seed {}", grouped(report.totals.steps),
                              plural(report.threads, "thread", "threads"), report.seed),
                  page);
}

std::string totals(const RunReport& report, const Page& page) {
  if (report.is_random) return steps_and_seed(report, page);
  const TimedStatistics& all = report.totals;
  std::string text;
  const auto add = [&](const char* label, const std::string& what) {
    text += labelled(Text(label, Ink::Strong), what, page);
  };

  const std::int64_t busy = std::accumulate(all.cpu_ns.begin(), all.cpu_ns.end(), std::int64_t{0});
  std::string time = fmt::format("{} on {}", nanoseconds(all.time_ns),
                                 plural(static_cast<std::uint64_t>(report.cpus), "CPU", "CPUs"));
  if (all.time_ns > 0) {
    time += fmt::format(", {:.0f} % busy", 100.0 * static_cast<double>(busy) /
                                               static_cast<double>(all.time_ns * report.cpus));
  }
  add("time", time);
  add("steps",
      fmt::format("{} of {}, {}", grouped(all.steps), plural(report.threads, "thread", "threads"),
                  plural(all.system_calls, "system call", "system calls")));
  add("wakeups",
      fmt::format("{} useful, {} vain; {} found nobody", grouped(all.wakeups_useful),
                  grouped(all.wakeups_vain), plural(all.wakes_of_nobody, "wake", "wakes")));
  add("switches",
      fmt::format("{}, of them {} at the end of a slice; {}",
                  plural(all.context_switches, "context switch", "context switches"),
                  grouped(all.preemptions), plural(all.migrations, "migration", "migrations")));
  if (all.latency.count() > 0) {
    add("latency",
        fmt::format("wakeup to running: median {}, 99 % within {}, worst {}",
                    nanoseconds(all.latency.percentile(50)),
                    nanoseconds(all.latency.percentile(99)), nanoseconds(all.latency.largest())));
  }
  return text;
}

}  // namespace

std::string render_run(const RunReport& report, std::size_t others, const Page& page) {
  std::string text;
  if (report.is_violated()) {
    for (const Text& line : wrap(Text(report.sentence, Ink::Strong), page.width)) {
      text += render(line, page) + '\n';
    }
    Text verdict("violated", Ink::Bad);
    verdict.add("  ").add(finding_name(report.finding.property), Ink::Strong);
    text += render(verdict.add("   ").add(full_title(report.subject)), page) + "\n\n";
  } else {
    Text title(full_title(report.subject), Ink::Strong);
    if (others > 0) title.add(fmt::format("  the first of {}", others + 1), Ink::Faint);
    text += render(title, page) + "\n\n";
  }

  if (report.has_trace) {
    text += render_trace(report.subject, report.trace, report.finding, page, report.bands) + '\n';
  }
  if (!report.cause.empty()) text += labelled(Text("why", Ink::Strong), report.cause, page);
  text += totals(report, page);
  if (report.is_bounded) {
    text += labelled(Text("bound", Ink::Warn),
                     fmt::format("stopped after {} steps", grouped(report.totals.steps)), page);
  }
  if (report.has_trace) {
    text += labelled_command(Text("again", Ink::Strong),
                             replay_command(report.subject, report.trace.token, page), page);
  }
  text += "one execution of many; all of them:\n";
  std::string all = fmt::format("{} check {}", page.program, shell_word(report.subject.file));
  for (const std::string& flag : report.subject.flags) all += ' ' + flag;
  return text + labelled_command("", all, page);
}

}  // namespace wakesim
