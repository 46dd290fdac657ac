// Model of the kernel's wait queues as kernel code sees them: a scenario's threads are tasks that
// run kernel code, so that a wait loop of a driver can be written down, broken and checked.
//
// Kernel      include/linux/wait.h, kernel/sched/wait.c, kernel/sched/core.c and
//             kernel/time/sleep_timeout.c, Linux 6.18.
// Covers      add_wait_queue and its kin, prepare_to_wait, finish_wait, set_current_state,
//             schedule, schedule_timeout, wake_up and its kin, waitqueue_active, wake_up_process.
// Leaves out  own callbacks, keys, priorities, wait_woken(), freezing, signals;
//             docs/models/wait_queue.md says why.
// One step    each function but schedule(), which is one step to go to sleep and one to come back.
//             A wake walks its queue in one step; docs/models/wait_queue.md says what that hides.

#pragma once

#include "sim/program/catalogue.h"

namespace wakesim {

ModelTable wait_queue_model();

}  // namespace wakesim
