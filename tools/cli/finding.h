// What one execution breaks, told from where it ended.

#pragma once

#include <string>
#include <vector>

#include "sim/program/executor.h"
#include "sim/schedule/strategy.h"
#include "sim/trace/recorder.h"
#include "tools/report/trace_text.h"

namespace wakesim {

struct RunFinding {
  TraceFinding finding;  // Empty property: nothing is broken. Sleepers are set in any case.
  std::string sentence;
  std::string cause;
  // Threads that nothing can wake any more although others go on. What is wrong with them is a
  // question about all that the others may still do, which one execution cannot answer.
  std::vector<std::string> doomed;
};

// `recording` is of `schedule`, made with this executor.
RunFinding find_what_broke(const Executor& executor, const Schedule& schedule,
                           const Recording& recording);

// The same of an execution too long to be told step by step, in either layout. Of many threads that
// have not ended the first sixteen are judged.
RunFinding find_what_broke(const Executor& executor, const Execution& execution);

}  // namespace wakesim
