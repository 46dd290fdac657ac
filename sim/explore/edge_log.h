// The edges of the search that could lie on a cycle, a few bytes each, in the order of their
// sources. Most graphs of terminating programs have none that close a cycle; this log proves it
// without walking the graph a second time.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "sim/explore/components.h"

namespace wakesim {

class EdgeLog {
 public:
  // Sources must come in increasing order.
  void add(std::uint32_t from, std::uint32_t to) {
    if (end_ - position_ < static_cast<std::ptrdiff_t>(kEdgeMax)) open_block();
    put(from - last_from_);
    const std::int64_t distance = std::int64_t{to} - std::int64_t{from};
    put(static_cast<std::uint64_t>(distance < 0 ? -2 * distance - 1 : 2 * distance));
    last_from_ = from;
    ++edges_;
  }

  std::uint64_t memory_bytes() const { return blocks_.size() * kBlock; }

  // The logged edges as a graph over `states` states.
  StateGraph graph(std::uint32_t states) const;

 private:
  static constexpr std::uint64_t kBlock = 1u << 16;
  static constexpr std::uint64_t kEdgeMax = 10;  // Bytes of one edge: two numbers of 33 bits.

  void put(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) *position_++ = static_cast<std::uint8_t>(value | 0x80);
    *position_++ = static_cast<std::uint8_t>(value);
  }
  void open_block();

  std::vector<std::unique_ptr<std::uint8_t[]>> blocks_;
  std::vector<std::uint64_t> edges_before_;  // By block: edges in the blocks before it.
  std::uint8_t* position_ = nullptr;
  std::uint8_t* end_ = nullptr;
  std::uint64_t edges_ = 0;
  std::uint32_t last_from_ = 0;
};

}  // namespace wakesim
