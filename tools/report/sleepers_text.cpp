#include "tools/report/sleepers_text.h"

#include <algorithm>
#include <vector>

#include "tools/report/table.h"

namespace wakesim {
namespace {

const Sleeper* find_sleeper(const CheckResult& result, const std::string& thread) {
  for (const Sleeper& sleeper : result.sleepers) {
    if (sleeper.thread == thread) return &sleeper;
  }
  return nullptr;
}

// Follows owners from the first sleeper until somebody repeats; empty if the chain ends.
std::vector<std::string> owner_cycle(const CheckResult& result) {
  for (const Sleeper& start : result.sleepers) {
    std::vector<std::string> chain;
    const Sleeper* at = &start;
    while (at != nullptr) {
      const auto seen = std::find(chain.begin(), chain.end(), at->thread);
      if (seen != chain.end()) {
        chain.erase(chain.begin(), seen);
        return chain;
      }
      chain.push_back(at->thread);
      at = at->owner.empty() ? nullptr : find_sleeper(result, at->owner);
    }
  }
  return {};
}

Text thread_text(const CheckResult& result, const std::string& thread, bool has_shape) {
  if (!result.counterexample) return thread;
  const auto& threads = result.counterexample->threads;
  const auto found = std::find(threads.begin(), threads.end(), thread);
  if (found == threads.end()) return thread;
  const auto number = static_cast<std::size_t>(found - threads.begin());
  Text text;
  if (has_shape) text.add(thread_shape(number), thread_ink(number)).add(" ", thread_ink(number));
  return text.add(thread, thread_ink(number));
}

}  // namespace

std::string render_sleepers(const Subject& subject, const CheckResult& result, const Page& page) {
  const bool is_deadlock =
      !result.violations.empty() && result.violations.front().property == "no-deadlock";
  if (!is_deadlock || result.sleepers.empty()) return "";

  Table table;
  table.has_rule = true;
  table.columns = {{Text("thread", Ink::Faint)},
                   {Text("asleep in", Ink::Faint)},
                   {Text("on", Ink::Faint)},
                   {Text("who could end it", Ink::Faint)}};
  for (const Sleeper& sleeper : result.sleepers) {
    Text call(line_label(subject, sleeper.where));
    if (!call.is_empty()) call.add(" ");
    table.rows.push_back({{thread_text(result, sleeper.thread, true)},
                          {call.add(sleeper.call)},
                          {Text(sleeper.object)},
                          {sleeper.owner.empty() ? Text("nobody", Ink::Faint)
                                                 : thread_text(result, sleeper.owner, false)}});
  }
  std::string text = render(table, page);

  const std::vector<std::string> cycle = owner_cycle(result);
  if (!cycle.empty()) {
    Text chain;
    for (const std::string& thread : cycle) {
      chain.append(thread_text(result, thread, false)).add(" → ");
    }
    chain.append(thread_text(result, cycle.front(), false));
    text += '\n' + labelled(Text("cycle", Ink::Strong), chain, page);
  }
  return text;
}

}  // namespace wakesim
