// Questions about a whole state graph, given by its edges.

#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace wakesim {

// Compressed rows: the successors of state i are targets[offsets[i]] .. targets[offsets[i + 1] -
// 1].
struct StateGraph {
  std::vector<std::uint64_t> offsets;
  std::vector<std::uint32_t> targets;

  std::uint32_t size() const { return static_cast<std::uint32_t>(offsets.size() - 1); }
};

struct Components {
  bool has_cycle = false;
  // Strongly connected components that no edge leaves and in which somebody runs for ever, each
  // sorted by state number.
  std::vector<std::vector<std::uint32_t>> bottom;
};

bool has_cycle(const StateGraph& graph);

Components find_components(const StateGraph& graph);

// Number of paths from state 0 to states without successors, each edge counted as often as it
// stands in the list; nothing if the graph has a cycle or the number passes 2^64.
std::optional<std::uint64_t> count_paths(const StateGraph& graph);

}  // namespace wakesim
