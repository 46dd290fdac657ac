// Model of epoll: epoll_create1, epoll_ctl, epoll_wait, epoll_pwait and epoll_pwait2.
//
// Kernel      fs/eventpoll.c, Linux 6.18.
// Covers      the ready list, the overflow list of a scan, level and edge, ONESHOT, EXCLUSIVE;
//             sleepers, timeouts; poll() of an epoll and epolls in epolls; items that belong to
//             open files; signals and their masks; the lockless look and what it misses.
// Leaves out  busy polling, EPOLLWAKEUP's effect on power, limits of users and of wake-up paths;
//             docs/models/epoll.md says why.
// One step    each region under ep->lock, each load of a file's condition, each plain store that
//             others see without the lock. ep->mtx is held from step to step: what needs it waits.
//
//       source of events                     epoll                        epoll_wait()
//       ----------------                     -----                        ------------
//       change the condition
//       walk the queue: callback  ------>  append to the ready list
//                                          wake one sleeper  ---------->  scan: ask each item again
//                                          wake who polls the epoll       report what is ready

#pragma once

#include "sim/program/builder.h"
#include "sim/program/catalogue.h"

namespace wakesim {

ModelTable epoll_model();

// May the scenario have an epoll?
bool has_epoll(const Builder& builder);
// Catalogue::hooks.after_objects: the epolls that calls may create ...
void make_epoll_pool(Builder& builder);
// ... and, once all files are known, the items of all epolls; those that are declared are
// registered before the first step.
void finish_epolls(Builder& builder);

}  // namespace wakesim
