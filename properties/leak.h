// Descriptors that a call opened during the run and that nobody will close any more.
//
// A leak is judged when the run has come to rest. A descriptor leaks if it was not declared and no
// thread that is left could still close it: all threads have ended, or its number is in no live
// local of an unfinished thread, in no shared word and in no queue. docs/decisions says why.

#pragma once

#include <cstddef>
#include <vector>

#include "models/file.h"
#include "sim/program/executor.h"
#include "sim/trace/trace.h"

namespace wakesim {

std::vector<file::OpenDescriptor> leaked_descriptors(const Executor& executor,
                                                     const std::byte* state);

// The step that opened the number as it is at the end of the trace; null if the trace has none.
const TraceStep* opening_step(const Executor& executor, const Trace& trace, std::int64_t number);

}  // namespace wakesim
