#include "sim/explore/edge_log.h"

namespace wakesim {
namespace {

std::uint64_t get(const std::uint8_t*& position) {
  std::uint64_t value = 0;
  for (int shift = 0;; shift += 7) {
    const std::uint8_t byte = *position++;
    value |= std::uint64_t{byte & 0x7fu} << shift;
    if ((byte & 0x80) == 0) return value;
  }
}

}  // namespace

void EdgeLog::open_block() {
  blocks_.push_back(std::make_unique_for_overwrite<std::uint8_t[]>(kBlock));
  edges_before_.push_back(edges_);
  position_ = blocks_.back().get();
  end_ = position_ + kBlock;
}

StateGraph EdgeLog::graph(std::uint32_t states) const {
  StateGraph graph;
  graph.offsets.reserve(states + 1u);
  graph.targets.reserve(edges_);
  std::uint32_t from = 0;
  for (std::size_t block = 0; block < blocks_.size(); ++block) {
    const bool is_last = block + 1 == blocks_.size();
    const std::uint64_t until = is_last ? edges_ : edges_before_[block + 1];
    const std::uint8_t* position = blocks_[block].get();
    for (std::uint64_t i = edges_before_[block]; i < until; ++i) {
      from += static_cast<std::uint32_t>(get(position));
      while (graph.offsets.size() <= from) graph.offsets.push_back(graph.targets.size());
      const std::uint64_t coded = get(position);
      const auto half = static_cast<std::int64_t>((coded + 1) / 2);
      const std::int64_t distance = coded % 2 == 0 ? half : -half;
      graph.targets.push_back(static_cast<std::uint32_t>(std::int64_t{from} + distance));
    }
  }
  while (graph.offsets.size() <= states) graph.offsets.push_back(graph.targets.size());
  return graph;
}

}  // namespace wakesim
