// Which instructions can run for ever: the part of the program graph that decides whether the state
// graph may have cycles at all.

#pragma once

#include <cstdint>
#include <vector>

#include "sim/program/system.h"

namespace wakesim {

// For each instruction the number of the strongly connected part of the program that holds it, or 0
// if that part has counted loops only: their counters never come back to an earlier value.
std::vector<std::uint32_t> endless_loops(const Code& code);

}  // namespace wakesim
