#include "properties/question.h"

#include <algorithm>

#include "sim/program/system.h"
#include "sim/scenario/question.h"

namespace wakesim {

std::vector<Finding> QuestionJudge::at_rest(const Executor&, const std::byte*,
                                            const std::vector<ThreadId>&, Occasion) const {
  return {};
}

Violation QuestionJudge::describe(const Executor& executor, const std::byte*,
                                  const Finding& finding, const Trace& trace) const {
  Violation violation;
  violation.property = finding.property;
  violation.sentence = reached_sentence(executor.system(), trace);
  return violation;
}

bool QuestionJudge::applies(const System&, const std::string& property, const ThreadId*) const {
  return property == kQuestion;
}

std::string reached_sentence(const System& system, const Trace& trace) {
  const std::size_t steps = trace.steps.size();
  const std::string subject = "`" + find_question(system)->text + "`";
  if (steps == 0) return subject + " holds from the start";
  return subject + " is reached after " + std::to_string(steps) + (steps == 1 ? " step" : " steps");
}

const CompiledProperty* find_question(const System& system) {
  const auto found =
      std::find_if(system.properties.begin(), system.properties.end(),
                   [](const CompiledProperty& property) { return property.name == kQuestion; });
  return found == system.properties.end() ? nullptr : &*found;
}

}  // namespace wakesim
