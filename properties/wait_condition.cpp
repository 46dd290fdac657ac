#include "properties/wait_condition.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "sim/program/system.h"

namespace wakesim {
namespace {

// Steps that a thread may take alone before a probe gives up: it neither sleeps nor leaves.
constexpr int kStepsMax = 10'000;

enum class Alone : std::uint8_t { Left, Ended, Asleep, Endless };

// Runs the thread and nobody else (its own store buffer drains when that holds it up).
Alone run_alone(const Executor& executor, std::byte* state, ThreadId thread, StepRecord& record) {
  const Actor self{ActorKind::Thread, thread};
  const Actor flush{ActorKind::Flush, thread};
  for (int i = 0; i < kStepsMax; ++i) {
    if (record.left_region) return Alone::Left;
    if (executor.has_ended(state, thread)) return Alone::Ended;
    const bool buffers = executor.system().buffer_capacity > 0;
    if (executor.enabled(state, self)) {
      record.choices = 1;
      executor.step(state, {self, 0}, record);
    } else if (buffers && executor.enabled(state, flush)) {
      executor.step(state, {flush, 0}, record);
    } else {
      return Alone::Asleep;
    }
  }
  return Alone::Endless;
}

// What let the thread leave its loop.
std::string condition_text(const Executor& executor, ThreadId thread, const StepRecord& record) {
  const Code& code = executor.system().code_of(thread);
  for (const ExitReason& reason : code.exits) {
    if (reason.jump == record.left_at) return reason.text;
  }
  return "nothing keeps it in its loop";
}

// The innermost region of a kind that encloses the instruction.
const WaitRegion* innermost(const Code& code, std::uint16_t pc, WaitRegion::Kind kind) {
  const WaitRegion* result = nullptr;
  for (const WaitRegion& region : code.regions) {
    if (pc < region.begin || pc >= region.end || region.kind != kind) continue;
    const bool is_wait_loop = region.has_exit && !region.is_counted;
    if (kind == WaitRegion::Kind::WaitsFor || is_wait_loop) result = &region;
  }
  return result;
}

// poll and select: the call itself says what it waits for.
bool names_what_it_watches(const CallRow& row) {
  return row.result == ResultShape::List &&
         std::any_of(row.parameters.begin(), row.parameters.end(), [](const Parameter& parameter) {
           return parameter.type == ParameterType::Pairs;
         });
}

class Question {
 public:
  Question(const Executor& executor, const std::byte* state, ThreadId thread)
      : executor_(executor),
        system_(executor.system()),
        state_(state),
        thread_(thread),
        copy_(state, state + system_.layout.bytes) {}

  std::optional<WaitCondition> waits_for() const {
    const Code& code = system_.code_of(thread_);
    const WaitRegion* region =
        innermost(code, executor_.pc(state_, thread_), WaitRegion::Kind::WaitsFor);
    if (region == nullptr) return std::nullopt;
    const bool holds = executor_.evaluate_at(state_, thread_, region->condition) != 0;
    return WaitCondition{holds, region->text};
  }

  std::optional<WaitCondition> own_condition(const CallSite& site) const {
    if (site.row->condition == nullptr) return std::nullopt;
    const View view(system_, state_, nullptr);
    const std::byte* frame = executor_.frame(state_, thread_);
    return WaitCondition{site.row->condition(view, frame), ready_text(site)};
  }

  // Of a call that says what it watches: is something there that it must report?
  std::optional<WaitCondition> is_there(const CallSite& site) const {
    if (site.row->ready == nullptr) {
      return names_what_it_watches(*site.row) ? looks_again(site) : std::nullopt;
    }
    const std::string name = find_ready(Watched::MustReport);
    return name.empty() ? std::nullopt : std::optional(WaitCondition{true, name + " is ready"});
  }

  // Is something there whose edge it has reported, or missed? A service that has done all it wanted
  // with that may rest.
  std::optional<WaitCondition> had_an_edge(const CallSite& site) const {
    const bool may_rest = system_.threads[index(thread_)].is_service;
    if (site.row->ready == nullptr || may_rest) return std::nullopt;
    const std::string name = find_ready(Watched::ReportedToo);
    if (name.empty()) return std::nullopt;
    return WaitCondition{true, name + " is ready (edge-triggered and not on the ready list)"};
  }

  // `site` is null for a thread at an `await`.
  std::optional<WaitCondition> loop_exit(const CallSite* site) {
    const Code& code = system_.code_of(thread_);
    const WaitRegion* region =
        innermost(code, executor_.pc(state_, thread_), WaitRegion::Kind::Loop);
    if (region == nullptr) return std::nullopt;
    StepRecord record;
    record.region_begin = region->begin;
    record.region_end = region->end;
    if (site != nullptr && site->row->may_return_empty) {
      executor_.return_empty(copy_.data(), thread_, record);
    } else {
      executor_.jump_to(copy_.data(), thread_, region->begin);
    }
    const Alone end = run_alone(executor_, copy_.data(), thread_, record);
    if (end == Alone::Ended) return WaitCondition{true, "it could end its loop"};
    if (end != Alone::Left) return WaitCondition{};
    return WaitCondition{true, condition_text(executor_, thread_, record)};
  }

  // To come to its end is reason enough, but not behind a call that says what it waits for: to go
  // on without it is no work found.
  WaitCondition probe(Probe kind) {
    const CallRow& row = *executor_.call_site(state_, thread_)->row;
    const bool says_what = names_what_it_watches(row) || row.ready != nullptr;
    StepRecord record;
    const std::uint16_t sleeps_at = executor_.pc(state_, thread_);
    executor_.return_empty(copy_.data(), thread_, record);
    const std::vector<std::byte> returned = copy_;  // What the call held is given back.
    const Alone end = run_alone(executor_, copy_.data(), thread_, record);
    const bool is_back = end == Alone::Asleep && executor_.pc(copy_.data(), thread_) == sleeps_at;
    if (kind == Probe::SleepsAgain && !is_back) return {};
    if (end == Alone::Ended && !says_what) return {true, "it could finish if it looked again"};
    const std::string changed = end == Alone::Ended
                                    ? changed_object(returned)
                                    : changed_object({state_, state_ + system_.layout.bytes});
    if (changed.empty()) return {};
    return {true, "it would find work if it looked again: " + changed + " would change"};
  }

 private:
  // With the kernel's own steps, on a copy: woken, does the call return?
  std::optional<WaitCondition> looks_again(const CallSite& site) const {
    std::vector<std::byte> copy(state_, state_ + system_.layout.bytes);
    executor_.wake(copy.data(), thread_);
    const Actor self{ActorKind::Thread, thread_};
    const std::uint16_t sleeps_at = executor_.pc(state_, thread_);
    for (int i = 0; i < kStepsMax && executor_.enabled(copy.data(), self); ++i) {
      StepRecord record;
      executor_.step(copy.data(), {self, 0}, record);
      const bool is_inside = executor_.pc(copy.data(), thread_) == sleeps_at &&
                             executor_.call_site(copy.data(), thread_) != nullptr;
      if (!is_inside) return WaitCondition{true, ready_text(site)};
    }
    return std::nullopt;
  }

  std::string find_ready(Watched watched) const {
    std::vector<std::byte> copy(state_, state_ + system_.layout.bytes);
    return executor_.find_ready(copy.data(), thread_, watched);
  }

  std::string ready_text(const CallSite& site) const {
    std::string subject;
    if (site.row->subject != nullptr) {
      subject = site.row->subject(View(system_, state_, nullptr), executor_.frame(state_, thread_));
    }
    return subject.empty() ? "what it waits for has happened" : subject + " is ready";
  }

  // A shared class whose bytes differ from before; lists and the thread's own bytes do not count:
  // to wait again is to be linked again.
  std::string changed_object(std::vector<std::byte> before) const {
    const Layout& layout = system_.layout;
    std::vector<std::byte> after = copy_;
    forget_links(before);
    forget_links(after);
    const ThreadLayout& own = layout.threads[index(thread_)];
    for (const ClassRange& range : layout.ranges) {
      const bool is_own = range.cls == own.run_class || range.cls == own.end_class ||
                          range.cls == own.buffer_class || range.cls == system_.clock_class;
      const bool is_list =
          std::any_of(layout.lists.begin(), layout.lists.end(),
                      [&](const ListLayout& list) { return list.offset == range.offset; });
      if (is_own || is_list) continue;
      if (std::memcmp(&before[range.offset], &after[range.offset], range.size) != 0) {
        return layout.class_names[index(range.cls)];
      }
    }
    return {};
  }

  // In the timed layout the links of a list stand behind its entries, the neighbours' too.
  void forget_links(std::vector<std::byte>& bytes) const {
    const std::uint32_t links = entry_bytes(system_.layout.kind) - sizeof(Entry);
    if (links == 0) return;
    for (const EntryLayout& entry : system_.layout.entries) {
      std::memset(&bytes[entry.offset + sizeof(Entry)], 0, links);
    }
  }

  const Executor& executor_;
  const System& system_;
  const std::byte* state_;
  ThreadId thread_;
  std::vector<std::byte> copy_;
};

}  // namespace

WaitCondition wait_condition(const Executor& executor, const std::byte* state, ThreadId thread,
                             const WaitConditionOptions& options) {
  Question question(executor, state, thread);
  if (const auto answer = question.waits_for()) return *answer;
  const CallSite* site = executor.call_site(state, thread);
  if (site == nullptr) return question.loop_exit(nullptr).value_or(WaitCondition{});
  // Who waits for a lock is judged by owner cycles.
  if (site->row->waits_for_owner != nullptr) return {};
  if (!site->row->may_return_empty) {
    const auto own = question.own_condition(*site);
    if (own && own->holds) return *own;
  }
  if (const auto answer = question.loop_exit(site)) return *answer;
  if (!site->row->may_return_empty || options.probe == Probe::Off) return {};
  if (options.probe == Probe::SleepsAgain) return question.probe(options.probe);
  if (const auto answer = question.is_there(*site)) return *answer;
  const WaitCondition found = question.probe(options.probe);
  return found.holds ? found : question.had_an_edge(*site).value_or(found);
}

}  // namespace wakesim
