// How each state was first reached: its parent's number and the move taken there. 8 bytes a state.

#pragma once

#include <cstdint>

#include "sim/explore/mapping.h"

namespace wakesim {

struct Parent {
  std::uint32_t state = 0;
  std::uint16_t actor = 0;  // Index into Executor::actors().
  std::uint16_t choice = 0;
};

using Parents = MappedSequence<Parent>;

}  // namespace wakesim
