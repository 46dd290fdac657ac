// Checks that a step told the truth about itself: its footprint covers what it read and wrote, and
// lies inside its static future. A wrong footprint hides bugs from reductions, so it must be loud.

#pragma once

#include <cstddef>

#include "sim/program/executor.h"

namespace wakesim {

// `before` -> `after` by `move` gave `record`. Ends with an internal error if it lied.
void verify_step(const Executor& executor, const std::byte* before, const std::byte* after,
                 const Move& move, const StepRecord& record);

}  // namespace wakesim
