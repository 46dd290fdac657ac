#include "sim/program/executor.h"

#include <algorithm>
#include <utility>

#include "sim/program/interpreter.h"

namespace wakesim {
namespace {

// Field by field, as run_thread() stores it: a load of the whole has to wait until the stores of
// the parts have reached the cache.
ThreadBlock read_block(const std::byte* place) {
  ThreadBlock block{};
  const auto read = [place](std::size_t offset, auto& field) {
    std::memcpy(&field, place + offset, sizeof(field));
  };
  read(offsetof(ThreadBlock, pc), block.pc);
  read(offsetof(ThreadBlock, in_call), block.in_call);
  read(offsetof(ThreadBlock, has_ended), block.has_ended);
  read(offsetof(ThreadBlock, is_held), block.is_held);
  read(offsetof(ThreadBlock, exit), block.exit);
  return block;
}

}  // namespace

Executor::Executor(const System& system, ExecutorOptions options)
    : system_(system),
      actors_(actors_of(system)),
      options_(options),
      may_block_(system.buffer_capacity > 0 ? kGuarded | kGuardedCall | kDrains | kBuffers
                                            : kGuarded | kGuardedCall) {
  programs_.reserve(system.thread_count());
  for (std::size_t i = 0; i < system.thread_count(); ++i) {
    BoundProgram program = bind_thread(system, static_cast<ThreadId>(i));
    if (options.coverage != nullptr) {
      program.covered = (*options.coverage)[system.threads[i].code].data();
    }
    programs_.push_back(program);
  }
}

std::vector<std::byte> Executor::initial_state(StepRecord& record,
                                               std::vector<std::int64_t>* work_ns) const {
  std::vector<std::byte> state = system_.initial;
  for (std::size_t i = 0; i < system_.thread_count(); ++i) {
    const auto thread = static_cast<ThreadId>(i);
    const Code& code = system_.code_of(thread);
    ThreadBlock block{};
    std::memcpy(&block, state.data() + system_.layout.threads[i].block, sizeof(block));
    if (block.is_held == 0 && options_.collapse &&
        (code.instructions[block.pc].flags & kVisible) == 0) {
      Step step(system_, state.data(), record, thread, 0, nullptr);
      run_thread(step);
    } else if (options_.dead_data) {
      clear_dead(state.data(), thread, block.pc);
    }
    if (work_ns != nullptr) work_ns->push_back(std::exchange(record.work_ns, 0));
  }
  if (!system_.held.empty()) release_held(state.data(), record);
  return state;
}

std::vector<Actor> Executor::actors_of(const System& system) {
  std::vector<Actor> actors;
  const auto add = [&](ActorKind kind) {
    for (std::size_t i = 0; i < system.thread_count(); ++i) {
      actors.push_back({kind, static_cast<ThreadId>(i)});
    }
  };
  add(ActorKind::Thread);
  if (system.timers_offset != 0) add(ActorKind::Timer);
  if (system.buffer_capacity != 0) add(ActorKind::Flush);
  if (system.spurious_offset != 0) add(ActorKind::Spurious);
  const bool has_interrupts =
      std::any_of(system.threads.begin(), system.threads.end(),
                  [](const ThreadInfo& thread) { return thread.is_interruptible; });
  if (has_interrupts) add(ActorKind::Interrupt);
  return actors;
}

inline bool Executor::thread_enabled(const View& view, ThreadId thread) const {
  const BoundProgram& program = programs_[index(thread)];
  const ThreadBlock block = read_block(view.state() + program.block);
  if (block.has_ended != 0) return false;
  if (block.is_held != 0) {
    view.note_read(system_.layout.threads[index(thread)].start_class);
    return false;
  }
  const Instruction& in = program.instructions[block.pc];
  if (program.is_interruptible) {
    view.note_read(program.run_class);
    if (static_cast<Exit>(block.exit) != Exit::None) return true;
  }
  if (block.in_call != 0) {
    const CallSite& site = program.code->sites[static_cast<std::size_t>(in.b)];
    return call_enabled(view, thread, site);
  }
  if ((in.flags & may_block_) == 0) return true;
  return line_enabled(view, thread, block.pc);
}

bool Executor::enabled(const std::byte* state, Actor actor, Footprint* footprint) const {
  const View view(system_, state, footprint);
  switch (actor.kind) {
    case ActorKind::Thread:
      return thread_enabled(view, actor.thread);
    case ActorKind::Timer:
      // A device sees to its timer in its own step.
      return !system_.threads[index(actor.thread)].is_device && view.timer_is_first(actor.thread);
    case ActorKind::Flush: {
      const ThreadLayout& layout = system_.layout.threads[index(actor.thread)];
      view.note_read(layout.buffer_class);
      BufferedStore oldest;
      std::memcpy(&oldest, state + layout.buffer, sizeof(oldest));
      return oldest.word != 0;
    }
    case ActorKind::Interrupt:
      return may_interrupt(view, actor.thread);
    case ActorKind::Spurious: {
      view.note_read(system_.spurious_class);
      std::uint32_t left;
      std::memcpy(&left, state + system_.spurious_offset, sizeof(left));
      return left > 0 && is_asleep(state, actor.thread, footprint) &&
             system_.catalogue->hooks.may_wake_spuriously(view, actor.thread);
    }
  }
  WAKESIM_UNREACHABLE();
}

bool Executor::call_enabled(const View& view, ThreadId thread, const CallSite& site) const {
  const ThreadLayout& layout = system_.layout.threads[index(thread)];
  if (layout.subframe != 0) {
    SubframeHead head;
    std::memcpy(&head, view.state() + layout.subframe, sizeof(head));
    if (head.is_open != 0) {
      const std::byte* const bytes = view.state() + layout.subframe + sizeof(head);
      return system_.catalogue->hooks.subframe.enabled(view, thread, bytes);
    }
  }
  return site.row->enabled(view, view.state() + layout.frame);
}

bool Executor::line_enabled(const View& view, ThreadId thread, std::uint16_t pc) const {
  const BoundProgram& program = programs_[index(thread)];
  const std::uint8_t flags = program.instructions[pc].flags;
  const ThreadLayout& layout = system_.layout.threads[index(thread)];
  if (system_.buffer_capacity != 0 && (flags & (kDrains | kBuffers)) != 0) {
    // Stores fill the buffer from its first slot; the first is the oldest.
    view.note_read(layout.buffer_class);
    const std::uint32_t slot = (flags & kDrains) != 0 ? 0 : system_.buffer_capacity - 1;
    BufferedStore entry;
    std::memcpy(&entry, view.state() + layout.buffer + slot * sizeof(entry), sizeof(entry));
    if (entry.word != 0) return false;
  }
  if ((flags & (kGuarded | kGuardedCall)) == 0) return true;
  // Evaluates the head of the line without changing anything: guards only read, and a guarded
  // call's `begin` only fills in the scratch frame.
  StepRecord record;
  std::byte* const state = const_cast<std::byte*>(view.state());
  Step step(system_, state, record, thread, 0, nullptr);
  bool result = true;
  if ((flags & kGuarded) != 0) {
    // Run up to the Guard: everything before it is reading and arithmetic.
    Interpreter interpreter(*this, step, program, pc);
    result = interpreter.run_guard();
  } else {
    alignas(8) std::byte scratch[512] = {};
    Interpreter interpreter(*this, step, program, pc);
    result = interpreter.begin_scratch(scratch, sizeof(scratch)).enabled(step, scratch);
  }
  if (view.footprint() != nullptr) {
    view.footprint()->reads.add_all(record.footprint.reads);
  }
  return result;
}

inline void Executor::take(Step& step, Actor actor) const {
  switch (actor.kind) {
    case ActorKind::Thread:
      run_thread(step);
      return;
    case ActorKind::Timer:
      fire_timer(step);
      return;
    case ActorKind::Flush:
      flush(step);
      return;
    case ActorKind::Spurious: {
      step.note_read(system_.spurious_class);
      step.note_write(system_.spurious_class);
      const auto left = step.peek<std::uint32_t>(system_.spurious_offset);
      step.poke(system_.spurious_offset, left - 1);
      system_.catalogue->hooks.wake_spuriously(step, actor.thread);
      return;
    }
    case ActorKind::Interrupt:
      interrupt(step);
      return;
  }
  WAKESIM_UNREACHABLE();
}

void Executor::step(std::byte* state, Move move, StepRecord& record,
                    std::vector<StepEvent>* events) const {
  Step step(system_, state, record, move.actor.thread, move.choice, events);
  take(step, move.actor);
  if (!system_.held.empty()) release_held(state, record);
}

// A `start:` that has been true once lets its thread go for good.
void Executor::release_held(std::byte* state, StepRecord& record) const {
  for (const ThreadId thread : system_.held) {
    const ThreadLayout& layout = system_.layout.threads[index(thread)];
    record.footprint.reads.add(layout.start_class);
    ThreadBlock block;
    std::memcpy(&block, state + layout.block, sizeof(block));
    if (block.is_held == 0) continue;
    const Code& condition = system_.expressions[system_.threads[index(thread)].start];
    if (evaluate(state, condition, &record.footprint) == 0) continue;
    record.footprint.writes.add(layout.start_class);
    block.is_held = 0;
    std::memcpy(state + layout.block, &block, sizeof(block));
    if (record.woken != nullptr) record.woken->push_back(thread);
  }
}

void Executor::fire_timer(Step& step) const {
  // The guard looked at every armed timer.
  step.note_read(system_.clock_class);
  TaskRun run = step.run(step.thread());
  run.timer = 2;
  step.set_run(step.thread(), run);
  step.forget_timer(step.thread());
  if (step.is_traced()) step.note({StepEvent::Kind::TimedOut, step.thread(), 0, {}});
  system_.catalogue->hooks.timer_fired(step, step.thread());
}

void Executor::flush(Step& step) const {
  const ThreadLayout& layout = system_.layout.threads[index(step.thread())];
  step.note_read(layout.buffer_class);
  step.note_write(layout.buffer_class);
  const auto oldest = step.peek<BufferedStore>(layout.buffer);
  std::byte* const buffer = step.bytes_ + layout.buffer;
  const std::size_t rest = (system_.buffer_capacity - 1) * sizeof(BufferedStore);
  std::memmove(buffer, buffer + sizeof(BufferedStore), rest);
  std::memset(buffer + rest, 0, sizeof(BufferedStore));
  step.store(static_cast<WordId>(oldest.word - 1), oldest.value);
}

void Executor::run_thread(Step& step) const {
  const ThreadId thread = step.thread();
  const BoundProgram& program = programs_[index(thread)];
  const ThreadBlock block = read_block(step.bytes_ + program.block);
  WAKESIM_ASSERT(block.has_ended == 0);
  if (program.is_interruptible) {
    step.note_read(program.run_class);  // Every step looks whether there is an interrupt.
    const Op op = program.instructions[block.pc].op;
    if (static_cast<Exit>(block.exit) == Exit::Call) return leave_call(step);
    if (static_cast<Exit>(block.exit) == Exit::Program) return interrupt(step);
    if (op == Op::HandlerReturn) return return_from_handler(step);
    if (op == Op::Unwind) return unwind(step, block.pc);
  }
  Interpreter interpreter(*this, step, program, block.pc);
  Interpreter::Stop stop;
  if (block.in_call != 0) {
    // The guard belongs to the footprint.
    WAKESIM_ASSERT(call_enabled(step, thread, interpreter.site_at_pc()));
    stop = interpreter.run_call();
  } else {
    if ((program.instructions[block.pc].flags & may_block_ & ~kGuarded) != 0) {
      WAKESIM_ASSERT(line_enabled(step, thread, block.pc));
    }
    stop = interpreter.run(true);
  }
  settle(step, interpreter, static_cast<std::uint8_t>(stop));
}

void Executor::settle(Step& step, Interpreter& interpreter, std::uint8_t stopped) const {
  const auto stop = static_cast<Interpreter::Stop>(stopped);
  const BoundProgram& program = programs_[index(step.thread())];
  WAKESIM_ASSERT(stop != Interpreter::Stop::Blocked);
  if (stop == Interpreter::Stop::Unwinding) return unwind(step, interpreter.pc());
  if (stop == Interpreter::Stop::Ended) step.note_write(program.end_class);
  // Whether it may be interrupted follows from where it stands.
  if (program.is_observed || program.is_interruptible) step.note_write(program.run_class);
  // Field by field: put together and stored as one, the processor would wait for the parts.
  const auto offset = [&program](std::size_t field) {
    return program.block + static_cast<std::uint32_t>(field);
  };
  const bool is_leaving = stop == Interpreter::Stop::Leaving;
  step.record_.goes_on = stop == Interpreter::Stop::Line && !program.is_interruptible &&
                         (program.instructions[interpreter.pc()].flags & may_block_) == 0;
  step.poke(offset(offsetof(ThreadBlock, pc)), interpreter.pc());
  step.poke(offset(offsetof(ThreadBlock, in_call)),
            static_cast<std::uint8_t>(stop == Interpreter::Stop::InCall || is_leaving));
  step.poke(offset(offsetof(ThreadBlock, has_ended)),
            static_cast<std::uint8_t>(stop == Interpreter::Stop::Ended));
  step.poke(offset(offsetof(ThreadBlock, is_held)), std::uint8_t{0});
  step.poke(offset(offsetof(ThreadBlock, exit)), is_leaving ? Exit::Call : Exit::None);
  if (options_.dead_data) clear_dead(step.bytes_, step.thread(), interpreter.pc());
}

// Every local is written, the live ones with their own value: a branch on each bit, or on how many
// are dead, would be mispredicted too often (a twelfth of a random execution).
void Executor::clear_dead(std::byte* state, ThreadId thread, std::uint16_t pc) const {
  const BoundProgram& program = programs_[index(thread)];
  const std::uint64_t* live = program.live + std::size_t{pc} * program.code->live_words;
  std::byte* local = state + program.locals;
  for (std::uint32_t left = program.locals_count; left > 0; ++live) {
    std::uint64_t is_live = *live;
    const std::uint32_t count = std::min(left, 64u);
    for (const std::byte* const end = local + 8 * count; local != end; local += 8) {
      std::uint64_t value;
      std::memcpy(&value, local, sizeof(value));
      value &= 0 - (is_live & 1);
      std::memcpy(local, &value, sizeof(value));
      is_live >>= 1;
    }
    left -= count;
  }
}

bool Executor::in_call(const std::byte* state, ThreadId thread) const {
  return read_block(state + programs_[index(thread)].block).in_call != 0;
}

bool Executor::has_ended(const std::byte* state, ThreadId thread) const {
  return read_block(state + programs_[index(thread)].block).has_ended != 0;
}

std::uint16_t Executor::pc(const std::byte* state, ThreadId thread) const {
  return read_block(state + programs_[index(thread)].block).pc;
}

const CallSite* Executor::call_site(const std::byte* state, ThreadId thread) const {
  if (!in_call(state, thread)) return nullptr;
  const Code& code = system_.code_of(thread);
  return &code.sites[static_cast<std::size_t>(code.instructions[pc(state, thread)].b)];
}

const std::byte* Executor::frame(const std::byte* state, ThreadId thread) const {
  return state + system_.layout.threads[index(thread)].frame;
}

std::string_view Executor::phase(const std::byte* state, ThreadId thread) const {
  const CallSite* site = call_site(state, thread);
  if (site == nullptr) return {};
  const std::uint32_t subframe = system_.layout.threads[index(thread)].subframe;
  if (subframe != 0) {
    SubframeHead head;
    std::memcpy(&head, state + subframe, sizeof(head));
    if (head.is_open != 0) {
      return system_.catalogue->hooks.subframe.phase(state + subframe + sizeof(head));
    }
  }
  return site->row->phase(frame(state, thread));
}

bool Executor::takes_interrupt(const std::byte* state, ThreadId thread) const {
  const BoundProgram& program = programs_[index(thread)];
  if (!program.is_interruptible) return false;
  const auto exit = static_cast<Exit>(read_block(state + program.block).exit);
  const View view(system_, state, nullptr);
  return exit != Exit::None && system_.catalogue->hooks.interrupts.is_pending(view, thread);
}

// What a look at another thread's doings depends on besides what its own guard reads.
void Executor::note_look(const View& view, ThreadId thread) const {
  const ThreadLayout& layout = system_.layout.threads[index(thread)];
  view.note_read(layout.run_class);  // An observed thread writes it in every step.
  view.note_read(layout.end_class);
  view.note_read(layout.start_class);
}

bool Executor::is_asleep(const std::byte* state, ThreadId thread, Footprint* footprint) const {
  const View view(system_, state, footprint);
  note_look(view, thread);
  // A thread that waits for a lock inside the kernel has not gone to sleep.
  return in_call(state, thread) && view.run(thread).state != 0 && !thread_enabled(view, thread);
}

bool Executor::is_blocked(const std::byte* state, ThreadId thread, Footprint* footprint) const {
  const View view(system_, state, footprint);
  note_look(view, thread);
  return !has_ended(state, thread) && !thread_enabled(view, thread);
}

std::int64_t Executor::awaited_owner(const std::byte* state, ThreadId thread) const {
  const std::uint16_t at = pc(state, thread);
  const Code& code = system_.code_of(thread);
  if ((code.instructions[at].flags & kGuardedCall) == 0) return -1;
  StepRecord record;
  alignas(8) std::byte scratch[512] = {};
  Step step(system_, const_cast<std::byte*>(state), record, thread, 0, nullptr);
  Interpreter interpreter(*this, step, programs_[index(thread)], at);
  const CallRow& row = interpreter.begin_scratch(scratch, sizeof(scratch));
  return row.waits_for_owner == nullptr ? -1 : row.waits_for_owner(step, scratch);
}

std::int64_t Executor::evaluate(const std::byte* state, const Code& expression,
                                Footprint* footprint) const {
  StepRecord record;
  const auto nobody = static_cast<ThreadId>(system_.thread_count());
  Step step(system_, const_cast<std::byte*>(state), record, nobody, 0, nullptr);
  const BoundProgram program = bind_expression(expression);
  Interpreter interpreter(*this, step, program, 0);
  interpreter.run(true);
  if (footprint != nullptr) footprint->reads.add_all(record.footprint.reads);
  return interpreter.top();
}

std::int64_t Executor::evaluate_at(const std::byte* state, ThreadId thread,
                                   std::uint16_t pc) const {
  StepRecord record;
  Step step(system_, const_cast<std::byte*>(state), record, thread, 0, nullptr);
  Interpreter interpreter(*this, step, programs_[index(thread)], pc);
  interpreter.run(true);
  return interpreter.top();
}

void Executor::return_empty(std::byte* state, ThreadId thread, StepRecord& record) const {
  Step step(system_, state, record, thread, 0, nullptr);
  const CallSite* site = call_site(state, thread);
  WAKESIM_ASSERT(site != nullptr && site->row->return_empty != nullptr);
  const ThreadLayout& layout = system_.layout.threads[index(thread)];
  auto block = step.peek<ThreadBlock>(layout.block);
  Interpreter interpreter(*this, step, programs_[index(thread)], block.pc);
  const auto stop = interpreter.run_empty();
  block = ThreadBlock{.pc = interpreter.pc(),
                      .in_call = stop == Interpreter::Stop::InCall,
                      .has_ended = stop == Interpreter::Stop::Ended,
                      .is_held = 0,
                      .exit = 0,
                      .depth = block.depth,
                      .zero = 0};
  step.poke(layout.block, block);
}

void Executor::wake(std::byte* state, ThreadId thread) const {
  StepRecord record;
  Step step(system_, state, record, thread, 0, nullptr);
  system_.catalogue->hooks.wake_spuriously(step, thread);
}

std::string Executor::find_ready(std::byte* state, ThreadId thread, Watched watched) const {
  StepRecord record;
  Step step(system_, state, record, thread, 0, nullptr);
  return call_site(state, thread)->row->ready(step, frame(state, thread), watched);
}

void Executor::jump_to(std::byte* state, ThreadId thread, std::uint16_t pc) const {
  StepRecord record;
  Step step(system_, state, record, thread, 0, nullptr);
  const ThreadLayout& layout = system_.layout.threads[index(thread)];
  system_.catalogue->hooks.abandon_call(step, thread);
  std::memset(state + layout.frame, 0, layout.frame_bytes);
  if (layout.subframe != 0) {
    std::memset(state + layout.subframe, 0, sizeof(SubframeHead) + system_.subframe_bytes);
  }
  step.poke(layout.block, ThreadBlock{.pc = pc,
                                      .in_call = 0,
                                      .has_ended = 0,
                                      .is_held = 0,
                                      .exit = 0,
                                      .depth = step.peek<ThreadBlock>(layout.block).depth,
                                      .zero = 0});
}

}  // namespace wakesim
