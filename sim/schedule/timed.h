// One execution in virtual time: discrete-event simulation of a machine with N CPUs.
//
// Each CPU has a queue of runnable threads: first in, first out, with a time slice; a CPU that has
// nothing to do takes over from the longest queue. A step takes the time that the cost table says
// and happens at the end of it; what it finds then may differ from what there was when its thread
// began. A woken thread goes to the CPU that it ran on last, or to one that is idle; it never
// pushes another one off. Interrupt sources take their steps beside the CPUs.
//
// What the models leave open is decided here: the first of several choices, timers on time, no
// spurious wakes, stores that reach memory a fixed time after they were made.
//
// No event costs time in proportion to the number of threads. A sleeper is looked at when its task
// state was written (StepRecord::woken); a thread that is held up at a guard (`await`, a lock, a
// full buffer) when a class that the guard read was written.

#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "sim/program/executor.h"
#include "sim/schedule/cost_table.h"
#include "sim/schedule/event_queue.h"
#include "sim/schedule/latency.h"
#include "sim/schedule/strategy.h"

namespace wakesim {

struct TimedOptions {
  CostTable costs;
  std::uint64_t steps_max = 10'000'000;  // 0: no bound.
  std::size_t steps_kept = 0;            // How many steps of the execution are written down.
};

// When and where a step of Execution::schedule was taken.
struct TimedStep {
  std::int64_t time_ns = 0;
  int cpu = -1;  // -1: no CPU was needed.
  // By CPU: 1 + the thread that occupies it just then; 0: idle.
  std::vector<std::uint32_t> running;
};

struct TimedStatistics {
  std::int64_t time_ns = 0;  // When the last step was taken.
  std::uint64_t steps = 0;   // All that follow.
  std::uint64_t system_calls = 0;
  std::uint64_t context_switches = 0;
  std::uint64_t preemptions = 0;  // Of them: the slice was over and another thread waited.
  std::uint64_t migrations = 0;   // A thread continued on another CPU.
  std::uint64_t timeouts = 0;     // Timers that fired.
  // A thread that slept or was held up could go on. Useful: its call returned, its guard was
  // passed. Vain: it went back to sleep without that.
  std::uint64_t wakeups = 0;
  std::uint64_t wakeups_useful = 0;
  std::uint64_t wakeups_vain = 0;
  std::uint64_t wakes_of_nobody = 0;    // Wakes that found no sleeper.
  LatencyHistogram latency;             // From wakeup to the end of the switch to the thread.
  std::vector<std::int64_t> thread_ns;  // By thread: CPU time used.
  std::vector<std::int64_t> cpu_ns;     // By CPU: time occupied, switches included.
};

class TimedStrategy : public Strategy {
 public:
  // The executor must outlive the strategy; its layout may be either.
  TimedStrategy(const Executor& executor, const TimedOptions& options);

  void take(Execution& execution) override;

  // Of the execution taken last.
  const TimedStatistics& statistics() const { return statistics_; }
  const std::vector<TimedStep>& times() const { return times_; }

 private:
  enum class Status : std::uint8_t {
    Runnable,  // In a CPU's queue.
    Running,   // On a CPU, or an interrupt source between two steps.
    Asleep,    // Only a write of its task state can change that.
    HeldUp,    // By a guard: tried again when a class that it read is written.
    Ended,
  };

  struct Thread {
    std::int64_t owed_ns = 0;    // CPU time until its next step.
    std::int64_t due_ns = 0;     // When its latest timer went off, or will.
    std::int64_t woken_ns = -1;  // When it was; -1: nothing to be told about that.
    std::uint32_t next = 0;      // Behind it in the queue: 1 + thread, or 0.
    std::uint32_t timer = 0;     // Serial of its latest timer.
    std::uint32_t held_up = 0;   // How often it was; tells stale entries of waiting_.
    std::uint16_t cpu = 0;       // Where it runs or ran last.
    Status status = Status::Runnable;
    bool has_timer = false;
    bool was_woken = false;        // And it is not clear yet whether that was of use.
    bool was_held_up = false;      // Until a moment ago, by a guard.
    bool is_before_start = false;  // Its `start:` has not been true yet.
    bool is_flushing = false;
    bool is_interrupt = false;
    bool is_device = false;
    bool is_due = false;  // A device, and its timer's time has come.
  };

  struct Cpu {
    std::uint32_t running = 0;  // 1 + thread, or 0.
    std::uint32_t last = 0;     // Whom it ran last; 1 + thread.
    std::uint32_t first = 0;    // Its queue, 1 + thread.
    std::uint32_t behind = 0;
    std::uint32_t queued = 0;
    std::int64_t free_ns = 0;   // Idle: since when, or from when on.
    std::int64_t chunk_ns = 0;  // Being spent until its event.
    std::int64_t slice_left_ns = 0;
  };

  struct Waiting {
    std::uint32_t thread = 0;
    std::uint32_t held_up = 0;
  };

  // What a line costs up to its step.
  struct LineCost {
    std::int64_t nanoseconds = 0;
    bool is_system_call = false;
  };

  void measure_lines();
  LineCost cost_of_line(const Code& code, std::size_t pc) const;
  std::int64_t cost_of(Cost cost) const;
  std::int64_t cost_of_next(ThreadId thread) const;

  void begin(Execution& execution);
  void on_cpu(std::uint32_t cpu);
  void on_interrupt(ThreadId thread);
  void on_timer(const Event& event);
  void on_flush(ThreadId thread);

  // Takes the step; returns the CPU time that its consequences cost the thread.
  std::int64_t step(Actor actor, int cpu);
  std::int64_t due_of(const Thread& owner, const StepRecord& record) const;
  void note_timer(ThreadId thread, const StepRecord& record);
  void note_use_of_wakeup(ThreadId thread);
  void keep(Move move, int cpu);

  bool is_enabled(ThreadId thread, Footprint* footprint = nullptr) const;
  bool armed(ThreadId thread) const;
  Actor next_of(ThreadId thread) const;
  bool only_sleeps(ThreadId thread);
  void hold_up(ThreadId thread);
  void retry(ThreadId thread);
  bool is_stale(const Waiting& entry) const;
  void wait_for(std::size_t bucket, ThreadId thread);
  void retry_waiting(const ClassSet& written);
  void make_runnable(ThreadId thread);

  std::uint32_t idle_cpu(std::uint32_t preferred) const;
  void enqueue(std::uint32_t cpu, ThreadId thread);
  ThreadId dequeue(std::uint32_t cpu);
  std::optional<ThreadId> next_for(std::uint32_t cpu);
  void dispatch(std::uint32_t cpu, std::int64_t from_ns);
  void continue_on(std::uint32_t cpu, std::int64_t from_ns);
  void release(std::uint32_t cpu, std::int64_t from_ns);

  const Executor& executor_;
  const System& system_;
  TimedOptions options_;
  Invariants invariants_;
  std::vector<std::vector<LineCost>> lines_;  // By code, then instruction.
  std::vector<std::byte> initial_state_;
  std::vector<std::int64_t> initial_work_;
  StepRecord initial_record_;

  Execution* execution_ = nullptr;
  std::byte* state_ = nullptr;
  std::int64_t now_ = 0;
  EventQueue events_;
  std::size_t void_timers_ = 0;  // In the queue, cancelled since.
  std::vector<Thread> threads_;
  std::vector<Cpu> cpus_;
  std::vector<std::uint64_t> idle_;                // By CPU, a bit each.
  std::size_t queued_ = 0;                         // Runnable threads on all CPUs together.
  std::array<std::vector<Waiting>, 256> waiting_;  // By folded class.
  ClassSet waited_for_;
  std::vector<ThreadId> woken_;
  std::vector<ThreadId> retried_;
  TimedStatistics statistics_;
  std::vector<TimedStep> times_;
};

}  // namespace wakesim
