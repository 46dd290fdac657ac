// The program as users run it: what it prints where, and with which exit status.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <nlohmann/json.hpp>

#include "tests/tools/scratch.h"

namespace wakesim {
namespace {

// One bug and its repair, as small as they get.
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

// More states than anybody waits for.
constexpr const char* kEndless = R"(wakesim: 1
name: tests/endless
about: Ten threads that count independently of each other.
objects:
  n: word[10](0)
threads:
  counter[10]:
    with: { me: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] }
    run:
      - repeat 100: fetch_add(n[me], 1)
)";

class Program : public testing::Test {
 protected:
  void SetUp() override { folder_.write("a.yaml", kLostWakeup); }

  ShellResult run(const std::string& words) const {
    return run_shell(fmt::format("cd '{}' && WAKESIM_NAME=wakesim '{}' {}", folder_.path("."),
                                 WAKESIM_PROGRAM, words));
  }

  ScratchFolder folder_;
};

TEST_F(Program, AsExpectedIsZero) {
  const ShellResult result = run("check a.yaml");
  EXPECT_EQ(result.status, 0) << result.output;
  EXPECT_NE(result.output.find("2 of 2 as expected"), std::string::npos) << result.output;
}

TEST_F(Program, TheSameBytesEveryTime) {
  EXPECT_EQ(run("check a.yaml").output, run("a.yaml").output);
  EXPECT_EQ(run("check a.yaml --format json").output, run("check a.yaml --format json").output);
}

TEST_F(Program, ReplayRepeatsTheCounterexample) {
  const auto json = nlohmann::json::parse(run("check a.yaml --format json").output);
  const auto& buggy = json["results"][0];
  ASSERT_EQ(buggy["verdict"], "violated");
  const std::string token = buggy["counterexample"]["token"];
  const ShellResult replay = run("replay a.yaml '" + token + "' --format json");
  EXPECT_EQ(replay.status, 0);
  EXPECT_EQ(nlohmann::json::parse(replay.output)["trace"]["steps"],
            buggy["counterexample"]["steps"]);
  EXPECT_EQ(nlohmann::json::parse(replay.output)["property"], "no-lost-wakeup");
}

TEST_F(Program, ATokenOfAnotherProgramIsFour) {
  EXPECT_EQ(run("replay a.yaml wk1.nobody.abcdef.A 2>&1").status, 4);
  const ShellResult result = run("replay a.yaml wk1.buggy.zzzzzz.A");
  EXPECT_EQ(result.status, 4);
  EXPECT_NE(result.output.find("another version of this program"), std::string::npos)
      << result.output;
}

TEST_F(Program, WhatIsNoTokenIsTwo) {
  for (const std::string token :
       {"rubbish", "wk1.buggy.abcdef", "wk1.buggy.abc.A", "wk1.buggy.abcdef.", "wk1.buggy.abcdef.a",
        "wk2.buggy.abcdef.A", "wk1.buggy.abcdef.A,B"}) {
    const ShellResult result = run("replay a.yaml " + token + " 2>&1");
    EXPECT_EQ(result.status, 2);
    EXPECT_EQ(result.output, "error: '" + token +
                                 "' is no token: one looks like "
                                 "wk1.VARIANT.DIGEST.RUNS\n");
  }
}

// Variants share lines: each error stands once, in the order of the file.
TEST_F(Program, ErrorsOfSeveralVariantsAreSaidOnce) {
  folder_.write("b.yaml", R"(wakesim: 1
name: tests/errors
about: Two errors in a thread that both variants have.
objects: { x: word(0) }
threads:
  a:
    - x = nobody
variants:
  one:
    threads:
      b:
        - pthread_cancel(a)
  two: {}
)");
  const ShellResult result = run("check b.yaml 2>&1");
  EXPECT_EQ(result.status, 2);
  EXPECT_EQ(result.output, R"(b.yaml:7:11: error: nothing is called `nobody`

  7 │     - x = nobody
    │           ^^^^^^
    a local is declared by its first assignment, an object under `objects:`

b.yaml:12:11: error: there is no call `pthread_cancel`

  12 │         - pthread_cancel(a)
     │           ^^^^^^^^^^^^^^^^^
     write  cancel(a)

2 errors
)");
}

TEST_F(Program, NamesTheIncludeThatIsMissing) {
  constexpr const char* kHead = R"(wakesim: 1
name: tests/include
about: Uses what only an include defines.
objects: { m: mutex, c: )";
  folder_.write("lib/waiting.yaml", R"(wakesim: 1
name: lib/waiting
types: { doorbell: { rung: word(0) } }
functions:
  ring(bell):
    - bell.rung = 1
)");
  folder_.write("b.yaml", std::string(kHead) + "doorbell }\nthreads: { a: lock(m) }\n");
  folder_.write("c.yaml", std::string(kHead) + "mutex }\nthreads: { a: ring(c) }\n");
  EXPECT_EQ(run("check b.yaml 2>&1").output,
            R"(b.yaml:4:25: error: there is no kind of object `doorbell`

  4 │ objects: { m: mutex, c: doorbell }
    │                         ^^^^^^^^
    write  include: [lib/waiting]  at the top of the file

1 error
)");
  EXPECT_EQ(run("check c.yaml 2>&1").output,
            R"(c.yaml:5:15: error: there is no call `ring`

  5 │ threads: { a: ring(c) }
    │               ^^^^^^^
    write  include: [lib/waiting]  at the top of the file

1 error
)");
}

TEST_F(Program, ADeadlockNamesWhoCouldEndIt) {
  folder_.write("b.yaml", R"(wakesim: 1
name: tests/deadlock
about: Two mutexes in opposite order.
objects: { a: mutex, b: mutex }
threads:
  one: [lock(a), lock(b), unlock(b), unlock(a)]
  two: [lock(b), lock(a), unlock(a), unlock(b)]
expect: { violated: no-deadlock }
)");
  const std::string text = run("check b.yaml").output;
  EXPECT_NE(text.find("L6 lock(b)      two"), std::string::npos) << text;
  EXPECT_NE(text.find("cycle     one → two → one"), std::string::npos) << text;
  const auto json = nlohmann::json::parse(run("check b.yaml --format json").output);
  EXPECT_EQ(json["results"][0]["sleepers"][1]["owner"], "one");
}

TEST_F(Program, UnmetExpectationsAreOne) {
  std::string text = kLostWakeup;
  text.replace(text.find("expect: { violated: no-lost-wakeup }"), 36, "expect: proved");
  folder_.write("a.yaml", text);
  const ShellResult result = run("check a.yaml");
  EXPECT_EQ(result.status, 1);
  EXPECT_NE(result.output.find("buggy: violated: lost wakeup, but expected proved"),
            std::string::npos)
      << result.output;
}

TEST_F(Program, LimitsAreThree) {
  const ShellResult result = run("check a.yaml --variant fixed --max-states 2");
  EXPECT_EQ(result.status, 3);
  EXPECT_NE(result.output.find("unknown"), std::string::npos) << result.output;
}

TEST_F(Program, BadInputIsTwoAndLeavesOldReports) {
  folder_.write("report", "old");
  folder_.write("bad.yaml", "wakesim: 1\nname: x\n\tjunk");
  const ShellResult result = run("check a.yaml bad.yaml -o report 2>&1");
  EXPECT_EQ(result.status, 2);
  EXPECT_NE(result.output.find("bad.yaml:3:1: error:"), std::string::npos) << result.output;
  EXPECT_EQ(folder_.read("report"), "old");
  EXPECT_EQ(folder_.names(), "a.yaml bad.yaml report");

  EXPECT_EQ(run("check missing.yaml 2>&1").status, 2);
  EXPECT_EQ(run("check a.yaml --kernel linux-6.17 2>&1").output,
            "error: no kernel is called 'linux-6.17'\nhint: did you mean linux-6.18?\n");
  EXPECT_EQ(run("check a.yaml --variant bugy 2>&1").output,
            "error: nothing matches --variant bugy\nhint: did you mean buggy?\n");
}

// Errors are for people, on stderr; the status tells a program that there is no document.
TEST_F(Program, BadInputLeavesJsonEmpty) {
  folder_.write("bad.yaml", "wakesim: 1\nname: x\n\tjunk");
  const ShellResult result = run("check bad.yaml --format json 2>message");
  EXPECT_EQ(result.status, 2);
  EXPECT_EQ(result.output, "");
  EXPECT_NE(folder_.read("message").find("bad.yaml:3:1: error:"), std::string::npos);
}

TEST_F(Program, OutputThatCannotBeWrittenIsSeventyFour) {
  EXPECT_EQ(run("check a.yaml >/dev/full 2>&1").status, 74);
  EXPECT_EQ(run("check a.yaml >&- 2>/dev/null").status, 74);
  EXPECT_EQ(run("check a.yaml -o no/such/folder 2>&1").status, 74);
}

// `wakesim list | head`: who stops reading has seen enough of what is only shown, but has missed an
// answer.
TEST_F(Program, AReaderThatGoesAwayIsNoError) {
  folder_.write("scenarios/b.yaml", kLostWakeup);
  constexpr int kNobodyReads = 9;  // One digit: shells read no more behind `>&`.
  int ends[2];
  ASSERT_EQ(::pipe(ends), 0);
  ASSERT_EQ(::dup2(ends[1], kNobodyReads), kNobodyReads);
  ::close(ends[0]);
  ::close(ends[1]);
  for (const std::string words :
       {"list", "models", "models epoll", "show a.yaml", "schema", "version", "--help"}) {
    const ShellResult result = run(words + " 2>&1 >&9");
    EXPECT_EQ(result.status, 0) << words;
    EXPECT_EQ(result.output, "") << words;
  }
  const ShellResult check = run("check a.yaml 2>&1 >&9");
  EXPECT_EQ(check.status, 74);
  EXPECT_EQ(check.output, "error: cannot write stdout: Broken pipe\n");
  ::close(kNobodyReads);
  EXPECT_EQ(run("list >/dev/full 2>&1").status, 74);
}

TEST_F(Program, AFolderMeansItsScenarios) {
  folder_.write("more/b.yaml", kLostWakeup);
  folder_.write("lib/part.yaml", "junk");
  const ShellResult result = run("check .");
  EXPECT_EQ(result.status, 0) << result.output;
  EXPECT_NE(result.output.find("4 as expected"), std::string::npos) << result.output;
}

TEST_F(Program, ReportsGoToFilesWithoutColour) {
  EXPECT_EQ(run("check a.yaml -o report").status, 0);
  EXPECT_EQ(folder_.read("report"), run("check a.yaml").output);
  EXPECT_EQ(folder_.read("report").find('\x1b'), std::string::npos);
  EXPECT_NE(run("check a.yaml --color always").output.find('\x1b'), std::string::npos);
}

TEST_F(Program, AnInterruptLeavesAReportOfWhatWasCovered) {
  folder_.write("big.yaml", kEndless);
  const ShellResult result = run_shell(
      fmt::format("cd '{}' && timeout --preserve-status -s INT 1 '{}' check big.yaml 2>&1",
                  folder_.path("."), WAKESIM_PROGRAM));
  EXPECT_EQ(result.status, 130) << result.output;
  EXPECT_NE(result.output.find("covered so far"), std::string::npos) << result.output;
  EXPECT_NE(result.output.find("interrupted"), std::string::npos) << result.output;
}

TEST_F(Program, RunTakesOneExecutionAndSaysSo) {
  const ShellResult result = run("run a.yaml --variant fixed");
  EXPECT_EQ(result.status, 0) << result.output;
  EXPECT_NE(result.output.find("one execution of many; all of them:\n"
                               "          wakesim check a.yaml\n"),
            std::string::npos)
      << result.output;
  EXPECT_EQ(result.output, run("run a.yaml --variant fixed").output);
}

TEST_F(Program, ShowPrintsTheProgramOfAVariant) {
  const ShellResult result = run("show a.yaml --variant fixed");
  EXPECT_EQ(result.status, 0);
  EXPECT_NE(result.output.find("- futex_wake(ready, 1)"), std::string::npos) << result.output;
}

TEST_F(Program, ModelsAndSchemaComeFromTheTables) {
  const ShellResult models = run("models futex_wait");
  EXPECT_EQ(models.status, 0);
  EXPECT_TRUE(models.output.starts_with("futex_wait(")) << models.output;
  EXPECT_EQ(run("models futex_wiat 2>&1").status, 2);
  EXPECT_EQ(run("models").status, 0);
  const auto schema = nlohmann::json::parse(run("schema").output);
  EXPECT_EQ(schema["title"], "wakesim scenario");
}

TEST_F(Program, ListFindsWords) {
  const ShellResult result = run_shell(fmt::format("cd '{}' && WAKESIM_SCENARIOS=. '{}' list FLAG",
                                                   folder_.path("."), WAKESIM_PROGRAM));
  EXPECT_EQ(result.status, 0);
  EXPECT_NE(result.output.find("a.yaml"), std::string::npos) << result.output;
  EXPECT_NE(result.output.find("1 scenario\n"), std::string::npos) << result.output;
}

}  // namespace
}  // namespace wakesim
