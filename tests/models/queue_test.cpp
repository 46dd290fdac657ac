#include <gtest/gtest.h>

#include "tests/models/machine.h"

namespace wakesim::testing {
namespace {

using Outcomes = std::set<std::string>;

// One thread with these lines, a queue of two places and what the lines observe.
std::string program(const std::string& observe, const std::string& lines) {
  return "objects: { q: queue(2) }\nobserve: [" + observe + "]\njudge: []\nthreads:\n  t:\n" +
         lines;
}

TEST(Queue, IsFirstInFirstOut) {
  EXPECT_EQ(outcomes(program("t.a, t.b", R"(
    - push(q, 7)
    - push(q, 8)
    - a = pop(q)
    - b = pop(q)
)")),
            Outcomes{"t.a=7 t.b=8"});
}

TEST(Queue, PopOfNothingIsEagain) {
  EXPECT_EQ(outcomes(program("t.a, t.b", R"(
    - a = pop(q)
    - b = front(q)
)")),
            Outcomes{"t.a=-11 t.b=-11"});
}

TEST(Queue, PushOnAFullQueueIsAnInvalidUse) {
  EXPECT_EQ(outcomes(program("", R"(
    - push(q, 1)
    - push(q, 1)
    - push(q, 1)
)")),
            Outcomes{"push on a full queue"});
}

TEST(Queue, FrontLeavesTheItem) {
  EXPECT_EQ(outcomes(program("t.a, t.n", R"(
    - push(q, 7)
    - a = front(q)
    - n = len(q)
)")),
            Outcomes{"t.a=7 t.n=1"});
}

TEST(Queue, DrainGivesTheNumberOfItems) {
  EXPECT_EQ(outcomes(program("t.n, t.m, t.l", R"(
    - push(q, 7)
    - push(q, 8)
    - n = drain(q)
    - m = drain(q)
    - l = len(q)
)")),
            Outcomes{"t.n=2 t.m=0 t.l=0"});
}

TEST(Queue, RemoveTakesTheOldestEqualItem) {
  EXPECT_EQ(outcomes(program("t.a, t.b, t.c", R"(
    - push(q, 7)
    - push(q, 8)
    - a = remove(q, 8)
    - b = remove(q, 8)
    - c = pop(q)
)")),
            Outcomes{"t.a=1 t.b=0 t.c=7"});
}

// Two histories that leave the same items leave the same bytes: otherwise there were two ends.
TEST(Queue, EqualQueuesAreEqualStates) {
  Machine one(program("", R"(
    - push(q, 7)
    - push(q, 8)
    - pop(q)
    - nanosleep(inf)
)"));
  one.run("t");
  EXPECT_EQ(one.shown("q"), "[8]");
}

TEST(Queue, StandsInExpressionsAndInAtomicBlocks) {
  EXPECT_EQ(outcomes(program("", R"(
    - atomic:
        - push(q, 3)
        - push(q, 4)
        - a = pop(q) * 10 + pop(q)
    - assert a == 34
)")),
            Outcomes{""});
}

TEST(Queue, OfAnArrayIsFoundByIndex) {
  EXPECT_EQ(outcomes(R"(
objects:
  q: queue[2](1)
observe: [t.a, t.b]
judge: []
threads:
  t:
    - i = 1
    - push(q[i], 5)
    - a = len(q[0])
    - b = len(q[1])
)"),
            Outcomes{"t.a=0 t.b=1"});
}

}  // namespace
}  // namespace wakesim::testing
