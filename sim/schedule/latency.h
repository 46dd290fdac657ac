// How long things took: a histogram that stays small however many there are.

#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace wakesim {

// Exact below 512 ns, beyond that to 0.4 %: 256 steps to each doubling.
class LatencyHistogram {
 public:
  void add(std::int64_t nanoseconds) {
    const std::size_t bucket = bucket_of(static_cast<std::uint64_t>(nanoseconds));
    if (bucket >= counts_.size()) counts_.resize(bucket + 1);
    ++counts_[bucket];
    ++count_;
    if (nanoseconds > largest_) largest_ = nanoseconds;
  }

  std::uint64_t count() const { return count_; }
  std::int64_t largest() const { return largest_; }

  // The value that `percent` of all do not exceed; 0 if there are none.
  std::int64_t percentile(double percent) const {
    const double wanted = static_cast<double>(count_) * percent / 100.0;
    std::uint64_t seen = 0;
    for (std::size_t bucket = 0; bucket < counts_.size(); ++bucket) {
      seen += counts_[bucket];
      if (seen == 0 || static_cast<double>(seen) < wanted) continue;
      return static_cast<std::int64_t>(lowest_in(bucket));
    }
    return largest_;
  }

 private:
  static constexpr int kBits = 8;

  static std::size_t bucket_of(std::uint64_t value) {
    const int shift = value >> (kBits + 1) == 0 ? 0 : 63 - std::countl_zero(value) - kBits;
    return (static_cast<std::size_t>(shift) << kBits) + static_cast<std::size_t>(value >> shift);
  }
  static std::uint64_t lowest_in(std::size_t bucket) {
    if (bucket < std::size_t{2} << kBits) return bucket;
    const std::size_t shift = (bucket >> kBits) - 1;
    return (bucket - (shift << kBits)) << shift;
  }

  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
  std::int64_t largest_ = 0;
};

}  // namespace wakesim
