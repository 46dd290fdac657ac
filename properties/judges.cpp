#include "properties/judges.h"

#include <algorithm>

#include "properties/leak.h"
#include "properties/owners.h"
#include "properties/wait_condition.h"
#include "sim/program/system.h"

namespace wakesim {
namespace {

WaitCondition condition_of(const Executor& executor, const std::byte* state, ThreadId thread) {
  const ThreadInfo& info = executor.system().threads[index(thread)];
  return wait_condition(executor, state, thread, {info.is_daemon_by_hand ? Probe::Off : Probe::On});
}

// What is wrong with one thread that nobody will wake.
std::string property_of_doomed(const Executor& executor, const std::byte* state, ThreadId thread) {
  const ThreadInfo& info = executor.system().threads[index(thread)];
  if (condition_of(executor, state, thread).holds) return "no-lost-wakeup";
  if (!owner_cycle(executor, state, thread).empty()) return "no-deadlock";
  if (info.is_service) return {};  // A service may rest.
  return "no-stuck-thread";
}

bool sleeps_with_timer(const Executor& executor, const std::byte* state, ThreadId thread) {
  const View view(executor.system(), state, nullptr);
  return executor.is_asleep(state, thread) && view.run(thread).timer == 1;
}

// A timeout may end this wait; does what is waited for hold already?
bool is_late(const Executor& executor, const std::byte* state, ThreadId thread) {
  const CallSite* site = executor.call_site(state, thread);
  if (site == nullptr) return false;
  const View view(executor.system(), state, nullptr);
  if (site->row->condition != nullptr &&
      site->row->condition(view, executor.frame(state, thread))) {
    return true;
  }
  return wait_condition(executor, state, thread, {Probe::SleepsAgain}).holds;
}

}  // namespace

std::vector<Finding> DefaultJudge::at_rest(const Executor& executor, const std::byte* state,
                                           const std::vector<ThreadId>& doomed,
                                           Occasion occasion) const {
  std::vector<Finding> findings;
  if (occasion == Occasion::TimersOnly) {
    for (std::size_t t = 0; t < executor.system().thread_count(); ++t) {
      const auto thread = static_cast<ThreadId>(t);
      if (!sleeps_with_timer(executor, state, thread)) continue;
      if (is_late(executor, state, thread)) findings.push_back({"no-late-wakeup", thread, true});
    }
    return findings;
  }
  for (const ThreadId thread : doomed) {
    std::string property = property_of_doomed(executor, state, thread);
    if (!property.empty()) findings.push_back({std::move(property), thread, true});
  }
  for (const file::OpenDescriptor& leaked : leaked_descriptors(executor, state)) {
    findings.push_back({"no-leak", leaked.opener, true});
  }
  return findings;
}

bool DefaultJudge::applies(const System& system, const std::string& property,
                           const ThreadId* thread) const {
  const auto& judge = system.instance.judge;
  const bool is_default = headline_rank(property) < std::size(kDefaultProperties);
  if (!judge || !is_default) return true;
  for (const ast::JudgedProperty& judged : *judge) {
    if (judged.name != property) continue;
    if (judged.threads.empty() || thread == nullptr) return true;
    const ThreadInfo& info = system.threads[index(*thread)];
    for (const std::string& name : judged.threads) {
      if (name == info.name || name == info.group) return true;
    }
  }
  return false;
}

}  // namespace wakesim
