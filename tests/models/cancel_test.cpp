// Rules of pthread_cancel(3) in three C libraries, POSIX 2.9.5.

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/models/machine.h"

namespace wakesim::testing {
namespace {

using Outcomes = std::set<std::string>;

constexpr const char* kLibraries[] = {"glibc-2.40", "glibc-2.41", "musl-1.2.5"};

std::string with(const std::string& library, const std::string& body) {
  return "machine: { libc: " + library + " }\n" + body;
}

// `t` runs these lines and is joined by `other`, which first cancels it.
std::string victim(const std::string& lines) {
  return R"(
objects: { x: word(0), go: word(0), efd: eventfd(0) }
observe: [x, other.r]
judge: []
threads:
  t:
)" + lines +
         R"(
  other:
    - cancel(t)
    - go = 1
    - r = join(t)
)";
}

TEST(Cancel, ActsAtTheNextPointAndGivesPthreadCanceled) {
  for (const char* library : kLibraries) {
    SCOPED_TRACE(library);
    EXPECT_EQ(outcomes(with(library, victim("    - await go == 1\n    - x = 1\n"
                                            "    - pthread_testcancel()\n    - x = 2\n"))),
              Outcomes{"x=1 other.r=-1"});
  }
}

TEST(Cancel, EndsASleepInACallThatIsAPoint) {
  for (const char* library : kLibraries) {
    for (const char* call : {"read(efd)", "poll(efd=IN)", "futex_wait(x, 0, cancellable)",
                             "nanosleep(inf)", "pause()", "sigwait(sigset(SIGUSR1))"}) {
      SCOPED_TRACE(std::string(library) + " " + call);
      EXPECT_EQ(outcomes(with(library, victim(std::string("    - ") + call + "\n    - x = 2\n"))),
                Outcomes{"x=0 other.r=-1"});
    }
  }
}

// io_getevents() is no cancellation point, and a handler ends it whatever SA_RESTART says. glibc up
// to 2.40 sends SIGCANCEL only to threads in a point.
TEST(Cancel, DisturbsACallThatIsNoPointWhereTheSignalIsSentAnyway) {
  const auto found = [](const std::string& library) {
    return outcomes(with(library, R"(
objects: { ctx: aio_context(1) }
observe: [t.n]
judge: []
threads:
  t:
    - n = 7
    - n = io_getevents(ctx, 1, 1)
  other:
    start: asleep(t)
    run:
      - cancel(t)
)"));
  };
  EXPECT_EQ(found("glibc-2.40"), Outcomes{"t.n=7 stuck t"});
  EXPECT_EQ(found("glibc-2.41"), Outcomes{"t.n=-4"});
  EXPECT_EQ(found("musl-1.2.5"), Outcomes{"t.n=-4"});
}

TEST(Cancel, LeavesASleepAloneThatIsNone) {
  for (const char* library : kLibraries) {
    SCOPED_TRACE(library);
    EXPECT_EQ(outcomes(with(library, victim("    - futex_wait(x, 0)\n"))),
              Outcomes{"x=0 other.r=0 stuck t stuck other"});
  }
}

TEST(Cancel, EndsAJoin) {
  for (const char* library : kLibraries) {
    SCOPED_TRACE(library);
    EXPECT_EQ(outcomes(with(library, victim("    - join(sleeper)\n    - x = 2\n"
                                            "  sleeper:\n    - await x == 9\n"))),
              Outcomes{"x=0 other.r=-1 stuck sleeper"});
  }
}

TEST(Cancel, RunsEachCleanupBlockOnceFromTheInside) {
  for (const char* library : kLibraries) {
    SCOPED_TRACE(library);
    EXPECT_EQ(outcomes(with(library, victim(R"(    - try:
        - try:
            - read(efd)
          cleanup:
            - v = x
            - x = v * 10 + 1
      cleanup:
        - w = x
        - x = w * 10 + 2
)"))),
              Outcomes{"x=12 other.r=-1"});
  }
}

TEST(Cancel, RunsNoBlockThatHasBeenLeft) {
  EXPECT_EQ(outcomes(victim(R"(    - try:
        - await go == 1
      cleanup:
        - x = 1
    - pthread_testcancel()
)")),
            Outcomes{"x=0 other.r=-1"});
}

TEST(Cancel, UnwindsAHandlerAndWhatItInterrupted) {
  EXPECT_EQ(outcomes(R"(
objects: { x: word(0), go: word(0) }
observe: [x]
judge: []
threads:
  t:
    on SIGUSR1:
      - try:
          - pthread_testcancel()
        cleanup:
          - v = x
          - x = v * 10 + 1
    run:
      - try:
          - cancel(self)
          - kill(self, SIGUSR1)
        cleanup:
          - w = x
          - x = w * 10 + 2
)"),
            Outcomes{"x=12"});
}

TEST(Cancel, OfAThreadThatHasEndedChangesNothing) {
  for (const char* library : kLibraries) {
    SCOPED_TRACE(library);
    EXPECT_EQ(outcomes(with(library, R"(
objects: { x: word(0) }
observe: [other.e, other.r]
judge: []
threads:
  t:
    - return 4
  other:
    start: ended(t)
    run:
      - e = cancel(t)
      - r = join(t)
)")),
              Outcomes{"other.e=0 other.r=4"});
  }
}

TEST(Cancel, StatesAndTypesGiveTheOldOne) {
  EXPECT_EQ(outcomes(R"(
objects: { x: word(0) }
observe: [t.a, t.b, t.c, t.d, t.e]
judge: []
threads:
  t:
    - a = pthread_setcancelstate(PTHREAD_CANCEL_DISABLE)
    - b = pthread_setcancelstate(PTHREAD_CANCEL_DISABLE)
    - c = pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS)
    - d = pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED)
    - e = pthread_setcanceltype(2)
)"),
            Outcomes{"t.a=0 t.b=1 t.c=0 t.d=1 t.e=22"});
}

TEST(Cancel, EnablingIsNoPoint) {
  for (const char* library : kLibraries) {
    SCOPED_TRACE(library);
    EXPECT_EQ(outcomes(with(library, victim("    - pthread_setcancelstate(PTHREAD_CANCEL_DISABLE)\n"
                                            "    - await go == 1\n"
                                            "    - pthread_testcancel()\n"
                                            "    - pthread_setcancelstate(PTHREAD_CANCEL_ENABLE)\n"
                                            "    - x = 1\n"
                                            "    - pthread_testcancel()\n"
                                            "    - x = 2\n"))),
              Outcomes{"x=1 other.r=-1"});
  }
}

// ---- A call that has done its work --------------------------------------------------------------

// The victim has read the eventfd when it is cancelled; is the value lost?
std::string cancelled_behind_the_call(const std::string& library) {
  Machine machine(with(library, R"(
objects: { x: word(0), efd: eventfd(5), rest: word(0) }
observe: [x, rest]
judge: []
threads:
  t:
    - n = read(efd)
    - x = n
  other:
    - cancel(t)
)"));
  machine.step("t");
  machine.run("other");
  machine.run("t");
  if (machine.may_interrupt("t")) machine.interrupt("t");
  machine.run("t");
  return machine.shown("efd") + ", x=" + std::to_string(machine.value("x"));
}

TEST(CancelledCall, KeepsItsResultExceptInTheOldGlibc) {
  EXPECT_EQ(cancelled_behind_the_call("glibc-2.40"), "0, x=0");
  EXPECT_EQ(cancelled_behind_the_call("glibc-2.41"), "0, x=5");
  EXPECT_EQ(cancelled_behind_the_call("musl-1.2.5"), "0, x=5");
}

// ---- musl's masked state ------------------------------------------------------------------------

// x: a thousand times the state behind the call, and what the call gave, negated.
Outcomes masked(const std::string& call) {
  return outcomes(
      with("musl-1.2.5", victim("    - pthread_setcancelstate(PTHREAD_CANCEL_MASKED)\n"
                                "    - r = " +
                                call +
                                "\n"
                                "    - s = pthread_setcancelstate(PTHREAD_CANCEL_ENABLE)\n"
                                "    - x = s * 1000 - r\n"
                                "    - pthread_testcancel()\n"
                                "    - x = 9\n")));
}

TEST(CancelMasked, MakesOneCallGiveEcanceledAndDisables) {
  EXPECT_EQ(masked("read(efd)"), Outcomes{"x=1125 other.r=-1"});
}

// A sleep with a timeout ends with EINTR when SIGCANCEL comes, and is not made again. The timeout
// may also come between the request and the signal, or before both.
TEST(CancelMasked, TurnsEintrIntoEcanceled) {
  EXPECT_EQ(masked("futex_wait(x, 0, timeout=1s, cancellable)"),
            (Outcomes{"x=1125 other.r=-1", "x=2110 other.r=-1", "x=9 other.r=0"}));
}

TEST(CancelMasked, LeavesOutCloseAndTestcancel) {
  EXPECT_EQ(
      outcomes(with("musl-1.2.5", victim("    - pthread_setcancelstate(PTHREAD_CANCEL_MASKED)\n"
                                         "    - await go == 1\n"
                                         "    - pthread_testcancel()\n"
                                         "    - r = close(efd)\n"
                                         "    - x = 1 + r\n"))),
      Outcomes{"x=1 other.r=0"});
}

TEST(CancelMasked, IsNoStateOfGlibc) {
  for (const char* library : {"glibc-2.40", "glibc-2.41"}) {
    SCOPED_TRACE(library);
    EXPECT_EQ(outcomes(with(library, R"(
objects: { x: word(0) }
observe: [t.a, t.b]
judge: []
threads:
  t:
    - a = pthread_setcancelstate(PTHREAD_CANCEL_MASKED)
    - b = pthread_setcancelstate(PTHREAD_CANCEL_ENABLE)
)")),
              Outcomes{"t.a=22 t.b=0"});
  }
}

// ---- SIGCANCEL in a handler ---------------------------------------------------------------------

Outcomes cancelled_in_a_handler(const std::string& library, const std::string& on) {
  return outcomes(with(library,
                       "objects: { efd: eventfd(0), go: word(0) }\n"
                       "judge: []\nthreads:\n  t:\n    " +
                           on + R"(:
      - go = 1
      - await go == 2
    run:
      - read(efd)
  other:
    - kill(t, SIGUSR1)
    - await go == 1
    - cancel(t)
    - go = 2
)"));
}

TEST(CancelInHandler, IsForgottenByGlibc241WhenTheCallIsMadeAgain) {
  EXPECT_EQ(cancelled_in_a_handler("glibc-2.41", "on SIGUSR1 restart"), (Outcomes{"", "stuck t"}));
  EXPECT_EQ(cancelled_in_a_handler("musl-1.2.5", "on SIGUSR1 restart"), Outcomes{""});
}

TEST(CancelInHandler, IsSeenBehindEintr) {
  for (const char* library : {"glibc-2.41", "musl-1.2.5"}) {
    SCOPED_TRACE(library);
    EXPECT_EQ(cancelled_in_a_handler(library, "on SIGUSR1"), Outcomes{""});
  }
}

}  // namespace
}  // namespace wakesim::testing
