#include "tests/oracle/explorer.h"

#include <string>

#include "tests/oracle/world.h"

namespace oracle {

namespace {

std::vector<bool> able_threads(const Program& program, const std::vector<Move>& moves) {
  std::vector<bool> able(program.threads.size(), false);
  for (const Move& move : moves) able[move.thread] = true;
  return able;
}

Outcome outcome_of(const Program& program, const World& world) {
  Outcome outcome;
  outcome.observed = world.observed();
  for (int i = 0; i < static_cast<int>(program.threads.size()); ++i) {
    if (!world.has_ended(i)) outcome.stuck.push_back(i);
  }
  return outcome;
}

}  // namespace

Exploration explore(const Program& program, std::size_t states_max) {
  struct Pending {
    World world;
    std::vector<bool> able_before;  // Before the step that led here; empty at the start.
  };

  Exploration result;
  std::set<std::string> seen;
  std::vector<Pending> stack;
  const World start(program);
  seen.insert(start.bytes());
  stack.push_back({start, {}});

  while (!stack.empty()) {
    const Pending pending = std::move(stack.back());
    stack.pop_back();
    ++result.states;
    const std::vector<Move> moves = pending.world.moves();
    const std::vector<bool> able = able_threads(program, moves);
    if (moves.empty()) result.outcomes.insert(outcome_of(program, pending.world));

    for (std::size_t i = 0; i < able.size(); ++i) {
      if (pending.world.has_ended(static_cast<int>(i))) continue;
      if (!able[i] && !moves.empty()) result.someone_slept = true;
      if (able[i] && !pending.able_before.empty() && !pending.able_before[i]) {
        result.someone_woke = true;
      }
    }
    for (const Move& move : moves) {
      ++result.transitions;
      World next = pending.world;
      next.apply(move);
      if (!seen.insert(next.bytes()).second) continue;
      if (seen.size() > states_max) {
        result.is_complete = false;
        return result;
      }
      stack.push_back({std::move(next), able});
    }
  }
  return result;
}

std::set<std::vector<Value>> observed_values(const Exploration& exploration) {
  std::set<std::vector<Value>> values;
  for (const Outcome& outcome : exploration.outcomes) values.insert(outcome.observed);
  return values;
}

}  // namespace oracle
