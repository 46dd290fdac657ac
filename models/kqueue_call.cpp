// kevent(2), but for what it does: the look-up and the reference around it, the result.

#include "models/kqueue_call.h"

#include <cerrno>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "models/switches.h"
#include "sim/assert.h"
#include "sim/program/builder.h"

namespace wakesim::kqueue {

using file::FileId;
using At = KeventCall::At;

namespace {

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

}  // namespace

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

namespace {

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
