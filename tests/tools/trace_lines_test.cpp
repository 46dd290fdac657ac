// What the lines of a trace say of values, results and ends: literal text of whole checks.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "tests/tools/scratch.h"

namespace wakesim {
namespace {

// What `wakesim check` prints about the scenario.
std::string findings(const std::string& scenario) {
  const ScratchFolder folder;
  folder.write("t.yaml", "wakesim: 1\nname: t/t\nabout: x\n" + scenario);
  const ShellResult result = run_shell(
      fmt::format("cd '{}' && '{}' check t.yaml --width 80", folder.path("."), WAKESIM_PROGRAM));
  return without_digests(result.output);
}

std::string paragraph(const std::string& text, std::size_t begin) {
  const std::size_t end = text.find("\n\n", begin);
  return end == std::string::npos ? text.substr(begin) : text.substr(begin, end + 1 - begin);
}

std::string outcomes(const std::string& scenario) {
  const std::string text = findings(scenario);
  const std::size_t begin = text.find("outcomes");
  return paragraph(text, begin);
}

// The table of the counterexample alone.
std::string table(const std::string& scenario) {
  const std::string text = findings(scenario);
  const std::size_t begin = text.find("\nstep") + 1;
  return paragraph(text, begin);
}

std::string why(const std::string& scenario) {
  const std::string text = findings(scenario);
  const std::size_t begin = text.find("\nwhy");
  if (begin == std::string::npos) return "";
  return text.substr(begin + 1, text.find("\nagain", begin) - begin);
}

// The value after an arrow is the line's own only where the line is nothing else.
TEST(TraceLines, AReadInsideAnExpressionSaysWhatWasRead) {
  EXPECT_EQ(table(R"(objects: { a: word(3), b: word(5), q: queue(2) }
threads:
  w:
    - r = a + 1
    - s = a == 3
    - t = a
    - fetch_add(a, 1)
    - u = fetch_add(a, 1)
    - v = cas(a, 5, 6) + 1
    - await a == 6 && b == 5
    - if r == 1: a = 3
      else if b == 7: a = 4
    - z = pop(q)
    - zz = len(q) + 1
    - assert b == 12
observe: [w.r, w.s, w.t, w.u, w.v, w.z, w.zz]
)"),
            R"(step  ● w                                          a
────  ───────────────────────────────────────────  ─
                                                   3
   1  L7 r = a + 1 → a is 3                        3
   2  L8 s = a == 3 → a is 3                       3
   3  L9 t = a → 3                                 3
   4  L10 fetch_add(a, 1) → 3                      4
   5  L11 u = fetch_add(a, 1) → 4                  5
   6  L12 v = cas(a, 5, 6) + 1 → a is 5            6
   7  L13 await a == 6 && b == 5 → a is 6, b is 5  6
   8  L15 else if b == 7: a = 4 → no               6
   9  L16 z = pop(q) → -EAGAIN                     6
  10  L17 zz = len(q) + 1 → len(q) is 0            6
  11  L18 assert b == 12 → b is 5, fails           6
)");
}

// One name for one value: an error number, PTHREAD_CANCELED, or just a number.
TEST(TraceLines, ResultsHaveTheNamesThatTheProgramUses) {
  EXPECT_EQ(outcomes(R"(objects:
  e: eventfd(0, EFD_NONBLOCK)
  a: int(-11)
  q: queue(2)
threads:
  reader:
    - r = read(e)
    - z = 3
    - z = pop(q)
    - n = r - 1
    - m = a
    - pause()
  killer:
    start: asleep(reader)
    run:
      - cancel(reader)
      - v = join(reader)
observe: [reader.r, reader.z, reader.n, reader.m, killer.v]
)"),
            R"(outcomes: 1
  reader.r  reader.z  reader.n  reader.m          killer.v  token
   -EAGAIN   -EAGAIN       -12       -11  PTHREAD_CANCELED  wk1.-.DIGEST.A4B2A3B2
)");
}

TEST(TraceLines, AHandlerSaysWhichCallItLetsReturn) {
  EXPECT_EQ(table(R"(objects: { e: eventfd(0) }
threads:
  main:
    on SIGUSR1:
      - got = 1
    run:
      - got = 0
      - r = read(e)
      - assert got == 0
  other:
    start: asleep(main)
    run:
      - kill(main, SIGUSR1)
observe: [main.r]
)"),
            R"(step  ● main                                    ■ other
────  ────────────────────────────────────────  ───────────────────────────
   1  L10 got = 0
   2  L11 r = read(e) → asleep
   3    ←── woken ────────────────────────────  L16 kill(main, SIGUSR1) → 0
   4  L11 r = read(e): asleep
   5  L11 SIGUSR1 is delivered
   6  L8 got = 1
   7  L7 return from SIGUSR1: read(e) → -EINTR
   8  L12 assert got == 0 → fails
)");
}

constexpr const char* kSignalBeforeSleep = R"(objects: { efd: eventfd(0) }
threads:
  main:
    on SIGUSR1:
      - got = 1
    run:
      - got = 0
      - forever:
          - if got == 1: break
          - poll(efd=IN)
  other:
    - kill(main, SIGUSR1)
)";

TEST(TraceLines, ASignalThatCameTooEarlyIsTheReason) {
  EXPECT_EQ(why(kSignalBeforeSleep),
            R"(why       SIGUSR1 is delivered to main in step 5, before it goes to sleep at
          step 10, and a signal ends only a sleep that has begun.
◀ step 10 from here on nothing can wake main
also      stuck thread: main waits for ever in `poll`
)");
}

TEST(TraceLines, ACallThatASignalEndedIsTheReason) {
  EXPECT_EQ(why(R"(objects: { e: eventfd(0) }
threads:
  main:
    on SIGUSR1:
      - got = 1
    run:
      - got = 0
      - read(e)
      - assert got == 0
  other:
    start: asleep(main)
    run:
      - kill(main, SIGUSR1)
)"),
            R"(why       Step 8 breaks it. A signal ended a call with -EINTR in step 7 (line
          7).
)");
}

// A condition variable written from futexes without `cancellable`, as many a program believes it.
TEST(TraceLines, ACancellationThatNobodyHearsIsNoted) {
  const auto note = [](const std::string& sleep) {
    const std::string text = findings(R"(objects: { seq: word(0), m: mutex }
functions:
  pause_on(x):
    - )" + sleep + R"(
threads:
  victim:
    - pause_on(seq)
  main:
    start: asleep(victim)
    run:
      - cancel(victim)
      - futex_wake(seq, 1)
)");
    const std::size_t begin = text.find("\nnote");
    return begin == std::string::npos ? "" : paragraph(text, begin + 1);
  };
  EXPECT_EQ(note("futex_wait(x, 0)"),
            "note      line 14: cancel(victim) never acts, as victim makes no call that is a\n"
            "          cancellation point\n");
  EXPECT_EQ(note("futex_wait(x, 0, cancellable)"), "");
  EXPECT_EQ(note("pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS)"), "");
}

}  // namespace
}  // namespace wakesim
