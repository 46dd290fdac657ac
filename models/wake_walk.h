// Between kernel.cpp and wake_walk.cpp: what a wake walk needs of the callbacks of tasks' entries.

#pragma once

#include "models/kernel.h"

namespace wakesim::kernel {

// default_wake_function and its kind; true if it counts as a successful wake.
bool run_task_callback(Step& step, EntryId entry, const WakeOptions& options);

}  // namespace wakesim::kernel
