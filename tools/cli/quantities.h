// Numbers as people type them: 50M, 4GiB, 90s.

#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace wakesim {

// "5000000", "5M", "2k": powers of 1000.
std::optional<std::uint64_t> parse_count(std::string_view text);

// "512MiB", "4G", "100k": powers of 1024; without a unit bytes.
std::optional<std::uint64_t> parse_bytes(std::string_view text);

// "90", "90s", "1.5m", "200ms", "1h": seconds.
std::optional<double> parse_seconds(std::string_view text);

// "17" or "0x5d1e".
std::optional<std::uint64_t> parse_seed(std::string_view text);

}  // namespace wakesim
