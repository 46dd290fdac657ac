#include "models/eventfd.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "models/file.h"
#include "models/kernel.h"
#include "models/switches.h"
#include "sim/assert.h"
#include "sim/program/step.h"

namespace wakesim {
namespace {

using file::FileId;
using file::OpenFile;

// The counter and the queue have one lock in the kernel. Here they are two conflict classes,
// because poll() links without looking at the counter and looks at it without the lock.
struct Eventfd {
  Cell<std::uint64_t> counter;
  kernel::WaitQueue waiters;
};

constexpr std::uint64_t kCounterMax = ~std::uint64_t{0};  // Reached by eventfd_signal() only.
constexpr std::int64_t kValueBytes = 8;

constexpr std::uint32_t kSemaphore = 1;  // EFD_SEMAPHORE
constexpr std::uint32_t kFlagsAllowed = kSemaphore | file::kNonblock | file::kCloseOnExec;

const Eventfd& eventfd_of(const View& view, ObjectId id) { return view.object<Eventfd>(id); }
const Eventfd& eventfd_of(const Effects& effects, ObjectId id) {
  return effects.object<Eventfd>(id);
}

// wake_up_locked_poll(): one exclusive waiter at most, but readers and writers are not exclusive,
// so everybody is visited; pollers are filtered by `key`.
void wake_locked(Step& step, const Eventfd& eventfd, std::uint32_t key) {
  kernel::wake_up(step, eventfd.waiters, {.key = key, .holds_lock = true});
}

// do_wait_intr_irq(): at the tail, and again at the tail after a wake that another thread used up,
// because the wake took the entry off.
void link_and_sleep(Step& step, ObjectId object, const Eventfd& eventfd, std::uint32_t wanted) {
  const EntryId entry = kernel::my_entry(step);
  if (!kernel::is_linked(step, entry)) {
    kernel::EntryOptions options{.function = kernel::WakeFunction::Autoremove};
    if (step.is_on(id(Switch::EventfdWaitsExclusive))) options.flags = kernel::kWaitExclusive;
    if (step.is_on(id(Switch::EventfdSleepersLookAtKey))) {
      options.function = kernel::WakeFunction::Pollwake;
      options.key = wanted;
    }
    if (step.is_on(id(Switch::EventfdWaitsAtHead))) {
      kernel::add_wait_queue(step, eventfd.waiters, entry, options);
    } else {
      kernel::add_wait_queue_entry_tail(step, eventfd.waiters, entry, options);
    }
  }
  kernel::set_current_state(step, kernel::kTaskInterruptible);
  if (step.is_traced()) {
    step.note({StepEvent::Kind::Slept, step.thread(), 0, std::string(step.object_name(object))});
  }
}

// do_wait_intr_irq() finds a signal: off the queue, still under the lock. Events win over signals,
// since the counter was looked at first.
Progress interrupted(Step& step) {
  kernel::finish_wait(step, kernel::my_entry(step));
  return step.finish(kernel::kRestartSys);
}

// ---- read ---------------------------------------------------------------------------------------

// A read(2) in flight.
//
//   Locked -- counter > 0, or nonblocking --> returned
//      |
//      +-- counter == 0 --> Asleep -- woken, counter > 0 --> returned
//                            ^   |
//                            +---+ woken, but another reader got there first
struct EventfdRead {
  enum class At : std::uint8_t { Invalid, Locked, Linking, Asleep };

  ObjectId object;
  At at;
  bool is_nonblocking;
  bool is_semaphore;
  std::uint8_t zero;
};
static_assert(std::has_unique_object_representations_v<EventfdRead>);

bool is_nonblocking(const View& view, const file::Request& request) {
  if (view.is_on(id(Switch::EventfdNonblockSleeps))) return false;
  return (request.flags & file::kNonblock) != 0;
}

void begin_read(Step& step, const OpenFile& file, const file::Request& request, EventfdRead& read) {
  const bool is_too_small = request.value != file::kUnwritten && request.value < kValueBytes &&
                            !step.is_on(id(Switch::EventfdTakesShortReads));
  read = {.object = file.object,
          .at = is_too_small ? EventfdRead::At::Invalid : EventfdRead::At::Locked,
          .is_nonblocking = is_nonblocking(step, request),
          .is_semaphore = (request.flags & kSemaphore) != 0,
          .zero = 0};
}

bool fits(std::uint64_t counter, std::uint64_t value) { return kCounterMax - counter > value; }

// eventfd_ctx_do_read() and the wake, still under the lock. The value may not fit a signed number;
// it is handed over bit by bit.
Progress take(Step& step, const EventfdRead& read, const Eventfd& eventfd, std::uint64_t counter) {
  const bool takes_one = read.is_semaphore ? !step.is_on(id(Switch::EventfdSemaphoreTakesAll))
                                           : step.is_on(id(Switch::EventfdReadTakesOne));
  const std::uint64_t value = takes_one ? 1 : counter;
  step.write(eventfd.counter, counter - value);
  const bool is_quiet = step.is_on(id(Switch::EventfdReadWakesNobody)) ||
                        (fits(counter, 1) && step.is_on(id(Switch::EventfdReadWakesIfFull)));
  if (!is_quiet) wake_locked(step, eventfd, file::kOut);
  return step.finish(static_cast<std::int64_t>(value));
}

// Follows eventfd_read(). The lock is held from the test of the counter until the thread is queued
// and marked asleep, so no write can fall in between and find nobody to wake.
Progress step_read(Step& step, EventfdRead& read) {
  using At = EventfdRead::At;
  const Eventfd& eventfd = eventfd_of(step, read.object);
  switch (read.at) {
    case At::Invalid:
      return step.finish(-EINVAL);
    case At::Locked:
    case At::Asleep: {
      const bool looks_first = step.is_on(id(Switch::EventfdSignalFirst)) && read.at == At::Asleep;
      if (looks_first && kernel::signal_pending(step, step.thread())) return interrupted(step);
      const std::uint64_t counter = step.read(eventfd.counter);
      if (counter > 0) {
        if (read.at == At::Asleep) kernel::finish_wait(step, kernel::my_entry(step));
        return take(step, read, eventfd, counter);
      }
      if (read.is_nonblocking) return step.finish(-EAGAIN);
      if (read.at == At::Asleep && step.is_on(id(Switch::EventfdWokenReturns))) {
        kernel::finish_wait(step, kernel::my_entry(step));
        return step.finish(-EAGAIN);
      }
      if (kernel::signal_pending(step, step.thread())) return interrupted(step);
      if (step.is_on(id(Switch::EventfdCheckOutsideLock))) {
        read.at = At::Linking;
        return Progress::Continues;
      }
      link_and_sleep(step, read.object, eventfd, file::kIn);
      read.at = At::Asleep;
      return Progress::Continues;
    }
    case At::Linking:  // eventfd.check-outside-lock
      link_and_sleep(step, read.object, eventfd, file::kIn);
      read.at = At::Asleep;
      return Progress::Continues;
  }
  WAKESIM_UNREACHABLE();
}

bool read_enabled(const View& view, ThreadId thread, const EventfdRead& read) {
  using At = EventfdRead::At;
  const auto may_lock = [&] {
    return kernel::may_lock(view, thread, eventfd_of(view, read.object).waiters);
  };
  switch (read.at) {
    case At::Invalid:
      return true;
    case At::Locked:
    case At::Linking:
      return may_lock();
    case At::Asleep:
      return kernel::is_running(view, thread) && may_lock();
  }
  WAKESIM_UNREACHABLE();
}

std::string_view read_phase(const EventfdRead& read) {
  using At = EventfdRead::At;
  switch (read.at) {
    case At::Invalid:
      return "invalid size";
    case At::Locked:
      return "locked";
    case At::Linking:
      return "link";
    case At::Asleep:
      return "asleep";
  }
  WAKESIM_UNREACHABLE();
}

bool read_condition(const View& view, const EventfdRead& read) {
  return view.read(eventfd_of(view, read.object).counter) > 0;
}

// ---- write --------------------------------------------------------------------------------------

// A write(2) in flight. The states are those of a read; the thread sleeps while the sum would
// reach 2^64-1.
struct EventfdWrite {
  enum class At : std::uint8_t { Invalid, Locked, Linking, Asleep };

  std::uint64_t value;
  ObjectId object;
  At at;
  bool is_nonblocking;
  std::array<std::uint8_t, 2> zero;
};
static_assert(std::has_unique_object_representations_v<EventfdWrite>);

void begin_write(Step& step, const OpenFile& file, const file::Request& request,
                 EventfdWrite& write) {
  const auto value = static_cast<std::uint64_t>(request.value);
  const bool has_size =
      request.size == kValueBytes || step.is_on(id(Switch::EventfdTakesOtherSizes));
  const bool is_in_range = value != kCounterMax || step.is_on(id(Switch::EventfdTakesMaximum));
  const bool is_valid = has_size && is_in_range;
  write = {.value = value,
           .object = file.object,
           .at = is_valid ? EventfdWrite::At::Locked : EventfdWrite::At::Invalid,
           .is_nonblocking = is_nonblocking(step, request),
           .zero = {}};
}

// The counter is raised and the wake done, in one hold of the lock. A write of 0 changes nothing
// and wakes like any other.
Progress add(Step& step, const EventfdWrite& write, const Eventfd& eventfd, std::uint64_t counter) {
  const bool overwrites = step.is_on(id(Switch::EventfdWriteOverwrites));
  step.write(eventfd.counter, overwrites ? write.value : counter + write.value);
  const bool is_quiet = step.is_on(id(Switch::EventfdWriteWakesNobody)) ||
                        (write.value == 0 && step.is_on(id(Switch::EventfdZeroWakesNobody)));
  if (!is_quiet) wake_locked(step, eventfd, file::kIn);
  return step.finish(kValueBytes);
}

// Follows eventfd_write().
Progress step_write(Step& step, EventfdWrite& write) {
  using At = EventfdWrite::At;
  const Eventfd& eventfd = eventfd_of(step, write.object);
  switch (write.at) {
    case At::Invalid:
      return step.finish(-EINVAL);
    case At::Locked:
    case At::Asleep: {
      const std::uint64_t counter = step.read(eventfd.counter);
      if (fits(counter, write.value) || step.is_on(id(Switch::EventfdOverflows))) {
        if (write.at == At::Asleep) kernel::finish_wait(step, kernel::my_entry(step));
        return add(step, write, eventfd, counter);
      }
      if (write.is_nonblocking) return step.finish(-EAGAIN);
      if (kernel::signal_pending(step, step.thread())) return interrupted(step);
      if (step.is_on(id(Switch::EventfdCheckOutsideLock))) {
        write.at = At::Linking;
        return Progress::Continues;
      }
      link_and_sleep(step, write.object, eventfd, file::kOut);
      write.at = At::Asleep;
      return Progress::Continues;
    }
    case At::Linking:  // eventfd.check-outside-lock
      link_and_sleep(step, write.object, eventfd, file::kOut);
      write.at = At::Asleep;
      return Progress::Continues;
  }
  WAKESIM_UNREACHABLE();
}

bool write_enabled(const View& view, ThreadId thread, const EventfdWrite& write) {
  using At = EventfdWrite::At;
  const auto may_lock = [&] {
    return kernel::may_lock(view, thread, eventfd_of(view, write.object).waiters);
  };
  switch (write.at) {
    case At::Invalid:
      return true;
    case At::Locked:
    case At::Linking:
      return may_lock();
    case At::Asleep:
      return kernel::is_running(view, thread) && may_lock();
  }
  WAKESIM_UNREACHABLE();
}

std::string_view write_phase(const EventfdWrite& write) {
  using At = EventfdWrite::At;
  switch (write.at) {
    case At::Invalid:
      return "invalid value";
    case At::Locked:
      return "locked";
    case At::Linking:
      return "link";
    case At::Asleep:
      return "asleep";
  }
  WAKESIM_UNREACHABLE();
}

bool write_condition(const View& view, const EventfdWrite& write) {
  return fits(view.read(eventfd_of(view, write.object).counter), write.value);
}

// Reads and writes do the same things to the same places.
void transfer_effects(Effects& effects, const OpenFile& file) {
  const Eventfd& eventfd = eventfd_of(effects, file.object);
  effects.writes(eventfd.counter);
  effects.enqueues(eventfd.waiters.list);
  effects.wakes(eventfd.waiters.list);
}

// ---- poll, release ------------------------------------------------------------------------------

kernel::WaitQueue poll_queue(const View& view, const OpenFile& file) {
  return eventfd_of(view, file.object).waiters;
}

std::uint32_t poll_loads(const View&, const OpenFile&) { return 1; }

// Follows eventfd_poll() behind its poll_wait(): one load of the counter without the lock. A
// writer changes the counter and looks at the queue under one hold of the lock, so either it sees
// the entry that poll_wait() linked under that lock, or this load sees the new counter.
std::uint32_t poll_load(const View& view, const OpenFile& file, std::uint32_t) {
  const std::uint64_t counter = view.read(eventfd_of(view, file.object).counter);
  std::uint32_t mask = 0;
  if (counter > 0 && !view.is_on(id(Switch::EventfdPollForgetsIn))) mask |= file::kIn;
  if (counter == kCounterMax && !view.is_on(id(Switch::EventfdPollForgetsErr))) mask |= file::kErr;
  if (fits(counter, 1) || view.is_on(id(Switch::EventfdPollOutWhenFull))) mask |= file::kOut;
  return mask;
}

void poll_effects(Effects& effects, const OpenFile& file) {
  const Eventfd& eventfd = eventfd_of(effects, file.object);
  effects.reads(eventfd.counter);
  effects.enqueues(eventfd.waiters.list);
}

// Follows eventfd_release(). Sleepers and pollers hold references, so only entries without one
// (an epoll's, irqfd's) can still be on the queue. The counter of a file that a call opened goes
// back to 0: the next one starts from there.
void release(Step& step, const OpenFile& file) {
  const Eventfd& eventfd = eventfd_of(step, file.object);
  kernel::wake_up(step, eventfd.waiters, {.key = file::kHup});
  if (file.is_pooled) step.write(eventfd.counter, std::uint64_t{0});
}

void release_effects(Effects& effects, const OpenFile& file) {
  const Eventfd& eventfd = eventfd_of(effects, file.object);
  effects.wakes(eventfd.waiters.list);
  if (file.is_pooled) effects.writes(eventfd.counter);
}

std::int64_t pending(const View& view, const OpenFile& file) {
  return static_cast<std::int64_t>(view.read(eventfd_of(view, file.object).counter));
}

void pending_effects(Effects& effects, const OpenFile& file) {
  effects.reads(eventfd_of(effects, file.object).counter);
}

const file::FileOperations& operations() {
  static const file::FileOperations& registered = file::register_kind([] {
    file::FileOperations result;
    result.kind = "eventfd";
    result.read = file::make_transfer<EventfdRead, begin_read, read_enabled, step_read, read_phase,
                                      read_condition>(transfer_effects);
    result.write = file::make_transfer<EventfdWrite, begin_write, write_enabled, step_write,
                                       write_phase, write_condition>(transfer_effects);
    result.poll = {poll_queue, nullptr, poll_loads, poll_load, poll_effects};
    result.release = release;
    result.release_effects = release_effects;
    result.pending = pending;
    result.pending_effects = pending_effects;
    return result;
  }());
  return registered;
}

// ---- The object ---------------------------------------------------------------------------------

OpenFile make_file(Builder& builder, const std::string& name, std::uint64_t initial,
                   std::uint32_t flags) {
  Eventfd eventfd;
  eventfd.counter = builder.add_cell(name, initial);
  eventfd.waiters = kernel::make_wait_queue(builder, "waiters of " + name);
  const ObjectId object = builder.emplace(name, eventfd);
  kernel::set_subject(builder, builder.record<Eventfd>(object).waiters, object);
  OpenFile file;
  file.name = name;
  file.operations = &operations();
  file.object = object;
  file.flags = flags;
  return file;
}

// The kernel takes 32 bits; a declared counter may start anywhere that writes could take it.
std::int64_t create(Builder& builder, const std::string& name,
                    std::span<const std::int64_t> arguments) {
  const auto initial = static_cast<std::uint64_t>(arguments[0]);
  const auto flags = static_cast<std::uint64_t>(arguments[1]);
  if (initial == kCounterMax) {
    builder.error("an eventfd's counter starts at 2^64-2 or less: only eventfd_signal() goes on");
  }
  if ((flags & ~std::uint64_t{kFlagsAllowed}) != 0) {
    builder.error("eventfd takes the flags EFD_SEMAPHORE, EFD_NONBLOCK and EFD_CLOEXEC");
  }
  return file::open_at_load(builder,
                            make_file(builder, name, initial, static_cast<std::uint32_t>(flags)));
}

std::string display(const View& view, std::int64_t handle) {
  const OpenFile& file = file::open_file(view, file::declared_file(view, handle));
  return std::to_string(view.read(eventfd_of(view, file.object).counter));
}

ObjectRow object_row() {
  ObjectRow row;
  row.kind = "eventfd";
  row.parameters = {{.name = "initval", .is_optional = true},
                    {.name = "flags", .type = ParameterType::Flags, .is_optional = true}};
  row.about = "A 64-bit counter with a descriptor.";
  row.source = "fs/eventfd.c; eventfd(2)";
  row.descriptors = 1;
  row.create = create;
  row.display = display;
  return row;
}

// ---- eventfd(2) as a call -----------------------------------------------------------------------

// do_eventfd() reserves the number, makes the file and installs it. Until then the number leads
// nowhere, so others cannot tell this from one step.
struct OpenCall {
  std::int64_t initial;
  std::int64_t flags;
};
static_assert(std::has_unique_object_representations_v<OpenCall>);

void begin_open(Step&, std::span<const std::int64_t> arguments, OpenCall& call) {
  call = {.initial = arguments[0], .flags = arguments[1]};
}

bool open_enabled(const View&, const OpenCall&) { return true; }

Progress step_open(Step& step, OpenCall& call) {
  const auto flags = static_cast<std::uint64_t>(call.flags);
  const bool is_known = (flags & ~std::uint64_t{kFlagsAllowed}) == 0;
  if (!is_known && !step.is_on(id(Switch::EventfdTakesAnyFlag))) return step.finish(-EINVAL);
  const FileId id = file::find_unused(step, operations());
  if (id == file::kNoFile) {
    step.note_bound();  // The model's pool is smaller than the kernel's limit.
    return step.finish(-EMFILE);
  }
  const std::int64_t number = file::install(step, id, static_cast<std::uint32_t>(flags));
  if (number < 0) {
    step.note_bound();
    return step.finish(number);
  }
  const Eventfd& eventfd = eventfd_of(step, file::open_file(step, id).object);
  const bool starts_at_zero = step.is_on(wakesim::id(Switch::EventfdStartsAtZero));
  const auto initial = static_cast<std::uint32_t>(starts_at_zero ? 0 : call.initial);
  step.write(eventfd.counter, std::uint64_t{initial});
  return step.finish(number);
}

std::string_view open_phase(const OpenCall&) { return "install number"; }

void open_effects(Effects& effects, std::span<const PossibleValues>) {
  for (const OpenFile* file : file::open_effects(effects, operations())) {
    effects.writes(eventfd_of(effects, file->object).counter);
  }
}

CallRow open_row() {
  CallRow row;
  row.name = "eventfd";
  row.parameters = {{.name = "initval", .is_optional = true},
                    {.name = "flags", .type = ParameterType::Flags, .is_optional = true}};
  row.about = "Opens a new eventfd at the lowest free number.";
  row.source = "do_eventfd() in fs/eventfd.c; eventfd(2)";
  row.errors = {{"EINVAL", "an unknown flag"},
                {"EMFILE", "no number is free; the bound follows from the calls in the program"}};
  row.wakes = "nobody";
  bind_frame<OpenCall, begin_open, open_enabled, step_open, open_phase>(row);
  row.effects = open_effects;
  return row;
}

// ---- eventfd_signal() ---------------------------------------------------------------------------

// A producer inside the kernel holds the context, not a descriptor: closing the number does not
// stop it.
struct SignalCall {
  ThreadId thread;
  ObjectId object;
  std::uint32_t mask;
};
static_assert(std::has_unique_object_representations_v<SignalCall>);

void begin_signal(Step& step, std::span<const std::int64_t> arguments, SignalCall& call) {
  const FileId id = file::declared_file(step, arguments[0]);
  WAKESIM_ASSERT(id != file::kNoFile);
  call = {.thread = step.thread(),
          .object = file::open_file(step, id).object,
          .mask = static_cast<std::uint32_t>(arguments[1])};
}

bool signal_enabled(const View& view, const SignalCall& call) {
  return may_signal_eventfd(view, call.thread, call.object);
}

Progress step_signal(Step& step, SignalCall& call) {
  signal_eventfd(step, call.object, call.mask);
  return step.finish(0);
}

std::string_view signal_phase(const SignalCall&) { return "locked"; }

void signal_effects(Effects& effects, std::span<const PossibleValues> arguments) {
  for (const OpenFile* file : file::declared_files(effects, arguments[0])) {
    if (file->operations != &operations()) continue;
    const Eventfd& eventfd = eventfd_of(effects, file->object);
    effects.writes(eventfd.counter);
    effects.wakes(eventfd.waiters.list);
  }
}

CallRow signal_row() {
  CallRow row;
  row.name = "eventfd_signal";
  row.parameters = {{.name = "efd", .type = ParameterType::Object, .kinds = "eventfd"},
                    {.name = "mask", .type = ParameterType::Flags, .is_optional = true}};
  row.result = ResultShape::Nothing;
  row.about = "What a device or another part of the kernel does: adds 1, wakes, never blocks.";
  row.source = "eventfd_signal_mask() in fs/eventfd.c";
  row.wakes = "every reader and writer asleep, and pollers of IN or of the mask";
  row.cost = Cost::KernelStep;
  bind_frame<SignalCall, begin_signal, signal_enabled, step_signal, signal_phase>(row);
  row.effects = signal_effects;
  return row;
}

}  // namespace

bool is_eventfd(const OpenFile& open) { return open.operations == &operations(); }

bool may_signal_eventfd(const View& view, ThreadId thread, ObjectId eventfd) {
  return kernel::may_lock(view, thread, eventfd_of(view, eventfd).waiters);
}

// Follows eventfd_signal_mask(). At 2^64-1 the counter stays and the wake is still done.
void signal_eventfd(Step& step, ObjectId id, std::uint32_t mask) {
  const Eventfd& eventfd = eventfd_of(step, id);
  const std::uint64_t counter = step.read(eventfd.counter);
  const bool goes_on = counter < kCounterMax || step.is_on(wakesim::id(Switch::EventfdSignalWraps));
  if (goes_on) step.write(eventfd.counter, counter + 1);
  if (!step.is_on(wakesim::id(Switch::EventfdWriteWakesNobody))) {
    const bool drops_mask = step.is_on(wakesim::id(Switch::EventfdSignalDropsMask));
    wake_locked(step, eventfd, drops_mask ? file::kIn : file::kIn | mask);
  }
}

void effects_of_eventfd_signals(Effects& effects) {
  for (const OpenFile* open : file::files_of(effects, operations())) {
    const Eventfd& eventfd = eventfd_of(effects, open->object);
    effects.writes(eventfd.counter);
    effects.wakes(eventfd.waiters.list);
  }
}

void make_eventfd_pool(Builder& builder) {
  const std::size_t count = builder.call_sites("eventfd");
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name = "eventfd() no. " + std::to_string(i + 1);
    file::add_to_pool(builder, make_file(builder, name, 0, 0));
  }
}

ModelTable eventfd_model() {
  ModelTable table;
  table.name = "eventfd";
  table.about = "A counter that can be read, written and polled.";
  table.objects = {object_row()};
  table.calls = {open_row(), signal_row()};
  table.constants = {{"EFD_SEMAPHORE", kSemaphore},
                     {"EFD_NONBLOCK", file::kNonblock},
                     {"EFD_CLOEXEC", file::kCloseOnExec}};
  table.switches = {
      planted_mistake(
          Switch::EventfdWriteWakesNobody, "eventfd.write-wakes-nobody",
          "A write, or a signal from the kernel, adds to the counter and wakes nobody."),
      planted_mistake(Switch::EventfdReadWakesNobody, "eventfd.read-wakes-nobody",
                      "A read makes room in the counter and wakes no writer that waits for it."),
      planted_mistake(
          Switch::EventfdCheckOutsideLock, "eventfd.check-outside-lock",
          "The lock is dropped between the test of the counter and queueing, without a new test."),
      planted_mistake(Switch::EventfdSignalFirst, "eventfd.signal-first",
                      "A reader that wakes looks for signals before it looks at the counter."),
      planted_mistake(Switch::EventfdNonblockSleeps, "eventfd.nonblock-sleeps",
                      "EFD_NONBLOCK is forgotten: the call sleeps."),
      planted_mistake(Switch::EventfdTakesShortReads, "eventfd.takes-short-reads",
                      "A read with room for less than 8 bytes is done."),
      planted_mistake(Switch::EventfdTakesOtherSizes, "eventfd.takes-other-sizes",
                      "A write of other than 8 bytes is done."),
      planted_mistake(Switch::EventfdTakesMaximum, "eventfd.takes-maximum",
                      "A write of 2^64-1 is no error; it never fits."),
      planted_mistake(Switch::EventfdOverflows, "eventfd.overflows",
                      "A write that does not fit is done all the same."),
      planted_mistake(Switch::EventfdWriteOverwrites, "eventfd.write-overwrites",
                      "A write stores its value in place of adding it."),
      planted_mistake(Switch::EventfdReadTakesOne, "eventfd.read-takes-one",
                      "Every read takes 1, as if the eventfd were a semaphore."),
      planted_mistake(Switch::EventfdSemaphoreTakesAll, "eventfd.semaphore-takes-all",
                      "EFD_SEMAPHORE is forgotten: a read takes everything."),
      planted_mistake(Switch::EventfdZeroWakesNobody, "eventfd.zero-wakes-nobody",
                      "A write of 0 wakes nobody."),
      planted_mistake(Switch::EventfdReadWakesIfFull, "eventfd.read-wakes-if-full",
                      "A read wakes only if there had been no room for another 1."),
      planted_mistake(Switch::EventfdWaitsExclusive, "eventfd.waits-exclusive",
                      "Sleepers are exclusive: a wake reaches one of them."),
      planted_mistake(Switch::EventfdWaitsAtHead, "eventfd.waits-at-head",
                      "Sleepers queue at the head."),
      planted_mistake(Switch::EventfdSleepersLookAtKey, "eventfd.sleepers-look-at-key",
                      "Sleepers are woken only by wakes of their own direction."),
      planted_mistake(Switch::EventfdWokenReturns, "eventfd.woken-returns",
                      "A reader that is woken and finds 0 returns EAGAIN."),
      planted_mistake(Switch::EventfdPollForgetsIn, "eventfd.poll-forgets-in",
                      "poll() never finds the eventfd readable."),
      planted_mistake(Switch::EventfdPollOutWhenFull, "eventfd.poll-out-when-full",
                      "poll() always finds the eventfd writable."),
      planted_mistake(Switch::EventfdPollForgetsErr, "eventfd.poll-forgets-err",
                      "poll() does not report that the counter has reached 2^64-1."),
      planted_mistake(Switch::EventfdSignalWraps, "eventfd.signal-wraps",
                      "A signal from the kernel at 2^64-1 makes the counter 0."),
      planted_mistake(Switch::EventfdSignalDropsMask, "eventfd.signal-drops-mask",
                      "A signal from the kernel wakes with POLLIN only, whatever its mask."),
      planted_mistake(Switch::EventfdStartsAtZero, "eventfd.starts-at-zero",
                      "eventfd() forgets its first argument."),
      planted_mistake(Switch::EventfdTakesAnyFlag, "eventfd.takes-any-flag",
                      "eventfd() takes flags that it does not know."),
  };
  return table;
}

}  // namespace wakesim
