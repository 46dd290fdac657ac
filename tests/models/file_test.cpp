// Rules of descriptors: numbers, references, the last close. fs/file.c, close(2), dup(2).

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/models/machine.h"

namespace wakesim::testing {
namespace {

using Outcomes = std::set<std::string>;

std::string alone(const std::string& objects, const std::string& lines) {
  return "objects:\n" + objects + "observe: [t.r]\njudge: []\nthreads:\n  t:\n" + lines;
}

constexpr const char* kEventfd = "  e: eventfd(0, EFD_NONBLOCK)\n";

TEST(File, DeclaredObjectsGetNumbersFromThreeOn) {
  EXPECT_EQ(outcomes(alone("  a: eventfd(7)\n  p: pipe\n  b: eventfd(8)\n",
                           "    - x = read(3)\n    - y = read(6)\n    - r = 10 * x + y\n")),
            Outcomes{"t.r=78"});
}

TEST(File, ElementsOfAnArrayGetNumbersInARow) {
  EXPECT_EQ(outcomes(alone("  a: eventfd[2](1)\n  b: eventfd(2)\n",
                           "    - write(a[1], 6)\n    - r = read(4)\n")),
            Outcomes{"t.r=7"});
}

TEST(File, NumberThatIsNotOpenIsEbadf) {
  EXPECT_EQ(outcomes(alone(kEventfd, "    - r = read(9)\n")), Outcomes{"t.r=-9"});
  EXPECT_EQ(outcomes(alone(kEventfd, "    - r = read(-1)\n")), Outcomes{"t.r=-9"});
  EXPECT_EQ(outcomes(alone(kEventfd, "    - r = close(9)\n")), Outcomes{"t.r=-9"});
  EXPECT_EQ(outcomes(alone(kEventfd, "    - r = dup(9)\n")), Outcomes{"t.r=-9"});
}

TEST(File, WrongDirectionIsEbadf) {
  EXPECT_EQ(outcomes(alone("  p: pipe\n", "    - r = read(p[1], 1)\n")), Outcomes{"t.r=-9"});
  EXPECT_EQ(outcomes(alone("  p: pipe\n", "    - r = write(p[0], 1)\n")), Outcomes{"t.r=-9"});
}

TEST(File, SecondCloseIsEbadf) {
  EXPECT_EQ(outcomes(alone(kEventfd, "    - close(e)\n    - r = close(e)\n")), Outcomes{"t.r=-9"});
}

TEST(File, DupGivesTheLowestFreeNumberToTheSameFile) {
  EXPECT_EQ(outcomes(alone(kEventfd,
                           "    - d = dup(e)\n"
                           "    - write(d, 5)\n"
                           "    - v = read(e)\n"
                           "    - close(e)\n"
                           "    - c = dup(d)\n"
                           "    - r = 100 * d + 10 * c + v\n")),
            Outcomes{"t.r=435"});
}

TEST(File, DupTwiceBeyondTheTableIsEmfile) {
  EXPECT_EQ(outcomes(alone(kEventfd, "    - repeat 2:\n        - r = dup(e)\n")),
            Outcomes{"t.r=-24"});
}

TEST(File, LookUpCostsNoStepWhileNobodyClosesOrOpens) {
  Machine machine(alone(kEventfd, "    - r = write(e, 1)\n"));
  machine.step("t");
  EXPECT_TRUE(machine.ended("t"));
}

TEST(File, LookUpAndDropAreStepsWhereNumbersChange) {
  Machine machine(alone(kEventfd, "    - r = write(e, 1)\n    - close(e)\n"));
  machine.step("t");
  EXPECT_EQ(machine.phase("t"), "locked");
  machine.step("t");
  EXPECT_EQ(machine.phase("t"), "fput");
  machine.step("t");
  EXPECT_EQ(machine.events(), "returned 8");
  machine.step("t");
  EXPECT_EQ(machine.phase("t"), "fput");
  machine.step("t");
  EXPECT_TRUE(machine.ended("t"));
}

// A close takes the number away at once, but a sleeping reader keeps the file.
TEST(File, CloseDoesNotWakeAReader) {
  Machine machine(R"(
objects:
  e: eventfd(0)
observe: [a.r, c.x]
judge: []
threads:
  a:
    - r = read(e)
  c:
    - close(e)
    - x = write(e, 1)
)");
  machine.run("a");
  machine.run("c");
  EXPECT_TRUE(machine.asleep("a"));
  EXPECT_EQ(machine.value("c.x"), -9);
}

constexpr const char* kReuse = R"(
objects:
  e: eventfd(1)
  f: eventfd(2)
observe: [a.r]
judge: []
threads:
  a:
    - r = read(e)
  c:
    - close(e)
    - dup(f)
)";

TEST(File, ReuseOfANumberLeadsToAnotherFile) {
  EXPECT_EQ(outcomes(kReuse), (Outcomes{"a.r=1", "a.r=2", "a.r=-9"}));
}

// The look-up decides which file is read, whatever happens to the number afterwards.
TEST(File, CallKeepsTheFileItLookedUp) {
  Machine machine(kReuse);
  machine.step("a");
  machine.run("c");
  machine.run("a");
  EXPECT_EQ(machine.value("a.r"), 1);
}

// While a write by another thread is on its way out it holds the last reference to the write end:
// close returns, and the reader does not see the end yet.
TEST(File, WhoDropsTheLastReferenceCanBeSeen) {
  EXPECT_EQ(outcomes(R"(
objects:
  p: pipe(O_NONBLOCK)
observe: [c.x]
judge: []
threads:
  w:
    - write(p[1], 1)
  c:
    - await pending(p[0]) == 1
    - close(p[1])
    - read(p[0], 1)
    - x = read(p[0], 1)
)"),
            (Outcomes{"c.x=0", "c.x=-11"}));
}

TEST(File, DupOfANumberClosedMeanwhileMayGetThatNumber) {
  EXPECT_EQ(outcomes(R"(
objects:
  e: eventfd(0)
observe: [d.r]
judge: []
threads:
  d:
    - r = dup(e)
  c:
    - close(e)
)"),
            (Outcomes{"d.r=-9", "d.r=3", "d.r=4"}));
}

TEST(File, RegularFileIsAlwaysReady) {
  EXPECT_EQ(outcomes(alone("  f: file\n",
                           "    - p = poll(f=IN|OUT|PRI)\n"
                           "    - n = read(f, 100)\n"
                           "    - r = 1000 * p[0].revents + n\n")),
            Outcomes{"t.r=5100"});
}

TEST(File, PendingIsWhatCanBeRead) {
  EXPECT_EQ(outcomes(alone("  p: pipe\n", "    - write(p[1], 30)\n    - r = pending(p[0])\n")),
            Outcomes{"t.r=30"});
  EXPECT_EQ(outcomes(alone(kEventfd, "    - write(e, 4)\n    - r = pending(e)\n")),
            Outcomes{"t.r=4"});
}

}  // namespace
}  // namespace wakesim::testing
