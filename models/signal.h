// Model of signals: pending sets, masks, delivery on the way back to the program, restart rules.
//
// Kernel      kernel/signal.c, arch/x86/kernel/signal.c, Linux 6.18.
// Covers      thread- and process-directed signals, masks, handlers (`on SIGNAL:`), SA_RESTART,
//             sigsuspend and the temporary masks of ppoll, pselect and epoll_pwait, sigwait.
// Leaves out  default actions, job control, queues of real-time signals, alternate stacks;
//             docs/models/signal.md says why.
// One step    one hold of the siglock: sending, dequeueing, changing a mask.
//
// A thread takes only signals that it has a handler for; all others are blocked in it for good, as
// in programs that leave them to one thread, to sigwait or to a signalfd.

#pragma once

#include <cstdint>

#include "models/kernel.h"

namespace wakesim {

ModelTable signal_model();

}  // namespace wakesim

namespace wakesim::signals {

// Sets of signals as sigset_t has them: bit n-1 is signal n.
using Set = std::uint64_t;
constexpr Set set_of(std::int64_t signal) {
  return signal >= 1 && signal <= 64 ? Set{1} << (signal - 1) : 0;
}

inline constexpr std::int64_t kSigKill = 9;
inline constexpr std::int64_t kSigPipe = 13;
inline constexpr std::int64_t kSigStop = 19;
inline constexpr std::int64_t kSigCancel = 32;  // The C library's own.

// kill() and tgkill() take the process or one of its threads.
inline constexpr std::int64_t kProcess = 0x3fffffff;

// Catalogue::hooks.before_objects.
void make_signals(Builder& builder);
bool has_signals(const View& view);

// send_signal_locked() and complete_signal(), under the siglock: one step. Nothing happens to a
// thread that has ended.
void send_to_thread(Step& step, ThreadId thread, std::int64_t signal);
// The same to the process: whoever lets the signal in may take it.
void send_to_process(Step& step, std::int64_t signal);
void effects_of_sending(Effects& effects, const PossibleValues& target);

// ---- What a signalfd needs ----------------------------------------------------------------------

// sighand_struct::signalfd_wqh, one for the process. Only where there is a signalfd.
const kernel::WaitQueue& signalfd_queue(const View& view);
const kernel::WaitQueue& signalfd_queue(const Effects& effects);
// May the thread take the siglock? Somebody who sends a signal holds it over a wake of several
// steps. Part of the guard of whoever looks for a signal that a signalfd may report.
bool may_take_siglock(const View& view, ThreadId thread);
// dequeue_signal(): takes the next signal of the set, the thread's own first; 0: there is none.
std::int64_t dequeue(Step& step, Set allowed);
// next_signal(): is there one for this thread?
bool has_signal(const View& view, ThreadId thread, Set allowed);
void effects_of_dequeue(Effects& effects);

// set_user_sigmask(): a mask for the length of one call. `set` < 0: none was given.
void set_temporary_mask(Step& step, std::int64_t set);
// restore_saved_sigmask_unless(): the call returns without having been interrupted.
void restore_mask(Step& step);
// Sending a signal to oneself; changing a mask, which may hand a signal to another thread.
void effects_on_oneself(Effects& effects);
void effects_of_mask(Effects& effects);

// Parameter::misuse of a parameter that takes a set, or a signal.
Misuse misuse_as_set(std::string_view text, std::int64_t value);
Misuse misuse_as_signal(std::string_view text, std::int64_t value);
// One that a handler is for.
Misuse misuse_as_handled(std::string_view text, std::int64_t value);

// Blocks or unblocks one signal of the calling thread.
void block(Step& step, std::int64_t signal);

// InterruptHooks, as far as they are about signals.
bool is_pending(const View& view, ThreadId thread);
bool holds_back(const View& view, ThreadId thread, const CallEnd& call);
Interruption take(Step& step, const CallEnd* call);
void handler_returned(Step& step, std::uint64_t cookie);
std::string describe(const View& view, ThreadId thread);
void effects(Effects& effects);

}  // namespace wakesim::signals
