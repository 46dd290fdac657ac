// One line of a program -> tokens.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace wakesim {

struct Token {
  enum class Kind : std::uint8_t { Name, Number, Duration, Operator, Wrong, End };
  Kind kind = Kind::End;
  std::string_view text;
  std::int64_t value = 0;  // Number; Duration: nanoseconds.
  std::size_t begin = 0;   // Bytes from the start of the line.
  std::size_t end = 0;
  std::string problem;  // Wrong: why.
  std::string hint;
};

// Bytes [begin, end) of a line.
struct Stretch {
  std::size_t begin;
  std::size_t end;
};

// The tokens of `line` from byte `begin` on, closed by an End. The views point into `line`. Ends at
// the first Wrong. Each of `names` is one Name, whatever it holds.
std::vector<Token> tokenize(std::string_view line, std::size_t begin = 0,
                            std::span<const Stretch> names = {});

}  // namespace wakesim
