// Takes steps: given a state, a move and a compiled scenario, what happens next.
//
// The executor holds no state of its own, so any number of searches may share one.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include "sim/program/bound_program.h"
#include "sim/program/step.h"
#include "sim/program/system.h"

namespace wakesim {

class Interpreter;

struct ExecutorOptions {
  // After a visible step, run the thread's local lines up to its next visible one.
  bool collapse = true;
  // Zero locals that nobody will read again.
  bool dead_data = true;
  // Marks each statement executed, by code and statement; may be null. Already as large as needed.
  std::vector<std::vector<std::uint8_t>>* coverage = nullptr;
};

class Executor {
 public:
  explicit Executor(const System& system, ExecutorOptions options = {});

  const System& system() const { return system_; }

  // The state every run starts from: local lines at the head of each program have been run.
  // Faults of these lines end up in `record`; `work_ns`, if given, gets what each thread's `work`
  // adds up to.
  std::vector<std::byte> initial_state(StepRecord& record,
                                       std::vector<std::int64_t>* work_ns = nullptr) const;

  // May this actor take a step? `footprint`, if given, gets what the answer depends on.
  bool enabled(const std::byte* state, Actor actor, Footprint* footprint = nullptr) const;

  // Takes the step; the actor must be enabled. `record` must be fresh, except for `woken`.
  void step(std::byte* state, Move move, StepRecord& record,
            std::vector<StepEvent>* events = nullptr) const;

  // Every actor of the system, in the order in which counterexamples prefer them.
  const std::vector<Actor>& actors() const { return actors_; }

  // What a thread is doing.
  bool in_call(const std::byte* state, ThreadId thread) const;
  bool has_ended(const std::byte* state, ThreadId thread) const;
  const CallSite* call_site(const std::byte* state, ThreadId thread) const;  // Null: not in a call.
  const std::byte* frame(const std::byte* state, ThreadId thread) const;
  // The thread's next step, on its way back to the program, takes an interrupt.
  bool takes_interrupt(const std::byte* state, ThreadId thread) const;
  // What the call in flight is about to do, in the kernel's words.
  std::string_view phase(const std::byte* state, ThreadId thread) const;
  std::uint16_t pc(const std::byte* state, ThreadId thread) const;
  bool is_asleep(const std::byte* state, ThreadId thread, Footprint* footprint = nullptr) const;
  // Asleep, or held up at an `await`, a lock or a full store buffer.
  bool is_blocked(const std::byte* state, ThreadId thread, Footprint* footprint = nullptr) const;

  // The thread that must act before a guarded call at the head of the line can begin, or -1.
  std::int64_t awaited_owner(const std::byte* state, ThreadId thread) const;

  // Properties and observations: expressions over a whole state.
  std::int64_t evaluate(const std::byte* state, const Code& expression,
                        Footprint* footprint = nullptr) const;
  // An expression of a thread's own program (a `waits_for:` condition) at `pc`.
  std::int64_t evaluate_at(const std::byte* state, ThreadId thread, std::uint16_t pc) const;

  // Makes the call in flight return as when nothing happened (for the lost-wakeup probe), and runs
  // the rest of its line.
  void return_empty(std::byte* state, ThreadId thread, StepRecord& record) const;
  // Lets it look again, as if somebody had woken it.
  void wake(std::byte* state, ThreadId thread) const;
  // CallRow::ready of the call in flight; may change the state.
  std::string find_ready(std::byte* state, ThreadId thread, Watched watched) const;
  // Abandons the call in flight: its frame is gone and the thread stands at `pc`.
  void jump_to(std::byte* state, ThreadId thread, std::uint16_t pc) const;

 private:
  friend class Interpreter;

  void note_look(const View& view, ThreadId thread) const;
  bool thread_enabled(const View& view, ThreadId thread) const;
  bool call_enabled(const View& view, ThreadId thread, const CallSite& site) const;
  bool line_enabled(const View& view, ThreadId thread, std::uint16_t pc) const;
  bool may_interrupt(const View& view, ThreadId thread) const;
  void take(Step& step, Actor actor) const;
  void release_held(std::byte* state, StepRecord& record) const;
  void fire_timer(Step& step) const;
  void flush(Step& step) const;
  void run_thread(Step& step) const;
  // What happens to interruptible threads (interrupts.cpp).
  void leave_call(Step& step) const;
  void return_to_caller(Step& step, const CallEnd& end, std::uint16_t pc) const;
  void interrupt(Step& step) const;
  void return_from_handler(Step& step) const;
  void unwind(Step& step, std::uint16_t from) const;
  void enter_handler(Step& step, const Interruption& what, const Activation& interrupted) const;
  void go_on(Step& step, std::uint16_t pc) const;
  // Stores where the interpreter stopped.
  void settle(Step& step, Interpreter& interpreter, std::uint8_t stop) const;
  void clear_dead(std::byte* state, ThreadId thread, std::uint16_t pc) const;

  static std::vector<Actor> actors_of(const System& system);

  const System& system_;
  std::vector<Actor> actors_;
  std::vector<BoundProgram> programs_;  // By thread.
  ExecutorOptions options_;
  std::uint8_t may_block_;  // Instruction flags that can disable a line.
};

}  // namespace wakesim
