#include "tools/cli/quantities.h"

#include <array>
#include <charconv>
#include <cmath>
#include <limits>

namespace wakesim {
namespace {

struct Unit {
  std::string_view name;
  double factor;
};

// A positive decimal number and one of the units, without a sign or an exponent.
std::optional<double> parse_quantity(std::string_view text, const Unit* begin, const Unit* end) {
  const std::size_t number_end = text.find_first_not_of("0123456789.");
  const std::string_view number = text.substr(0, number_end);
  if (number.empty() || number.front() == '.' || number.back() == '.') return std::nullopt;

  double value = 0;
  const auto [stop, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error != std::errc{} || stop != number.data() + number.size()) return std::nullopt;

  const std::string_view unit =
      number_end == std::string_view::npos ? std::string_view{} : text.substr(number_end);
  if (unit.empty()) return value;
  for (const Unit* candidate = begin; candidate != end; ++candidate) {
    if (candidate->name == unit) return value * candidate->factor;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> whole(std::optional<double> value) {
  constexpr double kLargest = 9e18;
  if (!value || *value > kLargest || *value != std::floor(*value)) return std::nullopt;
  return static_cast<std::uint64_t>(*value);
}

}  // namespace

std::optional<std::uint64_t> parse_count(std::string_view text) {
  constexpr std::array kUnits = {Unit{"k", 1e3}, Unit{"K", 1e3}, Unit{"M", 1e6}, Unit{"G", 1e9}};
  return whole(parse_quantity(text, kUnits.begin(), kUnits.end()));
}

std::optional<std::uint64_t> parse_bytes(std::string_view text) {
  constexpr double kKibi = 1024;
  constexpr double kMebi = kKibi * 1024;
  constexpr double kGibi = kMebi * 1024;
  constexpr std::array kUnits = {
      Unit{"k", kKibi}, Unit{"K", kKibi},   Unit{"KiB", kKibi},
      Unit{"M", kMebi}, Unit{"MiB", kMebi}, Unit{"MB", kMebi},
      Unit{"G", kGibi}, Unit{"GiB", kGibi}, Unit{"GB", kGibi},
  };
  return whole(parse_quantity(text, kUnits.begin(), kUnits.end()));
}

std::optional<double> parse_seconds(std::string_view text) {
  constexpr std::array kUnits = {Unit{"ms", 1e-3}, Unit{"s", 1}, Unit{"m", 60}, Unit{"min", 60},
                                 Unit{"h", 3600}};
  return parse_quantity(text, kUnits.begin(), kUnits.end());
}

std::optional<std::uint64_t> parse_seed(std::string_view text) {
  const bool is_hexadecimal = text.starts_with("0x") || text.starts_with("0X");
  if (is_hexadecimal) text.remove_prefix(2);
  std::uint64_t value = 0;
  const auto [stop, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, is_hexadecimal ? 16 : 10);
  if (text.empty() || error != std::errc{} || stop != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

}  // namespace wakesim
