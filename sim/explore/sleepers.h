// Who is held up in a state: where, on what, and by whom.

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/explore/result.h"
#include "sim/ids.h"
#include "sim/program/executor.h"

namespace wakesim {

// The thread that must act before `thread` can go on, or -1.
std::int64_t owner_of(const Executor& executor, const std::byte* state, ThreadId thread);

// Every blocked thread, in the order of declaration.
std::vector<Sleeper> sleepers_of(const Executor& executor, const std::byte* state);

}  // namespace wakesim
