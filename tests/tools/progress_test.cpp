// The status line of long work.

#include "tools/report/progress.h"

#include <gtest/gtest.h>

namespace wakesim {
namespace {

// A clock and a terminal made of variables.
struct Stage {
  double now = 0;
  std::string written;

  ProgressLine line(ProgressLine::Mode mode) {
    return ProgressLine({.mode = mode,
                         .width = 80,
                         .seconds = [this] { return now; },
                         .write = [this](const std::string& text) { written += text; }});
  }
};

constexpr SearchProgress kProgress{
    .states = 1'934'112, .transitions = 5'000'000, .frontier = 812, .depth = 31};

TEST(Progress, LineSaysHowFarAndHowFast) {
  EXPECT_EQ(progress_line("futex/x, variant a", kProgress, 42, 80),
            "00:42  futex/x, variant a  1 934 112 states  46 k/s  depth 31  812 to expand");
  EXPECT_EQ(progress_line("x", kProgress, 42, 20), "00:42  x  1 934 ...");
}

TEST(Progress, QuickWorkShowsNothing) {
  Stage stage;
  ProgressLine line = stage.line(ProgressLine::Mode::Rewrite);
  line.start("x");
  stage.now = 0.9;
  line.update(kProgress);
  line.clear();
  EXPECT_EQ(stage.written, "");
}

TEST(Progress, TerminalsGetOneLineRewritten) {
  Stage stage;
  ProgressLine line = stage.line(ProgressLine::Mode::Rewrite);
  line.start("x");
  stage.now = 1.5;
  line.update(kProgress);
  stage.now = 1.55;
  line.update(kProgress);  // Too soon.
  EXPECT_EQ(stage.written, "\r\033[K" + progress_line("x", kProgress, 1.5, 80));
  line.clear();
  EXPECT_TRUE(stage.written.ends_with("\r\033[K"));
}

TEST(Progress, OtherwiseALineEveryTenSeconds) {
  Stage stage;
  ProgressLine line = stage.line(ProgressLine::Mode::Lines);
  line.start("x");
  for (stage.now = 0; stage.now < 25; stage.now += 0.5) line.update(kProgress);
  EXPECT_EQ(stage.written, progress_line("x", kProgress, 10, 80) + '\n' +
                               progress_line("x", kProgress, 20, 80) + '\n');
}

TEST(Progress, OffIsSilent) {
  Stage stage;
  ProgressLine line = stage.line(ProgressLine::Mode::Off);
  line.start("x");
  stage.now = 100;
  line.update(kProgress);
  EXPECT_EQ(stage.written, "");
}

}  // namespace
}  // namespace wakesim
