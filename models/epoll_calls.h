// The parts of the epoll model that models/epoll.cpp puts together.

#pragma once

#include <vector>

#include "models/epoll_state.h"
#include "sim/program/catalogue.h"

namespace wakesim::epoll {

// models/epoll_file.cpp
ObjectRow object_row();
// The files that items of this epoll may stand for.
std::vector<file::FileId> watchable_files(const View& view, const Epoll& epoll);

// models/epoll_ctl.cpp
CallRow create_row();
CallRow create1_row();
CallRow ctl_row();
// EPOLLEXCLUSIVE goes with few other bits, and not with an epoll.
bool is_exclusive_allowed(const View& view, file::FileId target, std::uint32_t events);

// models/epoll_wait.cpp
CallRow wait_row();
CallRow pwait_row();
CallRow pwait2_row();

}  // namespace wakesim::epoll
