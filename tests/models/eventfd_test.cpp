// Rules of eventfd(2) and fs/eventfd.c, shown step by step or as the set of all outcomes.
// Known-wrong variants of the model stand at the end: each is caught by the outcome that it adds.

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

// One thread's lines on an eventfd `e`; observes its `r`.
std::string alone(const std::string& object, const std::string& lines) {
  return "objects:\n  e: " + object + "\nobserve: [t.r]\njudge: []\nthreads:\n  t:\n" + lines;
}

// ---- One thread ---------------------------------------------------------------------------------

TEST(Eventfd, ReadGivesTheWholeCounter) {
  EXPECT_EQ(outcomes(alone("eventfd(7)", "    - r = read(e)\n")), Outcomes{"t.r=7"});
}

TEST(Eventfd, ReadLeavesNothing) {
  EXPECT_EQ(outcomes(alone("eventfd(7, EFD_NONBLOCK)", "    - read(e)\n    - r = read(e)\n")),
            Outcomes{"t.r=-11"});
}

TEST(Eventfd, SemaphoreReadTakesOne) {
  const std::string lines = "    - a = read(e)\n    - b = read(e)\n    - r = 10 * a + b\n";
  EXPECT_EQ(outcomes(alone("eventfd(2, EFD_SEMAPHORE)", lines)), Outcomes{"t.r=11"});
}

TEST(Eventfd, WriteAdds) {
  EXPECT_EQ(outcomes(alone("eventfd(2)", "    - write(e, 3)\n    - r = read(e)\n")),
            Outcomes{"t.r=5"});
}

TEST(Eventfd, WriteGivesEight) {
  EXPECT_EQ(outcomes(alone("eventfd(0)", "    - r = write(e, 3)\n")), Outcomes{"t.r=8"});
}

TEST(Eventfd, WriteOfAllOnesIsEinval) {
  EXPECT_EQ(outcomes(alone("eventfd(0)", "    - r = write(e, 0xffffffffffffffff)\n")),
            Outcomes{"t.r=-22"});
}

TEST(Eventfd, WriteOfAnotherSizeIsEinval) {
  EXPECT_EQ(outcomes(alone("eventfd(0)", "    - r = write(e, 1, size=7)\n")), Outcomes{"t.r=-22"});
  EXPECT_EQ(outcomes(alone("eventfd(0)", "    - r = write(e, 1, size=16)\n")), Outcomes{"t.r=-22"});
}

TEST(Eventfd, ReadOfLessThanEightBytesIsEinval) {
  EXPECT_EQ(outcomes(alone("eventfd(1)", "    - r = read(e, 4)\n")), Outcomes{"t.r=-22"});
}

TEST(Eventfd, CounterStopsBelowAllOnes) {
  const std::string fill = "    - write(e, 0xfffffffffffffffe)\n";
  EXPECT_EQ(outcomes(alone("eventfd(0, EFD_NONBLOCK)", fill + "    - r = write(e, 1)\n")),
            Outcomes{"t.r=-11"});
  EXPECT_EQ(outcomes(alone("eventfd(0, EFD_NONBLOCK)", fill + "    - r = write(e, 0)\n")),
            Outcomes{"t.r=8"});
  EXPECT_EQ(outcomes(alone("eventfd(1, EFD_NONBLOCK)", fill + "    - r = read(e)\n")),
            Outcomes{"t.r=1"});
}

TEST(Eventfd, LargeValuesKeepTheirBits) {
  EXPECT_EQ(
      outcomes(alone("eventfd(0)", "    - write(e, 0xfffffffffffffffe)\n    - r = read(e)\n")),
      Outcomes{"t.r=-2"});
}

TEST(Eventfd, SignalGoesOnToAllOnesAndStays) {
  const std::string lines =
      "    - write(e, 0xfffffffffffffffe)\n"
      "    - eventfd_signal(e)\n"
      "    - eventfd_signal(e)\n"
      "    - p = poll(e=IN|OUT|ERR)\n"
      "    - r = p[0].revents\n";
  EXPECT_EQ(outcomes(alone("eventfd(0)", lines)), Outcomes{"t.r=9"});  // IN and ERR, not OUT.
}

TEST(Eventfd, PollAtOneBelowFullIsInAndOut) {
  const std::string lines = "    - p = poll(e=IN|OUT)\n    - r = p[0].revents\n";
  EXPECT_EQ(outcomes(alone("eventfd(0xfffffffffffffffd)", lines)), Outcomes{"t.r=5"});
  EXPECT_EQ(outcomes(alone("eventfd(0xfffffffffffffffe)", lines)), Outcomes{"t.r=1"});
}

// ---- Sleeping and waking ------------------------------------------------------------------------

constexpr const char* kTwoReaders = R"(
objects:
  e: eventfd(0)
observe: [a.r, b.r]
judge: []
threads:
  a:
    - r = read(e)
  b:
    - r = read(e)
  w:
    - write(e, 1)
    - write(e, 2)
)";

TEST(Eventfd, ReadOfZeroSleepsUntilWrite) {
  Machine machine(kTwoReaders);
  machine.step("a");
  EXPECT_EQ(machine.events(), "slept on e");
  EXPECT_EQ(machine.phase("a"), "asleep");
  EXPECT_EQ(machine.subject("a"), "e");
  EXPECT_TRUE(machine.asleep("a"));
  machine.step("w");
  EXPECT_EQ(machine.events(), "woke a, returned 8");
  EXPECT_EQ(machine.shown("e"), "1");
  machine.step("a");
  EXPECT_TRUE(machine.ended("a"));
  EXPECT_EQ(machine.value("a.r"), 1);
}

TEST(Eventfd, OneWriteWakesEveryReaderAndLosersSleepAgain) {
  Machine machine(kTwoReaders);
  machine.step("a");
  machine.step("b");
  machine.step("w");
  EXPECT_EQ(machine.events(), "woke a, woke b, returned 8");
  machine.step("b");
  machine.step("a");
  EXPECT_EQ(machine.events(), "slept on e");
  machine.step("w");
  EXPECT_EQ(machine.events(), "woke a, returned 8");
}

TEST(Eventfd, EveryUnitIsReadOnce) {
  EXPECT_EQ(outcomes(kTwoReaders),
            (Outcomes{"a.r=1 b.r=2", "a.r=2 b.r=1", "a.r=3 b.r=0 stuck b", "a.r=0 b.r=3 stuck a"}));
}

TEST(Eventfd, SemaphoreWakesTheHerdToo) {
  Machine machine(R"(
objects:
  e: eventfd(0, EFD_SEMAPHORE)
observe: [a.r, b.r]
judge: []
threads:
  a:
    - r = read(e)
  b:
    - r = read(e)
  w:
    - write(e, 1)
)");
  machine.step("a");
  machine.step("b");
  machine.step("w");
  EXPECT_EQ(machine.events(), "woke a, woke b, returned 8");
}

constexpr const char* kBlockedWriter = R"(
objects:
  e: eventfd(0xfffffffffffffffe)
observe: [w.r, d.v]
judge: []
threads:
  w:
    - r = write(e, 2)
  d:
    - v = read(e)
)";

TEST(Eventfd, WriteThatDoesNotFitSleepsUntilRead) {
  Machine machine(kBlockedWriter);
  machine.step("w");
  EXPECT_TRUE(machine.asleep("w"));
  machine.step("d");
  EXPECT_EQ(machine.events(), "woke w, returned -2");
  machine.step("w");
  EXPECT_EQ(machine.value("w.r"), 8);
  EXPECT_EQ(machine.shown("e"), "2");
  EXPECT_EQ(outcomes(kBlockedWriter), Outcomes{"w.r=8 d.v=-2"});
}

TEST(Eventfd, WriteOfZeroWakesAndTheReaderSleepsAgain) {
  Machine machine(R"(
objects:
  e: eventfd(0)
observe: [a.r]
judge: []
threads:
  a:
    - r = read(e)
  w:
    - write(e, 0)
)");
  machine.step("a");
  machine.step("w");
  EXPECT_EQ(machine.events(), "woke a, returned 8");
  machine.step("a");
  EXPECT_TRUE(machine.asleep("a"));
}

TEST(Eventfd, SpuriousWakeIsSleptOff) {
  Machine machine(R"(
machine: { spurious: 1 }
objects:
  e: eventfd(0)
observe: [a.r]
judge: []
threads:
  a:
    - r = read(e)
  w:
    - write(e, 3)
)");
  machine.step("a");
  machine.wake_spuriously("a");
  machine.step("a");
  EXPECT_TRUE(machine.asleep("a"));
  machine.step("w");
  EXPECT_EQ(machine.events(), "woke a, returned 8");
  machine.step("a");
  EXPECT_EQ(machine.value("a.r"), 3);
}

TEST(Eventfd, WriteWakesNobodyWhoPollsForRoom) {
  Machine machine(R"(
objects:
  e: eventfd(0xfffffffffffffffe)
observe: [p.n]
judge: []
threads:
  p:
    - r = poll(e=OUT)
    - n = r.n
  w:
    - write(e, 0)
    - read(e)
)");
  machine.run("p");
  EXPECT_TRUE(machine.asleep("p"));
  machine.step("w");
  EXPECT_EQ(machine.events(), "woke nobody on e, returned 8");
  machine.step("w");
  EXPECT_EQ(machine.events(), "woke p, returned -2");
}

// ---- Descriptors --------------------------------------------------------------------------------

TEST(Eventfd, CallGivesTheLowestFreeNumber) {
  const std::string lines =
      "    - a = eventfd(5)\n"
      "    - close(e)\n"
      "    - b = eventfd(6)\n"
      "    - x = read(a)\n"
      "    - y = read(b)\n"
      "    - r = 1000 * a + 100 * b + 10 * x + y\n";
  EXPECT_EQ(outcomes(alone("eventfd(0)", lines)), Outcomes{"t.r=4356"});
}

TEST(Eventfd, CallStartsAFreshCounter) {
  const std::string lines =
      "    - repeat 2:\n"
      "        - a = eventfd(0, EFD_NONBLOCK)\n"
      "        - r = read(a)\n"
      "        - write(a, 1)\n"
      "        - close(a)\n";
  EXPECT_EQ(outcomes(alone("eventfd(0)", lines)), Outcomes{"t.r=-11"});
}

TEST(Eventfd, CallWithAnUnknownFlagIsEinval) {
  EXPECT_EQ(outcomes(alone("eventfd(0)", "    - r = eventfd(0, 2)\n")), Outcomes{"t.r=-22"});
}

TEST(Eventfd, SignalComesAlsoAfterClose) {
  Machine machine(R"(
objects:
  e: eventfd(0)
observe: [a.r]
judge: []
threads:
  a:
    - r = read(e)
  c:
    - close(e)
  k:
    - eventfd_signal(e)
)");
  machine.step("a", 2);
  machine.run("c");
  machine.step("k");
  machine.run("a");
  EXPECT_EQ(machine.value("a.r"), 1);
}

// ---- Known-wrong variants -----------------------------------------------------------------------

TEST(EventfdSwitch, WriteThatWakesNobodyLosesTheReader) {
  EXPECT_TRUE(outcomes(with_switch("eventfd.write-wakes-nobody", kTwoReaders))
                  .contains("a.r=0 b.r=0 stuck a stuck b"));
}

TEST(EventfdSwitch, ReadThatWakesNobodyLosesTheWriter) {
  EXPECT_TRUE(outcomes(with_switch("eventfd.read-wakes-nobody", kBlockedWriter))
                  .contains("w.r=0 d.v=-2 stuck w"));
}

TEST(EventfdSwitch, CheckOutsideTheLockLosesTheReader) {
  EXPECT_TRUE(outcomes(with_switch("eventfd.check-outside-lock", kTwoReaders))
                  .contains("a.r=0 b.r=0 stuck a stuck b"));
}

}  // namespace
}  // namespace wakesim::testing
