// kevent(2), the events: kqueue_scan().

#include <cerrno>
#include <cstdint>

#include "models/kqueue_call.h"
#include "models/switches.h"

namespace wakesim::kqueue {

using At = KeventCall::At;

namespace {

void report(KeventCall& call, const KnoteState& knote, const Finding& finding) {
  records_of(call)[call.count++] = {
      .ident = knote.ident,
      .udata = knote.udata,
      .data = finding.data,
      .filter = knote.flags & kFilterMask,
      .flags = (knote.flags & kKept) | (finding.is_at_end ? std::uint32_t{kEof} : 0)};
}

EntryId marker_of(const Step& step) { return kernel::my_entry(step, 1); }

Progress end_scan(Step& step, KeventCall& call) {
  const EntryId marker = marker_of(step);
  if (kernel::is_linked(step, marker)) step.remove(kq_of(step, call).ready, marker);
  return leave(step, call, call.count);
}

// kqueue.overflow-drops: what does not fit is off the list, and nobody will hear of it.
void drop_overflow(Step& step, const KeventCall& call) {
  const Kqueue& kq = kq_of(step, call);
  for (First first = first_of(step, kq); first.place != kNoKnote; first = first_of(step, kq)) {
    KnoteState state = knote_state(step, kq, first.place);
    if ((state.status & kInFlux) != 0) return;
    step.remove(kq.ready, kq.knotes[first.place].ready);
    state.status &= ~std::uint32_t{kQueued | kActive};
    set_state(step, kq, first.place, state);
    uncount(step, kq);
  }
}

}  // namespace

Progress take(Step& step, KeventCall& call) {
  const Kqueue& kq = kq_of(step, call);
  for (;;) {
    if (call.count == call.capacity) {
      if (step.is_on(id(Switch::KqueueOverflowDrops))) drop_overflow(step, call);
      return end_scan(step, call);
    }
    const First first = first_of(step, kq);
    if (first.marker == call.thread) {
      step.remove(kq.ready, marker_of(step));
      if (call.count > 0) return end_scan(step, call);
      call.at = At::Looking;
      return Progress::Continues;
    }
    call.at = At::Taking;
    if (first.marker != kNoThread) return Progress::Continues;
    KnoteState state = knote_state(step, kq, first.place);
    if ((state.status & kInFlux) != 0) return Progress::Continues;
    step.remove(kq.ready, kq.knotes[first.place].ready);
    const bool is_disabled = (state.status & kDisabled) != 0;
    if (is_disabled && !step.is_on(id(Switch::KqueueReportsDisabled))) {
      state.status &= ~std::uint32_t{kQueued};
      set_state(step, kq, first.place, state);
      uncount(step, kq);
      continue;
    }
    call.knote = first.place;
    const bool is_oneshot =
        (state.flags & kOneshot) != 0 && !step.is_on(id(Switch::KqueueOneshotStays));
    if (is_oneshot) {
      state.status &= ~std::uint32_t{kQueued};
      uncount(step, kq);
    }
    state.status |= kInFlux;
    if (!is_oneshot) state.status |= kScan;
    set_state(step, kq, first.place, state);
    call.at = is_oneshot ? At::Dropping : At::Checking;
    return Progress::Continues;
  }
}

bool may_take(const View& view, const KeventCall& call) {
  const Kqueue& kq = kq_of(view, call);
  const First first = first_of(view, kq);
  if (first.marker != kNoThread) return first.marker == call.thread;
  return first.place == kNoKnote || (knote_state(view, kq, first.place).status & kInFlux) == 0;
}

Progress check(Step& step, KeventCall& call) {
  const Kqueue& kq = kq_of(step, call);
  KnoteState state = knote_state(step, kq, call.knote);
  Finding finding = run_filter(step, state);
  if (step.is_on(id(Switch::KqueueTrustsQueue))) finding.holds = true;
  state.status &= ~std::uint32_t{kInFlux | kScan};
  const bool is_cleared = (state.flags & kClear) != 0;
  const bool is_dispatched = (state.flags & kDispatch) != 0;
  const bool is_taken_off = (is_cleared && !step.is_on(id(Switch::KqueueClearStaysQueued))) ||
                            is_dispatched || step.is_on(id(Switch::KqueueLevelNotRequeued));
  const bool is_kept = finding.holds && !is_taken_off;
  if (!is_kept) state.status &= ~std::uint32_t{kQueued | kActive};
  if (finding.holds) {
    report(call, state, finding);
    if (is_dispatched && !step.is_on(id(Switch::KqueueDispatchStaysEnabled))) {
      state.status |= kDisabled;
    }
    // filt_usertouch(), EVENT_PROCESS
    if (is_cleared && !step.is_on(id(Switch::KqueueClearKeepsTrigger))) {
      state.status &= ~std::uint32_t{kTriggered};
    }
  }
  set_state(step, kq, call.knote, state);
  if (is_kept) {
    step.push_back(kq.ready, kq.knotes[call.knote].ready);
  } else {
    uncount(step, kq);
  }
  call.knote = 0;
  return take(step, call);
}

Progress drop_oneshot(Step& step, KeventCall& call) {
  const Kqueue& kq = kq_of(step, call);
  const KnoteState state = knote_state(step, kq, call.knote);
  report(call, state,
         {.holds = true, .is_at_end = (state.status & kAtEnd) != 0, .data = state.data});
  detach(step, kq, call.knote);
  drop(step, kq, call.knote);
  call.knote = 0;
  return take(step, call);
}

namespace {

// EWOULDBLOCK of msleep()
Progress time_is_over(Step& step, KeventCall& call) {
  return leave(step, call, step.is_on(id(Switch::KqueueTimeoutIsAnError)) ? -ETIMEDOUT : 0);
}

// "Don't restart after signals."
Progress interrupted(Step& step, KeventCall& call) {
  const bool restarts = step.is_on(id(Switch::KqueueRestarts));
  return leave(step, call, restarts ? kernel::kRestartSys : -EINTR);
}

}  // namespace

Progress look(Step& step, KeventCall& call) {
  const Kqueue& kq = kq_of(step, call);
  if (call.capacity == 0) return leave(step, call, 0);
  if (call.has_bad_time) return leave(step, call, -EINVAL);
  QueueState queue = step.read(kq.state);
  if (queue.count > 0) {
    step.push_back(kq.ready, marker_of(step));
    return take(step, call);
  }
  if (call.is_timed_out) return time_is_over(step, call);
  if (kernel::signal_pending(step, call.thread)) return interrupted(step, call);
  if (kernel::timer_fired(step, call.thread)) return time_is_over(step, call);
  queue.is_slept = 1;
  step.write(kq.state, queue);
  const kernel::EntryOptions options{.function = kernel::WakeFunction::Autoremove};
  const auto add = step.is_on(id(Switch::KqueueWakesOne)) ? kernel::add_wait_queue_exclusive
                                                          : kernel::add_wait_queue_entry_tail;
  add(step, kq.sleepers, kernel::my_entry(step), options);
  kernel::set_current_state(step, kernel::kTaskInterruptible);
  call.at = At::Asleep;
  if (step.is_traced()) step.note({StepEvent::Kind::Slept, call.thread, 0, kq.name});
  return Progress::Continues;
}

Progress wake_up(Step& step, KeventCall& call) {
  const EntryId entry = kernel::my_entry(step);
  const bool is_woken = !kernel::is_linked(step, entry);
  kernel::finish_wait(step, entry);
  if (!is_woken && kernel::signal_pending(step, call.thread)) return interrupted(step, call);
  if (!is_woken && kernel::timer_fired(step, call.thread)) return time_is_over(step, call);
  call.at = At::Looking;
  return Progress::Continues;
}

}  // namespace wakesim::kqueue
