#include "sim/explore/doomed.h"

#include <algorithm>

#include "sim/program/system.h"

namespace wakesim {
namespace {

bool has_armed_timer(const System& system, const std::byte* state, ThreadId thread) {
  return View(system, state, nullptr).run(thread).timer == 1;
}

}  // namespace

std::vector<ThreadId> doomed_threads(const Executor& executor, const std::byte* state) {
  const System& system = executor.system();
  const std::size_t count = system.thread_count();
  ClassSet live_writes;
  std::vector<ThreadId> blocked;
  std::vector<ClassSet> waits_on;  // What the answer "not enabled" depends on.
  for (std::size_t t = 0; t < count; ++t) {
    const auto thread = static_cast<ThreadId>(t);
    if (executor.has_ended(state, thread)) continue;
    Footprint guard;
    const bool is_interrupted = system.threads[t].is_interruptible &&
                                executor.enabled(state, {ActorKind::Interrupt, thread}, &guard);
    if (executor.enabled(state, {ActorKind::Thread, thread}, &guard) || is_interrupted) {
      live_writes.add_all(system.futures[t][executor.pc(state, thread)].footprint.writes);
      continue;
    }
    blocked.push_back(thread);
    waits_on.push_back(guard.reads);
  }
  // A buffered store will reach memory.
  if (system.buffer_capacity > 0) {
    for (std::size_t t = 0; t < count; ++t) {
      const auto thread = static_cast<ThreadId>(t);
      if (!executor.enabled(state, {ActorKind::Flush, thread})) continue;
      live_writes.fill();
    }
  }
  std::vector<bool> is_live(blocked.size());
  bool changed = true;
  while (changed) {
    changed = false;
    for (std::size_t i = 0; i < blocked.size(); ++i) {
      if (is_live[i]) continue;
      const bool can_go_on =
          waits_on[i].intersects(live_writes) || has_armed_timer(system, state, blocked[i]);
      if (!can_go_on) continue;
      is_live[i] = true;
      changed = true;
      const std::size_t t = index(blocked[i]);
      live_writes.add_all(system.futures[t][executor.pc(state, blocked[i])].footprint.writes);
    }
  }
  std::vector<ThreadId> doomed;
  for (std::size_t i = 0; i < blocked.size(); ++i) {
    const bool is_device = system.threads[index(blocked[i])].is_device;
    if (!is_live[i] && !is_device) doomed.push_back(blocked[i]);
  }
  return doomed;
}

std::uint32_t doomed_since(const Executor& executor, std::span<const Move> schedule,
                           ThreadId thread) {
  StepRecord initial;
  std::vector<std::byte> state = executor.initial_state(initial);
  std::uint32_t since = 0;
  for (std::size_t i = 0; i < schedule.size(); ++i) {
    StepRecord record;
    executor.step(state.data(), schedule[i], record);
    const auto doomed = doomed_threads(executor, state.data());
    if (std::find(doomed.begin(), doomed.end(), thread) == doomed.end()) {
      since = 0;
    } else if (since == 0) {
      since = static_cast<std::uint32_t>(i + 1);
    }
  }
  return since;
}

}  // namespace wakesim
