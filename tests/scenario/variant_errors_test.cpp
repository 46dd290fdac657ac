// Errors in matrices and variants.

#include <gtest/gtest.h>

#include <string>

#include "tests/scenario/load_text.h"

namespace wakesim {
namespace {

std::string errors_of(std::string_view text) { return load_text(text).errors(); }

TEST(Variants, UnusedAxis) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
matrix: { via: [poll] }
threads: { t: [x = 1] }
)"),
            R"(t.yaml:4:11: error: axis `via` is used nowhere

  4 │ matrix: { via: [poll] }
    │           ^^^
    write  ${via} where its value belongs
)");
}

TEST(Variants, EmptyAxis) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
matrix: { via: [] }
threads: { t: [x = 1] }
)"),
            R"(t.yaml:4:16: error: axis `via` has no values

  4 │ matrix: { via: [] }
    │                ^
)");
}

TEST(Variants, BooleanValue) {
  EXPECT_EQ(errors_of(R"x(wakesim: 1
name: t
about: A test.
matrix: { via: [on, off] }
threads: { t: [ "${via}()" ] }
)x"),
            R"(t.yaml:4:17: error: `on` is true or false to some YAML readers and a word to
others

  4 │ matrix: { via: [on, off] }
    │                 ^^
    write  'on'

t.yaml:4:21: error: `off` is true or false to some YAML readers and a word to
others

  4 │ matrix: { via: [on, off] }
    │                     ^^^
    write  'off'
)");
}

TEST(Variants, ValueTwice) {
  EXPECT_EQ(errors_of(R"x(wakesim: 1
name: t
about: A test.
matrix: { via: [poll, poll] }
threads: { t: [ "${via}()" ] }
)x"),
            R"(t.yaml:4:23: error: `poll` stands twice in axis `via`

  4 │ matrix: { via: [poll, poll] }
    │                       ^^^^
)");
}

TEST(Variants, AxisCalledVariant) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
matrix: { variant: [a] }
threads: { t: [x = 1] }
)"),
            R"(t.yaml:4:11: error: `variant` is what `when:` calls the variants; name the axis
otherwise

  4 │ matrix: { variant: [a] }
    │           ^^^^^^^
)");
}

TEST(Variants, MistypedAxis) {
  EXPECT_EQ(errors_of(R"x(wakesim: 1
name: t
about: A test.
matrix: { via: [poll] }
threads: { t: [ "${vai}()" ] }
)x"),
            R"x(t.yaml:5:17: error: the matrix has no axis `vai`

  5 │ threads: { t: [ "${vai}()" ] }
    │                 ^^^^^^^^^^
    write  via
)x");
}

TEST(Variants, MemoryTwice) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
matrix: { memory: [sc, tso] }
machine: { memory: sc }
threads: { t: [x = 1] }
)"),
            R"(t.yaml:5:20: error: axis `memory` and `machine:` both set `memory`

  5 │ machine: { memory: sc }
    │                    ^^
    write  memory: ${memory}
)");
}

TEST(Variants, TooManyCells) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
matrix:
  a: [1, 2, 3, 4, 5, 6, 7, 8]
  b: [1, 2, 3, 4, 5, 6, 7, 8]
  c: [1, 2, 3, 4, 5, 6, 7, 8]
  d: [1, 2, 3, 4, 5, 6, 7, 8]
  e: [1, 2, 3, 4, 5, 6, 7, 8]
  f: [1, 2, 3, 4, 5, 6, 7, 8]
threads:
  t: [ "x = ${a}${b}${c}${d}${e}${f}" ]
)"),
            R"(t.yaml:5:3: error: variants and cells of the matrix make more instances of this
file than fit

  5 │   a: [1, 2, 3, 4, 5, 6, 7, 8]
    │   ^
    split the matrix over several files
)");
}

TEST(Variants, EmptyVariant) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
matrix: { via: [poll, select] }
objects: { x: word(0) }
threads:
  t:
    - ${via}(x)
variants:
  buggy:
)"),
            R"(t.yaml:10:3: error: variant `buggy` is empty

  10 │   buggy:
     │   ^^^^^
     write  buggy: {}  if it is the scenario as it stands
)");
}

TEST(Variants, VariantName) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
matrix: { via: [poll, select] }
objects: { x: word(0) }
threads:
  t:
    - ${via}(x)
variants: { a.b: {} }
)"),
            R"(t.yaml:9:13: error: `a.b` cannot be the name of a variant

  9 │ variants: { a.b: {} }
    │             ^^^
    use letters, digits, `-` and `_`
)");
}

TEST(Variants, UnknownVariantKey) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
matrix: { via: [poll, select] }
objects: { x: word(0) }
threads:
  t:
    - ${via}(x)
variants:
  buggy: { thread: {} }
)"),
            R"(t.yaml:10:12: error: variant `buggy` has no key `thread`

  10 │   buggy: { thread: {} }
     │            ^^^^^^
     write  threads:
)");
}

TEST(Variants, SameAsUnknown) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
matrix: { via: [poll, select] }
objects: { x: word(0) }
threads:
  t:
    - ${via}(x)
variants: { buggy: {}, fixed: { threads: { t: { same_as: bugy } } } }
)"),
            R"(t.yaml:9:58: error: no variant is called `bugy`

  9 │ variants: { buggy: {}, fixed: { threads: { t: { same_as: bugy } } } }
    │                                                          ^^^^
    write  buggy
)");
}

TEST(Variants, SameAsCircle) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
matrix: { via: [poll, select] }
objects: { x: word(0) }
threads:
  t:
    - ${via}(x)
variants:
  a: { threads: { t: { same_as: b } } }
  b: { threads: { t: { same_as: a } } }
)"),
            R"(t.yaml:10:33: error: these `same_as:` go round in a circle

  10 │   a: { threads: { t: { same_as: b } } }
     │                                 ^

t.yaml:11:33: error: these `same_as:` go round in a circle

  11 │   b: { threads: { t: { same_as: a } } }
     │                                 ^
)");
}

TEST(Variants, SameAsWithMore) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
matrix: { via: [poll, select] }
objects: { x: word(0) }
threads:
  t:
    - ${via}(x)
variants: { buggy: {}, fixed: { threads: { t: { same_as: buggy, run: [x = 1] } } } }
)"),
            R"(t.yaml:9:47: error: `same_as:` stands alone and names a variant

  9 │ …fixed: { threads: { t: { same_as: buggy, run: [x = 1] } } } }
    │                         ^
    write  t: { same_as: VARIANT }
)");
}

TEST(Variants, AbsentNothing) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
matrix: { via: [poll, select] }
objects: { x: word(0) }
threads:
  t:
    - ${via}(x)
variants: { buggy: {}, fixed: { threads: { u: absent } } }
)"),
            R"(t.yaml:9:44: error: `u` cannot be absent: `threads:` has no such entry

  9 │ variants: { buggy: {}, fixed: { threads: { u: absent } } }
    │                                            ^
)");
}

TEST(Variants, NoThreadsInVariant) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
matrix: { via: [poll, select] }
objects: { x: word(0) }
threads:
  t:
    - ${via}(x)
variants: { buggy: {}, fixed: { threads: { t: absent } } }
)"),
            R"(t.yaml:9:42: error: variant `fixed` has no threads

  9 │ variants: { buggy: {}, fixed: { threads: { t: absent } } }
    │                                          ^
    write  threads:
             waker:
               - futex_wake(seq, 1)
)");
}

}  // namespace
}  // namespace wakesim
