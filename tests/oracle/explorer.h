// The naive explorer: every state of the naive world in a std::set, depth first. No collapse, no
// footprints, no reductions: nothing that could be wrong in an interesting way.

#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <vector>

#include "tests/oracle/program.h"

namespace oracle {

// What can be seen of a world at rest.
struct Outcome {
  std::vector<Value> observed;  // In the order of Program::observed.
  std::vector<int> stuck;       // Threads that have not ended.

  friend auto operator<=>(const Outcome&, const Outcome&) = default;
};

struct Exploration {
  std::set<Outcome> outcomes;
  std::size_t states = 0;
  std::size_t transitions = 0;
  bool is_complete = true;     // False: `states_max` was reached.
  bool someone_slept = false;  // In some state a thread could not go on while others could.
  bool someone_woke = false;   // A step of somebody else let such a thread go on.
};

Exploration explore(const Program& program, std::size_t states_max);

// The values alone, as `observe:` of a scenario shows them.
std::set<std::vector<Value>> observed_values(const Exploration& exploration);

}  // namespace oracle
