// Model of FUTEX_FD: a descriptor that is a waiter of a futex word.
//
// Kernel      futex_fd(), futex_poll(), futex_close() and wake_futex() in kernel/futex.c, Linux
//             2.6.25, the last one that had them.
// Covers      futex_fd() as a call, poll, close; the signal; wakes and requeues that meet it.
// Leaves out  F_SETOWN and F_SETSIG later on; docs/models/futex_fd.md says why.
// One step    one hold of the bucket lock. The words, their queues and the wakes of threads are
//             those of today's kernel: models/futex.h.
//
// The futex_q is models/futex_pollable.h. Nothing is compared when it is put on the word's queue,
// and a wake takes it off for good.

#pragma once

#include "sim/program/builder.h"
#include "sim/program/catalogue.h"

namespace wakesim {

ModelTable futex_fd_model();

// Makes the files that calls of futex_fd() may open. Once, when all objects have been created.
void make_futex_fd_pool(Builder& builder);

}  // namespace wakesim
