// kevent(2), the changes: kqueue_register().

#include <cerrno>
#include <cstdint>

#include "models/kqueue_call.h"
#include "models/switches.h"

namespace wakesim::kqueue {

using file::FileId;
using At = KeventCall::At;

namespace {

// All changes are done: errors are what the call gives, else it goes on to the events.
Progress begin_scan(Step& step, KeventCall& call) {
  if (call.count > 0) return leave(step, call, call.count);
  if (call.capacity == 0) return leave(step, call, 0);
  forget_changes(call);
  call.at = At::Looking;
  return Progress::Continues;
}

// `error` of a change: an entry of the list if there is room, else the end.
Progress next_change(Step& step, KeventCall& call, std::int32_t error) {
  call.knote = 0;
  if (error != 0 && !step.is_on(id(Switch::KqueueForgetsErrors))) {
    const Record change = records_of(call)[call.change];
    if (call.capacity == 0) {
      for (std::uint32_t i = 0; i < call.count; ++i) records_of(call)[i] = Record{};
      call.count = 0;
      return leave(step, call, -error);
    }
    records_of(call)[call.count++] = {.ident = change.ident,
                                      .udata = change.udata,
                                      .data = error,
                                      .filter = change.filter,
                                      .flags = kError};
    --call.capacity;
  }
  if (++call.change == call.changes) return begin_scan(step, call);
  call.at = At::Finding;
  return Progress::Continues;
}

}  // namespace

Progress find(Step& step, KeventCall& call) {
  const Kqueue& kq = kq_of(step, call);
  const Record change = records_of(call)[call.change];
  if (change.filter == 0) return next_change(step, call, 0);
  const bool is_user = change.filter == kUser;
  if (!is_user && change.filter != kRead && change.filter != kWrite) {
    return next_change(step, call, EINVAL);
  }
  const FileId target = is_user ? file::kNoFile : file::lookup(step, change.ident);
  if (!is_user && target == file::kNoFile) {
    return next_change(step, call, step.is_on(id(Switch::KqueueBadIdentIsEnoent)) ? ENOENT : EBADF);
  }
  call.knote = find_knote(step, kq, change.ident, change.filter);
  if (call.knote != kNoKnote) {
    KnoteState state = knote_state(step, kq, call.knote);
    const bool is_deleted = (change.flags & kDelete) != 0;
    if (is_deleted && step.is_on(id(Switch::KqueueDeleteDoesNothing))) {
      return next_change(step, call, 0);
    }
    state.status |= kInFlux;
    if (!is_deleted) state.status |= kScan;
    set_state(step, kq, call.knote, state);
    call.at = is_deleted ? At::Detaching : At::Filtering;
    return Progress::Continues;
  }
  if ((change.flags & kAdd) == 0) {
    return next_change(step, call, step.is_on(id(Switch::KqueueChangesNothing)) ? 0 : ENOENT);
  }
  if (!is_user && !can_be_watched(file::open_file(step, target))) {
    step.note_bound();  // FreeBSD's files of that kind may have a filter.
    return next_change(step, call, EINVAL);
  }
  call.knote = find_unused(step, kq, change.ident, change.filter);
  if (call.knote == kNoKnote) {
    step.note_bound();  // The model has fewer knotes.
    return next_change(step, call, ENOMEM);
  }
  set_state(step, kq, call.knote,
            {.ident = change.ident,
             .udata = change.udata,
             .data = 0,
             .file = is_user ? 0 : index(target) + 1,
             .flags = change.filter | (change.flags & kKept),
             .status = kInFlux,
             .zero = 0});
  call.at = is_user ? At::Filtering : At::Attaching;
  return Progress::Continues;
}

bool may_find(const View& view, const KeventCall& call) {
  const Record& change = records_of(call)[call.change];
  const Kqueue& kq = kq_of(view, call);
  const std::uint32_t place = find_knote(view, kq, change.ident, change.filter);
  return place == kNoKnote || (knote_state(view, kq, place).status & kInFlux) == 0;
}

namespace {

// filt_usertouch(), EVENT_REGISTER: only a knote that was there can be triggered.
void touch_user(KnoteState& state, const Record& change) {
  const bool is_old = (state.status & kScan) != 0;
  if ((state.flags & kFilterMask) != kUser || !is_old) return;
  if ((change.flags & kTrigger) != 0) state.status |= kTriggered;
  if ((change.flags & kClear) != 0) state.status &= ~std::uint32_t{kTriggered};
}

}  // namespace

Progress filter(Step& step, KeventCall& call) {
  const Kqueue& kq = kq_of(step, call);
  const std::uint32_t place = call.knote;
  const Record change = records_of(call)[call.change];
  KnoteState state = knote_state(step, kq, place);
  state.udata = change.udata;
  touch_user(state, change);
  const Finding finding = run_filter(step, state);
  state.status &= ~std::uint32_t{kInFlux | kScan};
  set_state(step, kq, place, state);
  const bool looks = !step.is_on(id(Switch::KqueueAddDoesNotLook));
  bool is_queued = finding.holds && looks && activate(step, kq, place, finding);
  state = knote_state(step, kq, place);
  if ((change.flags & kDisable) != 0) {
    state.status |= kDisabled;
    set_state(step, kq, place, state);
  }
  if ((change.flags & kEnable) != 0 && (state.status & kDisabled) != 0) {
    state.status &= ~std::uint32_t{kDisabled};
    set_state(step, kq, place, state);
    const bool is_active =
        (state.status & kActive) != 0 && !step.is_on(id(Switch::KqueueEnableForgetsActive));
    if (is_active) is_queued |= enqueue(step, kq, place);
  }
  const Progress progress = next_change(step, call, 0);
  if (is_queued) announce(step, kq);
  return progress;
}

Progress attach_knote(Step& step, KeventCall& call) {
  attach(step, kq_of(step, call), call.knote);
  call.at = At::Filtering;
  return Progress::Continues;
}

Progress delete_knote(Step& step, KeventCall& call) {
  detach(step, kq_of(step, call), call.knote);
  drop(step, kq_of(step, call), call.knote);
  return next_change(step, call, 0);
}

}  // namespace wakesim::kqueue
