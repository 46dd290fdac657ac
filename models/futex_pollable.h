// A descriptor's futex_q: a waiter of a futex word that no thread is behind. FUTEX_FD and pollfs
// have one.
//
// It stands on the word's queue among those of threads. A wake takes it off and counts it, in the
// step that takes the others off, and then tells whoever sleeps or polls at the descriptor.

#pragma once

#include <string>

#include "models/kernel.h"
#include "sim/program/builder.h"
#include "sim/program/step.h"

namespace wakesim::futex {

// All zero: at rest.
struct PollableState {
  std::uint32_t is_armed;  // Put on a queue, and not yet at rest again.
  std::uint32_t owner;     // 1 + the thread for whose process the signal is, or 0: nobody gets one.
  std::uint32_t signal;    // f_owner.signum
  std::uint32_t waker;     // 1 + the thread that took it off the queue and has yet to tell, or 0.
  std::uint32_t order;     // Of those that this waker has to tell.
  std::uint32_t zero;
};
static_assert(std::has_unique_object_representations_v<PollableState>);

struct Pollable {
  EntryId waiter{};  // Of the class of `state`.
  Cell<PollableState> state;
  kernel::WaitQueue pollers;  // futex_q::waiters
};

// ---- While the scenario is loaded ---------------------------------------------------------------

ObjectId make_pollable(Builder& builder, const std::string& name);

// ---- During a run -------------------------------------------------------------------------------

inline const Pollable& pollable_of(const View& view, ObjectId id) {
  return view.object<Pollable>(id);
}
inline const Pollable& pollable_of(const Effects& effects, ObjectId id) {
  return effects.object<Pollable>(id);
}

// Has a wake taken it?
bool is_fired(const View& view, const Pollable& pollable);
// At the tail of the word's queue, for every bitset. Without a look at the word.
void arm(Step& step, ObjectId id, std::uint32_t word, const PollableState& state);
// Off whichever word's queue it stands on, and at rest. A waker that has it in hand finds nobody
// to tell.
void disarm(Step& step, const Pollable& pollable);
void effects_of_arming(Effects& effects, ObjectId id, WordId word);
void effects_of_disarming(Effects& effects, ObjectId id);

// ---- What the calls that wake and requeue need --------------------------------------------------

bool is_pollable(const View& view, EntryId waiter);
// wake_futex(): off the queue, to be told by the calling thread. False if it does not count.
bool mark_pollable(Step& step, EntryId waiter);
// Does the thread still have to tell one?
bool has_marked(const View& view, ThreadId waker);
// The next one in the order of the queue: the signal, then whoever sleeps or polls.
void tell_pollable(Step& step);
void effects_of_telling(Effects& effects);
// A requeue may take some along to this word.
void effects_of_moving_pollables(Effects& effects, WordId to);

}  // namespace wakesim::futex
