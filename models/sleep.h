// Model of sleeping for a time: nanosleep(2), and the statement `sleep 5ms`.
//
// Kernel      kernel/time/hrtimer.c, hrtimer_nanosleep() and do_nanosleep(), Linux 6.18.
// Covers      nanosleep with any duration.
// Leaves out  clock_nanosleep, the remaining time, timer slack, signals, reading clocks;
//             docs/models/sleep.md says why.
// One step    starting the timer and going to sleep; coming back.

#pragma once

#include "sim/program/catalogue.h"

namespace wakesim {

ModelTable sleep_model();

}  // namespace wakesim
