// The one source of randomness: seeded, ours, the same numbers on every machine and compiler.
//
// Each consumer draws from a stream of its own, made of the user's seed and the consumer's name, so
// that a new draw in one place does not shift the draws of another.

#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <string_view>

#include "sim/assert.h"

namespace wakesim {

class Random {
 public:
  explicit Random(std::uint64_t seed) {
    for (std::uint64_t& word : state_) word = scatter(seed += kStep);
  }

  // The stream of one consumer: Random::of(seed, "schedule").
  static Random of(std::uint64_t seed, std::string_view consumer) {
    std::uint64_t mixed = scatter(seed);
    for (const char c : consumer) mixed = scatter(mixed ^ static_cast<unsigned char>(c));
    return Random(mixed);
  }

  // 64 random bits: a shift register over four words, of which a scrambled one is handed out
  // (xoshiro256**, Blackman and Vigna, ACM TOMS 47(4), 2021).
  std::uint64_t next() {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t kept = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= kept;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  // Uniform in 0 .. count-1. The upper half of a product would favour some numbers; the draws that
  // make the difference are thrown away (Lemire, ACM TOMACS 29(1), 2019).
  std::uint32_t below(std::uint32_t count) {
    WAKESIM_ASSERT(count > 0);
    std::uint64_t product = (next() >> 32) * count;
    if (static_cast<std::uint32_t>(product) < count) {
      const std::uint32_t surplus = (0u - count) % count;
      while (static_cast<std::uint32_t>(product) < surplus) product = (next() >> 32) * count;
    }
    return static_cast<std::uint32_t>(product >> 32);
  }

 private:
  static constexpr std::uint64_t kStep = 0x9e3779b97f4a7c15;  // 2^64 divided by the golden ratio.

  // A bijection in which every bit of the input reaches every bit of the output (the finaliser of
  // splitmix64, Steele, Lea and Flood, OOPSLA 2014).
  static std::uint64_t scatter(std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
    x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
    return x ^ (x >> 31);
  }

  std::array<std::uint64_t, 4> state_;
};

}  // namespace wakesim
