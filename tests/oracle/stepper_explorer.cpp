#include "tests/oracle/stepper_explorer.h"

namespace oracle {

StepperExploration explore(const Stepper& stepper, std::size_t states_max) {
  StepperExploration result;
  std::vector<std::string> stack{stepper.initial};
  result.states.insert(stepper.initial);

  while (!stack.empty()) {
    const std::string state = std::move(stack.back());
    stack.pop_back();
    const std::vector<std::uint64_t> moves = stepper.moves(state);
    if (moves.empty()) result.at_rest.insert(state);

    for (const std::uint64_t move : moves) {
      for (const std::string& next : stepper.apply(state, move)) {
        ++result.transitions;
        if (!result.states.insert(next).second) continue;
        if (result.states.size() > states_max) {
          result.is_complete = false;
          return result;
        }
        stack.push_back(next);
      }
    }
  }
  return result;
}

}  // namespace oracle
