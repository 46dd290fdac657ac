#include "sim/explore/search.h"

#include <algorithm>
#include <chrono>
#include <cstring>

#include "sim/explore/doomed.h"
#include "sim/explore/loops.h"
#include "sim/explore/verify.h"

namespace wakesim {
namespace {

// How often limits, interrupts and progress are looked at, in expanded states.
constexpr std::uint64_t kLookEvery = 4096;

double now() {
  using Clock = std::chrono::steady_clock;
  return std::chrono::duration<double>(Clock::now().time_since_epoch()).count();
}

}  // namespace

Search::Search(const Executor& executor, const Judge& judge, const CheckOptions& options)
    : executor_(executor),
      system_(executor.system()),
      judge_(judge),
      options_(options),
      bytes_(system_.layout.bytes),
      visited_(options.presize),
      current_(bytes_),
      next_(bytes_),
      arena_(std::make_unique<std::byte[]>(kBatch * bytes_)),
      batch_(kBatch),
      resting_(system_.thread_count()) {
  for (std::size_t i = 0; i < kBatch; ++i) batch_[i].state = arena_.get() + i * bytes_;
  for (const Code& code : system_.codes) cycle_of_.push_back(endless_loops(code));
}

Search::End Search::run() {
  started_ = now();
  StepRecord record;
  const std::vector<std::byte> initial = executor_.initial_state(record);
  visited_.insert(fingerprint(initial.data(), bytes_));
  parents_.push({});
  current_.push(initial.data());
  if (record.fault != Fault::None) {
    add_violation({record.fault == Fault::FailedAssert ? "no-failed-assert" : "no-invalid-use"}, 0,
                  std::nullopt);
  }
  judge_new(initial.data(), 0);
  std::uint32_t first = 0;  // Number of the first state of the level.
  while (current_.size() > 0) {
    level_starts_.push_back(first);
    level_end_ = visited_.size();
    for (std::size_t i = 0; i < current_.size(); ++i) {
      expand(current_[i], first + static_cast<std::uint32_t>(i));
      if (++expanded_ % kLookEvery != 0 && options_.states_max == 0) continue;
      if (const auto end = limit_reached()) return *end;
    }
    flush();
    first = level_end_;
    current_.clear();
    current_.swap(next_);
    memory_peak_ = std::max(memory_peak_, memory_bytes());
    // The last level has no successors; its states are as deep as it gets.
    if (current_.size() > 0) ++depth_;
    if (!violations_.empty() && !options_.whole_graph) return End::Violation;
  }
  return End::Complete;
}

std::optional<Search::End> Search::limit_reached() {
  if (options_.states_max != 0 && visited_.size() > options_.states_max) return End::States;
  if (expanded_ % kLookEvery != 0) return std::nullopt;
  if (options_.interrupted != nullptr && options_.interrupted->load()) return End::Interrupted;
  if (options_.seconds_max > 0 && now() - started_ > options_.seconds_max) return End::Time;
  if (options_.memory_max != 0 && memory_bytes() > options_.memory_max) return End::Memory;
  if (options_.progress) {
    options_.progress({visited_.size(), transitions_, current_.size() + next_.size(), depth_});
  }
  return std::nullopt;
}

std::uint64_t Search::memory_bytes() const {
  return std::max(memory_peak_, visited_.memory_bytes() + parents_.memory_bytes() +
                                    loop_edges_.memory_bytes() + current_.memory_bytes() +
                                    next_.memory_bytes());
}

double Search::bytes_per_state() const {
  const double kept = static_cast<double>(visited_.memory_bytes() + parents_.memory_bytes() +
                                          loop_edges_.memory_bytes());
  return kept / static_cast<double>(std::max<std::uint32_t>(1, visited_.size()));
}

// ---- Expansion ----------------------------------------------------------------------------------

void Search::expand(const std::byte* state, std::uint32_t number) {
  const auto& actors = executor_.actors();
  std::size_t enabled = 0;
  bool only_timers = true;
  for (std::size_t i = 0; i < actors.size(); ++i) {
    const std::size_t taken = expand_actor(state, number, i);
    if (taken == 0) continue;
    const ActorKind kind = actors[i].kind;
    // A spurious wake may or may not come: nobody can count on it.
    if (kind == ActorKind::Spurious) continue;
    enabled += taken;
    only_timers = only_timers && kind == ActorKind::Timer;
  }
  if (enabled == 0) judge_terminal(state, number);
  if (enabled != 0 && only_timers) judge_timers_only(state, number);
}

std::size_t Search::expand_actor(const std::byte* state, std::uint32_t number, std::size_t actor) {
  if (!executor_.enabled(state, executor_.actors()[actor])) return 0;
  const std::uint32_t choices = take(state, number, actor, 0);
  for (std::uint32_t choice = 1; choice < choices; ++choice) take(state, number, actor, choice);
  return choices;
}

// Returns how many choices the step has.
std::uint32_t Search::take(const std::byte* state, std::uint32_t number, std::size_t actor,
                           std::uint32_t choice) {
  Successor& successor = batch_[batch_size_++];
  std::memcpy(successor.state, state, bytes_);
  StepRecord record;
  const Move move{executor_.actors()[actor], choice};
  executor_.step(successor.state, move, record);
  successor.key = fingerprint(successor.state, bytes_);
  visited_.prefetch_slot(successor.key);
  successor.parent = {number, static_cast<std::uint16_t>(actor),
                      static_cast<std::uint16_t>(choice)};
  successor.fault = record.fault;
  successor.is_in_loop = may_close_cycle(state, successor);
  ++transitions_;
  bound_reached_ |= record.bound_reached;
  if (options_.verify_footprints) {
    verify_step(executor_, state, successor.state, move, record);
  }
  if (batch_size_ == kBatch) flush();
  return record.choices;
}

void Search::flush() {
  for (std::size_t i = 0; i < batch_size_; ++i) visited_.prefetch_rest(batch_[i].key);
  for (std::size_t i = 0; i < batch_size_; ++i) admit(batch_[i]);
  batch_size_ = 0;
}

void Search::admit(const Successor& successor) {
  if (successor.fault != Fault::None) {
    const bool is_assert = successor.fault == Fault::FailedAssert;
    const Actor actor = executor_.actors()[successor.parent.actor];
    add_violation({is_assert ? "no-failed-assert" : "no-invalid-use", actor.thread, true},
                  successor.parent.state, Move{actor, successor.parent.choice});
  }
  const VisitedSet::Found found = visited_.insert(successor.key);
  if (found.is_new) {
    parents_.push(successor.parent);
    next_.push(successor.state);
    if (!system_.properties.empty()) judge_new(successor.state, found.number);
  }
  if (!successor.is_in_loop) return;
  loop_edges_.add(successor.parent.state, found.number);
  may_be_cyclic_ = may_be_cyclic_ || found.number < level_end_;
}

// Every cycle has an edge that leads back to this level or an earlier one, and all its edges stay
// inside loops that are not counted (or inside one call).
bool Search::may_close_cycle(const std::byte* from, const Successor& successor) const {
  const Actor actor = executor_.actors()[successor.parent.actor];
  if (actor.kind != ActorKind::Thread) return true;
  // A handler or a call that is made again may lead back to any line.
  if (system_.threads[index(actor.thread)].is_interruptible) return true;
  const std::uint16_t before = executor_.pc(from, actor.thread);
  const std::uint16_t after = executor_.pc(successor.state, actor.thread);
  if (before == after && executor_.in_call(successor.state, actor.thread)) return true;
  const auto& loops = cycle_of_[system_.threads[index(actor.thread)].code];
  return loops[before] != 0 && loops[before] == loops[after];
}

// ---- Judging ------------------------------------------------------------------------------------

void Search::add_violation(Finding finding, std::uint32_t state, std::optional<Move> move) {
  const ThreadId* thread = finding.has_thread ? &finding.thread : nullptr;
  if (!judge_.applies(system_, finding.property, thread)) return;
  constexpr std::size_t kOthersMax = 4096;
  for (FoundViolation& known : violations_) {
    if (known.finding.property != finding.property) continue;
    const bool is_alike = known.depth == depth_ && known.finding.thread == finding.thread;
    if (is_alike && !move && !known.move && known.others.size() < kOthersMax) {
      known.others.push_back(state);
    }
    return;
  }
  violations_.push_back({std::move(finding), state, move, depth_, {}});
}

void Search::judge_new(const std::byte* state, std::uint32_t number) {
  for (std::size_t i = 0; i < system_.properties.size(); ++i) {
    const CompiledProperty& property = system_.properties[i];
    using Kind = ast::Property::Kind;
    if (property.kind == Kind::Finally) continue;
    if (property.kind == Kind::Sometimes && witnesses_.count(i) != 0) continue;
    const bool holds = executor_.evaluate(state, system_.expressions[property.code]) != 0;
    if (property.kind == Kind::Sometimes && holds) witnesses_.emplace(i, number);
    if (property.kind == Kind::Always && !holds) add_violation({property.name}, number, {});
    if (property.kind == Kind::Never && holds) add_violation({property.name}, number, {});
  }
}

void Search::judge_terminal(const std::byte* state, std::uint32_t number) {
  for (std::size_t i = 0; i < system_.properties.size(); ++i) {
    const CompiledProperty& property = system_.properties[i];
    if (property.kind != ast::Property::Kind::Finally) continue;
    if (executor_.evaluate(state, system_.expressions[property.code]) != 0) continue;
    add_violation({property.name}, number, {});
  }
  if (!system_.observations.empty()) {
    std::vector<std::int64_t> values;
    for (const CompiledObservation& observation : system_.observations) {
      values.push_back(executor_.evaluate(state, system_.expressions[observation.code]));
    }
    outcomes_.emplace(std::move(values), number);
  }
  std::vector<ThreadId> blocked;
  for (std::size_t t = 0; t < system_.thread_count(); ++t) {
    const auto thread = static_cast<ThreadId>(t);
    if (executor_.has_ended(state, thread)) continue;
    blocked.push_back(thread);
    if (system_.threads[t].is_service) resting_[t] = true;
  }
  for (Finding& finding : judge_.at_rest(executor_, state, blocked, Occasion::Rest)) {
    add_violation(std::move(finding), number, {});
  }
}

void Search::judge_timers_only(const std::byte* state, std::uint32_t number) {
  for (Finding& finding : judge_.at_rest(executor_, state, {}, Occasion::TimersOnly)) {
    add_violation(std::move(finding), number, {});
  }
}

// ---- Cycles -------------------------------------------------------------------------------------

// The states are gone, so the graph is walked once more; every state has a number by now.
StateGraph Search::build_graph() {
  StateGraph graph;
  graph.offsets.reserve(visited_.size() + 1u);
  StepRecord record;
  Frontier level(bytes_);
  Frontier following(bytes_);
  level.push(executor_.initial_state(record).data());
  std::vector<std::byte> scratch(bytes_);
  std::uint32_t next_number = 1;
  while (level.size() > 0) {
    for (std::size_t i = 0; i < level.size(); ++i) {
      graph.offsets.push_back(graph.targets.size());
      for (const Actor actor : executor_.actors()) {
        if (!executor_.enabled(level[i], actor)) continue;
        std::uint32_t choices = 1;
        for (std::uint32_t choice = 0; choice < choices; ++choice) {
          std::memcpy(scratch.data(), level[i], bytes_);
          StepRecord step;
          executor_.step(scratch.data(), {actor, choice}, step);
          choices = step.choices;
          const std::uint32_t number = visited_.find(fingerprint(scratch.data(), bytes_));
          WAKESIM_ASSERT(number != VisitedSet::kAbsent);
          graph.targets.push_back(number);
          // States come in the order of their numbers, as they did the first time.
          if (number != next_number) continue;
          ++next_number;
          following.push(scratch.data());
        }
      }
    }
    level.clear();
    level.swap(following);
  }
  graph.offsets.push_back(graph.targets.size());
  return graph;
}

void Search::judge_cycles() {
  if (!may_be_cyclic_ || !has_cycle(loop_edges_.graph(visited_.size()))) return;
  const Components components = find_components(build_graph());
  is_cyclic_ = components.has_cycle;
  for (const auto& component : components.bottom) judge_bottom(component);
}

// Somebody runs for ever here and nobody can leave. Who is blocked in every state of the component
// is doomed, and what is wrong must be wrong in each of them: in one state another thread may be
// about to consume what a sleeper waits for.
void Search::judge_bottom(const std::vector<std::uint32_t>& component) {
  std::vector<ThreadId> blocked;
  for (std::size_t t = 0; t < system_.thread_count(); ++t) {
    blocked.push_back(static_cast<ThreadId>(t));
  }
  for (const std::uint32_t number : component) {
    const std::vector<std::byte> state = state_at(number);
    std::erase_if(blocked,
                  [&](ThreadId thread) { return !executor_.is_blocked(state.data(), thread); });
    if (blocked.empty()) break;
  }
  std::vector<Finding> common;
  bool is_first = true;
  bool finally_broken = false;
  for (const std::uint32_t number : component) {
    const std::vector<std::byte> state = state_at(number);
    std::vector<Finding> here = judge_.at_rest(executor_, state.data(), blocked, Occasion::Bottom);
    if (is_first) {
      common = std::move(here);
      is_first = false;
    } else {
      std::erase_if(common, [&](const Finding& finding) {
        return std::none_of(here.begin(), here.end(), [&](const Finding& other) {
          return other.property == finding.property && other.thread == finding.thread;
        });
      });
    }
    if (common.empty() && !finally_broken) break;
  }
  for (Finding& finding : common) add_violation(std::move(finding), component.front(), {});
  // A doomed thread whose condition comes and goes is stuck all the same.
  for (const ThreadId thread : blocked) {
    if (system_.threads[index(thread)].is_service) {
      resting_[index(thread)] = true;
      continue;
    }
    const bool is_said = std::any_of(violations_.begin(), violations_.end(), [&](const auto& v) {
      return is_about_waiting(v.finding) && v.finding.thread == thread;
    });
    if (!is_said) add_violation({"no-stuck-thread", thread, true}, component.front(), {});
  }
}

std::optional<std::uint64_t> Search::count_schedules() { return count_paths(build_graph()); }

// ---- Paths --------------------------------------------------------------------------------------

Schedule Search::path_to(std::uint32_t state) const {
  Schedule schedule;
  while (state != 0) {
    const Parent& parent = parents_[state];
    schedule.push_back({executor_.actors()[parent.actor], parent.choice});
    state = parent.state;
  }
  std::reverse(schedule.begin(), schedule.end());
  return schedule;
}

std::vector<std::byte> Search::state_at(std::uint32_t number) const {
  StepRecord initial;
  std::vector<std::byte> state = executor_.initial_state(initial);
  for (const Move& move : path_to(number)) {
    StepRecord record;
    executor_.step(state.data(), move, record);
  }
  return state;
}

}  // namespace wakesim
