// Model of FUTEX_FD: a descriptor that is a waiter of a futex word.
//
// Kernel      futex_fd(), futex_poll(), futex_close() and wake_futex() in kernel/futex.c, Linux
//             2.6.25, the last one that had them.
// Covers      futex_fd() as a call, poll, close; the signal; wakes and requeues that meet it.
// Leaves out  F_SETOWN and F_SETSIG later on; docs/models/futex_fd.md says why.
// One step    one hold of the bucket lock. The words, their queues and the wakes of threads are
//             those of today's kernel: models/futex.h.
//
// The descriptor's futex_q stands on the word's queue among those of threads. Nothing is compared
// when it is put there, and a wake takes it off for good.

#pragma once

#include "models/kernel.h"
#include "sim/program/builder.h"
#include "sim/program/catalogue.h"

namespace wakesim {

ModelTable futex_fd_model();

// Makes the files that calls of futex_fd() may open. Once, when all objects have been created.
void make_futex_fd_pool(Builder& builder);

}  // namespace wakesim

namespace wakesim::futex {

// What the calls that wake and requeue need to know about descriptors. wake_futex(): off the queue
// first, and then, one after the other, the signal and whoever polls.
bool is_descriptor(const View& view, EntryId waiter);
// The descriptor counts as a waiter that the calling thread has woken; false if it does not.
bool mark_descriptor(Step& step, EntryId waiter);
// Does the thread still have to tell a descriptor?
bool has_marked(const View& view, ThreadId waker);
void tell_descriptor(Step& step);
void effects_of_telling(Effects& effects);
// A requeue may take descriptors along to this word.
void effects_of_moving_descriptors(Effects& effects, WordId to);

}  // namespace wakesim::futex
