#include "sim/explore/vain_requests.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <tuple>

#include "sim/program/analysis.h"

namespace wakesim {
namespace {

// Only where its program has a point, or a call that lets it be ended anywhere.
bool can_be_ended(const Code& code) {
  return std::any_of(code.sites.begin(), code.sites.end(), [](const CallSite& site) {
    return site.is_cancellation_point || site.row->lets_be_unwound;
  });
}

// Does no thread that the call may name hear it?
bool is_vain(const System& system, const PossibleValues& targets) {
  if (targets.is_any || targets.count == 0) return false;
  for (std::int64_t i = 0; i < targets.count; ++i) {
    const auto thread = static_cast<std::size_t>(targets.first + i);
    if (thread >= system.threads.size()) return false;
    if (can_be_ended(system.code_of(static_cast<ThreadId>(thread)))) return false;
  }
  return true;
}

}  // namespace

std::vector<std::string> vain_requests(const System& system) {
  std::map<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t>, std::string> notes;
  for (std::size_t t = 0; t < system.threads.size(); ++t) {
    const auto thread = static_cast<ThreadId>(t);
    const Code& code = system.code_of(thread);
    for (std::size_t pc = 0; pc < code.instructions.size(); ++pc) {
      if (code.instructions[pc].op != Op::Call) continue;
      const CallSite& site = code.sites[static_cast<std::size_t>(code.instructions[pc].b)];
      if (!site.row->unwinds_threads) continue;
      const PossibleValues targets =
          possible_values(code, site.sources[0], system.threads[t], static_cast<std::uint32_t>(t));
      if (!is_vain(system, targets)) continue;
      const Location& where = code.statements[code.statement_of[pc]].where;
      const std::string& name = system.threads[static_cast<std::size_t>(targets.first)].name;
      notes.emplace(std::tuple(where.file, where.line, where.column),
                    "line " + std::to_string(where.line) + ": " + site.text + " never acts, as " +
                        name + " makes no call that is a cancellation point");
    }
  }
  std::vector<std::string> result;
  for (auto& [where, note] : notes) result.push_back(std::move(note));
  return result;
}

}  // namespace wakesim
