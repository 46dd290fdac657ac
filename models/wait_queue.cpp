#include "models/wait_queue.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "models/kernel.h"
#include "models/switches.h"
#include "sim/assert.h"
#include "sim/program/builder.h"
#include "sim/program/step.h"
#include "sim/program/system.h"

namespace wakesim {
namespace {

using Arguments = std::span<const std::int64_t>;

const kernel::WaitQueue& queue_at(const View& view, std::int64_t handle) {
  return view.object<kernel::WaitQueue>(static_cast<ObjectId>(handle));
}

// The thread's entry for the queue (DEFINE_WAIT): it outlives the calls.
EntryId entry_for(const Step& step, const kernel::WaitQueue& queue) {
  return step.kept_entry(step.thread(), queue.list);
}

std::int64_t create(Builder& builder, const std::string& name, Arguments) {
  const ObjectId id = builder.emplace(name, kernel::WaitQueue{.list = builder.add_list(name)});
  builder.record<kernel::WaitQueue>(id).subject = id;
  return index(id);
}

std::string display(const View& view, std::int64_t handle) {
  return kernel::waiters(view, queue_at(view, handle).list);
}

// ---- Waiting ------------------------------------------------------------------------------------

// The task states that kernel code here can ask for.
bool is_state(Step& step, std::int64_t state) {
  const bool is_known = state >= kernel::kTaskRunning && state <= kernel::kTaskUninterruptible;
  if (!is_known) step.fault(Fault::InvalidUse, "not a task state");
  return is_known;
}

std::int64_t set_state(Step& step, Arguments arguments) {
  if (is_state(step, arguments[0])) {
    kernel::set_current_state(step, static_cast<kernel::TaskState>(arguments[0]));
  }
  return 0;
}

using AddFunction = void (*)(Step&, const kernel::WaitQueue&, EntryId, kernel::EntryOptions);

template <AddFunction Add>
std::int64_t add(Step& step, Arguments arguments) {
  const kernel::WaitQueue& queue = queue_at(step, arguments[0]);
  const EntryId entry = entry_for(step, queue);
  if (kernel::is_linked(step, entry)) {
    step.fault(Fault::InvalidUse, "add_wait_queue of an entry that is queued already");
    return 0;
  }
  Add(step, queue, entry, {});
  return 0;
}

std::int64_t remove(Step& step, Arguments arguments) {
  const EntryId entry = entry_for(step, queue_at(step, arguments[0]));
  if (!kernel::is_linked(step, entry)) {
    step.fault(Fault::InvalidUse, "remove_wait_queue of an entry that is not queued");
    return 0;
  }
  kernel::remove_wait_queue(step, entry);
  return 0;
}

using PrepareFunction = void (*)(Step&, const kernel::WaitQueue&, EntryId, kernel::TaskState);

template <PrepareFunction Prepare>
std::int64_t prepare(Step& step, Arguments arguments) {
  const kernel::WaitQueue& queue = queue_at(step, arguments[0]);
  if (!is_state(step, arguments[1])) return 0;
  Prepare(step, queue, entry_for(step, queue), static_cast<kernel::TaskState>(arguments[1]));
  return 0;
}

std::int64_t finish_wait(Step& step, Arguments arguments) {
  const EntryId entry = entry_for(step, queue_at(step, arguments[0]));
  if (!step.is_on(id(Switch::WaitQueueFinishKeepsState))) {
    kernel::set_current_state(step, kernel::kTaskRunning);
  }
  const bool is_linked = kernel::is_linked(step, entry);
  if (is_linked && !step.is_on(id(Switch::WaitQueueFinishKeepsEntry))) {
    kernel::remove_wait_queue(step, entry);
  }
  return 0;
}

// ---- schedule() ---------------------------------------------------------------------------------

// A schedule() or schedule_timeout() in flight.
//
//   Entering -- state RUNNING --> Returned
//      |
//      v  off the CPU
//   Asleep -- somebody made the state RUNNING --> Returned
struct Schedule {
  enum class At : std::uint8_t { Entering, Asleep };

  std::int64_t timeout;
  std::uint32_t thread;
  At at;
  bool is_timed;
  std::array<std::uint8_t, 2> zero;
};
static_assert(std::has_unique_object_representations_v<Schedule>);

using At = Schedule::At;

void begin_schedule(Step& step, Arguments, Schedule& schedule) {
  schedule = {.timeout = kForever,
              .thread = index(step.thread()),
              .at = At::Entering,
              .is_timed = false,
              .zero = {}};
}

void begin_schedule_timeout(Step& step, Arguments arguments, Schedule& schedule) {
  begin_schedule(step, arguments, schedule);
  schedule.timeout = arguments[0];
  schedule.is_timed = true;
}

bool schedule_enabled(const View& view, const Schedule& schedule) {
  switch (schedule.at) {
    case At::Entering:
      return true;
    case At::Asleep:
      return kernel::is_running(view, static_cast<ThreadId>(schedule.thread));
  }
  WAKESIM_UNREACHABLE();
}

// The time left, as far as the model knows it: 1 for some, 0 for none. schedule() gives 0.
std::int64_t time_left(const View& view, const Schedule& schedule) {
  if (!schedule.is_timed) return 0;
  if (view.is_on(id(Switch::WaitQueueTimeoutSaysLeft))) return 1;
  return kernel::timer_fired(view, static_cast<ThreadId>(schedule.thread)) ? 0 : 1;
}

// schedule() takes a task off the CPU only if its state says so: a wake since then has undone it.
Progress enter(Step& step, Schedule& schedule) {
  const bool is_over = schedule.timeout <= 0 && schedule.timeout != kForever;
  if (is_over) {
    kernel::set_current_state(step, kernel::kTaskRunning);
    return step.finish(0);
  }
  if (step.is_on(id(Switch::WaitQueueScheduleIgnoresWake))) {
    kernel::set_current_state(step, kernel::kTaskInterruptible);
  }
  if (kernel::is_running(step, step.thread())) return step.finish(schedule.is_timed ? 1 : 0);
  kernel::arm_timeout(step, schedule.timeout);
  schedule.timeout = kForever;
  schedule.at = At::Asleep;
  if (step.is_traced()) step.note({StepEvent::Kind::Slept, step.thread(), 0, {}});
  return Progress::Continues;
}

Progress step_schedule(Step& step, Schedule& schedule) {
  WAKESIM_ASSERT(schedule_enabled(step, schedule));
  switch (schedule.at) {
    case At::Entering:
      return enter(step, schedule);
    case At::Asleep: {
      const std::int64_t left = time_left(step, schedule);
      kernel::disarm_timeout(step);
      return step.finish(left);
    }
  }
  WAKESIM_UNREACHABLE();
}

std::string_view schedule_phase(const Schedule& schedule) {
  switch (schedule.at) {
    case At::Entering:
      return "go to sleep";
    case At::Asleep:
      return "come back";
  }
  WAKESIM_UNREACHABLE();
}

// As after a wake that was meant for something else.
void return_empty(Step& step, std::byte* frame) {
  const bool is_timed = reinterpret_cast<const Schedule*>(frame)->is_timed;
  kernel::set_current_state(step, kernel::kTaskRunning);
  kernel::disarm_timeout(step);
  step.finish(is_timed ? 1 : 0);
}

// ---- Waking -------------------------------------------------------------------------------------

std::int64_t wake(Step& step, std::int64_t queue, kernel::WakeOptions options) {
  return kernel::wake_up_at_once(step, queue_at(step, queue), options);
}

std::int64_t wake_up(Step& step, Arguments arguments) { return wake(step, arguments[0], {}); }

std::int64_t wake_up_interruptible(Step& step, Arguments arguments) {
  return wake(step, arguments[0], {.mode = kernel::kTaskInterruptible});
}

// nr is an int in the kernel; a walk with nr <= 0 stops nowhere.
std::int64_t wake_up_nr(Step& step, Arguments arguments) {
  const bool is_limited = arguments[1] > 0 && arguments[1] <= std::numeric_limits<int>::max();
  const auto exclusive = static_cast<std::uint32_t>(is_limited ? arguments[1] : 0);
  return wake(step, arguments[0], {.exclusive = exclusive});
}

std::int64_t wake_up_all(Step& step, Arguments arguments) {
  return wake(step, arguments[0], {.exclusive = 0});
}

std::int64_t waitqueue_active(Step& step, Arguments arguments) {
  const bool is_active = kernel::waitqueue_active(step, queue_at(step, arguments[0]));
  return is_active && !step.is_on(id(Switch::WaitQueueActiveSeesNobody)) ? 1 : 0;
}

std::int64_t wake_up_process(Step& step, Arguments arguments) {
  const std::int64_t thread = arguments[0];
  if (thread < 0 || thread >= static_cast<std::int64_t>(step.thread_count())) {
    step.fault(Fault::InvalidUse, "wake_up_process of something that is no thread");
    return 0;
  }
  const auto id = static_cast<ThreadId>(thread);
  return kernel::try_to_wake_up(step, id, kernel::kTaskNormal) ? 1 : 0;
}

// ---- Static futures -----------------------------------------------------------------------------

template <class Visit>
void for_each_queue(Effects& effects, const PossibleValues& queues, Visit visit) {
  WAKESIM_ASSERT(!queues.is_any);
  for (std::int64_t i = 0; i < queues.count; ++i) {
    visit(effects.object<kernel::WaitQueue>(static_cast<ObjectId>(queues.first + i)).list);
  }
}

ClassId class_of(const Effects& effects, ListId list) {
  return effects.system().layout.lists[index(list)].cls;
}

void effects_of_waiting(Effects& effects, std::span<const PossibleValues> arguments) {
  for_each_queue(effects, arguments[0], [&](ListId list) { effects.keeps_entry(list); });
}

void effects_of_waking(Effects& effects, std::span<const PossibleValues> arguments) {
  for_each_queue(effects, arguments[0], [&](ListId list) { effects.wakes(list); });
}

void effects_of_looking(Effects& effects, std::span<const PossibleValues> arguments) {
  for_each_queue(effects, arguments[0],
                 [&](ListId list) { effects.reads(class_of(effects, list)); });
}

void effects_of_state(Effects& effects, std::span<const PossibleValues>) { effects.sleeps(); }

void effects_of_schedule_timeout(Effects& effects, std::span<const PossibleValues> arguments) {
  effects.sleeps();
  if (!arguments[0].is_single() || arguments[0].first > 0) effects.arms_timer();
}

void effects_of_wake_up_process(Effects& effects, std::span<const PossibleValues> arguments) {
  const auto threads = static_cast<std::int64_t>(effects.system().thread_count());
  for (std::int64_t thread = 0; thread < threads; ++thread) {
    const bool is_possible =
        arguments[0].is_any ||
        (thread >= arguments[0].first && thread < arguments[0].first + arguments[0].count);
    if (is_possible) effects.wakes_thread(static_cast<ThreadId>(thread));
  }
}

// ---- Rows ---------------------------------------------------------------------------------------

using Primitive = std::int64_t (*)(Step&, Arguments);
using EffectsFunction = void (*)(Effects&, std::span<const PossibleValues>);

constexpr Parameter kQueue = {.name = "wq", .type = ParameterType::Object, .kinds = "wait_queue"};
constexpr Parameter kState = {.name = "state"};

CallRow primitive_row(std::string_view name, std::vector<Parameter> parameters,
                      std::string_view about, std::string_view source, Primitive primitive,
                      EffectsFunction effects) {
  CallRow row;
  row.name = name;
  row.parameters = std::move(parameters);
  row.about = about;
  row.source = source;
  row.wakes = "nobody";
  row.cost = Cost::KernelStep;
  row.primitive = primitive;
  row.effects = effects;
  return row;
}

CallRow waiter_row(std::string_view name, std::vector<Parameter> parameters, std::string_view about,
                   Primitive primitive) {
  return primitive_row(name, std::move(parameters), about, "kernel/sched/wait.c", primitive,
                       effects_of_waiting);
}

CallRow waker_row(std::string_view name, std::vector<Parameter> parameters, std::string_view about,
                  Primitive primitive) {
  CallRow row =
      primitive_row(name, std::move(parameters), about, "kernel/sched/wait.c, __wake_up_common()",
                    primitive, effects_of_waking);
  row.wakes = "from the head of the queue; tasks that run already are passed over";
  return row;
}

CallRow schedule_row() {
  CallRow row;
  row.name = "schedule";
  row.about = "Goes to sleep unless the task's state is TASK_RUNNING; gives 0.";
  row.source = "kernel/sched/core.c, __schedule()";
  row.wakes = "nobody";
  row.cost = Cost::KernelStep;
  row.may_return_empty = true;
  row.return_empty = return_empty;
  bind_frame<Schedule, begin_schedule, schedule_enabled, step_schedule, schedule_phase>(row);
  row.effects = effects_of_state;
  return row;
}

CallRow schedule_timeout_row() {
  CallRow row = schedule_row();
  row.name = "schedule_timeout";
  row.parameters = {{.name = "timeout", .type = ParameterType::Duration}};
  row.about = "schedule() with a timer: 0 if the time is over, 1 if some is left.";
  row.source = "kernel/time/sleep_timeout.c, schedule_timeout()";
  bind_frame<Schedule, begin_schedule_timeout, schedule_enabled, step_schedule, schedule_phase>(
      row);
  row.effects = effects_of_schedule_timeout;
  return row;
}

std::vector<CallRow> calls() {
  CallRow active = primitive_row(
      "waitqueue_active", {kQueue}, "1 if some entry is queued, else 0; looks without the lock.",
      "include/linux/wait.h, waitqueue_active()", waitqueue_active, effects_of_looking);
  active.is_pure = true;
  CallRow process = primitive_row(
      "wake_up_process", {{.name = "thread", .type = ParameterType::Thread}},
      "Makes the thread run if it sleeps or is about to: 1, or 0 if it runs already.",
      "kernel/sched/core.c, try_to_wake_up()", wake_up_process, effects_of_wake_up_process);
  process.wakes = "the thread";
  return {
      primitive_row("set_state", {kState}, "Sets the task's state; what schedule() looks at.",
                    "include/linux/sched.h, set_current_state()", set_state, effects_of_state),
      waiter_row("add_wait_queue", {kQueue}, "Queues the thread at the head.",
                 add<kernel::add_wait_queue>),
      waiter_row("add_wait_queue_exclusive", {kQueue},
                 "Queues the thread at the tail; a wake stops behind it.",
                 add<kernel::add_wait_queue_exclusive>),
      waiter_row("remove_wait_queue", {kQueue}, "Takes the thread off the queue.", remove),
      waiter_row(
          "prepare_to_wait", {kQueue, kState},
          "Queues the thread at the head, if it is not queued, and sets its state: one step. "
          "A wake takes it off again.",
          prepare<kernel::prepare_to_wait>),
      waiter_row("prepare_to_wait_exclusive", {kQueue, kState},
                 "The same at the tail; a wake stops behind it.",
                 prepare<kernel::prepare_to_wait_exclusive>),
      waiter_row("finish_wait", {kQueue},
                 "Sets the state to TASK_RUNNING and takes the thread off the queue if it is still "
                 "there.",
                 finish_wait),
      schedule_row(),
      schedule_timeout_row(),
      waker_row("wake_up", {kQueue},
                "Wakes the tasks queued up to the first exclusive one that slept, and that one. "
                "Gives the number woken.",
                wake_up),
      waker_row("wake_up_interruptible", {kQueue},
                "wake_up of tasks in TASK_INTERRUPTIBLE; the others are passed over.",
                wake_up_interruptible),
      waker_row("wake_up_nr", {kQueue, {.name = "nr"}},
                "wake_up that stops at the exclusive task number nr.", wake_up_nr),
      waker_row("wake_up_all", {kQueue}, "Wakes every task that is queued.", wake_up_all),
      active,
      process,
  };
}

}  // namespace

ModelTable wait_queue_model() {
  ModelTable table;
  table.name = "wait_queue";
  table.about = "The kernel's wait queues, for scenarios that are kernel code themselves.";
  table.objects = {{
      .kind = "wait_queue",
      .about = "A wait_queue_head: tasks that wait, front to back.",
      .source = "include/linux/wait.h, struct wait_queue_head",
      .create = create,
      .display = display,
  }};
  table.calls = calls();
  table.constants = {{"TASK_RUNNING", kernel::kTaskRunning},
                     {"TASK_INTERRUPTIBLE", kernel::kTaskInterruptible},
                     {"TASK_UNINTERRUPTIBLE", kernel::kTaskUninterruptible}};
  table.switches = {
      planted_mistake(Switch::WaitQueueDefaultRemoves, "wait_queue.default-removes",
                      "A wake takes the entries of add_wait_queue off the queue."),
      planted_mistake(Switch::WaitQueueFinishKeepsState, "wait_queue.finish-keeps-state",
                      "finish_wait does not set the state to TASK_RUNNING."),
      planted_mistake(Switch::WaitQueueFinishKeepsEntry, "wait_queue.finish-keeps-entry",
                      "finish_wait leaves the entry queued."),
      planted_mistake(Switch::WaitQueueScheduleIgnoresWake, "wait_queue.schedule-ignores-wake",
                      "schedule() sleeps although the state has become TASK_RUNNING."),
      planted_mistake(Switch::WaitQueueTimeoutSaysLeft, "wait_queue.timeout-says-left",
                      "schedule_timeout() says that time is left when none is."),
      planted_mistake(Switch::WaitQueueActiveSeesNobody, "wait_queue.active-sees-nobody",
                      "waitqueue_active() says that nobody is queued."),
  };
  return table;
}

}  // namespace wakesim
