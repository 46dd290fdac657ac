#include "sim/schedule/timed.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

#include "sim/program/system.h"

namespace wakesim {
namespace {

constexpr std::int64_t kEndOfTime = std::numeric_limits<std::int64_t>::max() / 4;

// Timers far beyond any run must not overflow.
std::int64_t later(std::int64_t now, std::int64_t by) {
  return by >= kEndOfTime - now ? kEndOfTime : now + std::max<std::int64_t>(0, by);
}

ClassId folded(std::size_t bucket) { return static_cast<ClassId>(bucket); }

}  // namespace

TimedStrategy::TimedStrategy(const Executor& executor, const TimedOptions& options)
    : executor_(executor), system_(executor.system()), options_(options), invariants_(executor) {
  measure_lines();
  initial_state_ = executor.initial_state(initial_record_, &initial_work_);
}

// ---- Costs --------------------------------------------------------------------------------------

void TimedStrategy::measure_lines() {
  for (const Code& code : system_.codes) {
    std::vector<LineCost> costs(code.instructions.size());
    for (std::size_t pc = 0; pc < costs.size(); ++pc) costs[pc] = cost_of_line(code, pc);
    lines_.push_back(std::move(costs));
  }
}

std::int64_t TimedStrategy::cost_of(Cost cost) const {
  switch (cost) {
    case Cost::User:
      return options_.costs.user_ns;
    case Cost::Atomic:
      return options_.costs.atomic_ns;
    case Cost::SystemCall:
      return options_.costs.system_call_ns;
    case Cost::KernelStep:
      return options_.costs.kernel_step_ns;
    case Cost::Free:
      return 0;
  }
  WAKESIM_UNREACHABLE();
}

// The dearest of what stands in it: a call costs more than the load of its argument.
TimedStrategy::LineCost TimedStrategy::cost_of_line(const Code& code, std::size_t pc) const {
  LineCost line{cost_of(Cost::User), false};
  for (std::size_t at = pc; at < code.instructions.size(); ++at) {
    const Instruction& in = code.instructions[at];
    if (at != pc && (in.flags & kLineStart) != 0) break;
    Cost cost = Cost::User;
    switch (in.op) {
      case Op::Load:
      case Op::Store:
      case Op::StoreLocked:
      case Op::Exchange:
      case Op::CompareExchange:
      case Op::FetchAdd:
      case Op::FetchSub:
      case Op::FetchAnd:
      case Op::FetchOr:
      case Op::FetchXor:
      case Op::Fence:
        cost = Cost::Atomic;
        break;
      case Op::Call:
      case Op::Primitive:
        cost = code.sites[static_cast<std::size_t>(in.b)].row->cost;
        line.is_system_call |= in.op == Op::Call && cost == Cost::SystemCall;
        break;
      default:
        break;
    }
    line.nanoseconds = std::max(line.nanoseconds, cost_of(cost));
  }
  return line;
}

std::int64_t TimedStrategy::cost_of_next(ThreadId thread) const {
  if (executor_.in_call(state_, thread)) return cost_of(Cost::KernelStep);
  const std::uint32_t code = system_.threads[index(thread)].code;
  return lines_[code][executor_.pc(state_, thread)].nanoseconds;
}

// ---- The run ------------------------------------------------------------------------------------

void TimedStrategy::begin(Execution& execution) {
  execution.end = Execution::End::Rest;
  execution.steps = 0;
  execution.schedule.clear();
  execution.state = initial_state_;
  execution.fault = initial_record_.fault;
  execution.fault_text = initial_record_.fault_text;
  execution.fault_pc = initial_record_.fault_pc;
  execution_ = &execution;
  state_ = execution.state.data();

  now_ = 0;
  events_ = EventQueue();
  void_timers_ = 0;
  const std::size_t count = system_.thread_count();
  const auto cpus = static_cast<std::size_t>(system_.cpus);
  threads_.assign(count, {});
  cpus_.assign(cpus, {});
  idle_.assign((cpus + 63) / 64, 0);
  for (std::size_t cpu = 0; cpu < cpus; ++cpu) idle_[cpu / 64] |= std::uint64_t{1} << (cpu % 64);
  queued_ = 0;
  for (auto& bucket : waiting_) bucket.clear();
  waited_for_.clear();
  statistics_ = {};
  statistics_.thread_ns.resize(count);
  statistics_.cpu_ns.resize(cpus);
  times_.clear();

  for (std::size_t t = 0; t < count; ++t) {
    const auto thread = static_cast<ThreadId>(t);
    threads_[t].is_interrupt = system_.threads[t].is_interrupt;
    threads_[t].is_device = system_.threads[t].is_device;
    threads_[t].cpu = static_cast<std::uint16_t>(t % cpus);
    threads_[t].owed_ns = initial_work_[t];
    threads_[t].is_before_start = system_.threads[t].start != kNoLocal;
    if (executor_.has_ended(state_, thread)) {
      threads_[t].status = Status::Ended;
    } else if (is_enabled(thread)) {
      make_runnable(thread);
    } else {
      hold_up(thread);
    }
  }
}

void TimedStrategy::take(Execution& execution) {
  begin(execution);
  while (!events_.is_empty() && execution.end == Execution::End::Rest) {
    if (execution.fault != Fault::None) break;
    if (options_.steps_max != 0 && execution.steps >= options_.steps_max) {
      execution.end = Execution::End::Bound;
      break;
    }
    const Event event = events_.pop();
    now_ = event.time_ns;
    switch (event.kind) {
      case Event::Kind::Cpu:
        on_cpu(event.subject);
        break;
      case Event::Kind::Interrupt:
        on_interrupt(static_cast<ThreadId>(event.subject));
        break;
      case Event::Kind::Timer:
        on_timer(event);
        break;
      case Event::Kind::Flush:
        on_flush(static_cast<ThreadId>(event.subject));
        break;
    }
  }
  if (execution.fault != Fault::None) execution.end = Execution::End::Fault;
  statistics_.steps = execution.steps;
}

// ---- Events -------------------------------------------------------------------------------------

void TimedStrategy::on_cpu(std::uint32_t number) {
  Cpu& cpu = cpus_[number];
  const auto thread = static_cast<ThreadId>(cpu.running - 1);
  Thread& self = threads_[index(thread)];
  self.owed_ns -= cpu.chunk_ns;
  cpu.slice_left_ns -= cpu.chunk_ns;
  statistics_.thread_ns[index(thread)] += cpu.chunk_ns;
  statistics_.cpu_ns[number] += cpu.chunk_ns;

  std::int64_t after = 0;
  if (self.owed_ns == 0) {
    if (!is_enabled(thread)) {
      hold_up(thread);  // Somebody was quicker.
      release(number, now_);
      return;
    }
    after = step(next_of(thread), static_cast<int>(number));
    if (executor_.has_ended(state_, thread)) {
      self.status = Status::Ended;
      statistics_.thread_ns[index(thread)] += after;
      statistics_.cpu_ns[number] += after;
      release(number, now_ + after);
      return;
    }
    if (!is_enabled(thread)) {
      hold_up(thread);
      statistics_.thread_ns[index(thread)] += after;
      statistics_.cpu_ns[number] += after;
      release(number, now_ + after);
      return;
    }
    self.owed_ns = after + cost_of_next(thread);
  }
  if (cpu.slice_left_ns <= 0) {
    cpu.slice_left_ns = options_.costs.time_slice_ns;
    if (cpu.queued > 0) {
      ++statistics_.preemptions;
      cpu.running = 0;
      self.status = Status::Runnable;
      enqueue(number, thread);
      dispatch(number, now_);
      return;
    }
  }
  continue_on(number, now_);
}

void TimedStrategy::on_interrupt(ThreadId thread) {
  Thread& self = threads_[index(thread)];
  if (!is_enabled(thread)) {
    hold_up(thread);
    return;
  }
  self.owed_ns = 0;
  const std::int64_t after = step(next_of(thread), -1);
  if (executor_.has_ended(state_, thread)) {
    self.status = Status::Ended;
  } else if (!is_enabled(thread)) {
    hold_up(thread);
  } else {
    self.owed_ns = after + cost_of_next(thread);
    events_.push({later(now_, self.owed_ns), Event::Kind::Interrupt, index(thread)});
  }
}

void TimedStrategy::on_timer(const Event& event) {
  const auto thread = static_cast<ThreadId>(event.subject);
  Thread& self = threads_[event.subject];
  if (!self.has_timer || self.timer != event.serial) {
    --void_timers_;
    return;
  }
  self.has_timer = false;
  ++statistics_.timeouts;
  if (self.is_device) {
    self.is_due = true;
  } else {
    step({ActorKind::Timer, thread}, -1);
  }
  retry(thread);
}

void TimedStrategy::on_flush(ThreadId thread) {
  threads_[index(thread)].is_flushing = false;
  step({ActorKind::Flush, thread}, -1);
}

// ---- Steps --------------------------------------------------------------------------------------

std::int64_t TimedStrategy::step(Actor actor, int cpu) {
  const ThreadId thread = actor.thread;
  const bool is_thread = actor.kind == ActorKind::Thread;
  const bool is_new_line = is_thread && !executor_.in_call(state_, thread);
  if (is_new_line) {
    const std::uint32_t code = system_.threads[index(thread)].code;
    if (lines_[code][executor_.pc(state_, thread)].is_system_call) ++statistics_.system_calls;
  }
  keep({actor, 0}, cpu);

  StepRecord record;
  woken_.clear();
  record.woken = &woken_;
  executor_.step(state_, {actor, 0}, record);
  ++execution_->steps;
  execution_->last = actor;
  execution_->fault = record.fault;
  execution_->fault_text = record.fault_text;
  execution_->fault_pc = record.fault_pc;
  statistics_.time_ns = now_;
  statistics_.wakes_of_nobody += record.vain_wakes;

  if (is_thread) {
    if (record.timer_armed || record.timer_disarmed) note_timer(record.timer_owner, record);
    if (threads_[index(thread)].was_woken) note_use_of_wakeup(thread);
  }
  if (system_.buffer_capacity != 0 && !threads_[index(thread)].is_flushing &&
      executor_.enabled(state_, {ActorKind::Flush, thread})) {
    threads_[index(thread)].is_flushing = true;
    events_.push({now_ + options_.costs.store_buffer_ns, Event::Kind::Flush, index(thread)});
  }
  const std::uint64_t wakeups = statistics_.wakeups;
  for (const ThreadId other : woken_) retry(other);
  const auto woken = static_cast<std::int64_t>(statistics_.wakeups - wakeups);
  if (waited_for_.intersects(record.footprint.writes)) retry_waiting(record.footprint.writes);

  execution_->property = invariants_.broken_by(state_);
  if (execution_->property != Invariants::kNone) execution_->end = Execution::End::Broken;
  // The line itself was paid for before the step, and the end of a program costs nothing.
  const bool has_ended = is_thread && executor_.has_ended(state_, thread);
  const auto local_lines =
      static_cast<std::int64_t>(record.lines) - (is_new_line ? 1 : 0) - (has_ended ? 1 : 0);
  return record.work_ns + local_lines * options_.costs.user_ns + woken * options_.costs.wakeup_ns;
}

std::int64_t TimedStrategy::due_of(const Thread& owner, const StepRecord& record) const {
  switch (record.armed_kind) {
    case TimerKind::Relative:
      return later(now_, record.armed_ns);
    case TimerKind::Absolute:
      return std::clamp(record.armed_ns, now_, kEndOfTime);
    case TimerKind::Periodic:
      return std::max(now_, later(owner.due_ns, record.armed_ns));
  }
  WAKESIM_UNREACHABLE();
}

// A cancelled timer stays in the queue until its time comes, unless more than half of the queue is
// of that kind.
void TimedStrategy::note_timer(ThreadId thread, const StepRecord& record) {
  Thread& self = threads_[index(thread)];
  self.is_due = false;
  if (self.has_timer) {
    self.has_timer = false;
    ++void_timers_;
  }
  if (record.timer_armed && armed(thread)) {
    ++self.timer;
    self.has_timer = true;
    self.due_ns = due_of(self, record);
    events_.push({self.due_ns, Event::Kind::Timer, index(thread), self.timer});
  }
  constexpr std::size_t kFewTimers = 1024;
  if (void_timers_ > kFewTimers && void_timers_ > events_.size() / 2) {
    events_.remove_if([this](const Event& event) {
      const Thread& owner = threads_[event.subject];
      return event.kind == Event::Kind::Timer && (!owner.has_timer || owner.timer != event.serial);
    });
    void_timers_ = 0;
  }
}

void TimedStrategy::note_use_of_wakeup(ThreadId thread) {
  if (executor_.in_call(state_, thread)) return;  // On its way, or about to sleep again.
  ++statistics_.wakeups_useful;
  threads_[index(thread)].was_woken = false;
}

void TimedStrategy::keep(Move move, int cpu) {
  if (execution_->schedule.size() >= options_.steps_kept) return;
  execution_->schedule.push_back(move);
  TimedStep& step = times_.emplace_back();
  step.time_ns = now_;
  step.cpu = cpu;
  for (const Cpu& each : cpus_) step.running.push_back(each.running);
}

// ---- Threads that cannot go on ------------------------------------------------------------------

bool TimedStrategy::is_enabled(ThreadId thread, Footprint* footprint) const {
  const Thread& self = threads_[index(thread)];
  const bool is_early = self.is_device && !self.is_due && armed(thread);
  return executor_.enabled(state_, next_of(thread), footprint) && !is_early;
}

bool TimedStrategy::armed(ThreadId thread) const {
  return View(system_, state_, nullptr).run(thread).timer == 1;
}

// An interrupt is taken as soon as the thread has a CPU.
Actor TimedStrategy::next_of(ThreadId thread) const {
  const Actor interrupt{ActorKind::Interrupt, thread};
  const bool is_interrupted =
      system_.threads[index(thread)].is_interruptible && executor_.enabled(state_, interrupt);
  return is_interrupted ? interrupt : Actor{ActorKind::Thread, thread};
}

// Would it go on if it were just running? Then nothing but its task state holds it back, and who
// changes that says so.
bool TimedStrategy::only_sleeps(ThreadId thread) {
  if (!executor_.in_call(state_, thread)) return false;
  std::byte* const place =
      state_ + system_.layout.threads[index(thread)].run + offsetof(TaskRun, state);
  const std::byte kept = *place;
  if (kept == std::byte{0}) return false;
  *place = std::byte{0};
  const bool would_go_on = is_enabled(thread);
  *place = kept;
  return would_go_on;
}

void TimedStrategy::hold_up(ThreadId thread) {
  Thread& self = threads_[index(thread)];
  if (self.was_woken) {
    ++statistics_.wakeups_vain;
    self.was_woken = false;
  }
  if (only_sleeps(thread)) {
    self.status = Status::Asleep;
    return;
  }
  self.status = Status::HeldUp;
  ++self.held_up;
  Footprint guard;
  is_enabled(thread, &guard);
  for (std::size_t bucket = 0; bucket < waiting_.size(); ++bucket) {
    if (guard.reads.has(folded(bucket))) wait_for(bucket, thread);
  }
}

// What a guard reads depends on what it finds, so a thread that still cannot go on is entered anew.
void TimedStrategy::retry(ThreadId thread) {
  Thread& self = threads_[index(thread)];
  if (self.status != Status::Asleep && self.status != Status::HeldUp) return;
  if (!is_enabled(thread)) {
    hold_up(thread);
    return;
  }
  if (!self.is_before_start && !self.is_interrupt) {
    ++statistics_.wakeups;
    self.was_woken = true;
    self.woken_ns = now_;
    self.was_held_up = self.status == Status::HeldUp;
  }
  self.is_before_start = false;
  make_runnable(thread);
}

bool TimedStrategy::is_stale(const Waiting& entry) const {
  const Thread& thread = threads_[entry.thread];
  return thread.status != Status::HeldUp || thread.held_up != entry.held_up;
}

void TimedStrategy::wait_for(std::size_t bucket, ThreadId thread) {
  std::vector<Waiting>& waiting = waiting_[bucket];
  if (waiting.size() == waiting.capacity()) {
    std::erase_if(waiting, [this](const Waiting& entry) { return is_stale(entry); });
    if (waiting.size() >= waiting.capacity() / 2) waiting.reserve(2 * waiting.capacity() + 4);
  }
  waiting.push_back({index(thread), threads_[index(thread)].held_up});
  waited_for_.add(folded(bucket));
}

void TimedStrategy::retry_waiting(const ClassSet& written) {
  retried_.clear();
  for (std::size_t bucket = 0; bucket < waiting_.size(); ++bucket) {
    if (waiting_[bucket].empty() || !written.has(folded(bucket))) continue;
    for (const Waiting& entry : waiting_[bucket]) {
      if (!is_stale(entry)) retried_.push_back(static_cast<ThreadId>(entry.thread));
    }
    waiting_[bucket].clear();
  }
  for (const ThreadId thread : retried_) retry(thread);
  waited_for_.clear();
  for (std::size_t bucket = 0; bucket < waiting_.size(); ++bucket) {
    if (!waiting_[bucket].empty()) waited_for_.add(folded(bucket));
  }
}

// ---- CPUs ---------------------------------------------------------------------------------------

void TimedStrategy::make_runnable(ThreadId thread) {
  Thread& self = threads_[index(thread)];
  self.owed_ns += cost_of_next(thread);
  if (self.is_interrupt) {
    self.status = Status::Running;
    self.woken_ns = -1;
    events_.push({later(now_, self.owed_ns), Event::Kind::Interrupt, index(thread)});
    return;
  }
  self.status = Status::Runnable;
  const std::uint32_t cpu = idle_cpu(self.cpu);
  enqueue(cpu, thread);
  if (cpus_[cpu].running == 0) dispatch(cpu, std::max(now_, cpus_[cpu].free_ns));
}

// The CPU itself if it is idle, else the first that is, else the CPU itself.
std::uint32_t TimedStrategy::idle_cpu(std::uint32_t preferred) const {
  if ((idle_[preferred / 64] >> (preferred % 64) & 1) != 0) return preferred;
  for (std::size_t word = 0; word < idle_.size(); ++word) {
    if (idle_[word] == 0) continue;
    return static_cast<std::uint32_t>(word * 64 +
                                      static_cast<std::size_t>(std::countr_zero(idle_[word])));
  }
  return preferred;
}

void TimedStrategy::enqueue(std::uint32_t number, ThreadId thread) {
  Cpu& cpu = cpus_[number];
  const std::uint32_t node = index(thread) + 1;
  threads_[index(thread)].next = 0;
  if (cpu.first == 0) {
    cpu.first = node;
  } else {
    threads_[cpu.behind - 1].next = node;
  }
  cpu.behind = node;
  ++cpu.queued;
  ++queued_;
}

ThreadId TimedStrategy::dequeue(std::uint32_t number) {
  Cpu& cpu = cpus_[number];
  WAKESIM_ASSERT(cpu.first != 0);
  const std::uint32_t node = cpu.first;
  cpu.first = threads_[node - 1].next;
  --cpu.queued;
  --queued_;
  return static_cast<ThreadId>(node - 1);
}

// The next thread for the CPU, from the longest queue if its own is empty. A lock or an `await`
// that several waited for lets all of them try; who comes too late waits on without having run.
std::optional<ThreadId> TimedStrategy::next_for(std::uint32_t number) {
  while (queued_ > 0) {
    std::uint32_t source = number;
    for (std::uint32_t other = 0; cpus_[number].queued == 0 && other < cpus_.size(); ++other) {
      if (cpus_[other].queued > cpus_[source].queued) source = other;
    }
    const ThreadId thread = dequeue(source);
    Thread& self = threads_[index(thread)];
    const bool may_go_on = !self.was_held_up || is_enabled(thread);
    self.was_held_up = false;
    if (may_go_on) return thread;
    --statistics_.wakeups;
    self.was_woken = false;
    self.woken_ns = -1;
    self.owed_ns = 0;
    hold_up(thread);
  }
  return std::nullopt;
}

// The CPU takes up its next thread, or becomes idle.
void TimedStrategy::dispatch(std::uint32_t number, std::int64_t from_ns) {
  Cpu& cpu = cpus_[number];
  const std::optional<ThreadId> next = next_for(number);
  if (!next) {
    cpu.running = 0;
    cpu.last = 0;  // The idle task: from it, too, there is a switch.
    cpu.free_ns = from_ns;
    idle_[number / 64] |= std::uint64_t{1} << (number % 64);
    return;
  }
  idle_[number / 64] &= ~(std::uint64_t{1} << (number % 64));
  const ThreadId thread = *next;
  Thread& self = threads_[index(thread)];
  const std::uint32_t node = index(thread) + 1;
  std::int64_t start_ns = from_ns;
  if (cpu.last != node) {
    start_ns += options_.costs.context_switch_ns;
    statistics_.cpu_ns[number] += options_.costs.context_switch_ns;
    ++statistics_.context_switches;
  }
  if (self.cpu != number) ++statistics_.migrations;
  if (self.woken_ns >= 0) {
    statistics_.latency.add(start_ns - self.woken_ns);
    self.woken_ns = -1;
  }
  self.status = Status::Running;
  self.cpu = static_cast<std::uint16_t>(number);
  cpu.running = node;
  cpu.last = node;
  cpu.slice_left_ns = options_.costs.time_slice_ns;
  continue_on(number, start_ns);
}

void TimedStrategy::continue_on(std::uint32_t number, std::int64_t from_ns) {
  Cpu& cpu = cpus_[number];
  cpu.chunk_ns = std::min(threads_[cpu.running - 1].owed_ns, cpu.slice_left_ns);
  events_.push({later(from_ns, cpu.chunk_ns), Event::Kind::Cpu, number});
}

void TimedStrategy::release(std::uint32_t number, std::int64_t from_ns) {
  cpus_[number].running = 0;
  dispatch(number, from_ns);
}

}  // namespace wakesim
