// count(syscalls, t): how many system calls a thread has begun.

#include <gtest/gtest.h>

#include "models/catalogue.h"
#include "properties/judges.h"
#include "sim/explore/check.h"
#include "tests/models/machine.h"
#include "tests/program/said_about.h"

namespace wakesim::testing {
namespace {

using Outcomes = std::set<std::string>;

// Locks, queues and plain lines are no system calls; a call that fails is one.
TEST(Count, CountsSystemCallsOnly) {
  EXPECT_EQ(outcomes(R"(
objects:
  x: word(0)
  m: mutex
  q: queue(4)
  efd: eventfd(0, EFD_NONBLOCK)
threads:
  t:
    - lock(m)
    - push(q, 1)
    - x = 1
    - unlock(m)
    - read(efd)
    - futex_wait(x, 0)
    - r = write(efd, 1)
    - assert r == 8
observe:
  - count(syscalls, t)
)"),
            Outcomes{"count(syscalls, t)=3"});
}

TEST(Count, AGroupIsAllItsMembers) {
  EXPECT_EQ(outcomes(R"(
objects: { efd: eventfd(0) }
threads:
  w[2]:
    with: { n: [1, 3] }
    run:
      - repeat n: write(efd, 1)
observe:
  - count(syscalls, w)
  - count(syscalls, w[1])
)"),
            Outcomes{"count(syscalls, w)=4 count(syscalls, w[1])=3"});
}

constexpr const char* kWriter =
    "objects: { efd: eventfd(0) }\nthreads:\n  t:\n    - write(efd, 1)\n";

TEST(Count, CostsNothingWhereNobodyAsks) {
  const auto plain = compile_body(kWriter);
  const auto counted = compile_body(std::string(kWriter) + "observe: [\"count(syscalls, t)\"]\n");
  EXPECT_EQ(plain->codes[0].call_counter, kNoLocal);
  EXPECT_EQ(plain->codes[0].locals.size() + 1, counted->codes[0].locals.size());
  EXPECT_EQ(plain->codes[0].instructions.size() + 1, counted->codes[0].instructions.size());
}

TEST(Count, ALoopOfCallsIsBounded) {
  const std::string loop =
      "objects:\n  efd: eventfd(0, EFD_NONBLOCK)\nthreads:\n  t:\n    - forever:\n"
      "        - read(efd)\n";
  const auto verdict = [](const std::string& body) {
    return check(*compile_body(body), DefaultJudge(), {});
  };
  EXPECT_EQ(verdict(loop).verdict, Verdict::Proved);
  const CheckResult counted =
      verdict(loop + "properties:\n  few: sometimes count(syscalls, t) > 9\n");
  EXPECT_EQ(counted.verdict, Verdict::Bounded);
  EXPECT_EQ(counted.bound, "255 system calls counted of a thread");
}

TEST(Count, StandsInPropertiesOnly) {
  EXPECT_EQ(said_about(R"(wakesim: 1
name: t/t
about: x
objects: { x: word(0) }
threads:
  a:
    - x = count(syscalls, a)
)"),
            R"(t.yaml:7:11: error: `count` stands in properties and `observe:` only

  7 │     - x = count(syscalls, a)
    │           ^^^^^^^^^^^^^^^^^^
    a program counts with a local: calls += 1
)");
}

TEST(Count, CountsNothingElse) {
  EXPECT_EQ(said_about(R"(wakesim: 1
name: t/t
about: x
objects: { x: word(0) }
threads:
  a:
    - x = 1
observe:
  - count(wakeups, a)
)"),
            R"(t.yaml:9:5: error: `count` takes `syscalls` and a thread

  9 │   - count(wakeups, a)
    │     ^^^^^^^^^^^^^^^^^
    write  count(syscalls, waiter)
)");
}

}  // namespace
}  // namespace wakesim::testing
