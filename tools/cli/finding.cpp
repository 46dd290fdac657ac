#include "tools/cli/finding.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>
#include <vector>

#include "properties/judges.h"
#include "sim/explore/doomed.h"
#include "sim/scenario/question.h"

namespace wakesim {
namespace {

// Whether a sleeper's condition holds is asked on a copy of the whole state.
constexpr std::size_t kJudgedMax = 16;

std::string property_of(Fault fault) {
  switch (fault) {
    case Fault::FailedAssert:
      return "no-failed-assert";
    case Fault::InvalidUse:
      return "no-invalid-use";
    case Fault::Leak:
      return "no-leak";
    case Fault::None:
    case Fault::Bound:
      return "";
  }
  return "";
}

// Whether a state is one that is judged.
std::optional<Occasion> occasion_of(const Executor& executor, const std::byte* state) {
  bool only_timers = false;
  for (const Actor& actor : executor.actors()) {
    // Nobody can count on a spurious wake.
    if (actor.kind == ActorKind::Spurious || !executor.enabled(state, actor)) continue;
    if (actor.kind != ActorKind::Timer) return std::nullopt;
    only_timers = true;
  }
  return only_timers ? Occasion::TimersOnly : Occasion::Rest;
}

// The properties of `always` and `never` that the state breaks, at rest those of `finally` too.
// What
// `--find` asks for breaks nothing.
std::vector<Finding> broken_properties(const Executor& executor, const std::byte* state,
                                       bool at_rest) {
  std::vector<Finding> findings;
  const System& system = executor.system();
  for (const CompiledProperty& property : system.properties) {
    using enum ast::Property::Kind;
    const bool is_asked =
        property.kind == Always || property.kind == Never || (property.kind == Finally && at_rest);
    if (!is_asked || property.name == kQuestion) continue;
    const bool holds = executor.evaluate(state, system.expressions[property.code]) != 0;
    if (holds == (property.kind == Never)) findings.push_back({.property = property.name});
  }
  return findings;
}

// How an execution ended.
struct Ending {
  const std::byte* state = nullptr;
  std::optional<Occasion> occasion;
  std::vector<ThreadId> doomed;  // At rest.
  Fault fault = Fault::None;
  ThreadId last{};  // Who took the last step.

  bool is_at_rest() const { return occasion == Occasion::Rest; }
};

// What the run breaks, the headline first.
std::vector<Finding> findings_of(const Executor& executor, const Ending& ending) {
  std::vector<Finding> findings;
  if (ending.occasion) {
    findings = DefaultJudge().at_rest(executor, ending.state, ending.doomed, *ending.occasion);
  }
  if (const std::string property = property_of(ending.fault); !property.empty()) {
    findings.push_back({.property = property, .thread = ending.last, .has_thread = true});
  }
  for (Finding& finding : broken_properties(executor, ending.state, ending.is_at_rest())) {
    findings.push_back(finding);
  }

  std::erase_if(findings, [&executor](const Finding& finding) {
    return !DefaultJudge().applies(executor.system(), finding.property,
                                   finding.has_thread ? &finding.thread : nullptr);
  });
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    return headline_rank(a.property) < headline_rank(b.property);
  });
  return findings;
}

std::vector<std::string> sleepers_of(const Executor& executor, const std::byte* state) {
  std::vector<std::string> names;
  for (std::size_t t = 0; t < executor.system().thread_count(); ++t) {
    const auto thread = static_cast<ThreadId>(t);
    if (executor.is_asleep(state, thread)) names.push_back(executor.system().threads[t].name);
  }
  return names;
}

void tell(const Executor& executor, const std::byte* state, const Finding& headline,
          const Trace& trace, RunFinding& result) {
  const Violation violation = DefaultJudge().describe(executor, state, headline, trace);
  result.sentence = violation.sentence;
  result.cause = violation.cause;
  result.finding.property = headline.property;
  result.finding.thread = violation.thread;
  result.finding.object = violation.object;
}

}  // namespace

RunFinding find_what_broke(const Executor& executor, const Schedule& schedule,
                           const Recording& recording) {
  Ending ending{.state = recording.final_state.data(), .fault = recording.fault};
  ending.occasion = occasion_of(executor, ending.state);
  if (ending.is_at_rest()) ending.doomed = doomed_threads(executor, ending.state);
  if (recording.moves_taken > 0) ending.last = schedule[recording.moves_taken - 1].actor.thread;

  RunFinding result;
  result.finding.sleepers = sleepers_of(executor, ending.state);
  if (!ending.occasion) {
    for (const ThreadId thread : doomed_threads(executor, ending.state)) {
      result.doomed.push_back(executor.system().threads[index(thread)].name);
    }
  }
  const std::vector<Finding> findings = findings_of(executor, ending);
  if (findings.empty()) return result;
  tell(executor, ending.state, findings.front(), recording.trace, result);
  if (is_about_waiting(findings.front())) {
    const std::span moves(schedule.data(), recording.moves_taken);
    result.finding.doomed_at = doomed_since(executor, moves, findings.front().thread);
  }
  return result;
}

RunFinding find_what_broke(const Executor& executor, const Execution& execution) {
  Ending ending{.state = execution.state.data(), .fault = execution.fault};
  ending.last = execution.last.thread;
  if (execution.end == Execution::End::Rest) ending.occasion = Occasion::Rest;
  for (std::size_t t = 0; t < executor.system().thread_count(); ++t) {
    const auto thread = static_cast<ThreadId>(t);
    if (!ending.is_at_rest() || ending.doomed.size() == kJudgedMax) break;
    if (!executor.has_ended(ending.state, thread)) ending.doomed.push_back(thread);
  }
  RunFinding result;
  const std::vector<Finding> findings = findings_of(executor, ending);
  if (!findings.empty()) tell(executor, ending.state, findings.front(), {}, result);
  return result;
}

}  // namespace wakesim
