// 128-bit fingerprints of whole states (XXH3). For n states the expected number of confused pairs
// is about n*n / 2^129; the verdict prints it.

#pragma once

#include <cstddef>
#include <cstdint>

namespace wakesim {

struct Fingerprint {
  std::uint64_t low = 0;
  std::uint64_t high = 0;

  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
};

Fingerprint fingerprint(const std::byte* state, std::size_t bytes);

}  // namespace wakesim
