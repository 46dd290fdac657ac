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

#include "models/kernel.h"
#include "sim/program/builder.h"
#include "sim/program/catalogue.h"
#include "sim/program/step.h"

namespace wakesim {

ModelTable aio_model();

// For a descriptor on a context: who polls is woken behind each completion, from the first of these
// calls on. Taking an event is what io_getevents() does.
void add_aio_pollers(Builder& builder, ObjectId context);
const kernel::WaitQueue& aio_pollers(const View& view, ObjectId context);
std::uint32_t aio_events(const View& view, ObjectId context);
void take_aio_event(Step& step, ObjectId context);
void effects_of_aio_events(Effects& effects, ObjectId context);

}  // namespace wakesim
