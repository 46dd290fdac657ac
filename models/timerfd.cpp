#include "models/timerfd.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/file_call.h"
#include "models/kernel.h"
#include "models/switches.h"
#include "sim/assert.h"
#include "sim/program/builder.h"
#include "sim/program/step.h"
#include "sim/program/system.h"

namespace wakesim {
namespace {

using file::FileId;
using file::OpenFile;

// struct timerfd_ctx, without its hrtimer: that is the device's timer.
struct TimerState {
  std::int64_t interval;  // tintv, nanoseconds; 0: once.
  std::uint64_t ticks;
  bool has_expired;       // Since the last read or setting.
  bool might_cancel;      // On the list of those that clock_was_set() looks at.
  bool clock_has_jumped;  // moffs == KTIME_MAX
  std::uint8_t zero[5];
};
static_assert(std::has_unique_object_representations_v<TimerState>);

struct Timerfd {
  Cell<TimerState> state;
  kernel::WaitQueue waiters;
  ThreadId device{};
  bool is_realtime = false;  // CLOCK_REALTIME: it can be set.
};

// All timers, for clock_was_set().
struct Timers {
  std::vector<ObjectId> all;
};
constexpr std::string_view kKey = "timerfd";

constexpr std::int64_t kClockRealtime = 0;
constexpr std::int64_t kClockMonotonic = 1;
constexpr std::int64_t kClockBoottime = 7;
constexpr std::int64_t kAbsolute = 1;     // TFD_TIMER_ABSTIME
constexpr std::int64_t kCancelOnSet = 2;  // TFD_TIMER_CANCEL_ON_SET
constexpr std::uint32_t kFlagsAllowed = file::kNonblock | file::kCloseOnExec;
constexpr std::int64_t kValueBytes = 8;
constexpr std::uint64_t kTicksOfRearming = 3;
constexpr std::uint64_t kTicksMax = 100;  // That nobody has read; beyond, the verdict is bounded.

const Timerfd& timer_of(const View& view, ObjectId id) { return view.object<Timerfd>(id); }
const Timerfd& timer_of(const Effects& effects, ObjectId id) { return effects.object<Timerfd>(id); }

bool may_lock(const View& view, ThreadId thread, ObjectId id) {
  return kernel::may_lock(view, thread, timer_of(view, id).waiters);
}

// wake_up_locked_poll(&ctx->wqh, EPOLLIN)
void wake_readers(Step& step, const Timerfd& timer) {
  kernel::wake_up(step, timer.waiters, {.key = file::kIn, .holds_lock = true});
}

void add_ticks(Step& step, TimerState& state, std::uint64_t count) {
  state.ticks += count;
  if (state.ticks <= kTicksMax) return;
  state.ticks = kTicksMax;
  step.note_bound();
}

// timerfd_canceled(): tells once that the clock was set.
bool take_cancellation(TimerState& state) {
  const bool is_cancelled = state.might_cancel && state.clock_has_jumped;
  if (is_cancelled) state.clock_has_jumped = false;
  return is_cancelled;
}

// hrtimer_forward_now() and hrtimer_restart(): how often the time passed since the interrupt, and
// the timer is armed for the next time. The kernel reads the clock: here one period more may have
// passed or not.
std::uint64_t forward(Step& step, const Timerfd& timer, std::int64_t interval) {
  step.arm_timer_of(timer.device, interval, TimerKind::Periodic);
  return step.choose(2);
}

// Has a periodic timer gone off, and is it for whoever comes next to arm it?
bool is_to_be_forwarded(const View& view, const TimerState& state) {
  return state.has_expired && state.interval > 0 && !view.is_on(id(Switch::TimerfdRearmsItself));
}

// ---- The interrupt ------------------------------------------------------------------------------

struct Expire {
  ObjectId object;
  ThreadId device;
};
static_assert(std::has_unique_object_representations_v<Expire>);

ObjectId declared_object(const View& view, std::int64_t handle) {
  return file::open_file(view, file::declared_file(view, handle)).object;
}

void begin_expire(Step& step, std::span<const std::int64_t> arguments, Expire& expire) {
  expire = {.object = declared_object(step, arguments[0]), .device = step.thread()};
}

bool expire_enabled(const View& view, const Expire& expire) {
  return view.timer_is_due(expire.device) && may_lock(view, expire.device, expire.object);
}

// Follows timerfd_tmrproc() and timerfd_triggered(). The timer stays off: a periodic one is armed
// again by whoever reads it.
Progress step_expire(Step& step, Expire& expire) {
  const Timerfd& timer = timer_of(step, expire.object);
  step.disarm_timer();
  TimerState state = step.read(timer.state);
  state.has_expired = true;
  add_ticks(step, state, 1);
  step.write(timer.state, state);
  const bool rearms_itself = step.is_on(id(Switch::TimerfdRearmsItself)) && state.interval > 0;
  // Unread ticks without end would be states without end.
  if (rearms_itself && state.ticks < kTicksOfRearming) {
    step.arm_timer_of(timer.device, state.interval, TimerKind::Periodic);
  }
  if (!step.is_on(id(Switch::TimerfdWakesNobody))) wake_readers(step, timer);
  return step.finish(0);
}

std::string_view expire_phase(const Expire&) { return "expire"; }

void expire_effects(Effects& effects, std::span<const PossibleValues> arguments) {
  for (const OpenFile* open : file::declared_files(effects, arguments[0])) {
    const Timerfd& timer = timer_of(effects, open->object);
    effects.writes(timer.state);
    effects.wakes(timer.waiters.list);
  }
  effects.arms_timer();
}

const CallRow& expire_row() {
  static const CallRow row = [] {
    CallRow result;
    result.name = "timerfd.expire";
    result.parameters = {
        {.name = "tfd", .type = ParameterType::Object, .kinds = "timerfd pltimer"}};
    result.result = ResultShape::Nothing;
    result.about = "The timer goes off.";
    result.source = "timerfd_triggered() in fs/timerfd.c";
    result.cost = Cost::KernelStep;
    result.is_guarded = true;
    bind_frame<Expire, begin_expire, expire_enabled, step_expire, expire_phase>(result);
    result.effects = expire_effects;
    return result;
  }();
  return row;
}

// ---- read ---------------------------------------------------------------------------------------

// A read(2) in flight.
//
//   Locked -- ticks > 0, or nonblocking --> returned
//      |
//      +-- ticks == 0 --> Asleep -- woken, ticks > 0, or a signal --> returned
//                          ^   |
//                          +---+ woken, but another reader got there first
struct TimerfdRead {
  enum class At : std::uint8_t { Invalid, Locked, Asleep };

  ObjectId object;
  At at;
  bool is_nonblocking;
  std::uint8_t zero[2];
};
static_assert(std::has_unique_object_representations_v<TimerfdRead>);

void begin_read(Step&, const OpenFile& open, const file::Request& request, TimerfdRead& read) {
  const bool is_too_small = request.value != file::kUnwritten && request.value < kValueBytes;
  read = {.object = open.object,
          .at = is_too_small ? TimerfdRead::At::Invalid : TimerfdRead::At::Locked,
          .is_nonblocking = (request.flags & file::kNonblock) != 0,
          .zero = {}};
}

// The part of timerfd_read_iter() behind its wait, under the same hold of the lock. Ticks that came
// together with a signal win, and a jump of the clock wins over ticks.
Progress take_ticks(Step& step, const Timerfd& timer, std::int64_t without) {
  TimerState state = step.read(timer.state);
  if (take_cancellation(state)) {
    state.ticks = 0;
    state.has_expired = false;
    step.write(timer.state, state);
    return step.finish(-ECANCELED);
  }
  if (state.ticks == 0) return step.finish(without);
  std::uint64_t ticks = state.ticks;
  if (is_to_be_forwarded(step, state) && !step.is_on(id(Switch::TimerfdReadForgetsTimer))) {
    ticks += forward(step, timer, state.interval);
  }
  state.has_expired = false;
  if (!step.is_on(id(Switch::TimerfdKeepsTicks))) state.ticks = 0;
  step.write(timer.state, state);
  return step.finish(static_cast<std::int64_t>(ticks));
}

// do_wait_intr_irq(): at the tail, and again there after a wake that another reader used up.
void go_to_sleep(Step& step, const TimerfdRead& read, const Timerfd& timer) {
  const EntryId entry = kernel::my_entry(step);
  if (!kernel::is_linked(step, entry)) {
    kernel::add_wait_queue_entry_tail(step, timer.waiters, entry,
                                      {.function = kernel::WakeFunction::Autoremove});
  }
  kernel::set_current_state(step, kernel::kTaskInterruptible);
  if (step.is_traced()) {
    step.note(
        {StepEvent::Kind::Slept, step.thread(), 0, std::string(step.object_name(read.object))});
  }
}

// Follows timerfd_read_iter().
Progress step_read(Step& step, TimerfdRead& read) {
  using At = TimerfdRead::At;
  const Timerfd& timer = timer_of(step, read.object);
  if (read.at == At::Invalid) return step.finish(-EINVAL);
  const bool has_ticks = step.read(timer.state).ticks > 0;
  const bool is_interrupted = !has_ticks && kernel::signal_pending(step, step.thread());
  if (!has_ticks && !is_interrupted && !read.is_nonblocking) {
    go_to_sleep(step, read, timer);
    read.at = At::Asleep;
    return Progress::Continues;
  }
  if (read.at == At::Asleep) kernel::finish_wait(step, kernel::my_entry(step));
  return take_ticks(step, timer, read.is_nonblocking ? -EAGAIN : kernel::kRestartSys);
}

bool read_enabled(const View& view, ThreadId thread, const TimerfdRead& read) {
  using At = TimerfdRead::At;
  switch (read.at) {
    case At::Invalid:
      return true;
    case At::Locked:
      return may_lock(view, thread, read.object);
    case At::Asleep:
      return kernel::is_running(view, thread) && may_lock(view, thread, read.object);
  }
  WAKESIM_UNREACHABLE();
}

std::string_view read_phase(const TimerfdRead& read) {
  switch (read.at) {
    case TimerfdRead::At::Invalid:
      return "invalid size";
    case TimerfdRead::At::Locked:
      return "locked";
    case TimerfdRead::At::Asleep:
      return "asleep";
  }
  WAKESIM_UNREACHABLE();
}

bool read_condition(const View& view, const TimerfdRead& read) {
  return view.read(timer_of(view, read.object).state).ticks > 0;
}

void read_effects(Effects& effects, const OpenFile& open) {
  const Timerfd& timer = timer_of(effects, open.object);
  effects.writes(timer.state);
  effects.enqueues(timer.waiters.list);
  effects.arms_timer_of(timer.device);
}

// ---- poll, release ------------------------------------------------------------------------------

kernel::WaitQueue poll_queue(const View& view, const OpenFile& open) {
  return timer_of(view, open.object).waiters;
}

bool poll_enabled(const View& view, ThreadId thread, const OpenFile& open) {
  return may_lock(view, thread, open.object);
}

// timerfd_poll() looks under the lock.
std::optional<std::uint32_t> poll_step(Step& step, const OpenFile& open) {
  return step.read(timer_of(step, open.object).state).ticks > 0 ? file::kIn : 0u;
}

void poll_effects(Effects& effects, const OpenFile& open) {
  const Timerfd& timer = timer_of(effects, open.object);
  effects.reads(timer.state);
  effects.enqueues(timer.waiters.list);
}

// timerfd_release(): off the list of those that a jump of the clock cancels, then hrtimer_cancel().
void release(Step& step, const OpenFile& open) {
  const Timerfd& timer = timer_of(step, open.object);
  step.disarm_timer_of(timer.device);
  TimerState state = step.read(timer.state);
  state.might_cancel = false;
  step.write(timer.state, state);
}

void release_effects(Effects& effects, const OpenFile& open) {
  const Timerfd& timer = timer_of(effects, open.object);
  effects.writes(timer.state);
  effects.arms_timer_of(timer.device);
}

std::int64_t pending(const View& view, const OpenFile& open) {
  return static_cast<std::int64_t>(view.read(timer_of(view, open.object).state).ticks);
}

void pending_effects(Effects& effects, const OpenFile& open) {
  effects.reads(timer_of(effects, open.object).state);
}

const file::FileOperations& operations() {
  static const file::FileOperations& registered = file::register_kind([] {
    file::FileOperations result;
    result.kind = "timerfd";
    result.read = file::make_transfer<TimerfdRead, begin_read, read_enabled, step_read, read_phase,
                                      read_condition>(read_effects);
    result.write = file::no_such_method();
    result.poll.queue = poll_queue;
    result.poll.effects = poll_effects;
    result.poll.enabled = poll_enabled;
    result.poll.step = poll_step;
    result.release = release;
    result.release_effects = release_effects;
    result.pending = pending;
    result.pending_effects = pending_effects;
    return result;
  }());
  return registered;
}

// ---- timerfd_settime, timerfd_gettime -----------------------------------------------------------

struct TimerfdOperation {
  static constexpr std::int32_t kWrongKind = EINVAL;
  static const file::FileOperations& operations() { return wakesim::operations(); }
  static bool condition(const View&, const auto&) { return true; }
};

// A timerfd_settime(2) in flight.
//
//   Listing -- on or off the list of timers that a jump of the clock cancels --> Locked
//   Locked -- the old timer stopped, the new one armed --> returned
struct SetTime : TimerfdOperation {
  enum class At : std::uint8_t { Listing, Locked };

  struct Frame {
    std::int64_t value;
    std::int64_t interval;
    ObjectId object;
    bool is_absolute;
    bool cancels;
    At at;
    std::uint8_t zero;
  };
  static_assert(std::has_unique_object_representations_v<Frame>);

  static std::int32_t refusal(std::span<const std::int64_t> arguments) {
    const bool is_valid =
        arguments[1] >= 0 && arguments[2] >= 0 && (arguments[3] & ~(kAbsolute | kCancelOnSet)) == 0;
    return is_valid ? 0 : EINVAL;
  }

  static void parse(std::span<const std::int64_t> arguments, Frame& frame) {
    const std::int64_t flags = arguments[3];
    frame.value = arguments[1];
    frame.interval = arguments[2];
    frame.is_absolute = (flags & kAbsolute) != 0;
    frame.cancels = frame.is_absolute && (flags & kCancelOnSet) != 0;
    frame.at = At::Listing;
  }

  // timerfd_setup_cancel() is a step only where it changes something.
  static void enter(Step& step, const OpenFile& open, std::uint32_t, Frame& frame) {
    frame.object = open.object;
    const Timerfd& timer = timer_of(step, open.object);
    frame.cancels = frame.cancels && timer.is_realtime;
    if (!timer.is_realtime) frame.at = At::Locked;
  }

  static bool enabled(const View& view, ThreadId thread, const Frame& frame) {
    return frame.at != At::Locked || may_lock(view, thread, frame.object);
  }

  static Progress step(Step& step, Frame& frame);

  static std::string_view phase(const Frame& frame) {
    switch (frame.at) {
      case At::Listing:
        return "list for clock jumps";
      case At::Locked:
        return "set timer";
    }
    WAKESIM_UNREACHABLE();
  }

  static void effects(Effects& effects, const OpenFile& open, std::span<const PossibleValues>) {
    read_effects(effects, open);
  }
};

// do_timerfd_settime(): hrtimer_try_to_cancel() waits for an interrupt that is under way, which
// holds the lock; one that has not come yet will not come. A new setting forgets unread ticks.
Progress SetTime::step(Step& step, Frame& frame) {
  const Timerfd& timer = timer_of(step, frame.object);
  TimerState state = step.read(timer.state);
  switch (frame.at) {
    case At::Listing:
      state.might_cancel = frame.cancels;
      step.write(timer.state, state);
      frame.at = At::Locked;
      return Progress::Continues;
    case At::Locked: {
      step.disarm_timer_of(timer.device);
      if (!step.is_on(id(Switch::TimerfdSetKeepsTicks))) {
        state.ticks = 0;
        state.has_expired = false;
      }
      state.interval = frame.interval;
      std::int64_t result = 0;
      if (frame.value > 0) {
        step.arm_timer_of(timer.device, frame.value,
                          frame.is_absolute ? TimerKind::Absolute : TimerKind::Relative);
        if (take_cancellation(state)) result = -ECANCELED;
      }
      step.write(timer.state, state);
      return step.finish(result);
    }
  }
  WAKESIM_UNREACHABLE();
}

// A timerfd_gettime(2): one step under the lock.
struct GetTime : TimerfdOperation {
  struct Frame {
    ObjectId object;
    std::uint32_t zero;
  };
  static_assert(std::has_unique_object_representations_v<Frame>);

  static void parse(std::span<const std::int64_t>, Frame&) {}
  static void enter(Step&, const OpenFile& open, std::uint32_t, Frame& frame) {
    frame.object = open.object;
  }
  static bool enabled(const View& view, ThreadId thread, const Frame& frame) {
    return may_lock(view, thread, frame.object);
  }

  // do_timerfd_gettime(): brings a periodic timer up to date, without a wake.
  static Progress step(Step& step, Frame& frame) {
    const Timerfd& timer = timer_of(step, frame.object);
    TimerState state = step.read(timer.state);
    if (is_to_be_forwarded(step, state)) {
      state.has_expired = false;
      add_ticks(step, state, forward(step, timer, state.interval));
      step.write(timer.state, state);
    }
    return step.finish(step.run(timer.device).timer == kernel::kTimerArmed ? 1 : 0);
  }

  static std::string_view phase(const Frame&) { return "look at timer"; }
  static void effects(Effects& effects, const OpenFile& open, std::span<const PossibleValues>) {
    read_effects(effects, open);
  }
};

// A struct itimerspec has no value for "never"; a negative time is the kernel's to refuse.
Misuse misuse_as_time(std::string_view text, std::int64_t value) {
  if (value != kForever || text.front() == '-') return {};
  return {"a timer cannot be set to `" + std::string(text) + "`",
          "write  0  to stop it; without an interval it goes off once"};
}

CallRow set_row() {
  CallRow row = file::make_file_call<SetTime>("timerfd_settime");
  row.parameters = {{.name = "tfd", .type = ParameterType::Descriptor},
                    {.name = "value", .type = ParameterType::Duration, .misuse = misuse_as_time},
                    {.name = "interval",
                     .type = ParameterType::Duration,
                     .is_optional = true,
                     .misuse = misuse_as_time},
                    {.name = "flags", .type = ParameterType::Flags, .is_optional = true}};
  row.about = "Arms the timer, once or for every `interval`; a value of 0 stops it.";
  row.source = "do_timerfd_settime() in fs/timerfd.c; timerfd_settime(2)";
  row.errors = {{"EBADF", "the descriptor is not open"},
                {"EINVAL", "no timerfd, an unknown flag or a negative time"},
                {"ECANCELED", "the clock was set since it was last looked at"}};
  row.wakes = "nobody; unread expirations are forgotten";
  return row;
}

CallRow get_row() {
  CallRow row = file::make_file_call<GetTime>("timerfd_gettime");
  row.parameters = {{.name = "tfd", .type = ParameterType::Descriptor}};
  row.about = "1 if the timer is armed, 0 if not; how much time is left is not modelled.";
  row.source = "do_timerfd_gettime() in fs/timerfd.c; timerfd_gettime(2)";
  row.errors = {{"EBADF", "the descriptor is not open"}, {"EINVAL", "no timerfd"}};
  row.wakes = "nobody, even if it finds that time has passed";
  return row;
}

// ---- clock_settime ------------------------------------------------------------------------------

// A clock_settime(CLOCK_REALTIME) in flight: timerfd_clock_was_set() goes through the timers. It
// asks without a lock which might be cancelled, so one that is set anew behind the look gets a tick
// of which it knows nothing.
//
//   Looking -- on the list --> Locked -- told --> Looking at the next, or returned
//      |
//      +-- not on the list --> Looking at the next, or returned
struct ClockSet {
  enum class At : std::uint8_t { Looking, Locked };

  std::uint32_t next;
  ThreadId thread;
  At at;
  std::uint8_t zero[3];
};
static_assert(std::has_unique_object_representations_v<ClockSet>);

const std::vector<ObjectId>& all_timers(const View& view) {
  static const std::vector<ObjectId> none;
  const auto known = view.system().singletons.find(kKey);
  return known == view.system().singletons.end() ? none : view.object<Timers>(known->second).all;
}

void begin_clock(Step& step, std::span<const std::int64_t>, ClockSet& call) {
  call = {.next = 0, .thread = step.thread(), .at = ClockSet::At::Looking, .zero = {}};
}

bool clock_enabled(const View& view, const ClockSet& call) {
  return call.at == ClockSet::At::Looking ||
         may_lock(view, call.thread, all_timers(view)[call.next]);
}

Progress step_clock(Step& step, ClockSet& call) {
  const auto& timers = all_timers(step);
  if (timers.empty()) return step.finish(0);
  const Timerfd& timer = timer_of(step, timers[call.next]);
  TimerState state = step.read(timer.state);
  if (call.at == ClockSet::At::Looking && state.might_cancel) {
    call.at = ClockSet::At::Locked;
    return Progress::Continues;
  }
  const bool is_last = ++call.next == timers.size();
  if (call.at == ClockSet::At::Locked) {
    call.at = ClockSet::At::Looking;
    state.clock_has_jumped = true;
    add_ticks(step, state, 1);
    step.write(timer.state, state);
    wake_readers(step, timer);
  }
  return is_last ? step.finish(0) : Progress::Continues;
}

std::string_view clock_phase(const ClockSet& call) {
  return call.at == ClockSet::At::Looking ? "look at timer" : "tell timer";
}

void clock_effects(Effects& effects, std::span<const PossibleValues>) {
  const View view = effects.records();
  for (const ObjectId id : all_timers(view)) {
    effects.writes(timer_of(effects, id).state);
    effects.wakes(timer_of(effects, id).waiters.list);
  }
}

CallRow clock_row() {
  CallRow row;
  row.name = "clock_settime";
  row.about = "Sets CLOCK_REALTIME; timers armed with TFD_TIMER_CANCEL_ON_SET are told.";
  row.source = "timerfd_clock_was_set() in fs/timerfd.c; clock_settime(2)";
  row.wakes = "every reader and poller of a timer that is told";
  bind_frame<ClockSet, begin_clock, clock_enabled, step_clock, clock_phase>(row);
  row.effects = clock_effects;
  return row;
}

// ---- The object ---------------------------------------------------------------------------------

// The timer is created unarmed: timerfd_create(2).
std::int64_t create(Builder& builder, const std::string& name,
                    std::span<const std::int64_t> arguments) {
  const std::int64_t clock = arguments[0];
  if (clock != kClockRealtime && clock != kClockMonotonic && clock != kClockBoottime) {
    builder.error("a timerfd's clock is CLOCK_REALTIME, CLOCK_MONOTONIC or CLOCK_BOOTTIME");
  }
  if ((arguments[1] & ~std::int64_t{kFlagsAllowed}) != 0) {
    builder.error("timerfd takes the flags TFD_NONBLOCK and TFD_CLOEXEC");
  }
  Timerfd timer;
  timer.is_realtime = clock == kClockRealtime;
  timer.state = builder.add_cell(name, TimerState{});
  timer.waiters = kernel::make_wait_queue(builder, "waiters of " + name);
  timer.device = builder.device_of(name);
  const ObjectId object = builder.emplace(name, timer);
  kernel::set_subject(builder, builder.record<Timerfd>(object).waiters, object);
  if (builder.singleton(kKey) == ObjectId{}) {
    builder.set_singleton(kKey, builder.emplace("all timerfds", Timers{}));
  }
  builder.record<Timers>(builder.singleton(kKey)).all.push_back(object);
  OpenFile open;
  open.name = name;
  open.operations = &operations();
  open.object = object;
  open.flags = static_cast<std::uint32_t>(arguments[1]);
  return file::open_at_load(builder, open);
}

std::string display(const View& view, std::int64_t handle) {
  const Timerfd& timer = timer_of(view, declared_object(view, handle));
  const TimerState state = view.read(timer.state);
  std::string text = std::to_string(state.ticks);
  if (view.run(timer.device).timer != kernel::kTimerOff) text += ", armed";
  return text;
}

ObjectRow object_row() {
  ObjectRow row;
  row.kind = "timerfd";
  row.parameters = {{.name = "clock",
                     .type = ParameterType::Flags,
                     .is_optional = true,
                     .fallback = kClockMonotonic},
                    {.name = "flags", .type = ParameterType::Flags, .is_optional = true}};
  row.about = "A timer with a descriptor; it counts its expirations and is created unarmed.";
  row.source = "fs/timerfd.c; timerfd_create(2)";
  row.descriptors = 1;
  row.create = create;
  row.display = display;
  row.device = &expire_row();
  row.device_name = "timer";
  return row;
}

}  // namespace

ObjectRow timerfd_row() { return object_row(); }

ModelTable timerfd_model() {
  ModelTable table;
  table.name = "timerfd";
  table.about = "A timer that can be read and polled.";
  table.objects = {object_row()};
  table.calls = {set_row(), get_row(), clock_row()};
  table.constants = {
      {"CLOCK_REALTIME", kClockRealtime},        {"CLOCK_MONOTONIC", kClockMonotonic},
      {"CLOCK_BOOTTIME", kClockBoottime},        {"TFD_TIMER_ABSTIME", kAbsolute},
      {"TFD_TIMER_CANCEL_ON_SET", kCancelOnSet}, {"TFD_NONBLOCK", file::kNonblock},
      {"TFD_CLOEXEC", file::kCloseOnExec}};
  table.switches = {
      planted_mistake(Switch::TimerfdWakesNobody, "timerfd.wakes-nobody",
                      "An expiration is counted and wakes nobody."),
      planted_mistake(Switch::TimerfdKeepsTicks, "timerfd.keeps-ticks",
                      "A read leaves the expirations that it reports."),
      planted_mistake(Switch::TimerfdRearmsItself, "timerfd.rearms-itself",
                      "A periodic timer is armed by its interrupt, not by whoever reads it."),
      planted_mistake(Switch::TimerfdReadForgetsTimer, "timerfd.read-forgets-timer",
                      "A read does not arm the periodic timer again."),
      planted_mistake(Switch::TimerfdSetKeepsTicks, "timerfd.settime-keeps-ticks",
                      "A new setting leaves the expirations of the old one."),
  };
  return table;
}

}  // namespace wakesim
