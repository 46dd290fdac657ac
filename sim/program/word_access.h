// The bytes of a word as a value, and back. Whoever calls these records the footprint.

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

#include "sim/assert.h"
#include "sim/program/system.h"

namespace wakesim {

inline std::int64_t read_word(const std::byte* state, const Word& word) {
  const std::byte* const place = state + word.offset;
  if (word.type == WordType::Unsigned64) {
    std::int64_t value;
    std::memcpy(&value, place, sizeof(value));
    return value;
  }
  std::uint32_t value;
  std::memcpy(&value, place, sizeof(value));
  return word.type == WordType::Signed32 ? static_cast<std::int32_t>(value)
                                         : static_cast<std::int64_t>(value);
}

// False: a signed word overflowed. Unsigned words wrap.
inline bool write_word(std::byte* state, const Word& word, std::int64_t value) {
  std::byte* const place = state + word.offset;
  if (word.type == WordType::Unsigned64) {
    std::memcpy(place, &value, sizeof(value));
    return true;
  }
  const auto low = static_cast<std::uint32_t>(value);
  std::memcpy(place, &low, sizeof(low));
  return word.type != WordType::Signed32 || static_cast<std::int32_t>(low) == value;
}

}  // namespace wakesim
