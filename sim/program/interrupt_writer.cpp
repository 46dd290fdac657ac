// `try: ... cleanup:` and `on SIGNAL:` to instructions.

#include <algorithm>
#include <utility>

#include "sim/program/code_writer.h"
#include "sim/program/load.h"

namespace wakesim {
namespace {

constexpr std::int64_t kUnwoundValue = -1;  // PTHREAD_CANCELED

}  // namespace

// Some program makes calls behind which its thread may be ended between any two steps.
bool CodeWriter::may_be_unwound_anywhere() const {
  return std::any_of(symbols_.calls.begin(), symbols_.calls.end(), [this](const auto& known) {
    return known.second->lets_be_unwound && count_call_sites(system_.instance, known.first) > 0;
  });
}

// pthread_cleanup_pop(): the thread is still inside when its last line is over.
void CodeWriter::write_end_of_try(const ast::Statement& statement) {
  code_.statements.push_back({"end of try", statement.where});
  const std::size_t end = emit(Op::Jump);
  code_.instructions[end].flags |= kLineStart | kVisible;
  patch(end, here());
}

// The body, and behind a jump what runs if the thread is unwound inside it. There the blocks
// around it follow, then the thread's end.
void CodeWriter::write_try(const ast::Statement& statement) {
  const auto number = static_cast<std::uint32_t>(code_.cleanups.size());
  code_.cleanups.emplace_back();
  code_.cleanups[number].outer = cleanup_;
  const std::uint32_t outer = std::exchange(cleanup_, number);
  code_.cleanups[number].begin = static_cast<std::uint16_t>(here());
  write_block(statement.body);
  if (may_be_unwound_anywhere()) write_end_of_try(statement);
  code_.cleanups[number].end = static_cast<std::uint16_t>(here());
  cleanup_ = outer;
  const std::size_t over = emit(Op::Jump);
  code_.cleanups[number].entry = static_cast<std::uint16_t>(here());
  write_block(statement.otherwise);
  code_.statements.push_back({"cleanup is over", statement.where});
  const std::size_t end = emit(Op::Unwind, number);
  code_.instructions[end].flags |= kLineStart | kVisible;
  patch(over, here());
}

// A thread that was unwound gives PTHREAD_CANCELED to whoever joins it.
void CodeWriter::write_unwound_end(bool is_unwindable) {
  code_.unwound_end = static_cast<std::uint16_t>(here());
  if (is_unwindable) {
    emit(Op::Number, 0, kUnwoundValue);
    emit(Op::StoreReturn, return_local());
  }
  write_end("end: cancelled");
}

// Behind the program. `return` leaves the handler, not the thread.
void CodeWriter::write_handlers(const ast::Thread& thread) {
  code_.handlers_begin = static_cast<std::uint16_t>(here());
  for (const ast::Handler& handler : thread.handlers) {
    ast::Expression name;
    name.kind = ast::Expression::Kind::Name;
    name.name = handler.signal;
    name.where = handler.where;
    const auto number = constant(name);
    if (!number) {
      unknown_name(name);
      continue;
    }
    Misuse misuse = system_.catalogue->hooks.interrupts.misuse_as_handled(handler.signal, *number);
    if (!misuse.problem.empty()) error(name, std::move(misuse.problem), std::move(misuse.hint));
    for (const ast::Handler& other : thread.handlers) {
      if (&other == &handler) break;
      if (other.signal != handler.signal) continue;
      diagnostics_.error(handler.where, "`" + handler.signal + "` has a handler already",
                         "a thread has one handler for a signal, with or without `restart`");
    }
    HandlerCode code;
    code.number = *number;
    code.restarts = handler.restart;
    code.entry = static_cast<std::uint16_t>(here());
    code_.handlers.push_back(code);
    inlinings_.emplace_back();
    inlinings_.back().loops_outside = loops_.size();
    write_block(handler.body);
    patch(inlinings_.back().returns, here());
    inlinings_.pop_back();
    code_.statements.push_back({"return from " + handler.signal, handler.where});
    const std::size_t back = emit(Op::HandlerReturn);
    code_.instructions[back].flags |= kLineStart | kVisible | kDrains;
  }
  if (!code_.handlers.empty()) share_locals_with_handlers();
}

// A handler may come between any two lines that touch a local it touches too: such lines are steps,
// and the local keeps its value.
void CodeWriter::share_locals_with_handlers() {
  std::vector<bool> in_program(code_.locals.size());
  std::vector<bool> in_handlers(code_.locals.size());
  const auto touched = [&](std::size_t pc, auto visit) {
    const Instruction& in = code_.instructions[pc];
    if (in.op == Op::Local || in.op == Op::StoreLocal) visit(in.a);
    if (in.op != Op::Call && in.op != Op::LocalAt) return;
    const CallSite* site =
        in.op == Op::Call ? &code_.sites[static_cast<std::size_t>(in.b)] : nullptr;
    if (site != nullptr && site->result_local == kNoLocal) return;
    const std::uint32_t first = site != nullptr ? site->result_local : in.a;
    const auto count = site != nullptr ? 1 + site->result_entries * site->row->fields.size()
                                       : static_cast<std::size_t>(in.b);
    for (std::size_t i = 0; i < count; ++i) visit(first + i);
  };
  for (std::size_t pc = 0; pc < here(); ++pc) {
    auto& where = pc < code_.handlers_begin ? in_program : in_handlers;
    touched(pc, [&](std::size_t local) { where[local] = true; });
  }
  for (std::size_t i = 0; i < code_.locals.size(); ++i) {
    if (in_program[i] && in_handlers[i]) code_.locals[i].is_kept = true;
  }
  std::size_t line = 0;
  for (std::size_t pc = 0; pc < here(); ++pc) {
    if ((code_.instructions[pc].flags & kLineStart) != 0) line = pc;
    touched(pc, [&](std::size_t local) {
      if (in_program[local] && in_handlers[local]) code_.instructions[line].flags |= kVisible;
    });
  }
}

}  // namespace wakesim
