// What one execution breaks, told from where it ended.

#pragma once

#include <string>

#include "sim/program/executor.h"
#include "sim/schedule/strategy.h"
#include "sim/trace/recorder.h"
#include "tools/report/trace_text.h"

namespace wakesim {

struct RunFinding {
  TraceFinding finding;  // Empty property: nothing is broken. Sleepers are set in any case.
  std::string sentence;
  std::string cause;
};

// `recording` is of `schedule`, made with this executor.
RunFinding find_what_broke(const Executor& executor, const Schedule& schedule,
                           const Recording& recording);

// The same of an execution too long to be told step by step, in either layout. Of many threads that
// have not ended the first sixteen are judged.
RunFinding find_what_broke(const Executor& executor, const Execution& execution);

}  // namespace wakesim
