#include "sim/schedule/random.h"

#include <algorithm>
#include <cstring>

namespace wakesim {

RandomStrategy::RandomStrategy(const Executor& executor, const RandomOptions& options)
    : executor_(executor),
      options_(options),
      invariants_(executor),
      random_(Random::of(options.seed, "schedule")),
      actors_(executor.actors()),
      initial_state_(executor.initial_state(initial_record_)) {
  standings_.resize(actors_.size());
  for (std::size_t i = 0; i < actors_.size(); ++i) ask(initial_state_.data(), i);
  initial_ = standings_;
  initial_enabled_ = enabled_;
}

// Spurious wakes are possible at any time, but nobody may count on them: an execution ends where
// nothing else is possible, so they are not counted.
void RandomStrategy::ask(const std::byte* state, std::size_t actor) {
  Standing& standing = standings_[actor];
  Footprint guard;
  const bool was_enabled = standing.is_enabled;
  standing.is_enabled = executor_.enabled(state, actors_[actor], &guard);
  standing.depends_on = guard.reads;
  if (actors_[actor].kind == ActorKind::Spurious) return;
  enabled_ += standing.is_enabled ? 1 : 0;
  enabled_ -= was_enabled ? 1 : 0;
}

// The actor that stepped stands elsewhere in its program. Others can do what they could unless
// something was written that the answer rests on; so can a thread whose timer or buffer stepped,
// for what it reads is recorded like everything else.
void RandomStrategy::ask_again(const std::byte* state, std::size_t stepped,
                               const ClassSet& written) {
  for (std::size_t i = 0; i < actors_.size(); ++i) {
    if (i == stepped || standings_[i].depends_on.intersects(written)) ask(state, i);
  }
}

// Counts instead of looking for the actor: which one it is cannot be predicted, so a branch on it
// would cost more than the few additions.
std::size_t RandomStrategy::pick() {
  std::uint32_t possible = 0;
  for (const Standing& standing : standings_) possible += standing.is_enabled ? 1 : 0;
  const std::uint32_t chosen = possible == 1 ? 0 : random_.below(possible);
  std::uint32_t seen = 0;
  std::size_t before = 0;
  for (const Standing& standing : standings_) {
    seen += standing.is_enabled ? 1 : 0;
    before += seen <= chosen ? 1 : 0;
  }
  return before;
}

void RandomStrategy::take(Execution& execution) {
  execution.schedule.clear();
  execution.state.assign(initial_state_.begin(), initial_state_.end());
  execution.steps = 0;
  execution.end = Execution::End::Rest;
  execution.fault = initial_record_.fault;
  execution.fault_text = initial_record_.fault_text;
  execution.fault_pc = initial_record_.fault_pc;
  std::copy(initial_.begin(), initial_.end(), standings_.begin());
  enabled_ = initial_enabled_;

  std::byte* const state = execution.state.data();
  while (execution.fault == Fault::None && enabled_ > 0) {
    if (options_.steps_max != 0 && execution.steps == options_.steps_max) {
      execution.end = Execution::End::Bound;
      return;
    }
    const std::size_t actor = pick();
    StepRecord record;
    record.draw = static_cast<std::uint32_t>(random_.next() >> 32) | 1u << 31;
    executor_.step(state, {actors_[actor], 0}, record);
    ++execution.steps;
    const std::uint32_t choice = record.choices == 1 ? 0 : record.draw % record.choices;
    execution.schedule.push_back({actors_[actor], choice});
    execution.last = actors_[actor];
    execution.fault = record.fault;
    execution.fault_text = record.fault_text;
    execution.fault_pc = record.fault_pc;
    execution.property = invariants_.broken_by(state);
    if (execution.property != Invariants::kNone) {
      execution.end = Execution::End::Broken;
      return;
    }
    ask_again(state, actor, record.footprint.writes);
  }
  if (execution.fault != Fault::None) execution.end = Execution::End::Fault;
}

}  // namespace wakesim
