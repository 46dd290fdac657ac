// Exhaustive search: every execution of a scenario, breadth first.

#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>

#include "sim/explore/judge.h"
#include "sim/explore/result.h"
#include "sim/program/system.h"

namespace wakesim {

enum class Reduction : std::uint8_t {
  None,  // The canonical graph: local steps collapsed, dead data cleared.
  Raw,   // Neither.
};

// What a search that is still running says about itself.
struct SearchProgress {
  std::uint64_t states = 0;
  std::uint64_t transitions = 0;
  std::uint64_t frontier = 0;
  std::uint32_t depth = 0;
};

struct CheckOptions {
  Reduction reduction = Reduction::None;
  bool collapse = true;  // With Reduction::None; tests switch them off one by one.
  bool dead_data = true;
  bool whole_graph = false;      // Go on after a violation (--all).
  bool has_outcomes = true;      // Collect those of `observe:`, which takes the whole graph.
  std::uint64_t states_max = 0;  // 0: no limit.
  std::uint64_t memory_max = 0;  // Bytes; 0: no limit.
  double seconds_max = 0;        // 0: no limit.
  std::uint64_t presize = 0;     // Expected number of states.
  bool count_schedules = false;
  bool verify_footprints = false;  // Checks every step against its footprint; slow.
  const std::atomic<bool>* interrupted = nullptr;
  std::function<void(const SearchProgress&)> progress;  // Called now and then.
};

CheckResult check(const System& system, const Judge& judge, const CheckOptions& options);

}  // namespace wakesim
