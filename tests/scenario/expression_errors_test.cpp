// Errors inside one line of a program.

#include <gtest/gtest.h>

#include <string>

#include "tests/scenario/load_text.h"

namespace wakesim {
namespace {

std::string errors_of_lines(std::string_view lines) {
  return load_text(with_lines(lines)).errors();
}

TEST(Expressions, LeadingZero) {
  EXPECT_EQ(errors_of_lines("- x = 010"),
            R"(t.yaml:7:11: error: `010`: a number with a leading zero is octal for some and
decimal for others

  7 │     - x = 010
    │           ^^^
    write  10
)");
}

TEST(Expressions, TooLarge) {
  EXPECT_EQ(errors_of_lines("- x = 18446744073709551616"),
            R"(t.yaml:7:11: error: `18446744073709551616` does not fit into 64 bits

  7 │     - x = 18446744073709551616
    │           ^^^^^^^^^^^^^^^^^^^^
    the largest number is 0xffffffffffffffff
)");
}

TEST(Expressions, BadHex) {
  EXPECT_EQ(errors_of_lines("- x = 0xfg"), R"(t.yaml:7:11: error: `0xfg` is no hexadecimal number

  7 │     - x = 0xfg
    │           ^^^^
)");
}

TEST(Expressions, Fraction) {
  EXPECT_EQ(errors_of_lines("- sleep 1.5ms"), R"(t.yaml:7:13: error: numbers have no fraction

  7 │     - sleep 1.5ms
    │             ^
    write  1500us  and not  1.5ms
)");
}

TEST(Expressions, BadUnit) {
  EXPECT_EQ(errors_of_lines("- sleep 5min"),
            R"(t.yaml:7:13: error: `5min` is neither a number nor a duration

  7 │     - sleep 5min
    │             ^^^^
    durations end in ns, us, ms or s
)");
}

TEST(Expressions, LongDuration) {
  EXPECT_EQ(errors_of_lines("- sleep 10000000000s"),
            R"(t.yaml:7:13: error: `10000000000s` is more than 292 years

  7 │     - sleep 10000000000s
    │             ^^^^^^^^^^^^
    write  inf
)");
}

TEST(Expressions, Underscore) {
  EXPECT_EQ(errors_of_lines("- x = 1_000"), R"(t.yaml:7:11: error: numbers have no `_`

  7 │     - x = 1_000
    │           ^^^^^
)");
}

TEST(Expressions, CSemicolon) {
  EXPECT_EQ(errors_of_lines("- x = 5;"),
            R"(t.yaml:7:12: error: a line is one statement and has no `;`

  7 │     - x = 5;
    │            ^
    leave it away
)");
}

TEST(Expressions, Increment) {
  EXPECT_EQ(errors_of_lines("- x++"), R"(t.yaml:7:8: error: there is no `++`

  7 │     - x++
    │        ^^
    write  x += 1
)");
}

TEST(Expressions, Arrow) {
  EXPECT_EQ(errors_of_lines("- y = ev->fd"), R"(t.yaml:7:13: error: there is no `->`

  7 │     - y = ev->fd
    │             ^^
    write  y = ev.fd
)");
}

TEST(Expressions, Declaration) {
  EXPECT_EQ(errors_of_lines("- int y = 5"), R"(t.yaml:7:11: error: expected an operator before `y`

  7 │     - int y = 5
    │           ^
    write  y = 5
)");
}

TEST(Expressions, AssignmentInCondition) {
  EXPECT_EQ(errors_of_lines("- if x = 1: break"),
            R"(t.yaml:7:12: error: `=` assigns; a comparison is `==`

  7 │     - if x = 1: break
    │            ^
    write  if x == 1
)");
}

TEST(Expressions, ChainedAssignment) {
  EXPECT_EQ(errors_of_lines("- a = b = c"),
            R"(t.yaml:7:13: error: one line assigns once; a comparison is `==`

  7 │     - a = b = c
    │             ^
)");
}

TEST(Expressions, AssignmentToCall) {
  EXPECT_EQ(errors_of_lines("- f(x) = 1"),
            R"(t.yaml:7:7: error: only a name, an element or a field can be assigned to

  7 │     - f(x) = 1
    │       ^^^^
)");
}

TEST(Expressions, MethodCall) {
  EXPECT_EQ(errors_of_lines("- y = p.read()"), R"(t.yaml:7:11: error: only a name can be called

  7 │     - y = p.read()
    │           ^^^^^^
    write  read(p)
)");
}

TEST(Expressions, NamedElement) {
  EXPECT_EQ(errors_of_lines("- poll(p[0]=IN)"),
            R"(t.yaml:7:12: error: only a plain name can stand before `=`

  7 │     - poll(p[0]=IN)
    │            ^^^^
    write  watch(p[0], IN)
)");
}

TEST(Expressions, WordOperator) {
  EXPECT_EQ(errors_of_lines("- x = a and b"),
            R"(t.yaml:7:13: error: expected an operator before `and`

  7 │     - x = a and b
    │             ^^^
    write  a && b
)");
}

TEST(Expressions, Address) {
  EXPECT_EQ(errors_of_lines("- f(&x)"), R"(t.yaml:7:9: error: there are no addresses

  7 │     - f(&x)
    │         ^
    leave the `&` away
)");
}

TEST(Expressions, Pointer) {
  EXPECT_EQ(errors_of_lines("- y = *x"), R"(t.yaml:7:11: error: there are no pointers

  7 │     - y = *x
    │           ^
    leave the `*` away
)");
}

TEST(Expressions, MissingOperand) {
  EXPECT_EQ(errors_of_lines("- x = 1 +"),
            R"(t.yaml:7:14: error: expected a value, found the end of the line

  7 │     - x = 1 +
    │              ^
)");
}

TEST(Expressions, MissingBracket) {
  EXPECT_EQ(errors_of_lines("- x = (a + b"), R"(t.yaml:7:11: error: `(` has no partner

  7 │     - x = (a + b
    │           ^
)");
}

TEST(Expressions, WrongBracket) {
  EXPECT_EQ(errors_of_lines("- x = (a + b]"), R"(t.yaml:7:17: error: `]` has no partner

  7 │     - x = (a + b]
    │                 ^
)");
}

TEST(Expressions, EmptyIndex) {
  EXPECT_EQ(errors_of_lines("- x[] = 1"), R"(t.yaml:7:9: error: expected a value, found `]`

  7 │     - x[] = 1
    │         ^
)");
}

TEST(Expressions, ReservedName) {
  EXPECT_EQ(errors_of_lines("- while = 1"),
            R"(t.yaml:7:7: error: `while` begins a block and needs `:` and lines below it

  7 │     - while = 1
    │       ^^^^^
)");
}

TEST(Expressions, ReservedOperand) {
  EXPECT_EQ(errors_of_lines("- x = return"),
            R"(t.yaml:7:11: error: `return` is a word of the language and cannot be a name

  7 │     - x = return
    │           ^^^^^^
)");
}

TEST(Expressions, MissingColon) {
  EXPECT_EQ(errors_of_lines("- if x == 1 break"),
            R"(t.yaml:7:7: error: `if` begins a block and needs `:` and lines below it

  7 │     - if x == 1 break
    │       ^^
    write  if x == 1: break
)");
}

TEST(Expressions, CIf) {
  EXPECT_EQ(errors_of_lines("- if (x == 1) { break; }"),
            R"(t.yaml:7:7: error: `if` begins a block and needs `:` and lines below it

  7 │     - if (x == 1) { break; }
    │       ^^
    write  if (x == 1): break
)");
}

TEST(Expressions, HeadAlone) {
  EXPECT_EQ(errors_of_lines("- forever"),
            R"(t.yaml:7:7: error: `forever` begins a block and needs `:` and lines below it

  7 │     - forever
    │       ^^^^^^^
    write  forever:
)");
}

TEST(Expressions, UnknownCharacter) {
  EXPECT_EQ(errors_of_lines("- x = é"), R"(t.yaml:7:11: error: `é` (U+00E9) has no meaning here

  7 │     - x = é
    │           ^
)");
}

TEST(Expressions, Dollar) {
  EXPECT_EQ(errors_of_lines("- x = $y"),
            R"(t.yaml:7:11: error: `$` begins the name of an axis, as in `${via}`

  7 │     - x = $y
    │           ^
)");
}

TEST(Expressions, TextInQuotes) {
  EXPECT_EQ(errors_of_lines(R"(- puts("hello"))"),
            R"(t.yaml:7:12: error: text in quotes has no meaning in a program

  7 │     - puts("hello")
    │            ^
)");
}

TEST(Expressions, BreakWithColon) {
  EXPECT_EQ(errors_of_lines("- break:"), R"(t.yaml:7:7: error: `break` has no `:`

  7 │     - break:
    │       ^^^^^
    write  - break
)");
}

TEST(Expressions, MissingCondition) {
  EXPECT_EQ(errors_of_lines(R"(- while :
    - x = 1)"),
            R"(t.yaml:7:12: error: `while` needs an expression before `:`

  7 │     - while :
    │            ^
)");
}

TEST(Expressions, ForWithoutIn) {
  EXPECT_EQ(errors_of_lines(R"(- for e of evs:
    - x = 1)"),
            R"(t.yaml:7:13: error: expected `in` after the loop's local

  7 │     - for e of evs:
    │             ^^
    write  for e in events:
)");
}

TEST(Expressions, Fields) {
  EXPECT_EQ(errors_of_lines("- x = a.1"),
            R"(t.yaml:7:13: error: expected the name of a field after `.`, found `1`

  7 │     - x = a.1
    │             ^
)");
}

TEST(Expressions, TooDeep) {
  EXPECT_EQ(errors_of_lines("- x = "
                            "(((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((1))))"
                            ")))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))"),
            R"(t.yaml:7:75: error: the expression is nested deeper than 64 levels

  7 │ …((((((((((((((((((((((((1)))))))))))))))))))))))))))))))))))))))))))))))…
    │                         ^
)");
}

TEST(Expressions, UnknownAxis) {
  EXPECT_EQ(errors_of_lines("- x = ${via}"), R"(t.yaml:7:7: error: the matrix has no axis `via`

  7 │     - x = ${via}
    │       ^^^^^^^^^^
)");
}

TEST(Expressions, UnclosedAxis) {
  EXPECT_EQ(errors_of_lines("- x = ${via"), R"(t.yaml:7:7: error: `${` without `}`

  7 │     - x = ${via
    │       ^^^^^^^^^
)");
}

}  // namespace
}  // namespace wakesim
