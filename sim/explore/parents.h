// How each state was first reached: its parent's number and the move taken there. 8 bytes a state.

#pragma once

#include <cstdint>
#include <memory>
#include <vector>

namespace wakesim {

struct Parent {
  std::uint32_t state = 0;
  std::uint16_t actor = 0;  // Index into Executor::actors().
  std::uint16_t choice = 0;
};

class Parents {
 public:
  void push(const Parent& parent) {
    if (size_ == blocks_.size() * kBlock) blocks_.push_back(std::make_unique<Parent[]>(kBlock));
    blocks_[size_ / kBlock][size_ % kBlock] = parent;
    ++size_;
  }
  const Parent& operator[](std::uint64_t i) const { return blocks_[i / kBlock][i % kBlock]; }
  std::uint64_t memory_bytes() const { return blocks_.size() * kBlock * sizeof(Parent); }

 private:
  static constexpr std::uint64_t kBlock = 1024;
  std::uint64_t size_ = 0;
  std::vector<std::unique_ptr<Parent[]>> blocks_;
};

}  // namespace wakesim
