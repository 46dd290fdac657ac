// Does what a sleeping thread waits for hold already?
//
// Asked in this order: the innermost `waits_for:`; for calls that return only with what they wait
// for (a read), the call's own condition; the exit of the innermost enclosing loop, found out by
// running the loop alone on a copy of the state; for calls that say what they watch (poll, select,
// epoll_wait), whether something is there if they look again; for calls that may return
// empty-handed, the probe: on a copy the call returns as when nothing happened, the thread runs
// alone until it sleeps again, and shared state differs from before, or it finished; to finish is
// not enough for calls that say what they watch. Last, for an epoll_wait, whether an item is ready
// whose edge was reported before.

#pragma once

#include <cstddef>
#include <string>

#include "sim/program/executor.h"

namespace wakesim {

struct WaitCondition {
  bool holds = false;
  std::string text;  // "ready == 1": completes "sleeps for ever, although ...".
};

// How far to trust what a thread does after its call came back empty-handed.
enum class Probe : std::uint8_t {
  Off,          // For threads marked `daemon: true` by hand.
  SleepsAgain,  // Only if it comes back to the same sleep: after a timeout, to give up is right.
  On,
};

struct WaitConditionOptions {
  Probe probe = Probe::On;
};

WaitCondition wait_condition(const Executor& executor, const std::byte* state, ThreadId thread,
                             const WaitConditionOptions& options);

}  // namespace wakesim
