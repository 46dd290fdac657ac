#include "sim/explore/check.h"

#include <algorithm>
#include <chrono>
#include <cmath>

#include "sim/explore/doomed.h"
#include "sim/explore/search.h"
#include "sim/explore/sleepers.h"
#include "sim/explore/vain_requests.h"
#include "sim/program/analysis.h"
#include "sim/program/result_text.h"
#include "sim/schedule/token.h"
#include "sim/trace/recorder.h"

namespace wakesim {
namespace {

// What the search may have run into without stopping. Models bound what calls can open, and what
// nobody reads.
std::string bounds_of(const System& system) {
  std::string text;
  const auto add = [&text](const std::string& bound) {
    text += (text.empty() ? "" : ", or ") + bound;
  };
  if (system.buffer_capacity > 0 && !system.buffer_is_exact) {
    add("store buffers of " + std::to_string(system.buffer_capacity) + " entries");
  }
  const bool is_counted =
      std::any_of(system.codes.begin(), system.codes.end(),
                  [](const Code& code) { return code.call_counter != kNoLocal; });
  if (is_counted) add(std::to_string(kCallsCountedMax) + " system calls counted of a thread");
  return text.empty()
             ? "what the models bound: descriptors that calls open, unread expirations of a timer"
             : text;
}

class Check {
 public:
  Check(const System& system, const Judge& judge, const CheckOptions& options)
      : system_(system), judge_(judge), options_(options) {
    const bool raw = options.reduction == Reduction::Raw;
    ExecutorOptions executing;
    executing.collapse = options.collapse && !raw;
    executing.dead_data = options.dead_data && !raw;
    for (const Code& code : system.codes) coverage_.emplace_back(code.statements.size());
    executing.coverage = &coverage_;
    executor_ = std::make_unique<Executor>(system, executing);
    // Traces keep locals that nobody will read again: a person reads them.
    executing.coverage = nullptr;
    executing.dead_data = false;
    telling_ = std::make_unique<Executor>(system, executing);
    search_ = std::make_unique<Search>(*executor_, judge, options_);
  }

  CheckResult run() {
    const auto started = std::chrono::steady_clock::now();
    const Search::End end = search_->run();
    if (end == Search::End::Complete) search_->judge_cycles();
    describe(end);
    const std::chrono::duration<double> spent = std::chrono::steady_clock::now() - started;
    result_.statistics.seconds = spent.count();
    result_.statistics.memory_bytes = search_->memory_bytes();
    result_.statistics.bytes_per_state = search_->bytes_per_state();
    return std::move(result_);
  }

 private:
  void describe(Search::End end) {
    result_.states = search_->states();
    result_.transitions = search_->transitions();
    result_.depth = search_->depth();
    // A search that stops at a violation is as deep as its run.
    if (end == Search::End::Violation) result_.depth = violation_depth();
    result_.memory = system_.memory == MemoryModel::Tso ? "tso" : "sc";
    result_.complete = end == Search::End::Complete;
    if (executor_collapse()) result_.reductions.push_back("collapse");
    if (executor_dead_data()) result_.reductions.push_back("dead-data");
    add_omission();
    if (options_.has_outcomes) add_outcomes();
    add_witnesses(end);
    add_services();
    if (result_.complete) add_coverage();
    if (options_.count_schedules && result_.complete) {
      result_.schedules = search_->count_schedules();
      result_.schedules_infinite = !result_.schedules.has_value();
    }
    add_violations();
    settle(end);
    if (result_.memory == "sc" && result_.verdict == Verdict::Proved) add_store_buffer_note();
    for (std::string& note : vain_requests(system_)) result_.notes.push_back(std::move(note));
  }

  std::uint32_t violation_depth() const {
    std::size_t depth = search_->depth();
    for (const FoundViolation& violation : search_->violations()) {
      const std::size_t steps = search_->path_to(violation.state).size();
      depth = std::min(depth, steps + (violation.move ? 1 : 0));
    }
    return static_cast<std::uint32_t>(depth);
  }

  bool executor_collapse() const {
    return options_.reduction != Reduction::Raw && options_.collapse;
  }
  bool executor_dead_data() const {
    return options_.reduction != Reduction::Raw && options_.dead_data;
  }

  void add_omission() {
    const double states = static_cast<double>(search_->states());
    const double odds = states * states / std::pow(2.0, 129);
    char text[96];
    std::snprintf(text, sizeof(text), "128-bit fingerprints, odds of an omission below %.0e",
                  std::max(odds, 1e-38));
    result_.omission = text;
  }

  // A local alone is shown as what it is; anything else is a number.
  std::string shown(const CompiledObservation& observation, std::int64_t value) const {
    const Instruction& first = system_.expressions[observation.code].instructions[0];
    const bool is_local = first.op == Op::ThreadLocal &&
                          system_.expressions[observation.code].instructions[1].op == Op::End;
    if (!is_local) return std::to_string(value);
    const Code& code = system_.code_of(static_cast<ThreadId>(first.b));
    return local_text(system_, code.locals[first.a], value);
  }

  void add_outcomes() {
    for (const auto& [values, state] : search_->outcomes()) {
      Outcome outcome;
      for (std::size_t i = 0; i < values.size(); ++i) {
        outcome.values.emplace_back(system_.observations[i].key, values[i]);
        outcome.shown.push_back(shown(system_.observations[i], values[i]));
      }
      outcome.token = write_token(*executor_, search_->path_to(state));
      result_.outcomes.push_back(std::move(outcome));
    }
  }

  void add_witnesses(Search::End end) {
    for (std::size_t i = 0; i < system_.properties.size(); ++i) {
      const CompiledProperty& property = system_.properties[i];
      if (property.kind != ast::Property::Kind::Sometimes) continue;
      if (!judge_.applies(system_, property.name, nullptr)) continue;
      const auto found = search_->witnesses().find(i);
      Witness witness{property.name, property.text, found != search_->witnesses().end(), {}};
      if (witness.reached) witness.token = write_token(*executor_, search_->path_to(found->second));
      // Never reached by any execution: the property is broken, but there is no run to show.
      if (!witness.reached && end == Search::End::Complete) unreached_.push_back(i);
      result_.witnesses.push_back(std::move(witness));
    }
  }

  void add_services() {
    for (std::size_t t = 0; t < system_.thread_count(); ++t) {
      if (search_->resting()[t] && !system_.threads[t].is_device)
        result_.resting_services.push_back(system_.threads[t].name);
    }
  }

  void add_coverage() {
    for (std::size_t c = 0; c < system_.codes.size(); ++c) {
      const Code& code = system_.codes[c];
      std::string thread;
      bool is_written = true;
      for (const ThreadInfo& info : system_.threads) {
        if (info.code != c) continue;
        if (thread.empty()) thread = info.group;
        is_written = !info.is_device;
      }
      if (!is_written) continue;
      // A line of a function inlined twice counts once: it is covered if either copy ran.
      std::vector<std::pair<Location, bool>> seen;
      for (std::size_t s = 0; s < code.statements.size(); ++s) {
        const Statement& statement = code.statements[s];
        // Nobody has to use every line of an include.
        if (statement.where.line == 0 || statement.where.file != 0) continue;
        if (!is_marked(code, s)) continue;
        auto known = std::find_if(seen.begin(), seen.end(),
                                  [&](const auto& item) { return item.first == statement.where; });
        if (known == seen.end()) known = seen.insert(seen.end(), {statement.where, false});
        known->second = known->second || coverage_[c][s] != 0;
      }
      for (const auto& [where, reached] : seen) {
        ++result_.lines;
        if (reached) ++result_.lines_reached;
        if (!reached) result_.unreached.push_back({thread, where, text_at(code, where)});
      }
    }
  }

  // Statements without an instruction of their own cannot be marked.
  static bool is_marked(const Code& code, std::size_t statement) {
    for (std::size_t pc = 0; pc < code.instructions.size(); ++pc) {
      if (code.statement_of[pc] == statement && (code.instructions[pc].flags & kStatement) != 0) {
        return true;
      }
    }
    return false;
  }

  static std::string text_at(const Code& code, const Location& where) {
    for (const Statement& statement : code.statements) {
      if (statement.where == where) return statement.text;
    }
    return {};
  }

  void add_violations() {
    std::vector<FoundViolation> found = search_->violations();
    std::stable_sort(found.begin(), found.end(), [](const auto& a, const auto& b) {
      return headline_rank(a.finding.property) < headline_rank(b.finding.property);
    });
    for (std::size_t i = 0; i < found.size(); ++i) {
      Schedule schedule =
          i == 0 ? search_->gentlest_path(found[i]) : search_->path_to(found[i].state);
      if (found[i].move) schedule.push_back(*found[i].move);
      Recording recording = record(*telling_, schedule);
      WAKESIM_ASSERT(recording.moves_taken == schedule.size());
      recording.trace.token = write_token(*executor_, schedule);
      Violation violation = judge_.describe(*telling_, recording.final_state.data(),
                                            found[i].finding, recording.trace);
      if (is_about_waiting(found[i].finding)) {
        violation.doomed_at = doomed_since(*executor_, schedule, found[i].finding.thread);
      }
      result_.violations.push_back(std::move(violation));
      if (i != 0) continue;
      result_.sleepers = sleepers_of(*executor_, recording.final_state.data());
      result_.counterexample = std::move(recording.trace);
    }
    for (const std::size_t i : unreached_) {
      const CompiledProperty& property = system_.properties[i];
      Violation violation;
      violation.property = property.name;
      violation.where = property.where;
      violation.sentence = "no execution ever reaches `" + property.text + "`";
      violation.cause = "Every reachable state was visited; the condition holds in none of them.";
      result_.violations.push_back(std::move(violation));
    }
  }

  void settle(Search::End end) {
    if (!result_.violations.empty()) {
      result_.verdict = Verdict::Violated;
      return;
    }
    if (end == Search::End::Complete) {
      result_.verdict = search_->bound_reached() ? Verdict::Bounded : Verdict::Proved;
      if (result_.verdict == Verdict::Bounded) {
        result_.bound = bounds_of(system_);
      }
      return;
    }
    result_.verdict = Verdict::Unknown;
    const std::string reached =
        std::to_string(search_->states()) + " states, depth " + std::to_string(search_->depth());
    switch (end) {
      case Search::End::States:
        result_.bound = "--max-states " + std::to_string(options_.states_max);
        result_.advice = "--max-states " + std::to_string(options_.states_max * 10);
        break;
      case Search::End::Memory:
        result_.bound = "--max-memory";
        result_.advice = "--max-states " + std::to_string(search_->states());
        break;
      case Search::End::Time:
        result_.bound = "--time";
        result_.advice = "--max-states " + std::to_string(search_->states());
        break;
      case Search::End::Interrupted:
        result_.bound = "interrupted";
        break;
      case Search::End::Complete:
      case Search::End::Violation:
        break;
    }
    result_.notes.push_back("covered so far: " + reached + ", nothing wrong found");
  }

  // Under sc: lines where a store buffer could matter, which is what `memory: tso` would show.
  void add_store_buffer_note() {
    std::vector<std::uint32_t> lines;
    for (const Code& code : system_.codes) {
      bool stores = false;
      for (const Instruction& in : code.instructions) stores |= (in.flags & kBuffers) != 0;
      if (!stores) continue;
      for (std::size_t pc = 0; pc < code.instructions.size(); ++pc) {
        if ((code.instructions[pc].flags & kBuffers) == 0) continue;
        if (!load_may_follow(code, static_cast<std::uint16_t>(pc))) continue;
        lines.push_back(code.statements[code.statement_of[pc]].where.line);
      }
    }
    std::sort(lines.begin(), lines.end());
    lines.erase(std::unique(lines.begin(), lines.end()), lines.end());
    if (lines.empty()) return;
    std::string text = "memory sc: a store buffer could delay the store in line";
    if (lines.size() > 1) text += "s";
    for (std::size_t i = 0; i < lines.size(); ++i) {
      text += (i == 0 ? " " : ", ") + std::to_string(lines[i]);
    }
    result_.notes.push_back(text + "; --memory tso checks that");
  }

  // A plain load may come before the buffer is drained.
  static bool load_may_follow(const Code& code, std::uint16_t store) {
    std::vector<bool> seen(code.instructions.size());
    std::vector<std::uint16_t> todo = successors(code, store);
    while (!todo.empty()) {
      const std::uint16_t pc = todo.back();
      todo.pop_back();
      if (seen[pc]) continue;
      seen[pc] = true;
      const Instruction& in = code.instructions[pc];
      if ((in.flags & kDrains) != 0) continue;
      if (in.op == Op::Load) return true;
      for (const std::uint16_t next : successors(code, pc)) todo.push_back(next);
    }
    return false;
  }

  const System& system_;
  const Judge& judge_;
  CheckOptions options_;
  std::vector<std::vector<std::uint8_t>> coverage_;
  std::unique_ptr<Executor> executor_;
  std::unique_ptr<Executor> telling_;
  std::unique_ptr<Search> search_;
  std::vector<std::size_t> unreached_;
  CheckResult result_;
};

}  // namespace

std::string_view verdict_name(Verdict verdict) {
  switch (verdict) {
    case Verdict::Proved:
      return "proved";
    case Verdict::Bounded:
      return "bounded";
    case Verdict::Sampled:
      return "sampled";
    case Verdict::Violated:
      return "violated";
    case Verdict::Unknown:
      return "unknown";
  }
  return "unknown";
}

CheckResult check(const System& system, const Judge& judge, const CheckOptions& options) {
  CheckOptions effective = options;
  // Outcomes are only complete when the graph is.
  if (options.has_outcomes && !system.observations.empty()) effective.whole_graph = true;
  return Check(system, judge, effective).run();
}

}  // namespace wakesim
