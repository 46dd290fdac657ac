// Model of pollfs, a file system for pollable objects that was proposed in May 2007 and not merged.
//
// Kernel      "pollfs: filesystem abstraction for pollable objects", 22 patches, Davi Arnaut, 2 May
//             2007: what the cover letter says. The rest is assumed, rule by rule:
//             docs/models/pollfs.md.
// Covers      plfutex, plaio, plsignal, pltimer as descriptors; blocking and nonblocking reads that
//             take a record; poll; for plfutex a write that arms it.
// Leaves out  what the records hold, the calls that open them.
// One step    one hold of the lock that guards what there is to take.
//
// One part reads for all objects, as the cover letter has it: blocking, O_NONBLOCK and the size of
// a record are decided here, and an object only says what it has and gives it away. plsignal and
// pltimer are the signalfd and the timerfd under the names of 2007.

#pragma once

#include "sim/program/catalogue.h"

namespace wakesim {

ModelTable pollfs_model();

}  // namespace wakesim
