// Model of pipe(2): a ring of pages between two descriptors, `p[0]` to read and `p[1]` to write.
//
// Kernel      fs/pipe.c, Linux 6.18.
// Covers      read and write of byte counts, merging into the last page, partial writes,
//             O_NONBLOCK, exclusive waits and hand-off, poll and `poll_usage`, closing an end.
// Leaves out  contents, packets (O_DIRECT), FIFOs, splice, SIGPIPE, fcntl; docs/models/pipe.md
//             says why.
// One step    one hold of the pipe's mutex, whatever it moves; each wake after it; each part of
//             wait_event_interruptible_exclusive(): queue, look, sleep and look, leave the queue.

#pragma once

#include "sim/program/catalogue.h"

namespace wakesim {

ModelTable pipe_model();

}  // namespace wakesim
