#include "sim/program/code_writer.h"

#include <algorithm>
#include <limits>
#include <utility>

namespace wakesim {
namespace {

using Kind = ast::Statement::Kind;

// Instructions are addressed with 16 bits.
constexpr std::size_t kInstructionsMax = 65'000;

// Its list has as many entries as it says, out of those that were asked for.
bool counts_entries(const CallRow& row) {
  return std::any_of(row.parameters.begin(), row.parameters.end(), [&](const Parameter& parameter) {
    return parameter.name == row.entries_parameter && parameter.type != ParameterType::Pairs;
  });
}

}  // namespace

CodeWriter::CodeWriter(System& system, const Symbols& symbols, Code& code, Diagnostics& diagnostics)
    : system_(system), symbols_(symbols), code_(code), diagnostics_(diagnostics) {}

void CodeWriter::write_program(const ast::Thread& thread, const std::vector<std::string>& members,
                               bool is_unwindable) {
  for (std::size_t i = 0; i < members.size(); ++i) {
    Symbol symbol;
    symbol.kind = Symbol::Kind::Member;
    symbol.first = static_cast<std::uint32_t>(i);
    thread_scope_.names.emplace(members[i], symbol);
  }
  const std::size_t reports = diagnostics_.reports();
  write_block(thread.body);
  write_end("end");
  if (is_unwindable || !code_.cleanups.empty()) write_unwound_end(is_unwindable);
  write_handlers(thread);
  has_errors_ = diagnostics_.reports() > reports;
}

void CodeWriter::count_calls() {
  code_.call_counter = hidden_local();
  code_.locals[code_.call_counter].is_kept = true;
}

void CodeWriter::write_observation(const ast::Expression& expression) {
  is_observing_ = true;
  code_.statements.push_back({to_text(expression), expression.where});
  value(expression);
  emit(Op::End);
}

void CodeWriter::write_start(const ast::Expression& expression) {
  is_start_ = true;
  write_observation(expression);
}

void CodeWriter::write_end(std::string text) {
  code_.statements.push_back({std::move(text), {}});
  line_ = Line{};
  line_.is_open = true;
  line_.start = here();
  const std::size_t end = emit(Op::End);
  code_.instructions[end].flags |= kLineStart;
  line_.is_open = false;
}

void CodeWriter::report_unread_locals() {
  if (has_errors_) return;
  for (const auto& [slot, where] : plain_) {
    if (read_.count(slot) != 0 || code_.locals[slot].is_kept) continue;
    diagnostics_.error(where, "`" + code_.locals[slot].name + "` is assigned here and never read",
                       "remove the line, read the value, or name it in `observe:`");
  }
}

void CodeWriter::write_block(const std::vector<ast::Statement>& block) {
  for (const ast::Statement& statement : block) write_statement(statement);
}

void CodeWriter::write_statement(const ast::Statement& statement) {
  if (here() > kInstructionsMax) {
    if (here() < 2 * kInstructionsMax) {
      diagnostics_.error(statement.where, "the program is too long after inlining its functions");
    }
    code_.instructions.resize(2 * kInstructionsMax);  // Said once.
    return;
  }
  statement_ = &statement;
  switch (statement.kind) {
    case Kind::Assign:
      write_assign(statement);
      return;
    case Kind::Evaluate:
      write_evaluate(statement);
      return;
    case Kind::If:
      write_if(statement);
      return;
    case Kind::While:
      write_while(statement);
      return;
    case Kind::Forever:
      write_forever(statement);
      return;
    case Kind::Repeat:
      write_repeat(statement);
      return;
    case Kind::ForIn:
      write_for(statement);
      return;
    case Kind::Break:
    case Kind::Continue: {
      if (loops_.empty() || loops_.back().is_barrier) {
        diagnostics_.error(statement.where, "`" + statement.text + "` stands outside a loop");
        return;
      }
      const std::size_t jump = emit(Op::Jump);
      code_.instructions[jump].flags |= kStatement;
      if (statement.kind == Kind::Break) {
        note_exit(jump);
        loops_.back().breaks.push_back(jump);
        code_.regions[loops_.back().region].has_exit = true;
      } else {
        loops_.back().continues.push_back(jump);
      }
      return;
    }
    case Kind::Return:
      write_return(statement);
      return;
    case Kind::Assert:
      write_condition_line(statement, Op::Assert);
      return;
    case Kind::Await:
      write_condition_line(statement, Op::Guard);
      return;
    case Kind::Assume:
      write_condition_line(statement, Op::Assume);
      return;
    case Kind::Atomic:
      write_atomic(statement);
      return;
    case Kind::Either:
      write_either(statement);
      return;
    case Kind::WaitsFor:
      write_waits_for(statement);
      return;
    case Kind::Try:
      write_try(statement);
      return;
    case Kind::Sleep:
      write_sleep(statement);
      return;
    case Kind::Work: {
      refuse_missing_unit(statement.value);
      begin_line(statement);
      value(statement.value);
      emit(Op::Work);
      end_line();
      return;
    }
  }
}

// ---- Lines --------------------------------------------------------------------------------------

std::size_t CodeWriter::emit(Op op, std::size_t a, std::int64_t b) {
  Instruction instruction;
  instruction.op = op;
  instruction.a = static_cast<std::uint16_t>(a);
  instruction.b = static_cast<std::int32_t>(b);
  code_.instructions.push_back(instruction);
  code_.statement_of.push_back(
      static_cast<std::uint16_t>(code_.statements.empty() ? 0 : code_.statements.size() - 1));
  return here() - 1;
}

void CodeWriter::emit_number(std::int64_t value) {
  const bool fits = value >= std::numeric_limits<std::int32_t>::min() &&
                    value <= std::numeric_limits<std::int32_t>::max();
  if (fits) {
    emit(Op::Number, 0, value);
    return;
  }
  code_.constants.push_back(value);
  emit(Op::Constant, 0, static_cast<std::int64_t>(code_.constants.size() - 1));
}

void CodeWriter::patch(std::size_t jump, std::size_t target) {
  code_.instructions[jump].b = static_cast<std::int32_t>(target);
}

void CodeWriter::patch(const std::vector<std::size_t>& jumps, std::size_t target) {
  for (const std::size_t jump : jumps) patch(jump, target);
}

void CodeWriter::begin_line(const ast::Statement& statement) {
  code_.statements.push_back({statement.text, statement.where});
  if (atomic_depth_ > 0) {
    line_.is_open = true;
    return;
  }
  line_ = Line{};
  line_.start = here();
  line_.is_open = true;
}

void CodeWriter::end_line() {
  if (atomic_depth_ > 0) return;
  line_.is_open = false;
  if (here() == line_.start) return;
  Instruction& first = code_.instructions[line_.start];
  first.flags |= kLineStart | kStatement;
  if (!line_.accesses.empty() || line_.calls || line_.chooses || line_.drains) {
    first.flags |= kVisible;
  }
  if (line_.buffers) first.flags |= kBuffers;
  if (line_.drains) first.flags |= kDrains;
  if (line_.accesses.size() < 2 || is_observing_) return;
  const ast::Expression& a = *line_.accesses[0];
  const ast::Expression& b = *line_.accesses[1];
  Diagnostic diagnostic;
  diagnostic.where = a.where;
  diagnostic.message = "one line may touch shared memory once; this touches `" + to_text(a) +
                       "` and `" + to_text(b) + "`";
  diagnostic.notes.push_back({b.where, ""});
  diagnostic.hints.push_back("write  r = " + to_text(a) + "\n       and use `r` in the next line");
  diagnostic.hints.push_back("or     atomic: if the real code holds a lock here");
  diagnostics_.add(std::move(diagnostic));
}

// Kept after the end: `join` hands it on.
std::uint32_t CodeWriter::return_local() {
  if (code_.return_local == kNoLocal) {
    code_.return_local = hidden_local();
    code_.locals[code_.return_local].is_kept = true;
  }
  return code_.return_local;
}

std::uint32_t CodeWriter::new_local(std::string name) {
  code_.locals.push_back({std::move(name), false});
  return static_cast<std::uint32_t>(code_.locals.size() - 1);
}

// The first assignment declares.
std::uint32_t CodeWriter::assign_local(const ast::Expression& target) {
  const auto found = scope_->names.find(target.name);
  if (found != scope_->names.end() && found->second.kind == Symbol::Kind::Local) {
    return found->second.first;
  }
  const bool is_free = found == scope_->names.end();
  if (!is_free && found->second.kind != Symbol::Kind::List) {
    error(target, "`" + target.name + "` cannot be assigned");
    return unread_local();
  }
  if (is_free && !may_be_local(target)) return unread_local();
  Symbol symbol;
  symbol.kind = Symbol::Kind::Local;
  symbol.first = new_local(scope_ == &thread_scope_ ? target.name : std::string());
  symbol.where = target.where;
  scope_->names.insert_or_assign(target.name, symbol);
  return symbol.first;
}

// Of a wrong assignment: it needs no second message.
std::uint32_t CodeWriter::unread_local() {
  const std::uint32_t slot = hidden_local();
  read_.insert(slot);
  return slot;
}

// A word, an element, a field, or a parameter that stands for one; else a local is meant.
bool CodeWriter::is_shared_target(const ast::Expression& target) {
  if (target.kind != ast::Expression::Kind::Name) return true;
  const Symbol* const base = base_of(target);
  if (base == nullptr) return false;
  const bool is_parameter = find(target.name)->kind == Symbol::Kind::Alias;
  using enum Symbol::Kind;
  return base->kind == Word || (is_parameter && (base->kind == Object || base->kind == Record));
}

// A local may hide a constant of the models (IN, EAGAIN), not what the scenario declares: the line
// was meant for that.
bool CodeWriter::may_be_local(const ast::Expression& target) {
  const Symbol* const known = find(target.name);
  if (known == nullptr || known->where.line == 0) return true;
  Diagnostic diagnostic;
  diagnostic.where = target.where;
  diagnostic.message = "`" + target.name + "` is no word and no local; it cannot be assigned";
  diagnostic.notes.push_back({known->where, "declared here"});
  if (known->kind == Symbol::Kind::Record) {
    diagnostic.hints.push_back("write  " + target.name + "." + known->type->fields.front().name +
                               " = ...");
  }
  diagnostics_.add(std::move(diagnostic));
  return false;
}

// ---- Plain statements ---------------------------------------------------------------------------

void CodeWriter::write_assign(const ast::Statement& statement) {
  const ast::Expression& target = statement.target;
  const bool is_shared = is_shared_target(target);

  // A call alone on the right: its result goes straight into the local.
  const CallRow* row = call_row(statement.value);
  const bool is_model_call = row != nullptr && row->primitive == nullptr;
  const bool is_plain = statement.op == "=";
  if (!is_shared && is_plain && is_function(statement.value)) {
    const std::uint32_t slot = assign_local(target);
    inline_function(statement.value, statement, slot);
    return;
  }
  if (!is_shared && is_plain && is_model_call) {
    if (row->result == ResultShape::List) {
      model_call(statement.value, *row, &statement, target.name);
      return;
    }
    begin_line(statement);
    model_call(statement.value, *row, &statement, std::nullopt);
    const std::uint32_t slot = assign_local(target);
    code_.locals[slot].call = row;
    emit(Op::StoreLocal, slot);
    end_line();
    return;
  }

  hoist(statement.value, statement);
  if (is_shared) hoist(target, statement);
  begin_line(statement);
  if (is_shared) {
    const Place where = place(target);
    if (!where.is_valid) {
      end_line();
      return;
    }
    if (!is_plain) {
      // `x += e` on a shared word reads and writes it: two accesses.
      if (atomic_depth_ == 0) {
        error(target,
              "`" + target.name + " " + statement.op +
                  " ...` reads and writes shared memory: two "
                  "steps in one line",
              "write  r = " + to_text(target) + "\n       " + to_text(target) + " = r " +
                  statement.op.substr(0, statement.op.size() - 1) + " " + to_text(statement.value) +
                  "\nor     fetch_add(" + to_text(target) +
                  ", ...) if it is one atomic instruction");
        end_line();
        return;
      }
      const Place again = place(target);
      emit(Op::Load, again.indexed, again.first);
    }
    value(statement.value);
    if (!is_plain) {
      ast::Expression operation;
      operation.op = statement.op.substr(0, statement.op.size() - 1);
      operation.where = target.where;
      value_of_operator(operation);
    }
    access(target);
    const bool is_locked = atomic_depth_ > 0;
    if (!is_locked) line_.buffers = true;
    emit(is_locked ? Op::StoreLocked : Op::Store, where.indexed, where.first);
    end_line();
    hoisted_.clear();
    return;
  }

  const std::size_t reports = diagnostics_.reports();
  if (!is_plain) {
    value(target);
    value(statement.value);
    ast::Expression operation;
    operation.op = statement.op.substr(0, statement.op.size() - 1);
    operation.where = target.where;
    value_of_operator(operation);
  } else {
    value(statement.value);
  }
  if (diagnostics_.reports() > reports) unmade_.insert(target.name);
  const std::uint32_t slot = assign_local(target);
  if (is_plain && row != nullptr) {
    code_.locals[slot].call = row;
  } else {
    const auto fixed = constant(statement.value);
    code_.locals[slot].takes_others |= !is_plain || !fixed || *fixed < 0;
  }
  const bool is_plain_value = line_.accesses.empty() && !line_.chooses && hoisted_.empty();
  if (is_plain_value && is_plain) plain_.emplace(slot, target.where);
  emit(Op::StoreLocal, slot);
  end_line();
  hoisted_.clear();
}

void CodeWriter::write_evaluate(const ast::Statement& statement) {
  const CallRow* row = call_row(statement.value);
  if (is_function(statement.value)) {
    inline_function(statement.value, statement, std::nullopt);
    return;
  }
  if (row != nullptr && row->primitive == nullptr) {
    begin_line(statement);
    model_call(statement.value, *row, &statement, std::nullopt);
    emit(Op::Pop);
    end_line();
    return;
  }
  if (statement.value.kind != ast::Expression::Kind::Call) {
    error(statement.value, "this line computes a value and drops it",
          "write  r = " + to_text(statement.value));
    return;
  }
  hoist(statement.value, statement);
  begin_line(statement);
  value(statement.value);
  emit(Op::Pop);
  end_line();
  hoisted_.clear();
}

void CodeWriter::write_condition_line(const ast::Statement& statement, Op op) {
  if (op != Op::Guard) hoist(statement.value, statement);
  begin_line(statement);
  value(statement.value);
  emit(op);
  const std::size_t start = line_.start;
  if (op == Op::Guard && atomic_depth_ == 0) {
    // Always a step of its own, and one step however much it looks at.
    line_.calls = true;
    line_.accesses.clear();
  }
  end_line();
  if (op == Op::Guard) code_.instructions[start].flags |= kGuarded;
  hoisted_.clear();
}

void CodeWriter::write_sleep(const ast::Statement& statement) {
  const auto found = symbols_.calls.find("nanosleep");
  if (found == symbols_.calls.end()) {
    diagnostics_.error(statement.where, "no model offers `nanosleep`, which `sleep` stands for");
    return;
  }
  begin_line(statement);
  ast::Expression call;
  call.kind = ast::Expression::Kind::Call;
  call.name = "nanosleep";
  call.arguments.push_back({"", statement.value});
  call.where = statement.where;
  model_call(call, *found->second, &statement, std::nullopt);
  emit(Op::Pop);
  end_line();
}

// ---- Blocks -------------------------------------------------------------------------------------

void CodeWriter::write_if(const ast::Statement& statement) {
  hoist(statement.value, statement);
  begin_line(statement);
  value(statement.value);
  const std::size_t to_else = emit(Op::JumpIfZero);
  end_line();
  hoisted_.clear();
  conditions_.push_back(to_text(statement.value));
  write_block(statement.body);
  conditions_.back() = negated_text(statement.value);
  if (statement.has_otherwise) {
    const std::size_t to_end = emit(Op::Jump);
    patch(to_else, here());
    write_block(statement.otherwise);
    patch(to_end, here());
  } else {
    patch(to_else, here());
  }
  conditions_.pop_back();
}

// For "sleeps for ever, although ...": the innermost condition around a `break` or `return`.
void CodeWriter::note_exit(std::size_t jump) {
  if (conditions_.empty()) return;
  code_.exits.push_back({static_cast<std::uint16_t>(jump), conditions_.back()});
}

std::size_t CodeWriter::open_region(WaitRegion::Kind kind, std::string text) {
  WaitRegion region;
  region.kind = kind;
  region.begin = static_cast<std::uint16_t>(here());
  region.text = std::move(text);
  code_.regions.push_back(std::move(region));
  return code_.regions.size() - 1;
}

// Ends the innermost loop: `next_round` is where `continue` goes.
void CodeWriter::close_loop(std::size_t next_round) {
  const Loop loop = std::move(loops_.back());
  loops_.pop_back();
  patch(loop.continues, next_round);
  patch(loop.breaks, here());
  code_.regions[loop.region].end = static_cast<std::uint16_t>(here());
}

void CodeWriter::write_while(const ast::Statement& statement) {
  const std::size_t region = open_region(WaitRegion::Kind::Loop, to_text(statement.value));
  code_.regions[region].has_exit = true;
  const std::size_t head = here();
  hoist(statement.value, statement);
  begin_line(statement);
  value(statement.value);
  const std::size_t out = emit(Op::JumpIfZero);
  code_.exits.push_back({static_cast<std::uint16_t>(out), negated_text(statement.value)});
  end_line();
  hoisted_.clear();
  loops_.push_back({});
  loops_.back().region = region;
  write_block(statement.body);
  emit(Op::Jump, 0, static_cast<std::int64_t>(head));
  patch(out, here());
  close_loop(head);
}

void CodeWriter::write_forever(const ast::Statement& statement) {
  const std::size_t region = open_region(WaitRegion::Kind::Loop, "forever");
  const std::size_t head = here();
  loops_.push_back({});
  loops_.back().region = region;
  write_block(statement.body);
  if (here() == head) {
    diagnostics_.error(statement.where, "a loop without steps would run for ever",
                       "put a line into the loop, or `await c` to wait for a condition");
  }
  emit(Op::Jump, 0, static_cast<std::int64_t>(head));
  close_loop(head);
}

// The counter is the compiler's own local and counts down; it is dead after the loop.
void CodeWriter::write_repeat(const ast::Statement& statement) {
  hoist(statement.value, statement);
  const std::uint32_t counter = hidden_local();
  begin_line(statement);
  value(statement.value);
  emit(Op::StoreLocal, counter);
  end_line();
  hoisted_.clear();
  const std::size_t region = open_region(WaitRegion::Kind::Loop, "repeat");
  code_.regions[region].is_counted = true;
  const std::size_t head = here();
  emit(Op::Local, counter);
  emit(Op::Number, 0, 0);
  emit(Op::Greater);
  const std::size_t out = emit(Op::JumpIfZero);
  emit(Op::Local, counter);
  emit(Op::Number, 0, 1);
  emit(Op::Subtract);
  emit(Op::StoreLocal, counter);
  loops_.push_back({});
  loops_.back().region = region;
  write_block(statement.body);
  emit(Op::Jump, 0, static_cast<std::int64_t>(head));
  patch(out, here());
  close_loop(head);
}

void CodeWriter::write_for(const ast::Statement& statement) {
  const bool is_name = statement.value.kind == ast::Expression::Kind::Name;
  if (is_name && unmade_.count(statement.value.name) != 0) return;
  const Symbol* list = is_name ? resolve(statement.value) : nullptr;
  if (list == nullptr || list->kind != Symbol::Kind::List) {
    error(statement.value, "`for` walks the list that a call returned; this is none",
          "write  r = poll(...)\n       for e in r:");
    return;
  }
  read_.insert(list->first);
  Symbol entry = *list;
  entry.kind = Symbol::Kind::Entry;
  entry.index_local = hidden_local();
  scope_->names.insert_or_assign(statement.name, entry);

  begin_line(statement);
  emit(Op::Number, 0, 0);
  emit(Op::StoreLocal, entry.index_local);
  end_line();
  const std::size_t region = open_region(WaitRegion::Kind::Loop, "for");
  code_.regions[region].is_counted = true;
  const std::size_t head = here();
  // poll-like lists have an entry per watch; others n entries.
  emit(Op::Local, entry.index_local);
  if (counts_entries(*list->row)) {
    emit(Op::Local, list->first);
  } else {
    emit_number(list->entries);
  }
  emit(Op::Less);
  const std::size_t out = emit(Op::JumpIfZero);
  loops_.push_back({});
  loops_.back().region = region;
  write_block(statement.body);
  const std::size_t next_round = here();
  emit(Op::Local, entry.index_local);
  emit(Op::Number, 0, 1);
  emit(Op::Add);
  emit(Op::StoreLocal, entry.index_local);
  emit(Op::Jump, 0, static_cast<std::int64_t>(head));
  patch(out, here());
  close_loop(next_round);
}

void CodeWriter::write_return(const ast::Statement& statement) {
  if (inlinings_.empty()) {
    if (statement.has_value) {
      hoist(statement.value, statement);
      begin_line(statement);
      value(statement.value);
      emit(Op::StoreReturn, return_local());
      end_line();
      hoisted_.clear();
    }
    // Leaving the thread leaves every loop around.
    for (const Loop& loop : loops_) code_.regions[loop.region].has_exit = true;
    const std::size_t end = emit(Op::End);
    code_.instructions[end].flags |= kStatement;
    return;
  }
  Inlining& inlining = inlinings_.back();
  const std::size_t outside = inlining.loops_outside;
  if (statement.has_value && inlining.result) {
    const std::uint32_t result = *inlining.result;
    hoist(statement.value, statement);
    begin_line(statement);
    value(statement.value);
    emit(Op::StoreLocal, result);
    end_line();
    hoisted_.clear();
  }
  for (std::size_t i = outside; i < loops_.size(); ++i) {
    if (!loops_[i].is_barrier) code_.regions[loops_[i].region].has_exit = true;
  }
  const std::size_t jump = emit(Op::Jump);
  code_.instructions[jump].flags |= kStatement;
  note_exit(jump);
  inlinings_.back().returns.push_back(jump);
}

// One step, whatever is inside. Under TSO a locked operation: it drains the store buffer.
void CodeWriter::write_atomic(const ast::Statement& statement) {
  if (atomic_depth_ > 0) {
    write_block(statement.body);
    return;
  }
  ast::Statement line = statement;
  line.text = "atomic";
  begin_line(line);
  const std::size_t start = here();
  line_.drains = true;
  ++atomic_depth_;
  bool is_first = true;
  for (const ast::Statement& inner : statement.body) {
    if (inner.kind == Kind::Await) {
      if (!is_first) {
        diagnostics_.error(inner.where, "`await` may only be the first line of `atomic:`");
      }
      code_.statements.push_back({inner.text, inner.where});
      statement_ = &inner;
      value(inner.value);
      emit(Op::Guard);
    } else {
      const std::size_t before = here();
      write_statement(inner);
      if (here() > before) code_.instructions[before].flags |= kStatement;
    }
    is_first = false;
  }
  --atomic_depth_;
  const bool has_guard = !statement.body.empty() && statement.body.front().kind == Kind::Await;
  line_.accesses.clear();
  line_.start = start;
  line_.calls = true;
  line_.buffers = false;
  if (here() == start) emit(Op::Number), emit(Op::Pop);
  end_line();
  if (has_guard) code_.instructions[start].flags |= kGuarded;
}

void CodeWriter::write_either(const ast::Statement& statement) {
  const std::size_t count = statement.branches.size();
  const std::uint32_t chosen = hidden_local();
  begin_line(statement);
  emit(Op::Choose, count, 0);
  line_.chooses = true;
  emit(Op::StoreLocal, chosen);
  end_line();
  std::vector<std::size_t> to_end;
  for (std::size_t i = 0; i < count; ++i) {
    std::size_t to_next = 0;
    if (i + 1 < count) {
      emit(Op::Local, chosen);
      emit_number(static_cast<std::int64_t>(i));
      emit(Op::Equal);
      to_next = emit(Op::JumpIfZero);
    }
    write_block(statement.branches[i]);
    if (i + 1 < count) {
      to_end.push_back(emit(Op::Jump));
      patch(to_next, here());
    }
  }
  patch(to_end, here());
}

void CodeWriter::write_waits_for(const ast::Statement& statement) {
  const std::size_t region = open_region(WaitRegion::Kind::WaitsFor, to_text(statement.value));
  write_block(statement.body);
  code_.regions[region].end = static_cast<std::uint16_t>(here());
  // The condition stands behind a jump: only judges run it.
  const std::size_t over = emit(Op::Jump);
  code_.regions[region].condition = static_cast<std::uint16_t>(here());
  const Line line = line_;
  const bool was_observing = std::exchange(is_observing_, true);
  value(statement.value);
  emit(Op::End);
  is_observing_ = was_observing;
  line_ = line;
  patch(over, here());
}

}  // namespace wakesim
