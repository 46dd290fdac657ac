#include "sim/explore/components.h"

#include <algorithm>
#include <boost/graph/compressed_sparse_row_graph.hpp>
#include <boost/graph/strong_components.hpp>

namespace wakesim {
namespace {

using Graph =
    boost::compressed_sparse_row_graph<boost::directedS, boost::no_property, boost::no_property,
                                       boost::no_property, std::uint32_t, std::uint64_t>;

Graph to_boost(const StateGraph& graph) {
  std::vector<std::pair<std::uint32_t, std::uint32_t>> edges;
  edges.reserve(graph.targets.size());
  for (std::uint32_t from = 0; from < graph.size(); ++from) {
    for (std::uint64_t e = graph.offsets[from]; e < graph.offsets[from + 1]; ++e) {
      edges.emplace_back(from, graph.targets[e]);
    }
  }
  return Graph(boost::edges_are_sorted, edges.begin(), edges.end(), graph.size());
}

// States in an order in which every edge goes forward; empty if there is a cycle.
std::vector<std::uint32_t> topological_order(const StateGraph& graph) {
  std::vector<std::uint32_t> incoming(graph.size());
  for (const std::uint32_t target : graph.targets) ++incoming[target];
  std::vector<std::uint32_t> order;
  order.reserve(graph.size());
  for (std::uint32_t i = 0; i < graph.size(); ++i) {
    if (incoming[i] == 0) order.push_back(i);
  }
  for (std::size_t done = 0; done < order.size(); ++done) {
    const std::uint32_t from = order[done];
    for (std::uint64_t e = graph.offsets[from]; e < graph.offsets[from + 1]; ++e) {
      if (--incoming[graph.targets[e]] == 0) order.push_back(graph.targets[e]);
    }
  }
  if (order.size() != graph.size()) order.clear();
  return order;
}

}  // namespace

bool has_cycle(const StateGraph& graph) { return topological_order(graph).empty(); }

Components find_components(const StateGraph& graph) {
  Components result;
  if (!has_cycle(graph)) return result;
  result.has_cycle = true;
  const Graph boosted = to_boost(graph);
  std::vector<std::uint32_t> component(graph.size());
  const std::uint32_t count = boost::strong_components(
      boosted,
      boost::make_iterator_property_map(component.begin(), get(boost::vertex_index, boosted)));
  std::vector<bool> is_left(count);
  std::vector<bool> has_edge(count);
  for (std::uint32_t from = 0; from < graph.size(); ++from) {
    for (std::uint64_t e = graph.offsets[from]; e < graph.offsets[from + 1]; ++e) {
      const bool stays = component[from] == component[graph.targets[e]];
      if (stays) has_edge[component[from]] = true;
      if (!stays) is_left[component[from]] = true;
    }
  }
  std::vector<std::uint32_t> place(count, ~std::uint32_t{0});
  for (std::uint32_t state = 0; state < graph.size(); ++state) {
    const std::uint32_t c = component[state];
    if (is_left[c] || !has_edge[c]) continue;
    if (place[c] == ~std::uint32_t{0}) {
      place[c] = static_cast<std::uint32_t>(result.bottom.size());
      result.bottom.emplace_back();
    }
    result.bottom[place[c]].push_back(state);
  }
  return result;
}

std::optional<std::uint64_t> count_paths(const StateGraph& graph) {
  const std::vector<std::uint32_t> order = topological_order(graph);
  if (order.empty()) return std::nullopt;
  std::vector<std::uint64_t> paths(graph.size());
  std::uint64_t total = 0;
  paths[0] = 1;
  for (const std::uint32_t from : order) {
    if (graph.offsets[from] == graph.offsets[from + 1]) {
      if (__builtin_add_overflow(total, paths[from], &total)) return std::nullopt;
    }
    for (std::uint64_t e = graph.offsets[from]; e < graph.offsets[from + 1]; ++e) {
      std::uint64_t& to = paths[graph.targets[e]];
      if (__builtin_add_overflow(to, paths[from], &to)) return std::nullopt;
    }
  }
  return total;
}

}  // namespace wakesim
