// Model of poll(2), ppoll(2), select(2) and pselect(2).
//
// Kernel      fs/select.c, Linux 6.18.
// Covers      passes over the descriptors, poll_wait(), `triggered`, timeouts, poll_freewait();
//             POLLNVAL; select's bits, EBADF and ascending order.
// Leaves out  signal masks and EINTR (with signals), EFAULT, RLIMIT_NOFILE, busy polling, the
//             remaining time; docs/models/poll.md says why.
// One step    per descriptor: the look-up (where numbers can change), poll_wait(), each load of the
//             condition; then setting the task state, the sleep with what follows it, and
//             poll_freewait().
//
//        poller                                waker
//        ------                                -----
//        link                                  change the condition
//        look at the condition                 walk the queue: triggered = 1, wake
//        state = INTERRUPTIBLE
//        triggered? do not sleep : sleep
//        state = RUNNING, triggered = 0
//        look again ...

#pragma once

#include "sim/program/catalogue.h"

namespace wakesim {

ModelTable poll_model();

}  // namespace wakesim
