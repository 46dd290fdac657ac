// Rules of pipe(7) and fs/pipe.c, shown step by step or as the set of all outcomes. Historic and
// known-wrong variants stand at the end: each is caught by the outcome that it adds.

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/models/machine.h"

namespace wakesim::testing {
namespace {

using Outcomes = std::set<std::string>;

std::string with_switch(const std::string& name, const std::string& body) {
  return "machine: { switches: [" + name + "] }\n" + body;
}

std::string alone(const std::string& object, const std::string& lines) {
  return "objects:\n  p: " + object + "\nobserve: [t.r]\njudge: []\nthreads:\n  t:\n" + lines;
}

// ---- One thread: counts and pages ---------------------------------------------------------------

TEST(Pipe, ReadGivesWhatIsThere) {
  EXPECT_EQ(outcomes(alone("pipe", "    - write(p[1], 3)\n    - r = read(p[0], 8)\n")),
            Outcomes{"t.r=3"});
}

TEST(Pipe, ReadOfNothingIsEagainIfNonblocking) {
  EXPECT_EQ(outcomes(alone("pipe(O_NONBLOCK)", "    - r = read(p[0], 8)\n")), Outcomes{"t.r=-11"});
}

TEST(Pipe, NullReadAndWriteSucceedAtOnce) {
  EXPECT_EQ(outcomes(alone("pipe", "    - r = read(p[0], 0)\n")), Outcomes{"t.r=0"});
  EXPECT_EQ(outcomes(alone("pipe", "    - close(p[0])\n    - r = write(p[1], 0)\n")),
            Outcomes{"t.r=0"});
}

TEST(Pipe, WithoutWritersReadGivesTheRestThenZero) {
  EXPECT_EQ(outcomes(alone("pipe",
                           "    - write(p[1], 3)\n"
                           "    - close(p[1])\n"
                           "    - a = read(p[0], 8)\n"
                           "    - b = read(p[0], 8)\n"
                           "    - r = 10 * a + b\n")),
            Outcomes{"t.r=30"});
}

TEST(Pipe, WithoutReadersWriteIsEpipe) {
  EXPECT_EQ(outcomes(alone("pipe", "    - close(p[0])\n    - r = write(p[1], 1)\n")),
            Outcomes{"t.r=-32"});
}

// As a 6.18 kernel answered on a pipe of one page.
TEST(Pipe, SmallWritesMergeIntoTheLastPageOrAreRefusedWhole) {
  EXPECT_EQ(outcomes(alone("pipe(O_NONBLOCK, capacity=4096)",
                           "    - a = write(p[1], 3000)\n"
                           "    - b = write(p[1], 3000)\n"
                           "    - c = write(p[1], 1096)\n"
                           "    - read(p[0], 10)\n"
                           "    - d = write(p[1], 1)\n"
                           "    - assert a == 3000 && b == -11\n"
                           "    - assert c == 1096 && d == -11\n"
                           "    - r = pending(p[0])\n")),
            Outcomes{"t.r=4086"});
}

TEST(Pipe, PipeIsFullWhenItsPagesAreUsed) {
  EXPECT_EQ(outcomes(alone("pipe(O_NONBLOCK, capacity=8192)",
                           "    - a = write(p[1], 3000)\n"
                           "    - b = write(p[1], 3000)\n"
                           "    - c = write(p[1], 3000)\n"
                           "    - d = write(p[1], 1096)\n"
                           "    - assert a == 3000 && b == 3000\n"
                           "    - assert c == -11 && d == 1096\n"
                           "    - r = pending(p[0])\n")),
            Outcomes{"t.r=7096"});
}

TEST(Pipe, LongWritesMayBePartial) {
  EXPECT_EQ(outcomes(alone("pipe(O_NONBLOCK, capacity=4096)", "    - r = write(p[1], 5000)\n")),
            Outcomes{"t.r=4096"});
}

TEST(Pipe, CapacityIsWholePagesAPowerOfTwo) {
  EXPECT_EQ(outcomes(alone("pipe(O_NONBLOCK, capacity=9000)", "    - r = write(p[1], 99999)\n")),
            Outcomes{"t.r=16384"});
  EXPECT_EQ(outcomes(alone("pipe(O_NONBLOCK)", "    - r = write(p[1], 99999)\n")),
            Outcomes{"t.r=65536"});
}

TEST(Pipe, ReadsCrossPages) {
  EXPECT_EQ(outcomes(alone("pipe",
                           "    - write(p[1], 3000)\n"
                           "    - write(p[1], 3000)\n"
                           "    - a = read(p[0], 3500)\n"
                           "    - assert a == 3500\n"
                           "    - r = read(p[0], 9999)\n")),
            Outcomes{"t.r=2500"});
}

TEST(Pipe, HalfReadPageIsNotWritable) {
  EXPECT_EQ(outcomes(alone("pipe(O_NONBLOCK, capacity=4096)",
                           "    - write(p[1], 4096)\n"
                           "    - read(p[0], 2048)\n"
                           "    - a = poll(watch(p[1], OUT), timeout=0)\n"
                           "    - read(p[0], 2048)\n"
                           "    - b = poll(watch(p[1], OUT), timeout=0)\n"
                           "    - r = 10 * a.n + b[0].revents\n")),
            Outcomes{"t.r=4"});
}

TEST(Pipe, MasksAfterTheOtherEndIsClosed) {
  const std::string look =
      "    - q = poll(watch(p[0], IN|OUT), watch(p[1], IN|OUT))\n"
      "    - r = 100 * q[0].revents + q[1].revents\n";
  // HUP without IN, and NVAL.
  EXPECT_EQ(outcomes(alone("pipe", "    - close(p[1])\n" + look)), Outcomes{"t.r=1632"});
  EXPECT_EQ(outcomes(alone("pipe", "    - write(p[1], 1)\n    - close(p[1])\n" + look)),
            Outcomes{"t.r=1732"});
  EXPECT_EQ(outcomes(alone("pipe(0, capacity=4096)",
                           "    - write(p[1], 4096)\n    - close(p[0])\n" + look)),
            Outcomes{"t.r=3208"});
}

TEST(Pipe, DisplayTellsBytesAndEnds) {
  Machine machine(alone("pipe(0, capacity=4096)",
                        "    - write(p[1], 4096)\n"
                        "    - r = close(p[1])\n"));
  EXPECT_EQ(machine.shown("p"), "0 B");
  machine.step("t", 2);
  EXPECT_EQ(machine.shown("p"), "4096 B, full");
  machine.run("t");
  EXPECT_EQ(machine.shown("p"), "4096 B, full, no writer");
}

// ---- Waiting ------------------------------------------------------------------------------------

constexpr const char* kTwoReaders = R"(
objects:
  p: pipe
observe: [a.r, b.r]
judge: []
threads:
  a:
    - r = read(p[0], 1)
  b:
    - r = read(p[0], 1)
  w:
    - write(p[1], 2)
)";

TEST(Pipe, ReadersWaitExclusivelyInOrder) {
  Machine machine(kTwoReaders);
  machine.step("a");
  EXPECT_EQ(machine.phase("a"), "link");
  machine.step("a");
  EXPECT_EQ(machine.phase("a"), "check");
  machine.step("a");
  EXPECT_EQ(machine.events(), "slept on p");
  machine.run("b");
  machine.step("w", 2);
  EXPECT_EQ(machine.events(), "woke a, returned 2");
  EXPECT_TRUE(machine.asleep("b"));
}

TEST(Pipe, ReaderThatLeavesDataWakesTheNext) {
  Machine machine(kTwoReaders);
  machine.run("a");
  machine.run("b");
  machine.run("w");
  machine.step("a", 2);  // Awake and looked; took one byte of two.
  EXPECT_EQ(machine.phase("a"), "wake next reader");
  machine.step("a");
  EXPECT_EQ(machine.events(), "woke b, returned 1");
  EXPECT_EQ(outcomes(kTwoReaders), Outcomes{"a.r=1 b.r=1"});
}

TEST(Pipe, ReaderThatEmptiesThePipeWakesNobody) {
  Machine machine(R"(
objects:
  p: pipe
observe: [a.r]
judge: []
threads:
  a:
    - r = read(p[0], 8)
  w:
    - write(p[1], 2)
)");
  machine.run("a");
  machine.run("w");
  machine.step("a", 2);
  EXPECT_EQ(machine.events(), "returned 2");
}

// The byte is taken by a reader that never slept; the one that was woken for it sleeps again.
TEST(Pipe, WokenReaderMayFindNothing) {
  Machine machine(R"(
objects:
  p: pipe
observe: [a.r, b.r]
judge: []
threads:
  a:
    - r = read(p[0], 1)
  b:
    - r = read(p[0], 1)
  w:
    - write(p[1], 1)
)");
  machine.run("a");
  machine.run("w");
  machine.run("b");
  EXPECT_EQ(machine.value("b.r"), 1);
  machine.run("a");
  EXPECT_TRUE(machine.asleep("a"));
}

constexpr const char* kLongWrite = R"(
objects:
  p: pipe(0, capacity=4096)
observe: [w.n, r.a, r.b]
judge: []
threads:
  w:
    - n = write(p[1], 5000)
  r:
    - a = read(p[0], 8192)
    - b = read(p[0], 8192)
)";

TEST(Pipe, LongWriteWaitsInTheMiddle) {
  Machine machine(kLongWrite);
  machine.step("w");
  EXPECT_EQ(machine.phase("w"), "wake readers");
  machine.run("w");
  EXPECT_TRUE(machine.asleep("w"));
  machine.step("r");
  EXPECT_EQ(machine.phase("r"), "wake writers");
  machine.step("r");
  EXPECT_EQ(machine.events(), "woke w, returned 4096");
  machine.run("w");
  EXPECT_EQ(machine.value("w.n"), 5000);
  EXPECT_EQ(outcomes(kLongWrite), Outcomes{"w.n=5000 r.a=4096 r.b=904"});
}

TEST(Pipe, WriterWhoseReadersLeaveReturnsWhatWent) {
  EXPECT_EQ(outcomes(R"(
objects:
  p: pipe(0, capacity=4096)
observe: [w.n]
judge: []
threads:
  w:
    - n = write(p[1], 5000)
  c:
    - close(p[0])
)"),
            (Outcomes{"w.n=4096", "w.n=-32"}));
}

constexpr const char* kCloseWakes = R"(
objects:
  p: pipe
observe: [a.r, b.r]
judge: []
threads:
  a:
    - r = 7
    - r = read(p[0], 1)
  b:
    - r = 7
    - r = read(p[0], 1)
  c:
    - close(p[1])
)";

TEST(Pipe, LastCloseWakesEverybody) {
  Machine machine(kCloseWakes);
  machine.run("a");
  machine.run("b");
  machine.step("c", 2);
  EXPECT_EQ(machine.events(), "woke a, woke b, woke nobody on p, returned 0");
  EXPECT_EQ(outcomes(kCloseWakes), Outcomes{"a.r=0 b.r=0"});
}

// ---- poll_usage ---------------------------------------------------------------------------------

constexpr const char* kSecondWrite = R"(
objects:
  p: pipe
observe: [w.n]
judge: []
threads:
  l:
    - poll(watch(p[0], OUT), timeout=0)
  w:
    - write(p[1], 1)
    - n = write(p[1], 1)
)";

TEST(Pipe, SecondWriteWakesNobodyUntilSomebodyPolls) {
  Machine machine(R"(
objects:
  p: pipe
observe: [w.n]
judge: []
threads:
  l:
    - poll(watch(p[0], OUT), timeout=0)
  w:
    - write(p[1], 1)
    - write(p[1], 1)
    - n = write(p[1], 1)
)");
  machine.step("w", 2);
  EXPECT_EQ(machine.events(), "woke nobody on p, returned 1");
  machine.step("w", 2);
  EXPECT_EQ(machine.events(), "returned 1");  // The pipe was not empty: no walk.
  machine.run("l");
  machine.step("w", 2);
  EXPECT_EQ(machine.events(), "woke nobody on p, returned 1");
}

TEST(Pipe, FirstPollOfAPipeIsOneStepLonger) {
  Machine machine(alone("pipe",
                        "    - q = poll(watch(p[0], IN), timeout=0)\n"
                        "    - q = poll(watch(p[0], IN), timeout=0)\n"
                        "    - r = q.n\n"));
  machine.step("t");
  EXPECT_EQ(machine.phase("t"), "check");
  machine.step("t");
  EXPECT_EQ(machine.events(), "returned 0");
  machine.step("t");
  EXPECT_EQ(machine.events(), "returned 0");
}

// ---- Variants -----------------------------------------------------------------------------------

TEST(PipeSwitch, CloseThatWakesOneLosesAReader) {
  EXPECT_EQ(outcomes(with_switch("pipe.close-wakes-one", kCloseWakes)),
            (Outcomes{"a.r=0 b.r=0", "a.r=0 b.r=7 stuck b", "a.r=7 b.r=0 stuck a"}));
}

TEST(PipeSwitch, WithoutHandOffAReaderSleepsBesideData) {
  EXPECT_TRUE(
      outcomes(with_switch("pipe.no-hand-off", kTwoReaders)).contains("a.r=1 b.r=0 stuck b"));
}

TEST(PipeSwitch, WaitsOfOldWakeEverybody) {
  Machine machine(with_switch("pipe.waits=all", kTwoReaders));
  machine.run("a");
  machine.run("b");
  machine.step("w", 2);
  EXPECT_EQ(machine.events(), "woke b, woke a, returned 2");
}

TEST(PipeSwitch, WithoutPollUsageASecondWriteNeverWakes) {
  Machine machine(with_switch("pipe.poll-usage=off", kSecondWrite));
  machine.run("l");
  machine.step("w", 2);
  machine.step("w");
  EXPECT_EQ(machine.events(), "returned 1");  // Not even the step that asks.
  Machine today(kSecondWrite);
  today.run("l");
  today.step("w", 2);
  today.step("w", 2);
  EXPECT_EQ(today.events(), "woke nobody on p, returned 1");
}

}  // namespace
}  // namespace wakesim::testing
