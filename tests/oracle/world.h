// The naive world: words, futexes, eventfds, pipes, polls, mutexes and queues as plain C++ objects.
//
// Follows the manual pages, not the kernel: a call is as few indivisible steps as a program can
// tell. What that leaves out on purpose, because no program can see it:
//   - a sleeper that is woken, finds nothing and sleeps again (eventfd herds, poll re-scans);
//   - the order in which blocked readers of a pipe or an eventfd were queued: a thread cannot know
//     that another one sleeps already, so whoever comes to the data first may have come first;
//   - a futex wake that arrives late, in the waiter's next wait: it makes that wait start again,
//     which looks as if it had started later (not so with a requeue in between: the generator draws
//     no programs that wait twice and requeue).
// What a program can tell, and so is a step of its own:
//   - poll looks at its descriptors one after the other, not at all of them at once;
//   - futex_wait's return is later than the wake that chose the waiter.

#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "tests/oracle/program.h"

namespace oracle {

// Who takes the next step.
struct Move {
  enum class Kind : std::uint8_t {
    Thread,
    Timeout,  // The timeout of a sleeping thread fires.
    Flush,    // The oldest entry of the thread's store buffer reaches memory.
  };
  Kind kind = Kind::Thread;
  int thread = 0;
  Value choice = 0;  // Of a Choose.
};

class World {
 public:
  explicit World(const Program& program);

  // Every step that may come next; empty when the world is at rest.
  std::vector<Move> moves() const;
  void apply(const Move& move);

  // All of the world as a string: equal if and only if the worlds are equal.
  std::string bytes() const;

  std::vector<Value> observed() const;
  bool has_ended(int thread) const;

 private:
  enum class Phase : std::uint8_t {
    Start,     // Before the call.
    Queued,    // In futex_wait, on the queue of a word.
    Chosen,    // In futex_wait, taken off the queue by a wake.
    Scanning,  // In poll, some descriptors looked at.
    Waiting,   // In poll, nothing found in the last pass.
  };

  struct Thread {
    std::size_t next = 0;  // Operation.
    std::vector<Value> locals;
    std::vector<std::pair<int, Value>> buffer;  // Stores on their way: word, value.
    Phase phase = Phase::Start;
    std::vector<Value> revents;  // Of the descriptors that the current pass has looked at.
    bool is_timed_out = false;
  };

  struct Waiter {
    int thread;
    Value bitset;
  };

  struct Pipe {
    Value bytes = 0;
    bool has_reader = true;
    bool has_writer = true;
  };

  const Operation* operation(int thread) const;  // Null: the thread has ended.
  bool can_step(int thread) const;
  bool can_time_out(int thread) const;
  void step(int thread, Value choice);
  void step_inside_atomic(Thread& thread, const Operation& line);
  void step_futex_wait(Thread& thread, const Operation& operation, int number);
  void step_poll(Thread& thread, const Operation& operation);
  Value requeue(const Thread& thread, const Operation& operation);
  Value wake_op(const Thread& thread, const Operation& operation);
  Value wake(int word, Value count, Value bitset);
  void time_out(int thread);
  void flush(int thread);
  void finish(Thread& thread, const Operation& operation, Value result);

  Value get(const Thread& thread, const Operand& operand) const;
  Value load(const Thread& thread, int word) const;
  void store(int word, Value value);
  bool fits(int eventfd, std::uint64_t value) const;
  Value ready(const Watch& watch) const;

  const Program* program_;
  std::vector<Thread> threads_;
  std::vector<std::uint32_t> words_;
  std::vector<std::vector<Waiter>> futex_queues_;  // Of each word, oldest first.
  std::vector<std::uint64_t> eventfds_;
  std::vector<Pipe> pipes_;
  std::vector<int> owners_;  // Of each mutex; -1: free.
  std::vector<std::vector<Value>> queues_;
};

}  // namespace oracle
