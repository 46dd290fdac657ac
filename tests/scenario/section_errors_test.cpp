// Errors in the sections of a file.

#include <gtest/gtest.h>

#include <string>

#include "tests/scenario/load_text.h"

namespace wakesim {
namespace {

std::string errors_of(std::string_view text) { return load_text(text).errors(); }

TEST(Sections, EmptyFile) {
  EXPECT_EQ(errors_of(""), R"(t.yaml:1:1: error: the file is empty

    write  wakesim: 1
)");
}

TEST(Sections, HandlerOutsideAThread) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t/t
about: x
on SIGUSR1:
  - x = 1
threads:
  on SIGUSR2:
    - x = 2
)"),
            R"(t.yaml:4:1: error: a handler belongs to a thread

  4 │ on SIGUSR1:
    │ ^^^^^^^^^^
    write  on SIGUSR1:  beside the `run:` of a thread

t.yaml:7:3: error: a handler belongs to a thread

  7 │   on SIGUSR2:
    │   ^^^^^^^^^^
    write  THREAD:
             on SIGUSR2:
             run:
)");
}

TEST(Sections, OnlyComments) {
  EXPECT_EQ(errors_of(R"(# nothing
)"),
            R"(t.yaml:1:1: error: the file is empty

  1 │ # nothing
    │ ^
    write  wakesim: 1
)");
}

TEST(Sections, NotAMap) {
  EXPECT_EQ(errors_of(R"(hello
)"),
            R"(t.yaml:1:1: error: a scenario needs `name: value` entries, found `hello`

  1 │ hello
    │ ^^^^^
)");
}

TEST(Sections, NoVersion) {
  EXPECT_EQ(errors_of(R"(name: t
about: x
threads: { t: [x = 1] }
)"),
            R"(t.yaml:1:1: error: this is no scenario: `wakesim:` is missing

  1 │ name: t
    │ ^
    write  wakesim: 1
)");
}

TEST(Sections, OtherVersion) {
  EXPECT_EQ(errors_of(R"(wakesim: 2
name: t
about: x
threads: { t: [x = 1] }
)"),
            R"(t.yaml:1:10: error: unknown version `2` of the format

  1 │ wakesim: 2
    │          ^
    write  wakesim: 1
)");
}

TEST(Sections, NoName) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
about: x
threads: { t: [x = 1] }
)"),
            R"(t.yaml:1:1: error: `name:` is missing

  1 │ wakesim: 1
    │ ^
    write  name: folder/situation
)");
}

TEST(Sections, NoAbout) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
threads: { t: [x = 1] }
)"),
            R"(t.yaml:1:1: error: `about:` is missing

  1 │ wakesim: 1
    │ ^
    write  about: why this file exists
)");
}

TEST(Sections, BadName) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: a b
about: x
threads: { t: [x = 1] }
)"),
            R"(t.yaml:2:7: error: a name has letters, digits, `/`, `-`, `_` and `.`

  2 │ name: a b
    │       ^^^
    write  name: folder/situation
)");
}

TEST(Sections, EmptyAbout) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about:
threads: { t: [x = 1] }
)"),
            R"(t.yaml:3:1: error: `about:` needs a sentence, found nothing

  3 │ about:
    │ ^^^^^
)");
}

TEST(Sections, NoThreads) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
)"),
            R"(t.yaml:1:1: error: the scenario has no threads

  1 │ wakesim: 1
    │ ^
    write  threads:
             waker:
               - futex_wake(seq, 1)
)");
}

TEST(Sections, UnknownSection) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
thread:
  t:
    - x = 1
)"),
            R"(t.yaml:4:1: error: a scenario has no key `thread`

  4 │ thread:
    │ ^^^^^^
    write  threads:
)");
}

TEST(Sections, SectionIsAList) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
objects: [x]
threads: { t: [x = 1] }
)"),
            R"(t.yaml:4:10: error: `objects:` needs `name: value` entries, found a list

  4 │ objects: [x]
    │          ^
)");
}

TEST(Sections, BareNumber) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
objects:
  x: 0
threads: { t: [x = 1] }
)"),
            R"(t.yaml:5:6: error: expected the kind of the object, found `0`

  5 │   x: 0
    │      ^
    write  word(0)
)");
}

TEST(Sections, CountAtName) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
objects:
  x[2]: word(0)
threads: { t: [x = 1] }
)"),
            R"(t.yaml:5:4: error: the count of an array stands behind its kind

  5 │   x[2]: word(0)
    │    ^
    write  x: word[2](0)
)");
}

TEST(Sections, DashInName) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
objects:
  my-word: word(0)
threads: { t: [x = 1] }
)"),
            R"(t.yaml:5:5: error: the name of an object has letters, digits and `_`

  5 │   my-word: word(0)
    │     ^
    a dash is a minus in a program; write `_`
)");
}

TEST(Sections, ReservedObject) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
objects:
  if: word(0)
threads: { t: [x = 1] }
)"),
            R"(t.yaml:5:3: error: `if` is a word of the language and cannot be a name

  5 │   if: word(0)
    │   ^^
)");
}

TEST(Sections, ZeroCount) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
objects:
  x: word[0](0)
threads: { t: [x = 1] }
)"),
            R"(t.yaml:5:11: error: there must be at least one

  5 │   x: word[0](0)
    │           ^
)");
}

TEST(Sections, EmptyCount) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
objects:
  x: word[](0)
threads: { t: [x = 1] }
)"),
            R"(t.yaml:5:11: error: the brackets need a number

  5 │   x: word[](0)
    │           ^
    write  [3]
)");
}

TEST(Sections, ObjectIsAMap) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
objects:
  x: { word: 0 }
threads: { t: [x = 1] }
)"),
            R"(t.yaml:5:6: error: object `x` needs a kind, found a map

  5 │   x: { word: 0 }
    │      ^
    write  x: word(0)
)");
}

TEST(Sections, FunctionWithoutParentheses) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
functions:
  f:
    - x = 1
threads: { t: [x = 1] }
)"),
            R"(t.yaml:5:3: error: function `f` needs its parameters in parentheses

  5 │   f:
    │   ^
    write  f():
)");
}

TEST(Sections, ThreadWithoutRun) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
threads:
  t: { start: x == 1 }
)"),
            R"(t.yaml:5:3: error: thread `t` has no `run:`

  5 │   t: { start: x == 1 }
    │   ^
    write  run:
             - ...
)");
}

TEST(Sections, UnknownThreadKey) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
threads:
  t: { starts: x == 1, run: [x = 1] }
)"),
            R"(t.yaml:5:8: error: thread `t` has no key `starts`

  5 │   t: { starts: x == 1, run: [x = 1] }
    │        ^^^^^^
    write  start:
)");
}

TEST(Sections, BooleanDaemon) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
threads:
  t: { daemon: yes, run: [x = 1] }
)"),
            R"(t.yaml:5:16: error: `daemon:` is true or false, found `yes`

  5 │   t: { daemon: yes, run: [x = 1] }
    │                ^^^
)");
}

TEST(Sections, BadRole) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
threads:
  t: { role: interupt, run: [x = 1] }
)"),
            R"(t.yaml:5:14: error: `role:` is interrupt, found `interupt`

  5 │   t: { role: interupt, run: [x = 1] }
    │              ^^^^^^^^
    write  interrupt
)");
}

TEST(Sections, PropertyWithoutWord) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
properties:
  p: x == 1
threads: { t: [x = 1] }
)"),
            R"(t.yaml:5:6: error: a property begins with always, never, sometimes, finally or
eventually, or is `p leads_to q`

  5 │   p: x == 1
    │      ^
    write  always x == 1
)");
}

TEST(Sections, MistypedProperty) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
properties:
  p: sometime x == 1
threads: { t: [x = 1] }
)"),
            R"(t.yaml:5:6: error: a property begins with always, never, sometimes, finally or
eventually, or is `p leads_to q`

  5 │   p: sometime x == 1
    │      ^^^^^^^^
    write  sometimes
)");
}

TEST(Sections, PropertyName) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
properties:
  a b: always x == 1
threads: { t: [x = 1] }
)"),
            R"(t.yaml:5:3: error: `a b` cannot be the name of a property

  5 │   a b: always x == 1
    │   ^^^
    use letters, digits, `-` and `_`
)");
}

TEST(Sections, BadMemory) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
machine: { memory: arm }
threads: { t: [x = 1] }
)"),
            R"(t.yaml:4:20: error: `memory:` is one of sc, tso, found `arm`

  4 │ machine: { memory: arm }
    │                    ^^^
)");
}

TEST(Sections, BadCpus) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
machine: { cpus: 0 }
threads: { t: [x = 1] }
)"),
            R"(t.yaml:4:18: error: `cpus:` needs a number from 1 to 1024, found `0`

  4 │ machine: { cpus: 0 }
    │                  ^
)");
}

TEST(Sections, UnknownMachineKey) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
machine: { cpu: 2 }
threads: { t: [x = 1] }
)"),
            R"(t.yaml:4:12: error: `machine:` has no key `cpu`

  4 │ machine: { cpu: 2 }
    │            ^^^
    write  cpus:
)");
}

TEST(Sections, IncludeNotFound) {
  EXPECT_EQ(errors_of(R"(wakesim: 1
name: t
about: A test.
include: [lib/pthread]
threads: { t: [x = 1] }
)"),
            R"(t.yaml:4:11: error: cannot find include `lib/pthread`

  4 │ include: [lib/pthread]
    │           ^^^^^^^^^^^
)");
}

}  // namespace
}  // namespace wakesim
