// The states of one breadth-first level, whole, one behind the other.

#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <utility>

#include "sim/explore/mapping.h"

namespace wakesim {

class Frontier {
 public:
  explicit Frontier(std::size_t state_bytes)
      : state_bytes_(state_bytes), memory_(kStatesFirst * state_bytes) {}

  std::size_t size() const { return size_; }
  // What the largest level so far took: it is kept for the next.
  std::size_t memory_bytes() const { return std::max(size_, size_max_) * state_bytes_; }

  // Invalidates what operator[] gave.
  void push(const std::byte* state) {
    if ((size_ + 1) * state_bytes_ > memory_.bytes()) memory_.grow(2 * memory_.bytes());
    std::memcpy(begin() + size_ * state_bytes_, state, state_bytes_);
    ++size_;
  }
  const std::byte* operator[](std::size_t i) const { return begin() + i * state_bytes_; }
  void clear() {
    size_max_ = std::max(size_, size_max_);
    size_ = 0;
  }
  void swap(Frontier& other) {
    memory_.swap(other.memory_);
    std::swap(size_, other.size_);
    std::swap(size_max_, other.size_max_);
  }

 private:
  static constexpr std::size_t kStatesFirst = 16;

  std::byte* begin() const { return static_cast<std::byte*>(memory_.data()); }

  std::size_t state_bytes_;
  std::size_t size_ = 0;
  std::size_t size_max_ = 0;
  Mapping memory_;
};

}  // namespace wakesim
