// kevent(2).

#include <array>
#include <cerrno>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "models/kqueue_state.h"
#include "models/switches.h"
#include "sim/assert.h"
#include "sim/program/builder.h"

namespace wakesim::kqueue {
namespace {

using file::FileId;

// A call in flight: the changes one by one, then the events.
//
//   Fdget --> Finding --+--> Attaching --> Filtering --+--> next change ...
//                ^      +----------------> Filtering --+
//                |      +--> Detaching ----------------+
//                +------------------------------------- +--> errors, or nevents == 0 --> Fput
//                                                      |
//     Asleep <-- nothing queued -- Looking <-----------+
//        |                            ^ |
//        +--------- woken ------------+ +--> Taking --> Checking --> next knote ... --> Fput
//                                              |   +--> Dropping (ONESHOT)
//                                              +-- waits while another scan or call has the first
struct KeventCall {
  enum class At : std::uint8_t {
    Refused,
    Fdget,
    Finding,    // kqueue_register(): up to the unlock of kq_lock.
    Attaching,  // f_attach()
    Filtering,  // f_event() of a change
    Detaching,  // EV_DELETE
    Looking,    // kqueue_scan(): is there something? Else sleep, under one hold of kq_lock.
    Asleep,
    Taking,    // The first knote of the list, or one's own marker.
    Checking,  // f_event() once more
    Dropping,  // EV_ONESHOT
    Fput,
  };

  std::int64_t result;
  ThreadId thread;
  ObjectId kqueue;
  FileId file;
  std::int32_t number;
  std::uint32_t changes;
  std::uint32_t change;    // The one in hand.
  std::uint32_t capacity;  // nevents, less the errors reported.
  std::uint32_t count;     // Records in the caller's list.
  std::uint32_t knote;     // The place of the knote in hand.
  At at;
  bool has_timer;
  bool is_timed_out;
  bool is_counted;
  bool has_bad_time;  // The timeout is negative.
  std::array<std::uint8_t, 7> zero;
};
static_assert(std::has_unique_object_representations_v<KeventCall>);
static_assert(sizeof(KeventCall) % 8 == 0);  // The records stand right behind it.

using At = KeventCall::At;

// struct kevent: a change, and then what is reported. An error never overtakes the changes: there
// is one for each at most.
struct Record {
  std::int64_t ident;
  std::int64_t udata;
  std::int64_t data;
  std::uint32_t filter;
  std::uint32_t flags;
};
static_assert(std::has_unique_object_representations_v<Record>);

Record* records_of(KeventCall& call) { return reinterpret_cast<Record*>(&call + 1); }
const Record* records_of(const KeventCall& call) {
  return reinterpret_cast<const Record*>(&call + 1);
}

const Kqueue& kq_of(const View& view, const KeventCall& call) {
  return kqueue_of(view, call.kqueue);
}

// ---- The end ------------------------------------------------------------------------------------

Progress finish(Step& step, KeventCall& call) {
  if (call.has_timer) kernel::disarm_timeout(step);
  for (std::uint32_t i = 0; i < call.count; ++i) {
    const Record& record = records_of(call)[i];
    step.set_result(i, 0, record.ident);
    step.set_result(i, 1, record.filter);
    step.set_result(i, 2, record.flags);
    step.set_result(i, 3, record.data);
    step.set_result(i, 4, record.udata);
  }
  return step.finish(call.result);
}

void forget_changes(KeventCall& call) {
  for (std::uint32_t i = call.count; i < call.changes; ++i) records_of(call)[i] = Record{};
  call.changes = 0;
  call.change = 0;
}

Progress leave(Step& step, KeventCall& call, std::int64_t result) {
  forget_changes(call);
  call.result = result;
  if (!call.is_counted) return finish(step, call);
  call.at = At::Fput;
  return Progress::Continues;
}

void report(KeventCall& call, const KnoteState& knote, const Finding& finding) {
  records_of(call)[call.count++] = {
      .ident = knote.ident,
      .udata = knote.udata,
      .data = finding.data,
      .filter = knote.flags & kFilterMask,
      .flags = (knote.flags & kKept) | (finding.is_at_end ? std::uint32_t{kEof} : 0)};
}

// ---- Scanning -----------------------------------------------------------------------------------

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

// `while (count)`, under one hold of kq_lock: up to a knote whose filter has to be asked. Knotes
// that were put back behind the marker are for the next call.
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

// Another scan has its marker in front, or another call the first knote in hand ("kqflxwt").
bool may_take(const View& view, const KeventCall& call) {
  const Kqueue& kq = kq_of(view, call);
  const First first = first_of(view, kq);
  if (first.marker != kNoThread) return first.marker == call.thread;
  return first.place == kNoKnote || (knote_state(view, kq, first.place).status & kInFlux) == 0;
}

// The lock of the file, inside it kq_lock; then on to the next knote under the same hold.
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

// What the filter found when it ran last is reported: a ONESHOT knote is not asked again.
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

// EWOULDBLOCK of msleep()
Progress time_is_over(Step& step, KeventCall& call) {
  return leave(step, call, step.is_on(id(Switch::KqueueTimeoutIsAnError)) ? -ETIMEDOUT : 0);
}

// "Don't restart after signals."
Progress interrupted(Step& step, KeventCall& call) {
  const bool restarts = step.is_on(id(Switch::KqueueRestarts));
  return leave(step, call, restarts ? kernel::kRestartSys : -EINTR);
}

// The look and the sleep are one hold of kq_lock: no event falls in between.
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

// A wakeup() that took the thread off the channel wins over signal and time. Whoever was not woken
// does not look again.
Progress wake_up(Step& step, KeventCall& call) {
  const EntryId entry = kernel::my_entry(step);
  const bool is_woken = !kernel::is_linked(step, entry);
  kernel::finish_wait(step, entry);
  if (!is_woken && kernel::signal_pending(step, call.thread)) return interrupted(step, call);
  if (!is_woken && kernel::timer_fired(step, call.thread)) return time_is_over(step, call);
  call.at = At::Looking;
  return Progress::Continues;
}

// ---- Changes ------------------------------------------------------------------------------------

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

// Everything that kqueue_register() finds out before it lets go of kq_lock.
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

// "Knote is in the process of changing, wait for it to stabilize."
bool may_find(const View& view, const KeventCall& call) {
  const Record& change = records_of(call)[call.change];
  const Kqueue& kq = kq_of(view, call);
  const std::uint32_t place = find_knote(view, kq, change.ident, change.filter);
  return place == kNoKnote || (knote_state(view, kq, place).status & kInFlux) == 0;
}

// filt_usertouch(), EVENT_REGISTER: only a knote that was there can be triggered.
void touch_user(KnoteState& state, const Record& change) {
  const bool is_old = (state.status & kScan) != 0;
  if ((state.flags & kFilterMask) != kUser || !is_old) return;
  if ((change.flags & kTrigger) != 0) state.status |= kTriggered;
  if ((change.flags & kClear) != 0) state.status &= ~std::uint32_t{kTriggered};
}

// The lock of the file, inside it kq_lock: the filter, what follows from it, and ENABLE or DISABLE.
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

// ---- The call -----------------------------------------------------------------------------------

std::int64_t find_kqueue(const View& view, KeventCall& call) {
  const FileId id = file::lookup(view, call.number);
  if (id == file::kNoFile) return -EBADF;
  const Kqueue* const kq = kqueue_of_file(view, id);
  if (kq == nullptr)
    return view.is_on(wakesim::id(Switch::KqueueOtherFileIsEinval)) ? -EINVAL : -EBADF;
  call.file = id;
  call.kqueue = kq->id;
  return 0;
}

// Before the first change: kqueue_acquire().
void enter(KeventCall& call) { call.at = call.changes > 0 ? At::Finding : At::Looking; }

constexpr std::size_t kScalars = 3;      // kq, nevents, timeout
constexpr std::size_t kOfOneChange = 3;  // ident, operation, udata

void begin_kevent(Step& step, std::span<const std::int64_t> arguments, KeventCall& call) {
  call = KeventCall{};
  call.thread = step.thread();
  call.file = file::kNoFile;
  call.number =
      arguments[0] < 0 || arguments[0] > INT32_MAX ? -1 : static_cast<std::int32_t>(arguments[0]);
  call.capacity = arguments[1] < 0 ? 0 : static_cast<std::uint32_t>(arguments[1]);
  call.changes = static_cast<std::uint32_t>((arguments.size() - kScalars) / kOfOneChange);
  for (std::uint32_t i = 0; i < call.changes; ++i) {
    const auto change = arguments.subspan(kScalars + kOfOneChange * i, kOfOneChange);
    const auto operation = static_cast<std::uint32_t>(change[1]);
    records_of(call)[i] = {.ident = change[0],
                           .udata = change[2] == kUnwrittenOption ? change[0] : change[2],
                           .data = 0,
                           .filter = operation & kFilterMask,
                           .flags = operation & ~kFilterMask};
  }
  const bool sleeps = step.is_on(id(Switch::KqueueZeroTimeoutSleeps));
  const std::int64_t timeout = arguments[2] == 0 && sleeps ? kForever : arguments[2];
  call.is_timed_out = timeout == 0;
  std::int64_t error = 0;
  call.at = At::Fdget;
  if (file::is_table_constant(step)) {
    error = find_kqueue(step, call);
    enter(call);
  }
  call.has_bad_time = timeout < 0 && timeout != kForever;
  if (error != 0) {
    forget_changes(call);
    call.result = error;
    call.at = At::Refused;
    return;
  }
  if (timeout > 0) kernel::arm_timeout(step, timeout);
  call.has_timer = timeout > 0;
}

bool kevent_enabled(const View& view, const KeventCall& call) {
  switch (call.at) {
    case At::Refused:
    case At::Fdget:
    case At::Looking:
      return true;
    case At::Finding:
      return may_find(view, call);
    case At::Attaching:
    case At::Filtering:
    case At::Detaching:
    case At::Checking:
    case At::Dropping: {
      const Kqueue& kq = kq_of(view, call);
      return may_lock_file(view, call.thread, knote_state(view, kq, call.knote));
    }
    case At::Asleep:
      return kernel::is_running(view, call.thread) || kernel::timer_fired(view, call.thread);
    case At::Taking:
      return may_take(view, call);
    case At::Fput:
      return file::may_fput(view, call.thread, call.file);
  }
  WAKESIM_UNREACHABLE();
}

Progress step_fdget(Step& step, KeventCall& call) {
  if (const std::int64_t error = find_kqueue(step, call); error != 0) {
    return leave(step, call, error);
  }
  file::take_reference(step, call.file);
  call.is_counted = true;
  enter(call);
  return Progress::Continues;
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

Progress step_kevent(Step& step, KeventCall& call) {
  switch (call.at) {
    case At::Refused:
      return finish(step, call);
    case At::Fdget:
      return step_fdget(step, call);
    case At::Finding:
      return find(step, call);
    case At::Attaching:
      return attach_knote(step, call);
    case At::Filtering:
      return filter(step, call);
    case At::Detaching:
      return delete_knote(step, call);
    case At::Looking:
      return look(step, call);
    case At::Asleep:
      return wake_up(step, call);
    case At::Taking:
      return take(step, call);
    case At::Checking:
      return check(step, call);
    case At::Dropping:
      return drop_oneshot(step, call);
    case At::Fput:
      if (file::fput(step, call.file) == Progress::Continues) return Progress::Continues;
      return finish(step, call);
  }
  WAKESIM_UNREACHABLE();
}

std::string_view kevent_phase(const KeventCall& call) {
  switch (call.at) {
    case At::Refused:
      return "refused";
    case At::Fdget:
      return "fdget";
    case At::Finding:
      return "find knote";
    case At::Attaching:
      return "attach";
    case At::Filtering:
      return "run filter";
    case At::Detaching:
      return "detach";
    case At::Looking:
      return "look";
    case At::Asleep:
      return "asleep";
    case At::Taking:
      return "take first";
    case At::Checking:
      return "run filter again";
    case At::Dropping:
      return "drop oneshot";
    case At::Fput:
      return "fput";
  }
  WAKESIM_UNREACHABLE();
}

std::string kevent_subject(const View& view, const std::byte* frame) {
  const auto& call = *reinterpret_cast<const KeventCall*>(frame);
  FileId id = call.file;
  if (id == file::kNoFile) id = file::declared_file(view, call.number);
  return id == file::kNoFile ? "descriptor " + std::to_string(call.number)
                             : file::open_file(view, id).name;
}

// As after a timeout that found the thread still on the channel.
void return_empty(Step& step, std::byte* frame) {
  auto& call = *reinterpret_cast<KeventCall*>(frame);
  WAKESIM_ASSERT(call.at == At::Asleep);
  kernel::finish_wait(step, kernel::my_entry(step));
  call.result = 0;
  finish(step, call);
  if (call.is_counted) file::fput(step, call.file);
}

void kevent_effects(Effects& effects, std::span<const PossibleValues> arguments) {
  for (std::size_t i = kScalars; i < arguments.size(); i += kOfOneChange) {
    file::lookup_effects(effects, arguments[i]);
  }
  for (const file::OpenFile* open : file::lookup_effects(effects, arguments[0])) {
    if (open->operations != &operations()) continue;
    const Kqueue& kq = kqueue_of(effects, open->object);
    effects.enqueues(kq.ready);
    effects.enqueues(kq.sleepers.list);
    effects.wakes(kq.sleepers.list);
    effects.wakes(kq.pollers.list);
    effects_of_files(effects, kq);
  }
  effects.sleeps();
  const PossibleValues& timeout = arguments[2];
  const bool never_armed = timeout.is_single() && (timeout.first == 0 || timeout.first == kForever);
  if (!never_armed) effects.arms_timer();
}

// A call that has changed something must not be cancelled, and one that asks for nothing does not
// sleep.
bool is_point(const View& view, std::uint32_t changes, std::uint32_t events) {
  return (changes == 0 || view.is_on(id(Switch::KqueueChangesAreCancelled))) && events > 0;
}

}  // namespace

CallRow kevent_row() {
  CallRow row;
  row.name = "kevent";
  row.parameters = {{.name = "kq", .type = ParameterType::Descriptor},
                    {.name = "nevents", .is_optional = true},
                    {.name = "timeout",
                     .type = ParameterType::Duration,
                     .is_optional = true,
                     .fallback = kForever},
                    {.name = "changes",
                     .type = ParameterType::Pairs,
                     .pair = "change",
                     .pair_first = ParameterType::Descriptor,
                     .pair_option = "udata"}};
  row.result = ResultShape::List;
  row.fields = {"ident", "filter", "flags", "data", "udata"};
  row.entries_parameter = "nevents";
  row.about =
      "Makes the changes, then waits for events of the kqueue; gives how many, and of each ident, "
      "filter, flags, data and udata.";
  row.source =
      "kern_kevent(), kqueue_register(), kqueue_scan() in sys/kern/kern_event.c; kqueue(2)";
  row.errors = {{"EBADF", "kq is not open or no kqueue; of a change: ident is not open"},
                {"EINVAL", "the timeout is negative; of a change: the filter is unknown"},
                {"ENOENT", "of a change: there is no such knote, and EV_ADD is missing"},
                {"ENOMEM", "of a change: the model's bound of EVFILT_USER knotes"},
                {"EINTR", "nothing was queued and a signal came; never made again"}};
  row.wakes = "if a change queues a knote: everybody who sleeps or polls at the kqueue";
  row.is_cancellation_point = true;
  row.is_point_if = is_point;
  row.point_when = "without changes and with nevents above 0";
  row.tail_bytes = sizeof(Record);
  row.entries = 2;  // The sleep, and the marker of a scan.
  bind_frame<KeventCall, begin_kevent, kevent_enabled, step_kevent, kevent_phase>(row);
  row.may_return_empty = true;
  row.return_empty = return_empty;
  row.subject = kevent_subject;
  row.effects = kevent_effects;
  return row;
}

}  // namespace wakesim::kqueue
