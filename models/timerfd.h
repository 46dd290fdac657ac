// Model of timerfd: a timer that counts its expirations and is read, polled and set anew.
//
// Kernel      fs/timerfd.c, kernel/time/hrtimer.c, Linux 6.18.
// Covers      timerfd_settime(), timerfd_gettime(), read, poll, close; timers that go off once or
//             periodically, TFD_TIMER_ABSTIME, TFD_TIMER_CANCEL_ON_SET with clock_settime(); the
//             timer's interrupt as an actor of its own.
// Leaves out  the clocks' own differences, alarm clocks, TFD_IOC_SET_TICKS;
//             docs/models/timerfd.md says why.
// One step    one critical section of the wait-queue lock. The interrupt takes it too.

#pragma once

#include "sim/program/catalogue.h"

namespace wakesim {

ModelTable timerfd_model();

// For the same object under another name.
ObjectRow timerfd_row();

}  // namespace wakesim
