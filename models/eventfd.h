// Model of eventfd(2): a 64-bit counter and one wait queue shared by readers, writers and pollers.
//
// Kernel      fs/eventfd.c, Linux 6.18.
// Covers      read and write, blocking or not; EFD_SEMAPHORE; overflow; poll; eventfd(2) as a call;
//             eventfd_signal(), the kernel's own producers.
// Leaves out  signals, EFAULT, priority entries (irqfd); docs/models/eventfd.md says why.
// One step    one critical section of the wait-queue lock, which also guards the counter; the wake
//             is inside it. poll() reads the counter without the lock, in a step of its own.

#pragma once

#include "models/file.h"
#include "sim/program/builder.h"
#include "sim/program/catalogue.h"
#include "sim/program/step.h"

namespace wakesim {

ModelTable eventfd_model();

// Makes the files that calls of eventfd() may open. Once, when all objects have been created.
void make_eventfd_pool(Builder& builder);

// eventfd_signal(), for other parts of the kernel that hold the context: one step, while
// `may_signal_eventfd`.
bool is_eventfd(const file::OpenFile& open);
bool may_signal_eventfd(const View& view, ThreadId thread, ObjectId eventfd);
void signal_eventfd(Step& step, ObjectId eventfd, std::uint32_t mask = 0);
void effects_of_eventfd_signals(Effects& effects);  // Of any eventfd.

}  // namespace wakesim
