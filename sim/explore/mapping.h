// Zeroed memory straight from the kernel. It grows without being copied, since the kernel moves
// pages, and what was never written takes no memory: an array may be given far more than it uses.

#pragma once

#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

namespace wakesim {

class Mapping {
 public:
  explicit Mapping(std::uint64_t bytes);
  ~Mapping();
  Mapping(const Mapping&) = delete;
  Mapping& operator=(const Mapping&) = delete;

  void* data() const { return data_; }
  std::uint64_t bytes() const { return bytes_; }
  void swap(Mapping& other) {
    std::swap(data_, other.data_);
    std::swap(bytes_, other.bytes_);
  }
  // Keeps the contents; what is new reads zero.
  void grow(std::uint64_t bytes);

 private:
  void* data_ = nullptr;
  std::uint64_t bytes_ = 0;
};

// A sequence in a mapping: appended to and read, never shortened.
template <class T>
class MappedSequence {
 public:
  static_assert(std::is_trivially_copyable_v<T>);

  MappedSequence() : mapping_(kItemsFirst * sizeof(T)) {}

  void push(const T& item) {
    if (size_ == end_) {
      mapping_.grow(2 * end_ * sizeof(T));
      items_ = static_cast<T*>(mapping_.data());
      end_ *= 2;
    }
    items_[size_++] = item;
  }
  const T& operator[](std::uint64_t i) const { return items_[i]; }
  void prefetch(std::uint64_t i) const { __builtin_prefetch(&items_[i]); }
  std::uint64_t size() const { return size_; }
  std::uint64_t memory_bytes() const { return size_ * sizeof(T); }

 private:
  static constexpr std::uint64_t kItemsFirst = 4096;

  Mapping mapping_;
  T* items_ = static_cast<T*>(mapping_.data());
  std::uint64_t size_ = 0;
  std::uint64_t end_ = kItemsFirst;
};

}  // namespace wakesim
