// Which instructions can run for ever: the part of the program graph that decides whether the state
// graph may have cycles at all.

#pragma once

#include <cstdint>
#include <vector>

#include "sim/program/system.h"

namespace wakesim {

// For each instruction the number of the loop that holds it, the innermost that can run for ever,
// or 0. A counted loop (`repeat`, `for`) cannot: its counter comes back to an earlier value only
// when the loop is entered anew, from a loop around it.
std::vector<std::uint32_t> endless_loops(const Code& code);

}  // namespace wakesim
