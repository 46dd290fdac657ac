// `--find EXPR`: can this happen, and how? The question is a property `never EXPR`, and nothing
// else is judged beside it.

#pragma once

#include <string>
#include <vector>

#include "sim/explore/judge.h"

namespace wakesim {

class QuestionJudge : public Judge {
 public:
  std::vector<Finding> at_rest(const Executor& executor, const std::byte* state,
                               const std::vector<ThreadId>& doomed,
                               Occasion occasion) const override;
  Violation describe(const Executor& executor, const std::byte* state, const Finding& finding,
                     const Trace& trace) const override;
  bool applies(const System& system, const std::string& property,
               const ThreadId* thread) const override;
};

// "`ready == 1` is reached after 3 steps"
std::string reached_sentence(const System& system, const Trace& trace);

// The question of a compiled program, or null.
const CompiledProperty* find_question(const System& system);

}  // namespace wakesim
