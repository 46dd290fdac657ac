// The default properties of every scenario, and how a broken one is told.

#pragma once

#include <string>
#include <vector>

#include "sim/explore/judge.h"

namespace wakesim {

class DefaultJudge : public Judge {
 public:
  std::vector<Finding> at_rest(const Executor& executor, const std::byte* state,
                               const std::vector<ThreadId>& doomed,
                               Occasion occasion) const override;
  Violation describe(const Executor& executor, const std::byte* state, const Finding& finding,
                     const Trace& trace) const override;
  bool applies(const System& system, const std::string& property,
               const ThreadId* thread) const override;
};

// Errors for names in `judge:` and `expect:` that are neither default properties nor the
// scenario's.
void check_property_names(const System& system, Diagnostics& diagnostics);

}  // namespace wakesim
