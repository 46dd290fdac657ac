#include "tests/oracle/statement.h"

#include <cstdio>

namespace oracle {

using Kind = Operation::Kind;

bool can_block(const Operation& operation, const Program& program) {
  switch (operation.kind) {
    case Kind::Await:
    case Kind::Join:
    case Kind::FutexWait:
    case Kind::Lock:
      return true;
    case Kind::Atomic:
      return operation.body.front().kind == Kind::Await;
    case Kind::EventfdRead:
    case Kind::EventfdWrite:
      return !program.eventfds[operation.object].is_nonblocking;
    case Kind::PipeRead:
    case Kind::PipeWrite:
      return !program.pipes[operation.object].is_nonblocking;
    case Kind::Poll:
    case Kind::Select:
      return operation.wait != Wait::NotAtAll;
    default:
      return false;
  }
}

// ---- Operations with jumps --------------------------------------------------------------------

namespace {

class Lowering {
 public:
  explicit Lowering(int locals) : result_{{}, locals} {}

  void block(const Block& statements) {
    for (const Statement& statement : statements) lower(statement);
  }
  ThreadProgram take() { return std::move(result_); }

 private:
  void lower(const Statement& statement) {
    switch (statement.kind) {
      case Statement::Kind::Plain:
        result_.operations.push_back(statement.operation);
        return;
      case Statement::Kind::AddTo:
        return add_to(statement.operation);
      case Statement::Kind::If:
        return if_else(statement);
      case Statement::Kind::BreakIf: {
        const std::size_t test = jump_unless(statement.condition);
        breaks_.back().push_back(emit({.kind = Kind::Jump}));
        result_.operations[test].target = here();
        return;
      }
      case Statement::Kind::Repeat:
        return repeat(statement);
      case Statement::Kind::Forever: {
        const std::size_t start = here();
        breaks_.emplace_back();
        block(statement.body);
        emit({.kind = Kind::Jump, .target = start});
        return end_loop();
      }
    }
  }

  void add_to(const Operation& operation) {
    const int temporary = result_.locals++;
    emit({.kind = Kind::Load, .object = operation.object, .destination = temporary});
    emit({.kind = Kind::Add, .a = local(temporary), .b = operation.a, .destination = temporary});
    emit({.kind = Kind::Store, .object = operation.object, .a = local(temporary)});
  }

  void if_else(const Statement& statement) {
    const std::size_t test = jump_unless(statement.condition);
    block(statement.body);
    if (statement.otherwise.empty()) {
      result_.operations[test].target = here();
      return;
    }
    const std::size_t skip = emit({.kind = Kind::Jump});
    result_.operations[test].target = here();
    block(statement.otherwise);
    result_.operations[skip].target = here();
  }

  void repeat(const Statement& statement) {
    const int counter = result_.locals++;
    emit({.kind = Kind::Set, .a = constant(0), .destination = counter});
    const std::size_t test = emit({.kind = Kind::JumpUnless,
                                   .a = local(counter),
                                   .b = constant(statement.count),
                                   .comparison = Comparison::Less});
    breaks_.emplace_back();
    block(statement.body);
    emit({.kind = Kind::Add, .a = local(counter), .b = constant(1), .destination = counter});
    emit({.kind = Kind::Jump, .target = test});
    result_.operations[test].target = here();
    end_loop();
  }

  void end_loop() {
    for (const std::size_t jump : breaks_.back()) result_.operations[jump].target = here();
    breaks_.pop_back();
  }

  std::size_t jump_unless(const Condition& condition) {
    Operation jump{.kind = condition.is_word ? Kind::JumpUnlessWord : Kind::JumpUnless};
    if (condition.is_word) {
      jump.object = condition.number;
    } else {
      jump.a = local(condition.number);
    }
    jump.b = constant(condition.value);
    jump.comparison = condition.comparison;
    return emit(jump);
  }

  std::size_t emit(Operation operation) {
    result_.operations.push_back(std::move(operation));
    return result_.operations.size() - 1;
  }
  std::size_t here() const { return result_.operations.size(); }

  ThreadProgram result_;
  std::vector<std::vector<std::size_t>> breaks_;  // Jumps to patch, of each open loop.
};

}  // namespace

ThreadProgram lower(const StructuredThread& thread) {
  Lowering lowering(thread.locals);
  lowering.block(thread.body);
  return lowering.take();
}

// ---- Scenario text ------------------------------------------------------------------------------

namespace {

std::string numbered(const char* letter, int number) { return letter + std::to_string(number); }

std::string word(int number) { return numbered("x", number); }
std::string local_name(Value number) { return numbered("r", static_cast<int>(number)); }
std::string eventfd(int number) { return numbered("e", number); }
std::string pipe_end(int number, int end) {
  return numbered("p", number) + "[" + std::to_string(end) + "]";
}

// Numbers that are too large for a signed one are counts of an eventfd.
std::string text(const Operand& operand) {
  if (operand.is_local) return local_name(operand.value);
  if (operand.value == -1 || operand.value == -2) {
    return operand.value == -1 ? "0xffffffffffffffff" : "0xfffffffffffffffe";
  }
  return std::to_string(operand.value);
}

const char* text(Comparison comparison) {
  switch (comparison) {
    case Comparison::Equal:
      return "==";
    case Comparison::NotEqual:
      return "!=";
    case Comparison::Less:
      return "<";
    case Comparison::Greater:
      return ">";
  }
  return "";
}

std::string text(const Condition& condition) {
  return (condition.is_word ? word(condition.number) : local_name(condition.number)) + " " +
         text(condition.comparison) + " " + std::to_string(condition.value);
}

std::string events(Value mask) {
  if (mask == (kIn | kOut)) return "IN|OUT";
  return mask == kIn ? "IN" : "OUT";
}

std::string text(const Watch& watch) {
  std::string source;
  switch (watch.source) {
    case Watch::Source::Eventfd:
      source = eventfd(watch.object);
      break;
    case Watch::Source::PipeReadEnd:
      source = pipe_end(watch.object, 0);
      break;
    case Watch::Source::PipeWriteEnd:
      source = pipe_end(watch.object, 1);
      break;
  }
  return "watch(" + source + ", " + events(watch.events) + ")";
}

std::string timeout(Wait wait) {
  switch (wait) {
    case Wait::Forever:
      return "";
    case Wait::AtMost:
      return ", timeout=10ms";
    case Wait::NotAtAll:
      return ", timeout=0";
  }
  return "";
}

class Text {
 public:
  void line(int indent, const std::string& text) {
    text_ += std::string(2 * indent, ' ') + text + "\n";
  }
  std::string take() { return std::move(text_); }

 private:
  std::string text_;
};

class ThreadText {
 public:
  ThreadText(Text& text, const Program& program) : text_(text), program_(program) {}

  void block(int indent, const Block& statements) {
    for (const Statement& statement : statements) print(indent, statement);
  }

 private:
  void print(int indent, const Statement& statement) {
    const Operation& operation = statement.operation;
    switch (statement.kind) {
      case Statement::Kind::Plain:
        if (can_block(operation, program_)) {
          item(indent, "place = " + std::to_string(operation.position));
        }
        return print(indent, operation);
      case Statement::Kind::AddTo:
        item(indent, "sum = " + word(operation.object));
        return item(indent, word(operation.object) + " = sum + " + text(operation.a));
      case Statement::Kind::If:
        item(indent, "if " + text(statement.condition) + ":");
        block(indent + 2, statement.body);
        if (!statement.otherwise.empty()) {
          text_.line(indent + 1, "else:");
          block(indent + 2, statement.otherwise);
        }
        return;
      case Statement::Kind::BreakIf:
        return item(indent, "if " + text(statement.condition) + ": break");
      case Statement::Kind::Repeat:
        item(indent, "repeat " + std::to_string(statement.count) + ":");
        return block(indent + 2, statement.body);
      case Statement::Kind::Forever:
        item(indent, "forever:");
        return block(indent + 2, statement.body);
    }
  }

  void print(int indent, const Operation& operation) {
    if (operation.kind == Kind::Atomic) {
      item(indent, "atomic:");
      for (const Operation& line : operation.body) {
        if (line.kind == Kind::FetchAdd) {
          item(indent + 2, word(line.object) + " += " + text(line.a));
        } else {
          print(indent + 2, line);
        }
      }
      return;
    }
    if (operation.kind == Kind::Poll || operation.kind == Kind::Select) {
      return print_poll(indent, operation);
    }
    const bool has_result = operation.destination >= 0;
    item(indent, (has_result ? local_name(operation.destination) + " = " : "") + call(operation));
  }

  // The call gives a list; what is observed are copies of its parts.
  void print_poll(int indent, const Operation& operation) {
    std::string line = "list = ";
    line += operation.kind == Kind::Poll ? "poll(" : "select(";
    for (std::size_t i = 0; i < operation.watches.size(); ++i) {
      line += (i == 0 ? "" : ", ") + text(operation.watches[i]);
    }
    item(indent, line + timeout(operation.wait) + ")");
    item(indent, local_name(operation.destination) + " = list.n");
    for (std::size_t i = 0; i < operation.revents.size(); ++i) {
      item(indent, local_name(operation.revents[i]) + " = list[" + std::to_string(i) + "].revents");
    }
  }

  static std::string call(const Operation& operation) {
    const std::string x = operation.object >= 0 ? word(operation.object) : "";
    const std::string a = text(operation.a);
    switch (operation.kind) {
      case Kind::Load:
        return x;
      case Kind::Store:
        return x + " = " + a;
      case Kind::FetchAdd:
        return !operation.a.is_local && operation.a.value < 0
                   ? "fetch_sub(" + x + ", " + std::to_string(-operation.a.value) + ")"
                   : "fetch_add(" + x + ", " + a + ")";
      case Kind::Exchange:
        return "xchg(" + x + ", " + a + ")";
      case Kind::CompareExchange:
        return "cas(" + x + ", " + a + ", " + text(operation.b) + ")";
      case Kind::Fence:
        return "fence()";
      case Kind::Await:
        return "await " + x + " " + text(operation.comparison) + " " + a;
      case Kind::Set:
        return a;
      case Kind::Choose:
        return "choose(" + a + ".." + text(operation.b) + ")";
      case Kind::Join:
        return "join(" + numbered("t", operation.object) + ")";
      case Kind::FutexWait:
        if (operation.b.value == kAnyBit) {
          return "futex_wait(" + x + ", " + a + timeout(operation.wait) + ")";
        }
        return "futex_wait_bitset(" + x + ", " + a + ", " + text(operation.b) +
               timeout(operation.wait) + ")";
      case Kind::FutexWake:
        if (operation.b.value == kAnyBit) return "futex_wake(" + x + ", " + a + ")";
        return "futex_wake_bitset(" + x + ", " + a + ", " + text(operation.b) + ")";
      case Kind::FutexWakeOp:
        return "futex_wake_op(" + x + ", " + word(operation.second) + ", wake=" + a +
               ", wake2=" + text(operation.b) + ", op=FUTEX_OP_ADD, oparg=" + text(operation.c) +
               ", cmp=FUTEX_OP_CMP_EQ, cmparg=0)";
      case Kind::FutexCmpRequeue:
        return "futex_cmp_requeue(" + x + ", " + word(operation.second) + ", wake=" + a +
               ", requeue=" + text(operation.b) + ", val=" + text(operation.c) + ")";
      case Kind::EventfdRead:
        return "read(" + eventfd(operation.object) + ")";
      case Kind::EventfdWrite:
        return "write(" + eventfd(operation.object) + ", " + a + ")";
      case Kind::PipeRead:
        return "read(" + pipe_end(operation.object, 0) + ", " + a + ")";
      case Kind::PipeWrite:
        return "write(" + pipe_end(operation.object, 1) + ", " + a + ")";
      case Kind::PipeCloseReadEnd:
        return "close(" + pipe_end(operation.object, 0) + ")";
      case Kind::PipeCloseWriteEnd:
        return "close(" + pipe_end(operation.object, 1) + ")";
      case Kind::Lock:
        return "lock(" + numbered("m", operation.object) + ")";
      case Kind::Trylock:
        return "trylock(" + numbered("m", operation.object) + ")";
      case Kind::Unlock:
        return "unlock(" + numbered("m", operation.object) + ")";
      case Kind::Push:
        return "push(" + numbered("q", operation.object) + ", " + a + ")";
      case Kind::Pop:
        return "pop(" + numbered("q", operation.object) + ")";
      case Kind::Front:
        return "front(" + numbered("q", operation.object) + ")";
      case Kind::Drain:
        return "drain(" + numbered("q", operation.object) + ")";
      case Kind::Length:
        return "len(" + numbered("q", operation.object) + ")";
      case Kind::Atomic:
      case Kind::Poll:
      case Kind::Select:
      case Kind::Add:
      case Kind::Jump:
      case Kind::JumpUnless:
      case Kind::JumpUnlessWord:
        break;  // Printed elsewhere, or never drawn.
    }
    return "";
  }

  void item(int indent, const std::string& line) { text_.line(indent, "- " + line); }

  Text& text_;
  const Program& program_;
};

void print_objects(Text& text, const Program& program) {
  text.line(0, "objects:");
  for (std::size_t i = 0; i < program.words.size(); ++i) {
    text.line(1, word(static_cast<int>(i)) + ": word(" + std::to_string(program.words[i]) + ")");
  }
  for (std::size_t i = 0; i < program.eventfds.size(); ++i) {
    const EventfdSpec& spec = program.eventfds[i];
    std::string flags = spec.is_semaphore ? "EFD_SEMAPHORE" : "";
    if (spec.is_nonblocking) flags += flags.empty() ? "EFD_NONBLOCK" : "|EFD_NONBLOCK";
    text.line(1, eventfd(static_cast<int>(i)) + ": eventfd(" + std::to_string(spec.count) +
                     (flags.empty() ? "" : ", " + flags) + ")");
  }
  for (std::size_t i = 0; i < program.pipes.size(); ++i) {
    const PipeSpec& spec = program.pipes[i];
    text.line(1, numbered("p", static_cast<int>(i)) + ": pipe(" +
                     (spec.is_nonblocking ? "O_NONBLOCK, " : "") +
                     "capacity=" + std::to_string(spec.capacity) + ")");
  }
  for (int i = 0; i < program.mutexes; ++i) text.line(1, numbered("m", i) + ": mutex");
  for (std::size_t i = 0; i < program.queue_capacities.size(); ++i) {
    text.line(1, numbered("q", static_cast<int>(i)) + ": queue(" +
                     std::to_string(program.queue_capacities[i]) + ")");
  }
}

std::string observation(const Observation& observed) {
  switch (observed.kind) {
    case Observation::Kind::Word:
      return word(observed.number);
    case Observation::Kind::Local:
      return numbered("t", observed.thread) + "." + local_name(observed.number);
    case Observation::Kind::Position:
      return numbered("t", observed.thread) + ".place";
  }
  return "";
}

}  // namespace

std::string scenario_text(const std::string& name, const Program& program,
                          const std::vector<StructuredThread>& threads) {
  Text text;
  text.line(0, "wakesim: 1");
  text.line(0, "name: " + name);
  text.line(0, "about: Drawn at random; its outcomes are those of the naive world.");
  if (program.is_tso) text.line(0, "machine: { memory: tso }");
  print_objects(text, program);
  text.line(0, "threads:");
  for (std::size_t i = 0; i < threads.size(); ++i) {
    text.line(1, numbered("t", static_cast<int>(i)) + ":");
    ThreadText(text, program).block(2, threads[i].body);
    text.line(2, "- place = " + std::to_string(kEnded));
  }
  std::string observe;
  for (const Observation& observed : program.observed) {
    observe += (observe.empty() ? "" : ", ") + observation(observed);
  }
  text.line(0, "observe: [" + observe + "]");
  text.line(0, "judge: []");
  return text.take();
}

}  // namespace oracle
