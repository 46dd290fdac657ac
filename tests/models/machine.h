// What the tests of single models share: a scenario's text becomes a machine that takes the steps
// that a test names, or all steps there are.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "sim/program/executor.h"
#include "sim/program/step.h"
#include "sim/program/system.h"

namespace wakesim::testing {

// Objects, threads, observe, ... of a scenario, without its head.
std::unique_ptr<System> compile_body(const std::string& body);

// One execution, step by step. Every step must tell the truth about what it touches.
class Machine {
 public:
  explicit Machine(const std::string& body);

  // Steps of a thread; each must be enabled.
  void step(std::string_view thread, int times = 1);
  // Steps of a thread until it has ended or cannot go on.
  void run(std::string_view thread);
  void fire_timer(std::string_view thread);
  void wake_spuriously(std::string_view thread);
  // A signal is taken between two lines.
  void interrupt(std::string_view thread);
  // The call in flight gives up, as the lost-wakeup probe makes it.
  void return_empty(std::string_view thread);

  bool enabled(std::string_view thread) const;
  bool asleep(std::string_view thread) const;
  bool ended(std::string_view thread) const;
  bool timer_may_fire(std::string_view thread) const;
  bool may_interrupt(std::string_view thread) const;
  // One of the scenario's `observe:`.
  std::int64_t value(std::string_view key) const;
  std::string shown(std::string_view object) const;
  std::string phase(std::string_view thread) const;
  // What the call in flight says it is about.
  std::string subject(std::string_view thread) const;

  // Of the last step.
  std::string fault() const { return record_.fault_text == nullptr ? "" : record_.fault_text; }
  std::string events() const;

 private:
  ThreadId thread(std::string_view name) const;
  void take(Move move);

  std::unique_ptr<System> system_;
  std::unique_ptr<Executor> executor_;
  std::vector<std::byte> state_;
  StepRecord record_;
  std::vector<StepEvent> events_;
};

// All executions: for every state in which nobody can go on the values of `observe:`, followed by
// the threads that have not ended ("a.r=0 n=1 stuck b"; devices never do), and every fault met.
std::set<std::string> outcomes(const std::string& body);

}  // namespace wakesim::testing
