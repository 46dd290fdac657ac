// What happened, as data: one execution, step by step, ready to be printed in any form.

#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "sim/ids.h"
#include "sim/scenario/diagnostic.h"

namespace wakesim {

// What can take a step. Numbered: threads first, then timers, flushes, spurious wakes and
// interrupts, one of each per thread; interrupts only where the program has them.
enum class ActorKind : std::uint8_t { Thread, Timer, Flush, Spurious, Interrupt };

struct Actor {
  ActorKind kind = ActorKind::Thread;
  ThreadId thread{};

  friend bool operator==(const Actor&, const Actor&) = default;
};

// One transition: who, and which of its choices.
struct Move {
  Actor actor;
  std::uint32_t choice = 0;

  friend bool operator==(const Move&, const Move&) = default;
};
using Schedule = std::vector<Move>;

// A value that changed, or the initial value, as shown and, where it is one number, as a number.
struct ObjectValue {
  std::string object;
  std::string shown;
  std::int64_t number = 0;
  bool is_number = false;
};

struct TraceWake {
  enum class Kind : std::uint8_t { Woke, WokeNobody, WokeRunning };
  Kind kind = Kind::Woke;
  std::string thread;   // Who was found; empty for WokeNobody.
  std::string subject;  // On what.
};

struct TraceStep {
  std::uint32_t number = 0;  // From 1.
  Move move;
  std::string actor;      // "waiter", "timer of waiter", "flush of waiter".
  Location where;         // Of the line; line 0 for actors that have none.
  std::string text;       // The line as written, or what the actor does ("flush ready = 1").
  std::string interrupt;  // "SIGUSR1 is delivered", where that is the step.
  std::string phase;      // Inside a call: the name of the model's state, else empty.
  std::string result;     // "0", "-EAGAIN", "asleep", "yes", "no"; empty if nothing to say.
  std::vector<ObjectValue> changed;  // Objects, then locals as `thread.name`.
  std::vector<TraceWake> wakes;
  bool is_preemption = false;  // The actor before could have gone on.
  std::string fault_text;      // The statement that failed, where one did: it may be a local line
  Location fault_where;        // behind the step's own.
  std::int64_t time_ns = 0;    // Timed runs only.
  int cpu = -1;                // Timed runs only.
};

struct Trace {
  std::vector<std::string> threads;                         // Columns, in declaration order.
  std::vector<std::pair<std::string, std::string>> legend;  // Token letter -> actor.
  std::vector<ObjectValue> initial;                         // Every shown object, in order.
  std::vector<TraceStep> steps;
  std::uint32_t preemptions = 0;
  std::string token;  // wk1....
};

}  // namespace wakesim
