#include "tools/cli/finding.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "properties/judges.h"
#include "sim/explore/doomed.h"

namespace wakesim {
namespace {

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

bool is_at_rest(const Executor& executor, const std::byte* state) {
  return std::none_of(executor.actors().begin(), executor.actors().end(),
                      [&](const Actor& actor) { return executor.enabled(state, actor); });
}

// The properties of `always` and `never` that the state breaks.
std::vector<Finding> broken_properties(const Executor& executor, const std::byte* state) {
  std::vector<Finding> findings;
  const System& system = executor.system();
  for (const CompiledProperty& property : system.properties) {
    using enum ast::Property::Kind;
    if (property.kind != Always && property.kind != Never) continue;
    const bool holds = executor.evaluate(state, system.expressions[property.code]) != 0;
    if (holds != (property.kind == Always)) findings.push_back({.property = property.name});
  }
  return findings;
}

// Default properties come first, in their order; then the scenario's own.
std::ptrdiff_t headline_order(const std::string& property) {
  return std::find(std::begin(kDefaultProperties), std::end(kDefaultProperties), property) -
         std::begin(kDefaultProperties);
}

// What the run breaks, the headline first.
std::vector<Finding> findings_of(const Executor& executor, const Schedule& schedule,
                                 const Recording& recording) {
  std::vector<Finding> findings;
  const std::byte* state = recording.final_state.data();
  if (is_at_rest(executor, state)) {
    findings =
        DefaultJudge().at_rest(executor, state, doomed_threads(executor, state), Occasion::Rest);
  }
  if (const std::string property = property_of(recording.fault); !property.empty()) {
    findings.push_back({.property = property,
                        .thread = schedule[recording.moves_taken - 1].actor.thread,
                        .has_thread = true});
  }
  for (Finding& finding : broken_properties(executor, state)) findings.push_back(finding);

  std::erase_if(findings, [&executor](const Finding& finding) {
    return !DefaultJudge().applies(executor.system(), finding.property,
                                   finding.has_thread ? &finding.thread : nullptr);
  });
  std::stable_sort(findings.begin(), findings.end(), [](const Finding& a, const Finding& b) {
    return headline_order(a.property) < headline_order(b.property);
  });
  return findings;
}

// The first step after which nobody could wake the thread any more; 0: none.
std::uint32_t doomed_at(const Executor& executor, const Schedule& schedule, std::size_t moves,
                        ThreadId thread) {
  StepRecord initial;
  std::vector<std::byte> state = executor.initial_state(initial);
  std::uint32_t since = 0;
  for (std::size_t i = 0; i < moves; ++i) {
    StepRecord record;
    executor.step(state.data(), schedule[i], record);
    const auto doomed = doomed_threads(executor, state.data());
    const bool is_doomed = std::find(doomed.begin(), doomed.end(), thread) != doomed.end();
    if (!is_doomed) {
      since = 0;
    } else if (since == 0) {
      since = static_cast<std::uint32_t>(i + 1);
    }
  }
  return since;
}

std::vector<std::string> sleepers_of(const Executor& executor, const std::byte* state) {
  std::vector<std::string> names;
  for (std::size_t t = 0; t < executor.system().thread_count(); ++t) {
    const auto thread = static_cast<ThreadId>(t);
    if (executor.is_asleep(state, thread)) names.push_back(executor.system().threads[t].name);
  }
  return names;
}

}  // namespace

RunFinding find_what_broke(const Executor& executor, const Schedule& schedule,
                           const Recording& recording) {
  RunFinding result;
  result.finding.sleepers = sleepers_of(executor, recording.final_state.data());
  const std::vector<Finding> findings = findings_of(executor, schedule, recording);
  if (findings.empty()) return result;

  const Finding& headline = findings.front();
  const Violation violation =
      DefaultJudge().describe(executor, recording.final_state.data(), headline, recording.trace);
  result.sentence = violation.sentence;
  result.cause = violation.cause;
  result.finding.property = headline.property;
  result.finding.thread = violation.thread;
  result.finding.object = violation.object;
  if (headline.has_thread) {
    result.finding.doomed_at =
        doomed_at(executor, schedule, recording.moves_taken, headline.thread);
  }
  return result;
}

}  // namespace wakesim
