// Wake walks: __wake_up_common(), in one step where nobody can tell, else cut at each callback that
// takes locks of its own.

#include "models/wake_walk.h"

#include <algorithm>
#include <span>
#include <string>
#include <utility>

#include "models/switches.h"
#include "sim/assert.h"
#include "sim/program/builder.h"

namespace wakesim::kernel {
namespace {

// One record for a scenario, always the first.
constexpr ObjectId kQueuesRecord{1};

struct Queues {
  bool are_cut = false;            // Some walk may take several steps.
  bool cut_each = false;           // kernel.split-walks
  std::size_t wakes = 2;           // Of one step, at most: close() of a pipe end has two.
  std::size_t nested = 0;          // Walks inside of walks, at most.
  std::vector<WaitQueue> of_list;  // By ListId; lists that are no wait queue have no lock.
  std::array<Callback, static_cast<std::size_t>(WakeFunction::Count)> callbacks{};
};

const Queues& queues_of(const View& view) { return view.object<Queues>(kQueuesRecord); }

// Walks of one thread at a time, at most.
std::size_t levels_of(const Queues& queues) { return queues.wakes + queues.nested; }

// A walk that is not over.
//
//   Starting -- lock is free --> Walking -- entry by entry --> over, lock dropped
struct Walk {
  enum class At : std::uint8_t { Starting, Walking };

  ListId list;
  std::uint32_t next;  // 1 + the entry to be visited next; 0: none is left.
  std::uint32_t key;
  std::uint32_t exclusive_left;
  std::uint8_t mode;
  At at;
  bool has_woken;
  std::uint8_t zero;
};
static_assert(std::has_unique_object_representations_v<Walk>);

// A thread's subframe. The last walk is the one in progress; it runs inside a callback of the one
// before it, or is that one's successor.
struct WalkStack {
  std::uint32_t depth;
  std::uint32_t zero;

  std::span<Walk> walks() { return {reinterpret_cast<Walk*>(this + 1), depth}; }
};
static_assert(std::has_unique_object_representations_v<WalkStack>);
static_assert(alignof(Walk) <= alignof(WalkStack));

const Walk& top_of(const std::byte* bytes) {
  const auto& stack = *reinterpret_cast<const WalkStack*>(bytes);
  return reinterpret_cast<const Walk*>(&stack + 1)[stack.depth - 1];
}

bool is_objects_entry(const View& view, EntryId entry) { return view.owner(entry) == kNoThread; }

bool has_objects_entry(const View& view, ListId list) {
  for (EntryId entry = view.first(list); entry != kNoEntry; entry = view.next(list, entry)) {
    if (is_objects_entry(view, entry)) return true;
  }
  return false;
}

Walk walk_of(const WaitQueue& queue, const WakeOptions& options) {
  return {.list = queue.list,
          .next = 0,
          .key = options.key,
          .exclusive_left = options.exclusive,
          .mode = options.mode,
          .at = Walk::At::Starting,
          .has_woken = false,
          .zero = 0};
}

WakeOptions options_of(const Walk& walk) {
  return {.exclusive = walk.exclusive_left, .mode = walk.mode, .key = walk.key, .holds_lock = true};
}

// The walk has the lock from here on; the state says so only if it outlives the step.
void begin(const View& view, Walk& walk) {
  const EntryId first = view.first(walk.list);
  walk.next = first == kNoEntry ? 0 : index(first) + 1;
  walk.at = Walk::At::Walking;
  const bool stops = walk.exclusive_left == 0 && view.is_on(id(Switch::KernelWakeAllStops));
  if (stops) walk.exclusive_left = 1;
}

// Runs one entry's callback and finds the next entry.
CallbackResult visit(Step& step, Walk& walk) {
  const auto entry = static_cast<EntryId>(walk.next - 1);
  const Entry record = step.entry(entry);
  WAKESIM_ASSERT(record.list == index(walk.list) + 1);
  // Read before the callback, which may unlink the entry.
  const EntryId next = step.next(walk.list, entry);
  CallbackResult result;
  if (is_objects_entry(step, entry)) {
    const Callback& callback = queues_of(step).callbacks[record.function];
    WAKESIM_ASSERT(callback.run != nullptr);
    result = callback.run(step, entry, options_of(walk));
  } else {
    result.is_success = run_task_callback(step, entry, options_of(walk));
  }
  walk.has_woken = walk.has_woken || result.is_success;
  walk.next = next == kNoEntry ? 0 : index(next) + 1;
  // nr_exclusive == 0 means everybody: the decrement never meets zero.
  const bool is_exclusive = (record.flags & kWaitExclusive) != 0;
  const bool counts = (result.is_success || step.is_on(id(Switch::KernelCountsFailedWakes))) &&
                      (is_exclusive || step.is_on(id(Switch::KernelCountsPlainWakes)));
  if (counts && --walk.exclusive_left == 0 && !step.is_on(id(Switch::KernelWakeIgnoresNr))) {
    walk.next = 0;
  }
  return result;
}

bool stands_at_object(const View& view, const Walk& walk) {
  return walk.next != 0 && is_objects_entry(view, static_cast<EntryId>(walk.next - 1));
}

// Visits tasks' entries up to an object's, or to the end.
void visit_tasks(Step& step, Walk& walk) {
  while (walk.next != 0 && !stands_at_object(step, walk)) visit(step, walk);
}

void note_end(Step& step, const Walk& walk, ObjectId subject) {
  if (walk.has_woken) return;
  step.note_vain_wake();
  if (step.is_traced()) {
    step.note({StepEvent::Kind::WokeNobody, {}, 0, std::string(step.object_name(subject))});
  }
}

void set_lock(Step& step, const Walk& walk, std::uint32_t holder) {
  step.write(queues_of(step).of_list[index(walk.list)].lock, holder);
}

void push(Step& step, const Walk& walk) {
  auto& stack = *reinterpret_cast<WalkStack*>(step.open_subframe());
  WAKESIM_ASSERT(stack.depth < levels_of(queues_of(step)));
  ++stack.depth;
  stack.walks().back() = walk;
}

// The step's earlier wake comes first.
void push_below(Step& step, const Walk& walk) {
  push(step, walk);
  auto walks = reinterpret_cast<WalkStack*>(step.open_subframe())->walks();
  for (std::size_t i = walks.size() - 1; i > 0; --i) std::swap(walks[i], walks[i - 1]);
}

void reserve_walks(Builder& builder, const Queues& queues) {
  if (!queues.are_cut) return;
  builder.reserve_subframe(sizeof(WalkStack) + levels_of(queues) * sizeof(Walk));
}

// Drops the locks of walks that have nothing left, innermost first.
Progress pop_finished(Step& step, WalkStack& stack) {
  while (stack.depth > 0) {
    Walk& walk = stack.walks().back();
    if (walk.at == Walk::At::Starting || walk.next != 0) return Progress::Continues;
    set_lock(step, walk, 0);
    note_end(step, walk, queues_of(step).of_list[index(walk.list)].subject);
    walk = Walk{};
    --stack.depth;
  }
  return Progress::Returned;
}

}  // namespace

void begin_queues(Builder& builder, bool has_object_entries) {
  Queues queues;
  queues.cut_each = builder.is_on(id(Switch::KernelSplitWalks));
  queues.are_cut = queues.cut_each || has_object_entries;
  const ObjectId record = builder.emplace("wait queues", queues);
  WAKESIM_ASSERT(record == kQueuesRecord);
  reserve_walks(builder, queues);
}

void expect_wakes_of_one_step(Builder& builder, std::size_t count) {
  Queues& queues = builder.record<Queues>(kQueuesRecord);
  queues.wakes = std::max(queues.wakes, count);
  reserve_walks(builder, queues);
}

WaitQueue make_wait_queue(Builder& builder, const std::string& name) {
  Queues& queues = builder.record<Queues>(kQueuesRecord);
  const ClassId cls = builder.add_class(name);
  WaitQueue queue;
  queue.list = builder.add_list(cls);
  if (queues.are_cut) queue.lock = builder.add_cell(std::uint32_t{0}, cls);
  if (queues.of_list.size() <= index(queue.list)) queues.of_list.resize(index(queue.list) + 1);
  queues.of_list[index(queue.list)] = queue;
  return queue;
}

void set_subject(Builder& builder, WaitQueue& queue, ObjectId subject) {
  queue.subject = subject;
  builder.record<Queues>(kQueuesRecord).of_list[index(queue.list)].subject = subject;
}

bool may_lock(const View& view, ThreadId thread, const WaitQueue& queue) {
  if (queue.lock.offset == 0) return true;
  const std::uint32_t holder = view.read(queue.lock);
  return holder == 0 || holder == index(thread) + 1;
}

void set_callback(Builder& builder, WakeFunction function, Callback callback, std::size_t nested) {
  Queues& queues = builder.record<Queues>(kQueuesRecord);
  WAKESIM_ASSERT(queues.are_cut);
  queues.callbacks[static_cast<std::size_t>(function)] = callback;
  queues.nested = std::max(queues.nested, nested);
  reserve_walks(builder, queues);
}

std::uint32_t wake_up_at_once(Step& step, const WaitQueue& queue, WakeOptions options) {
  Walk walk = walk_of(queue, options);
  begin(step, walk);
  std::uint32_t woken = 0;
  while (walk.next != 0) woken += visit(step, walk).is_success ? 1 : 0;
  note_end(step, walk, queue.subject);
  return woken;
}

void wake_up(Step& step, const WaitQueue& queue, WakeOptions options) {
  const Queues& queues = queues_of(step);
  if (queue.lock.offset == 0) {
    wake_up_at_once(step, queue, options);
    return;
  }
  const bool is_plain = !queues.cut_each && !has_objects_entry(step, queue.list);
  const bool is_next = !step.has_subframe();
  if (is_plain && is_next && (options.holds_lock || may_lock(step, step.thread(), queue))) {
    wake_up_at_once(step, queue, options);
    return;
  }
  Walk walk = walk_of(queue, options);
  if (!options.holds_lock) {
    push_below(step, walk);
    return;
  }
  WAKESIM_ASSERT(is_next && may_lock(step, step.thread(), queue));
  begin(step, walk);
  if (!queues.cut_each) visit_tasks(step, walk);
  if (walk.next == 0) {
    note_end(step, walk, queue.subject);
    return;
  }
  set_lock(step, walk, index(step.thread()) + 1);
  push(step, walk);
}

namespace {

EntryId next_entry(const View& view, const Walk& walk) {
  if (walk.at == Walk::At::Starting) return view.first(walk.list);
  return walk.next == 0 ? kNoEntry : static_cast<EntryId>(walk.next - 1);
}

}  // namespace

bool walk_enabled(const View& view, ThreadId thread, const std::byte* bytes) {
  const Walk& walk = top_of(bytes);
  const Queues& queues = queues_of(view);
  if (walk.at == Walk::At::Starting && !may_lock(view, thread, queues.of_list[index(walk.list)])) {
    return false;
  }
  const EntryId entry = next_entry(view, walk);
  if (entry == kNoEntry || !is_objects_entry(view, entry)) return true;
  return queues.callbacks[view.entry(entry).function].enabled(view, entry);
}

// One step: an object's callback, or a run of tasks'. Taking the lock and what is done first under
// it need not be told apart: until then the walk has changed nothing.
Progress step_walk(Step& step, std::byte* bytes) {
  auto& stack = *reinterpret_cast<WalkStack*>(bytes);
  Walk& walk = stack.walks().back();
  if (walk.at == Walk::At::Starting) {
    begin(step, walk);
    set_lock(step, walk, index(step.thread()) + 1);
  }
  if (walk.next == 0) return pop_finished(step, stack);
  if (!queues_of(step).cut_each && !stands_at_object(step, walk)) {
    visit_tasks(step, walk);
    return pop_finished(step, stack);
  }
  const CallbackResult result = visit(step, walk);
  if (result.wakes_next) push(step, walk_of(*result.wakes_next, result.next_options));
  return pop_finished(step, stack);
}

std::string_view walk_phase(const std::byte* bytes) {
  switch (top_of(bytes).at) {
    case Walk::At::Starting:
      return "lock queue";
    case Walk::At::Walking:
      return "wake next";
  }
  WAKESIM_UNREACHABLE();
}

}  // namespace wakesim::kernel
