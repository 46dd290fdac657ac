// Interrupted threads: a call is abandoned or made again, a handler or the cleanup blocks run. The
// models decide when (InterruptHooks).

#include <cstring>

#include "sim/program/executor.h"
#include "sim/program/interpreter.h"

namespace wakesim {
namespace {

std::uint32_t field(const BoundProgram& program, std::size_t offset) {
  return program.block + static_cast<std::uint32_t>(offset);
}

std::uint32_t activation_place(const BoundProgram& program, std::uint32_t depth) {
  constexpr std::uint32_t kKeptResult = 8;
  return program.activations + kKeptResult + depth * static_cast<std::uint32_t>(sizeof(Activation));
}

// The line that a call is made in, to make it again.
std::uint16_t line_of(const BoundProgram& program, std::uint16_t pc) {
  while ((program.instructions[pc].flags & kLineStart) == 0) --pc;
  return pc;
}

}  // namespace

// Between two lines. A thread inside a call notices by itself.
bool Executor::may_interrupt(const View& view, ThreadId thread) const {
  const BoundProgram& program = programs_[index(thread)];
  if (!program.is_interruptible) return false;
  // Also where the answer is no: the thread's own steps, and who lets it start, change that.
  const ThreadLayout& layout = system_.layout.threads[index(thread)];
  view.note_read(program.run_class);
  ThreadBlock block;
  std::memcpy(&block, view.state() + program.block, sizeof(block));
  if (block.is_held != 0) view.note_read(layout.start_class);
  if (block.has_ended != 0 || block.in_call != 0 || block.is_held != 0) return false;
  if (static_cast<Exit>(block.exit) != Exit::None) return false;
  // Local lines have no length in any mode: nothing comes between one and the next visible step.
  if ((program.instructions[block.pc].flags & kVisible) == 0) return false;
  // An interrupt is a locked operation: it waits for the store buffer.
  if (system_.buffer_capacity != 0) {
    view.note_read(layout.buffer_class);
    BufferedStore oldest;
    std::memcpy(&oldest, view.state() + layout.buffer, sizeof(oldest));
    if (oldest.word != 0) return false;
  }
  return system_.catalogue->hooks.interrupts.is_pending(view, thread);
}

// The thread stands at `pc`; local lines there are run, as behind any other step.
void Executor::go_on(Step& step, std::uint16_t pc) const {
  const BoundProgram& program = programs_[index(step.thread())];
  Interpreter interpreter(*this, step, program, pc);
  settle(step, interpreter, static_cast<std::uint8_t>(interpreter.run(false)));
}

void Executor::enter_handler(Step& step, const Interruption& what,
                             const Activation& interrupted) const {
  const BoundProgram& program = programs_[index(step.thread())];
  const InterruptHooks& hooks = system_.catalogue->hooks.interrupts;
  const auto depth = step.peek<std::uint8_t>(field(program, offsetof(ThreadBlock, depth)));
  WAKESIM_ASSERT(depth < program.code->handlers.size());
  step.poke(activation_place(program, depth), interrupted);
  step.poke(field(program, offsetof(ThreadBlock, depth)), static_cast<std::uint8_t>(depth + 1));
  const std::uint16_t entry = program.code->handlers[what.handler].entry;
  if (!hooks.is_pending(step, step.thread())) return go_on(step, entry);
  // The next one interrupts this one before its first line.
  Interpreter interpreter(*this, step, program, entry);
  settle(step, interpreter, static_cast<std::uint8_t>(Interpreter::Stop::Line));
  step.poke(field(program, offsetof(ThreadBlock, exit)), Exit::Program);
}

// The call at `pc` is over and nothing is left to come before its caller.
void Executor::return_to_caller(Step& step, const CallEnd& end, std::uint16_t pc) const {
  std::int64_t result = end.result;
  if (end.is_cancellation_point) {
    const auto& hooks = system_.catalogue->hooks.interrupts;
    const PointAnswer answer = hooks.after_point(step, end);
    if (answer.kind == PointAnswer::Kind::Unwinds) return unwind(step, pc);
    if (answer.kind == PointAnswer::Kind::Refuses) result = answer.result;
  }
  Interpreter interpreter(*this, step, programs_[index(step.thread())], pc);
  const auto stop = interpreter.resume_call(result);
  settle(step, interpreter, static_cast<std::uint8_t>(stop));
}

// A call has returned, and something comes before its caller.
void Executor::leave_call(Step& step) const {
  const BoundProgram& program = programs_[index(step.thread())];
  const InterruptHooks& hooks = system_.catalogue->hooks.interrupts;
  const auto pc = step.peek<std::uint16_t>(field(program, offsetof(ThreadBlock, pc)));
  const CallSite& site = program.code->sites[static_cast<std::size_t>(program.instructions[pc].b)];
  const CallEnd end{site.row, site.is_cancellation_point,
                    step.peek<std::int64_t>(program.activations)};
  step.poke(program.activations, std::int64_t{0});
  std::memset(step.bytes_ + program.frame, 0, site.frame_bytes);
  const Interruption what = hooks.take(step, &end);
  switch (what.kind) {
    case Interruption::Kind::Unwind:
      return unwind(step, pc);
    case Interruption::Kind::Handler: {
      const bool has_result = !what.restarts_call;
      return enter_handler(step, what,
                           {.result = has_result ? what.result : 0,
                            .cookie = what.cookie,
                            .pc = has_result ? pc : line_of(program, pc),
                            .has_result = has_result,
                            .zero = {}});
    }
    case Interruption::Kind::Nothing:
      break;
  }
  if (what.restarts_call) return go_on(step, line_of(program, pc));
  return_to_caller(step, {site.row, site.is_cancellation_point, what.result}, pc);
}

// Between two lines, or on the way to a handler's first one.
void Executor::interrupt(Step& step) const {
  const BoundProgram& program = programs_[index(step.thread())];
  step.note_write(program.run_class);
  const auto pc = step.peek<std::uint16_t>(field(program, offsetof(ThreadBlock, pc)));
  step.poke(field(program, offsetof(ThreadBlock, exit)), Exit::None);
  const Interruption what = system_.catalogue->hooks.interrupts.take(step, nullptr);
  switch (what.kind) {
    case Interruption::Kind::Nothing:
      return;
    case Interruption::Kind::Unwind:
      return unwind(step, pc);
    case Interruption::Kind::Handler:
      return enter_handler(
          step, what, {.result = 0, .cookie = what.cookie, .pc = pc, .has_result = 0, .zero = {}});
  }
}

void Executor::return_from_handler(Step& step) const {
  const BoundProgram& program = programs_[index(step.thread())];
  const InterruptHooks& hooks = system_.catalogue->hooks.interrupts;
  const auto depth = static_cast<std::uint8_t>(
      step.peek<std::uint8_t>(field(program, offsetof(ThreadBlock, depth))) - 1);
  const std::uint32_t place = activation_place(program, depth);
  const auto back = step.peek<Activation>(place);
  step.poke(place, Activation{});
  step.poke(field(program, offsetof(ThreadBlock, depth)), depth);
  hooks.handler_returned(step, back.cookie);
  const bool is_pending = hooks.is_pending(step, step.thread());
  if (back.has_result == 0) {
    if (!is_pending) return go_on(step, back.pc);
    Interpreter interpreter(*this, step, program, back.pc);
    settle(step, interpreter, static_cast<std::uint8_t>(Interpreter::Stop::Line));
    step.poke(field(program, offsetof(ThreadBlock, exit)), Exit::Program);
    return;
  }
  const CallSite& site =
      program.code->sites[static_cast<std::size_t>(program.instructions[back.pc].b)];
  if (is_pending) {
    Interpreter interpreter(*this, step, program, back.pc);
    step.poke(program.activations, back.result);
    settle(step, interpreter, static_cast<std::uint8_t>(Interpreter::Stop::Leaving));
    return;
  }
  return_to_caller(step, {site.row, site.is_cancellation_point, back.result}, back.pc);
}

// The thread ends at `from`: the innermost cleanup block around it is next. Leaving a handler, on
// with the block around the place that it interrupted.
void Executor::unwind(Step& step, std::uint16_t from) const {
  const BoundProgram& program = programs_[index(step.thread())];
  const Code& code = *program.code;
  system_.catalogue->hooks.interrupts.unwinding(step);
  const Instruction& at = program.instructions[from];
  std::uint32_t outer = at.op == Op::Unwind ? code.cleanups[at.a].outer : kNoCleanup;
  bool is_known = at.op == Op::Unwind;
  auto depth = step.peek<std::uint8_t>(field(program, offsetof(ThreadBlock, depth)));
  for (;;) {
    for (std::size_t i = code.cleanups.size(); !is_known && i-- > 0;) {
      if (from < code.cleanups[i].begin || from >= code.cleanups[i].end) continue;
      outer = static_cast<std::uint32_t>(i);
      is_known = true;
    }
    if (is_known && outer != kNoCleanup) return go_on(step, code.cleanups[outer].entry);
    if (depth == 0 || from < code.handlers_begin) return go_on(step, code.unwound_end);
    --depth;
    const std::uint32_t place = activation_place(program, depth);
    from = step.peek<Activation>(place).pc;
    step.poke(place, Activation{});
    step.poke(field(program, offsetof(ThreadBlock, depth)), depth);
    is_known = false;
    outer = kNoCleanup;
  }
}

}  // namespace wakesim
