#include "sim/program/interpreter.h"

#include <algorithm>
#include <cstring>

namespace wakesim {
namespace {

// Local instructions in one step, at most. A program that exceeds it loops for ever without
// touching anything shared.
constexpr int kInstructionsMax = 1'000'000;

std::int64_t shift_left(std::int64_t value, std::int64_t by) {
  if (by < 0 || by > 63) return 0;
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(value) << by);
}

std::int64_t shift_right(std::int64_t value, std::int64_t by) {
  if (by < 0 || by > 63) return value < 0 ? -1 : 0;
  return value >> by;
}

// Wraps like the hardware; overflow of locals is not the modelled program's mistake.
std::int64_t wrap(std::uint64_t value) { return static_cast<std::int64_t>(value); }

std::int64_t apply_binary(Op op, std::int64_t left, std::int64_t right) {
  const auto a = static_cast<std::uint64_t>(left);
  const auto b = static_cast<std::uint64_t>(right);
  switch (op) {
    case Op::Add:
      return wrap(a + b);
    case Op::Subtract:
      return wrap(a - b);
    case Op::Multiply:
      return wrap(a * b);
    case Op::Divide:
      return right == -1 ? wrap(0 - a) : left / right;
    case Op::Remainder:
      return right == -1 ? 0 : left % right;
    case Op::ShiftLeft:
      return shift_left(left, right);
    case Op::ShiftRight:
      return shift_right(left, right);
    case Op::BitAnd:
      return wrap(a & b);
    case Op::BitOr:
      return wrap(a | b);
    case Op::BitXor:
      return wrap(a ^ b);
    case Op::Equal:
      return left == right;
    case Op::NotEqual:
      return left != right;
    case Op::Less:
      return left < right;
    case Op::LessEqual:
      return left <= right;
    case Op::Greater:
      return left > right;
    case Op::GreaterEqual:
      return left >= right;
    case Op::And:
      return left != 0 && right != 0;
    case Op::Or:
      return left != 0 || right != 0;
    default:
      break;
  }
  WAKESIM_UNREACHABLE();
}

std::int64_t apply_fetch(Op op, std::int64_t old, std::int64_t operand) {
  const auto a = static_cast<std::uint64_t>(old);
  const auto b = static_cast<std::uint64_t>(operand);
  switch (op) {
    case Op::FetchAdd:
      return wrap(a + b);
    case Op::FetchSub:
      return wrap(a - b);
    case Op::FetchAnd:
      return wrap(a & b);
    case Op::FetchOr:
      return wrap(a | b);
    case Op::FetchXor:
      return wrap(a ^ b);
    default:
      break;
  }
  WAKESIM_UNREACHABLE();
}

}  // namespace

Interpreter::Interpreter(const Executor& executor, Step& step, const Code& code, std::uint16_t pc)
    : executor_(executor),
      system_(executor.system_),
      step_(step),
      code_(code),
      thread_(step.thread()),
      pc_(pc) {
  if (index(thread_) < system_.layout.threads.size()) {
    locals_ = system_.layout.threads[index(thread_)].locals;
    auto* coverage = executor.options_.coverage;
    if (coverage != nullptr) {
      covered_ = (*coverage)[system_.threads[index(thread_)].code].data();
    }
  }
}

Interpreter::Stop Interpreter::run_call() {
  const CallSite& site = code_.sites[static_cast<std::size_t>(code_.instructions[pc_].b)];
  prepare_result(site);
  if (site.row->step(step_, frame()) == Progress::Continues) return Stop::InCall;
  finish_call(site);
  return run(false);
}

Interpreter::Stop Interpreter::run_empty() {
  const CallSite& site = code_.sites[static_cast<std::size_t>(code_.instructions[pc_].b)];
  prepare_result(site);
  site.row->return_empty(step_, frame());
  finish_call(site);
  return run(false);
}

bool Interpreter::run_guard() {
  execute_until(Op::Guard);
  return pop() != 0;
}

const CallRow& Interpreter::begin_scratch(std::byte* scratch, std::size_t scratch_bytes) {
  execute_until(Op::Call);
  const CallSite& site = code_.sites[static_cast<std::size_t>(code_.instructions[pc_].b)];
  WAKESIM_ASSERT(site.frame_bytes <= scratch_bytes);
  const auto arguments = take_arguments(site);
  prepare_result(site);
  site.row->begin(step_, arguments, scratch);
  return *site.row;
}

Interpreter::Stop Interpreter::run(bool fresh) {
  const Instruction* const instructions = code_.instructions.data();
  for (int budget = kInstructionsMax; budget > 0; --budget) {
    const Instruction& in = instructions[pc_];
    if ((in.flags & kLineStart) != 0 && !fresh && stops_before(in)) return Stop::Line;
    if ((in.flags & kLineStart) != 0) {
      fresh = false;
      ++step_.record_.lines;
    }
    if ((in.flags & kStatement) != 0) mark_statement();
    switch (execute(in)) {
      case Flow::Next:
        ++pc_;
        break;
      case Flow::Jumped:
        break;
      case Flow::InCall:
        return Stop::InCall;
      case Flow::Ended:
        return Stop::Ended;
      case Flow::Blocked:
        return Stop::Blocked;
    }
  }
  step_.fault(Fault::InvalidUse, "runs for ever without touching anything shared");
  return Stop::Ended;
}

inline void Interpreter::execute_until(Op op) {
  while (code_.instructions[pc_].op != op) {
    const Instruction in = code_.instructions[pc_];
    const Flow flow = execute(in);
    WAKESIM_ASSERT(flow == Flow::Next);
    ++pc_;
  }
}

inline bool Interpreter::stops_before(const Instruction& in) const {
  // Leaving a thread is no step of its own unless somebody looks.
  if (in.op == Op::End) return (in.flags & kVisible) != 0;
  return !executor_.options_.collapse || (in.flags & kVisible) != 0;
}

inline void Interpreter::mark_statement() {
  if (covered_ != nullptr) covered_[code_.statement_of[pc_]] = 1;
}

inline void Interpreter::push(std::int64_t value) {
  WAKESIM_ASSERT(size_ < kStackMax);
  stack_[size_++] = value;
}

inline std::int64_t Interpreter::local(std::uint32_t slot) const {
  return step_.peek<std::int64_t>(locals_ + 8 * slot);
}

inline WordId Interpreter::word_of(const Instruction& in) {
  std::int64_t offset = 0;
  if (in.a > 0) {
    offset = pop();
    if (offset < 0 || offset >= in.a) {
      step_.fault(Fault::InvalidUse, "index outside the array");
      offset = 0;
    }
  }
  return static_cast<WordId>(in.b + offset);
}

inline void Interpreter::note_value(std::int64_t value) {
  if (step_.is_traced()) step_.note({StepEvent::Kind::Value, thread_, value, {}});
}

inline std::int64_t Interpreter::load(WordId word) {
  if (system_.memory == MemoryModel::Tso && system_.buffer_capacity > 0 &&
      index(thread_) < system_.layout.threads.size()) {
    const ThreadLayout& layout = system_.layout.threads[index(thread_)];
    step_.note_read(layout.buffer_class);
    for (std::uint32_t i = system_.buffer_capacity; i-- > 0;) {
      const auto entry = step_.peek<BufferedStore>(
          layout.buffer + i * static_cast<std::uint32_t>(sizeof(BufferedStore)));
      if (entry.word == index(word) + 1) return entry.value;
    }
  }
  return step_.load(word);
}

inline void Interpreter::store(WordId word, std::int64_t value) {
  if (system_.memory == MemoryModel::Sc || system_.buffer_capacity == 0) {
    step_.store(word, value);
    return;
  }
  const ThreadLayout& layout = system_.layout.threads[index(thread_)];
  step_.note_read(layout.buffer_class);
  step_.note_write(layout.buffer_class);
  for (std::uint32_t i = 0; i < system_.buffer_capacity; ++i) {
    const std::uint32_t place =
        layout.buffer + i * static_cast<std::uint32_t>(sizeof(BufferedStore));
    if (step_.peek<BufferedStore>(place).word != 0) continue;
    step_.poke(place, BufferedStore{index(word) + 1, 0, normalised(word, value)});
    // Real buffers are longer than this one: the next store may wait where it would not.
    const bool is_full = i + 1 == system_.buffer_capacity;
    if (is_full && !system_.buffer_is_exact) step_.note_bound();
    return;
  }
  WAKESIM_UNREACHABLE();  // The guard of the line asked for room.
}

inline std::int64_t Interpreter::normalised(WordId word, std::int64_t value) {
  switch (system_.words[index(word)].type) {
    case WordType::Unsigned32:
    case WordType::Thread:
      return static_cast<std::uint32_t>(value);
    case WordType::Unsigned64:
      return value;
    case WordType::Signed32:
      if (value < INT32_MIN || value > INT32_MAX) {
        step_.fault(Fault::InvalidUse, "signed overflow");
      }
      return static_cast<std::int32_t>(value);
  }
  WAKESIM_UNREACHABLE();
}

[[gnu::always_inline]] inline Interpreter::Flow Interpreter::execute(const Instruction& in) {
  switch (in.op) {
    case Op::Number:
      push(in.b);
      return Flow::Next;
    case Op::Constant:
      push(code_.constants[static_cast<std::size_t>(in.b)]);
      return Flow::Next;
    case Op::Local:
      push(local(in.a));
      return Flow::Next;
    case Op::LocalAt:
      return local_at(in);
    case Op::ThreadLocal: {
      const ThreadLayout& layout = system_.layout.threads[static_cast<std::size_t>(in.b)];
      push(step_.peek<std::int64_t>(layout.locals + 8u * in.a));
      return Flow::Next;
    }
    case Op::Member:
      push(system_.threads[index(thread_)].member_values[in.a]);
      return Flow::Next;
    case Op::Self:
      push(index(thread_) + 1);
      return Flow::Next;
    case Op::StoreLocal:
      set_local(in.a, pop());
      return Flow::Next;
    case Op::StoreReturn:
      set_local(in.a, pop());
      return Flow::Next;
    case Op::Pop:
      pop();
      return Flow::Next;
    case Op::Negate:
      stack_[size_ - 1] = wrap(0 - static_cast<std::uint64_t>(top()));
      return Flow::Next;
    case Op::Not:
      stack_[size_ - 1] = top() == 0;
      return Flow::Next;
    case Op::Complement:
      stack_[size_ - 1] = ~top();
      return Flow::Next;
    case Op::Divide:
    case Op::Remainder:
      if (top() == 0) {
        step_.fault(Fault::InvalidUse, "division by zero");
        stack_[size_ - 1] = 1;
      }
      [[fallthrough]];
    case Op::Add:
    case Op::Subtract:
    case Op::Multiply:
    case Op::ShiftLeft:
    case Op::ShiftRight:
    case Op::BitAnd:
    case Op::BitOr:
    case Op::BitXor:
    case Op::Equal:
    case Op::NotEqual:
    case Op::Less:
    case Op::LessEqual:
    case Op::Greater:
    case Op::GreaterEqual:
    case Op::And:
    case Op::Or: {
      const std::int64_t right = pop();
      stack_[size_ - 1] = apply_binary(in.op, top(), right);
      return Flow::Next;
    }
    case Op::Bound: {
      if (top() < 0 || top() >= in.b) {
        step_.fault(Fault::InvalidUse, "index outside the array");
        stack_[size_ - 1] = 0;
      }
      stack_[size_ - 1] *= in.a;
      return Flow::Next;
    }
    case Op::Load: {
      const std::int64_t value = load(word_of(in));
      note_value(value);
      push(value);
      return Flow::Next;
    }
    case Op::Store: {
      const std::int64_t value = pop();
      store(word_of(in), value);
      return Flow::Next;
    }
    case Op::StoreLocked: {
      const std::int64_t value = pop();
      step_.store(word_of(in), value);
      return Flow::Next;
    }
    case Op::Exchange: {
      const std::int64_t value = pop();
      const WordId word = word_of(in);
      const std::int64_t old = step_.load(word);
      step_.store(word, value);
      note_value(old);
      push(old);
      return Flow::Next;
    }
    case Op::CompareExchange:
      return compare_exchange(in);
    case Op::FetchAdd:
    case Op::FetchSub:
    case Op::FetchAnd:
    case Op::FetchOr:
    case Op::FetchXor: {
      const std::int64_t operand = pop();
      const WordId word = word_of(in);
      const std::int64_t old = step_.load(word);
      step_.store(word, apply_fetch(in.op, old, operand));
      note_value(old);
      push(old);
      return Flow::Next;
    }
    case Op::Fence:
      return Flow::Next;
    case Op::Jump:
      jump(in);
      return Flow::Jumped;
    case Op::JumpIfZero:
      if (step_.is_traced()) step_.note({StepEvent::Kind::Branch, thread_, top() != 0, {}});
      if (pop() != 0) return Flow::Next;
      jump(in);
      return Flow::Jumped;
    case Op::Guard:
      return pop() == 0 ? Flow::Blocked : Flow::Next;
    case Op::Assert:
      if (pop() == 0) {
        step_.fault(Fault::FailedAssert, "assertion failed");
        step_.record_.fault_pc = pc_;
      }
      return Flow::Next;
    case Op::Assume:
      if (pop() != 0) return Flow::Next;
      step_.record_.is_blocked_for_good = true;
      return Flow::Ended;
    case Op::Choose:
      push(in.b + static_cast<std::int64_t>(step_.choose(in.a)));
      return Flow::Next;
    case Op::Call:
      return begin_call(in);
    case Op::Primitive:
      return primitive(in);
    case Op::Predicate:
      return predicate(in);
    case Op::End:
      return Flow::Ended;
    case Op::Work:
      step_.record_.work_ns += std::max<std::int64_t>(0, pop());
      return Flow::Next;
  }
  WAKESIM_UNREACHABLE();
}

inline void Interpreter::jump(const Instruction& in) {
  StepRecord& record = step_.record_;
  const bool leaves = record.region_end != 0 && !record.left_region &&
                      (in.b < record.region_begin || in.b >= record.region_end);
  if (leaves) {
    record.left_region = true;
    record.left_at = pc_;
  }
  pc_ = static_cast<std::uint16_t>(in.b);
}

inline Interpreter::Flow Interpreter::local_at(const Instruction& in) {
  std::int64_t offset = pop();
  if (offset < 0 || offset >= in.b) {
    step_.fault(Fault::InvalidUse, "index outside the list");
    offset = 0;
  }
  push(local(in.a + static_cast<std::uint32_t>(offset)));
  return Flow::Next;
}

inline Interpreter::Flow Interpreter::compare_exchange(const Instruction& in) {
  const std::int64_t desired = pop();
  const std::int64_t expected = pop();
  const WordId word = word_of(in);
  const std::int64_t old = step_.load(word);
  // The program compares what fits into the word.
  if (old == normalised(word, expected)) step_.store(word, desired);
  note_value(old);
  push(old);
  return Flow::Next;
}

inline std::span<const std::int64_t> Interpreter::take_arguments(const CallSite& site) {
  size_ -= static_cast<int>(site.arguments);
  WAKESIM_ASSERT(size_ >= 0);
  return {stack_ + size_, site.arguments};
}

inline void Interpreter::prepare_result(const CallSite& site) {
  step_.pair_count_ = site.pairs;
  step_.result_slot_ = site.result_local;
  step_.result_stride_ = static_cast<std::uint32_t>(site.row->fields.size());
}

inline Interpreter::Flow Interpreter::begin_call(const Instruction& in) {
  const CallSite& site = code_.sites[static_cast<std::size_t>(in.b)];
  const auto arguments = take_arguments(site);
  prepare_result(site);
  site.row->begin(step_, arguments, frame());
  if (site.row->step(step_, frame()) == Progress::Continues) return Flow::InCall;
  finish_call(site);
  return Flow::Jumped;  // finish_call moved on.
}

inline void Interpreter::finish_call(const CallSite& site) {
  std::memset(frame(), 0, site.frame_bytes);
  if (step_.is_traced()) {
    step_.note({StepEvent::Kind::Returned, thread_, step_.result(), {}});
  }
  if (site.row->result == ResultShape::List && site.result_local != ~std::uint32_t{0}) {
    set_local(site.result_local, step_.result());
  }
  push(step_.result());
  ++pc_;
}

inline Interpreter::Flow Interpreter::primitive(const Instruction& in) {
  const CallSite& site = code_.sites[static_cast<std::size_t>(in.b)];
  const auto arguments = take_arguments(site);
  const std::int64_t value = site.row->primitive(step_, arguments);
  note_value(value);
  push(value);
  return Flow::Next;
}

inline Interpreter::Flow Interpreter::predicate(const Instruction& in) {
  const PredicateSite& site = code_.predicates[static_cast<std::size_t>(in.b)];
  bool holds = true;
  for (const ThreadId thread : site.threads) holds &= satisfies(site, thread);
  push(holds ? 1 : 0);
  return Flow::Next;
}

inline bool Interpreter::satisfies(const PredicateSite& site, ThreadId thread) {
  Footprint* footprint = &step_.record_.footprint;
  switch (site.kind) {
    case PredicateSite::Kind::Asleep:
      if (!executor_.is_asleep(step_.state(), thread, footprint)) return false;
      if (!site.subject) return true;
      {
        const CallSite* call = executor_.call_site(step_.state(), thread);
        const View view(system_, step_.state(), footprint);
        return call->row->subject != nullptr &&
               call->row->subject(view, executor_.frame(step_.state(), thread)) == *site.subject;
      }
    case PredicateSite::Kind::Blocked:
      return executor_.is_blocked(step_.state(), thread, footprint);
    case PredicateSite::Kind::Ended:
      return step_.has_ended(thread);
  }
  WAKESIM_UNREACHABLE();
}

}  // namespace wakesim
