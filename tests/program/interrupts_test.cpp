// `on SIGNAL:` and `try: ... cleanup:`, compiled.

#include <gtest/gtest.h>

#include <set>
#include <string>

#include "tests/models/machine.h"
#include "tests/program/said_about.h"

namespace wakesim::testing {
namespace {

using Outcomes = std::set<std::string>;

// A handler sees the locals of its thread, so lines that touch them are steps.
TEST(Handlers, ShareTheLocalsOfTheirThread) {
  EXPECT_EQ(outcomes(R"(
objects: { x: word(0) }
observe: [x]
judge: []
threads:
  t:
    on SIGUSR1:
      - n = n + 10
    run:
      - n = 1
      - n = n + 1
      - x = n
  other:
    - kill(t, SIGUSR1)
)"),
            (Outcomes{"x=2", "x=12"}));
}

TEST(Handlers, AreLeftByReturn) {
  EXPECT_EQ(outcomes(R"(
objects: { x: word(0) }
observe: [x]
judge: []
threads:
  t:
    on SIGUSR1:
      - v = x
      - if v == 0: return
      - x = 5
    run:
      - kill(self, SIGUSR1)
      - x = 1
)"),
            Outcomes{"x=1"});
}

TEST(Cleanup, DoesNotRunWhenNobodyCancels) {
  EXPECT_EQ(outcomes(R"(
objects: { x: word(0) }
observe: [x]
judge: []
threads:
  t:
    - try:
        - x = 1
      cleanup:
        - x = 2
)"),
            Outcomes{"x=1"});
}

TEST(Cleanup, OfAFunctionRunsBeforeThatOfItsCaller) {
  EXPECT_EQ(outcomes(R"(
objects: { x: word(0) }
observe: [x]
judge: []
functions:
  inner():
    - try:
        - pthread_testcancel()
      cleanup:
        - v = x
        - x = v * 10 + 1
threads:
  t:
    - cancel(self)
    - try:
        - inner()
      cleanup:
        - w = x
        - x = w * 10 + 2
)"),
            Outcomes{"x=12"});
}

TEST(CompilerSays, AHandlerForNoSignal) {
  EXPECT_EQ(said_about(R"(wakesim: 1
name: t/t
about: x
objects:
  x: word(0)
threads:
  a:
    on SIGUSR7:
      - x = 1
    run:
      - x = 2
)"),
            R"(t.yaml:8:5: error: nothing is called `SIGUSR7`

  8 │     on SIGUSR7:
    │     ^^^^^^^^^^
    write  SIGUSR1
)");
}

}  // namespace
}  // namespace wakesim::testing
