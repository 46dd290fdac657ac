// Runs a schedule once more and writes down what happens, for people.

#pragma once

#include <cstddef>
#include <vector>

#include "sim/program/executor.h"
#include "sim/trace/trace.h"

namespace wakesim {

struct Recording {
  Trace trace;
  std::vector<std::byte> final_state;
  std::size_t moves_taken = 0;  // Fewer than asked for if the schedule stopped fitting.
  Fault fault = Fault::None;    // Of the last step.
};

Recording record(const Executor& executor, const Schedule& schedule);

}  // namespace wakesim
