// What a step read and wrote, in conflict classes.
//
// Rules (docs/soundness.md has the failing example behind each):
//   - A footprint depends only on what the step and its guard read.
//   - A wake reads its queue also when the queue is empty, and reads run(t) of every entry visited;
//     it writes what it changes.
//   - A thread's own program counter, locals and frame are no class: only its own steps touch them.
//   - Classes are folded into 256 bits. Two classes that share a bit conflict more often than
//     they must, never less.

#pragma once

#include <array>
#include <cstdint>

#include "sim/ids.h"

namespace wakesim {

class ClassSet {
 public:
  void add(ClassId id) { bits_[(index(id) >> 6) & 3] |= std::uint64_t{1} << (index(id) & 63); }
  bool has(ClassId id) const { return (bits_[(index(id) >> 6) & 3] >> (index(id) & 63)) & 1; }
  void clear() { bits_ = {}; }
  void fill() { bits_.fill(~std::uint64_t{0}); }
  bool is_empty() const { return (bits_[0] | bits_[1] | bits_[2] | bits_[3]) == 0; }

  bool intersects(const ClassSet& other) const {
    std::uint64_t common = 0;
    for (std::size_t i = 0; i < bits_.size(); ++i) common |= bits_[i] & other.bits_[i];
    return common != 0;
  }
  bool contains(const ClassSet& other) const {
    std::uint64_t missing = 0;
    for (std::size_t i = 0; i < bits_.size(); ++i) missing |= other.bits_[i] & ~bits_[i];
    return missing == 0;
  }
  // True if this grew.
  bool add_all(const ClassSet& other) {
    std::uint64_t grown = 0;
    for (std::size_t i = 0; i < bits_.size(); ++i) {
      grown |= other.bits_[i] & ~bits_[i];
      bits_[i] |= other.bits_[i];
    }
    return grown != 0;
  }

  friend bool operator==(const ClassSet&, const ClassSet&) = default;

 private:
  std::array<std::uint64_t, 4> bits_{};
};

struct Footprint {
  ClassSet reads;
  ClassSet writes;

  void clear() {
    reads.clear();
    writes.clear();
  }
};

// Steps of different actors that do not conflict commute, and neither enables or disables the
// other.
inline bool conflict(const Footprint& a, const Footprint& b) {
  return a.writes.intersects(b.writes) || a.writes.intersects(b.reads) ||
         a.reads.intersects(b.writes);
}

}  // namespace wakesim
