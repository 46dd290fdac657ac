#include "models/pollfs.h"

#include <cerrno>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "models/aio.h"
#include "models/file.h"
#include "models/futex_bucket.h"
#include "models/futex_pollable.h"
#include "models/kernel.h"
#include "models/signalfd.h"
#include "models/switches.h"
#include "models/timerfd.h"
#include "sim/assert.h"
#include "sim/program/builder.h"
#include "sim/program/step.h"

namespace wakesim {
namespace {

using file::OpenFile;

constexpr std::int64_t kRecordBytes = 8;  // Assumed.
constexpr std::uint32_t kFlagsAllowed = file::kNonblock | file::kCloseOnExec;

// ---- read, for every object ---------------------------------------------------------------------

// A read(2) in flight.
//
//   Locked -- a record, or nonblocking --> returned
//      |
//      +-- none --> Asleep -- woken, a record --> returned
//                    ^   |
//                    +---+ woken, but another reader got there first
struct PollfsRead {
  enum class At : std::uint8_t { Invalid, Locked, Asleep };

  ObjectId object;
  At at;
  bool is_nonblocking;
  std::uint8_t zero[2];
};
static_assert(std::has_unique_object_representations_v<PollfsRead>);

void begin_read(Step& step, const OpenFile& open, const file::Request& request, PollfsRead& read) {
  const bool is_short = request.value != file::kUnwritten && request.value < kRecordBytes &&
                        !step.is_on(id(Switch::PollfsTakesShortReads));
  read = {.object = open.object,
          .at = is_short ? PollfsRead::At::Invalid : PollfsRead::At::Locked,
          .is_nonblocking = (request.flags & file::kNonblock) != 0 &&
                            !step.is_on(id(Switch::PollfsNonblockSleeps)),
          .zero = {}};
}

// An Object has: queue(), where readers sleep and pollers wait; has_record(); pop(); effects().
template <class Object>
Progress step_read(Step& step, PollfsRead& read) {
  using At = PollfsRead::At;
  if (read.at == At::Invalid) return step.finish(-EINVAL);
  const EntryId entry = kernel::my_entry(step);
  const bool has_record = Object::has_record(step, read.object);
  const bool is_interrupted = !has_record && kernel::signal_pending(step, step.thread());
  if (has_record || is_interrupted || read.is_nonblocking) {
    if (read.at == At::Asleep) kernel::finish_wait(step, entry);
    if (has_record) return step.finish(Object::pop(step, read.object));
    return step.finish(read.is_nonblocking ? -EAGAIN : kernel::kRestartSys);
  }
  if (!kernel::is_linked(step, entry)) {
    kernel::add_wait_queue_entry_tail(step, Object::queue(step, read.object), entry,
                                      {.function = kernel::WakeFunction::Autoremove});
  }
  kernel::set_current_state(step, kernel::kTaskInterruptible);
  if (step.is_traced()) {
    step.note(
        {StepEvent::Kind::Slept, step.thread(), 0, std::string(step.object_name(read.object))});
  }
  read.at = At::Asleep;
  return Progress::Continues;
}

template <class Object>
bool read_enabled(const View& view, ThreadId thread, const PollfsRead& read) {
  if (read.at == PollfsRead::At::Invalid) return true;
  const bool may_go_on = read.at == PollfsRead::At::Locked || kernel::is_running(view, thread);
  return may_go_on && kernel::may_lock(view, thread, Object::queue(view, read.object));
}

std::string_view read_phase(const PollfsRead& read) {
  switch (read.at) {
    case PollfsRead::At::Invalid:
      return "invalid size";
    case PollfsRead::At::Locked:
      return "pop record";
    case PollfsRead::At::Asleep:
      return "asleep";
  }
  WAKESIM_UNREACHABLE();
}

template <class Object>
bool read_condition(const View& view, const PollfsRead& read) {
  return Object::has_record(view, read.object);
}

template <class Object>
void read_effects(Effects& effects, const OpenFile& open) {
  Object::effects(effects, open.object);
  effects.enqueues(Object::queue(effects.records(), open.object).list);
}

// ---- poll, for every object ---------------------------------------------------------------------

template <class Object>
kernel::WaitQueue poll_queue(const View& view, const OpenFile& open) {
  return Object::queue(view, open.object);
}

std::uint32_t poll_loads(const View&, const OpenFile&) { return 1; }

template <class Object>
std::uint32_t poll_load(const View& view, const OpenFile& open, std::uint32_t) {
  const bool is_ready = Object::has_record(view, open.object);
  return is_ready && !view.is_on(id(Switch::PollfsPollForgetsIn)) ? file::kIn | file::kRdNorm : 0u;
}

template <class Object>
std::int64_t pending(const View& view, const OpenFile& open) {
  return Object::has_record(view, open.object) ? 1 : 0;
}

template <class Object>
file::FileOperations operations_with(std::string_view kind) {
  file::FileOperations result;
  result.kind = kind;
  result.read = file::make_transfer<PollfsRead, begin_read, read_enabled<Object>, step_read<Object>,
                                    read_phase, read_condition<Object>>(read_effects<Object>);
  result.write = file::no_such_method();
  result.poll = {poll_queue<Object>, nullptr, poll_loads, poll_load<Object>, read_effects<Object>};
  result.pending = pending<Object>;
  result.pending_effects = read_effects<Object>;
  return result;
}

bool check_flags(Builder& builder, std::string_view kind, std::int64_t flags) {
  if ((flags & ~std::int64_t{kFlagsAllowed}) == 0) return true;
  builder.error(std::string(kind) + " takes the flags O_NONBLOCK and O_CLOEXEC");
  return false;
}

OpenFile make_file(const std::string& name, const file::FileOperations& operations, ObjectId object,
                   std::int64_t flags) {
  OpenFile open;
  open.name = name;
  open.operations = &operations;
  open.object = object;
  open.flags = static_cast<std::uint32_t>(flags);
  return open;
}

const OpenFile& declared(const View& view, std::int64_t handle) {
  return file::open_file(view, file::declared_file(view, handle));
}

// ---- plfutex ------------------------------------------------------------------------------------

// At rest, armed by a write, fired by a wake, at rest again when that is read.
struct FutexObject {
  static kernel::WaitQueue queue(const View& view, ObjectId id) {
    return futex::pollable_of(view, id).pollers;
  }
  static bool has_record(const View& view, ObjectId id) {
    return futex::is_fired(view, futex::pollable_of(view, id));
  }
  static std::int64_t pop(Step& step, ObjectId id) {
    if (!step.is_on(wakesim::id(Switch::PollfsFutexStaysFired))) {
      futex::disarm(step, futex::pollable_of(step, id));
    }
    return 1;
  }
  static void effects(Effects& effects, ObjectId id) { futex::effects_of_disarming(effects, id); }
};

// A write(2) that arms the futex: one hold of the bucket lock from the look at the word until it
// is queued.
struct Arming {
  ObjectId object;
  std::uint32_t word;
  std::uint32_t value;
  bool has_size;
  bool is_compared;  // pollfs.futex-compares-apart
  std::uint8_t zero[2];
};
static_assert(std::has_unique_object_representations_v<Arming>);

void begin_arming(Step&, const OpenFile& open, const file::Request& request, Arming& arming) {
  arming = {.object = open.object,
            .word = open.end,
            .value = static_cast<std::uint32_t>(request.value),
            .has_size = request.size == kRecordBytes,
            .is_compared = false,
            .zero = {}};
}

bool arming_enabled(const View&, ThreadId, const Arming&) { return true; }

Progress step_arming(Step& step, Arming& arming) {
  if (!arming.has_size) return step.finish(-EINVAL);
  const bool is_armed = step.read(futex::pollable_of(step, arming.object).state).is_armed != 0;
  if (is_armed) return step.finish(-EBUSY);
  if (!arming.is_compared) {
    if (futex::read_word(step, arming.word) != arming.value) return step.finish(-EAGAIN);
    arming.is_compared = step.is_on(id(Switch::PollfsFutexComparesApart));
    if (arming.is_compared) return Progress::Continues;
  }
  futex::arm(step, arming.object, arming.word, {.is_armed = 1});
  return step.finish(kRecordBytes);
}

std::string_view arming_phase(const Arming& arming) {
  return arming.is_compared ? "queue" : "compare and queue";
}
bool arming_condition(const View&, const Arming&) { return true; }

void arming_effects(Effects& effects, const OpenFile& open) {
  const auto word = static_cast<WordId>(open.end);
  effects.reads_word(word);
  futex::effects_of_arming(effects, open.object, word);
}

void release_futex(Step& step, const OpenFile& open) {
  futex::disarm(step, futex::pollable_of(step, open.object));
}

void release_futex_effects(Effects& effects, const OpenFile& open) {
  futex::effects_of_disarming(effects, open.object);
}

const file::FileOperations& futex_operations() {
  static const file::FileOperations& registered = file::register_kind([] {
    file::FileOperations result = operations_with<FutexObject>("plfutex");
    result.write = file::make_transfer<Arming, begin_arming, arming_enabled, step_arming,
                                       arming_phase, arming_condition>(arming_effects);
    result.release = release_futex;
    result.release_effects = release_futex_effects;
    return result;
  }());
  return registered;
}

std::int64_t create_futex(Builder& builder, const std::string& name,
                          std::span<const std::int64_t> arguments) {
  const WordRange words = WordRange::of(arguments[0]);
  if (words.count != 1) builder.error("a plfutex waits on one word");
  check_flags(builder, "plfutex", arguments[1]);
  OpenFile open =
      make_file(name, futex_operations(), futex::make_pollable(builder, name), arguments[1]);
  open.end = index(words.first);
  return file::open_at_load(builder, open);
}

std::string display_futex(const View& view, std::int64_t handle) {
  const futex::Pollable& pollable = futex::pollable_of(view, declared(view, handle).object);
  if (view.read(pollable.state).is_armed == 0) return "-";
  return futex::is_fired(view, pollable) ? "fired" : "armed";
}

ObjectRow futex_row() {
  ObjectRow row;
  row.kind = "plfutex";
  row.parameters = {{.name = "word", .type = ParameterType::Words},
                    {.name = "flags", .type = ParameterType::Flags, .is_optional = true}};
  row.about =
      "A descriptor on a word: write(x, v) queues it if the word is v, a wake makes it readable.";
  row.source = "pollfs, May 2007: cover letter; docs/models/pollfs.md says what is assumed";
  row.descriptors = 1;
  row.create = create_futex;
  row.display = display_futex;
  return row;
}

// ---- plaio --------------------------------------------------------------------------------------

struct AioObject {
  static kernel::WaitQueue queue(const View& view, ObjectId id) { return aio_pollers(view, id); }
  static bool has_record(const View& view, ObjectId id) { return aio_events(view, id) > 0; }
  static std::int64_t pop(Step& step, ObjectId id) {
    take_aio_event(step, id);
    return 1;
  }
  static void effects(Effects& effects, ObjectId id) { effects_of_aio_events(effects, id); }
};

const file::FileOperations& aio_operations() {
  static const file::FileOperations& registered =
      file::register_kind(operations_with<AioObject>("plaio"));
  return registered;
}

std::int64_t create_aio(Builder& builder, const std::string& name,
                        std::span<const std::int64_t> arguments) {
  check_flags(builder, "plaio", arguments[1]);
  const auto context = static_cast<ObjectId>(arguments[0]);
  add_aio_pollers(builder, context);
  return file::open_at_load(builder, make_file(name, aio_operations(), context, arguments[1]));
}

std::string display_aio(const View& view, std::int64_t handle) {
  return std::to_string(aio_events(view, declared(view, handle).object));
}

ObjectRow aio_row() {
  ObjectRow row;
  row.kind = "plaio";
  row.parameters = {{.name = "context", .type = ParameterType::Object, .kinds = "aio_context"},
                    {.name = "flags", .type = ParameterType::Flags, .is_optional = true}};
  row.about = "A descriptor on an aio_context: readable while it has events, a read takes one.";
  row.source = "pollfs, May 2007: cover letter; docs/models/pollfs.md says what is assumed";
  row.descriptors = 1;
  row.create = create_aio;
  row.display = display_aio;
  return row;
}

// ---- plsignal, pltimer --------------------------------------------------------------------------

ObjectRow renamed(ObjectRow row, std::string_view kind, std::string_view about) {
  row.kind = kind;
  row.about = about;
  row.source = "pollfs, May 2007: cover letter; docs/models/pollfs.md says what is assumed";
  return row;
}

}  // namespace

ModelTable pollfs_model() {
  ModelTable table;
  table.name = "pollfs";
  table.about = "Pollable futexes, AIO contexts, signals and timers, as proposed in May 2007.";
  table.objects = {
      futex_row(), aio_row(),
      renamed(signalfd_row(), "plsignal", "A descriptor on a set of signals: as signalfd here."),
      renamed(timerfd_row(), "pltimer", "A descriptor on a timer: as timerfd here.")};
  table.switches = {
      planted_mistake(Switch::PollfsFutexComparesApart, "pollfs.futex-compares-apart",
                      "A write to a plfutex drops the lock between the look and queueing."),
      planted_mistake(Switch::PollfsFutexStaysFired, "pollfs.futex-stays-fired",
                      "A read of a plfutex leaves what it reports."),
      planted_mistake(Switch::PollfsPollForgetsIn, "pollfs.poll-forgets-in",
                      "poll() never finds a plfutex or plaio readable."),
      planted_mistake(Switch::PollfsNonblockSleeps, "pollfs.nonblock-sleeps",
                      "O_NONBLOCK is forgotten: a read sleeps."),
      planted_mistake(Switch::PollfsTakesShortReads, "pollfs.takes-short-reads",
                      "A read with room for less than a record is done."),
      planted_mistake(Switch::PollfsAioTellsNobody, "pollfs.aio-tells-nobody",
                      "A completion wakes nobody who reads or polls a plaio."),
  };
  return table;
}

}  // namespace wakesim
