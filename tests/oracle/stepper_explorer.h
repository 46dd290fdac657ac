// The naive explorer for a system that only says which moves there are and what they do. Used to
// search wakesim's own compiled scenarios without its search, its collapse or its reductions.

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <vector>

namespace oracle {

struct Stepper {
  std::string initial;  // All bytes of the state at the start.
  // What may come next, each as any number that `apply` understands.
  std::function<std::vector<std::uint64_t>(const std::string& state)> moves;
  // The states that a move leads to: one, or one for each choice in it.
  std::function<std::vector<std::string>(const std::string& state, std::uint64_t move)> apply;
};

struct StepperExploration {
  std::set<std::string> states;
  std::set<std::string> at_rest;  // States without a move.
  std::size_t transitions = 0;
  bool is_complete = true;  // False: `states_max` was reached.
};

StepperExploration explore(const Stepper& stepper, std::size_t states_max);

}  // namespace oracle
