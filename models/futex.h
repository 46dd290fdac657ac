// Model of futex(2): sleeping on a word of shared memory, and waking whoever sleeps there.
//
// Kernel      kernel/futex/{core,waitwake,requeue,syscalls}.c, Linux 6.18.
// Covers      WAIT, WAKE, their BITSET forms, REQUEUE, CMP_REQUEUE, WAKE_OP, futex_waitv; timeouts.
// Leaves out  priority inheritance, robust lists, real-time priorities, words that share a hash
//             bucket, signals; docs/models/futex.md says why. FUTEX_FD is models/futex_fd.h.
// One step    one critical section of a bucket lock: read the word, compare, queue; or find waiters
//             and unlink them. Each wake of wake_up_q(), which runs after the lock is dropped, is a
//             step of its own.
//
// futex_bucket.* is what happens under the lock, futex_wait.cpp, futex_waitv.cpp, futex_wake.cpp
// and futex_requeue.cpp are the calls.

#pragma once

#include "sim/program/catalogue.h"

namespace wakesim {

ModelTable futex_model();

}  // namespace wakesim
