// The kernel's waiting machinery, which every model that sleeps is built from.
//
// Kernel      include/linux/wait.h, kernel/sched/wait.c, kernel/sched/core.c, Linux 6.18.
// Covers      task state, wait queues (insertion order, EXCLUSIVE), wake callbacks, the wake walk,
//             wake_q, timeouts.
// Leaves out  signals (they arrive with their own model), CPU placement, freezing, WQ_FLAG_PRIORITY
//             (KVM's irqfd alone uses it).
// One step    each function here is part of its caller's step; the caller says what one step is.
//             A wake that finds a callback with locks of its own goes on in steps of its own:
//             wake_up() below.
//
// A wakeup is never counted. It lives in the task state, in flags, or in data that the sleeper
// reads again: a wake that finds the task running is forgotten.

#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "sim/program/catalogue.h"
#include "sim/program/step.h"
#include "sim/state/layout.h"

namespace wakesim {

ModelTable kernel_model();

}  // namespace wakesim

namespace wakesim::kernel {

// task_struct::__state.
enum TaskState : std::uint8_t {
  kTaskRunning = 0,
  kTaskInterruptible = 1,
  kTaskUninterruptible = 2,
};
inline constexpr std::uint8_t kTaskNormal = kTaskInterruptible | kTaskUninterruptible;

// TaskRun::flags.
enum RunFlag : std::uint8_t {
  kTriggered = 0x01,   // poll_wqueues::triggered.
  kOnWakeQ = 0x02,     // The task's wake_q node is in use; TaskRun::detail links to the next.
  kSigPending = 0x04,  // TIF_SIGPENDING: a signal is there to be delivered.
  kKeptWake = 0x08,    // kernel.wake-is-kept: a wake that found the task running.
};

// What a call returns inside the kernel when a signal interrupted it, include/linux/errno.h.
// Whether the program sees EINTR or the call is made again is decided on the way out
// (models/signal.h).
inline constexpr std::int64_t kRestartSys = -512;     // ERESTARTSYS: again, if SA_RESTART.
inline constexpr std::int64_t kRestartNoIntr = -513;  // ERESTARTNOINTR: again, whatever runs.
inline constexpr std::int64_t kRestartNoHand = -514;  // ERESTARTNOHAND: EINTR if a handler runs.
inline constexpr std::int64_t kRestartBlock = -516;   // ERESTART_RESTARTBLOCK: the same.

// TaskRun::timer.
enum TimerState : std::uint8_t { kTimerOff = 0, kTimerArmed = 1, kTimerFired = 2 };

// Entry::flags, as in include/linux/wait.h.
enum WaitFlag : std::uint16_t {
  kWaitExclusive = 0x01,
};

// Entry::function: which callback a wake runs. Models that bring their own add a value here and a
// row in kernel.cpp.
enum class WakeFunction : std::uint16_t {
  None = 0,
  Default = 1,     // default_wake_function
  Autoremove = 2,  // autoremove_wake_function
  Pollwake = 3,    // fs/select.c: pollwake
  FutexQ = 4,      // No wait queue's: a futex_q, which only futex calls wake.
  EpollWait = 5,   // fs/eventpoll.c: ep_autoremove_wake_function
  EpollItem = 6,   // fs/eventpoll.c: ep_poll_callback. An object's entry.
  Knote = 7,       // FreeBSD: knote(). An object's entry.
  Count,
};

// A wait_queue_head. Lives in an object's record; the entries are in the state.
struct WaitQueue {
  ListId list{};
  ObjectId subject{};          // Whose queue, for traces.
  Cell<std::uint32_t> lock{};  // 1 + the thread whose walk holds the lock between two steps, or 0.
                               // Only where walks can take several steps.
};

// ---- Task state ---------------------------------------------------------------------------------

// Would schedule() return? The task runs, or sleeps interruptibly although a signal is there.
bool is_running(const View& view, ThreadId thread);
bool signal_pending(const View& view, ThreadId thread);
void set_current_state(Step& step, TaskState state);
bool timer_fired(const View& view, ThreadId thread);

// One atomic step under p->pi_lock: a task whose state is not in `mask` is not woken, and nothing
// remembers the attempt. True if the task was woken.
bool try_to_wake_up(Step& step, ThreadId thread, std::uint8_t mask);

// hrtimer_sleeper: starts the calling task's timeout unless it is kForever; disarm forgets it.
void arm_timeout(Step& step, std::int64_t nanoseconds, bool absolute = false);
void disarm_timeout(Step& step);

// ---- Wait queues --------------------------------------------------------------------------------

// At the start of loading, before any object: what is known about every wait queue of a scenario.
// `has_object_entries`: some object of the scenario may link entries of its own.
void begin_queues(Builder& builder, bool has_object_entries);

// Makes a queue whose wakes go through wake_up().
WaitQueue make_wait_queue(Builder& builder, const std::string& name);
void set_subject(Builder& builder, WaitQueue& queue, ObjectId subject);

// Some step wakes so many queues one after the other; without it two are enough.
void expect_wakes_of_one_step(Builder& builder, std::size_t count);

// May `thread` take the queue's lock now? Part of the guard of every step that takes it; true
// where walks are one step.
bool may_lock(const View& view, ThreadId thread, const WaitQueue& queue);

struct EntryOptions {
  WakeFunction function = WakeFunction::Default;
  std::uint16_t flags = 0;
  std::uint32_t key = 0;    // Readiness bits the entry cares about; 0: any.
  std::uint32_t value = 0;  // For the callback.
};

// The calling thread's entry number `slot`.
EntryId my_entry(const Step& step, std::uint32_t slot = 0);
bool is_linked(const View& view, EntryId entry);

// add_wait_queue: at the head; clears EXCLUSIVE.
void add_wait_queue(Step& step, const WaitQueue& queue, EntryId entry, EntryOptions options);
// add_wait_queue_exclusive: at the tail, sets EXCLUSIVE.
void add_wait_queue_exclusive(Step& step, const WaitQueue& queue, EntryId entry,
                              EntryOptions options);
// __add_wait_queue_exclusive: at the head, sets EXCLUSIVE (ep_poll: last in, first out).
void add_wait_queue_exclusive_head(Step& step, const WaitQueue& queue, EntryId entry,
                                   EntryOptions options);
// do_wait_intr: at the tail, not exclusive (eventfd and timerfd reads).
void add_wait_queue_entry_tail(Step& step, const WaitQueue& queue, EntryId entry,
                               EntryOptions options);
// Unlinks the entry and clears it. Its owner or a waker may do that.
void remove_wait_queue(Step& step, EntryId entry);

// prepare_to_wait[_exclusive]: link if unlinked (autoremove), set the state, one step.
void prepare_to_wait(Step& step, const WaitQueue& queue, EntryId entry, TaskState state);
void prepare_to_wait_exclusive(Step& step, const WaitQueue& queue, EntryId entry, TaskState state);
// finish_wait: running again, and unlink if still linked.
void finish_wait(Step& step, EntryId entry);

// waitqueue_active(): reads the list without its lock.
bool waitqueue_active(const View& view, const WaitQueue& queue);

struct WakeOptions {
  std::uint32_t exclusive = 1;  // nr_exclusive; 0: everybody.
  std::uint8_t mode = kTaskNormal;
  std::uint32_t key = 0;  // Readiness bits; 0: no key, matches everybody.
  // The caller's step runs under the queue's lock, which its guard asked may_lock() for.
  bool holds_lock = false;
};

// __wake_up_common: walks from the head with the successor remembered, runs each entry's callback,
// and stops after `exclusive` successful exclusive ones.
//
// The walk is part of the caller's step if every callback only wakes a task. An object's entry
// (an epoll item) takes locks that others take alone, so there the walk is cut: what is left of it
// becomes a subframe of the calling thread, which holds the queue's lock until it is done. A
// step's wakes are its last actions; several of one step are done in their order.
// The switch kernel.split-walks makes every entry of every walk a step.
void wake_up(Step& step, const WaitQueue& queue, WakeOptions options = {});

// The same, always at once, for queues that only tasks wait on. Returns how many it woke.
std::uint32_t wake_up_at_once(Step& step, const WaitQueue& queue, WakeOptions options = {});

// ---- Objects' entries ---------------------------------------------------------------------------

// What the callback of an object's entry did.
struct CallbackResult {
  bool is_success = false;                // Counts as a wake.
  std::optional<WaitQueue> wakes_next{};  // To be woken before the walk goes on, key included.
  WakeOptions next_options{};
};
struct Callback {
  // May it take its locks now?
  bool (*enabled)(const View& view, EntryId entry) = nullptr;
  CallbackResult (*run)(Step& step, EntryId entry, const WakeOptions& options) = nullptr;
};

// Names the callback of objects' entries with this function. `nested` queues may be woken by one
// another, so a walk may get that deep.
void set_callback(Builder& builder, WakeFunction function, Callback callback, std::size_t nested);

// Catalogue::hooks.subframe: the rest of a walk.
bool walk_enabled(const View& view, ThreadId thread, const std::byte* bytes);
Progress step_walk(Step& step, std::byte* bytes);
std::string_view walk_phase(const std::byte* bytes);

// ---- wake_q: tasks to be woken after a lock is dropped -----------------------------------------

// Linked through the tasks, as in the kernel: a task is on at most one wake_q. Part of a frame.
struct WakeQ {
  std::uint32_t first = 0;  // 1 + thread, or 0.
  std::uint32_t last = 0;
};

// wake_q_add: does nothing if the task is already on some wake_q, since that waker has yet to run.
void wake_q_add(Step& step, WakeQ& queue, ThreadId thread);
bool is_empty(const WakeQ& queue);
// One task of wake_up_q: clears its node, then wakes it. One step.
void wake_up_first(Step& step, WakeQ& queue);

// ---- Tracing ------------------------------------------------------------------------------------

// Names of the threads linked on a queue, front to back: "a b", "-" if none.
std::string waiters(const View& view, ListId list);

// Hooks for the engine (Catalogue::hooks).
void on_timer_fired(Step& step, ThreadId thread);
void on_abandoned_call(Step& step, ThreadId thread);
void on_spurious_wake(Step& step, ThreadId thread);
bool may_wake_spuriously(const View& view, ThreadId thread);

}  // namespace wakesim::kernel
