#include "sim/program/interpreter.h"

#include <algorithm>
#include <cstring>

#include "sim/program/arithmetic.h"
#include "sim/program/word_access.h"

namespace wakesim {
namespace {

// Local instructions in one step, at most. A program that exceeds it loops for ever without
// touching anything shared.
constexpr int kInstructionsMax = 1'000'000;

}  // namespace

Interpreter::Stop Interpreter::run_call() {
  const CallSite& site = site_at_pc();
  prepare_result(site);
  const bool is_over = step_.has_subframe() ? run_subframe() : step_call(site);
  if (!is_over) return Stop::InCall;
  if (program_.is_interruptible && holds_back(site)) return Stop::Leaving;
  finish_call(site);
  return run(false);
}

Interpreter::Stop Interpreter::resume_call(std::int64_t result) {
  step_.result_ = result;
  finish_call(site_at_pc());
  return run(false);
}

Interpreter::Stop Interpreter::run_empty() {
  const CallSite& site = site_at_pc();
  prepare_result(site);
  site.row->return_empty(step_, frame());
  finish_call(site);
  return run(false);
}

bool Interpreter::run_guard() { return interpret<Purpose::Ask>(true) != Stop::Blocked; }

const CallRow& Interpreter::begin_scratch(std::byte* scratch, std::size_t scratch_bytes) {
  const Stop stop = interpret<Purpose::Ask>(true);
  WAKESIM_ASSERT(stop == Stop::InCall);
  const CallSite& site = site_at_pc();
  WAKESIM_ASSERT(site.frame_bytes <= scratch_bytes);
  const auto arguments = take_arguments(site);
  prepare_result(site);
  site.row->begin(step_, arguments, scratch);
  return *site.row;
}

Interpreter::Stop Interpreter::run(bool fresh) { return interpret<Purpose::Run>(fresh); }

// The common instructions work on the program counter and the top of the stack as local variables.
// As members both would be loaded and stored again by every instruction: for all the compiler
// knows, a write to the state may change them. The others go through execute().
template <Interpreter::Purpose purpose>
Interpreter::Stop Interpreter::interpret(bool fresh) {
  const BoundProgram& program = program_;
  StepRecord& record = step_.record_;
  const bool is_traced = step_.is_traced();
  const Word* const words = system_.words.data();
  std::byte* const state = step_.bytes_;
  std::byte* const locals = state + program.locals;
  const bool is_watched = is_traced || record.region_end != 0;
  const Instruction* const first = is_watched ? code_.instructions.data() : program.instructions;
  const Instruction* in = first + pc_;
  std::int64_t* top = stack_ + size_;  // Behind the topmost value.

  const auto local = [locals](const Instruction& access) {
    std::int64_t value;
    std::memcpy(&value, locals + 8u * access.a, sizeof(value));
    return value;
  };
  const auto set_local = [locals](const Instruction& access, std::int64_t value) {
    std::memcpy(locals + 8u * access.a, &value, sizeof(value));
  };
  const auto push_value = [&](std::int64_t value) {
    WAKESIM_ASSERT(top < stack_ + kStackMax);
    *top++ = value;
  };
  // The word an access means: `b`, or one of the `a` that follow, chosen by the index popped here.
  const auto word_of = [&](const Instruction& access) {
    if (access.a == 0) return access.b;
    const std::int64_t chosen = *--top;
    if (chosen >= 0 && chosen < access.a) return access.b + static_cast<std::int32_t>(chosen);
    step_.fault(Fault::InvalidUse, "index outside the array");
    return access.b;
  };
  const auto load = [&](std::int32_t word) {
    record.footprint.reads.add(words[word].cls);
    return read_word(state, words[word]);
  };
  const auto store = [&](std::int32_t word, std::int64_t value) {
    record.footprint.writes.add(words[word].cls);
    if (!write_word(state, words[word], value)) step_.fault(Fault::InvalidUse, "signed overflow");
  };
  const auto compare_exchange = [&](std::int32_t word, std::int64_t expected,
                                    std::int64_t desired) {
    const std::int64_t old = load(word);
    // The program compares what fits into the word.
    if (old == normalised(word, expected)) store(word, desired);
    return old;
  };
  const auto save = [&] {
    pc_ = static_cast<std::uint16_t>(in - first);
    size_ = static_cast<int>(top - stack_);
  };

  int budget = kInstructionsMax;
  // The instructions of a fused run count one by one.
  const auto skip = [&](int count) {
    in += count;
    budget -= count;
  };

  for (; budget > 0; --budget) {
    const std::uint8_t flags = in->flags;
    if (purpose == Purpose::Run && (flags & (kLineStart | kStatement)) != 0) {
      if ((flags & kLineStart) != 0) {
        // Leaving a thread is no step of its own unless somebody looks.
        const bool is_step =
            (flags & kVisible) != 0 || (!executor_.options_.collapse && in->op != Op::End);
        if (is_step && !fresh) {
          save();
          return Stop::Line;
        }
        fresh = false;
        ++record.lines;
      }
      if ((flags & kStatement) != 0 && program.covered != nullptr) {
        program.covered[program.statement_of[in - first]] = 1;
      }
    }
    switch (in->op) {
      case Op::Number:
        push_value(in->b);
        break;
      case Op::Local:
        push_value(local(*in));
        break;
      case Op::Constant:
        push_value(code_.constants[static_cast<std::size_t>(in->b)]);
        break;
      case Op::Member:
        push_value(system_.threads[index(thread_)].member_values[in->a]);
        break;
      case Op::Self:
        push_value(index(thread_) + 1);
        break;
      case Op::StoreLocal:
      case Op::StoreReturn:
        set_local(*in, *--top);
        break;
      case Op::Pop:
        --top;
        break;
      case Op::CountCall: {
        std::int64_t count;
        std::memcpy(&count, locals + 8u * in->a, sizeof(count));
        if (count == kCallsCountedMax) {
          step_.note_bound();
          break;
        }
        ++count;
        std::memcpy(locals + 8u * in->a, &count, sizeof(count));
        break;
      }
      case Op::Not:
        top[-1] = top[-1] == 0;
        break;
      case Op::Negate:
        top[-1] = wrap(0 - static_cast<std::uint64_t>(top[-1]));
        break;
      case Op::Complement:
        top[-1] = ~top[-1];
        break;
      case Op::Fence:
        break;
      case Op::Add:
        --top;
        top[-1] = apply_binary(Op::Add, top[-1], top[0]);
        break;
      case Op::Equal:
      case Op::NotEqual:
      case Op::Less:
      case Op::LessEqual:
      case Op::Greater:
      case Op::GreaterEqual:
        --top;
        top[-1] = compare(in->op, top[-1], top[0]);
        break;
      case Op::Subtract:
      case Op::Multiply:
      case Op::ShiftLeft:
      case Op::ShiftRight:
      case Op::BitAnd:
      case Op::BitOr:
      case Op::BitXor:
      case Op::And:
      case Op::Or:
        --top;
        top[-1] = apply_binary(in->op, top[-1], top[0]);
        break;
      case Op::Jump:
        if (record.region_end != 0) note_leaving(*in, first);
        in = first + in->b;
        continue;
      case Op::JumpIfZero:
        --top;
        if (is_traced) step_.note({StepEvent::Kind::Branch, thread_, *top != 0, {}});
        if (*top != 0) break;
        if (record.region_end != 0) note_leaving(*in, first);
        in = first + in->b;
        continue;
      case Op::Guard:
        --top;
        if (*top == 0) {
          save();
          return Stop::Blocked;
        }
        if (purpose == Purpose::Run) break;
        save();
        return Stop::Line;
      case Op::End:
        save();
        return Stop::Ended;
      case Op::Load: {
        const std::int32_t word = word_of(*in);
        const std::int64_t value = program.is_buffered ? load_buffered(word) : load(word);
        if (is_traced) note_value(word, value);
        push_value(value);
        break;
      }
      case Op::Store:
      case Op::StoreLocked: {
        const std::int64_t value = *--top;
        const std::int32_t word = word_of(*in);
        if (program.is_buffered && in->op == Op::Store) {
          store_buffered(word, value);
        } else {
          store(word, value);
        }
        break;
      }
      case Op::Exchange: {
        const std::int64_t value = *--top;
        const std::int32_t word = word_of(*in);
        const std::int64_t old = load(word);
        store(word, value);
        if (is_traced) note_value(word, old);
        push_value(old);
        break;
      }
      case Op::CompareExchange: {
        const std::int64_t desired = *--top;
        const std::int64_t expected = *--top;
        const std::int32_t word = word_of(*in);
        const std::int64_t old = compare_exchange(word, expected, desired);
        if (is_traced) note_value(word, old);
        push_value(old);
        break;
      }
      case Op::FetchAdd:
      case Op::FetchSub:
      case Op::FetchAnd:
      case Op::FetchOr:
      case Op::FetchXor: {
        const std::int64_t operand = *--top;
        const std::int32_t word = word_of(*in);
        const std::int64_t old = load(word);
        store(word, apply_fetch(in->op, old, operand));
        if (is_traced) note_value(word, old);
        push_value(old);
        break;
      }
      case Op::Assert:
        if (*--top != 0) break;
        step_.fault(Fault::FailedAssert, "assertion failed");
        record.fault_pc = static_cast<std::uint16_t>(in - first);
        break;
      case Op::LocalCompareJump: {
        const std::int64_t holds = compare(in[2].op, local(in[0]), in[1].b);
        skip(3);
        if (holds != 0) break;
        in = first + in->b;
        continue;
      }
      case Op::LocalJump: {
        const std::int64_t value = local(in[0]);
        skip(1);
        if (value != 0) break;
        in = first + in->b;
        continue;
      }
      case Op::LocalCompareStore:
        set_local(in[3], compare(in[2].op, local(in[0]), in[1].b));
        skip(3);
        break;
      case Op::LocalAddStore:
        set_local(in[3], apply_binary(Op::Add, local(in[0]), in[1].b));
        skip(3);
        break;
      case Op::LocalSubtractStore:
        set_local(in[3], apply_binary(Op::Subtract, local(in[0]), in[1].b));
        skip(3);
        break;
      case Op::NumberStoreLocal:
        set_local(in[1], in[0].b);
        skip(1);
        break;
      case Op::NumberStore:
        if (program.is_buffered && in[1].op == Op::Store) {
          store_buffered(in[1].b, in[0].b);
        } else {
          store(in[1].b, in[0].b);
        }
        skip(1);
        break;
      case Op::NumberCompare:
        top[-1] = compare(in[1].op, top[-1], in[0].b);
        skip(1);
        break;
      case Op::NumbersCompareExchange:
        push_value(compare_exchange(in[2].b, in[0].b, in[1].b));
        skip(2);
        break;
      case Op::LocalAt:
      case Op::ThreadLocal:
      case Op::Divide:
      case Op::Remainder:
      case Op::Bound:
      case Op::Assume:
      case Op::Choose:
      case Op::Call:
      case Op::Primitive:
      case Op::Predicate:
      case Op::Work:
        save();
        if (purpose == Purpose::Ask && in->op == Op::Call) return Stop::InCall;
        switch (execute(*in)) {
          case Flow::Next:
            top = stack_ + size_;
            break;
          case Flow::Jumped:
            top = stack_ + size_;
            in = first + pc_;
            continue;
          case Flow::Leaving:
            return Stop::Leaving;
          case Flow::Unwinding:
            return Stop::Unwinding;
          case Flow::InCall:
            return Stop::InCall;
          case Flow::Ended:
            return Stop::Ended;
        }
        break;
      case Op::HandlerReturn:
      case Op::Unwind:
        WAKESIM_UNREACHABLE();  // Lines that the executor takes.
    }
    ++in;
  }
  save();
  step_.fault(Fault::InvalidUse, "runs for ever without touching anything shared");
  return Stop::Ended;
}

inline Interpreter::Flow Interpreter::execute(const Instruction& in) {
  switch (in.op) {
    case Op::LocalAt:
      return local_at(in);
    case Op::ThreadLocal: {
      const ThreadLayout& layout = system_.layout.threads[static_cast<std::size_t>(in.b)];
      push(step_.peek<std::int64_t>(layout.locals + 8u * in.a));
      return Flow::Next;
    }
    case Op::Divide:
    case Op::Remainder:
      divide(in);
      return Flow::Next;
    case Op::Bound: {
      if (top() < 0 || top() >= in.b) {
        step_.fault(Fault::InvalidUse, "index outside the array");
        stack_[size_ - 1] = 0;
      }
      stack_[size_ - 1] *= in.a;
      return Flow::Next;
    }
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
    case Op::Work:
      step_.record_.work_ns += std::max<std::int64_t>(0, pop());
      return Flow::Next;
    default:
      break;  // interpret() does the others itself, the executor HandlerReturn and Unwind.
  }
  WAKESIM_UNREACHABLE();
}

inline void Interpreter::divide(const Instruction& in) {
  const std::int64_t divisor = pop();
  std::int64_t& value = stack_[size_ - 1];
  if (divisor == 0) {
    step_.fault(Fault::InvalidUse, "division by zero");
    value = apply_binary(in.op, value, 1);
  } else {
    value = apply_binary(in.op, value, divisor);
  }
}

inline void Interpreter::note_value(std::int32_t word, std::int64_t value) {
  step_.note(
      {StepEvent::Kind::Value, thread_, value, system_.words[static_cast<std::size_t>(word)].name});
}

inline std::int64_t Interpreter::load_buffered(std::int32_t word) {
  const ThreadLayout& layout = system_.layout.threads[index(thread_)];
  step_.note_read(layout.buffer_class);
  for (std::uint32_t i = system_.buffer_capacity; i-- > 0;) {
    const auto entry = step_.peek<BufferedStore>(
        layout.buffer + i * static_cast<std::uint32_t>(sizeof(BufferedStore)));
    if (entry.word == static_cast<std::uint32_t>(word) + 1) return entry.value;
  }
  return step_.load(static_cast<WordId>(word));
}

inline void Interpreter::store_buffered(std::int32_t word, std::int64_t value) {
  const ThreadLayout& layout = system_.layout.threads[index(thread_)];
  step_.note_read(layout.buffer_class);
  step_.note_write(layout.buffer_class);
  for (std::uint32_t i = 0; i < system_.buffer_capacity; ++i) {
    const std::uint32_t place =
        layout.buffer + i * static_cast<std::uint32_t>(sizeof(BufferedStore));
    if (step_.peek<BufferedStore>(place).word != 0) continue;
    step_.poke(place,
               BufferedStore{static_cast<std::uint32_t>(word) + 1, 0, normalised(word, value)});
    // Real buffers are longer than this one: the next store may wait where it would not.
    const bool is_full = i + 1 == system_.buffer_capacity;
    if (is_full && !system_.buffer_is_exact) step_.note_bound();
    return;
  }
  WAKESIM_UNREACHABLE();  // The guard of the line asked for room.
}

inline std::int64_t Interpreter::normalised(std::int32_t word, std::int64_t value) {
  switch (system_.words[static_cast<std::size_t>(word)].type) {
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

inline void Interpreter::note_leaving(const Instruction& jump, const Instruction* first) {
  StepRecord& record = step_.record_;
  if (record.left_region || (jump.b >= record.region_begin && jump.b < record.region_end)) return;
  record.left_region = true;
  record.left_at = static_cast<std::uint16_t>(&jump - first);
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
  if (program_.is_interruptible && site.is_cancellation_point) {
    const auto& hooks = system_.catalogue->hooks.interrupts;
    const PointAnswer answer = hooks.before_point(step_, *site.row);
    if (answer.kind == PointAnswer::Kind::Unwinds) return Flow::Unwinding;
    if (answer.kind == PointAnswer::Kind::Refuses) {
      step_.result_ = answer.result;
      finish_call(site);
      return Flow::Jumped;
    }
  }
  site.row->begin(step_, arguments, frame());
  // Its first step belongs to this one if it can be taken.
  if (!site.row->enabled(step_, frame())) return Flow::InCall;
  if (!step_call(site)) return Flow::InCall;
  if (program_.is_interruptible && holds_back(site)) return Flow::Leaving;
  finish_call(site);
  return Flow::Jumped;  // finish_call moved on.
}

// One step of the call itself; true if it has returned and left nothing behind.
inline bool Interpreter::step_call(const CallSite& site) {
  const Progress progress = site.row->step(step_, frame());
  if (!step_.has_subframe()) return progress == Progress::Returned;
  const SubframeHead head{.result = step_.result_,
                          .is_open = 1,
                          .has_result = progress == Progress::Returned,
                          .zero = {}};
  step_.poke(system_.layout.threads[index(thread_)].subframe, head);
  return false;
}

// True if something comes before the caller gets the result, which is kept until then.
inline bool Interpreter::holds_back(const CallSite& site) {
  const CallEnd end{site.row, site.is_cancellation_point, step_.result_};
  if (!system_.catalogue->hooks.interrupts.holds_back(step_, thread_, end)) return false;
  step_.poke(program_.activations, step_.result_);
  return true;
}

// One step of what the call left behind; true if that is done and the call had returned.
inline bool Interpreter::run_subframe() {
  const std::uint32_t place = system_.layout.threads[index(thread_)].subframe;
  std::byte* const bytes = step_.bytes_ + place + sizeof(SubframeHead);
  if (system_.catalogue->hooks.subframe.step(step_, bytes) == Progress::Continues) return false;
  const auto head = step_.peek<SubframeHead>(place);
  std::memset(step_.bytes_ + place, 0, sizeof(SubframeHead) + system_.subframe_bytes);
  step_.result_ = head.result;
  return head.has_result != 0;
}

inline void Interpreter::finish_call(const CallSite& site) {
  std::memset(frame(), 0, site.frame_bytes);
  if (step_.is_traced() && site.row->result != ResultShape::Nothing) {
    step_.note({StepEvent::Kind::Returned, thread_, step_.result(), site.text, site.row});
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
  if (step_.is_traced()) {
    step_.note({StepEvent::Kind::Value, thread_, value, site.text, site.row});
  }
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
