// `types:` defines kinds of objects that are made of others.

#include <gtest/gtest.h>

#include <string>

#include "tests/models/machine.h"
#include "tests/program/said_about.h"

namespace wakesim::testing {
namespace {

using Outcomes = std::set<std::string>;

TEST(Types, EachObjectHasFieldsOfItsOwn) {
  EXPECT_EQ(outcomes(R"(
types: { pair: { left: word(1), right: word(2) } }
objects: { a: pair, b: pair }
threads:
  one:
    - a.left = 7
    - r = b.right
    - a.right = r + 10
observe: [a.left, a.right, b.left, b.right]
)"),
            Outcomes{"a.left=7 a.right=12 b.left=1 b.right=2"});
}

// Three levels of arrays, with indices that the program computes at each of them.
TEST(Types, ArraysOfTypesOfArrays) {
  EXPECT_EQ(outcomes(R"(
types:
  row:
    cell: word[2](0)
  board:
    row: row[3]
objects:
  b: board[2]
threads:
  one:
    - i = choose(1..1)
    - j = choose(2..2)
    - k = choose(0..0)
    - b[i].row[j].cell[k] = 7
    - b[i].row[1].cell[k + 1] = 8
    - r = b[1].row[j].cell[0]
    - b[0].row[i].cell[1] = r + 2
observe:
  - b[1].row[2].cell[0]
  - b[1].row[1].cell[1]
  - b[0].row[1].cell[1]
  - b[1].row[2].cell[1]
)"),
            Outcomes{"b[1].row[2].cell[0]=7 b[1].row[1].cell[1]=8 b[0].row[1].cell[1]=9 "
                     "b[1].row[2].cell[1]=0"});
}

// What models make only where it is needed is there for fields, too.
TEST(Types, KernelObjectsWorkInFields) {
  EXPECT_EQ(outcomes(R"(
types:
  watcher: { bell: eventfd(0), ep: epoll, kq: kqueue, sfd: plsignal(sigset(SIGUSR1)) }
  server:
    inner: watcher
objects: { s: server }
threads:
  one:
    - epoll_ctl(s.inner.ep, EPOLL_CTL_ADD, s.inner.bell, IN)
    - write(s.inner.bell, 1)
    - evs = epoll_wait(s.inner.ep, maxevents=1, timeout=0)
    - n = evs.n
    - r = kevent(s.inner.kq, change(s.inner.bell, EV_ADD|EVFILT_READ), nevents=1, timeout=0)
    - k = r.n
    - p = poll(watch(s.inner.sfd, IN), timeout=0)
    - q = p.n
observe: [one.n, one.k, one.q]
)"),
            Outcomes{"one.n=1 one.k=1 one.q=0"});
}

TEST(Types, FunctionsTakeObjectsAndFields) {
  EXPECT_EQ(outcomes(R"(
types:
  gate:
    open: word(0)
    bell: eventfd(0)
    lock: mutex
    ends: pipe
objects:
  gates: gate[2]
functions:
  enter(g, w):
    - lock(g.lock)
    - set(g.open, 5)
    - v = g.open
    - w = v
    - unlock(g.lock)
    - write(g.bell, 3)
    - write(g.ends[1], 1)
  set(w, v):
    - w = v
threads:
  one:
    - i = choose(1..1)
    - enter(gates[i], gates[0].open)
    - n = read(gates[1].bell)
    - m = read(gates[i].ends[0], 9)
observe:
  - gates[0].open
  - gates[1].open
  - one.n
  - one.m
)"),
            Outcomes{"gates[0].open=5 gates[1].open=5 one.n=3 one.m=1"});
}

TEST(Types, AnIndexOutsideIsInvalidUse) {
  Machine machine(R"(
types: { t: { a: word(0), b: word(0) } }
objects:
  x: t[2]
threads:
  one:
    - i = choose(2..2)
    - x[i].a = 1
)");
  machine.run("one");
  EXPECT_NE(machine.fault(), "");
}

TEST(Types, NamesOfTypesAndFieldsAreNoPartOfTheDigest) {
  const auto digest = [](const std::string& type, const std::string& field,
                         const std::string& value) {
    return compile_body("types: { " + type + ": { " + field + ": word(" + value +
                        ") } }\nobjects: { x: " + type + " }\nthreads:\n  one:\n    - x." + field +
                        " = 1\n")
        ->digest;
  };
  EXPECT_EQ(digest("cond", "seq", "0"), digest("condition", "sequence", "0"));
  EXPECT_NE(digest("cond", "seq", "0"), digest("cond", "seq", "1"));
}

// ---- What the compiler says ---------------------------------------------------------------------

constexpr const char* kHead = R"(wakesim: 1
name: t/t
about: x
types:
  cond:
    seq: word(0)
    refs: word[2](0)
    bell: eventfd(0)
objects:
  c: cond
  d: cond[2]
  m: mutex
)";

TEST(TypesSay, UnknownField) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(threads:
  a:
    - c.sqe = 1
)"),
            R"(t.yaml:15:9: error: a `cond` has no field `sqe`

   6 │     seq: word(0)
     ┆     --- did you mean this one?
  15 │     - c.sqe = 1
     │         ^^^
     write  c.seq
)");
}

TEST(TypesSay, UnknownFieldUnlikeAnyOther) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(threads:
  a:
    - r = d[1].waiters
    - assert r == 0
)"),
            R"(t.yaml:15:16: error: a `cond` has no field `waiters`

  15 │     - r = d[1].waiters
     │                ^^^^^^^
     it has seq, refs, bell
)");
}

TEST(TypesSay, AnArrayOfObjectsNeedsItsIndex) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(threads:
  a:
    - d.seq = 1
)"),
            R"(t.yaml:15:7: error: `d` is an array of `cond`

  15 │     - d.seq = 1
     │       ^
     write  d[0] for its first element
)");
}

TEST(TypesSay, AnArrayInAFieldNeedsItsIndex) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(threads:
  a:
    - futex_wake(d[0].refs, 1)
)"),
            R"(t.yaml:15:18: error: `d[0].refs` is an array of words

  15 │     - futex_wake(d[0].refs, 1)
     │                  ^^^^^^^^^
     write  d[0].refs[0] for its first element
)");
}

TEST(TypesSay, AnIndexTooMany) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(threads:
  a:
    - c.seq[0] = 1
)"),
            R"(t.yaml:15:7: error: `c.seq` is a single word

  15 │     - c.seq[0] = 1
     │       ^^^^^^^^
     write  c.seq
)");
}

TEST(TypesSay, AnIndexOutside) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(threads:
  a:
    - d[1].refs[2] = 1
)"),
            R"(t.yaml:15:17: error: `d[1].refs` has 2 elements, 0 to 1; this is index 2

  15 │     - d[1].refs[2] = 1
     │                 ^
)");
}

TEST(TypesSay, AWholeObjectWhereAWordIsWanted) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(threads:
  a:
    - futex_wake(c, 1)
)"),
            R"(t.yaml:15:18: error: `c` is a `cond`; name one of its fields

  15 │     - futex_wake(c, 1)
     │                  ^
     write  c.seq
)");
}

TEST(TypesSay, AWholeObjectWhereADescriptorIsWanted) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(threads:
  a:
    - read(c)
)"),
            R"(t.yaml:15:12: error: `c` is a `cond`; this call needs a descriptor

  15 │     - read(c)
     │            ^
     write  c.bell
)");
}

TEST(TypesSay, AssigningAWholeObject) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(threads:
  a:
    - c = 1
)"),
            R"(t.yaml:15:7: error: `c` is no word and no local; it cannot be assigned

  10 │   c: cond
     ┆   - declared here
  15 │     - c = 1
     │       ^
     write  c.seq = ...
)");
}

TEST(TypesSay, TheWrongArgumentWhereItIsUsed) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(functions:
  bump(c):
    - fetch_add(c.seq, 1)
threads:
  a:
    - bump(m)
)"),
            R"(t.yaml:15:17: error: `c` has no fields

  15 │     - fetch_add(c.seq, 1)
     ┆                 ^^^^^
  18 │     - bump(m)
     │            - this is its argument here
)");
}

TEST(TypesSay, ATypeThatHoldsItself) {
  EXPECT_EQ(said_about(R"(wakesim: 1
name: t/t
about: x
types:
  list: { next: node }
  node: { rest: list }
objects: { x: word(0) }
threads:
  a:
    - x = 1
)"),
            R"(t.yaml:6:17: error: a `list` cannot hold a `list`: it would have no end

  5 │   list: { next: node }
    │   ---- declared here
  6 │   node: { rest: list }
    │                 ^^^^
)");
}

TEST(TypesSay, UnknownKindInAType) {
  EXPECT_EQ(said_about(R"(wakesim: 1
name: t/t
about: x
types:
  cond: { seq: wrod(0) }
objects: { x: word(0) }
threads:
  a:
    - x = 1
)"),
            R"(t.yaml:5:16: error: there is no kind of object `wrod`

  5 │   cond: { seq: wrod(0) }
    │                ^^^^
    write  word
)");
}

TEST(TypesSay, ATypeWithTheNameOfAKind) {
  EXPECT_EQ(said_about(R"(wakesim: 1
name: t/t
about: x
types:
  mutex: { owner: word(0) }
objects: { m: mutex }
threads:
  a:
    - m.owner = 1
)"),
            R"(t.yaml:5:3: error: `mutex` is a kind of object already

  5 │   mutex: { owner: word(0) }
    │   ^^^^^
)");
}

TEST(TypesSay, ArgumentsForAType) {
  EXPECT_EQ(said_about(R"(wakesim: 1
name: t/t
about: x
types:
  cond: { seq: word(0) }
objects: { c: cond(1) }
threads:
  a:
    - c.seq = 1
)"),
            R"(t.yaml:6:20: error: a `cond` takes no arguments; `types:` gives its fields'
values

  6 │ objects: { c: cond(1) }
    │                    ^
)");
}

TEST(TypesSay, ATypeWithoutFields) {
  EXPECT_EQ(said_about(R"(wakesim: 1
name: t/t
about: x
types:
  cond: {}
objects: { c: cond }
threads:
  a:
    - assert 1
)"),
            R"(t.yaml:5:9: error: type `cond` has no fields

  5 │   cond: {}
    │         ^
    write  cond: { seq: word(0) }
)");
}

}  // namespace
}  // namespace wakesim::testing
