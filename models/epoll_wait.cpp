// epoll_wait(2), epoll_pwait(2), epoll_pwait2(2).

#include <array>
#include <cerrno>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "models/epoll_calls.h"
#include "models/epoll_state.h"
#include "models/signal.h"
#include "models/switches.h"
#include "sim/assert.h"

namespace wakesim::epoll {
namespace {

using file::FileId;

// A call in flight; ep_poll() but for the first and the last state.
//
//   Fdget --> Looking --> LookingAgain -- nothing there --> Queueing --> Asleep -- woken --+
//                |            |            ^     |             |           |               |
//                +------------+--> Harvesting    |             |       (Unlinking: not by  |
//                     something there  ^   |   no time left    |        the waker)         |
//                                      |   |     v             |           |               |
//                                      +---|-----|-------------+-----------+---------------+
//                                          +--> Fput --> returned
struct WaitCall {
  enum class At : std::uint8_t {
    Refused,
    Fdget,
    Looking,       // ep_events_available() without the lock: the ready list,
    LookingAgain,  // the overflow list.
    Harvesting,    // ep_send_events()
    Queueing,      // The look under the lock, and queueing if there is nothing.
    Asleep,
    Unlinking,  // Not unlinked by a wake: by a timeout, say.
    Fput,
  };

  std::int64_t result;
  ThreadId thread;
  ObjectId epoll;
  FileId file;
  std::int32_t number;
  std::uint32_t capacity;  // maxevents
  std::uint32_t count;     // Events reported so far.
  At at;
  MutexState::At scan;  // How far the harvest is, for traces.
  bool is_timed_out;
  bool has_timer;
  bool is_counted;  // The call holds a reference.
  bool gives_up;    // epoll.woken-returns: it has slept.
  std::array<std::uint8_t, 2> zero;
};
static_assert(std::has_unique_object_representations_v<WaitCall>);
static_assert(sizeof(WaitCall) % 8 == 0);  // The events stand right behind it.

using At = WaitCall::At;

// struct epoll_event in the caller's array.
struct Report {
  std::int64_t data;
  std::uint32_t events;
  std::uint32_t zero;
};
static_assert(std::has_unique_object_representations_v<Report>);

std::span<Report> reports_of(WaitCall& call) {
  return {reinterpret_cast<Report*>(&call + 1), call.capacity};
}

class Harvest final : public Scanner {
 public:
  explicit Harvest(WaitCall& call) : call_(call) {}

  bool wants_more() const override { return call_.count < call_.capacity; }
  bool take(Step&, const ItemState& item, std::uint32_t mask) override {
    reports_of(call_)[call_.count++] = {.data = item.data, .events = mask, .zero = 0};
    return false;
  }

 private:
  WaitCall& call_;
};

// ---- The end ------------------------------------------------------------------------------------

// Never made again, whatever SA_RESTART says.
std::int64_t interrupted(const View& view) {
  return view.is_on(id(Switch::EpollRestarts)) ? kernel::kRestartSys : -EINTR;
}

// `fd` and `data` are members of one union in C.
Progress finish(Step& step, WaitCall& call) {
  if (call.has_timer) kernel::disarm_timeout(step);
  // restore_saved_sigmask_unless(): a handler runs under the temporary mask.
  const bool keeps_mask =
      call.result == interrupted(step) || step.is_on(id(Switch::EpollPwaitKeepsMask));
  if (!keeps_mask) signals::restore_mask(step);
  for (std::uint32_t i = 0; i < call.count; ++i) {
    const Report& report = reports_of(call)[i];
    step.set_result(i, 0, static_cast<std::int32_t>(report.data));
    step.set_result(i, 1, report.data);
    step.set_result(i, 2, report.events);
  }
  return step.finish(call.result);
}

Progress leave(Step& step, WaitCall& call, std::int64_t result) {
  call.result = result;
  if (!call.is_counted) return finish(step, call);
  call.at = At::Fput;
  return Progress::Continues;
}

// ---- Looking ------------------------------------------------------------------------------------

Progress found_nothing(Step& step, WaitCall& call) {
  const bool is_over = call.is_timed_out && !step.is_on(id(Switch::EpollZeroTimeoutEintr));
  if (is_over || call.gives_up) return leave(step, call, 0);
  // Behind the look, so an event that was seen wins.
  if (kernel::signal_pending(step, call.thread)) return leave(step, call, interrupted(step));
  if (call.is_timed_out) return leave(step, call, 0);
  call.at = At::Queueing;
  return Progress::Continues;
}

// Two loads of two words that a scan changes one after the other. Between them, and between its
// stores, both can say "nothing" although an item is ready all the time.
Progress look(Step& step, WaitCall& call) {
  const Epoll& epoll = epoll_of(step, call.epoll);
  if (step.is_on(id(Switch::EpollReadySeqcount))) {
    if (!has_events(step, epoll)) return found_nothing(step, call);
    call.at = At::Harvesting;
    return Progress::Continues;
  }
  call.at = step.size(epoll.ready) != 0 ? At::Harvesting : At::LookingAgain;
  return Progress::Continues;
}

Progress look_again(Step& step, WaitCall& call) {
  const Epoll& epoll = epoll_of(step, call.epoll);
  if (step.read(epoll.locked).is_scanning == 0) return found_nothing(step, call);
  call.at = At::Harvesting;
  return Progress::Continues;
}

// H0: a fatal signal would end the call here.
Progress harvest(Step& step, WaitCall& call) {
  const Epoll& epoll = epoll_of(step, call.epoll);
  Harvest scanner(call);
  const bool is_over = step_scan(step, epoll, scanner);
  call.scan = step.read(epoll.mutex).at;
  if (!is_over) return Progress::Continues;
  return call.count > 0 ? leave(step, call, call.count) : found_nothing(step, call);
}

// ---- Sleeping -----------------------------------------------------------------------------------

bool may_go_on(const View& view, const WaitCall& call) {
  return kernel::is_running(view, call.thread) || kernel::timer_fired(view, call.thread);
}

// One hold of ep->lock: the state is set, then the look decides whether to queue. Every waiter
// stands in front of those that came earlier.
void queue_up(Step& step, WaitCall& call) {
  const Epoll& epoll = epoll_of(step, call.epoll);
  if (has_events(step, epoll) && !step.is_on(id(Switch::EpollQueuesWithoutLook))) {
    call.at = At::Harvesting;
    return;
  }
  const kernel::EntryOptions options{.function = kernel::WakeFunction::EpollWait};
  if (step.is_on(id(Switch::EpollSleepersFifo))) {
    kernel::add_wait_queue_exclusive(step, epoll.sleepers, kernel::my_entry(step), options);
  } else if (step.is_on(id(Switch::EpollSleepersNotExclusive))) {
    kernel::add_wait_queue(step, epoll.sleepers, kernel::my_entry(step), options);
  } else {
    kernel::add_wait_queue_exclusive_head(step, epoll.sleepers, kernel::my_entry(step), options);
  }
  kernel::set_current_state(step, kernel::kTaskInterruptible);
  call.at = At::Asleep;
  if (step.is_traced() && !may_go_on(step, call)) {
    step.note({StepEvent::Kind::Slept, call.thread, 0, epoll.name});
  }
}

// epoll.wake-keeps-entry: before it takes its entry off the queue, a woken waiter goes round its
// loop once more, which begins with this state. Another wake then finds it asleep.
kernel::TaskState state_after_sleep(const View& view, const WaitCall& call) {
  const bool goes_round = view.is_on(id(Switch::EpollWakeKeepsEntry)) && !call.is_timed_out;
  return goes_round ? kernel::kTaskInterruptible : kernel::kTaskRunning;
}

// schedule_hrtimeout_range() returns; is the entry still queued? Asked without the lock: a wake
// unlinks it in the same hold of the lock in which it sets the state.
Progress wake_up(Step& step, WaitCall& call) {
  call.is_timed_out = kernel::timer_fired(step, call.thread);
  call.gives_up = step.is_on(id(Switch::EpollWokenReturns));
  kernel::set_current_state(step, state_after_sleep(step, call));
  const EntryId entry = kernel::my_entry(step);
  call.at = kernel::is_linked(step, entry) ? At::Unlinking : At::Harvesting;
  // Returns without asking whether a wake came as well: that wake is then lost on everybody.
  if (call.is_timed_out && step.is_on(id(Switch::EpollNoLookAfterTimeout)) &&
      call.at == At::Harvesting) {
    return leave(step, call, 0);
  }
  const bool is_woken = call.at == At::Harvesting && step.is_on(id(Switch::EpollSignalFirst));
  if (is_woken && kernel::signal_pending(step, call.thread)) {
    return leave(step, call, interrupted(step));
  }
  return Progress::Continues;
}

// A wake may have come since: then the events are looked for once more, timed out or not.
Progress unlink(Step& step, WaitCall& call) {
  const EntryId entry = kernel::my_entry(step);
  const bool is_linked = kernel::is_linked(step, entry);
  if (is_linked) kernel::finish_wait(step, entry);
  const bool may_have_events =
      !call.is_timed_out || (!is_linked && !step.is_on(id(Switch::EpollNoLookAfterTimeout)));
  if (!may_have_events) return found_nothing(step, call);
  call.at = At::Harvesting;
  return Progress::Continues;
}

// ---- The calls ----------------------------------------------------------------------------------

// do_epoll_wait(), ep_check_params().
std::int64_t find_epoll(const View& view, WaitCall& call) {
  const FileId id = file::lookup(view, call.number);
  if (id == file::kNoFile) return not_open(view);
  if (call.capacity == 0 && !view.is_on(wakesim::id(Switch::EpollTakesNoRoom))) return -EINVAL;
  const Epoll* const epoll = epoll_of_file(view, id);
  if (epoll == nullptr) return no_epoll(view);
  call.file = id;
  call.epoll = epoll->id;
  return 0;
}

void refuse(WaitCall& call, std::int64_t result) {
  call.result = result;
  call.at = At::Refused;
}

struct Variant {
  bool has_timespec;  // Negative times are errors, not "for ever".
  bool has_mask;      // Takes a signal mask for its length.
};

std::int64_t timeout_of(const View& view, std::int64_t written, bool has_timespec) {
  if (written == 0 && view.is_on(id(Switch::EpollZeroTimeoutSleeps))) return kForever;
  const bool is_none = !has_timespec && written < 0 && written != kForever;
  return is_none && view.is_on(id(Switch::EpollNegativeTimeoutIsZero)) ? 0 : written;
}

template <Variant variant>
void begin_wait(Step& step, std::span<const std::int64_t> arguments, WaitCall& call) {
  const std::int64_t timeout = timeout_of(step, arguments[2], variant.has_timespec);
  call = WaitCall{};
  call.thread = step.thread();
  call.file = file::kNoFile;
  call.number =
      arguments[0] < 0 || arguments[0] > INT32_MAX ? -1 : static_cast<std::int32_t>(arguments[0]);
  call.capacity = arguments[1] < 0 ? 0 : static_cast<std::uint32_t>(arguments[1]);
  if (call.capacity > 1 && step.is_on(id(Switch::EpollOneEventACall))) call.capacity = 1;
  const bool is_negative = variant.has_timespec && timeout < 0 && timeout != kForever;
  if (is_negative && !step.is_on(id(Switch::EpollTakesNegativeTimespec))) {
    refuse(call, -EINVAL);
    return;
  }
  // set_user_sigmask(): no signal falls between the mask and the sleep.
  if (variant.has_mask && !step.is_on(id(Switch::EpollPwaitIgnoresMask))) {
    signals::set_temporary_mask(step, arguments[3]);
  }
  if (!file::is_table_constant(step)) {
    call.at = At::Fdget;
  } else if (const std::int64_t error = find_epoll(step, call); error != 0) {
    refuse(call, error);
    return;
  } else {
    call.at = At::Looking;
  }
  // The deadline counts from the entry of the call.
  if (timeout > 0) kernel::arm_timeout(step, timeout);
  call.has_timer = timeout > 0;
  call.is_timed_out = timeout == 0;
}

bool wait_enabled(const View& view, const WaitCall& call) {
  switch (call.at) {
    case At::Refused:
    case At::Fdget:
    case At::Looking:
    case At::LookingAgain:
      return true;
    case At::Harvesting:
      return scan_enabled(view, call.thread, epoll_of(view, call.epoll));
    case At::Queueing:
    case At::Unlinking:
      return may_lock(view, epoll_of(view, call.epoll));
    case At::Asleep:
      return may_go_on(view, call);
    case At::Fput:
      return file::may_fput(view, call.thread, call.file);
  }
  WAKESIM_UNREACHABLE();
}

Progress step_fdget(Step& step, WaitCall& call) {
  const std::int64_t error = find_epoll(step, call);
  if (error != 0) {
    call.result = error;
    return finish(step, call);
  }
  if (!step.is_on(id(Switch::EpollWaitHoldsNothing))) {
    file::take_reference(step, call.file);
    call.is_counted = true;
  }
  call.at = At::Looking;
  return Progress::Continues;
}

Progress step_wait(Step& step, WaitCall& call) {
  switch (call.at) {
    case At::Refused:
      return finish(step, call);
    case At::Fdget:
      return step_fdget(step, call);
    case At::Looking:
      return look(step, call);
    case At::LookingAgain:
      return look_again(step, call);
    case At::Harvesting:
      return harvest(step, call);
    case At::Queueing:
      queue_up(step, call);
      return Progress::Continues;
    case At::Asleep:
      return wake_up(step, call);
    case At::Unlinking:
      return unlink(step, call);
    case At::Fput:
      if (file::fput(step, call.file) == Progress::Continues) return Progress::Continues;
      return finish(step, call);
  }
  WAKESIM_UNREACHABLE();
}

std::string_view wait_phase(const WaitCall& call) {
  switch (call.at) {
    case At::Refused:
      return "refused";
    case At::Fdget:
      return "fdget";
    case At::Looking:
      return "look";
    case At::LookingAgain:
      return "look again";
    case At::Harvesting:
      return scan_phase(call.scan);
    case At::Queueing:
      return "queue up";
    case At::Asleep:
      return "asleep";
    case At::Unlinking:
      return "unlink";
    case At::Fput:
      return "fput";
  }
  WAKESIM_UNREACHABLE();
}

const WaitCall& wait_call(const std::byte* frame) {
  return *reinterpret_cast<const WaitCall*>(frame);
}

std::string wait_subject(const View& view, const std::byte* frame) {
  const WaitCall& call = wait_call(frame);
  FileId id = call.file;
  if (id == file::kNoFile) id = file::declared_file(view, call.number);
  return id == file::kNoFile ? "descriptor " + std::to_string(call.number)
                             : file::open_file(view, id).name;
}

std::string wait_ready(Step& step, const std::byte* frame, Watched watched) {
  return ready_item(step, epoll_of(step, wait_call(frame).epoll), watched);
}

// As after a timeout that found the entry still queued.
void return_empty(Step& step, std::byte* frame) {
  WaitCall& call = *reinterpret_cast<WaitCall*>(frame);
  WAKESIM_ASSERT(call.at == At::Asleep);
  kernel::finish_wait(step, kernel::my_entry(step));
  call.result = 0;
  finish(step, call);
  if (call.is_counted) file::fput(step, call.file);
}

void wait_effects(Effects& effects, std::span<const PossibleValues> arguments) {
  for (const file::OpenFile* open : file::lookup_effects(effects, arguments[0])) {
    if (open->operations != &operations()) continue;
    const Epoll& epoll = effects.object<Epoll>(open->object);
    effects.enqueues(epoll.sleepers.list);
    scan_effects(effects, epoll);
  }
  signals::effects_of_mask(effects);
  effects.sleeps();
  const PossibleValues& timeout = arguments[2];
  const bool never_armed = timeout.is_single() && (timeout.first == 0 || timeout.first == kForever);
  if (!never_armed) effects.arms_timer();
}

template <Variant variant>
CallRow row_of(std::string_view name) {
  CallRow row;
  row.name = name;
  row.parameters = {{.name = "epfd", .type = ParameterType::Descriptor},
                    {.name = "maxevents"},
                    {.name = "timeout",
                     .type = ParameterType::Duration,
                     .is_optional = true,
                     .fallback = kForever}};
  if (variant.has_mask) {
    row.parameters.push_back({.name = "sigmask",
                              .type = ParameterType::Flags,
                              .is_optional = true,
                              .fallback = -1,
                              .misuse = signals::misuse_as_set});
  }
  row.result = ResultShape::List;
  row.fields = {"fd", "data", "events"};
  row.entries_parameter = "maxevents";
  row.errors = {{"EBADF", "epfd is not open"},
                {"EINVAL", "epfd is no epoll, or maxevents is 0 or less"},
                {"EINTR", "nothing was there and a signal was; SA_RESTART changes nothing"}};
  row.wakes = "the latest sleeper of the epoll, if items are left on the ready list";
  row.is_cancellation_point = true;
  row.tail_bytes = sizeof(Report);
  row.entries = 1;
  bind_frame<WaitCall, begin_wait<variant>, wait_enabled, step_wait, wait_phase>(row);
  row.may_return_empty = true;
  row.return_empty = return_empty;
  row.ready = wait_ready;
  row.subject = wait_subject;
  row.effects = wait_effects;
  return row;
}

}  // namespace

CallRow wait_row() {
  CallRow row = row_of<Variant{.has_timespec = false, .has_mask = false}>("epoll_wait");
  row.about = "Waits for events of the items; gives how many, and evs[i].fd, .data and .events.";
  row.source = "ep_poll() and ep_send_events() in fs/eventpoll.c; epoll_wait(2)";
  return row;
}

CallRow pwait_row() {
  CallRow row = row_of<Variant{.has_timespec = false, .has_mask = true}>("epoll_pwait");
  row.about = "epoll_wait() with a signal mask for its length.";
  row.source = "ep_poll() in fs/eventpoll.c; epoll_pwait(2)";
  return row;
}

CallRow pwait2_row() {
  CallRow row = row_of<Variant{.has_timespec = true, .has_mask = true}>("epoll_pwait2");
  row.about = "epoll_wait() with a timespec and a signal mask for its length.";
  row.source = "ep_poll() in fs/eventpoll.c; epoll_pwait2(2)";
  row.errors.push_back({"EINVAL", "the timeout is negative"});
  return row;
}

}  // namespace wakesim::epoll
