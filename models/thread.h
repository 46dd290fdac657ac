// Model of what a program does with its threads: pthread_join.
//
// Library     pthread_join(3); nptl/pthread_join_common.c waits on the futex word that the kernel
//             clears when the thread exits.
// Covers      waiting for the end of a thread and taking its `return` value.
// Leaves out  detached threads, pthread_exit; joining twice gives the value twice.
// One step    the whole join: it is enabled once the thread has ended and its stores have reached
//             memory.

#pragma once

#include "sim/program/catalogue.h"

namespace wakesim {

ModelTable thread_model();

}  // namespace wakesim
