#include "models/signalfd.h"

#include <array>
#include <cerrno>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "models/file_call.h"
#include "models/kernel.h"
#include "models/signal.h"
#include "models/switches.h"
#include "sim/assert.h"
#include "sim/program/step.h"

namespace wakesim {
namespace {

using file::FileId;
using file::OpenFile;
using signals::Set;

// struct signalfd_ctx
struct Signalfd {
  Cell<Set> set;
};

constexpr std::int64_t kRecordBytes = 128;  // sizeof(struct signalfd_siginfo)
constexpr std::uint32_t kFlagsAllowed = file::kNonblock | file::kCloseOnExec;

const Signalfd& signalfd_of(const View& view, ObjectId id) { return view.object<Signalfd>(id); }
const Signalfd& signalfd_of(const Effects& effects, ObjectId id) {
  return effects.object<Signalfd>(id);
}

// SIGKILL and SIGSTOP are left out silently.
Set allowed(std::int64_t set) {
  return static_cast<Set>(set) &
         ~(signals::set_of(signals::kSigKill) | signals::set_of(signals::kSigStop));
}

// ---- read ---------------------------------------------------------------------------------------

// A read(2) in flight.
//
//   Locked -- a signal of the set, or nonblocking --> returned
//      |
//      +-- none --> Asleep -- woken, a signal of the set --> returned
//                    ^   |
//                    +---+ woken, but another reader got there first
struct SignalfdRead {
  enum class At : std::uint8_t { Invalid, Locked, Linking, Asleep };

  ObjectId object;
  ThreadId thread;
  At at;
  bool is_nonblocking;
  std::uint8_t zero[2];
};
static_assert(std::has_unique_object_representations_v<SignalfdRead>);

void begin_read(Step& step, const OpenFile& open, const file::Request& request,
                SignalfdRead& read) {
  const bool is_too_small = request.value != file::kUnwritten && request.value < kRecordBytes;
  read = {.object = open.object,
          .thread = step.thread(),
          .at = is_too_small ? SignalfdRead::At::Invalid : SignalfdRead::At::Locked,
          .is_nonblocking = (request.flags & file::kNonblock) != 0,
          .zero = {}};
}

// Still on the queue while it looks again, and off it when it leaves: the entry does not remove
// itself.
void link_and_sleep(Step& step, const SignalfdRead& read) {
  const EntryId entry = kernel::my_entry(step);
  if (!kernel::is_linked(step, entry)) {
    kernel::add_wait_queue(step, signals::signalfd_queue(step), entry, {});
  }
  kernel::set_current_state(step, kernel::kTaskInterruptible);
  if (step.is_traced()) {
    step.note(
        {StepEvent::Kind::Slept, step.thread(), 0, std::string(step.object_name(read.object))});
  }
}

// Follows signalfd_dequeue(): under one hold of the siglock from the first look to the sleep.
Progress step_read(Step& step, SignalfdRead& read) {
  using At = SignalfdRead::At;
  if (read.at == At::Invalid) return step.finish(-EINVAL);
  if (read.at != At::Linking) {
    const std::int64_t signal =
        signals::dequeue(step, step.read(signalfd_of(step, read.object).set));
    const bool is_interrupted = signal == 0 && kernel::signal_pending(step, step.thread());
    if (signal != 0 || is_interrupted || read.is_nonblocking) {
      if (read.at == At::Asleep) kernel::finish_wait(step, kernel::my_entry(step));
      if (signal != 0) return step.finish(signal);
      return step.finish(read.is_nonblocking ? -EAGAIN : kernel::kRestartSys);
    }
    if (read.at == At::Locked && step.is_on(id(Switch::SignalfdLooksBeforeLinking))) {
      read.at = At::Linking;
      return Progress::Continues;
    }
  }
  link_and_sleep(step, read);
  read.at = At::Asleep;
  return Progress::Continues;
}

// The siglock, and inside it the queue's, which whoever changed a set may hold.
bool may_lock(const View& view, ThreadId thread) {
  return signals::may_take_siglock(view, thread) &&
         kernel::may_lock(view, thread, signals::signalfd_queue(view));
}

bool read_enabled(const View& view, ThreadId thread, const SignalfdRead& read) {
  using At = SignalfdRead::At;
  switch (read.at) {
    case At::Invalid:
      return true;
    case At::Locked:
    case At::Linking:
      return may_lock(view, thread);
    case At::Asleep:
      return kernel::is_running(view, thread) && may_lock(view, thread);
  }
  WAKESIM_UNREACHABLE();
}

std::string_view read_phase(const SignalfdRead& read) {
  switch (read.at) {
    case SignalfdRead::At::Invalid:
      return "invalid size";
    case SignalfdRead::At::Locked:
      return "take signal";
    case SignalfdRead::At::Linking:
      return "link";
    case SignalfdRead::At::Asleep:
      return "asleep";
  }
  WAKESIM_UNREACHABLE();
}

bool read_condition(const View& view, const SignalfdRead& read) {
  return signals::has_signal(view, read.thread, view.read(signalfd_of(view, read.object).set));
}

void read_effects(Effects& effects, const OpenFile& open) {
  effects.reads(signalfd_of(effects, open.object).set);
  signals::effects_of_dequeue(effects);
  effects.enqueues(signals::signalfd_queue(effects).list);
}

// ---- poll ---------------------------------------------------------------------------------------

// The queue is the process's, not the file's.
kernel::WaitQueue poll_queue(const View& view, const OpenFile&) {
  return signals::signalfd_queue(view);
}

bool poll_enabled(const View& view, ThreadId thread, const OpenFile&) {
  return thread == kNoThread || signals::may_take_siglock(view, thread);
}

// signalfd_poll(), behind its poll_wait(): the signals of the thread that asks.
std::optional<std::uint32_t> poll_step(Step& step, const OpenFile& open) {
  const Set set = step.read(signalfd_of(step, open.object).set);
  return signals::has_signal(step, step.thread(), set) ? file::kIn : 0u;
}

void poll_effects(Effects& effects, const OpenFile& open) { read_effects(effects, open); }

std::int64_t pending(const View& view, const OpenFile& open) {
  return signals::has_signal(view, kNoThread, view.read(signalfd_of(view, open.object).set)) ? 1
                                                                                             : 0;
}

// What a file that a call opened was set to is of no interest when it is closed.
void release(Step& step, const OpenFile& open) {
  if (open.is_pooled) step.write(signalfd_of(step, open.object).set, Set{0});
}

void release_effects(Effects& effects, const OpenFile& open) {
  if (open.is_pooled) effects.writes(signalfd_of(effects, open.object).set);
}

const file::FileOperations& operations() {
  static const file::FileOperations& registered = file::register_kind([] {
    file::FileOperations result;
    result.kind = "signalfd";
    result.read = file::make_transfer<SignalfdRead, begin_read, read_enabled, step_read, read_phase,
                                      read_condition>(read_effects);
    result.write = file::no_such_method();
    result.poll.queue = poll_queue;
    result.poll.effects = poll_effects;
    result.poll.enabled = poll_enabled;
    result.poll.step = poll_step;
    result.release = release;
    result.release_effects = release_effects;
    result.pending = pending;
    result.pending_effects = read_effects;
    return result;
  }());
  return registered;
}

// ---- signalfd(2) --------------------------------------------------------------------------------

// Changing the set of an open signalfd: under the siglock, then everybody who waits is woken to
// look anew.
struct Change {
  static constexpr std::int32_t kWrongKind = EINVAL;
  enum class At : std::uint8_t { Locked, Waking };

  struct Frame {
    Set set;
    std::int64_t number;  // What the call gives.
    ObjectId object;
    At at;
    std::uint8_t zero[3];
  };
  static_assert(std::has_unique_object_representations_v<Frame>);

  static const file::FileOperations& operations() { return wakesim::operations(); }
  static void parse(std::span<const std::int64_t> arguments, Frame& frame) {
    frame.set = allowed(arguments[1]);
    frame.number = arguments[0];
  }
  static void enter(Step&, const OpenFile& open, std::uint32_t, Frame& frame) {
    frame.object = open.object;
  }
  static bool enabled(const View& view, ThreadId thread, const Frame& frame) {
    return frame.at == At::Waking || signals::may_take_siglock(view, thread);
  }
  static Progress step(Step& step, Frame& frame) {
    switch (frame.at) {
      case At::Locked:
        step.write(signalfd_of(step, frame.object).set, frame.set);
        frame.at = At::Waking;
        return Progress::Continues;
      case At::Waking:
        if (!step.is_on(id(Switch::SignalfdNotNotified))) {
          kernel::wake_up(step, signals::signalfd_queue(step));
        }
        return step.finish(frame.number);
    }
    WAKESIM_UNREACHABLE();
  }
  static std::string_view phase(const Frame& frame) {
    return frame.at == At::Locked ? "change set" : "wake";
  }
  static bool condition(const View&, const Frame&) { return true; }
  static void effects(Effects& effects, const OpenFile& open, std::span<const PossibleValues>) {
    read_effects(effects, open);
    effects.writes(signalfd_of(effects, open.object).set);
    effects.wakes(signals::signalfd_queue(effects).list);
  }
};

// A signalfd(2) in flight: for -1 it opens a file, in one step, else it is a Change.
struct Call {
  file::FileCall<Change> change;
  std::int64_t flags;
  Set set;
  bool opens;
  std::uint8_t zero[7];
};
static_assert(std::has_unique_object_representations_v<Call>);

void begin_signalfd(Step& step, std::span<const std::int64_t> arguments, Call& call) {
  call = Call{};
  call.flags = arguments[2];
  call.set = allowed(arguments[1]);
  call.opens = arguments[0] == -1;
  if (!call.opens) file::begin_call<Change>(step, arguments, call.change);
}

bool signalfd_enabled(const View& view, const Call& call) {
  return call.opens || file::call_enabled(view, call.change);
}

// do_signalfd4()
Progress open_signalfd(Step& step, const Call& call) {
  const FileId id = file::find_unused(step, operations());
  if (id == file::kNoFile) {
    step.note_bound();
    return step.finish(-EMFILE);
  }
  const std::int64_t number = file::install(step, id, static_cast<std::uint32_t>(call.flags));
  if (number < 0) {
    step.note_bound();
    return step.finish(number);
  }
  step.write(signalfd_of(step, file::open_file(step, id).object).set, call.set);
  return step.finish(number);
}

Progress step_signalfd(Step& step, Call& call) {
  const auto flags = static_cast<std::uint64_t>(call.flags);
  if ((flags & ~std::uint64_t{kFlagsAllowed}) != 0) return step.finish(-EINVAL);
  return call.opens ? open_signalfd(step, call) : file::step_call(step, call.change);
}

std::string_view signalfd_phase(const Call& call) {
  return call.opens ? "install number" : file::call_phase(call.change);
}

void signalfd_effects(Effects& effects, std::span<const PossibleValues> arguments) {
  for (const OpenFile* open : file::open_effects(effects, operations())) {
    effects.writes(signalfd_of(effects, open->object).set);
  }
  file::call_effects<Change>(effects, arguments);
}

CallRow call_row() {
  CallRow row;
  row.name = "signalfd";
  row.parameters = {{.name = "sfd", .type = ParameterType::Descriptor},
                    {.name = "set", .type = ParameterType::Flags, .misuse = signals::misuse_as_set},
                    {.name = "flags", .type = ParameterType::Flags, .is_optional = true}};
  row.about = "Opens a signalfd if `sfd` is -1, else gives it another set; returns the descriptor.";
  row.source = "do_signalfd4() in fs/signalfd.c; signalfd(2)";
  row.errors = {{"EBADF", "the descriptor is not open"},
                {"EINVAL", "no signalfd, or an unknown flag"},
                {"EMFILE", "no number is free; the bound follows from the calls in the program"}};
  row.wakes = "everybody who waits for a signal at any signalfd, when the set changes";
  bind_frame<Call, begin_signalfd, signalfd_enabled, step_signalfd, signalfd_phase>(row);
  row.effects = signalfd_effects;
  return row;
}

// ---- The object ---------------------------------------------------------------------------------

OpenFile make_file(Builder& builder, const std::string& name, Set set, std::uint32_t flags) {
  Signalfd signalfd;
  signalfd.set = builder.add_cell("set of " + name, set);
  OpenFile open;
  open.name = name;
  open.operations = &operations();
  open.object = builder.emplace(name, signalfd);
  open.flags = flags;
  return open;
}

std::int64_t create(Builder& builder, const std::string& name,
                    std::span<const std::int64_t> arguments) {
  if ((arguments[1] & ~std::int64_t{kFlagsAllowed}) != 0) {
    builder.error("signalfd takes the flags SFD_NONBLOCK and SFD_CLOEXEC");
  }
  return file::open_at_load(builder, make_file(builder, name, allowed(arguments[0]),
                                               static_cast<std::uint32_t>(arguments[1])));
}

std::string display(const View& view, std::int64_t handle) {
  const OpenFile& open = file::open_file(view, file::declared_file(view, handle));
  return pending(view, open) != 0 ? "process signal" : "-";
}

ObjectRow object_row() {
  ObjectRow row;
  row.kind = "signalfd";
  row.parameters = {{.name = "set", .type = ParameterType::Flags, .misuse = signals::misuse_as_set},
                    {.name = "flags", .type = ParameterType::Flags, .is_optional = true}};
  row.about = "Reports the signals of a set that are pending for whoever asks.";
  row.source = "fs/signalfd.c; signalfd(2)";
  row.descriptors = 1;
  row.create = create;
  row.display = display;
  return row;
}

}  // namespace

ObjectRow signalfd_row() { return object_row(); }

void make_signalfd_pool(Builder& builder) {
  const std::size_t count = builder.call_sites("signalfd");
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name = "signalfd() no. " + std::to_string(i + 1);
    file::add_to_pool(builder, make_file(builder, name, 0, 0));
  }
}

ModelTable signalfd_model() {
  ModelTable table;
  table.name = "signalfd";
  table.about = "Pending signals that can be read and polled.";
  table.objects = {object_row()};
  table.calls = {call_row()};
  table.constants = {{"SFD_NONBLOCK", file::kNonblock}, {"SFD_CLOEXEC", file::kCloseOnExec}};
  table.switches = {
      planted_mistake(
          Switch::SignalfdNotNotified, "signalfd.not-notified",
          "Sending a signal, or changing the set, wakes nobody who waits at a signalfd."),
      planted_mistake(
          Switch::SignalfdLooksBeforeLinking, "signalfd.looks-before-linking",
          "A reader drops the siglock between its look and queueing, and does not look again."),
  };
  return table;
}

}  // namespace wakesim
