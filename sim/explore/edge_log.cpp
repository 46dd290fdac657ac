#include "sim/explore/edge_log.h"

namespace wakesim {

std::uint64_t EdgeLog::get(std::uint64_t& position) const {
  std::uint64_t value = 0;
  for (int shift = 0;; shift += 7) {
    const std::uint8_t byte = blocks_[position / kBlock][position % kBlock];
    ++position;
    value |= std::uint64_t{byte & 0x7fu} << shift;
    if ((byte & 0x80) == 0) return value;
  }
}

StateGraph EdgeLog::graph(std::uint32_t states) const {
  StateGraph graph;
  graph.offsets.reserve(states + 1u);
  graph.targets.reserve(edges_);
  std::uint64_t position = 0;
  std::uint32_t from = 0;
  for (std::uint64_t i = 0; i < edges_; ++i) {
    from += static_cast<std::uint32_t>(get(position));
    while (graph.offsets.size() <= from) graph.offsets.push_back(graph.targets.size());
    const std::uint64_t coded = get(position);
    const auto half = static_cast<std::int64_t>((coded + 1) / 2);
    const std::int64_t distance = coded % 2 == 0 ? half : -half;
    graph.targets.push_back(static_cast<std::uint32_t>(std::int64_t{from} + distance));
  }
  while (graph.offsets.size() <= states) graph.offsets.push_back(graph.targets.size());
  return graph;
}

}  // namespace wakesim
