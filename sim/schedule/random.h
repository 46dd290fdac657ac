// Random schedules: at every step one of the enabled actors, all equally likely, takes one of its
// choices, all equally likely.

#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "sim/program/executor.h"
#include "sim/random.h"
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
  // What an actor's enabledness was when last asked, and what the answer rests on.
  struct Standing {
    ClassSet depends_on;
    bool is_enabled = false;
  };

  void ask(const std::byte* state, std::size_t actor);
  void ask_again(const std::byte* state, std::size_t stepped, const ClassSet& written);
  std::size_t pick();

  const Executor& executor_;
  RandomOptions options_;
  Invariants invariants_;
  Random random_;
  std::vector<Actor> actors_;
  std::vector<std::byte> initial_state_;
  StepRecord initial_record_;
  std::vector<Standing> initial_;
  std::size_t initial_enabled_ = 0;
  std::vector<Standing> standings_;
  std::size_t enabled_ = 0;  // How many are.
};

}  // namespace wakesim
