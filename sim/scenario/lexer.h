// One line of a program -> tokens.

#pragma once

#include <cstddef>
#include <cstdint>
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

// The tokens of `line` from byte `begin` on, closed by an End. The views point into `line`. Ends at
// the first Wrong.
std::vector<Token> tokenize(std::string_view line, std::size_t begin = 0);

}  // namespace wakesim
