// Replaying and timed runs: the half of session.h that takes one schedule.

#include <fmt/format.h>

#include <algorithm>

#include "properties/question.h"
#include "sim/program/executor.h"
#include "sim/schedule/random.h"
#include "sim/schedule/timed.h"
#include "sim/schedule/token.h"
#include "sim/trace/recorder.h"
#include "tools/cli/finding.h"
#include "tools/cli/session.h"

namespace wakesim {
namespace {

void answer_question(const Executor& executor, const CompiledProperty& question,
                     Recording recording, Replayed& replayed) {
  const System& system = executor.system();
  const std::byte* end = recording.final_state.data();
  replayed.question = question.text;
  // The question is `never EXPR`: its code is EXPR.
  replayed.is_reached = executor.evaluate(end, system.expressions[question.code]) != 0;
  replayed.sentence = replayed.is_reached
                          ? reached_sentence(system, recording.trace)
                          : "`" + question.text + "` does not hold at the end of this execution";
  replayed.trace = std::move(recording.trace);
}

}  // namespace

std::variant<Replayed, std::string> replay_program(const Program& program, const std::string& token,
                                                   Reduction reduction) {
  // As `check` tells its counterexamples: with locals that nobody reads again.
  const Executor executor(*program.system,
                          {.collapse = reduction != Reduction::Raw, .dead_data = false});
  const auto head = read_token_head(token);
  if (!head) return "a token looks like wk1.VARIANT.DIGEST.RUNS";
  const auto schedule = read_runs(executor, head->runs);
  if (!schedule) {
    return fmt::format("the token names actors that {} does not have", full_title(program.subject));
  }

  Recording recording = record(executor, *schedule);
  Replayed replayed;
  replayed.moves = schedule->size();
  replayed.moves_taken = recording.moves_taken;
  replayed.is_same_program = head->digest == digest_text(program.system->digest);

  if (const CompiledProperty* question = find_question(*program.system)) {
    answer_question(executor, *question, std::move(recording), replayed);
    return replayed;
  }
  RunFinding broken = find_what_broke(executor, *schedule, recording);
  replayed.finding = std::move(broken.finding);
  replayed.sentence = std::move(broken.sentence);
  replayed.cause = std::move(broken.cause);
  replayed.doomed = std::move(broken.doomed);
  replayed.trace = std::move(recording.trace);
  return replayed;
}

const Program* find_program(const LoadedFile& file, const std::string& token) {
  const auto wanted = read_token_head(token);
  if (!wanted) return nullptr;
  for (const Program& program : file.programs) {
    // Tokens spell some characters of names differently: compare with a token of the program's own.
    const auto head = read_token_head(write_token(Executor(*program.system), {}));
    if (head && head->variant == wanted->variant && head->cell == wanted->cell) return &program;
  }
  return nullptr;
}

namespace {

void add_finding(RunFinding found, RunReport& report) {
  report.finding = std::move(found.finding);
  report.sentence = std::move(found.sentence);
  report.cause = std::move(found.cause);
}

// The steps once more, for people.
void add_trace(const Program& program, const Schedule& schedule,
               const std::vector<TimedStep>& times, RunReport& report) {
  // As `check` tells its counterexamples: with locals that nobody reads again.
  const Executor telling(*program.system, {.dead_data = false});
  Recording recording = record(telling, schedule);
  for (std::size_t i = 0; i < recording.trace.steps.size() && i < times.size(); ++i) {
    recording.trace.steps[i].time_ns = times[i].time_ns;
    recording.trace.steps[i].cpu = times[i].cpu;
    report.bands.push_back(times[i].running);
  }
  add_finding(find_what_broke(telling, schedule, recording), report);
  report.trace = std::move(recording.trace);
}

}  // namespace

RunReport run_program(const Program& program, const RunRequest& request) {
  // Dead locals are cleared to make equal situations equal bytes: nobody compares any here.
  const Executor executor(*program.system, {.dead_data = false});
  RunReport report;
  report.subject = program.subject;
  report.cpus = program.system->cpus;
  const auto& threads = program.system->threads;
  report.threads = static_cast<std::size_t>(std::count_if(
      threads.begin(), threads.end(), [](const ThreadInfo& info) { return !info.is_device; }));
  report.is_random = request.is_random;
  report.seed = request.seed;

  Execution execution;
  std::vector<TimedStep> times;
  if (request.is_random) {
    RandomOptions options{.seed = request.seed};
    if (request.steps_max > 0) options.steps_max = request.steps_max;
    RandomStrategy(executor, options).take(execution);
    report.totals.steps = execution.steps;
    report.has_trace = execution.steps <= request.steps_kept;
  } else {
    TimedOptions options;
    options.steps_kept = request.steps_kept;
    if (request.steps_max > 0) options.steps_max = request.steps_max;
    TimedStrategy strategy(executor, options);
    strategy.take(execution);
    report.totals = strategy.statistics();
    report.has_trace = execution.schedule.size() == execution.steps;
    times = strategy.times();
  }
  report.is_bounded = execution.end == Execution::End::Bound;
  if (report.has_trace) {
    add_trace(program, execution.schedule, times, report);
  } else {
    add_finding(find_what_broke(executor, execution), report);
  }
  return report;
}

}  // namespace wakesim
