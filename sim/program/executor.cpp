#include "sim/program/executor.h"

#include <algorithm>
#include <utility>

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

// Runs instructions of one thread (or of an expression) on a stack of values.
class Executor::Interpreter {
 public:
  enum class Stop : std::uint8_t { Line, InCall, Ended, Blocked };

  Interpreter(const Executor& executor, Step& step, const Code& code, std::uint16_t pc)
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

  std::uint16_t pc() const { return pc_; }
  std::int64_t top() const { return size_ == 0 ? 0 : stack_[size_ - 1]; }

  // Continues a call whose frame is active.
  Stop run_call() {
    const CallSite& site = code_.sites[static_cast<std::size_t>(code_.instructions[pc_].b)];
    prepare_result(site);
    const bool is_over = step_.has_subframe() ? run_subframe() : step_call(site);
    if (!is_over) return Stop::InCall;
    finish_call(site);
    return run(false);
  }

  // As run_call, but the call gives up empty-handed.
  Stop run_empty() {
    const CallSite& site = code_.sites[static_cast<std::size_t>(code_.instructions[pc_].b)];
    prepare_result(site);
    site.row->return_empty(step_, frame());
    finish_call(site);
    return run(false);
  }

  // The head of a line with a Guard: is it enabled?
  bool run_guard() {
    execute_until(Op::Guard);
    return pop() != 0;
  }

  // The head of a line that ends in a call with a guard of its own: begins it on a scratch frame.
  const CallRow& begin_scratch(std::byte* scratch, std::size_t scratch_bytes) {
    execute_until(Op::Call);
    const CallSite& site = code_.sites[static_cast<std::size_t>(code_.instructions[pc_].b)];
    WAKESIM_ASSERT(site.frame_bytes <= scratch_bytes);
    const auto arguments = take_arguments(site);
    prepare_result(site);
    site.row->begin(step_, arguments, scratch);
    return *site.row;
  }

  // Runs from the current line; `fresh` is true if that line is the step itself.
  Stop run(bool fresh) {
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

 private:
  enum class Flow : std::uint8_t { Next, Jumped, InCall, Ended, Blocked };

  // The straight part of a line.
  void execute_until(Op op) {
    while (code_.instructions[pc_].op != op) {
      const Instruction in = code_.instructions[pc_];
      const Flow flow = execute(in);
      WAKESIM_ASSERT(flow == Flow::Next);
      ++pc_;
    }
  }

  bool stops_before(const Instruction& in) const {
    // Leaving a thread is no step of its own unless somebody looks.
    if (in.op == Op::End) return (in.flags & kVisible) != 0;
    return !executor_.options_.collapse || (in.flags & kVisible) != 0;
  }

  void mark_statement() {
    if (covered_ != nullptr) covered_[code_.statement_of[pc_]] = 1;
  }

  std::byte* frame() { return step_.bytes_ + system_.layout.threads[index(thread_)].frame; }

  void push(std::int64_t value) {
    WAKESIM_ASSERT(size_ < kStackMax);
    stack_[size_++] = value;
  }
  std::int64_t pop() { return stack_[--size_]; }

  std::int64_t local(std::uint32_t slot) const {
    return step_.peek<std::int64_t>(locals_ + 8 * slot);
  }
  void set_local(std::uint32_t slot, std::int64_t value) { step_.poke(locals_ + 8 * slot, value); }

  // The word an access means: `b`, or one of the `a` that follow, chosen by the index popped here.
  WordId word_of(const Instruction& in) {
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

  void note_value(std::int64_t value) {
    if (step_.is_traced()) step_.note({StepEvent::Kind::Value, thread_, value, {}});
  }

  // TSO: the youngest buffered store to the word, else memory.
  std::int64_t load(WordId word) {
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

  void store(WordId word, std::int64_t value) {
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

  // What a load of the word would give after this value was stored: a buffered value is read back.
  std::int64_t normalised(WordId word, std::int64_t value) {
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

  [[gnu::always_inline]] Flow execute(const Instruction& in) {
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

  void jump(const Instruction& in) {
    StepRecord& record = step_.record_;
    const bool leaves = record.region_end != 0 && !record.left_region &&
                        (in.b < record.region_begin || in.b >= record.region_end);
    if (leaves) {
      record.left_region = true;
      record.left_at = pc_;
    }
    pc_ = static_cast<std::uint16_t>(in.b);
  }

  Flow local_at(const Instruction& in) {
    std::int64_t offset = pop();
    if (offset < 0 || offset >= in.b) {
      step_.fault(Fault::InvalidUse, "index outside the list");
      offset = 0;
    }
    push(local(in.a + static_cast<std::uint32_t>(offset)));
    return Flow::Next;
  }

  Flow compare_exchange(const Instruction& in) {
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

  std::span<const std::int64_t> take_arguments(const CallSite& site) {
    size_ -= static_cast<int>(site.arguments);
    WAKESIM_ASSERT(size_ >= 0);
    return {stack_ + size_, site.arguments};
  }

  void prepare_result(const CallSite& site) {
    step_.pair_count_ = site.pairs;
    step_.result_slot_ = site.result_local;
    step_.result_stride_ = static_cast<std::uint32_t>(site.row->fields.size());
  }

  Flow begin_call(const Instruction& in) {
    const CallSite& site = code_.sites[static_cast<std::size_t>(in.b)];
    const auto arguments = take_arguments(site);
    prepare_result(site);
    site.row->begin(step_, arguments, frame());
    if (!step_call(site)) return Flow::InCall;
    finish_call(site);
    return Flow::Jumped;  // finish_call moved on.
  }

  // One step of the call itself; true if it has returned and left nothing behind.
  bool step_call(const CallSite& site) {
    const Progress progress = site.row->step(step_, frame());
    if (!step_.has_subframe()) return progress == Progress::Returned;
    const SubframeHead head{.result = step_.result_,
                            .is_open = 1,
                            .has_result = progress == Progress::Returned,
                            .zero = {}};
    step_.poke(system_.layout.threads[index(thread_)].subframe, head);
    return false;
  }

  // One step of what the call left behind; true if that is done and the call had returned.
  bool run_subframe() {
    const std::uint32_t place = system_.layout.threads[index(thread_)].subframe;
    std::byte* const bytes = step_.bytes_ + place + sizeof(SubframeHead);
    if (system_.catalogue->hooks.subframe.step(step_, bytes) == Progress::Continues) return false;
    const auto head = step_.peek<SubframeHead>(place);
    std::memset(step_.bytes_ + place, 0, sizeof(SubframeHead) + system_.subframe_bytes);
    step_.result_ = head.result;
    return head.has_result != 0;
  }

  void finish_call(const CallSite& site) {
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

  Flow primitive(const Instruction& in) {
    const CallSite& site = code_.sites[static_cast<std::size_t>(in.b)];
    const auto arguments = take_arguments(site);
    const std::int64_t value = site.row->primitive(step_, arguments);
    note_value(value);
    push(value);
    return Flow::Next;
  }

  Flow predicate(const Instruction& in) {
    const PredicateSite& site = code_.predicates[static_cast<std::size_t>(in.b)];
    bool holds = true;
    for (const ThreadId thread : site.threads) holds &= satisfies(site, thread);
    push(holds ? 1 : 0);
    return Flow::Next;
  }

  bool satisfies(const PredicateSite& site, ThreadId thread) {
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

  const Executor& executor_;
  const System& system_;
  Step& step_;
  const Code& code_;
  ThreadId thread_;
  std::uint16_t pc_;
  std::uint32_t locals_ = 0;
  std::uint8_t* covered_ = nullptr;  // By statement; null: nobody asks.
  int size_ = 0;
  std::int64_t stack_[kStackMax];
};

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
    } else {
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
  return actors;
}

bool Executor::enabled(const std::byte* state, Actor actor, Footprint* footprint) const {
  const View view(system_, state, footprint);
  const ThreadLayout& layout = system_.layout.threads[index(actor.thread)];
  switch (actor.kind) {
    case ActorKind::Thread:
      return thread_enabled(view, actor.thread);
    case ActorKind::Timer:
      return timer_may_fire(view, actor.thread);
    case ActorKind::Flush: {
      view.note_read(layout.buffer_class);
      BufferedStore oldest;
      std::memcpy(&oldest, state + layout.buffer, sizeof(oldest));
      return oldest.word != 0;
    }
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

bool Executor::thread_enabled(const View& view, ThreadId thread) const {
  const ThreadLayout& layout = system_.layout.threads[index(thread)];
  ThreadBlock block;
  std::memcpy(&block, view.state() + layout.block, sizeof(block));
  if (block.has_ended != 0) return false;
  if (block.is_held != 0) {
    view.note_read(layout.start_class);
    return false;
  }
  const Code& code = system_.code_of(thread);
  const Instruction& in = code.instructions[block.pc];
  if (block.in_call != 0) {
    const CallSite& site = code.sites[static_cast<std::size_t>(in.b)];
    return call_enabled(view, thread, site);
  }
  if ((in.flags & may_block_) == 0) return true;
  return line_enabled(view, thread, block.pc);
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
  const Code& code = system_.code_of(thread);
  const std::uint8_t flags = code.instructions[pc].flags;
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
    Interpreter interpreter(*this, step, code, pc);
    result = interpreter.run_guard();
  } else {
    alignas(8) std::byte scratch[512] = {};
    Interpreter interpreter(*this, step, code, pc);
    result = interpreter.begin_scratch(scratch, sizeof(scratch)).enabled(step, scratch);
  }
  if (view.footprint() != nullptr) {
    view.footprint()->reads.add_all(record.footprint.reads);
  }
  return result;
}

bool Executor::timer_may_fire(const View& view, ThreadId thread) const {
  view.note_read(system_.clock_class);
  const std::byte* state = view.state();
  const auto word = [&](std::uint32_t i) {
    std::uint32_t value;
    std::memcpy(&value, state + system_.timers_offset + 4 * i, sizeof(value));
    return value;
  };
  const auto slot = [&](std::uint32_t number) {
    TimerSlot value;
    std::memcpy(&value, state + system_.layout.threads[number].timer, sizeof(value));
    return value;
  };
  const std::uint32_t count = word(0);
  bool is_armed = false;
  for (std::uint32_t i = 1; i <= count; ++i) is_armed |= word(i) == index(thread) + 1;
  if (!is_armed) return false;
  const TimerSlot own = slot(index(thread));
  bool is_after_own = false;
  for (std::uint32_t i = 1; i <= count; ++i) {
    const std::uint32_t number = word(i) - 1;
    if (number == index(thread)) {
      is_after_own = true;
      continue;
    }
    const TimerSlot other = slot(number);
    if (other.is_absolute != own.is_absolute) continue;  // Nothing orders these two.
    if (own.is_absolute != 0 && other.nanoseconds < own.nanoseconds) return false;
    if (own.is_absolute == 0 && !is_after_own && other.nanoseconds <= own.nanoseconds) return false;
  }
  return true;
}

void Executor::step(std::byte* state, Move move, StepRecord& record,
                    std::vector<StepEvent>* events) const {
  Step step(system_, state, record, move.actor.thread, move.choice, events);
  take(step, move.actor);
  if (!system_.held.empty()) release_held(state, record);
}

void Executor::take(Step& step, Actor actor) const {
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
  }
  WAKESIM_UNREACHABLE();
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
  step.forget_timer();
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
  const ThreadLayout& layout = system_.layout.threads[index(thread)];
  const Code& code = system_.code_of(thread);
  const auto block = step.peek<ThreadBlock>(layout.block);
  WAKESIM_ASSERT(block.has_ended == 0);
  Interpreter interpreter(*this, step, code, block.pc);
  Interpreter::Stop stop;
  if (block.in_call != 0) {
    // The guard belongs to the footprint.
    const CallSite& site = code.sites[static_cast<std::size_t>(code.instructions[block.pc].b)];
    WAKESIM_ASSERT(call_enabled(step, thread, site));
    stop = interpreter.run_call();
  } else {
    if ((code.instructions[block.pc].flags & may_block_ & ~kGuarded) != 0) {
      WAKESIM_ASSERT(line_enabled(step, thread, block.pc));
    }
    stop = interpreter.run(true);
  }
  WAKESIM_ASSERT(stop != Interpreter::Stop::Blocked);
  if (stop == Interpreter::Stop::Ended) step.note_write(layout.end_class);
  if (system_.threads[index(thread)].is_observed) step.note_write(layout.run_class);
  // Field by field: put together and stored as one, the processor would wait for the parts.
  const auto offset = [&layout](std::size_t field) {
    return layout.block + static_cast<std::uint32_t>(field);
  };
  step.poke(offset(offsetof(ThreadBlock, pc)), interpreter.pc());
  step.poke(offset(offsetof(ThreadBlock, in_call)),
            static_cast<std::uint8_t>(stop == Interpreter::Stop::InCall));
  step.poke(offset(offsetof(ThreadBlock, has_ended)),
            static_cast<std::uint8_t>(stop == Interpreter::Stop::Ended));
  step.poke(offset(offsetof(ThreadBlock, is_held)), std::uint8_t{0});
  clear_dead(step.bytes_, thread, interpreter.pc());
}

void Executor::clear_dead(std::byte* state, ThreadId thread, std::uint16_t pc) const {
  if (!options_.dead_data) return;
  const Code& code = system_.code_of(thread);
  const ThreadLayout& layout = system_.layout.threads[index(thread)];
  const std::uint64_t* live = code.live.data() + std::size_t{pc} * code.live_words;
  for (std::uint32_t i = 0; i < layout.locals_count; ++i) {
    if ((live[i >> 6] >> (i & 63) & 1) == 0) std::memset(state + layout.locals + 8 * i, 0, 8);
  }
}

bool Executor::in_call(const std::byte* state, ThreadId thread) const {
  ThreadBlock block;
  std::memcpy(&block, state + system_.layout.threads[index(thread)].block, sizeof(block));
  return block.in_call != 0;
}

bool Executor::has_ended(const std::byte* state, ThreadId thread) const {
  ThreadBlock block;
  std::memcpy(&block, state + system_.layout.threads[index(thread)].block, sizeof(block));
  return block.has_ended != 0;
}

std::uint16_t Executor::pc(const std::byte* state, ThreadId thread) const {
  ThreadBlock block;
  std::memcpy(&block, state + system_.layout.threads[index(thread)].block, sizeof(block));
  return block.pc;
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
  return in_call(state, thread) && !thread_enabled(view, thread);
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
  Interpreter interpreter(*this, step, code, at);
  const CallRow& row = interpreter.begin_scratch(scratch, sizeof(scratch));
  return row.waits_for_owner == nullptr ? -1 : row.waits_for_owner(step, scratch);
}

std::int64_t Executor::evaluate(const std::byte* state, const Code& expression,
                                Footprint* footprint) const {
  StepRecord record;
  const auto nobody = static_cast<ThreadId>(system_.thread_count());
  Step step(system_, const_cast<std::byte*>(state), record, nobody, 0, nullptr);
  Interpreter interpreter(*this, step, expression, 0);
  interpreter.run(true);
  if (footprint != nullptr) footprint->reads.add_all(record.footprint.reads);
  return interpreter.top();
}

std::int64_t Executor::evaluate_at(const std::byte* state, ThreadId thread,
                                   std::uint16_t pc) const {
  StepRecord record;
  Step step(system_, const_cast<std::byte*>(state), record, thread, 0, nullptr);
  Interpreter interpreter(*this, step, system_.code_of(thread), pc);
  interpreter.run(true);
  return interpreter.top();
}

void Executor::return_empty(std::byte* state, ThreadId thread, StepRecord& record) const {
  Step step(system_, state, record, thread, 0, nullptr);
  const CallSite* site = call_site(state, thread);
  WAKESIM_ASSERT(site != nullptr && site->row->return_empty != nullptr);
  const ThreadLayout& layout = system_.layout.threads[index(thread)];
  auto block = step.peek<ThreadBlock>(layout.block);
  Interpreter interpreter(*this, step, system_.code_of(thread), block.pc);
  const auto stop = interpreter.run_empty();
  block = ThreadBlock{.pc = interpreter.pc(),
                      .in_call = stop == Interpreter::Stop::InCall,
                      .has_ended = stop == Interpreter::Stop::Ended,
                      .is_held = 0,
                      .zero = {}};
  step.poke(layout.block, block);
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
  step.poke(layout.block,
            ThreadBlock{.pc = pc, .in_call = 0, .has_ended = 0, .is_held = 0, .zero = {}});
}

}  // namespace wakesim
