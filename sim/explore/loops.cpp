#include "sim/explore/loops.h"

#include <boost/graph/adjacency_list.hpp>
#include <boost/graph/strong_components.hpp>

#include "sim/program/analysis.h"

namespace wakesim {
namespace {

using Graph = boost::adjacency_list<boost::vecS, boost::vecS, boost::directedS>;

struct Jump {
  std::uint16_t from;
  std::uint16_t to;
};

std::vector<Jump> jumps_of(const Code& code) {
  std::vector<Jump> jumps;
  for (std::size_t pc = 0; pc < code.instructions.size(); ++pc) {
    const auto from = static_cast<std::uint16_t>(pc);
    for (const std::uint16_t to : successors(code, from)) jumps.push_back({from, to});
  }
  return jumps;
}

// The strongly connected part of each instruction.
std::vector<std::uint32_t> parts_of(const Code& code, const std::vector<Jump>& jumps) {
  Graph graph(code.instructions.size());
  for (const Jump& jump : jumps) boost::add_edge(jump.from, jump.to, graph);
  std::vector<std::uint32_t> part(code.instructions.size());
  boost::strong_components(
      graph, boost::make_iterator_property_map(part.begin(), get(boost::vertex_index, graph)));
  return part;
}

bool is_inside(const WaitRegion& loop, std::uint16_t pc) {
  return pc >= loop.begin && pc < loop.end;
}

// The jump back of a `repeat` or `for` whose part lies inside that loop: nothing sets the counter
// back without leaving the loop, and the part never leaves it.
bool is_taken_finitely(const Code& code, const Jump& jump, const std::vector<std::uint32_t>& part) {
  if (jump.to > jump.from) return false;
  for (const WaitRegion& loop : code.regions) {
    const bool is_jump_back = loop.begin == jump.to && is_inside(loop, jump.from);
    if (!loop.is_counted || !is_jump_back) continue;
    bool leaves = false;
    for (std::size_t pc = 0; pc < part.size(); ++pc) {
      if (part[pc] != part[jump.to]) continue;
      leaves = leaves || !is_inside(loop, static_cast<std::uint16_t>(pc));
    }
    if (!leaves) return true;
  }
  return false;
}

}  // namespace

// Without the jumps back that can be taken only so many times, an outer loop falls apart into the
// loops inside it; those are looked at again.
std::vector<std::uint32_t> endless_loops(const Code& code) {
  std::vector<Jump> jumps = jumps_of(code);
  std::vector<std::uint32_t> part = parts_of(code, jumps);
  while (std::erase_if(
             jumps, [&](const Jump& jump) { return is_taken_finitely(code, jump, part); }) != 0) {
    part = parts_of(code, jumps);
  }
  std::vector<bool> has_cycle(code.instructions.size());
  for (const Jump& jump : jumps) {
    if (part[jump.from] == part[jump.to]) has_cycle[part[jump.from]] = true;
  }
  std::vector<std::uint32_t> result(code.instructions.size());
  for (std::size_t pc = 0; pc < result.size(); ++pc) {
    if (has_cycle[part[pc]]) result[pc] = part[pc] + 1;
  }
  return result;
}

}  // namespace wakesim
