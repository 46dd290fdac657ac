#include "sim/explore/visited.h"

#include <sys/mman.h>

#include <algorithm>
#include <vector>

#include "sim/assert.h"

namespace wakesim {
namespace {

constexpr std::uint32_t kBitsMin = 10;
constexpr std::uint64_t kHugePagesFrom = 4u << 20;

// Grown when more than 13/16 of the slots are taken: 28 bytes a state then, 49 right after.
bool is_full(std::uint64_t size, std::uint64_t capacity) { return size * 16 >= capacity * 13; }

void* map_memory(std::uint64_t bytes) {
  void* memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  WAKESIM_ASSERT(memory != MAP_FAILED);
  if (bytes >= kHugePagesFrom) madvise(memory, bytes, MADV_HUGEPAGE);
  return memory;
}

// The kernel moves pages, not bytes; what is new reads zero.
void* remap_memory(void* memory, std::uint64_t old_bytes, std::uint64_t new_bytes) {
  void* moved = mremap(memory, old_bytes, new_bytes, MREMAP_MAYMOVE);
  WAKESIM_ASSERT(moved != MAP_FAILED);
  if (new_bytes >= kHugePagesFrom) madvise(moved, new_bytes, MADV_HUGEPAGE);
  return moved;
}

// Runs of taken slots stay far shorter than this at the load above.
std::uint64_t spare_for(std::uint32_t bits) { return 256 + 64 * std::uint64_t{bits}; }

}  // namespace

VisitedSet::VisitedSet(std::uint64_t states) {
  std::uint32_t bits = kBitsMin;
  while (bits < 32 && is_full(states, std::uint64_t{1} << bits)) ++bits;
  bits_ = bits;
  spare_ = spare_for(bits);
  keys_ = static_cast<Fingerprint*>(map_memory(slots() * sizeof(Fingerprint)));
  numbers_ = static_cast<std::uint32_t*>(map_memory(slots() * sizeof(std::uint32_t)));
}

VisitedSet::~VisitedSet() {
  munmap(keys_, slots() * sizeof(Fingerprint));
  munmap(numbers_, slots() * sizeof(std::uint32_t));
}

VisitedSet::Found VisitedSet::insert(const Fingerprint& key) {
  std::uint64_t slot = slot_of(key);
  while (keys_[slot].high != 0) {
    if (keys_[slot] == key) return {numbers_[slot], false};
    ++slot;
    WAKESIM_ASSERT(slot < slots());
  }
  keys_[slot] = key;
  numbers_[slot] = size_;
  const std::uint32_t number = size_++;
  if (is_full(size_, capacity())) grow();
  return {number, true};
}

std::uint32_t VisitedSet::find(const Fingerprint& key) const {
  for (std::uint64_t slot = slot_of(key); keys_[slot].high != 0; ++slot) {
    if (keys_[slot] == key) return numbers_[slot];
    if (slot + 1 == slots()) break;
  }
  return kAbsent;
}

void VisitedSet::grow() {
  const std::uint64_t old_slots = slots();
  ++bits_;
  spare_ = spare_for(bits_);
  keys_ = static_cast<Fingerprint*>(
      remap_memory(keys_, old_slots * sizeof(Fingerprint), slots() * sizeof(Fingerprint)));
  numbers_ = static_cast<std::uint32_t*>(
      remap_memory(numbers_, old_slots * sizeof(std::uint32_t), slots() * sizeof(std::uint32_t)));
  // From the back, an entry's new slot lies at or behind its old one. A run of taken slots is
  // lifted out before it is put back, so that no entry lands on one that has not moved yet.
  std::vector<Fingerprint> keys;
  std::vector<std::uint32_t> numbers;
  std::uint64_t end = old_slots;
  while (end > 0) {
    while (end > 0 && keys_[end - 1].high == 0) --end;
    std::uint64_t begin = end;
    while (begin > 0 && keys_[begin - 1].high != 0) --begin;
    const std::uint64_t count = end - begin;
    keys.assign(keys_ + begin, keys_ + end);
    numbers.assign(numbers_ + begin, numbers_ + end);
    std::fill_n(keys_ + begin, count, Fingerprint{});
    for (std::uint64_t i = 0; i < count; ++i) {
      std::uint64_t slot = slot_of(keys[i]);
      while (keys_[slot].high != 0) ++slot;
      keys_[slot] = keys[i];
      numbers_[slot] = numbers[i];
    }
    end = begin;
  }
}

}  // namespace wakesim
