// Model of FreeBSD's kqueue: kevent(2) on descriptors of this project's kernel.
//
// Kernel      sys/kern/kern_event.c, FreeBSD 11; the files that are watched are Linux's.
// Covers      knotes keyed by descriptor and filter; EVFILT_READ, EVFILT_WRITE, EVFILT_USER;
//             EV_ADD, DELETE, ENABLE, DISABLE, CLEAR, ONESHOT, DISPATCH; changes and events in one
//             call; several threads at one kqueue; poll() of a kqueue; closed descriptors.
// Leaves out  the other filters, fflags, kqueues in kqueues, kqueue() as a call;
//             docs/models/kqueue.md says why.
// One step    one hold of kq_lock, with the lock of the file around it where a filter runs.
//
//       source of events                     kqueue                        kevent()
//       ----------------                     ------                        --------
//       change the condition
//       walk the queue: run the filter
//       if it holds  -------------------->  append the knote
//                                           wake all sleepers  ---------->  run the filter again
//                                           wake who polls the kqueue       report if it holds

#pragma once

#include "sim/program/builder.h"
#include "sim/program/catalogue.h"

namespace wakesim {

ModelTable kqueue_model();

// May the scenario have a kqueue?
bool has_kqueue(const Builder& builder);
// Catalogue::hooks.after_objects, once all files are known: the knotes; those that are declared are
// registered before the first step.
void finish_kqueues(Builder& builder);

}  // namespace wakesim
