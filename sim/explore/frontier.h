// The states of one breadth-first level, whole, in blocks that never move.

#pragma once

#include <cstddef>
#include <cstring>
#include <memory>
#include <vector>

namespace wakesim {

class Frontier {
 public:
  explicit Frontier(std::size_t state_bytes) : state_bytes_(state_bytes) {}

  std::size_t size() const { return size_; }
  std::size_t memory_bytes() const { return blocks_.size() * kBlock * state_bytes_; }

  void push(const std::byte* state) {
    if (size_ == blocks_.size() * kBlock) {
      blocks_.push_back(std::make_unique<std::byte[]>(kBlock * state_bytes_));
    }
    std::memcpy(at(size_), state, state_bytes_);
    ++size_;
  }
  const std::byte* operator[](std::size_t i) const {
    return blocks_[i / kBlock].get() + (i % kBlock) * state_bytes_;
  }
  // Keeps the blocks for the next level.
  void clear() { size_ = 0; }
  void swap(Frontier& other) {
    blocks_.swap(other.blocks_);
    std::swap(size_, other.size_);
  }

 private:
  static constexpr std::size_t kBlock = 256;

  std::byte* at(std::size_t i) { return blocks_[i / kBlock].get() + (i % kBlock) * state_bytes_; }

  std::size_t state_bytes_;
  std::size_t size_ = 0;
  std::vector<std::unique_ptr<std::byte[]>> blocks_;
};

}  // namespace wakesim
