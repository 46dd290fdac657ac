// Among all shortest runs to a violation, one with the fewest preemptions.
//
// A second pass over the levels of the search keeps, for every state and every thread that may have
// run last, the fewest preemptions of a shortest path. Leaving a thread that could go on costs one.

#include <algorithm>
#include <cstring>
#include <limits>

#include "sim/explore/search.h"

namespace wakesim {
namespace {

// Above this the first shortest run is good enough.
constexpr std::uint32_t kStatesMax = 500'000;
constexpr std::uint16_t kUnreached = std::numeric_limits<std::uint16_t>::max();

// The best way to be in a state with a given thread last.
struct Best {
  std::uint16_t preemptions = kUnreached;
  std::uint16_t last_before = 0;
  std::uint16_t actor = 0;
  std::uint16_t choice = 0;
  std::uint32_t from = 0;
};

}  // namespace

Schedule Search::gentlest_path(const FoundViolation& violation) const {
  std::vector<std::uint32_t> targets = violation.others;
  targets.push_back(violation.state);
  std::sort(targets.begin(), targets.end());
  const std::uint32_t last = targets.back();
  if (last >= kStatesMax || violation.move.has_value()) return path_to(violation.state);

  const auto& actors = executor_.actors();
  const std::size_t lasts = system_.thread_count() + 1;  // The last index: nobody yet.
  std::vector<Best> best((last + 1) * lasts);
  best[lasts - 1].preemptions = 0;

  const auto level_of = [&](std::uint32_t number) {
    return std::upper_bound(level_starts_.begin(), level_starts_.end(), number) -
           level_starts_.begin();
  };
  const auto depth = level_of(targets.front());
  StepRecord initial;
  Frontier level(bytes_);
  Frontier following(bytes_);
  level.push(executor_.initial_state(initial).data());
  std::vector<std::byte> scratch(bytes_);
  std::uint32_t number = 0;
  std::uint32_t next_number = 1;
  for (std::ptrdiff_t current = 1; current < depth && level.size() > 0; ++current) {
    for (std::size_t i = 0; i < level.size(); ++i, ++number) {
      std::vector<bool> can_go_on(lasts);
      for (std::size_t t = 0; t + 1 < lasts; ++t) {
        can_go_on[t] = executor_.enabled(level[i], {ActorKind::Thread, static_cast<ThreadId>(t)});
      }
      for (std::size_t a = 0; a < actors.size(); ++a) {
        if (!executor_.enabled(level[i], actors[a])) continue;
        std::uint32_t choices = 1;
        for (std::uint32_t choice = 0; choice < choices; ++choice) {
          std::memcpy(scratch.data(), level[i], bytes_);
          StepRecord step;
          executor_.step(scratch.data(), {actors[a], choice}, step);
          choices = step.choices;
          const std::uint32_t to = visited_.find(fingerprint(scratch.data(), bytes_));
          if (to == next_number) {
            ++next_number;
            following.push(scratch.data());
          }
          if (to > last || level_of(to) != current + 1) continue;
          const bool is_thread = actors[a].kind == ActorKind::Thread;
          for (std::size_t before = 0; before < lasts; ++before) {
            const Best& known = best[number * lasts + before];
            if (known.preemptions == kUnreached) continue;
            const std::size_t after = is_thread ? index(actors[a].thread) : before;
            const bool preempts = is_thread && before != after && can_go_on[before];
            const auto cost = static_cast<std::uint16_t>(known.preemptions + (preempts ? 1 : 0));
            Best& place = best[to * lasts + after];
            if (cost >= place.preemptions) continue;
            place = {cost, static_cast<std::uint16_t>(before), static_cast<std::uint16_t>(a),
                     static_cast<std::uint16_t>(choice), number};
          }
        }
      }
    }
    level.clear();
    level.swap(following);
  }

  std::uint32_t state = violation.state;
  std::size_t thread = lasts - 1;
  std::uint16_t fewest = kUnreached;
  for (const std::uint32_t target : targets) {
    for (std::size_t t = 0; t < lasts; ++t) {
      if (best[target * lasts + t].preemptions >= fewest) continue;
      fewest = best[target * lasts + t].preemptions;
      state = target;
      thread = t;
    }
  }
  if (fewest == kUnreached) return path_to(violation.state);
  Schedule schedule;
  while (state != 0) {
    const Best& step = best[state * lasts + thread];
    schedule.push_back({actors[step.actor], step.choice});
    state = step.from;
    thread = step.last_before;
  }
  std::reverse(schedule.begin(), schedule.end());
  return schedule;
}

}  // namespace wakesim
