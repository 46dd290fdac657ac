// Who holds what a blocked thread needs, and whether that goes round in a circle.

#pragma once

#include <cstddef>
#include <vector>

#include "sim/program/executor.h"

namespace wakesim {

// The thread that must act before `thread` can go on, or -1.
std::int64_t owner_of(const Executor& executor, const std::byte* state, ThreadId thread);

// Blocked threads that wait for each other, in the order of waiting; empty if `thread` is in no
// such cycle.
std::vector<ThreadId> owner_cycle(const Executor& executor, const std::byte* state,
                                  ThreadId thread);

}  // namespace wakesim
