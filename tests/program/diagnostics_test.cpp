// One test for each diagnostic of the compiler, with its exact text. What is wrong with the YAML
// itself is in tests/scenario.

#include <gtest/gtest.h>

#include <string>

#include "tests/program/said_about.h"

namespace wakesim::testing {
namespace {

constexpr const char* kHead = R"(wakesim: 1
name: t/t
about: x
objects:
  x: word(0)
  y: word(0)
  sig: word[2](0)
  m: mutex
  efd: eventfd(0)
  p: pipe
threads:
)";

TEST(CompilerSays, AnArgumentThatReadsSharedMemory) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a:
    - futex_wait(x, y)
)"),
            R"(t.yaml:13:21: error: an argument cannot read shared memory: the call would be
one step too many

  13 │     - futex_wait(x, y)
     │                     ^
     write  r = y
            and pass `r`
)");
}

TEST(CompilerSays, AnotherThreadsLocal) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  b:
    - r = 1
    - y = r
  a:
    - x = b.r
)"),
            R"(t.yaml:16:11: error: a thread cannot read another thread's locals

  16 │     - x = b.r
     │           ^^^
     `thread.local` stands in properties and `observe:`; threads share objects
)");
}

TEST(CompilerSays, AnotherThreadsListEntry) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a:
    - r = poll(efd=IN)
observe:
  - a.r.n
  - a.r[0].revents
)"),
            R"(t.yaml:16:5: error: of another thread's list only the count can be observed:
`a.r.n`

  16 │   - a.r[0].revents
     │     ^^^^^^^^^^^^^^
     write  x = r[0].revents in the thread and observe its `x`
)");
}

TEST(CompilerSays, ASecondHandler) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a:
    on SIGUSR1:
      - x = 1
    on SIGUSR1 restart:
      - x = 2
    run:
      - y = 1
)"),
            R"(t.yaml:15:5: error: `SIGUSR1` has a handler already

  15 │     on SIGUSR1 restart:
     │     ^^^^^^^^^^^^^^^^^^
     a thread has one handler for a signal, with or without `restart`
)");
}

TEST(CompilerSays, ArgumentGivenTwice) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a:
    - futex_wait(x, 0, val=1)
)"),
            R"(t.yaml:13:28: error: `val` is given twice

  13 │     - futex_wait(x, 0, val=1)
     │                            ^
)");
}

TEST(CompilerSays, ArrayAsAWord) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a:
    - sig = 1
)"),
            R"(t.yaml:13:7: error: `sig` is an array of words

  13 │     - sig = 1
     │       ^^^
     write  sig[0] for its first element
)");
}

TEST(CompilerSays, AtomicOperationOfTooManyArguments) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a:
    - r = cas(x, 1)
    - assert r == 0
)"),
            R"(t.yaml:13:11: error: `cas` takes 3 arguments, not 2

  13 │     - r = cas(x, 1)
     │           ^^^^^^^^^
)");
}

TEST(CompilerSays, AwaitInsideAtomic) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a:
    - atomic:
        - x = 1
        - await y == 1
)"),
            R"(t.yaml:15:11: error: `await` may only be the first line of `atomic:`

  15 │         - await y == 1
     │           ^^^^^^^^^^^^
)");
}

TEST(CompilerSays, BreakOutsideALoop) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a:
    - break
)"),
            R"(t.yaml:13:7: error: `break` stands outside a loop

  13 │     - break
     │       ^^^^^
)");
}

TEST(CompilerSays, CallInsideAtomic) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a:
    - atomic:
        - futex_wait(x, 0)
)"),
            R"(t.yaml:14:11: error: `futex_wait` takes several steps, so it cannot stand in
`atomic:`

  14 │         - futex_wait(x, 0)
     │           ^^^^^^^^^^^^^^^^
     end the atomic block before the call
)");
}

TEST(CompilerSays, ChooseOfTooMany) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a:
    - r = choose(0..100000)
    - assert r == 0
)"),
            R"(t.yaml:13:11: error: `choose(a..b)` needs two constants, a <= b, at most 4096
values apart

  13 │     - r = choose(0..100000)
     │           ^^^^^^^^^^^^^^^^^
)");
}

TEST(CompilerSays, ChooseWithoutARange) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a:
    - r = choose(3)
    - assert r == 0
)"),
            R"(t.yaml:13:11: error: `choose` takes a range

  13 │     - r = choose(3)
     │           ^^^^^^^^^
     write  choose(0..3)
)");
}

TEST(CompilerSays, CompoundAssignmentToAWord) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a:
    - x += 1
)"),
            R"(t.yaml:13:7: error: `x += ...` reads and writes shared memory: two steps in one
line

  13 │     - x += 1
     │       ^
     write  r = x
            x = r + 1
     or     fetch_add(x, ...) if it is one atomic instruction
)");
}

TEST(CompilerSays, CountThatIsNoConstant) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a[x]:
    - x = 1
)"),
            R"(t.yaml:12:5: error: `a` needs a constant count, 1 to 1000000

  12 │   a[x]:
     │     ^
)");
}

TEST(CompilerSays, EndOfAPipeNotNamed) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a:
    - r = read(p)
)"),
            R"(t.yaml:13:16: error: `p` does not name one end or element

  13 │     - r = read(p)
     │                ^
     write  p[0]
)");
}

TEST(CompilerSays, EventuallyIsNotSupportedYet) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a:
    - x = 1
properties:
  p1: eventually x == 1
)"),
            R"(t.yaml:15:3: error: `eventually` and `leads_to` are not supported yet

  15 │   p1: eventually x == 1
     │   ^^
     `finally p` asks for p in every state at rest
)");
}

TEST(CompilerSays, FieldOfANumber) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a:
    - r = read(efd)
    - y = r.n
)"),
            R"(t.yaml:14:11: error: `r` has no fields

  14 │     - y = r.n
     │           ^^^
)");
}

TEST(CompilerSays, ForOverANumber) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a:
    - r = read(efd)
    - for e in r:
        - y = 1
)"),
            R"(t.yaml:14:16: error: `for` walks the list that a call returned; this is none

  14 │     - for e in r:
     │                ^
     write  r = poll(...)
            for e in r:
)");
}

TEST(CompilerSays, FunctionWithWrongArguments) {
  EXPECT_EQ(said_about(R"(wakesim: 1
name: t/t
about: x
objects:
  x: word(0)
  y: word(0)
  sig: word[2](0)
  m: mutex
  efd: eventfd(0)
  p: pipe
functions:
  f(a):
    - x = a
threads:
  a:
    - f(1, 2)
)"),
            R"(t.yaml:16:7: error: `f` takes 1 argument, not 2

  16 │     - f(1, 2)
     │       ^^^^^^^
)");
}

TEST(CompilerSays, IndexPastTheEnd) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a:
    - sig[2] = 1
)"),
            R"(t.yaml:13:11: error: `sig` has 2 elements, 0 to 1; this is index 2

  13 │     - sig[2] = 1
     │           ^
)");
}

TEST(CompilerSays, ListWithoutN) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a:
    - r = poll(efd=IN)
    - y = r
)"),
            R"(t.yaml:14:11: error: `r` is a list; its count or error is `r.n`

  14 │     - y = r
     │           ^
     write  r.n
)");
}

TEST(CompilerSays, LocalMayBeUnassigned) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a:
    - if x == 1: r = 2
    - y = r
)"),
            R"(t.yaml:14:7: error: `r` may be read here before it is assigned

  14 │     - y = r
     │       ^^^^^
     assign it at the start: r = 0
)");
}

TEST(CompilerSays, LocalNeverRead) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a:
    - r = 1
    - x = 2
)"),
            R"(t.yaml:13:7: error: `r` is assigned here and never read

  13 │     - r = 1
     │       ^
     remove the line, read the value, or name it in `observe:`
)");
}

TEST(CompilerSays, MemberOutOfRange) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  g[2]:
    - x = 1
  a:
    - await ended(g[5])
)"),
            R"(t.yaml:15:19: error: `g` has 2 members

  15 │     - await ended(g[5])
     │                   ^^^^
)");
}

TEST(CompilerSays, MissingArgument) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a:
    - futex_wait(x)
)"),
            R"(t.yaml:13:7: error: `futex_wait` misses its argument `val`

  13 │     - futex_wait(x)
     │       ^^^^^^^^^^^^^
     write  futex_wait(word, val, [timeout], [cancellable])
)");
}

TEST(CompilerSays, NameDeclaredTwice) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  m:
    - x = 1
)"),
            R"(t.yaml:8:3: error: `m` has a meaning already

   8 │   m: mutex
     ┆   ^
  12 │   m:
     │   - first here
)");
}

TEST(CompilerSays, NotADescriptor) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a:
    - r = read(m)
)"),
            R"(t.yaml:13:16: error: `m` is a mutex; this call needs a descriptor

  13 │     - r = read(m)
     │                ^
)");
}

TEST(CompilerSays, NotAThread) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a:
    - await asleep(x)
)"),
            R"(t.yaml:13:20: error: `x` is no thread

  13 │     - await asleep(x)
     │                    ^
)");
}

TEST(CompilerSays, ObjectAsANumber) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a:
    - r = efd
    - assert r == 0
)"),
            R"(t.yaml:13:11: error: `efd` is an object; only calls can use it

  13 │     - r = efd
     │           ^^^
)");
}

TEST(CompilerSays, ObjectWithAWrongArgument) {
  EXPECT_EQ(said_about(R"(wakesim: 1
name: t/t
about: x
objects:
  x: word(0)
  y: word(0)
  sig: word[2](0)
  m: mutex
  efd: eventfd(0, EFD_NOBLOCK)
  p: pipe
threads:
  a:
    - x = 1
)"),
            R"(t.yaml:9:19: error: `EFD_NOBLOCK` is no constant

  9 │   efd: eventfd(0, EFD_NOBLOCK)
    │                   ^^^^^^^^^^^
    write  EFD_NONBLOCK
)");
}

TEST(CompilerSays, OneNameOfAMaskIsNoConstant) {
  EXPECT_EQ(said_about(R"(wakesim: 1
name: t/t
about: x
objects:
  efd: eventfd(0)
  kq: kqueue(watch(efd, EVFILT_REED|EV_CLEAR))
threads:
  a:
    - write(efd, 1)
)"),
            R"(t.yaml:6:25: error: `EVFILT_REED` is no constant

  6 │   kq: kqueue(watch(efd, EVFILT_REED|EV_CLEAR))
    │                         ^^^^^^^^^^^
    write  EVFILT_READ
)");
}

TEST(CompilerSays, AMisspeltWatch) {
  EXPECT_EQ(said_about(R"(wakesim: 1
name: t/t
about: x
objects:
  efd: eventfd(0)
  ep: epoll(wach(efd, IN))
threads:
  a:
    - write(efd, 1)
)"),
            R"(t.yaml:6:13: error: `epoll` takes no such argument

  6 │   ep: epoll(wach(efd, IN))
    │             ^^^^^^^^^^^^^
    write  watch(efd, IN)
)");
}

TEST(CompilerSays, RecursiveFunction) {
  EXPECT_EQ(said_about(R"(wakesim: 1
name: t/t
about: x
objects:
  x: word(0)
  y: word(0)
  sig: word[2](0)
  m: mutex
  efd: eventfd(0)
  p: pipe
functions:
  f():
    - f()
threads:
  a:
    - f()
)"),
            R"(t.yaml:13:7: error: `f` calls itself; functions are inlined, so they cannot
recurse

  13 │     - f()
     │       ^^^
     write the recursion as a loop
)");
}

TEST(CompilerSays, ThreadArgumentAssigned) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a[2]:
    with: { n: [1, 2] }
    run:
      - n = 3
      - x = n
)"),
            R"(t.yaml:13:17: error: `n` is an argument of the thread; it cannot be assigned

  13 │     with: { n: [1, 2] }
     │                 ^
     write  left = n
            and change `left`
)");
}

TEST(CompilerSays, ThreadGroupAsANumber) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  g[2]:
    - x = 1
  a:
    - y = g
)"),
            R"(t.yaml:15:11: error: `g` is a group of threads

  15 │     - y = g
     │           ^
     write  g[0]
)");
}

TEST(CompilerSays, TooFewMemberValues) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a[3]:
    with: { n: [1, 2] }
    run:
      - x = n
)"),
            R"(t.yaml:13:17: error: `n` has 2 values, but `a` has more members

  13 │     with: { n: [1, 2] }
     │                 ^
)");
}

TEST(CompilerSays, TooManyArguments) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a:
    - lock(m, 1)
)"),
            R"(t.yaml:13:15: error: `lock` does not take this argument

  13 │     - lock(m, 1)
     │               ^
     write  lock(m)
)");
}

TEST(CompilerSays, TwoAccesses) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a:
    - if x == y: futex_wake(x, 1)
)"),
            R"(t.yaml:13:10: error: one line may touch shared memory once; this touches `x` and
`y`

  13 │     - if x == y: futex_wake(x, 1)
     │          ^    ^
     write  r = x
            and use `r` in the next line
     or     atomic: if the real code holds a lock here
)");
}

TEST(CompilerSays, UnknownCall) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a:
    - futex_wiat(x, 0)
)"),
            R"(t.yaml:13:7: error: there is no call `futex_wiat`

  13 │     - futex_wiat(x, 0)
     │       ^^^^^^^^^^^^^^^^
     write  futex_wait(...)
)");
}

TEST(CompilerSays, UnknownField) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a:
    - r = poll(efd=IN)
    - y = r[0].reventz
)"),
            R"(t.yaml:14:11: error: an entry of `r` has no field `reventz`; it has fd, revents

  14 │     - y = r[0].reventz
     │           ^^^^^^^^^^^^
)");
}

TEST(CompilerSays, UnknownKernel) {
  EXPECT_EQ(said_about(R"(wakesim: 1
name: t/t
about: x
machine: { kernel: linux-7.0 }
objects:
  x: word(0)
  y: word(0)
  sig: word[2](0)
  m: mutex
  efd: eventfd(0)
  p: pipe
threads:
  a:
    - x = 1
)"),
            R"(t.yaml:4:20: error: unknown kernel `linux-7.0`

  4 │ machine: { kernel: linux-7.0 }
    │                    ^^^^^^^^^
    known: linux-6.18
)");
}

TEST(CompilerSays, UnknownKindOfObject) {
  EXPECT_EQ(said_about(R"(wakesim: 1
name: t/t
about: x
objects:
  x: word(0)
  y: word(0)
  sig: word[2](0)
  m: mutex
  efd: evenfd(0)
  p: pipe
threads:
  a:
    - x = 1
)"),
            R"(t.yaml:9:8: error: there is no kind of object `evenfd`

  9 │   efd: evenfd(0)
    │        ^^^^^^
    write  eventfd
)");
}

TEST(CompilerSays, UnknownName) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a:
    - z = xx
    - assert z == 0
)"),
            R"(t.yaml:13:11: error: nothing is called `xx`

   5 │   x: word(0)
     ┆   - did you mean this one?
  13 │     - z = xx
     │           ^^
     write  x
)");
}

TEST(CompilerSays, UnknownParameter) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a:
    - futex_wait(x, 0, timeuot=5ms)
)"),
            R"(t.yaml:13:24: error: `futex_wait` has no parameter `timeuot`

  13 │     - futex_wait(x, 0, timeuot=5ms)
     │                        ^^^^^^^
     did you mean timeout=?
)");
}

TEST(CompilerSays, UnknownDescriptorOfAPair) {
  EXPECT_EQ(said_about(R"(wakesim: 1
name: t/t
about: x
objects:
  x: word(0)
  bell: eventfd(0)
threads:
  a:
    - poll(bel=IN)
)"),
            R"(t.yaml:9:12: error: no descriptor is called `bel`, and `poll` has no such
parameter

  5 │   x: word(0)
  6 │   bell: eventfd(0)
    ┆   ---- declared here
  9 │     - poll(bel=IN)
    │            ^^^
    did you mean bell?
)");
}

TEST(CompilerSays, UnknownParameterBesidePairs) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a:
    - poll(efd=IN, timeuot=5ms)
)"),
            R"(t.yaml:13:20: error: no descriptor is called `timeuot`, and `poll` has no such
parameter

  13 │     - poll(efd=IN, timeuot=5ms)
     │                    ^^^^^^^
     did you mean timeout=?
)");
}

// The first is found last, when all programs are written.
TEST(CompilerSays, EverythingInTheOrderOfTheFile) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a:
    - q = 3
  b:
    - x = w
)"),
            R"(t.yaml:13:7: error: `q` is assigned here and never read

  13 │     - q = 3
     │       ^
     remove the line, read the value, or name it in `observe:`
t.yaml:15:11: error: nothing is called `w`

  15 │     - x = w
     │           ^
     a local is declared by its first assignment, an object under `objects:`
)");
}

// What follows from the missing call is no error of its own.
TEST(CompilerSays, TheCauseAndNotWhatFollowsFromIt) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a:
    - limit = 3
    - evs = epol_wait(efd, maxevents=1)
    - for ev in evs:
        - fd = ev.fd
        - if evs.n == limit: read(fd)
)"),
            R"(t.yaml:14:13: error: there is no call `epol_wait`

  14 │     - evs = epol_wait(efd, maxevents=1)
     │             ^^^^^^^^^^^^^^^^^^^^^^^^^^^
     write  epoll_wait(...)
)");
}

TEST(CompilerSays, UnknownWordOfAPair) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a:
    - futex_waitv(z=0)
)"),
            R"(t.yaml:13:19: error: no word is called `z`, and `futex_waitv` has no such
parameter

  13 │     - futex_waitv(z=0)
     │                   ^
     write  futex_waitv(x=value or wait(x, value), ..., [timeout])
)");
}

TEST(CompilerSays, UnknownSwitch) {
  EXPECT_EQ(said_about(R"(wakesim: 1
name: t/t
about: x
machine: { switches: [futex.no-compar] }
objects:
  x: word(0)
  y: word(0)
  sig: word[2](0)
  m: mutex
  efd: eventfd(0)
  p: pipe
threads:
  a:
    - x = 1
)"),
            R"(t.yaml:4:23: error: there is no switch `futex.no-compar`

  4 │ machine: { switches: [futex.no-compar] }
    │                       ^^^^^^^^^^^^^^^
    write  futex.no-compare
)");
}

TEST(CompilerSays, UnknownSwitchValue) {
  EXPECT_EQ(said_about(R"(wakesim: 1
name: t/t
about: x
machine: { switches: [pipe.waits=some] }
objects:
  x: word(0)
  y: word(0)
  sig: word[2](0)
  m: mutex
  efd: eventfd(0)
  p: pipe
threads:
  a:
    - x = 1
)"),
            R"(t.yaml:4:23: error: switch `pipe.waits` has no value `some`

  4 │ machine: { switches: [pipe.waits=some] }
    │                       ^^^^^^^^^^^^^^^
    it has exclusive, all
)");
}

TEST(CompilerSays, UnknownWordInACall) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a:
    - futex_wait(seqq, 0)
)"),
            R"(t.yaml:13:18: error: nothing is called `seqq`

  13 │     - futex_wait(seqq, 0)
     │                  ^^^^
     a local is declared by its first assignment, an object under `objects:`
)");
}

TEST(CompilerSays, ValueDropped) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a:
    - x + 1
)"),
            R"(t.yaml:13:7: error: this line computes a value and drops it

  13 │     - x + 1
     │       ^^^^^
     write  r = x + 1
)");
}

TEST(CompilerSays, WordAsAnArray) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a:
    - x[0] = 1
)"),
            R"(t.yaml:13:7: error: `x` is a single word

  13 │     - x[0] = 1
     │       ^^^^
     write  x
)");
}

TEST(CompilerSays, WrongKindOfObject) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a:
    - lock(efd)
)"),
            R"(t.yaml:13:12: error: `efd` is an eventfd; this call needs a mutex

  13 │     - lock(efd)
     │            ^^^
)");
}

TEST(CompilerSays, APairWithOtherArguments) {
  EXPECT_EQ(said_about(std::string(kHead) + R"(  a:
    - kevent(efd, change(efd, EV_ADD, udate=1))
)"),
            R"(t.yaml:13:19: error: `change` takes two arguments: what, and for what

  13 │     - kevent(efd, change(efd, EV_ADD, udate=1))
     │                   ^^^^^^^^^^^^^^^^^^^^^^^^^^^^
     write  change(x, value[, udata=w])
)");
}

TEST(CompilerSays, AnObjectOfAnotherKindForAnObject) {
  std::string text = kHead;
  text.insert(text.find("threads:"), "  pa: plaio(efd)\n");
  EXPECT_EQ(said_about(text + "  a:\n    - read(pa)\n"),
            R"(t.yaml:11:13: error: `efd` is no aio_context declared above

  11 │   pa: plaio(efd)
     │             ^^^
)");
}

// What is said about `ep: epoll(ARGUMENTS)`, without the place.
std::string said_about_epoll(const std::string& arguments) {
  std::string text = kHead;
  text.insert(text.find("threads:"), "  f: file\n  ep: epoll(" + arguments + ")\n");
  const std::string said = said_about(text + "  a:\n    - epoll_wait(ep, maxevents=1)\n");
  const std::size_t begin = said.find("error: ");
  if (begin == std::string::npos) return said;
  const std::string place = said.substr(0, begin);
  EXPECT_TRUE(place.starts_with("t.yaml:12:")) << place;
  return said.substr(begin, said.find('\n', begin) - begin);
}

TEST(CompilerSays, AWatchOfWhatIsNoDescriptor) {
  EXPECT_EQ(said_about_epoll("watch(efd, IN), watch(p[0], IN|ET, data=1)"), "");
  EXPECT_EQ(said_about_epoll("watch(x, IN)"), "error: `x` is no descriptor declared above");
  EXPECT_EQ(said_about_epoll("nothing=IN"), "error: `nothing` is no descriptor declared above");
  EXPECT_EQ(said_about_epoll("watch(ep, IN)"), "error: `ep` is no descriptor declared above");
}

TEST(CompilerSays, AWatchThatNamesNoOneEnd) {
  EXPECT_EQ(said_about_epoll("watch(p, IN)"), "error: `p` does not name one end or element");
  EXPECT_EQ(said_about_epoll("watch(p[2], IN)"), "error: the index goes from 0 to 1; this is 2");
}

TEST(CompilerSays, AWatchWithOtherArguments) {
  EXPECT_EQ(said_about_epoll("watch(efd)"), "error: `watch` does not take these arguments");
  EXPECT_EQ(said_about_epoll("watch(efd, IN, date=1)"),
            "error: `watch` does not take these arguments");
  EXPECT_EQ(said_about_epoll("efd"), "error: `epoll` takes no such argument");
  EXPECT_EQ(said_about_epoll("watch(efd, UP)"), "error: `UP` is no constant");
}

TEST(CompilerSays, AWatchThatEpollRefuses) {
  EXPECT_EQ(said_about_epoll("watch(f, IN)"),
            "error: ep cannot watch f: it has no poll method (EPERM)");
  EXPECT_EQ(said_about_epoll("efd=IN, watch(efd, OUT)"), "error: ep watches efd twice (EEXIST)");
  EXPECT_TRUE(said_about_epoll("watch(efd, IN|EXCLUSIVE|ONESHOT)")
                  .starts_with("error: ep: EXCLUSIVE goes with"));
}

}  // namespace
}  // namespace wakesim::testing
