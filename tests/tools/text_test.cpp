// Measuring, cutting, wrapping and rendering of text.

#include "tools/report/text.h"

#include <gtest/gtest.h>

#include "tools/report/table.h"

namespace wakesim {
namespace {

TEST(Text, WidthIsInColumns) {
  EXPECT_EQ(display_width("wait"), 4);
  EXPECT_EQ(display_width("● ⊘╌░"), 5);
  EXPECT_EQ(display_width("e\xcc\x81"), 1);  // e with a combining accent.
  EXPECT_EQ(display_width("待つ"), 4);
  EXPECT_EQ(display_width("\xff"), 1);
}

TEST(Text, AsciiHasASubstituteForEverySign) {
  EXPECT_EQ(printable("→ ⊘ ╌ ░ ◀ │ ─ ━ █ ● ■ ◆ ▲ … ≠", true),
            "-> (/) - : < | - = # o # * ^ ... !=");
  EXPECT_EQ(printable("ä", true), "?");
}

TEST(Text, ControlCharactersAndReversedTextAreShownAsQuestionMarks) {
  EXPECT_EQ(printable("a\x1b[1mb\x7f", false), "a?[1mb?");
  EXPECT_EQ(printable("two\nlines\there", false), "two lines here");
  EXPECT_EQ(printable("x\xe2\x80\xaey", false), "x?y");
}

TEST(Text, WrapsAtSpacesAndKeepsLongWords) {
  std::string lines;
  for (const Text& line : wrap(Text("one two three-and-more four"), 8)) {
    lines += render(line, {}) + '|';
  }
  EXPECT_EQ(lines, "one two|three-and-more|four|");
}

TEST(Text, CutsToWidthWithAnEllipsis) {
  EXPECT_EQ(render(cut(Text("futex_wait"), 6, false), {}), "futex…");
  EXPECT_EQ(render(cut(Text("futex_wait"), 6, true), {}), "fut...");
  EXPECT_EQ(render(cut(Text("待待待"), 4, false), {}), "待…");
  EXPECT_EQ(render(cut(Text("futex"), 5, false), {}), "futex");
}

TEST(Text, ColourEndsBeforeTheSpacesBehindIt) {
  Text line("bad  ", Ink::Bad);
  line.add("x");
  EXPECT_EQ(render(line, {.color = true}), "\033[1;31mbad\033[0m  x");
  EXPECT_EQ(render(Text("end  "), {}), "end");
}

TEST(Text, LabelsTakeTenColumns) {
  EXPECT_EQ(labelled("why", Text("one two three"), {.width = 30}), "why       one two three\n");
  EXPECT_EQ(labelled("why", Text("one two three four five"), {.width = 30}),
            "why       one two three four\n"
            "          five\n");
  EXPECT_EQ(labelled("◀ step 12", Text("here"), {.width = 30}), "◀ step 12 here\n");
}

TEST(Text, WordsForTheShellAreQuotedOnlyIfNeeded) {
  EXPECT_EQ(shell_word("a/b-c.yaml"), "a/b-c.yaml");
  EXPECT_EQ(shell_word("a b"), "'a b'");
  EXPECT_EQ(shell_word("it's"), "'it'\\''s'");
  EXPECT_EQ(shell_word(""), "''");
}

TEST(Text, NumbersAreGroupedInThrees) {
  EXPECT_EQ(grouped(7), "7");
  EXPECT_EQ(grouped(999), "999");
  EXPECT_EQ(grouped(1000), "1 000");
  EXPECT_EQ(grouped(18446744073709551615u), "18 446 744 073 709 551 615");
}

TEST(Table, ColumnsAreAsWideAsTheirWidestCell) {
  Table table;
  table.has_rule = true;
  table.columns = {{Text("n"), TableColumn::Align::Right}, {Text("text")}, {}};
  table.rows = {{{Text("1")}, {Text("long cell")}},
                {{Text("22")}, {Text("x"), "╌"}, {Text("end")}}};
  EXPECT_EQ(render(table, {}),
            " n  text\n"
            "──  ─────────\n"
            " 1  long cell\n"
            "22  x╌╌╌╌╌╌╌╌  end\n");
  EXPECT_EQ(table_width(table, {}), 18);
}

}  // namespace
}  // namespace wakesim
