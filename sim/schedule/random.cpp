#include "sim/schedule/random.h"

namespace wakesim {

RandomStrategy::RandomStrategy(const Executor& executor, const RandomOptions& options)
    : executor_(executor),
      options_(options),
      invariants_(executor),
      random_(Random::of(options.seed, "schedule")),
      actors_(executor.actors()),
      initial_state_(executor.initial_state(initial_record_)),
      initial_(actors_.size()),
      standing_(actors_.size()) {
  for (std::size_t i = 0; i < actors_.size(); ++i) ask(initial_state_.data(), i);
  initial_ = standing_;
}

// Spurious wakes are possible at any time, but nobody may count on them: an execution ends where
// nothing else is possible.
void RandomStrategy::ask(const std::byte* state, std::size_t actor) {
  Footprint guard;
  const bool is_enabled = executor_.enabled(state, actors_[actor], &guard);
  standing_.depends_on[actor] = guard.reads;
  note(actor, is_enabled, !guard.reads.is_empty());
}

void RandomStrategy::note(std::size_t actor, bool is_enabled, bool is_dependent) {
  const bool was_enabled = standing_.enabled.has(actor);
  standing_.dependent.set(actor, is_dependent);
  if (is_enabled == was_enabled) return;
  standing_.enabled.set(actor, is_enabled);
  const std::uint32_t change = is_enabled ? 1 : ~std::uint32_t{0};
  standing_.possible += change;
  if (actors_[actor].kind != ActorKind::Spurious) standing_.lasting += change;
}

// The actor that stepped stands elsewhere in its program. Others can do what they could unless
// something was written that the answer rests on; so can a thread whose timer or buffer stepped,
// for what it reads is recorded like everything else.
void RandomStrategy::ask_again(const std::byte* state, std::size_t stepped,
                               const StepRecord& record) {
  const ClassSet& written = record.footprint.writes;
  if (record.goes_on) {
    note(stepped, true, false);
  } else {
    ask(state, stepped);
  }
  standing_.dependent.walk([&](std::size_t actor) {
    if (actor != stepped && standing_.depends_on[actor].intersects(written)) ask(state, actor);
    return true;
  });
}

std::size_t RandomStrategy::pick() {
  std::uint32_t before = standing_.possible == 1 ? 0 : random_.below(standing_.possible);
  std::size_t picked = 0;
  standing_.enabled.walk([&](std::size_t actor) {
    picked = actor;
    return before-- != 0;
  });
  return picked;
}

void RandomStrategy::take(Execution& execution) {
  execution.schedule.clear();
  execution.state.assign(initial_state_.begin(), initial_state_.end());
  execution.steps = 0;
  execution.end = Execution::End::Rest;
  execution.fault = initial_record_.fault;
  execution.fault_text = initial_record_.fault_text;
  execution.fault_pc = initial_record_.fault_pc;
  standing_ = initial_;

  std::byte* const state = execution.state.data();
  while (execution.fault == Fault::None && standing_.lasting > 0) {
    if (options_.steps_max != 0 && execution.steps == options_.steps_max) {
      execution.end = Execution::End::Bound;
      break;
    }
    const std::size_t actor = pick();
    StepRecord record;
    record.draw = static_cast<std::uint32_t>(random_.next() >> 32) | 1u << 31;
    executor_.step(state, {actors_[actor], 0}, record);
    ++execution.steps;
    const std::uint32_t choice = record.choices == 1 ? 0 : record.draw % record.choices;
    execution.schedule.push_back({actors_[actor], choice});
    if (record.fault != Fault::None) {
      execution.fault = record.fault;
      execution.fault_text = record.fault_text;
      execution.fault_pc = record.fault_pc;
    }
    execution.property = invariants_.broken_by(state);
    if (execution.property != Invariants::kNone) {
      execution.end = Execution::End::Broken;
      break;
    }
    ask_again(state, actor, record);
  }
  if (!execution.schedule.empty()) execution.last = execution.schedule.back().actor;
  const bool is_over = execution.end == Execution::End::Rest;
  if (is_over && execution.fault != Fault::None) execution.end = Execution::End::Fault;
}

}  // namespace wakesim
