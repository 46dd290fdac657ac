// Model of eventfd(2): a 64-bit counter and one wait queue shared by readers, writers and pollers.
//
// Kernel      fs/eventfd.c, Linux 6.18.
// Covers      read and write, blocking or not; EFD_SEMAPHORE; overflow; poll; eventfd(2) as a call;
//             eventfd_signal(), the kernel's own producers.
// Leaves out  signals, EFAULT, priority entries (irqfd); docs/models/eventfd.md says why.
// One step    one critical section of the wait-queue lock, which also guards the counter; the wake
//             is inside it. poll() reads the counter without the lock, in a step of its own.

#pragma once

#include "sim/program/builder.h"
#include "sim/program/catalogue.h"

namespace wakesim {

ModelTable eventfd_model();

// Makes the files that calls of eventfd() may open. Once, when all objects have been created.
void make_eventfd_pool(Builder& builder);

}  // namespace wakesim
