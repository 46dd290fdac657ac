// Random schedules: at every step one of the enabled actors, all equally likely, takes one of its
// choices, all equally likely.

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/program/executor.h"
#include "sim/random.h"
#include "sim/schedule/actor_set.h"
#include "sim/schedule/strategy.h"

namespace wakesim {

struct RandomOptions {
  std::uint64_t seed = 1;
  std::uint64_t steps_max = 1'000'000;  // Of one execution; 0: no bound.
};

class RandomStrategy : public Strategy {
 public:
  // The executor must outlive the strategy.
  RandomStrategy(const Executor& executor, const RandomOptions& options);

  void take(Execution& execution) override;

 private:
  // What the actors can do, and for those where that may change without a step of their own, what
  // the answer rests on.
  struct Standing {
    explicit Standing(std::size_t actors)
        : enabled(actors), dependent(actors), depends_on(actors) {}

    ActorSet enabled;
    ActorSet dependent;
    std::vector<ClassSet> depends_on;
    std::uint32_t possible = 0;  // How many are enabled,
    std::uint32_t lasting = 0;   // and of them those that are no spurious wakes.
  };

  void ask(const std::byte* state, std::size_t actor);
  void note(std::size_t actor, bool is_enabled, bool is_dependent);
  void ask_again(const std::byte* state, std::size_t stepped, const StepRecord& record);
  std::size_t pick();

  const Executor& executor_;
  RandomOptions options_;
  Invariants invariants_;
  Random random_;
  std::vector<Actor> actors_;
  std::vector<std::byte> initial_state_;
  StepRecord initial_record_;
  Standing initial_;
  Standing standing_;
};

}  // namespace wakesim
