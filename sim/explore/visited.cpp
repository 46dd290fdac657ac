#include "sim/explore/visited.h"

#include <algorithm>
#include <vector>

#include "sim/assert.h"

namespace wakesim {
namespace {

constexpr std::uint64_t kCapacityMin = 1024;

// Grown when more than 27 of 32 slots are taken. Probing then passes 15 to 20 slots, two or three
// cache lines one after the other, for a state that is new.
bool is_full(std::uint64_t size, std::uint64_t capacity) { return size * 32 >= capacity * 27; }

std::uint64_t capacity_for(std::uint64_t states) {
  return std::max(kCapacityMin, states * 32 / 27 + 1);
}

// Probing runs past the end instead of wrapping around: the spare slots are behind the table. Runs
// of taken slots stay far shorter than this at the load above.
std::uint64_t bytes_for(std::uint64_t capacity, std::size_t slot_bytes) {
  return (capacity + 2048) * slot_bytes;
}

}  // namespace

VisitedSet::VisitedSet(std::uint64_t states)
    : capacity_(capacity_for(states)), table_(bytes_for(capacity_, sizeof(Slot))) {}

void VisitedSet::prefetch_rest(const Fingerprint& key) const {
  const Slot* slot = slots() + place_of(tag_of(key));
  const Slot* const last = slots() + slots_count() - 1;
  while (slot->number != 0 && slot->tag != tag_of(key) && slot != last) ++slot;
  if (slot->number != 0) rests_.prefetch(slot->number - 1);
}

VisitedSet::Found VisitedSet::insert(const Fingerprint& key) {
  const Slot* const end = slots() + slots_count();
  Slot* slot = slots() + place_of(tag_of(key));
  while (slot->number != 0) {
    if (is_at(*slot, key)) return {slot->number - 1, false};
    ++slot;
    WAKESIM_ASSERT(slot != end);
  }
  const std::uint32_t number = size();
  WAKESIM_ASSERT(number < kAbsent - 1);
  *slot = {tag_of(key), number + 1};
  rests_.push(rest_of(key));
  if (is_full(size(), capacity_)) grow();
  return {number, true};
}

std::uint32_t VisitedSet::find(const Fingerprint& key) const {
  const Slot* const end = slots() + slots_count();
  for (const Slot* slot = slots() + place_of(tag_of(key)); slot != end; ++slot) {
    if (slot->number == 0) return kAbsent;
    if (is_at(*slot, key)) return slot->number - 1;
  }
  return kAbsent;
}

void VisitedSet::grow() {
  std::uint64_t end = slots_count();
  capacity_ *= 2;
  table_.grow(bytes_for(capacity_, sizeof(Slot)));
  Slot* const all = slots();
  // From the back, a slot's new place lies at or behind its old one. A run of taken slots is lifted
  // out before it is put back, so that none lands on one that has not moved yet.
  std::vector<Slot> run;
  while (end > 0) {
    while (end > 0 && all[end - 1].number == 0) --end;
    std::uint64_t begin = end;
    while (begin > 0 && all[begin - 1].number != 0) --begin;
    run.assign(all + begin, all + end);
    std::fill(all + begin, all + end, Slot{});
    for (const Slot& moved : run) {
      std::uint64_t place = place_of(moved.tag);
      while (all[place].number != 0) ++place;
      all[place] = moved;
    }
    end = begin;
  }
}

}  // namespace wakesim
