// Rules of kernel AIO, fs/aio.c, shown step by step or as the set of all outcomes. The actor
// `disk of c` completes requests. Known-wrong variants stand beside the rule they break.

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

// One thread's lines on a context `c` for two requests; observes its `r`.
std::string alone(const std::string& lines) {
  return R"(
objects:
  c: aio_context(2)
  e: eventfd(0, EFD_NONBLOCK)
  p: pipe
observe: [a.r]
judge: []
threads:
  a:
)" + lines;
}

// ---- Requests and their completion --------------------------------------------------------------

TEST(Aio, CompletionAddsTheEventThenSignalsThenWakes) {
  Machine machine(alone("    - r = io_submit(c, e)\n"));
  EXPECT_FALSE(machine.enabled("disk of c"));
  machine.step("a");
  EXPECT_EQ(machine.value("a.r"), 1);
  EXPECT_EQ(machine.shown("c"), "0, 1 under way");
  machine.step("disk of c");
  EXPECT_EQ(machine.shown("c"), "1");
  EXPECT_EQ(machine.shown("e"), "0");
  EXPECT_EQ(machine.phase("disk of c"), "signal eventfd");
  machine.step("disk of c");
  EXPECT_EQ(machine.shown("e"), "1");
  EXPECT_EQ(machine.phase("disk of c"), "wake waiters");
  machine.step("disk of c");
  EXPECT_FALSE(machine.enabled("disk of c"));
}

TEST(Aio, RequestWithoutEventfdSignalsNone) {
  EXPECT_EQ(outcomes(alone("    - io_submit(c)\n    - io_getevents(c, 1, 1)\n    - r = read(e)\n")),
            Outcomes{"a.r=-11"});
}

TEST(Aio, EveryRequestSignalsOnce) {
  const std::string lines = R"(
    - io_submit(c, e)
    - io_submit(c, e)
    - io_getevents(c, 2, 2)
    - r = read(e)
)";
  // The second event is in the ring before its eventfd is signalled.
  EXPECT_EQ(outcomes(alone(lines)), (Outcomes{"a.r=1", "a.r=2"}));
}

TEST(Aio, DiskCompletesInAnyOrder) {
  const std::string body = R"(
objects:
  c: aio_context(2)
  e: eventfd(0)
  f: eventfd(0)
observe: [a.r]
judge: []
threads:
  a:
    - io_submit(c, e)
    - io_submit(c, f)
    - p = poll(e=IN, f=IN)
    - first = p[0].revents & IN
    - second = p[1].revents & IN
    - r = 10 * first + second
)";
  EXPECT_EQ(outcomes(body), (Outcomes{"a.r=10", "a.r=1", "a.r=11"}));
}

TEST(Aio, RequestHoldsTheCounterNotTheNumber) {
  Machine machine(alone("    - io_submit(c, e)\n    - r = close(e)\n"));
  machine.run("a");
  machine.run("disk of c");
  EXPECT_EQ(machine.shown("e"), "1");
}

TEST(Aio, SubmitErrors) {
  EXPECT_EQ(outcomes(alone("    - r = io_submit(c, 99)\n")), Outcomes{"a.r=-9"});
  EXPECT_EQ(outcomes(alone("    - r = io_submit(c, p[0])\n")), Outcomes{"a.r=-22"});
}

TEST(Aio, FullContextIsEagainUntilAnEventIsRead) {
  const std::string fill = "    - io_submit(c)\n    - io_submit(c)\n";
  EXPECT_EQ(outcomes(alone(fill + "    - r = io_submit(c)\n")), Outcomes{"a.r=-11"});
  const std::string read = "    - io_getevents(c, 1, 1)\n    - r = io_submit(c)\n";
  EXPECT_EQ(outcomes(alone(fill + read)), Outcomes{"a.r=1"});
}

TEST(AioSwitch, SignalBeforeTheEventFindsAnEmptyRing) {
  const std::string body = alone(R"(
    - io_submit(c, e)
    - poll(e=IN)
    - r = io_getevents(c, 0, 1, 0)
)");
  EXPECT_EQ(outcomes(body), Outcomes{"a.r=1"});
  EXPECT_EQ(outcomes(with_switch("aio.signals-first", body)), (Outcomes{"a.r=0", "a.r=1"}));
}

// ---- io_getevents -------------------------------------------------------------------------------

constexpr const char* kWaiter = R"(
objects:
  c: aio_context(2)
observe: [a.r]
judge: []
threads:
  a:
    - r = io_getevents(c, 1, 2)
  s:
    - io_submit(c)
)";

TEST(Aio, WaiterQueuesUpAndLooksAgain) {
  Machine machine(kWaiter);
  machine.step("a");
  EXPECT_EQ(machine.phase("a"), "queue up");
  machine.step("a");
  EXPECT_EQ(machine.phase("a"), "read events");
  machine.step("a");
  EXPECT_EQ(machine.events(), "slept on c");
  EXPECT_EQ(machine.phase("a"), "asleep");
  machine.step("s");
  machine.run("disk of c");
  EXPECT_EQ(machine.events(), "woke a");
  machine.run("a");
  EXPECT_EQ(machine.value("a.r"), 1);
  EXPECT_EQ(machine.shown("c"), "0");
}

TEST(Aio, NoEventIsLost) { EXPECT_EQ(outcomes(kWaiter), Outcomes{"a.r=1"}); }

TEST(AioSwitch, CompletionThatWakesNobodyLosesTheWaiter) {
  EXPECT_TRUE(outcomes(with_switch("aio.wakes-nobody", kWaiter)).contains("a.r=0 stuck a"));
}

TEST(AioSwitch, WaiterThatDoesNotLookAgainIsLost) {
  EXPECT_EQ(outcomes(with_switch("aio.no-look-after-queueing", kWaiter)),
            (Outcomes{"a.r=1", "a.r=0 stuck a"}));
}

constexpr const char* kTwoWaiters = R"(
objects:
  c: aio_context(4)
observe: [a.r, b.r]
judge: []
threads:
  a:
    - r = io_getevents(c, 1, 1)
  b:
    - r = io_getevents(c, 2, 2)
  s:
    - repeat 3:
        - io_submit(c)
)";

TEST(Aio, OnlyAWaiterWhoseDemandIsMetIsWoken) {
  Machine machine(kTwoWaiters);
  machine.run("a");
  machine.run("b");
  machine.step("s");
  machine.run("disk of c");
  EXPECT_EQ(machine.events(), "woke a");
  machine.step("s");
  machine.run("disk of c");
  EXPECT_EQ(machine.events(), "woke b");  // Two events are there: a has not read yet.
  machine.run("b");
  EXPECT_EQ(machine.value("b.r"), 2);
  machine.run("a");
  EXPECT_TRUE(machine.asleep("a"));
  machine.step("s");
  machine.run("disk of c");
  EXPECT_EQ(machine.events(), "woke a");
}

TEST(Aio, ThreeEventsServeBoth) { EXPECT_EQ(outcomes(kTwoWaiters), Outcomes{"a.r=1 b.r=2"}); }

// What it has got stays its own: it waits for the rest.
TEST(Aio, WaiterTakesWhatIsThereAndWaitsForTheRest) {
  Machine machine(R"(
objects:
  c: aio_context(4)
observe: [a.r]
judge: []
threads:
  a:
    - r = io_getevents(c, 2, 3)
  s:
    - repeat 3:
        - io_submit(c)
)");
  machine.step("s");
  machine.run("disk of c");
  machine.run("a");
  EXPECT_TRUE(machine.asleep("a"));
  EXPECT_EQ(machine.shown("c"), "0");
  machine.step("s");
  machine.run("disk of c");
  EXPECT_EQ(machine.events(), "woke a");  // One event is enough.
  machine.step("s");
  machine.run("disk of c");
  machine.run("a");
  EXPECT_EQ(machine.value("a.r"), 3);
}

TEST(Aio, TimeoutReturnsWhatThereIs) {
  Machine machine(R"(
objects:
  c: aio_context(4)
observe: [a.r]
judge: []
threads:
  a:
    - r = io_getevents(c, 2, 3, 10ms)
  s:
    - io_submit(c)
)");
  machine.step("s");
  machine.run("disk of c");
  machine.run("a");
  machine.fire_timer("a");
  EXPECT_EQ(machine.events(), "timer of a, woke a");
  machine.run("a");
  EXPECT_EQ(machine.value("a.r"), 1);
  EXPECT_FALSE(machine.timer_may_fire("a"));
}

TEST(Aio, GeteventsWithoutTimeDoesNotSleep) {
  EXPECT_EQ(outcomes(alone("    - r = io_getevents(c, 1, 1, 0)\n")), Outcomes{"a.r=0"});
  EXPECT_EQ(outcomes(alone("    - r = io_getevents(c, 0, 1)\n")), Outcomes{"a.r=0"});
}

TEST(Aio, GeteventsOfAWrongNumberIsEinval) {
  EXPECT_EQ(outcomes(alone("    - r = io_getevents(c, 2, 1)\n")), Outcomes{"a.r=-22"});
  EXPECT_EQ(outcomes(alone("    - r = io_getevents(c, -1, 1)\n")), Outcomes{"a.r=-22"});
}

TEST(Aio, HandlerEndsTheWaitWithEintrUnlessThereAreEvents) {
  const std::string body = R"(
objects:
  c: aio_context(2)
  got: word(0)
observe: [a.r]
judge: []
threads:
  a:
    on SIGUSR1 restart:
      - got = 1
    run:
      - r = io_getevents(c, 1, 1)
  s:
    - io_submit(c)
  k:
    - kill(a, SIGUSR1)
)";
  Machine machine(body);
  machine.run("a");
  machine.step("k");
  machine.run("a");
  EXPECT_EQ(machine.value("a.r"), -4);
  EXPECT_EQ(outcomes(body), (Outcomes{"a.r=-4", "a.r=1"}));
}

// ---- io_destroy ---------------------------------------------------------------------------------

constexpr const char* kDestroyed = R"(
objects:
  c: aio_context(2)
observe: [a.r, d.r]
judge: []
threads:
  a:
    - r = io_getevents(c, 1, 1)
  d:
    - r = io_destroy(c)
)";

TEST(Aio, DestroySendsWaitersAwayAndWaitsForThem) {
  Machine machine(kDestroyed);
  machine.run("a");
  machine.step("d");
  EXPECT_EQ(machine.shown("c"), "0, dead");
  EXPECT_TRUE(machine.asleep("a"));
  machine.step("d");
  EXPECT_EQ(machine.events(), "woke a");
  machine.step("d");
  EXPECT_TRUE(machine.asleep("d"));
  machine.step("a");
  machine.step("a");
  EXPECT_EQ(machine.events(), "woke d, returned -22");
  machine.run("d");
  EXPECT_EQ(machine.value("d.r"), 0);
  EXPECT_EQ(outcomes(kDestroyed), Outcomes{"a.r=-22 d.r=0"});
}

TEST(AioSwitch, DestroyThatWakesNobodyWaitsForEver) {
  EXPECT_TRUE(outcomes(with_switch("aio.destroy-wakes-nobody", kDestroyed))
                  .contains("a.r=0 d.r=0 stuck a stuck d"));
}

TEST(Aio, DestroyWaitsForTheRequestsUnderWay) {
  Machine machine(alone("    - io_submit(c)\n    - r = io_destroy(c)\n"));
  machine.run("a");
  EXPECT_TRUE(machine.asleep("a"));
  machine.step("disk of c", 2);
  EXPECT_TRUE(machine.asleep("a"));  // The event is there; the request is not gone yet.
  machine.step("disk of c");
  EXPECT_EQ(machine.events(), "woke a");
  machine.run("a");
  EXPECT_EQ(machine.value("a.r"), 0);
}

TEST(Aio, DeadContextIsRefusedWhateverIsInTheRing) {
  const std::string start = "    - io_submit(c)\n    - io_destroy(c)\n";
  for (const char* call : {"io_getevents(c, 1, 1)", "io_submit(c)", "io_destroy(c)"}) {
    EXPECT_EQ(outcomes(alone(start + "    - r = " + call + "\n")), Outcomes{"a.r=-22"}) << call;
  }
}

}  // namespace
}  // namespace wakesim::testing
