// The status line of long work, on stderr: rewritten in place on a terminal, a line every ten
// seconds elsewhere, nothing at all for what is quick.

#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "sim/explore/check.h"

namespace wakesim {

// "00:42  buggy  1 934 112 states  46 k/s  depth 31  812 to expand"
std::string progress_line(const std::string& what, const SearchProgress& progress, double seconds,
                          int width);

class ProgressLine {
 public:
  enum class Mode : std::uint8_t { Off, Lines, Rewrite };

  struct Environment {
    Mode mode = Mode::Off;
    int width = 80;
    std::function<double()> seconds;                // A steady clock.
    std::function<void(const std::string&)> write;  // To stderr.
  };

  explicit ProgressLine(Environment environment);

  void start(std::string what);
  void update(const SearchProgress& progress);
  // Takes the line away: a report follows.
  void clear();

 private:
  Environment environment_;
  std::string what_;
  double started_ = 0;
  double shown_ = 0;
  bool is_visible_ = false;
};

}  // namespace wakesim
