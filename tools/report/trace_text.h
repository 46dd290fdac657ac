// An execution as a table: time runs down, one column per thread, values at the right.

#pragma once

#include <string>
#include <vector>

#include "sim/explore/result.h"
#include "sim/trace/trace.h"
#include "tools/report/subject.h"
#include "tools/report/text.h"

namespace wakesim {

// What makes an execution a counterexample. Empty for one that is only shown.
struct TraceFinding {
  std::string property;
  std::string thread;
  std::string object;
  std::string sentence;
  std::uint32_t doomed_at = 0;
  std::vector<std::string> sleepers;  // Threads asleep when it ends.
};

// Which thread occupies each CPU when each step is taken: 1 + thread, or 0. Empty: not timed.
using CpuBands = std::vector<std::vector<std::uint32_t>>;

// The table. It never wraps a row: where the columns do not fit it drops objects that the
// finding does not name, then the arguments of calls and notes, and at last lists the steps without
// columns.
//
// With `bands`, virtual time and a band per CPU stand at the left.
std::string render_trace(const Subject& subject, const Trace& trace, const TraceFinding& finding,
                         const Page& page, const CpuBands& bands = {});

// The whole counterexample: the finding as a sentence, verdict, table, cause, and the line that
// repeats it.
std::string render_counterexample(const Subject& subject, const CheckResult& result,
                                  const Page& page);

}  // namespace wakesim
