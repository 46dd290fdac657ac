// The set of states seen so far, as fingerprints, each with its number in the order of discovery.
//
// Open addressing with linear probing in two parallel arrays. The slot is taken from the top bits
// of the fingerprint, so that growing moves every entry to about twice its place: growth runs
// through the table once, from the back, in the same memory.

#pragma once

#include <cstddef>
#include <cstdint>

#include "sim/state/fingerprint.h"

namespace wakesim {

class VisitedSet {
 public:
  struct Found {
    std::uint32_t number = 0;
    bool is_new = false;
  };

  // `states` presizes the table; 0 starts small.
  explicit VisitedSet(std::uint64_t states = 0);
  ~VisitedSet();
  VisitedSet(const VisitedSet&) = delete;
  VisitedSet& operator=(const VisitedSet&) = delete;

  // Brings the slot into the cache before insert() or find() needs it.
  void prefetch(const Fingerprint& key) const { __builtin_prefetch(&keys_[slot_of(key)]); }
  // A new state gets the next number.
  Found insert(const Fingerprint& key);
  // The state's number, or kAbsent.
  std::uint32_t find(const Fingerprint& key) const;

  std::uint32_t size() const { return size_; }
  std::uint64_t memory_bytes() const { return capacity() * kBytesPerSlot; }

  static constexpr std::uint32_t kAbsent = ~std::uint32_t{0};
  static constexpr std::uint64_t kBytesPerSlot = sizeof(Fingerprint) + sizeof(std::uint32_t);

 private:
  std::uint64_t capacity() const { return std::uint64_t{1} << bits_; }
  // Probing runs past the end instead of wrapping around: the spare slots are behind the table.
  std::uint64_t slots() const { return capacity() + spare_; }
  std::uint64_t slot_of(const Fingerprint& key) const { return key.high >> (64 - bits_); }
  void allocate(std::uint32_t bits);
  void grow();

  std::uint32_t bits_ = 0;
  std::uint64_t spare_ = 0;
  std::uint32_t size_ = 0;
  Fingerprint* keys_ = nullptr;
  std::uint32_t* numbers_ = nullptr;
};

}  // namespace wakesim
