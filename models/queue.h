// Model of a bounded FIFO of numbers: the work queue between the threads of a program.
//
// Kernel      none: this is a data structure of the program, as a C++ programmer would write it,
//             under a lock that nobody doubts.
// Covers      push, pop, front, drain, remove, len.
// Leaves out  growing, blocking, iteration; docs/models/queue.md says why.
// One step    each operation, whole. They may stand in expressions and in `atomic:`.

#pragma once

#include <cstdint>

#include "sim/program/catalogue.h"

namespace wakesim {

ModelTable queue_model();

// Is the value in some queue of the scenario?
bool is_queued(const View& view, std::int64_t value);

}  // namespace wakesim
