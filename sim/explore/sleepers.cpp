#include "sim/explore/sleepers.h"

#include "sim/program/system.h"

namespace wakesim {
namespace {

Sleeper sleeper_of(const Executor& executor, const std::byte* state, ThreadId thread) {
  const System& system = executor.system();
  const Code& code = system.code_of(thread);
  const Statement& statement = code.statements[code.statement_of[executor.pc(state, thread)]];
  Sleeper sleeper;
  sleeper.thread = system.threads[index(thread)].name;
  sleeper.where = statement.where;
  sleeper.call = statement.text;
  if (const CallSite* site = executor.call_site(state, thread)) {
    sleeper.call = site->row->name;
    if (site->row->subject != nullptr) {
      sleeper.object =
          site->row->subject(View(system, state, nullptr), executor.frame(state, thread));
    }
  }
  const std::int64_t owner = owner_of(executor, state, thread);
  if (owner >= 0) sleeper.owner = system.threads[static_cast<std::size_t>(owner)].name;
  return sleeper;
}

}  // namespace

std::int64_t owner_of(const Executor& executor, const std::byte* state, ThreadId thread) {
  const System& system = executor.system();
  const View view(system, state, nullptr);
  if (const CallSite* site = executor.call_site(state, thread)) {
    if (site->row->waits_for_owner == nullptr) return -1;
    return site->row->waits_for_owner(view, executor.frame(state, thread));
  }
  // A guarded call has not begun: its guard is what holds the thread up.
  return executor.awaited_owner(state, thread);
}

std::vector<Sleeper> sleepers_of(const Executor& executor, const std::byte* state) {
  std::vector<Sleeper> sleepers;
  for (std::size_t t = 0; t < executor.system().thread_count(); ++t) {
    const auto thread = static_cast<ThreadId>(t);
    if (executor.system().threads[t].is_device) continue;  // A device at rest is no sleeper.
    if (executor.is_blocked(state, thread)) sleepers.push_back(sleeper_of(executor, state, thread));
  }
  return sleepers;
}

}  // namespace wakesim
