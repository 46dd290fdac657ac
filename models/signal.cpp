#include "models/signal.h"

#include <array>
#include <bit>
#include <cerrno>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "models/cancel.h"
#include "models/switches.h"
#include "sim/assert.h"
#include "sim/program/builder.h"
#include "sim/program/system.h"

namespace wakesim::signals {
namespace {

// task_struct::pending and ::blocked, and ::saved_sigmask while TIF_RESTORE_SIGMASK is set.
struct ThreadSignals {
  Set pending;
  Set blocked;
  Set saved;
  std::uint32_t has_saved;
  std::uint32_t zero;
};
static_assert(std::has_unique_object_representations_v<ThreadSignals>);

struct Signals {
  Cell<Set> process;  // signal_struct::shared_pending
  bool has_signalfd = false;
  kernel::WaitQueue signalfd_queue;  // sighand_struct::signalfd_wqh
  Cell<std::uint32_t> siglock;       // 1 + the thread that holds it over several steps, or 0.
  std::vector<Cell<ThreadSignals>> threads;  // By ThreadId.
  std::vector<Set> handled;                  // Signals that the thread has a handler for.
};

constexpr std::string_view kKey = "signals";

constexpr ConstantRow kSignals[] = {
    {"SIGHUP", 1},   {"SIGINT", 2},   {"SIGQUIT", 3},  {"SIGKILL", kSigKill}, {"SIGSTOP", kSigStop},
    {"SIGUSR1", 10}, {"SIGUSR2", 12}, {"SIGPIPE", 13}, {"SIGALRM", 14},       {"SIGTERM", 15},
    {"SIGCHLD", 17}, {"SIGCONT", 18}, {"SIGURG", 23},  {"SIGIO", 29}};
constexpr std::int64_t kSignalMax = 64;

std::string signal_name(std::int64_t number) {
  for (const ConstantRow& row : kSignals) {
    if (row.value == number) return std::string(row.name);
  }
  return "signal " + std::to_string(number);
}

const Signals& signals_of(const View& view) {
  return view.object<Signals>(view.system().singletons.find(kKey)->second);
}

ThreadSignals own(const Step& step) {
  return step.read(signals_of(step).threads[index(step.thread())]);
}

void set_own(Step& step, const ThreadSignals& value) {
  step.write(signals_of(step).threads[index(step.thread())], value);
}

// recalc_sigpending(), for the calling thread.
void recalculate(Step& step) {
  const ThreadSignals now = own(step);
  const Set deliverable = (now.pending | step.read(signals_of(step).process)) & ~now.blocked;
  TaskRun run = step.run(step.thread());
  run.flags &= static_cast<std::uint8_t>(~kernel::kSigPending);
  if (deliverable != 0) run.flags |= kernel::kSigPending;
  step.set_run(step.thread(), run);
}

// signal_wake_up(): the flag first, then the wake.
void signal_wake_up(Step& step, ThreadId thread) {
  TaskRun run = step.run(thread);
  const bool is_asleep = run.state == kernel::kTaskInterruptible;
  if (!is_asleep || !step.is_on(id(Switch::SignalForgetsFlag))) run.flags |= kernel::kSigPending;
  step.set_run(thread, run);
  if (is_asleep) {
    kernel::try_to_wake_up(step, thread, kernel::kTaskInterruptible);
  }
}

// retarget_shared_pending(): a signal of the process that this thread was to take, and blocks now,
// is for the next thread that lets it in.
void retarget(Step& step, Set blocked_now) {
  const Signals& signals = signals_of(step);
  Set left = step.read(signals.process) & blocked_now;
  const std::size_t count = signals.threads.size();
  for (std::size_t i = 1; left != 0 && i < count; ++i) {
    const std::size_t t = (index(step.thread()) + i) % count;
    if (step.has_ended(static_cast<ThreadId>(t))) continue;
    const Set blocked = step.read(signals.threads[t]).blocked;
    if ((left & ~blocked) == 0) continue;
    left &= blocked;
    if (!kernel::signal_pending(step, static_cast<ThreadId>(t))) {
      signal_wake_up(step, static_cast<ThreadId>(t));
    }
  }
}

// __set_task_blocked(). What the thread has no handler for stays blocked.
void set_blocked(Step& step, Set blocked) {
  ThreadSignals now = own(step);
  const Set before =
      std::exchange(now.blocked, blocked | ~signals_of(step).handled[index(step.thread())]);
  set_own(step, now);
  const Set more = now.blocked & ~before;
  if (more != 0 && !step.is_on(id(Switch::SignalNoRetarget))) retarget(step, more);
  recalculate(step);
}

std::int64_t next_signal(const View& view, Set set) {
  if (view.is_on(id(Switch::SignalHighestFirst))) return 64 - std::countl_zero(set);
  return std::countr_zero(set) + 1;
}

}  // namespace

// dequeue_signal(): the thread's own first, then the process's; the lowest number first.
std::int64_t dequeue(Step& step, Set allowed) {
  ThreadSignals now = own(step);
  const Set mine = now.pending & allowed;
  const Set shared = step.read(signals_of(step).process) & allowed;
  const bool is_shared_first = shared != 0 && step.is_on(id(Switch::SignalProcessFirst));
  std::int64_t signal = 0;
  if (mine != 0 && !is_shared_first) {
    signal = next_signal(step, mine);
    now.pending &= ~set_of(signal);
    set_own(step, now);
  } else if (shared != 0) {
    signal = next_signal(step, shared);
    step.write(signals_of(step).process, step.read(signals_of(step).process) & ~set_of(signal));
  }
  recalculate(step);
  return signal;
}

bool has_signal(const View& view, ThreadId thread, Set allowed) {
  const Signals& signals = signals_of(view);
  Set there = view.read(signals.process);
  if (thread != kNoThread) there |= view.read(signals.threads[index(thread)]).pending;
  return (there & allowed) != 0;
}

const kernel::WaitQueue& signalfd_queue(const View& view) {
  return signals_of(view).signalfd_queue;
}

bool may_take_siglock(const View& view, ThreadId thread) {
  const Signals& signals = signals_of(view);
  if (!signals.has_signalfd) return true;
  const std::uint32_t holder = view.read(signals.siglock);
  return holder == 0 || holder == index(thread) + 1;
}

namespace {

const std::vector<HandlerCode>& handlers_of(const View& view, ThreadId thread) {
  return view.system().code_of(thread).handlers;
}

bool is_restart_code(std::int64_t result) {
  return result == kernel::kRestartSys || result == kernel::kRestartNoIntr ||
         result == kernel::kRestartNoHand || result == kernel::kRestartBlock;
}

// SA_RESTART
bool restarts_calls(const View& view, const HandlerCode& handler) {
  if (view.is_on(id(Switch::SignalRestartsAlways))) return true;
  return handler.restarts && !view.is_on(id(Switch::SignalNeverRestarts));
}

// handle_signal(): what the interrupted call comes to when a handler runs.
void settle_call(Interruption& what, bool restarts) {
  if (!is_restart_code(what.result)) return;
  what.restarts_call =
      what.result == kernel::kRestartNoIntr || (what.result == kernel::kRestartSys && restarts);
  what.result = -EINTR;
}

}  // namespace

void make_signals(Builder& builder) {
  Signals signals;
  signals.process = builder.add_cell("signals of the process", Set{0});
  signals.has_signalfd = builder.declares("signalfd") || builder.declares("plsignal") ||
                         builder.call_sites("signalfd") > 0;
  if (signals.has_signalfd) {
    signals.siglock = builder.add_cell("siglock", std::uint32_t{0});
    signals.signalfd_queue = kernel::make_wait_queue(builder, "waiters for signals");
  }
  for (std::size_t t = 0; t < builder.thread_count(); ++t) {
    Set handled = 0;
    for (const std::int64_t number : builder.handled_by(static_cast<ThreadId>(t))) {
      handled |= set_of(number);
    }
    if (builder.is_unwindable(static_cast<ThreadId>(t))) handled |= set_of(kSigCancel);
    signals.handled.push_back(handled);
    signals.threads.push_back(builder.add_cell(
        "signals of " + builder.thread_name(static_cast<ThreadId>(t)),
        ThreadSignals{.pending = 0, .blocked = ~handled, .saved = 0, .has_saved = 0, .zero = 0}));
  }
  const ObjectId object = builder.emplace("signals", std::move(signals));
  Signals& made = builder.record<Signals>(object);
  if (made.has_signalfd) kernel::set_subject(builder, made.signalfd_queue, object);
  builder.set_singleton(kKey, object);
}

namespace {

// signalfd_notify(): before the signal is pending, under the siglock, which whoever it wakes needs.
void notify_signalfd(Step& step) {
  const Signals& signals = signals_of(step);
  if (!signals.has_signalfd || step.is_on(id(Switch::SignalfdNotNotified))) return;
  kernel::wake_up(step, signals.signalfd_queue);
}

bool is_pending_for(const View& view, ThreadId thread, std::int64_t signal) {
  return (view.read(signals_of(view).threads[index(thread)]).pending & set_of(signal)) != 0;
}

// The second half of __send_signal_locked(), and complete_signal().
void complete_for_thread(Step& step, ThreadId thread, std::int64_t signal) {
  const auto& cell = signals_of(step).threads[index(thread)];
  ThreadSignals now = step.read(cell);
  const bool is_blocked = (now.blocked & set_of(signal)) != 0;
  if (is_blocked && step.is_on(id(Switch::SignalBlockedIsLost))) return;
  now.pending |= set_of(signal);
  step.write(cell, now);
  if (!is_blocked) signal_wake_up(step, thread);
}

bool lets_in(const View& view, ThreadId thread, std::int64_t signal) {
  if (view.is_on(id(Switch::SignalAsksBlockers))) return true;
  return (view.read(signals_of(view).threads[index(thread)]).blocked & set_of(signal)) == 0;
}

// complete_signal() wakes one thread that does not block the signal and has none to deal with yet.
// Which one depends on who ran last: open here.
void complete_for_process(Step& step, std::int64_t signal) {
  const Signals& signals = signals_of(step);
  std::vector<ThreadId> willing;
  for (std::size_t t = 0; t < signals.threads.size(); ++t) {
    const auto thread = static_cast<ThreadId>(t);
    if (step.has_ended(thread) || kernel::signal_pending(step, thread)) continue;
    if (lets_in(step, thread, signal)) willing.push_back(thread);
  }
  if (willing.empty() && step.is_on(id(Switch::SignalBlockedIsLost))) return;
  step.write(signals.process, step.read(signals.process) | set_of(signal));
  if (willing.empty()) return;
  if (step.is_on(id(Switch::SignalPrefersFirst))) willing.resize(1);
  signal_wake_up(step, willing[step.choose(static_cast<std::uint32_t>(willing.size()))]);
}

}  // namespace

bool has_signals(const View& view) { return view.system().singletons.count(kKey) != 0; }

// From inside another call (SIGPIPE, SIGCANCEL). There the wake is the last thing that is done;
// SIGCANCEL is in no signalfd's set, the C library sees to that.
void send_to_thread(Step& step, ThreadId thread, std::int64_t signal) {
  if (step.has_ended(thread)) return;
  if (is_pending_for(step, thread, signal)) return;  // legacy_queue(): once is enough.
  complete_for_thread(step, thread, signal);
  if (signal != kSigCancel) notify_signalfd(step);
}

void send_to_process(Step& step, std::int64_t signal) {
  if ((step.read(signals_of(step).process) & set_of(signal)) != 0) return;
  complete_for_process(step, signal);
  notify_signalfd(step);
}

void effects_of_sending(Effects& effects, const PossibleValues& target) {
  const System& system = effects.system();
  const auto& signals = effects.object<Signals>(system.singletons.find(kKey)->second);
  const View view = effects.records();
  const bool is_wide =
      view.is_on(id(Switch::SignalThreadIsProcess)) || view.is_on(id(Switch::SignalSecondIsKept));
  const bool is_process = target.is_any || target.first == kProcess || is_wide;
  if (is_process) effects.writes(signals.process);
  if (signals.has_signalfd) {
    effects.writes(signals.siglock);
    effects.wakes(signals.signalfd_queue.list);
  }
  for (std::int64_t t = 0; t < static_cast<std::int64_t>(signals.threads.size()); ++t) {
    const bool is_meant = is_process || (t >= target.first && t < target.first + target.count);
    if (!is_meant) continue;
    effects.writes(signals.threads[static_cast<std::size_t>(t)]);
    effects.reads(system.layout.threads[static_cast<std::size_t>(t)].end_class);
    effects.wakes_thread(static_cast<ThreadId>(t));
  }
}

const kernel::WaitQueue& signalfd_queue(const Effects& effects) {
  return effects.object<Signals>(effects.system().singletons.find(kKey)->second).signalfd_queue;
}

void effects_of_dequeue(Effects& effects) {
  const auto& signals = effects.object<Signals>(effects.system().singletons.find(kKey)->second);
  effects.writes(signals.process);
  effects.writes(signals.threads[index(effects.thread())]);
  effects.reads(signals.siglock);
  effects.sleeps();
}

void set_temporary_mask(Step& step, std::int64_t set) {
  if (set < 0 || !has_signals(step)) return;
  ThreadSignals now = own(step);
  now.saved = now.blocked;
  now.has_saved = 1;
  set_own(step, now);
  set_blocked(step, static_cast<Set>(set));
}

void restore_mask(Step& step) {
  if (!has_signals(step)) return;
  ThreadSignals now = own(step);
  if (now.has_saved == 0) return;
  const Set saved = std::exchange(now.saved, 0);
  now.has_saved = 0;
  set_own(step, now);
  set_blocked(step, saved);
}

void effects_on_oneself(Effects& effects) {
  const auto known = effects.system().singletons.find(kKey);
  if (known == effects.system().singletons.end()) return;
  const auto& signals = effects.object<Signals>(known->second);
  effects.reads(signals.process);
  effects.reads(effects.system().layout.threads[index(effects.thread())].end_class);
  effects.writes(signals.threads[index(effects.thread())]);
  if (signals.has_signalfd) effects.wakes(signals.signalfd_queue.list);
  effects.sleeps();
}

void effects_of_mask(Effects& effects) {
  effects_on_oneself(effects);
  const auto known = effects.system().singletons.find(kKey);
  if (known == effects.system().singletons.end()) return;
  const auto& signals = effects.object<Signals>(known->second);
  for (std::size_t t = 0; t < signals.threads.size(); ++t) {
    effects.reads(signals.threads[t]);
    effects.reads(effects.system().layout.threads[t].end_class);
    effects.wakes_thread(static_cast<ThreadId>(t));
  }
}

void block(Step& step, std::int64_t signal) {
  set_blocked(step, own(step).blocked | set_of(signal));
}

// ---- Delivery -----------------------------------------------------------------------------------

bool is_pending(const View& view, ThreadId thread) { return kernel::signal_pending(view, thread); }

bool holds_back(const View& view, ThreadId thread, const CallEnd& call) {
  return kernel::signal_pending(view, thread) || is_restart_code(call.result) ||
         cancel::holds_back(view, thread, call);
}

// arch_do_signal_or_restart(): get_signal() and handle_signal() until a handler is to run, or
// nothing is left. SIGCANCEL has a handler in the C library, which is over in this step.
Interruption take(Step& step, const CallEnd* call) {
  Interruption what;
  what.result = call == nullptr ? 0 : call->result;
  for (;;) {
    const ThreadSignals now = own(step);
    const std::int64_t signal = dequeue(step, ~now.blocked);
    if (signal == 0) break;
    if (signal == kSigCancel) {
      settle_call(what, true);
      const PointAnswer answer = cancel::act_on_signal(step, call, what.restarts_call);
      if (answer.kind == PointAnswer::Kind::Unwinds) {
        what.kind = Interruption::Kind::Unwind;
        return what;
      }
      if (answer.kind == PointAnswer::Kind::Refuses) {
        what.restarts_call = false;
        what.result = answer.result;
      }
      continue;
    }
    const auto& handlers = handlers_of(step, step.thread());
    std::uint32_t number = 0;
    while (number < handlers.size() && handlers[number].number != signal) ++number;
    WAKESIM_ASSERT(number < handlers.size());
    settle_call(what, restarts_calls(step, handlers[number]));
    what.kind = Interruption::Kind::Handler;
    what.handler = number;
    // A loop of the library's begins anew with its test for a request.
    const bool is_loop = call != nullptr && call->result == kernel::kRestartNoIntr;
    cancel::handler_entered(step, call, what.restarts_call && !is_loop);
    // The mask that the handler's return brings back: not the temporary one of a ppoll().
    ThreadSignals after = own(step);
    const bool has_saved =
        after.has_saved != 0 && !step.is_on(id(Switch::SignalHandlerKeepsTemporary));
    what.cookie = has_saved ? after.saved : after.blocked;
    after.saved = 0;
    after.has_saved = 0;
    set_own(step, after);
    const bool is_closed = step.is_on(id(Switch::SignalHandlerBlocksAll));
    set_blocked(step, is_closed ? ~Set{0} : after.blocked | set_of(signal));
    return what;
  }
  restore_mask(step);
  if (call != nullptr && cancel::acts_at_once(step, step.thread(), *call)) {
    what.kind = Interruption::Kind::Unwind;
  } else if (is_restart_code(what.result)) {
    // Another thread took the signal.
    what.restarts_call = !step.is_on(id(Switch::SignalNoHandlerIsEintr));
    if (!what.restarts_call) what.result = -EINTR;
  }
  return what;
}

// sys_rt_sigreturn()
void handler_returned(Step& step, std::uint64_t cookie) {
  if (!step.is_on(id(Switch::SignalMaskStays))) set_blocked(step, cookie);
  cancel::handler_left(step);
}

std::string describe(const View& view, ThreadId thread) {
  const Signals& signals = signals_of(view);
  const ThreadSignals now = view.read(signals.threads[index(thread)]);
  const Set mine = now.pending & ~now.blocked;
  const Set deliverable = mine != 0 ? mine : view.read(signals.process) & ~now.blocked;
  if (deliverable == 0) return "the signal has been taken by another thread";
  const std::int64_t number = std::countr_zero(deliverable) + 1;
  if (number == kSigCancel) return "SIGCANCEL is delivered";
  return signal_name(number) + " is delivered";
}

Misuse misuse_as_set(std::string_view text, std::int64_t value) {
  (void)value;
  for (const ConstantRow& row : kSignals) {
    if (row.name != text) continue;
    return {"`" + std::string(text) + "` is the number of a signal, not a set of signals",
            "write  sigset(" + std::string(text) + ")"};
  }
  return {};
}

// 0 asks whether there is such a thread.
Misuse misuse_as_signal(std::string_view text, std::int64_t value) {
  if (value >= 0 && value <= kSignalMax) return {};
  return {"no signal has the number `" + std::string(text) + "`",
          "signals are 1 to 64; `wakesim models signal` lists their names"};
}

namespace {

// sig_kernel_only()
bool is_kernel_only(std::int64_t signal) { return signal == kSigKill || signal == kSigStop; }

// Its effect is its default action, and there are none here.
Misuse misuse_as_sent(std::string_view text, std::int64_t value) {
  if (!is_kernel_only(value)) return misuse_as_signal(text, value);
  return {"`" + std::string(text) + "` acts on the whole process, which is not modelled",
          "send a signal that has a handler, or end one thread:  cancel(THREAD)"};
}

}  // namespace

// do_sigaction()
Misuse misuse_as_handled(std::string_view text, std::int64_t value) {
  if (!is_kernel_only(value)) return misuse_as_signal(text, value);
  return {"`" + std::string(text) + "` cannot have a handler: sigaction(2) gives EINVAL",
          "a signal that asks a program to end is SIGTERM"};
}

void effects(Effects& effects) {
  effects_of_mask(effects);
  const auto& signals = effects.object<Signals>(effects.system().singletons.find(kKey)->second);
  effects.writes(signals.process);
  cancel::effects(effects);
}

// ---- Calls --------------------------------------------------------------------------------------

namespace {

using Arguments = std::span<const std::int64_t>;

bool is_signal(std::int64_t number) { return number >= 0 && number <= 64; }

// A kill() or tgkill() in flight.
//
//   Sending -- nobody waits at a signalfd, or the wake is one step --> returned
//      |
//      +-- the wake takes several steps, the siglock is held --> Completing --> returned
struct Kill {
  enum class At : std::uint8_t { Sending, Completing };

  std::int64_t target;
  std::int64_t signal;
  ThreadId thread;
  At at;
  std::array<std::uint8_t, 3> zero;
};
static_assert(std::has_unique_object_representations_v<Kill>);

void begin_kill(Step& step, Arguments arguments, Kill& call) {
  const bool is_wide = step.is_on(id(Switch::SignalThreadIsProcess));
  call = {.target = is_wide ? kProcess : arguments[0],
          .signal = arguments[1],
          .thread = step.thread(),
          .at = Kill::At::Sending,
          .zero = {}};
}

bool kill_enabled(const View& view, const Kill& call) {
  return may_take_siglock(view, call.thread);
}

bool is_sent_already(const View& view, const Kill& call) {
  if (call.target != kProcess) {
    return is_pending_for(view, static_cast<ThreadId>(call.target), call.signal);
  }
  return (view.read(signals_of(view).process) & set_of(call.signal)) != 0;
}

Progress complete(Step& step, const Kill& call) {
  if (call.target == kProcess) {
    complete_for_process(step, call.signal);
  } else if (const auto thread = static_cast<ThreadId>(call.target); !step.has_ended(thread)) {
    complete_for_thread(step, thread, call.signal);
  }
  return step.finish(0);
}

// do_send_specific() or kill_something_info(); signal 0 only asks.
Progress step_kill(Step& step, Kill& call) {
  const Signals& signals = signals_of(step);
  if (call.at == Kill::At::Completing) {
    step.write(signals.siglock, std::uint32_t{0});
    return complete(step, call);
  }
  const bool is_refused = call.signal == 0 && step.is_on(id(Switch::SignalZeroIsEinval));
  if (is_refused || !is_signal(call.signal)) {
    return step.finish(step.is_on(id(Switch::SignalTakesAnySignal)) ? 0 : -EINVAL);
  }
  if (call.target != kProcess) {
    const bool is_thread =
        call.target >= 0 && call.target < static_cast<std::int64_t>(step.thread_count());
    if (!is_thread || step.has_ended(static_cast<ThreadId>(call.target))) {
      return step.finish(step.is_on(id(Switch::SignalKillOfEndedIsFine)) ? 0 : -ESRCH);
    }
  }
  if (call.signal == 0) return step.finish(0);
  if (is_sent_already(step, call)) {
    if (step.is_on(id(Switch::SignalSecondIsKept))) complete_for_process(step, call.signal);
    return step.finish(0);
  }
  notify_signalfd(step);
  if (!step.has_subframe()) return complete(step, call);
  step.write(signals.siglock, index(call.thread) + 1);
  call.at = Kill::At::Completing;
  return Progress::Continues;
}

std::string_view kill_phase(const Kill& call) {
  return call.at == Kill::At::Sending ? "send" : "signal pending";
}
void kill_effects(Effects& effects, std::span<const PossibleValues> arguments) {
  effects_of_sending(effects, arguments[0]);
}

struct SigMask {
  std::int64_t how;
  Set set;
};

constexpr std::int64_t kSigBlock = 0;
constexpr std::int64_t kSigUnblock = 1;
constexpr std::int64_t kSigSetMask = 2;

void begin_mask(Step&, Arguments arguments, SigMask& call) {
  call = {arguments[0], static_cast<Set>(arguments[1])};
}
bool mask_enabled(const View&, const SigMask&) { return true; }

// sigprocmask()
Progress step_mask(Step& step, SigMask& call) {
  const Set blocked = own(step).blocked;
  if (call.how == kSigBlock) {
    set_blocked(step, step.is_on(id(Switch::SignalBlockReplaces)) ? call.set : blocked | call.set);
  } else if (call.how == kSigUnblock) {
    set_blocked(step, step.is_on(id(Switch::SignalUnblockOpensAll)) ? 0 : blocked & ~call.set);
  } else if (call.how == kSigSetMask) {
    set_blocked(step, step.is_on(id(Switch::SignalSetmaskAdds)) ? blocked | call.set : call.set);
  } else {
    return step.finish(step.is_on(id(Switch::SignalTakesAnyHow)) ? 0 : -EINVAL);
  }
  return step.finish(0);
}

std::string_view mask_phase(const SigMask&) { return "change mask"; }
void own_effects(Effects& effects, std::span<const PossibleValues>) { effects_of_mask(effects); }

// pause() and sigsuspend().
struct Suspend {
  enum class At : std::uint8_t { Masking, Looking, Asleep };

  std::int64_t set;  // < 0: the mask stays.
  ThreadId thread;
  At at;
  std::array<std::uint8_t, 3> zero;
};
static_assert(std::has_unique_object_representations_v<Suspend>);

void begin_suspend(Step& step, Arguments arguments, Suspend& call) {
  const bool has_mask = !arguments.empty();
  call = {.set = has_mask ? arguments[0] : -1,
          .thread = step.thread(),
          .at = has_mask ? Suspend::At::Masking : Suspend::At::Looking,
          .zero = {}};
}

bool suspend_enabled(const View& view, const Suspend& call) {
  return call.at != Suspend::At::Asleep || kernel::is_running(view, call.thread);
}

// sigsuspend(): `while (!signal_pending(current))` around set state and schedule().
Progress step_suspend(Step& step, Suspend& call) {
  switch (call.at) {
    case Suspend::At::Masking:
      if (!step.is_on(id(Switch::SignalSigsuspendIgnoresMask))) {
        set_temporary_mask(step, call.set);
      }
      call.at = Suspend::At::Looking;
      return Progress::Continues;
    case Suspend::At::Looking:
    case Suspend::At::Asleep:
      kernel::set_current_state(step, kernel::kTaskRunning);
      if (kernel::signal_pending(step, call.thread)) {
        const bool restarts = step.is_on(id(Switch::SignalPauseRestarts));
        return step.finish(restarts ? kernel::kRestartSys : kernel::kRestartNoHand);
      }
      kernel::set_current_state(step, kernel::kTaskInterruptible);
      if (step.is_traced()) step.note({StepEvent::Kind::Slept, call.thread, 0, {}});
      call.at = Suspend::At::Asleep;
      return Progress::Continues;
  }
  WAKESIM_UNREACHABLE();
}

std::string_view suspend_phase(const Suspend& call) {
  switch (call.at) {
    case Suspend::At::Masking:
      return "change mask";
    case Suspend::At::Looking:
      return "set state";
    case Suspend::At::Asleep:
      return "asleep";
  }
  WAKESIM_UNREACHABLE();
}

void suspend_effects(Effects& effects, std::span<const PossibleValues>) {
  effects_of_mask(effects);
  effects.sleeps();
}

// sigtimedwait() and sigwait().
struct SigWait {
  enum class At : std::uint8_t { Locked, Asleep, Relocked };

  Set set;
  Set blocked;  // real_blocked
  std::int64_t timeout;
  ThreadId thread;
  At at;
  bool is_endless;  // sigwait(): the library calls again after EINTR.
  std::array<std::uint8_t, 2> zero;
};
static_assert(std::has_unique_object_representations_v<SigWait>);

template <bool is_endless>
void begin_wait(Step& step, Arguments arguments, SigWait& call) {
  call = {.set = static_cast<Set>(arguments[0]),
          .blocked = 0,
          .timeout = is_endless ? kForever : arguments[1],
          .thread = step.thread(),
          .at = SigWait::At::Locked,
          .is_endless = is_endless,
          .zero = {}};
}

bool wait_enabled(const View& view, const SigWait& call) {
  return call.at != SigWait::At::Asleep || kernel::is_running(view, call.thread) ||
         kernel::timer_fired(view, call.thread);
}

std::int64_t interrupted(const View& view, const SigWait& call) {
  if (!call.is_endless) {
    return view.is_on(id(Switch::SignalSigtimedwaitRestarts)) ? kernel::kRestartSys : -EINTR;
  }
  return view.is_on(id(Switch::SignalSigwaitIsInterrupted)) ? -EINTR : kernel::kRestartNoIntr;
}

// do_sigtimedwait(): the signals waited for are unblocked while it sleeps, so that they wake it.
Progress step_wait(Step& step, SigWait& call) {
  switch (call.at) {
    case SigWait::At::Locked: {
      const bool misses = step.is_on(id(Switch::SignalSigwaitMissesPending));
      const std::int64_t signal = misses ? 0 : dequeue(step, call.set);
      if (signal != 0) return step.finish(signal);
      if (call.timeout == 0 && step.is_on(id(Switch::SignalSigtimedwaitZeroSleeps))) {
        call.timeout = kForever;
      }
      if (call.timeout == 0) return step.finish(-EAGAIN);
      ThreadSignals now = own(step);
      call.blocked = now.blocked;
      if (!step.is_on(id(Switch::SignalSigwaitStaysBlocked))) now.blocked &= ~call.set;
      set_own(step, now);
      recalculate(step);
      kernel::arm_timeout(step, call.timeout);
      kernel::set_current_state(step, kernel::kTaskInterruptible);
      if (step.is_traced()) step.note({StepEvent::Kind::Slept, call.thread, 0, {}});
      call.at = SigWait::At::Asleep;
      return Progress::Continues;
    }
    case SigWait::At::Asleep:
      kernel::set_current_state(step, kernel::kTaskRunning);
      call.at = SigWait::At::Relocked;
      return Progress::Continues;
    case SigWait::At::Relocked: {
      const bool is_over = kernel::timer_fired(step, call.thread);
      ThreadSignals now = own(step);
      now.blocked = call.blocked;
      set_own(step, now);
      const std::int64_t signal = dequeue(step, call.set);
      kernel::disarm_timeout(step);
      if (signal != 0) return step.finish(signal);
      if (is_over) return step.finish(-EAGAIN);
      return step.finish(interrupted(step, call));
    }
  }
  WAKESIM_UNREACHABLE();
}

std::string_view wait_phase(const SigWait& call) {
  switch (call.at) {
    case SigWait::At::Locked:
      return "take signal";
    case SigWait::At::Asleep:
      return "asleep";
    case SigWait::At::Relocked:
      return "take signal";
  }
  WAKESIM_UNREACHABLE();
}

void wait_effects(Effects& effects, std::span<const PossibleValues> arguments) {
  signals::effects(effects);
  if (arguments.size() < 2) return;
  const PossibleValues& timeout = arguments[1];
  const bool never = timeout.is_single() && (timeout.first == 0 || timeout.first == kForever);
  if (!never) effects.arms_timer();
}

std::int64_t pending_set(Step& step, Arguments) {
  const ThreadSignals now = own(step);
  const bool is_own = step.is_on(id(Switch::SignalSigpendingForgetsProcess));
  const Set shared = is_own ? 0 : step.read(signals_of(step).process);
  return static_cast<std::int64_t>((now.pending | shared) & now.blocked);
}

std::int64_t make_set(Arguments arguments) {
  Set set = 0;
  for (const std::int64_t signal : arguments) set |= set_of(signal);
  return static_cast<std::int64_t>(set);
}

CallRow kill_row() {
  CallRow row;
  row.name = "kill";
  row.parameters = {{.name = "target", .type = ParameterType::Thread},
                    {.name = "signal", .type = ParameterType::Flags, .misuse = misuse_as_sent}};
  row.about = "Sends a signal to a thread, to `self` or to `process`.";
  row.source = "kernel/signal.c, send_signal_locked() and complete_signal(); kill(2), tgkill(2)";
  row.errors = {{"EINVAL", "no signal has this number"}, {"ESRCH", "the thread has ended"}};
  row.wakes =
      "the thread if it sleeps interruptibly and does not block the signal; of a process "
      "one thread that does not block it";
  bind_frame<Kill, begin_kill, kill_enabled, step_kill, kill_phase>(row);
  row.effects = kill_effects;
  return row;
}

CallRow mask_row() {
  CallRow row;
  row.name = "pthread_sigmask";
  row.parameters = {{.name = "how", .type = ParameterType::Flags},
                    {.name = "set", .type = ParameterType::Flags, .misuse = misuse_as_set}};
  row.about = "Changes which signals the thread blocks; those without a handler stay blocked.";
  row.source = "kernel/signal.c, sigprocmask(); pthread_sigmask(3)";
  row.errors = {{"EINVAL", "`how` is none of SIG_BLOCK, SIG_UNBLOCK, SIG_SETMASK"}};
  row.wakes = "nobody";
  bind_frame<SigMask, begin_mask, mask_enabled, step_mask, mask_phase>(row);
  row.effects = own_effects;
  return row;
}

CallRow suspend_row(std::string_view name, bool has_mask) {
  CallRow row;
  row.name = name;
  if (has_mask)
    row.parameters = {{.name = "set", .type = ParameterType::Flags, .misuse = misuse_as_set}};
  row.about = has_mask ? "Waits for a signal with another mask; gives -EINTR."
                       : "Waits for a signal that has a handler; gives -EINTR.";
  row.source = has_mask ? "kernel/signal.c, sigsuspend(); sigsuspend(2)"
                        : "kernel/signal.c, sys_pause(); pause(2)";
  row.errors = {{"EINTR", "a handler has run"}};
  row.wakes = "nobody";
  row.is_cancellation_point = true;
  bind_frame<Suspend, begin_suspend, suspend_enabled, step_suspend, suspend_phase>(row);
  row.effects = suspend_effects;
  return row;
}

template <bool is_endless>
CallRow wait_row() {
  CallRow row;
  row.name = is_endless ? "sigwait" : "sigtimedwait";
  row.parameters = {{.name = "set", .type = ParameterType::Flags, .misuse = misuse_as_set}};
  if (!is_endless) {
    row.parameters.push_back({.name = "timeout",
                              .type = ParameterType::Duration,
                              .is_optional = true,
                              .fallback = kForever});
    row.errors = {{"EAGAIN", "the time is over"}, {"EINTR", "a handler has run"}};
  }
  row.about = "Waits for one of the signals, which the thread blocks, and takes it.";
  row.source = "kernel/signal.c, do_sigtimedwait(); sigwaitinfo(2), sigwait(3)";
  row.wakes = "nobody";
  row.is_cancellation_point = true;
  bind_frame<SigWait, begin_wait<is_endless>, wait_enabled, step_wait, wait_phase>(row);
  row.effects = wait_effects;
  return row;
}

CallRow pending_row() {
  CallRow row;
  row.name = "sigpending";
  row.about = "The signals that have been sent to the thread or the process and are blocked.";
  row.source = "kernel/signal.c, do_sigpending(); sigpending(2)";
  row.primitive = pending_set;
  row.is_pure = true;
  row.effects = own_effects;
  return row;
}

CallRow set_row() {
  CallRow row;
  row.name = "sigset";
  row.parameters = {{.name = "signal",
                     .type = ParameterType::Flags,
                     .is_repeated = true,
                     .misuse = misuse_as_signal}};
  row.about = "A set of signals, as a number; sigset() is the empty one.";
  row.source = "sigsetops(3)";
  row.constant = make_set;
  return row;
}

}  // namespace
}  // namespace wakesim::signals

namespace wakesim {

ModelTable signal_model() {
  using namespace signals;
  ModelTable table;
  table.name = "signal";
  table.about = "Signals, their masks and handlers.";
  table.calls = {kill_row(),
                 mask_row(),
                 suspend_row("pause", false),
                 suspend_row("sigsuspend", true),
                 wait_row<true>(),
                 wait_row<false>(),
                 pending_row(),
                 set_row()};
  table.constants.assign(std::begin(kSignals), std::end(kSignals));
  table.constants.insert(table.constants.end(), {{"SIG_BLOCK", kSigBlock},
                                                 {"SIG_UNBLOCK", kSigUnblock},
                                                 {"SIG_SETMASK", kSigSetMask},
                                                 {"process", kProcess + 1}});
  table.switches = {
      planted_mistake(
          Switch::SignalForgetsFlag, "signal.forgets-flag",
          "A signal wakes a sleeper without TIF_SIGPENDING: it finds nothing and sleeps on."),
      planted_mistake(Switch::SignalBlockedIsLost, "signal.blocked-is-lost",
                      "A signal that nobody lets in is gone."),
      planted_mistake(Switch::SignalSecondIsKept, "signal.second-is-kept",
                      "A second signal of a kind for a thread is kept for the process."),
      planted_mistake(Switch::SignalThreadIsProcess, "signal.thread-is-process",
                      "A signal for a thread is one for the process."),
      planted_mistake(Switch::SignalAsksBlockers, "signal.asks-blockers",
                      "A signal for the process may be given to a thread that blocks it."),
      planted_mistake(Switch::SignalPrefersFirst, "signal.prefers-first",
                      "A signal for the process goes to the first thread that lets it in."),
      planted_mistake(Switch::SignalProcessFirst, "signal.process-first",
                      "A thread takes the process's signals before its own."),
      planted_mistake(Switch::SignalHighestFirst, "signal.highest-first",
                      "The highest signal is taken first."),
      planted_mistake(Switch::SignalHandlerBlocksAll, "signal.handler-blocks-all",
                      "A handler runs with all signals blocked."),
      planted_mistake(Switch::SignalMaskStays, "signal.mask-stays",
                      "The mask of a handler stays when it returns."),
      planted_mistake(
          Switch::SignalHandlerKeepsTemporary, "signal.handler-keeps-temporary",
          "The return of a handler brings back the mask of the call that it interrupted."),
      planted_mistake(Switch::SignalSigsuspendIgnoresMask, "signal.sigsuspend-ignores-mask",
                      "sigsuspend() leaves the mask as it is."),
      planted_mistake(Switch::SignalPauseRestarts, "signal.pause-restarts",
                      "SA_RESTART makes pause() and sigsuspend() again."),
      planted_mistake(Switch::SignalNoRetarget, "signal.no-retarget",
                      "A thread that blocks a signal of the process keeps it from the others."),
      planted_mistake(Switch::SignalRestartsAlways, "signal.restarts-always",
                      "Calls are made again behind any handler."),
      planted_mistake(Switch::SignalNeverRestarts, "signal.never-restarts",
                      "Calls give EINTR behind any handler."),
      planted_mistake(Switch::SignalNoHandlerIsEintr, "signal.no-handler-is-eintr",
                      "A call that a signal woke, which another thread took, gives EINTR."),
      planted_mistake(Switch::SignalSigwaitMissesPending, "signal.sigwait-misses-pending",
                      "sigwait() and sigtimedwait() do not look for signals that are there."),
      planted_mistake(Switch::SignalSigwaitStaysBlocked, "signal.sigwait-stays-blocked",
                      "sigwait() and sigtimedwait() sleep with their signals blocked."),
      planted_mistake(Switch::SignalSigwaitIsInterrupted, "signal.sigwait-is-interrupted",
                      "sigwait() gives EINTR like sigtimedwait()."),
      planted_mistake(Switch::SignalSigtimedwaitRestarts, "signal.sigtimedwait-restarts",
                      "SA_RESTART makes sigtimedwait() again."),
      planted_mistake(Switch::SignalSigtimedwaitZeroSleeps, "signal.sigtimedwait-zero-sleeps",
                      "sigtimedwait() with a timeout of 0 has none."),
      planted_mistake(Switch::SignalKillOfEndedIsFine, "signal.kill-of-ended-is-fine",
                      "A signal for a thread that has ended gives 0."),
      planted_mistake(Switch::SignalTakesAnySignal, "signal.takes-any-signal",
                      "kill() takes numbers that are no signals, and does nothing."),
      planted_mistake(Switch::SignalZeroIsEinval, "signal.zero-is-einval",
                      "Signal 0 gives EINVAL."),
      planted_mistake(Switch::SignalSigpendingForgetsProcess, "signal.sigpending-forgets-process",
                      "sigpending() tells the thread's own signals only."),
      planted_mistake(Switch::SignalBlockReplaces, "signal.block-replaces",
                      "SIG_BLOCK replaces the mask."),
      planted_mistake(Switch::SignalUnblockOpensAll, "signal.unblock-opens-all",
                      "SIG_UNBLOCK empties the mask."),
      planted_mistake(Switch::SignalSetmaskAdds, "signal.setmask-adds",
                      "SIG_SETMASK adds to the mask."),
      planted_mistake(Switch::SignalTakesAnyHow, "signal.takes-any-how",
                      "pthread_sigmask() takes any `how`, and does nothing."),
  };
  return table;
}

}  // namespace wakesim
