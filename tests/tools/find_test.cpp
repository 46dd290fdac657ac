// `check --find EXPR`: can this happen, and how?

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/tools/scratch.h"

namespace wakesim {
namespace {

constexpr const char* kLostWakeup = R"(wakesim: 1
name: tests/lost-wakeup
about: A flag that is set without waking anybody, and its repair.
objects:
  ready: word(0)
threads:
  waiter:
    - while ready == 0: futex_wait(ready, 0)
  waker:
    - ready = 1
variants:
  buggy:
    expect: { violated: no-lost-wakeup }
  fixed:
    threads:
      waker:
        - ready = 1
        - futex_wake(ready, 1)
    expect: proved
)";

class Find : public testing::Test {
 protected:
  void SetUp() override { folder_.write("a.yaml", kLostWakeup); }

  ShellResult run(const std::string& words) const {
    return run_shell(fmt::format("cd '{}' && WAKESIM_NAME=wakesim '{}' {}", folder_.path("."),
                                 WAKESIM_PROGRAM, words));
  }
  ShellResult find(const std::string& expression, const std::string& flags = "") const {
    return run(fmt::format("check a.yaml --find '{}' {}", expression, flags));
  }

  ScratchFolder folder_;
};

std::string golden(const char* text) { return text + 1; }

TEST_F(Find, TheShortestExecutionAt80Columns) {
  EXPECT_EQ(without_digests(find("asleep(waiter) && ready == 1", "--width 80").output), golden(R"(
tests/lost-wakeup  A flag that is set without waking anybody, and its repair.
linux-6.18, memory sc, can `asleep(waiter) && ready == 1` happen?

  variant  answer   steps  states  depth
  buggy    reached      3       7      3
  fixed    reached      3      10      3

fixed     `asleep(waiter) && ready == 1` is reached after 3 steps
          wakesim replay a.yaml wk1.fixed.DIGEST.A2B --find 'asleep(waiter) && ready == 1'

`asleep(waiter) && ready == 1` is reached after 3 steps
found     tests/lost-wakeup, variant buggy

step ● waiter                                        ■ waker       ready
──── ─────────────────────────────────────────────── ───────────── ─────
                                                                       0
   1 L8 while ready == 0: futex_wait(ready, 0) → yes                   0
   2 L8 futex_wait(ready, 0) → asleep                                  0
   3                                                 L10 ready = 1     1
         ░ asleep

again     wakesim replay a.yaml wk1.buggy.DIGEST.A2B --find 'asleep(waiter) && ready == 1'
)"));
}

TEST_F(Find, TheShortestExecutionAt120Columns) {
  const std::string text = find("asleep(waiter) && ready == 1", "--width 120").output;
  const std::size_t table = text.find("step  ");
  ASSERT_NE(table, std::string::npos);
  EXPECT_EQ(without_digests(text.substr(table)), golden(R"(
step  ● waiter                                         ■ waker        ready  queue of ready
────  ───────────────────────────────────────────────  ─────────────  ─────  ──────────────
                                                                          0  -
   1  L8 while ready == 0: futex_wait(ready, 0) → yes                     0  -
   2  L8 futex_wait(ready, 0) → asleep                                    0  waiter
   3                                                   L10 ready = 1      1  waiter
          ░ asleep

again     wakesim replay a.yaml wk1.buggy.DIGEST.A2B --find 'asleep(waiter) && ready == 1'
)"));
}

TEST_F(Find, WhatNoExecutionReaches) {
  EXPECT_EQ(find("ended(waiter) && ready == 0").output, golden(R"(
tests/lost-wakeup  A flag that is set without waking anybody, and its repair.
linux-6.18, memory sc, can `ended(waiter) && ready == 0` happen?

  variant  answer  steps  states  depth
  buggy    never       -       8      3
  fixed    never       -      17      7

answer    no execution reaches `ended(waiter) && ready == 0`
)"));
}

// Zero as soon as it can happen somewhere; one only where every execution was visited.
TEST_F(Find, TheExitStatusIsTheAnswer) {
  EXPECT_EQ(find("ready == 1").status, 0);
  EXPECT_EQ(find("ready == 2").status, 1);
  EXPECT_EQ(find("ended(waiter)", "--max-states 3").status, 3);
  EXPECT_EQ(find("ready == 1", "-q").output, "");
}

// The waker of `fixed` ends only when nobody sleeps any more.
TEST_F(Find, OneVariantIsEnough) {
  const ShellResult both = find("asleep(waiter) && ended(waker)");
  EXPECT_EQ(both.status, 0) << both.output;
  EXPECT_NE(both.output.find("buggy    reached"), std::string::npos) << both.output;
  EXPECT_NE(both.output.find("fixed    never"), std::string::npos) << both.output;
  EXPECT_EQ(find("asleep(waiter) && ended(waker)", "--variant fixed").status, 1);
}

TEST_F(Find, ViolationsAndOutcomesDoNotStopIt) {
  // The lost wakeup is at depth 3 and must not end the search for something later.
  std::string text = kLostWakeup;
  text.replace(text.find("variants:"), 9, "observe: [ready]\nvariants:");
  folder_.write("a.yaml", text);
  const ShellResult result = find("ended(waiter) && ended(waker)", "--variant buggy");
  EXPECT_EQ(result.status, 0) << result.output;
  EXPECT_EQ(result.output.find("outcomes"), std::string::npos) << result.output;
}

TEST_F(Find, ErrorsStandUnderTheExpression) {
  const ShellResult unknown = find("redy == 1", "2>&1");
  EXPECT_EQ(unknown.status, 2);
  EXPECT_EQ(unknown.output, golden(R"(
--find:1:1: error: nothing is called `redy`

  1 │ redy == 1
    │ ^^^^
    a.yaml:5:3: did you mean this one?
    write  ready

1 error
)"));
  const ShellResult cut = find("ready == ", "2>&1");
  EXPECT_EQ(cut.status, 2);
  EXPECT_EQ(cut.output, golden(R"(
--find:1:10: error: expected a value, found the end of the line

  1 │ ready == 
    │          ^

1 error
)"));
  EXPECT_EQ(find(" ", "2>&1").status, 2);
}

TEST_F(Find, WhatMeansNothingToAQuestionIsRefused) {
  EXPECT_EQ(find("ready == 1", "--all 2>&1").output,
            "error: --all has no meaning with --find: it stops where the expression is reached\n");
  EXPECT_EQ(find("ready == 1", "--count schedules 2>&1").output,
            "error: --count has no meaning with --find: it stops where the expression is "
            "reached\n");
}

// The line that repeats it works as it is printed, whatever flags made the program.
TEST_F(Find, TheTokenLineWorks) {
  for (const char* flags : {"", "--memory tso", "--reduction raw", "--set futex.no-compare"}) {
    const ShellResult found = find("ended(waiter)", fmt::format("--variant buggy {}", flags));
    const std::size_t line = found.output.find("again     wakesim ");
    ASSERT_NE(line, std::string::npos) << found.output;
    const ShellResult replay = run(found.output.substr(line + 18));
    EXPECT_EQ(replay.status, 0) << flags << replay.output;
    const std::string sentence = "`ended(waiter)` is reached after ";
    EXPECT_TRUE(replay.output.starts_with(sentence)) << replay.output;
  }
}

TEST_F(Find, JsonHasTheSameFacts) {
  const auto json =
      nlohmann::json::parse(find("asleep(waiter) && ended(waker)", "--format json").output);
  EXPECT_EQ(json["as_expected"], true);
  const auto& buggy = json["results"][0];
  EXPECT_EQ(buggy["find"], "asleep(waiter) && ended(waker)");
  EXPECT_EQ(buggy["answer"], "reached");
  EXPECT_EQ(buggy["as_expected"], true);
  EXPECT_EQ(buggy["witness"]["steps"].size(), buggy["depth"]);
  EXPECT_FALSE(buggy.contains("verdict"));
  const auto& fixed = json["results"][1];
  EXPECT_EQ(fixed["answer"], "never");
  EXPECT_EQ(fixed["complete"], true);
  EXPECT_FALSE(fixed.contains("witness"));

  const std::string token = buggy["witness"]["token"];
  const ShellResult replay =
      run("replay a.yaml '" + token + "' --find 'asleep(waiter) && ended(waker)' --format json");
  EXPECT_EQ(nlohmann::json::parse(replay.output)["answer"], "reached");
  EXPECT_EQ(nlohmann::json::parse(replay.output)["trace"]["steps"], buggy["witness"]["steps"]);
}

}  // namespace
}  // namespace wakesim
