// Who can still be woken? A thread is live if it is enabled, or if some live actor's static future
// can change what it waits for. Blocked threads never reached that way are doomed for certain.
//
// Timers, spurious wakes and signals that nobody sent do not count as somebody who may still wake;
// but a thread whose own timer is armed is not doomed: the timer ends its wait. A device whose
// timer is armed is an actor that will act, so whom it may wake is not doomed; devices themselves
// are never among the doomed.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "sim/ids.h"
#include "sim/program/executor.h"

namespace wakesim {

std::vector<ThreadId> doomed_threads(const Executor& executor, const std::byte* state);

// Number of the first step, from 1, after which the thread was doomed to the end of the schedule; 0
// if it is not.
std::uint32_t doomed_since(const Executor& executor, std::span<const Move> schedule,
                           ThreadId thread);

}  // namespace wakesim
