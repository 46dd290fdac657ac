// Runs the instructions of one thread, or of an expression, on a stack of values.
//
// One interpreter takes one step: it starts where the thread stands and runs to the next visible
// line, into a call, or to the end of the program.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "sim/program/bound_program.h"
#include "sim/program/executor.h"
#include "sim/program/step.h"
#include "sim/program/system.h"

namespace wakesim {

// Keeps references only: executor, step and program must outlive it.
class Interpreter {
 public:
  enum class Stop : std::uint8_t {
    Line,       // Before the next visible line.
    InCall,     // Inside a call.
    Leaving,    // A call has returned, but something comes before its caller.
    Unwinding,  // The thread ends here; its cleanup blocks come first.
    Ended,
    Blocked,
  };

  Interpreter(const Executor& executor, Step& step, const BoundProgram& program, std::uint16_t pc)
      : executor_(executor),
        system_(executor.system_),
        step_(step),
        program_(program),
        code_(*program.code),
        thread_(step.thread()),
        pc_(pc) {}

  std::uint16_t pc() const { return pc_; }
  std::int64_t top() const { return size_ == 0 ? 0 : stack_[size_ - 1]; }

  // The call in flight.
  const CallSite& site_at_pc() const {
    return code_.sites[static_cast<std::size_t>(program_.instructions[pc_].b)];
  }

  // Continues a call whose frame is active.
  Stop run_call();

  // As run_call, but the call gives up empty-handed.
  Stop run_empty();

  // The call at the pc is over with this result: the caller goes on.
  Stop resume_call(std::int64_t result);

  // The head of a line with a Guard: is it enabled?
  bool run_guard();

  // The head of a line that ends in a call with a guard of its own: begins it on a scratch frame.
  const CallRow& begin_scratch(std::byte* scratch, std::size_t scratch_bytes);

  // Runs from the current line; `fresh` is true if that line is the step itself.
  Stop run(bool fresh);

 private:
  enum class Flow : std::uint8_t { Next, Jumped, InCall, Leaving, Unwinding, Ended };

  // Whether the program runs, or only the head of a line up to its Guard or Call.
  enum class Purpose : std::uint8_t { Run, Ask };

  template <Purpose purpose>
  Stop interpret(bool fresh);
  Flow execute(const Instruction& in);

  std::byte* frame() { return step_.bytes_ + program_.frame; }

  void push(std::int64_t value) {
    WAKESIM_ASSERT(size_ < kStackMax);
    stack_[size_++] = value;
  }
  std::int64_t pop() { return stack_[--size_]; }

  std::int64_t local(std::uint32_t slot) const {
    return step_.peek<std::int64_t>(program_.locals + 8 * slot);
  }
  void set_local(std::uint32_t slot, std::int64_t value) {
    step_.poke(program_.locals + 8 * slot, value);
  }

  // Traced steps only.
  void note_value(std::int32_t word, std::int64_t value);

  // The youngest store to the word in the thread's buffer, else what memory has; and its reverse.
  std::int64_t load_buffered(std::int32_t word);
  void store_buffered(std::int32_t word, std::int64_t value);

  // What a load of the word would give after this value was stored.
  std::int64_t normalised(std::int32_t word, std::int64_t value);

  // A judge asks where the thread leaves a region of its program.
  void note_leaving(const Instruction& jump, const Instruction* first);
  Flow local_at(const Instruction& in);
  void divide(const Instruction& in);
  std::span<const std::int64_t> take_arguments(const CallSite& site);
  void prepare_result(const CallSite& site);
  Flow begin_call(const Instruction& in);
  bool step_call(const CallSite& site);
  bool run_subframe();
  void finish_call(const CallSite& site);
  bool holds_back(const CallSite& site);
  Flow primitive(const Instruction& in);
  Flow predicate(const Instruction& in);
  bool satisfies(const PredicateSite& site, ThreadId thread);

  const Executor& executor_;
  const System& system_;
  Step& step_;
  const BoundProgram& program_;
  const Code& code_;
  ThreadId thread_;
  std::uint16_t pc_;
  int size_ = 0;
  std::int64_t stack_[kStackMax];
};

}  // namespace wakesim
