// How diagnostics look. The first three are the terminal design's own.

#include <gtest/gtest.h>

#include "sim/scenario/diagnostic.h"

namespace wakesim {
namespace {

SourceFiles lost_wakeup() {
  return {{"futex/lost-wakeup.yaml",
           {"wakesim: 1", "name: futex/lost-wakeup", "about: Publishing a flag.", "teaches: [a]",
            "machine: { cpus: 2 }", "objects:", "  ready: word(0)", "  seq: word(0)",
            "threads:", "  waiter:", "    - forever:", "        - if ready == seq: break",
            "        - s = seq", "        - futex_wait(seqq, s)", "  waker:", "    - ready = 1"}}};
}

Diagnostic at(std::uint32_t line, std::uint32_t column, std::uint32_t length, std::string message) {
  return {.where = {.line = line, .column = column, .length = length},
          .message = std::move(message)};
}

TEST(Render, NoteShowsItsLineAndTheOneBefore) {
  Diagnostic d = at(14, 22, 4, "no object is called `seqq`");
  d.notes.push_back({{.line = 8, .column = 3, .length = 3}, "did you mean this one?"});
  d.hints.push_back("write  futex_wait(seq, s)");
  EXPECT_EQ(render(d, lost_wakeup()),
            "futex/lost-wakeup.yaml:14:22: error: no object is called `seqq`\n"
            "\n"
            "   7 │   ready: word(0)\n"
            "   8 │   seq: word(0)\n"
            "     ┆   --- did you mean this one?\n"
            "  14 │         - futex_wait(seqq, s)\n"
            "     │                      ^^^^\n"
            "     write  futex_wait(seq, s)\n");
}

TEST(Render, NoteWithoutTextIsAnotherCaret) {
  Diagnostic d =
      at(12, 14, 5, "one line may touch shared memory once; this reads `ready` and `seq`");
  d.notes.push_back({{.line = 12, .column = 23, .length = 3}, ""});
  d.hints.push_back("write  r = ready\n       if r == seq: break");
  d.hints.push_back("or     atomic: if the real code holds a lock here");
  EXPECT_EQ(render(d, lost_wakeup()),
            "futex/lost-wakeup.yaml:12:14: error: one line may touch shared memory once; this\n"
            "reads `ready` and `seq`\n"
            "\n"
            "  12 │         - if ready == seq: break\n"
            "     │              ^^^^^    ^^^\n"
            "     write  r = ready\n"
            "            if r == seq: break\n"
            "     or     atomic: if the real code holds a lock here\n");
}

TEST(Render, TwoNotesOnOneLineHaveARowEach) {
  Diagnostic d = at(13, 11, 1, "message");
  d.notes.push_back({{.line = 13, .column = 15, .length = 3}, "this"});
  EXPECT_EQ(render(d, lost_wakeup()),
            "futex/lost-wakeup.yaml:13:11: error: message\n"
            "\n"
            "  13 │         - s = seq\n"
            "     │           ^\n"
            "     │               --- this\n");
}

TEST(Render, PlaceInAnotherFileIsNamed) {
  SourceFiles files = lost_wakeup();
  files.push_back({"lib/pthread.yaml", {"functions:"}});
  Diagnostic d = at(6, 1, 7, "message");
  d.notes.push_back({{.file = 1, .line = 1, .column = 1}, "first here"});
  EXPECT_EQ(render(d, files),
            "futex/lost-wakeup.yaml:6:1: error: message\n"
            "\n"
            "  6 │ objects:\n"
            "    │ ^^^^^^^\n"
            "    lib/pthread.yaml:1:1: first here\n");
}

TEST(Render, NoPlaceIsOnlyTheFile) {
  Diagnostic d{.message = "cannot be read", .is_warning = true};
  EXPECT_EQ(render(d, {{"a.yaml", {}}}), "a.yaml: warning: cannot be read\n");
}

TEST(Render, LongLinesAreCutAroundTheirCaret) {
  const SourceFiles files = {{"a.yaml", {std::string(60, 'a') + " here " + std::string(60, 'b')}}};
  EXPECT_EQ(render(at(1, 62, 4, "message"), files, 40),
            "a.yaml:1:62: error: message\n"
            "\n"
            "  1 │ …aaaaaaaaa here bbbbbbbbbbbbbbbbb…\n"
            "    │            ^^^^\n");
}

TEST(Render, CaretsStandBelowWideCharactersAndTabs) {
  const SourceFiles files = {{"a.yaml", {"日本\tx é y"}}};
  EXPECT_EQ(render(at(1, 8, 1, "message"), files),
            "a.yaml:1:8: error: message\n"
            "\n"
            "  1 │ 日本 x é y\n"
            "    │          ^\n");
}

TEST(Render, PlacesBeyondTheLineDoNotHarm) {
  const SourceFiles files = {{"a.yaml", {"x"}}};
  EXPECT_EQ(render(at(1, 9, 5, "message"), files),
            "a.yaml:1:9: error: message\n\n  1 │ x\n    │  ^\n");
  EXPECT_EQ(render(at(7, 1, 1, "message"), files), "a.yaml:7:1: error: message\n");
}

TEST(Diagnostics, SameMessageAtTheSamePlaceCountsOnce) {
  Diagnostics diagnostics;
  for (int i = 0; i < 3; ++i) diagnostics.error({.line = 1, .column = 1}, "message");
  EXPECT_EQ(diagnostics.errors(), 1u);
}

TEST(Diagnostics, OnlyTwentyAreKeptButAllCounted) {
  Diagnostics diagnostics;
  for (std::uint32_t i = 1; i <= 25; ++i) diagnostics.error({.line = i, .column = 1}, "message");
  EXPECT_EQ(diagnostics.errors(), 25u);
  EXPECT_EQ(diagnostics.all().size(), kDiagnosticsMax);
}

TEST(Diagnostics, WarningsAreNoErrors) {
  Diagnostics diagnostics;
  diagnostics.warning({.line = 1, .column = 1}, "message", "hint");
  EXPECT_FALSE(diagnostics.has_errors());
  EXPECT_EQ(diagnostics.all().size(), 1u);
}

TEST(ClosestName, FindsTyposAndSwappedLetters) {
  EXPECT_EQ(closest_name("seqq", {"ready", "seq"}), "seq");
  EXPECT_EQ(closest_name("fuetx_wait", {"futex_wake", "futex_wait"}), "futex_wait");
  EXPECT_EQ(closest_name("EPOLEXCLUSIVE", {"EPOLLEXCLUSIVE", "EPOLLONESHOT"}), "EPOLLEXCLUSIVE");
}

TEST(ClosestName, IsSilentWhenNothingIsClose) {
  EXPECT_EQ(closest_name("x", {"y", "z"}), "");
  EXPECT_EQ(closest_name("bell", {"jobs", "worker"}), "");
  EXPECT_EQ(closest_name("seq", {}), "");
}

}  // namespace
}  // namespace wakesim
