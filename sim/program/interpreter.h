// Runs the instructions of one thread, or of an expression, on a stack of values.
//
// One interpreter takes one step: it starts where the thread stands and runs to the next visible
// line, into a call, or to the end of the program.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "sim/program/executor.h"
#include "sim/program/step.h"
#include "sim/program/system.h"

namespace wakesim {

// Keeps references only: executor, step and code must outlive it.
class Interpreter {
 public:
  enum class Stop : std::uint8_t { Line, InCall, Ended, Blocked };

  Interpreter(const Executor& executor, Step& step, const Code& code, std::uint16_t pc);

  std::uint16_t pc() const { return pc_; }
  std::int64_t top() const { return size_ == 0 ? 0 : stack_[size_ - 1]; }

  // Continues a call whose frame is active.
  Stop run_call();

  // As run_call, but the call gives up empty-handed.
  Stop run_empty();

  // The head of a line with a Guard: is it enabled?
  bool run_guard();

  // The head of a line that ends in a call with a guard of its own: begins it on a scratch frame.
  const CallRow& begin_scratch(std::byte* scratch, std::size_t scratch_bytes);

  // Runs from the current line; `fresh` is true if that line is the step itself.
  Stop run(bool fresh);

 private:
  enum class Flow : std::uint8_t { Next, Jumped, InCall, Ended, Blocked };

  // The straight part of a line.
  void execute_until(Op op);
  bool stops_before(const Instruction& in) const;

  void mark_statement();

  std::byte* frame() { return step_.bytes_ + system_.layout.threads[index(thread_)].frame; }

  void push(std::int64_t value);
  std::int64_t pop() { return stack_[--size_]; }

  std::int64_t local(std::uint32_t slot) const;
  void set_local(std::uint32_t slot, std::int64_t value) { step_.poke(locals_ + 8 * slot, value); }

  // The word an access means: `b`, or one of the `a` that follow, chosen by the index popped here.
  WordId word_of(const Instruction& in);

  void note_value(std::int64_t value);

  // TSO: the youngest buffered store to the word, else memory.
  std::int64_t load(WordId word);

  void store(WordId word, std::int64_t value);

  // What a load of the word would give after this value was stored: a buffered value is read back.
  std::int64_t normalised(WordId word, std::int64_t value);
  Flow execute(const Instruction& in);
  void jump(const Instruction& in);
  Flow local_at(const Instruction& in);
  Flow compare_exchange(const Instruction& in);
  std::span<const std::int64_t> take_arguments(const CallSite& site);
  void prepare_result(const CallSite& site);
  Flow begin_call(const Instruction& in);
  void finish_call(const CallSite& site);
  Flow primitive(const Instruction& in);
  Flow predicate(const Instruction& in);

  bool satisfies(const PredicateSite& site, ThreadId thread);

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

}  // namespace wakesim
