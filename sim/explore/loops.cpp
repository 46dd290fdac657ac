#include "sim/explore/loops.h"

#include <algorithm>
#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/strong_components.hpp>

#include "sim/program/analysis.h"

namespace wakesim {
namespace {

using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;

// The jump back of a `repeat` or `for`.
bool is_counted_jump(const Code& code, std::uint16_t from, std::uint16_t to) {
  if (to > from) return false;
  return std::any_of(code.regions.begin(), code.regions.end(), [&](const WaitRegion& region) {
    return region.is_counted && region.begin == to && from < region.end;
  });
}

std::vector<std::uint32_t> strong_parts(const Code& code, bool with_counted) {
  Graph graph(code.instructions.size());
  for (std::size_t pc = 0; pc < code.instructions.size(); ++pc) {
    const auto from = static_cast<std::uint16_t>(pc);
    for (const std::uint16_t to : successors(code, from)) {
      if (with_counted || !is_counted_jump(code, from, to)) boost::add_edge(from, to, graph);
    }
  }
  std::vector<std::uint32_t> part(code.instructions.size());
  boost::strong_components(
      graph, boost::make_iterator_property_map(part.begin(), get(boost::vertex_index, graph)));
  return part;
}

// Parts with more than one instruction, or with an instruction that jumps to itself.
std::vector<bool> has_cycle(const Code& code, const std::vector<std::uint32_t>& part,
                            bool with_counted) {
  std::vector<bool> result(code.instructions.size());
  for (std::size_t pc = 0; pc < code.instructions.size(); ++pc) {
    const auto from = static_cast<std::uint16_t>(pc);
    for (const std::uint16_t to : successors(code, from)) {
      if (!with_counted && is_counted_jump(code, from, to)) continue;
      if (part[to] == part[pc]) result[part[pc]] = true;
    }
  }
  return result;
}

}  // namespace

std::vector<std::uint32_t> endless_loops(const Code& code) {
  const auto whole = strong_parts(code, true);
  const auto uncounted = strong_parts(code, false);
  const auto runs = has_cycle(code, uncounted, false);
  // A part of the whole graph matters if some cycle inside it is not counted.
  std::vector<bool> matters(code.instructions.size());
  for (std::size_t pc = 0; pc < code.instructions.size(); ++pc) {
    if (runs[uncounted[pc]]) matters[whole[pc]] = true;
  }
  std::vector<std::uint32_t> result(code.instructions.size());
  for (std::size_t pc = 0; pc < code.instructions.size(); ++pc) {
    if (matters[whole[pc]]) result[pc] = whole[pc] + 1;
  }
  return result;
}

}  // namespace wakesim
