// What YAML does silently with a line is an error with the reason.

#include <gtest/gtest.h>

#include <string>

#include "tests/scenario/load_text.h"

namespace wakesim {
namespace {

std::string errors_of_lines(std::string_view lines) {
  return load_text(with_lines(lines)).errors();
}

std::string errors_of(std::string_view text) { return load_text(text).errors(); }

TEST(Traps, ColonInTernary) {
  EXPECT_EQ(errors_of_lines("- x = a ? b : c"),
            R"(t.yaml:7:7: error: `: ` splits this line into a key and a value

  7 │     - x = a ? b : c
    │       ^^^^^^^^^
    there is no `? :`; use if and else
)");
}

TEST(Traps, ColonInAssertMessage) {
  EXPECT_EQ(errors_of_lines(R"(- assert e, "msg: text")"),
            R"(t.yaml:7:7: error: `: ` splits this line into a key and a value

  7 │     - assert e, "msg: text"
    │       ^^^^^^^^^^^^^^
    write  - 'assert e, "msg: text"'
)");
}

TEST(Traps, ColonInLine) {
  EXPECT_EQ(errors_of_lines("- whlie x: y = 1"),
            R"(t.yaml:7:7: error: `: ` splits this line into a key and a value

  7 │     - whlie x: y = 1
    │       ^^^^^^^
    write  while x: y = 1
)");
}

TEST(Traps, TwoColons) {
  EXPECT_EQ(errors_of_lines("- if x == 1: if y: break"),
            R"(t.yaml:7:22: error: a second `: ` in one line

  7 │     - if x == 1: if y: break
    │                      ^
    the body of a one-line block is one statement: put it on lines of its own
)");
}

TEST(Traps, HashCutsQuotedText) {
  EXPECT_EQ(errors_of_lines(R"(- s = "a # b")"),
            R"(t.yaml:7:14: error: ` #` begins a comment and cuts this line

  7 │     - s = "a # b"
    │              ^
    leave no blank before `#`, or quote the whole line
)");
}

TEST(Traps, HashCutsCall) {
  EXPECT_EQ(errors_of_lines("- s = f(a #b)"),
            R"(t.yaml:7:15: error: ` #` begins a comment and cuts this line

  7 │     - s = f(a #b)
    │               ^
    leave no blank before `#`, or quote the whole line
)");
}

TEST(Traps, Tag) {
  EXPECT_EQ(errors_of_lines("- !x && y"),
            R"(t.yaml:7:7: error: `!` begins a YAML tag; scenarios have none

  7 │     - !x && y
    │       ^
    write  (!x && y)
)");
}

TEST(Traps, Anchor) {
  EXPECT_EQ(errors_of_lines("- &x = 1"),
            R"(t.yaml:7:7: error: `&` begins a YAML anchor; scenarios have none

  7 │     - &x = 1
    │       ^
    start the line with a name, or put parentheses around it
)");
}

TEST(Traps, Star) {
  EXPECT_EQ(errors_of_lines("- *p = 1"),
            R"(t.yaml:7:7: error: a line or value cannot start with `*`: YAML gives it a
meaning of its own

  7 │     - *p = 1
    │       ^
    start with a name, or put parentheses around the expression
)");
}

TEST(Traps, At) {
  EXPECT_EQ(errors_of_lines("- @x"),
            R"(t.yaml:7:7: error: a line or value cannot start with `@`: YAML gives it a
meaning of its own

  7 │     - @x
    │       ^
    start with a name, or put parentheses around the expression
)");
}

TEST(Traps, Backtick) {
  EXPECT_EQ(errors_of_lines("- `x`"),
            R"(t.yaml:7:7: error: a line or value cannot start with ```: YAML gives it a
meaning of its own

  7 │     - `x`
    │       ^
    start with a name, or put parentheses around the expression
)");
}

TEST(Traps, Percent) {
  EXPECT_EQ(errors_of_lines("- %x"),
            R"(t.yaml:7:7: error: a line or value cannot start with `%`: YAML gives it a
meaning of its own

  7 │     - %x
    │       ^
    start with a name, or put parentheses around the expression
)");
}

TEST(Traps, Pipe) {
  EXPECT_EQ(errors_of_lines("- |x"),
            R"(t.yaml:7:7: error: a line or value cannot start with `|`: YAML gives it a
meaning of its own

  7 │     - |x
    │       ^
    start with a name, or put parentheses around the expression
)");
}

TEST(Traps, BlockText) {
  EXPECT_EQ(errors_of_lines(R"(- |
  x = 1)"),
            R"(t.yaml:7:7: error: a statement stands on one line

  7 │     - |
    │       ^
    write it behind the `- `
)");
}

TEST(Traps, FlowListNotClosed) {
  EXPECT_EQ(errors_of_lines("- [a = 1"), R"(t.yaml:7:13: error: the `[` before this is not closed

  7 │     - [a = 1
    │             ^
    close it with `]`, or write one entry a line, each after `- `
)");
}

TEST(Traps, FlowMap) {
  EXPECT_EQ(errors_of_lines("- {x: 1}"), R"(t.yaml:7:8: error: `{` makes a YAML map of this line

  7 │     - {x: 1}
    │        ^
    start with a name, or put parentheses around the expression
)");
}

TEST(Traps, QuoteAtStart) {
  EXPECT_EQ(errors_of_lines("- 'a' == x"),
            R"(t.yaml:7:7: error: a value that starts with a quote ends at the next one

  7 │     - 'a' == x
    │       ^^^
    quote the whole line, or start it with a name
)");
}

TEST(Traps, ForgottenDash) {
  EXPECT_EQ(errors_of_lines(R"(- x = 1
  y = 2)"),
            R"(t.yaml:7:7: error: YAML joins this line with the next one

  7 │     - x = 1
    │       ^^^^^
    begin the next line with `- `, or indent it as a line of its own
)");
}

TEST(Traps, ForgottenDashInBlock) {
  EXPECT_EQ(errors_of_lines(R"(- forever:
    x = 1
    y = 2)"),
            R"(t.yaml:8:9: error: YAML joins this line with the next one

  8 │         x = 1
    │         ^^^^^
    begin the next line with `- `, or indent it as a line of its own
)");
}

TEST(Traps, AxisInFlow) {
  EXPECT_EQ(errors_of_lines("- {a: ${via}}"),
            R"(t.yaml:7:11: error: inside [ ] and { } the brace of `${...}` ends the list

  7 │     - {a: ${via}}
    │           ^^^^^^
    write  "${via}"
    or     one entry a line, without [ ] and { }
)");
}

TEST(Traps, EmptyItem) {
  EXPECT_EQ(errors_of_lines("-"), R"(t.yaml:7:5: error: an item of this list is empty

  7 │     -
    │     ^
    remove the `-`
)");
}

TEST(Traps, Label) {
  EXPECT_EQ(errors_of_lines("- label:"), R"(t.yaml:7:7: error: `label` begins no block

  7 │     - label:
    │       ^^^^^
    blocks begin with if, while, forever, repeat, for, atomic, either, waits_for
    or try
)");
}

TEST(Traps, DashBeforeElse) {
  EXPECT_EQ(errors_of_lines(R"(- if x: break
- else: break)"),
            R"(t.yaml:8:7: error: `else:` without its `if`

  8 │     - else: break
    │       ^^^^
    align it with `if` and begin it without `- `
)");
}

TEST(Traps, QuoteNeverClosed) {
  EXPECT_EQ(errors_of_lines(R"(- "x = 1)"), R"(t.yaml:7:7: error: a quote is opened and never closed

  7 │     - "x = 1
    │       ^
)");
}

TEST(Traps, QuotedOverTwoLines) {
  EXPECT_EQ(errors_of_lines(R"(- "x =
  1")"),
            R"(t.yaml:7:7: error: YAML joins this line with the next one

  7 │     - "x =
    │       ^^^^
    close the quote on its own line
)");
}

TEST(Traps, KeyTwice) {
  EXPECT_EQ(errors_of_lines(R"(- if x: break
  if x: break)"),
            R"(t.yaml:8:7: error: `if x` is declared twice; YAML would keep only the second and
say nothing

  7 │     - if x: break
    │       ---- first here
  8 │       if x: break
    │       ^^^^
    begin the second with `- ` if it is a line of a program
)");
}

TEST(Traps, CallSplitAtComma) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
objects: {q: queue(4), e: eventfd(0, EFD_NONBLOCK)}
threads: { t: [x = 1] }
)"),
            R"(t.yaml:4:34: error: `(` has no partner

  4 │ objects: {q: queue(4), e: eventfd(0, EFD_NONBLOCK)}
    │                                  ^
    inside [ ] and { } YAML splits at every comma: write one entry a line

t.yaml:4:50: error: `)` has no partner

  4 │ objects: {q: queue(4), e: eventfd(0, EFD_NONBLOCK)}
    │                                                  ^
    inside [ ] and { } YAML splits at every comma: write one entry a line
)");
}

TEST(Traps, IndexInFlow) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
observe: [ready, a[0]]
threads: { t: [x = 1] }
)"),
            R"(t.yaml:4:18: error: inside [ ] and { } YAML takes the brackets of an index

  4 │ observe: [ready, a[0]]
    │                  ^^^^
    write  "a[0]"
    or     one entry a line, without [ ] and { }
)");
}

TEST(Traps, NullName) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
objects:
  null: word(0)
  ~: word(0)
threads: { t: [x = 1] }
)"),
            R"(t.yaml:5:3: error: `null` means nothing to YAML and cannot be a name

  5 │   null: word(0)
    │   ^^^^
    choose another name

t.yaml:6:3: error: `~` means nothing to YAML and cannot be a name

  6 │   ~: word(0)
    │   ^
    choose another name
)");
}

TEST(Traps, ListAsKey) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
? [a]
: b
threads: { t: [x = 1] }
)"),
            R"(t.yaml:4:3: error: a list cannot be a key

  4 │ ? [a]
    │   ^
    quote the whole line if it is a statement
)");
}

TEST(Traps, DuplicateThread) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
threads:
  waker:
    - x = 1
  waiter:
    - x = 2
  waker:
    - x = 3
)"),
            R"(t.yaml:9:3: error: `waker` is declared twice; YAML would keep only the second
and say nothing

  5 │   waker:
    ┆   ----- first here
  9 │   waker:
    │   ^^^^^
    write  waker2: or merge the two lists
)");
}

TEST(Traps, DuplicateThreadWithCount) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
threads:
  waker:
    - x = 1
  waker[2]:
    - x = 3
)"),
            R"(t.yaml:7:3: error: `waker` is declared twice

  5 │   waker:
    ┆   ----- first here
  7 │   waker[2]:
    │   ^^^^^^^^
    write  waker2: or merge the two lists
)");
}

TEST(Traps, DuplicateSection) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
threads: { t: [x = 1] }
threads: { t: [x = 1] }
)"),
            R"(t.yaml:5:1: error: `threads` is declared twice; YAML would keep only the second
and say nothing

  3 │ about: A test.
  4 │ threads: { t: [x = 1] }
    │ ------- first here
  5 │ threads: { t: [x = 1] }
    │ ^^^^^^^
    merge the two
)");
}

TEST(Traps, MergeKey) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
threads: { t: [x = 1] }
<<: 1
)"),
            R"(t.yaml:5:1: error: `<<` is a YAML merge key; scenarios have none

  5 │ <<: 1
    │ ^^
    write  same_as: VARIANT  in the entry to repeat
)");
}

TEST(Traps, Alias) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
a: &a [*a]
)"),
            R"(t.yaml:4:4: error: `&` begins a YAML anchor; scenarios have none

  4 │ a: &a [*a]
    │    ^
    start the line with a name, or put parentheses around it

t.yaml:4:8: error: `*` begins a YAML alias; scenarios have none

  4 │ a: &a [*a]
    │        ^
    start the line with a name, or put parentheses around it
)");
}

TEST(Traps, SecondDocument) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
threads: { t: [x = 1] }
---
a: 1
)"),
            R"(t.yaml:5:1: error: a second YAML document begins here; a scenario is one

  5 │ ---
    │ ^
    put the second scenario into a file of its own
)");
}

TEST(Traps, TextAfterEnd) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
threads: { t: [x = 1] }
...
junk
)"),
            R"(t.yaml:6:1: error: a second YAML document begins here; a scenario is one

  6 │ junk
    │ ^
    put the second scenario into a file of its own
)");
}

TEST(Traps, Directive) {
  EXPECT_EQ(errors_of(R"(%YAML 1.1
---
wakesim: 1
name: t
about: A test.
threads: { t: [x = 1] }
)"),
            R"(t.yaml:1:1: error: `%` begins a YAML directive; scenarios have none

  1 │ %YAML 1.1
    │ ^
)");
}

TEST(Traps, TabIndents) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
objects:
	x: word(0)
threads: { t: [x = 1] }
)"),
            R"(t.yaml:5:1: error: a tab cannot indent YAML

  5 │  x: word(0)
    │ ^
    use spaces
)");
}

TEST(Traps, LoneCarriageReturn) {
  EXPECT_EQ(errors_of("wakesim: 1\nname: t\nabout: A test.\na: b\rc\n"),
            R"(t.yaml:4:5: error: a carriage return without a line feed; lines end with one or
both

  4 │ a: b·c
    │     ^
)");
}

TEST(Traps, Indentation) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
objects:
    x: word(0)
  y: word(0)
threads: { t: [x = 1] }
)"),
            R"(t.yaml:6:3: error: this does not fit the lines above it

  6 │   y: word(0)
    │   ^
    indent it as the other entries of its map; quote a line that holds quotes or
    `: `
)");
}

TEST(Traps, NestingTooDeep) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
a: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
)"),
            R"(t.yaml:4:36: error: lists and maps are nested deeper than 64 levels

  4 │ a: [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[
    │                                    ^
    move the inner part into a function
)");
}

TEST(Traps, ColonInAbout) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: why: because
threads: { t: [x = 1] }
)"),
            R"(t.yaml:3:11: error: a second `: ` in one line

  3 │ about: why: because
    │           ^
    write  about: "why: because"
)");
}

TEST(Traps, UnclosedBrace) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
objects: { x: word(0)
threads: { t: [x = 1] }
)"),
            R"(t.yaml:5:8: error: the `{` before this is not closed

  5 │ threads: { t: [x = 1] }
    │        ^
    close it with `}`, or write one entry a line without braces
)");
}

}  // namespace
}  // namespace wakesim
