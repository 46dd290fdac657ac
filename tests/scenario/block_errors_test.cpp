// Errors in the blocks of a program.

#include <gtest/gtest.h>

#include <string>

#include "tests/scenario/load_text.h"

namespace wakesim {
namespace {

std::string errors_of_lines(std::string_view lines) {
  return load_text(with_lines(lines)).errors();
}

TEST(Blocks, NoLines) {
  EXPECT_EQ(errors_of_lines(R"(- forever:
- x = 1)"),
            R"(t.yaml:7:7: error: `forever:` has no lines

  7 │     - forever:
    │       ^^^^^^^
    indent its lines below it
)");
}

TEST(Blocks, EmptyList) {
  EXPECT_EQ(errors_of_lines("- forever: []"), R"(t.yaml:7:16: error: `forever:` has no lines

  7 │     - forever: []
    │                ^
    indent its lines below it
)");
}

TEST(Blocks, Elif) {
  EXPECT_EQ(errors_of_lines(R"(- if x: break
  elif y: break)"),
            R"(t.yaml:8:7: error: there is no `elif`

  8 │       elif y: break
    │       ^^^^^^
    write  else if y:
)");
}

TEST(Blocks, TwoHeads) {
  EXPECT_EQ(errors_of_lines(R"(- while x: y = 1
  if z: q = 1)"),
            R"(t.yaml:8:7: error: `if z` belongs to the item above it

  8 │       if z: q = 1
    │       ^^^^
    write  - if z:
)");
}

TEST(Blocks, SecondElse) {
  EXPECT_EQ(errors_of_lines(R"(- if x: break
  else: break
  cleanup: break)"),
            R"(t.yaml:9:7: error: `cleanup` cannot follow a block

  7 │     - if x: break
    ┆       ---- this one
  9 │       cleanup: break
    │       ^^^^^^^
    begin a line of its own with `- `
)");
}

TEST(Blocks, UnknownBlock) {
  EXPECT_EQ(errors_of_lines(R"(- whil x == 1:
    - x = 2)"),
            R"(t.yaml:7:7: error: `whil` begins no block

  7 │     - whil x == 1:
    │       ^^^^^^^^^^^
    write  while x == 1:
)");
}

TEST(Blocks, ListInList) {
  EXPECT_EQ(errors_of_lines("- - x = 1"), R"(t.yaml:7:7: error: a list inside a list is no statement

  7 │     - - x = 1
    │       ^
    write one `- ` before each line
)");
}

TEST(Blocks, EitherWithOneBranch) {
  EXPECT_EQ(errors_of_lines(R"(- either:
    - x = 1)"),
            R"(t.yaml:8:9: error: `either:` needs a list of at least two branches

  8 │         - x = 1
    │         ^
    write  either:
               - x = 1
               - x = 2
)");
}

TEST(Blocks, EitherBranchName) {
  EXPECT_EQ(errors_of_lines(R"(- either:
    if x: x = 1
    b: x = 2)"),
            R"(t.yaml:8:9: error: `if x` is no name of a branch of `either:`

  8 │         if x: x = 1
    │         ^^^^
    begin each branch with `- `, or with a name of its own
)");
}

TEST(Blocks, EmptyMap) {
  EXPECT_EQ(errors_of_lines("- {}"), R"(t.yaml:7:7: error: `{}` is no statement

  7 │     - {}
    │       ^
)");
}

TEST(Blocks, HandlerAmongTheLines) {
  EXPECT_EQ(errors_of_lines("- on SIGUSR1: x = 1"),
            R"(t.yaml:7:7: error: a handler is no statement: it may run between any two of the
thread

  7 │     - on SIGUSR1: x = 1
    │       ^^^^^^^^^^
    write  on SIGNAL:  beside the `run:` of the thread
)");
}

TEST(Blocks, LoopWithoutItsColon) {
  EXPECT_EQ(errors_of_lines("- forever\n  - x = 1"),
            R"(t.yaml:7:7: error: `forever` needs `:` at the end of its line

  7 │     - forever
    │       ^^^^^^^
    write  forever:
)");
}

// Here the line below holds a `: `, which YAML finds first.
TEST(Blocks, LoopWithoutItsColonAboveABlock) {
  EXPECT_EQ(errors_of_lines("- while x == 0   # wait\n  - if x: x = 1"),
            R"(t.yaml:7:7: error: `while x == 0` needs `:` at the end of its line

  7 │     - while x == 0   # wait
    │       ^^^^^^^^^^^^
    write  while x == 0:
)");
}

TEST(Blocks, LoneCleanup) {
  EXPECT_EQ(errors_of_lines("- cleanup: x = 1"), R"(t.yaml:7:7: error: `cleanup:` without its `try`

  7 │     - cleanup: x = 1
    │       ^^^^^^^
    align it with `try` and begin it without `- `
)");
}

}  // namespace
}  // namespace wakesim
