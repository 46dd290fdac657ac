#include "tools/report/progress.h"

#include <fmt/format.h>

#include <utility>

#include "tools/report/text.h"

namespace wakesim {
namespace {

constexpr double kRewriteSeconds = 0.1;
constexpr double kLinesSeconds = 10;
constexpr double kQuickSeconds = 1;  // Work that is done by then shows nothing.

std::string rate(double per_second) {
  if (per_second >= 1e6) return fmt::format("{:.1f} M/s", per_second / 1e6);
  if (per_second >= 1e3) return fmt::format("{:.0f} k/s", per_second / 1e3);
  return fmt::format("{:.0f} /s", per_second);
}

}  // namespace

std::string progress_line(const std::string& what, const SearchProgress& progress, double seconds,
                          int width) {
  const auto whole = static_cast<std::uint64_t>(seconds);
  const double per_second = seconds > 0 ? static_cast<double>(progress.states) / seconds : 0;
  const std::string line = fmt::format(
      "{:02}:{:02}  {}  {} states  {}  depth {}  {} to expand", whole / 60, whole % 60, what,
      grouped(progress.states), rate(per_second), progress.depth, grouped(progress.frontier));
  Page page;
  page.ascii = true;
  return render(cut(line, width - 1, true), page);
}

ProgressLine::ProgressLine(Environment environment) : environment_(std::move(environment)) {}

void ProgressLine::start(std::string what) {
  clear();
  what_ = std::move(what);
  if (environment_.mode == Mode::Off) return;
  started_ = environment_.seconds();
  // The first line is due when the work turns out not to be quick.
  shown_ =
      environment_.mode == Mode::Rewrite ? started_ + kQuickSeconds - kRewriteSeconds : started_;
}

void ProgressLine::update(const SearchProgress& progress) {
  if (environment_.mode == Mode::Off) return;
  const double now = environment_.seconds();
  const bool is_rewritten = environment_.mode == Mode::Rewrite;
  if (now - shown_ < (is_rewritten ? kRewriteSeconds : kLinesSeconds)) return;
  shown_ = now;
  const std::string line = progress_line(what_, progress, now - started_, environment_.width);
  environment_.write(is_rewritten ? "\r\x1b[K" + line : line + '\n');
  is_visible_ = is_rewritten;
}

void ProgressLine::clear() {
  if (std::exchange(is_visible_, false)) environment_.write("\r\x1b[K");
}

}  // namespace wakesim
