// Model of kernel AIO as an event source: requests that a disk completes, an event ring, and the
// eventfd that a request may signal.
//
// Kernel      fs/aio.c, Linux 6.18.
// Covers      io_submit() with IOCB_FLAG_RESFD, io_getevents(), io_destroy(); completion as an
//             actor of its own, in any order.
// Leaves out  what is read or written, io_cancel(), IOCB_CMD_POLL, reading the ring without a call;
//             docs/models/aio.md says why.
// One step    one critical section (completion_lock, ring_lock, the locks of the two wait queues).

#pragma once

#include "sim/program/catalogue.h"

namespace wakesim {

ModelTable aio_model();

}  // namespace wakesim
