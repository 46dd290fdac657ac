// Blocked threads that wait for each other in a circle.

#pragma once

#include <cstddef>
#include <vector>

#include "sim/explore/sleepers.h"
#include "sim/program/executor.h"

namespace wakesim {

// Blocked threads that wait for each other, in the order of waiting; empty if `thread` is in no
// such cycle.
std::vector<ThreadId> owner_cycle(const Executor& executor, const std::byte* state,
                                  ThreadId thread);

}  // namespace wakesim
