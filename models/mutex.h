// Model of an ideal mutex: for the parts of a program that are not in question.
//
// Kernel      none: no futex, no queue, no fairness. A real mutex is written with the futex calls.
// Covers      lock, trylock, unlock; who owns it; cycles of owners (no-deadlock).
// Leaves out  recursion, timeouts, priority inheritance, robustness; docs/models/mutex.md.
// One step    lock() is one guarded step: it can be taken only while the mutex is free. trylock(),
//             unlock() and holds() are one step each.

#pragma once

#include "sim/program/catalogue.h"

namespace wakesim {

ModelTable mutex_model();

}  // namespace wakesim
