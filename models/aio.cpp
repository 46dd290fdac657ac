#include "models/aio.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/eventfd.h"
#include "models/file.h"
#include "models/kernel.h"
#include "models/switches.h"
#include "sim/assert.h"
#include "sim/program/builder.h"
#include "sim/program/step.h"

namespace wakesim {
namespace {

using file::FileId;

// The ring and what stands behind it. Events are only counted: nobody looks at their contents.
struct ContextState {
  std::uint32_t events;     // Between head and tail.
  std::uint32_t in_flight;  // Requests that the device has not completed.
  std::uint32_t users;      // Calls that look for events: kioctx::users, without io_setup()'s own.
  bool is_completing;       // The device is at one that is not in flight any more.
  bool is_dead;             // io_destroy() has begun.
  std::uint8_t zero[2];
};
static_assert(std::has_unique_object_representations_v<ContextState>);

// A request under way: the eventfd that it signals. Which request it is makes no difference, so
// they are kept in order: 0 (free) first.
enum class Request : std::uint32_t {};
constexpr Request kFree{0};
constexpr Request kSilent{1};  // Without an eventfd.
Request signalling(ObjectId eventfd) { return static_cast<Request>(2 + index(eventfd)); }
ObjectId eventfd_of(Request request) {
  return static_cast<ObjectId>(static_cast<std::uint32_t>(request) - 2);
}

struct Context {
  Cell<ContextState> state;
  std::vector<Cell<Request>> requests;  // Of the class of `state`.
  kernel::WaitQueue waiters;            // kioctx::wait
  kernel::WaitQueue destroyer;          // ctx_rq_wait's completion
  bool has_pollers = false;
  kernel::WaitQueue pollers;
};

// Nobody uses the context any more and no request is under way: free_ioctx_reqs().
bool is_drained(const ContextState& state) {
  return state.is_dead && state.users == 0 && state.in_flight == 0 && !state.is_completing;
}

const Context& context_of(const View& view, ObjectId id) { return view.object<Context>(id); }

ObjectId id_of(std::int64_t handle) { return static_cast<ObjectId>(handle); }

constexpr std::int64_t kNoEventfd = -1;

std::vector<ObjectId> contexts_named(const PossibleValues& handles) {
  std::vector<ObjectId> result;
  for (std::int64_t i = 0; i < handles.count; ++i) result.push_back(id_of(handles.first + i));
  return result;
}

// ---- The disk -----------------------------------------------------------------------------------

// A request being completed: the event first, then the eventfd, then those who wait for events.
//
//   Completing -- event in the ring --> Signalling --> Waking --> returned
struct Complete {
  enum class At : std::uint8_t { Completing, Signalling, Waking };

  ObjectId context;
  ThreadId device;
  Request request;
  std::uint32_t available;  // Events in the ring when the request was completed.
  At at;
  std::uint8_t zero[3];
};
static_assert(std::has_unique_object_representations_v<Complete>);

void begin_complete(Step& step, std::span<const std::int64_t> arguments, Complete& complete) {
  complete = {.context = id_of(arguments[0]),
              .device = step.thread(),
              .request = kFree,
              .available = 0,
              .at = Complete::At::Completing,
              .zero = {}};
}

bool complete_enabled(const View& view, const Complete& complete) {
  const Context& context = context_of(view, complete.context);
  switch (complete.at) {
    case Complete::At::Completing:
      return view.read(context.state).in_flight > 0;
    case Complete::At::Signalling:
      return complete.request == kSilent ||
             may_signal_eventfd(view, complete.device, eventfd_of(complete.request));
    case Complete::At::Waking:
      return true;
  }
  WAKESIM_UNREACHABLE();
}

// Takes one of the requests under way out: which, the disk decides.
Request take_request(Step& step, const Context& context) {
  std::vector<Request> requests;
  for (const auto& cell : context.requests) requests.push_back(step.read(cell));
  std::vector<Request> kinds = requests;
  kinds.erase(std::unique(kinds.begin(), kinds.end()), kinds.end());
  std::erase(kinds, kFree);
  const Request taken = kinds[step.choose(static_cast<std::uint32_t>(kinds.size()))];
  *std::find(requests.begin(), requests.end(), taken) = kFree;
  std::sort(requests.begin(), requests.end());
  for (std::size_t i = 0; i < requests.size(); ++i) step.write(context.requests[i], requests[i]);
  ContextState state = step.read(context.state);
  --state.in_flight;
  state.is_completing = true;
  step.write(context.state, state);
  return taken;
}

void add_event(Step& step, const Context& context, Complete& complete) {
  ContextState state = step.read(context.state);
  ++state.events;
  step.write(context.state, state);
  complete.available = state.events;
}

// Drops a reference, to the requests or to the users of the context; the last one is what
// io_destroy() waits for.
void put_reference(Step& step, const Context& context, const ContextState& after) {
  step.write(context.state, after);
  if (is_drained(after)) kernel::wake_up_at_once(step, context.destroyer, {});
}

void finish_request(Step& step, const Context& context) {
  ContextState state = step.read(context.state);
  state.is_completing = false;
  put_reference(step, context, state);
}

// The end of aio_complete(): waiters whose demand the ring met when the event was added. The look
// at the queue and the walk need not be told apart: whoever queues up looks into the ring again.
void wake_waiters(Step& step, const Context& context, std::uint32_t available) {
  EntryId entry = step.first(context.waiters.list);
  bool has_woken = false;
  while (entry != kNoEntry) {
    const EntryId next = step.next(context.waiters.list, entry);
    if (available >= step.entry(entry).key) {
      has_woken |= kernel::try_to_wake_up(step, step.owner(entry), kernel::kTaskNormal);
      kernel::remove_wait_queue(step, entry);
    }
    entry = next;
  }
  if (!has_woken) step.note_vain_wake();
}

// Follows aio_complete().
Progress step_complete(Step& step, Complete& complete) {
  const Context& context = context_of(step, complete.context);
  const bool signals_first = step.is_on(id(Switch::AioSignalsFirst));
  switch (complete.at) {
    case Complete::At::Completing:
      complete.request = take_request(step, context);
      if (!signals_first) add_event(step, context, complete);
      complete.at = Complete::At::Signalling;
      return Progress::Continues;
    case Complete::At::Signalling:
      if (complete.request != kSilent) signal_eventfd(step, eventfd_of(complete.request));
      complete.at = Complete::At::Waking;
      return Progress::Continues;
    case Complete::At::Waking:
      if (signals_first) add_event(step, context, complete);
      if (!step.is_on(id(Switch::AioWakesNobody))) {
        wake_waiters(step, context, complete.available);
      }
      finish_request(step, context);
      if (context.has_pollers && !step.is_on(id(Switch::PollfsAioTellsNobody))) {
        kernel::wake_up(step, context.pollers, {.exclusive = 0, .key = file::kIn});
      }
      return step.finish(0);
  }
  WAKESIM_UNREACHABLE();
}

std::string_view complete_phase(const Complete& complete) {
  switch (complete.at) {
    case Complete::At::Completing:
      return "add event";
    case Complete::At::Signalling:
      return "signal eventfd";
    case Complete::At::Waking:
      return "wake waiters";
  }
  WAKESIM_UNREACHABLE();
}

void context_effects(Effects& effects, const PossibleValues& handles) {
  const View view = effects.records();
  for (const ObjectId id : contexts_named(handles)) {
    const Context& context = context_of(view, id);
    effects.writes(context.state);
    effects.wakes(context.waiters.list);
    effects.wakes(context.destroyer.list);
    if (context.has_pollers) effects.wakes(context.pollers.list);
  }
}

void complete_effects(Effects& effects, std::span<const PossibleValues> arguments) {
  context_effects(effects, arguments[0]);
  effects_of_eventfd_signals(effects);
}

const CallRow& complete_row() {
  static const CallRow row = [] {
    CallRow result;
    result.name = "aio.complete";
    result.parameters = {
        {.name = "context", .type = ParameterType::Object, .kinds = "aio_context"}};
    result.result = ResultShape::Nothing;
    result.about = "The disk completes a request.";
    result.source = "aio_complete() in fs/aio.c";
    result.cost = Cost::KernelStep;
    result.is_guarded = true;
    bind_frame<Complete, begin_complete, complete_enabled, step_complete, complete_phase>(result);
    result.effects = complete_effects;
    return result;
  }();
  return row;
}

// ---- io_submit ----------------------------------------------------------------------------------

struct Submit {
  ObjectId context;
  std::int32_t resfd;
};
static_assert(std::has_unique_object_representations_v<Submit>);

void begin_submit(Step&, std::span<const std::int64_t> arguments, Submit& submit) {
  const std::int64_t resfd = std::clamp<std::int64_t>(arguments[1], INT32_MIN, INT32_MAX);
  submit = {.context = id_of(arguments[0]), .resfd = static_cast<std::int32_t>(resfd)};
}

bool submit_enabled(const View&, const Submit&) { return true; }

// One request: aio_get_req(), then eventfd_ctx_fdget(), which holds on to the counter whatever
// happens to the number.
Progress step_submit(Step& step, Submit& submit) {
  const Context& context = context_of(step, submit.context);
  ContextState state = step.read(context.state);
  if (state.is_dead) return step.finish(-EINVAL);
  if (state.events + state.in_flight >= context.requests.size()) return step.finish(-EAGAIN);
  Request request = kSilent;
  if (submit.resfd != kNoEventfd) {
    const FileId file = file::lookup(step, submit.resfd);
    if (file == file::kNoFile) return step.finish(-EBADF);
    const file::OpenFile& open = file::open_file(step, file);
    if (!is_eventfd(open)) return step.finish(-EINVAL);
    request = signalling(open.object);
  }
  std::vector<Request> requests{request};
  for (const auto& cell : context.requests) requests.push_back(step.read(cell));
  std::sort(requests.begin(), requests.end());
  WAKESIM_ASSERT(requests.front() == kFree);
  for (std::size_t i = 0; i < context.requests.size(); ++i) {
    step.write(context.requests[i], requests[i + 1]);
  }
  ++state.in_flight;
  step.write(context.state, state);
  return step.finish(1);
}

std::string_view submit_phase(const Submit&) { return "submit"; }

void submit_effects(Effects& effects, std::span<const PossibleValues> arguments) {
  const View view = effects.records();
  for (const ObjectId id : contexts_named(arguments[0])) {
    effects.writes(context_of(view, id).state);
  }
  file::lookup_effects(effects, arguments[1]);
}

CallRow submit_row() {
  CallRow row;
  row.name = "io_submit";
  row.parameters = {{.name = "context", .type = ParameterType::Object, .kinds = "aio_context"},
                    {.name = "resfd",
                     .type = ParameterType::Descriptor,
                     .is_optional = true,
                     .fallback = kNoEventfd}};
  row.about = "Hands one request to the disk; `resfd` is an eventfd that its completion signals.";
  row.source = "io_submit_one() in fs/aio.c; io_submit(2)";
  row.errors = {{"EAGAIN", "as many requests and unread events as the context holds"},
                {"EBADF", "`resfd` is not open"},
                {"EINVAL", "`resfd` is no eventfd, or the context has been destroyed"}};
  row.wakes = "nobody; the completion does";
  bind_frame<Submit, begin_submit, submit_enabled, step_submit, submit_phase>(row);
  row.effects = submit_effects;
  return row;
}

// ---- io_getevents -------------------------------------------------------------------------------

// An io_getevents(2) in flight.
//
//   First -- enough events, no time, or a dead context --> returned
//     |
//     +--> Preparing -- queued, state set --> Reading -- enough, or over --> returned
//             ^                                  |
//             +-- woken, or got some, not all ---+-- nothing new --> Asleep
struct GetEvents {
  enum class At : std::uint8_t { Invalid, First, Preparing, Reading, Asleep };

  std::int64_t timeout;
  ObjectId context;
  ThreadId thread;
  std::uint32_t least;
  std::uint32_t most;
  std::uint32_t got;
  At at;
  bool is_armed;
  bool is_over;  // A signal, or the time: after the next look it leaves.
  std::uint8_t zero;
};
static_assert(std::has_unique_object_representations_v<GetEvents>);

void begin_get(Step& step, std::span<const std::int64_t> arguments, GetEvents& get) {
  const std::int64_t least = arguments[1];
  const std::int64_t most = arguments[2];
  const bool is_valid = least >= 0 && least <= most;
  // A ring never holds so many.
  const auto fitting = [](std::int64_t number) {
    return static_cast<std::uint32_t>(std::min<std::int64_t>(number, INT32_MAX));
  };
  get = {.timeout = arguments[3],
         .context = id_of(arguments[0]),
         .thread = step.thread(),
         .least = is_valid ? fitting(least) : 0,
         .most = is_valid ? fitting(most) : 0,
         .got = 0,
         .at = is_valid ? GetEvents::At::First : GetEvents::At::Invalid,
         .is_armed = false,
         .is_over = false,
         .zero = 0};
}

bool get_enabled(const View& view, const GetEvents& get) {
  return get.at != GetEvents::At::Asleep || kernel::is_running(view, get.thread);
}

// aio_read_events(): takes what is there under ring_lock; true if the call has what it wants.
bool read_events(Step& step, GetEvents& get, const Context& context) {
  ContextState state = step.read(context.state);
  const std::uint32_t taken = std::min(state.events, get.most - get.got);
  if (taken > 0) {
    state.events -= taken;
    step.write(context.state, state);
  }
  get.got += taken;
  return state.is_dead || get.got >= get.least;
}

// What is returned with fewer events than were asked for.
std::int64_t result_of(const Step& step, const GetEvents& get, const Context& context) {
  if (get.got > 0) return get.got;
  if (step.read(context.state).is_dead) return -EINVAL;
  return kernel::signal_pending(step, get.thread) ? -EINTR : 0;
}

// percpu_ref_put(&ioctx->users)
Progress give_back(Step& step, const GetEvents& get, const Context& context) {
  const std::int64_t result = result_of(step, get, context);
  ContextState state = step.read(context.state);
  --state.users;
  put_reference(step, context, state);
  return step.finish(result);
}

// lookup_ioctx() and the first look into the ring. A death between the two is seen as one before or
// after both.
Progress look_first(Step& step, GetEvents& get, const Context& context) {
  ContextState state = step.read(context.state);
  if (state.is_dead) return step.finish(-EINVAL);
  ++state.users;
  step.write(context.state, state);
  if (read_events(step, get, context) || get.timeout == 0) return give_back(step, get, context);
  get.at = GetEvents::At::Preparing;
  return Progress::Continues;
}

Progress leave(Step& step, const GetEvents& get, const Context& context) {
  if (kernel::is_linked(step, kernel::my_entry(step))) {
    kernel::remove_wait_queue(step, kernel::my_entry(step));
  }
  kernel::set_current_state(step, kernel::kTaskRunning);
  kernel::disarm_timeout(step);
  return give_back(step, get, context);
}

// prepare_to_wait_event(), and the look at the timer behind it.
void prepare(Step& step, GetEvents& get, const Context& context) {
  if (!get.is_armed) kernel::arm_timeout(step, get.timeout);
  get.is_armed = true;
  const EntryId entry = kernel::my_entry(step);
  if (kernel::signal_pending(step, get.thread)) {
    if (kernel::is_linked(step, entry)) kernel::remove_wait_queue(step, entry);
    get.is_over = true;
    return;
  }
  const std::uint32_t missing = get.least - get.got;  // aio_waiter::min_nr
  if (!kernel::is_linked(step, entry)) {
    kernel::add_wait_queue(step, context.waiters, entry,
                           {.function = kernel::WakeFunction::Autoremove, .key = missing});
  } else if (Entry record = step.entry(entry); record.key != missing) {
    record.key = missing;
    step.set_entry(entry, record);
  }
  if (kernel::timer_fired(step, get.thread)) {
    get.is_over = true;
  } else {
    kernel::set_current_state(step, kernel::kTaskInterruptible);
  }
}

// Follows read_events(). A waiter is on the queue before it looks into the ring again.
Progress step_get(Step& step, GetEvents& get) {
  using At = GetEvents::At;
  const Context& context = context_of(step, get.context);
  switch (get.at) {
    case At::Invalid:
      return step.finish(-EINVAL);
    case At::First:
      return look_first(step, get, context);
    case At::Preparing:
    case At::Asleep:
      prepare(step, get, context);
      get.at = At::Reading;
      return Progress::Continues;
    case At::Reading: {
      const std::uint32_t before = get.got;
      const bool skips = step.is_on(id(Switch::AioNoLookAfterQueueing)) && !get.is_over;
      if ((!skips && read_events(step, get, context)) || get.is_over) {
        return leave(step, get, context);
      }
      if (get.got != before) {
        kernel::set_current_state(step, kernel::kTaskRunning);
        get.at = At::Preparing;
        return Progress::Continues;
      }
      if (step.is_traced()) {
        step.note(
            {StepEvent::Kind::Slept, get.thread, 0, std::string(step.object_name(get.context))});
      }
      get.at = At::Asleep;
      return Progress::Continues;
    }
  }
  WAKESIM_UNREACHABLE();
}

std::string_view get_phase(const GetEvents& get) {
  switch (get.at) {
    case GetEvents::At::Invalid:
      return "invalid number";
    case GetEvents::At::First:
      return "read events";
    case GetEvents::At::Preparing:
      return "queue up";
    case GetEvents::At::Reading:
      return "read events";
    case GetEvents::At::Asleep:
      return "asleep";
  }
  WAKESIM_UNREACHABLE();
}

bool get_condition(const View& view, const std::byte* frame) {
  const auto& get = *reinterpret_cast<const GetEvents*>(frame);
  const ContextState state = view.read(context_of(view, get.context).state);
  return state.is_dead || get.got + state.events >= get.least;
}

void get_effects(Effects& effects, std::span<const PossibleValues> arguments) {
  const View view = effects.records();
  for (const ObjectId id : contexts_named(arguments[0])) {
    const Context& context = context_of(view, id);
    effects.writes(context.state);
    effects.enqueues(context.waiters.list);
    effects.wakes(context.destroyer.list);
  }
  effects.sleeps();
  const PossibleValues& timeout = arguments[3];
  const bool never = timeout.is_single() && (timeout.first == 0 || timeout.first == kForever);
  if (!never) effects.arms_timer();
}

CallRow get_row() {
  CallRow row;
  row.name = "io_getevents";
  row.parameters = {{.name = "context", .type = ParameterType::Object, .kinds = "aio_context"},
                    {.name = "min_nr"},
                    {.name = "nr"},
                    {.name = "timeout",
                     .type = ParameterType::Duration,
                     .is_optional = true,
                     .fallback = kForever}};
  row.about = "Takes up to `nr` events out of the ring and waits for `min_nr`; gives their number.";
  row.source = "read_events() in fs/aio.c; io_getevents(2)";
  row.errors = {
      {"EINVAL", "`min_nr` is greater than `nr` or negative, or the context is destroyed"},
      {"EINTR", "a handler has run, and there was no event"}};
  row.wakes = "nobody";
  row.entries = 1;
  bind_frame<GetEvents, begin_get, get_enabled, step_get, get_phase>(row);
  row.condition = get_condition;
  row.effects = get_effects;
  return row;
}

// ---- io_destroy ---------------------------------------------------------------------------------

// An io_destroy(2) in flight: the context dies, its waiters are woken, and the call waits for them
// to leave and for the requests under way, come what may.
//
//   Killing -- dead already --> returned
//      |
//      +--> Waking --> Waiting -- nobody left --> returned
//                         |
//                         +--> Asleep -- woken, nobody left --> returned
struct Destroy {
  enum class At : std::uint8_t { Killing, Waking, Waiting, Asleep };

  ObjectId context;
  ThreadId thread;
  At at;
  std::uint8_t zero[3];
};
static_assert(std::has_unique_object_representations_v<Destroy>);

void begin_destroy(Step& step, std::span<const std::int64_t> arguments, Destroy& destroy) {
  destroy = {.context = id_of(arguments[0]),
             .thread = step.thread(),
             .at = Destroy::At::Killing,
             .zero = {}};
}

bool destroy_enabled(const View& view, const Destroy& destroy) {
  return destroy.at != Destroy::At::Asleep || kernel::is_running(view, destroy.thread);
}

Progress wait_for_requests(Step& step, Destroy& destroy, const Context& context) {
  const EntryId entry = kernel::my_entry(step);
  if (is_drained(step.read(context.state))) {
    kernel::finish_wait(step, entry);
    return step.finish(0);
  }
  kernel::prepare_to_wait_exclusive(step, context.destroyer, entry, kernel::kTaskUninterruptible);
  if (step.is_traced()) {
    step.note({StepEvent::Kind::Slept, destroy.thread, 0,
               std::string(step.object_name(destroy.context))});
  }
  destroy.at = Destroy::At::Asleep;
  return Progress::Continues;
}

// Follows kill_ioctx() and wait_for_completion().
Progress step_destroy(Step& step, Destroy& destroy) {
  const Context& context = context_of(step, destroy.context);
  switch (destroy.at) {
    case Destroy::At::Killing: {
      ContextState state = step.read(context.state);
      if (state.is_dead) return step.finish(-EINVAL);
      state.is_dead = true;
      step.write(context.state, state);
      destroy.at = Destroy::At::Waking;
      return Progress::Continues;
    }
    case Destroy::At::Waking:
      if (!step.is_on(id(Switch::AioDestroyWakesNobody))) {
        kernel::wake_up_at_once(step, context.waiters, {.exclusive = 0});
      }
      destroy.at = Destroy::At::Waiting;
      return Progress::Continues;
    case Destroy::At::Waiting:
    case Destroy::At::Asleep:
      return wait_for_requests(step, destroy, context);
  }
  WAKESIM_UNREACHABLE();
}

std::string_view destroy_phase(const Destroy& destroy) {
  switch (destroy.at) {
    case Destroy::At::Killing:
      return "kill context";
    case Destroy::At::Waking:
      return "wake waiters";
    case Destroy::At::Waiting:
      return "wait for requests";
    case Destroy::At::Asleep:
      return "asleep";
  }
  WAKESIM_UNREACHABLE();
}

bool destroy_condition(const View& view, const std::byte* frame) {
  const auto& destroy = *reinterpret_cast<const Destroy*>(frame);
  return is_drained(view.read(context_of(view, destroy.context).state));
}

void destroy_effects(Effects& effects, std::span<const PossibleValues> arguments) {
  context_effects(effects, arguments[0]);
  const View view = effects.records();
  for (const ObjectId id : contexts_named(arguments[0])) {
    effects.enqueues(context_of(view, id).destroyer.list);
  }
  effects.sleeps();
}

CallRow destroy_row() {
  CallRow row;
  row.name = "io_destroy";
  row.parameters = {{.name = "context", .type = ParameterType::Object, .kinds = "aio_context"}};
  row.about = "Destroys the context: waiters are sent away; they and the requests are waited for.";
  row.source = "kill_ioctx() in fs/aio.c; io_destroy(2)";
  row.errors = {{"EINVAL", "the context has been destroyed"}};
  row.wakes = "everybody who waits for events";
  row.entries = 1;
  bind_frame<Destroy, begin_destroy, destroy_enabled, step_destroy, destroy_phase>(row);
  row.condition = destroy_condition;
  row.effects = destroy_effects;
  return row;
}

// ---- The object ---------------------------------------------------------------------------------

constexpr std::int64_t kRequestsMax = 64;

std::int64_t create(Builder& builder, const std::string& name,
                    std::span<const std::int64_t> arguments) {
  const std::int64_t requests = std::clamp<std::int64_t>(arguments[0], 1, kRequestsMax);
  if (requests != arguments[0]) {
    builder.error("an aio_context holds 1 to 64 requests, not " + std::to_string(arguments[0]));
  }
  Context context;
  const ClassId cls = builder.add_class(name);
  context.state = builder.add_cell(ContextState{}, cls);
  for (std::int64_t i = 0; i < requests; ++i) {
    context.requests.push_back(builder.add_cell(kFree, cls));
  }
  context.waiters = kernel::make_wait_queue(builder, "waiters of " + name);
  context.destroyer = kernel::make_wait_queue(builder, "destroyer of " + name);
  const ObjectId object = builder.emplace(name, std::move(context));
  kernel::set_subject(builder, builder.record<Context>(object).waiters, object);
  kernel::set_subject(builder, builder.record<Context>(object).destroyer, object);
  return static_cast<std::int64_t>(index(object));
}

std::string display(const View& view, std::int64_t handle) {
  const ContextState state = view.read(context_of(view, id_of(handle)).state);
  std::string text = std::to_string(state.events);
  if (state.in_flight > 0) text += ", " + std::to_string(state.in_flight) + " under way";
  if (state.is_dead) text += ", dead";
  return text;
}

ObjectRow object_row() {
  ObjectRow row;
  row.kind = "aio_context";
  row.parameters = {{.name = "nr_events"}};
  row.about = "Kernel AIO: requests that a disk completes, in any order, and their events.";
  row.source = "fs/aio.c; io_setup(2)";
  row.create = create;
  row.display = display;
  row.device = &complete_row();
  row.device_name = "disk";
  return row;
}

}  // namespace

void add_aio_pollers(Builder& builder, ObjectId context) {
  Context& record = builder.record<Context>(context);
  if (record.has_pollers) return;
  record.has_pollers = true;
  record.pollers = kernel::make_wait_queue(builder, "pollers of a context");
  kernel::set_subject(builder, builder.record<Context>(context).pollers, context);
}

const kernel::WaitQueue& aio_pollers(const View& view, ObjectId context) {
  return context_of(view, context).pollers;
}

std::uint32_t aio_events(const View& view, ObjectId context) {
  return view.read(context_of(view, context).state).events;
}

void take_aio_event(Step& step, ObjectId context) {
  ContextState state = step.read(context_of(step, context).state);
  WAKESIM_ASSERT(state.events > 0);
  --state.events;
  step.write(context_of(step, context).state, state);
}

void effects_of_aio_events(Effects& effects, ObjectId context) {
  effects.writes(effects.object<Context>(context).state);
}

ModelTable aio_model() {
  ModelTable table;
  table.name = "aio";
  table.about = "Requests to a disk, and the events of their completion.";
  table.objects = {object_row()};
  table.calls = {submit_row(), get_row(), destroy_row()};
  table.switches = {
      planted_mistake(Switch::AioSignalsFirst, "aio.signals-first",
                      "The eventfd of a request is signalled before its event is in the ring."),
      planted_mistake(Switch::AioWakesNobody, "aio.wakes-nobody",
                      "A completion wakes nobody who waits for events."),
      planted_mistake(Switch::AioDestroyWakesNobody, "aio.destroy-wakes-nobody",
                      "io_destroy() leaves those who wait for events asleep."),
      planted_mistake(Switch::AioNoLookAfterQueueing, "aio.no-look-after-queueing",
                      "A waiter does not look into the ring again after it has queued up."),
  };
  return table;
}

}  // namespace wakesim
