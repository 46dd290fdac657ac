// Errors in `expect:`.

#include <gtest/gtest.h>

#include <string>

#include "tests/scenario/load_text.h"

namespace wakesim {
namespace {

std::string errors_of(std::string_view text) { return load_text(text).errors(); }

TEST(Expectations, Word) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
matrix: { via: [poll, select] }
objects: { x: word(0) }
threads:
  t:
    - ${via}(x)
variants: { buggy: {}, fixed: {} }
expect: prooved
)"),
            R"(t.yaml:10:9: error: `expect:` is proved, bounded, unknown or `violated:
PROPERTY`, found `prooved`

  10 │ expect: prooved
     │         ^^^^^^^
     write  proved
)");
}

TEST(Expectations, ViolatedWithoutName) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
matrix: { via: [poll, select] }
objects: { x: word(0) }
threads:
  t:
    - ${via}(x)
variants: { buggy: {}, fixed: {} }
expect: violated
)"),
            R"(t.yaml:10:9: error: `violated` needs the name of the property

  10 │ expect: violated
     │         ^^^^^^^^
     write  expect: { violated: no-lost-wakeup }
)");
}

TEST(Expectations, Nothing) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
matrix: { via: [poll, select] }
objects: { x: word(0) }
threads:
  t:
    - ${via}(x)
variants: { buggy: {}, fixed: {} }
expect: []
)"),
            R"(t.yaml:10:9: error: `expect:` says nothing

  10 │ expect: []
     │         ^
     write  expect: proved
)");
}

TEST(Expectations, UnknownKey) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
matrix: { via: [poll, select] }
objects: { x: word(0) }
threads:
  t:
    - ${via}(x)
variants: { buggy: {}, fixed: {} }
expect: { violates: no-leak }
)"),
            R"(t.yaml:10:11: error: a row of `expect:` has no key `violates`

  10 │ expect: { violates: no-leak }
     │           ^^^^^^^^
     write  violated:
)");
}

TEST(Expectations, ProvedNotAll) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
matrix: { via: [poll, select] }
objects: { x: word(0) }
threads:
  t:
    - ${via}(x)
variants: { buggy: {}, fixed: {} }
expect: { proved: yes }
)"),
            R"(t.yaml:10:19: error: `proved:` is all, found `yes`

  10 │ expect: { proved: yes }
     │                   ^^^
)");
}

TEST(Expectations, UnknownAxis) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
matrix: { via: [poll, select] }
objects: { x: word(0) }
threads:
  t:
    - ${via}(x)
variants: { buggy: {}, fixed: {} }
expect:
  - { when: { vai: poll }, proved: all }
)"),
            R"(t.yaml:11:15: error: the matrix has no axis `vai`

  11 │   - { when: { vai: poll }, proved: all }
     │               ^^^
     write  via
)");
}

TEST(Expectations, UnknownValue) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
matrix: { via: [poll, select] }
objects: { x: word(0) }
threads:
  t:
    - ${via}(x)
variants: { buggy: {}, fixed: {} }
expect:
  - { when: { via: [pol] }, proved: all }
)"),
            R"(t.yaml:11:21: error: `via` has no value `pol`

  11 │   - { when: { via: [pol] }, proved: all }
     │                     ^^^
     write  poll
)");
}

TEST(Expectations, UnknownVariant) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
matrix: { via: [poll, select] }
objects: { x: word(0) }
threads:
  t:
    - ${via}(x)
variants: { buggy: {}, fixed: {} }
expect:
  - { when: { variant: fixd }, proved: all }
)"),
            R"(t.yaml:11:24: error: `variant` has no value `fixd`

  11 │   - { when: { variant: fixd }, proved: all }
     │                        ^^^^
     write  fixed
)");
}

TEST(Expectations, ValueUnlikeAnyOther) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: x
objects: { x: word(0) }
threads: { t: ["x = ${n}"] }
matrix: { n: [1, 2] }
expect:
  - { when: { n: 7 }, proved: all }
)"),
            R"(t.yaml:8:18: error: `n` has no value `7`

  8 │   - { when: { n: 7 }, proved: all }
    │                  ^
    it has 1, 2
)");
}

TEST(Expectations, RowMatchesNothing) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
matrix: { via: [poll, select] }
objects: { x: word(0) }
threads:
  t:
    - ${via}(x)
variants: { buggy: { expect: [ { when: { variant: fixed }, proved: all } ] }, fixed: {} }
)"),
            R"(t.yaml:9:32: error: this row of `expect:` matches no cell

  9 │ variants: { buggy: { expect: [ { when: { variant: fixed }, proved: all } …
    │                                ^
    its `when:` names values that never meet, or stands in a variant of another
    name
)");
}

TEST(Expectations, TwoVerdicts) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
matrix: { via: [poll, select] }
objects: { x: word(0) }
threads:
  t:
    - ${via}(x)
variants: { buggy: {}, fixed: {} }
expect:
  - { when: { via: poll }, violated: no-leak }
  - { proved: all }
)"),
            R"(t.yaml:12:7: error: a second verdict for the same instance

  11 │   - { when: { via: poll }, violated: no-leak }
     │                            -------- first here
  12 │   - { proved: all }
     │       ^^^^^^
     narrow the `when:` of one of the two rows
)");
}

TEST(Expectations, TwoCounts) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
matrix: { via: [poll, select] }
objects: { x: word(0) }
threads:
  t:
    - ${via}(x)
variants: { buggy: {}, fixed: {} }
expect:
  - { states: 1 }
  - { states: 2 }
)"),
            R"(t.yaml:12:7: error: a second `states:` for the same instance

  12 │   - { states: 2 }
     │       ^^^^^^
     narrow the `when:` of one of the two rows
)");
}

TEST(Expectations, BadCount) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
matrix: { via: [poll, select] }
objects: { x: word(0) }
threads:
  t:
    - ${via}(x)
variants: { buggy: {}, fixed: {} }
expect: { states: many }
)"),
            R"(t.yaml:10:19: error: `states:` needs a number from 0 to 9223372036854775807,
found `many`

  10 │ expect: { states: many }
     │                   ^^^^
)");
}

TEST(Expectations, OutcomesWithoutObserve) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
matrix: { via: [poll, select] }
objects: { x: word(0) }
threads:
  t:
    - ${via}(x)
variants: { buggy: {}, fixed: {} }
expect: { outcomes: [ { x: 1 } ] }
)"),
            R"(t.yaml:10:21: error: `outcomes:` without `observe:`

  10 │ expect: { outcomes: [ { x: 1 } ] }
     │                     ^
     write  observe: [x, thread.local]
)");
}

TEST(Expectations, OutcomeUnobserved) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
matrix: { via: [poll, select] }
objects: { x: word(0) }
threads:
  t:
    - ${via}(x)
variants: { buggy: {}, fixed: {} }
observe: [x]
expect: { outcomes: [ { y: 1 } ] }
)"),
            R"(t.yaml:11:23: error: the outcome says nothing of `x`

  11 │ expect: { outcomes: [ { y: 1 } ] }
     │                       ^
     every outcome has a value for each entry of `observe:`

t.yaml:11:25: error: `y` is not observed

  11 │ expect: { outcomes: [ { y: 1 } ] }
     │                         ^
)");
}

TEST(Expectations, OutcomeIncomplete) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
matrix: { via: [poll, select] }
objects: { x: word(0) }
threads:
  t:
    - ${via}(x)
variants: { buggy: {}, fixed: {} }
observe: [x, t.n]
expect: { outcomes: [ { x: 1 } ] }
)"),
            R"(t.yaml:11:23: error: the outcome says nothing of `t.n`

  11 │ expect: { outcomes: [ { x: 1 } ] }
     │                       ^
     every outcome has a value for each entry of `observe:`
)");
}

TEST(Expectations, OutcomeNoNumber) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
matrix: { via: [poll, select] }
objects: { x: word(0) }
threads:
  t:
    - ${via}(x)
variants: { buggy: {}, fixed: {} }
observe: [x]
expect: { outcomes: [ { x: -EAGAINN } ] }
)"),
            R"(t.yaml:11:28: error: `-EAGAINN` is no number or constant

  11 │ expect: { outcomes: [ { x: -EAGAINN } ] }
     │                            ^^^^^^^^
)");
}

}  // namespace
}  // namespace wakesim
