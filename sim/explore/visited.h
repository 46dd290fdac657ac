// The set of states seen so far, as fingerprints, each with its number in the order of discovery.
//
// A table of 8-byte slots, probed linearly, holds the first 32 bits of each fingerprint and the
// state's number; the other 96 bits stand in a sequence by number. So only the small part pays for
// slots that are free, and as most states that are met again were found a moment ago, the part
// that confirms it is still in the cache.
//
// A slot's place is its 32 bits scaled to the size of the table. Growing moves every slot to a
// later place in the same order: growth runs through the table once, from the back, in the same
// memory, and does not need the 96 bits.

#pragma once

#include <cstddef>
#include <cstdint>

#include "sim/explore/mapping.h"
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

  // Before insert() or find(), with a pause after each: bring into the cache what it will need.
  void prefetch_slot(const Fingerprint& key) const {
    __builtin_prefetch(&slots()[place_of(tag_of(key))]);
  }
  void prefetch_rest(const Fingerprint& key) const;

  // A new state gets the next number.
  Found insert(const Fingerprint& key);
  // The state's number, or kAbsent.
  std::uint32_t find(const Fingerprint& key) const;

  std::uint32_t size() const { return static_cast<std::uint32_t>(rests_.size()); }
  std::uint64_t memory_bytes() const { return capacity_ * sizeof(Slot) + rests_.memory_bytes(); }

  static constexpr std::uint32_t kAbsent = ~std::uint32_t{0};

 private:
  struct Slot {
    std::uint32_t tag = 0;
    std::uint32_t number = 0;  // 1 + the state's number; 0: free.
  };
  // All of a fingerprint but its tag.
  struct Rest {
    std::uint32_t words[3] = {};

    friend bool operator==(const Rest&, const Rest&) = default;
  };

  static std::uint32_t tag_of(const Fingerprint& key) {
    return static_cast<std::uint32_t>(key.high >> 32);
  }
  static Rest rest_of(const Fingerprint& key) {
    return {{static_cast<std::uint32_t>(key.high), static_cast<std::uint32_t>(key.low >> 32),
             static_cast<std::uint32_t>(key.low)}};
  }

  Slot* slots() const { return static_cast<Slot*>(table_.data()); }
  std::uint64_t slots_count() const { return table_.bytes() / sizeof(Slot); }
  std::uint64_t place_of(std::uint32_t tag) const { return tag * capacity_ >> 32; }
  bool is_at(const Slot& slot, const Fingerprint& key) const {
    return slot.tag == tag_of(key) && rests_[slot.number - 1] == rest_of(key);
  }
  void grow();

  std::uint64_t capacity_;
  Mapping table_;
  MappedSequence<Rest> rests_;
};

}  // namespace wakesim
