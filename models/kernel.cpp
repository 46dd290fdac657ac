#include "models/kernel.h"

#include "models/switches.h"
#include "models/wake_walk.h"

namespace wakesim {

ModelTable kernel_model() {
  ModelTable table;
  table.name = "kernel";
  table.about = "The waiting machinery that every other model is built from.";
  SwitchRow split;
  split.id = id(Switch::KernelSplitWalks);
  split.name = "kernel.split-walks";
  split.values = {"off", "on"};
  split.about =
      "Each entry that a wake visits is a step of its own, with the queue's lock held in between. "
      "Nobody can tell the difference; it is there to be compared.";
  split.source = "__wake_up_common() in kernel/sched/wait.c";
  table.switches = {
      split,
      planted_mistake(Switch::KernelWaitsAtTail, "kernel.waits-at-tail",
                      "add_wait_queue and prepare_to_wait queue at the tail."),
      planted_mistake(Switch::KernelExclusiveAtHead, "kernel.exclusive-at-head",
                      "The exclusive kind of both queues at the head."),
      planted_mistake(Switch::KernelWakeIgnoresNr, "kernel.wake-ignores-nr",
                      "A wake does not stop behind as many exclusive entries as it is for."),
      planted_mistake(Switch::KernelWakeAllStops, "kernel.wake-all-stops",
                      "A wake of all stops behind the first exclusive entry."),
      planted_mistake(Switch::KernelCountsPlainWakes, "kernel.counts-plain-wakes",
                      "A wake counts entries that are not exclusive, too."),
      planted_mistake(Switch::KernelCountsFailedWakes, "kernel.counts-failed-wakes",
                      "A wake counts exclusive entries whose task runs already."),
      planted_mistake(Switch::KernelWakeIgnoresMode, "kernel.wake-ignores-mode",
                      "A wake of interruptible tasks wakes the others as well."),
      planted_mistake(Switch::KernelWakeIsKept, "kernel.wake-is-kept",
                      "A wake that finds the task running is kept for its next sleep."),
      planted_mistake(Switch::KernelPrepareKeepsState, "kernel.prepare-keeps-state",
                      "prepare_to_wait queues the task and does not set its state."),
      planted_mistake(Switch::KernelAutoremoveKeeps, "kernel.autoremove-keeps",
                      "A wake leaves the entries of prepare_to_wait queued."),
      planted_mistake(Switch::KernelAutoremoveAlways, "kernel.autoremove-always",
                      "A wake unlinks the entries of prepare_to_wait even of tasks that it does "
                      "not wake."),
  };
  return table;
}

}  // namespace wakesim

namespace wakesim::kernel {
namespace {

void link(Step& step, const WaitQueue& queue, EntryId entry, EntryOptions options,
          std::uint16_t flags, bool at_head) {
  WAKESIM_ASSERT(!is_linked(step, entry));
  WAKESIM_ASSERT(may_lock(step, step.thread(), queue));
  Entry record{};
  record.key = options.key;
  record.function = static_cast<std::uint16_t>(options.function);
  record.flags = flags;
  record.value = options.value;
  step.set_entry(entry, record);
  if (at_head) {
    step.push_front(queue.list, entry);
  } else {
    step.push_back(queue.list, entry);
  }
}

// fs/select.c, pollwake(): filtered by key; sets `triggered` before it wakes, so that a poller that
// is not asleep yet will not sleep. The entry stays linked until poll_freewait().
bool pollwake(Step& step, EntryId entry, const Entry& record, WakeOptions options) {
  const bool is_for_all = options.key == 0 ? !step.is_on(id(Switch::PollNeedsKey))
                                           : step.is_on(id(Switch::PollIgnoresKey));
  if (!is_for_all && (options.key & record.key) == 0) return false;
  const ThreadId poller = step.owner(entry);
  TaskRun run = step.run(poller);
  run.flags |= kTriggered;
  step.set_run(poller, run);
  return try_to_wake_up(step, poller, kTaskNormal);
}

// fs/eventpoll.c: unlinks whether or not the task slept. A waiter whose time is over finds itself
// unlinked and looks once more, so the wake is not lost on it.
bool ep_autoremove_wake_function(Step& step, EntryId entry, const WakeOptions& options) {
  const bool woken = try_to_wake_up(step, step.owner(entry), options.mode);
  if (!step.is_on(id(Switch::EpollWakeKeepsEntry))) remove_wait_queue(step, entry);
  return woken;
}

}  // namespace

// The callback of a task's entry; true if it counts as a successful wake.
bool run_task_callback(Step& step, EntryId entry, const WakeOptions& options) {
  const Entry record = step.entry(entry);
  const ThreadId owner = step.owner(entry);
  switch (static_cast<WakeFunction>(record.function)) {
    case WakeFunction::None:
    case WakeFunction::FutexQ:
    case WakeFunction::EpollItem:
    case WakeFunction::Knote:
    case WakeFunction::Count:
      break;
    case WakeFunction::EpollWait:
      return ep_autoremove_wake_function(step, entry, options);
    case WakeFunction::Default: {
      const bool woken = try_to_wake_up(step, owner, options.mode);
      if (woken && step.is_on(id(Switch::WaitQueueDefaultRemoves))) remove_wait_queue(step, entry);
      return woken;
    }
    case WakeFunction::Autoremove: {
      const bool woken = try_to_wake_up(step, owner, options.mode);
      const bool is_unlinked = woken ? !step.is_on(id(Switch::KernelAutoremoveKeeps))
                                     : step.is_on(id(Switch::KernelAutoremoveAlways));
      if (is_unlinked) remove_wait_queue(step, entry);
      return woken;
    }
    case WakeFunction::Pollwake:
      return pollwake(step, entry, record, options);
  }
  WAKESIM_UNREACHABLE();
}

namespace {

void prepare(Step& step, const WaitQueue& queue, EntryId entry, TaskState state, bool exclusive) {
  if (!is_linked(step, entry)) {
    const EntryOptions options{.function = WakeFunction::Autoremove};
    if (exclusive) {
      add_wait_queue_exclusive(step, queue, entry, options);
    } else {
      add_wait_queue(step, queue, entry, options);
    }
  }
  if (!step.is_on(id(Switch::KernelPrepareKeepsState))) set_current_state(step, state);
}

}  // namespace

bool is_running(const View& view, ThreadId thread) {
  const TaskRun run = view.run(thread);
  if (run.state == kTaskRunning) return true;
  return run.state == kTaskInterruptible && (run.flags & kSigPending) != 0;
}

bool signal_pending(const View& view, ThreadId thread) {
  return (view.run(thread).flags & kSigPending) != 0;
}

void set_current_state(Step& step, TaskState state) {
  TaskRun run = step.run(step.thread());
  const bool is_woken_early = state != kTaskRunning && (run.flags & kKeptWake) != 0;
  run.state = is_woken_early ? kTaskRunning : state;
  if (is_woken_early) run.flags &= static_cast<std::uint8_t>(~kKeptWake);
  step.set_run(step.thread(), run);
}

bool timer_fired(const View& view, ThreadId thread) {
  return view.run(thread).timer == kTimerFired;
}

bool try_to_wake_up(Step& step, ThreadId thread, std::uint8_t mask) {
  TaskRun run = step.run(thread);
  if (step.is_on(id(Switch::KernelWakeIgnoresMode))) mask = kTaskNormal;
  if ((run.state & mask) == 0) {
    if (step.is_on(id(Switch::KernelWakeIsKept)) && run.state == kTaskRunning) {
      run.flags |= kKeptWake;
      step.set_run(thread, run);
    }
    if (step.is_traced()) step.note({StepEvent::Kind::WokeRunning, thread, 0, {}});
    return false;
  }
  run.state = kTaskRunning;
  step.set_run(thread, run);
  if (step.is_traced()) step.note({StepEvent::Kind::Woke, thread, 0, {}});
  return true;
}

void arm_timeout(Step& step, std::int64_t nanoseconds, bool absolute) {
  if (nanoseconds < 0 && !absolute) return;  // kForever.
  step.arm_timer(nanoseconds, absolute);
}

void disarm_timeout(Step& step) {
  if (step.run(step.thread()).timer != kTimerOff) step.disarm_timer();
}

EntryId my_entry(const Step& step, std::uint32_t slot) {
  return step.entry_of(step.thread(), slot);
}

bool is_linked(const View& view, EntryId entry) { return view.entry(entry).list != 0; }

void add_wait_queue(Step& step, const WaitQueue& queue, EntryId entry, EntryOptions options) {
  const auto flags = static_cast<std::uint16_t>(options.flags & ~kWaitExclusive);
  link(step, queue, entry, options, flags, !step.is_on(id(Switch::KernelWaitsAtTail)));
}

void add_wait_queue_exclusive(Step& step, const WaitQueue& queue, EntryId entry,
                              EntryOptions options) {
  const auto flags = static_cast<std::uint16_t>(options.flags | kWaitExclusive);
  link(step, queue, entry, options, flags, step.is_on(id(Switch::KernelExclusiveAtHead)));
}

void add_wait_queue_exclusive_head(Step& step, const WaitQueue& queue, EntryId entry,
                                   EntryOptions options) {
  const auto flags = static_cast<std::uint16_t>(options.flags | kWaitExclusive);
  link(step, queue, entry, options, flags, true);
}

void add_wait_queue_entry_tail(Step& step, const WaitQueue& queue, EntryId entry,
                               EntryOptions options) {
  link(step, queue, entry, options, options.flags, false);
}

void remove_wait_queue(Step& step, EntryId entry) {
  const Entry record = step.entry(entry);
  WAKESIM_ASSERT(record.list != 0);
  step.remove(static_cast<ListId>(record.list - 1), entry);
  step.set_entry(entry, Entry{});
}

void prepare_to_wait(Step& step, const WaitQueue& queue, EntryId entry, TaskState state) {
  prepare(step, queue, entry, state, false);
}

void prepare_to_wait_exclusive(Step& step, const WaitQueue& queue, EntryId entry, TaskState state) {
  prepare(step, queue, entry, state, true);
}

void finish_wait(Step& step, EntryId entry) {
  set_current_state(step, kTaskRunning);
  if (is_linked(step, entry)) remove_wait_queue(step, entry);
}

bool waitqueue_active(const View& view, const WaitQueue& queue) {
  return view.size(queue.list) != 0;
}

void wake_q_add(Step& step, WakeQ& queue, ThreadId thread) {
  TaskRun run = step.run(thread);
  if ((run.flags & kOnWakeQ) != 0) return;
  run.flags |= kOnWakeQ;
  run.detail = 0;
  step.set_run(thread, run);
  const std::uint32_t node = index(thread) + 1;
  if (queue.first == 0) {
    queue.first = node;
  } else {
    const auto last = static_cast<ThreadId>(queue.last - 1);
    TaskRun previous = step.run(last);
    previous.detail = node;
    step.set_run(last, previous);
  }
  queue.last = node;
}

bool is_empty(const WakeQ& queue) { return queue.first == 0; }

void wake_up_first(Step& step, WakeQ& queue) {
  WAKESIM_ASSERT(!is_empty(queue));
  const auto thread = static_cast<ThreadId>(queue.first - 1);
  TaskRun run = step.run(thread);
  const std::uint32_t next = run.detail;
  run.flags &= static_cast<std::uint8_t>(~kOnWakeQ);
  run.detail = 0;
  step.set_run(thread, run);
  queue.first = next;
  if (next == 0) queue.last = 0;
  try_to_wake_up(step, thread, kTaskNormal);
}

std::string waiters(const View& view, ListId list) {
  std::string names;
  for (EntryId entry = view.first(list); entry != kNoEntry; entry = view.next(list, entry)) {
    if (!names.empty()) names += ' ';
    names += view.owner(entry) == kNoThread ? "epoll" : view.thread_name(view.owner(entry));
  }
  return names.empty() ? "-" : names;
}

// kernel/time/hrtimer.c, hrtimer_wakeup().
void on_timer_fired(Step& step, ThreadId thread) { try_to_wake_up(step, thread, kTaskNormal); }

void on_abandoned_call(Step& step, ThreadId thread) {
  WAKESIM_ASSERT(step.thread() == thread);
  for (std::uint32_t slot = 0; slot < step.entry_count(thread); ++slot) {
    const EntryId entry = step.entry_of(thread, slot);
    if (is_linked(step, entry)) remove_wait_queue(step, entry);
  }
  disarm_timeout(step);
  TaskRun run = step.run(thread);
  run.state = kTaskRunning;
  run.flags &= static_cast<std::uint8_t>(~kTriggered);
  step.set_run(thread, run);
}

// A futex wait that is woken for no reason waits again inside the kernel, so what a program sees is
// the other kind: a FUTEX_WAKE by unrelated code that used the same address before (futex(2)).
void on_spurious_wake(Step& step, ThreadId thread) {
  for (std::uint32_t slot = 0; slot < step.entry_count(thread); ++slot) {
    const EntryId entry = step.entry_of(thread, slot);
    const Entry record = step.entry(entry);
    const bool is_futex =
        record.list != 0 && record.function == static_cast<std::uint16_t>(WakeFunction::FutexQ);
    if (!is_futex) continue;
    remove_wait_queue(step, entry);
    break;  // One FUTEX_WAKE, one address.
  }
  try_to_wake_up(step, thread, kTaskInterruptible);
}

bool may_wake_spuriously(const View& view, ThreadId thread) {
  return view.run(thread).state == kTaskInterruptible;
}

}  // namespace wakesim::kernel
