// Model of signalfd: pending signals as something to be read and polled.
//
// Kernel      fs/signalfd.c, kernel/signal.c, Linux 6.18.
// Covers      signalfd(2) as a call that opens or changes, read, poll; the wake when a signal is
//             sent.
// Leaves out  all of siginfo but the signal's number, several records in one read, fork;
//             docs/models/signalfd.md says why.
// One step    one critical section of the siglock.
//
// What a signalfd reports are the signals of whoever asks: its own and the process's.

#pragma once

#include "sim/program/builder.h"
#include "sim/program/catalogue.h"

namespace wakesim {

ModelTable signalfd_model();

// For the same object under another name.
ObjectRow signalfd_row();

// Makes the files that calls of signalfd() may open. Once, when all objects have been created.
void make_signalfd_pool(Builder& builder);

}  // namespace wakesim
