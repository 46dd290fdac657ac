// What takes one schedule: a strategy says which step comes next, the executor what it does.
//
// It sees actors, enabledness and footprints, never a model's inside. The exhaustive search is no
// strategy: it takes every schedule at once.

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/ids.h"
#include "sim/program/executor.h"
#include "sim/program/step.h"
#include "sim/trace/trace.h"

namespace wakesim {

// One execution, as data. Kept and handed in again, it takes the next one without an allocation.
struct Execution {
  enum class End : std::uint8_t {
    Rest,    // No actor can take a step.
    Fault,   // The last step broke a default property.
    Broken,  // The state after the last step breaks an `always` or `never` of the scenario.
    Bound,   // The bound on steps was reached.
  };

  End end = End::Rest;
  std::uint64_t steps = 0;
  Schedule schedule;  // Its first steps: all of them unless the strategy was told to keep fewer.
  std::vector<std::byte> state;  // The last one.
  Fault fault = Fault::None;     // Of the last step.
  const char* fault_text = nullptr;
  std::uint16_t fault_pc = 0;
  Actor last;                // Who took the last step.
  std::size_t property = 0;  // Broken: index into System::properties.
};

// The scenario's properties of every state.
class Invariants {
 public:
  explicit Invariants(const Executor& executor);

  static constexpr std::size_t kNone = ~std::size_t{0};

  // Index of the first `always` or `never` that the state breaks, or kNone.
  std::size_t broken_by(const std::byte* state) const {
    return properties_.empty() ? kNone : first_broken(state);
  }

 private:
  std::size_t first_broken(const std::byte* state) const;

  const Executor& executor_;
  std::vector<std::size_t> properties_;
};

class Strategy {
 public:
  virtual ~Strategy() = default;

  // Takes one execution from the initial state to its end.
  virtual void take(Execution& execution) = 0;
};

}  // namespace wakesim
