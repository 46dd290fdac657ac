// Breadth-first search over all reachable states, and what it keeps for the answer.

#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/explore/check.h"
#include "sim/explore/components.h"
#include "sim/explore/edge_log.h"
#include "sim/explore/frontier.h"
#include "sim/explore/judge.h"
#include "sim/explore/parents.h"
#include "sim/explore/visited.h"
#include "sim/program/executor.h"

namespace wakesim {

// A finding and the run that shows it: the path to `state`, then `move` if the step itself failed.
struct FoundViolation {
  Finding finding;
  std::uint32_t state = 0;
  std::optional<Move> move;
  std::uint32_t depth = 0;
  std::vector<std::uint32_t> others;  // Further states of the same depth that show it.
};

class Search {
 public:
  enum class End : std::uint8_t { Complete, Violation, States, Memory, Time, Interrupted };

  Search(const Executor& executor, const Judge& judge, const CheckOptions& options);

  End run();

  // What run() found.
  std::uint64_t states() const { return visited_.size(); }
  std::uint64_t transitions() const { return transitions_; }
  std::uint32_t depth() const { return depth_; }
  bool bound_reached() const { return bound_reached_; }
  // Each property at most once, each with a shortest run.
  const std::vector<FoundViolation>& violations() const { return violations_; }
  const std::map<std::vector<std::int64_t>, std::uint32_t>& outcomes() const { return outcomes_; }
  // By property number: the first state in which a `sometimes` holds.
  const std::map<std::size_t, std::uint32_t>& witnesses() const { return witnesses_; }
  const std::vector<bool>& resting() const { return resting_; }
  std::uint64_t memory_bytes() const;
  double bytes_per_state() const;

  // A shortest path to one of the violation's states with the fewest preemptions among all such
  // paths, then the first in the order of actors.
  Schedule gentlest_path(const FoundViolation& violation) const;
  Schedule path_to(std::uint32_t state) const;
  std::vector<std::byte> state_at(std::uint32_t state) const;

  // After a complete run: judges what can happen for ever, if anything can.
  void judge_cycles();
  // After a complete run: nothing if the graph has cycles.
  std::optional<std::uint64_t> count_schedules();
  bool is_cyclic() const { return is_cyclic_; }

 private:
  struct Successor {
    std::byte* state = nullptr;
    Fingerprint key;
    Parent parent;
    bool is_in_loop = false;
    Fault fault = Fault::None;
  };
  static constexpr std::size_t kBatch = 16;

  void expand(const std::byte* state, std::uint32_t number);
  std::size_t expand_actor(const std::byte* state, std::uint32_t number, std::size_t actor);
  std::uint32_t take(const std::byte* state, std::uint32_t number, std::size_t actor,
                     std::uint32_t choice);
  void flush();
  void admit(const Successor& successor);
  void judge_new(const std::byte* state, std::uint32_t number);
  void judge_terminal(const std::byte* state, std::uint32_t number);
  void judge_timers_only(const std::byte* state, std::uint32_t number);
  void add_violation(Finding finding, std::uint32_t state, std::optional<Move> move);
  bool may_close_cycle(const std::byte* from, const Successor& successor) const;
  std::optional<End> limit_reached();
  StateGraph build_graph();
  void judge_bottom(const std::vector<std::uint32_t>& component);

  const Executor& executor_;
  const System& system_;
  const Judge& judge_;
  const CheckOptions& options_;
  const std::size_t bytes_;
  VisitedSet visited_;
  Parents parents_;
  Frontier current_;
  Frontier next_;
  std::unique_ptr<std::byte[]> arena_;  // States of the batch.
  std::vector<Successor> batch_;
  std::size_t batch_size_ = 0;
  std::uint32_t depth_ = 0;
  std::uint32_t level_end_ = 0;              // Number of the first state of the next level.
  std::vector<std::uint32_t> level_starts_;  // Number of the first state of each level.
  std::uint64_t transitions_ = 0;
  bool bound_reached_ = false;
  bool may_be_cyclic_ = false;
  EdgeLog loop_edges_;
  bool is_cyclic_ = false;
  std::vector<std::vector<std::uint32_t>> cycle_of_;  // By code, instruction: its loop, or 0.
  std::vector<FoundViolation> violations_;
  std::map<std::vector<std::int64_t>, std::uint32_t> outcomes_;
  std::map<std::size_t, std::uint32_t> witnesses_;
  std::vector<bool> resting_;  // By thread: a service asleep at the end of some run.
  std::uint64_t memory_peak_ = 0;
  std::uint64_t expanded_ = 0;
  double started_ = 0;
};

}  // namespace wakesim
