// The report of `check` for people, held against its literal text.

#include "tools/report/check_text.h"

#include <gtest/gtest.h>

#include "tests/tools/samples.h"

namespace wakesim {
namespace {

using namespace samples;

constexpr CheckReportOptions kTableOnly{.traces = TracesShown::None};

std::string golden(const char* text) { return text + 1; }

std::vector<Answer> two_expected() {
  return {expected(lost_wakeup_subject(), lost_wakeup()), expected(fixed_subject(), proved())};
}

CheckResult limited() {
  CheckResult result = proved();
  result.verdict = Verdict::Unknown;
  result.complete = false;
  result.bound = "--max-states 23";
  result.advice = "--max-states 230";
  result.notes = {"covered so far: 23 states, depth 7, nothing wrong found"};
  return result;
}

CheckResult observed() {
  CheckResult result = proved();
  result.outcomes = {{.values = {{"ready", 1}, {"waiter.n", 0}},
                      .shown = {"1", "0"},
                      .token = "wk1.fixed.abcdef.AB"},
                     {.values = {{"ready", 1}, {"waiter.n", -11}},
                      .shown = {"1", "-EAGAIN"},
                      .token = "wk1.fixed.abcdef.BA"}};
  result.unreached = {{.thread = "waiter", .where = {.file = 0, .line = 9}, .text = "n = 3"}};
  result.lines_reached = 5;
  result.resting_services = {"loop"};
  result.notes = {
      "memory sc: a store buffer could delay the store in line 12; --memory tso checks that"};
  result.witnesses = {{.property = "slept-once", .text = "sometimes asleep(waiter)"}};
  return result;
}

TEST(CheckText, OneFileAt80Columns) {
  EXPECT_EQ(render_check(two_expected(), kTableOnly, {.width = 80}), golden(R"(
futex/lost-wakeup  Publishing a flag and waking a sleeper, three attempts.
linux-6.18, memory sc, every execution

  variant  verdict   finding      states  depth  lines  expected
  buggy    violated  lost wakeup      15      5    5/5  yes
  fixed    proved    -                23      7    6/6  yes

2 of 2 as expected

buggy     lost wakeup: waiter sleeps for ever, although ready == 1
          wakesim replay scenarios/futex/lost-wakeup.yaml wk1.buggy.7q2m4x.A2B2A
)"));
}

TEST(CheckText, OneFileAt120ColumnsAddsColumns) {
  EXPECT_EQ(render_check(two_expected(), kTableOnly, {.width = 120}), golden(R"(
futex/lost-wakeup  Publishing a flag and waking a sleeper, three attempts.
linux-6.18, memory sc, every execution

  variant  verdict   finding      states  transitions  depth  lines  expected
  buggy    violated  lost wakeup      15           20      5    5/5  yes
  fixed    proved    -                23           31      7    6/6  yes

2 of 2 as expected

buggy     lost wakeup: waiter sleeps for ever, although ready == 1
          wakesim replay scenarios/futex/lost-wakeup.yaml wk1.buggy.7q2m4x.A2B2A
)"));
}

TEST(CheckText, OneFileAt40ColumnsDropsFigures) {
  const std::string text = render_check(two_expected(), kTableOnly, {.width = 40});
  EXPECT_NE(text.find(golden(R"(
variant verdict  finding     expected
buggy   violated lost wakeup yes
fixed   proved   -           yes
)")),
            std::string::npos)
      << text;
}

TEST(CheckText, OneFileInColour) {
  EXPECT_EQ(
      render_check(two_expected(), kTableOnly, {.width = 80, .color = true}),
      "\033[1mfutex/lost-wakeup\033[0m  Publishing a flag and waking a sleeper, three attempts.\n"
      "\033[2mlinux-6.18, memory sc, every execution\033[0m\n"
      "\n"
      "  \033[2mvariant\033[0m  \033[2mverdict\033[0m   \033[2mfinding\033[0m      "
      "\033[2mstates\033[0m  \033[2mdepth\033[0m  \033[2mlines\033[0m  \033[2mexpected\033[0m\n"
      "  buggy    \033[1;31mviolated\033[0m  lost wakeup      15      5    5/5  yes\n"
      "  fixed    \033[1mproved\033[0m    -                23      7    6/6  yes\n"
      "\n"
      "\033[1m2 of 2 as expected\033[0m\n"
      "\n"
      "\033[1mbuggy\033[0m     lost wakeup: waiter sleeps for ever, although ready == 1\n"
      "          \033[4mwakesim replay scenarios/futex/lost-wakeup.yaml "
      "wk1.buggy.7q2m4x.A2B2A\033[0m\n");
}

TEST(CheckText, SeveralFilesShowOnlyWhatWasNotExpected) {
  std::vector<Answer> answers = two_expected();
  std::string text = render_check_brief(answers, 20, kTableOnly, {.width = 80});
  answers[0] = unexpected(lost_wakeup_subject(), lost_wakeup());
  text += render_check_brief(answers, 20, kTableOnly, {.width = 80});
  text += render_tally(answers, {.width = 80});
  EXPECT_EQ(text, golden(R"(
futex/lost-wakeup     2 of 2 as expected         38 states
futex/lost-wakeup     1 of 2 as expected         38 states
  buggy   violated: lost wakeup, but expected proved
          wakesim check scenarios/futex/lost-wakeup.yaml --variant buggy

buggy     lost wakeup: waiter sleeps for ever, although ready == 1
          wakesim replay scenarios/futex/lost-wakeup.yaml wk1.buggy.7q2m4x.A2B2A

1 not as expected, 1 as expected
)"));
}

TEST(CheckText, LimitsSayWhichAndWhatWouldHelp) {
  const std::vector<Answer> answers = {unexpected(fixed_subject(), limited())};
  EXPECT_EQ(render_check(answers, kTableOnly, {.width = 80}), golden(R"(
futex/lost-wakeup  Publishing a flag and waking a sleeper, three attempts.
linux-6.18, memory sc, every execution

  variant  verdict  states  depth  expected
  fixed    unknown      23      7  open: proved

0 of 1 as expected

limit     unknown: --max-states 23, but expected proved
try       --max-states 230
note      covered so far: 23 states, depth 7, nothing wrong found
)"));
}

TEST(CheckText, OutcomesWarningsAndNotes) {
  const std::vector<Answer> answers = {expected(fixed_subject(), observed())};
  EXPECT_EQ(render_check(answers, kTableOnly, {.width = 80}), golden(R"(
futex/lost-wakeup  Publishing a flag and waking a sleeper, three attempts.
linux-6.18, memory sc, every execution

  variant  verdict  states  depth  lines  expected
  fixed    proved       23      7    5/6  yes

1 of 1 as expected

never     slept-once: sometimes asleep(waiter) held in no execution
warning   L9 of waiter never ran: n = 3
service   loop may sleep at the end: its program has no end
note      memory sc: a store buffer could delay the store in line 12; --memory
          tso checks that

outcomes: 2
  ready  waiter.n  token
      1         0  wk1.fixed.abcdef.AB
      1   -EAGAIN  wk1.fixed.abcdef.BA
)"));
}

TEST(CheckText, FirstTraceIsWholeOthersAreLines) {
  std::vector<Answer> answers = two_expected();
  answers.push_back(expected(lost_wakeup_subject(), lost_wakeup()));
  const auto count = [&answers](TracesShown traces) {
    const std::string text = render_check(answers, {.traces = traces}, {.width = 80});
    std::size_t found = 0;
    for (std::size_t at = text.find("step ●"); at != std::string::npos;
         at = text.find("step ●", at + 1)) {
      ++found;
    }
    return found;
  };
  EXPECT_EQ(count(TracesShown::None), 0u);
  EXPECT_EQ(count(TracesShown::First), 1u);
  EXPECT_EQ(count(TracesShown::All), 2u);
}

TEST(CheckText, QuietSaysNothingWhenAllIsAsExpected) {
  EXPECT_EQ(render_check(two_expected(), {.is_quiet = true}, {}), "");
  EXPECT_EQ(render_check_brief(two_expected(), 20, {.is_quiet = true}, {}), "");
}

TEST(CheckText, TimesAppearOnlyWhenAskedFor) {
  const std::string without = render_check(two_expected(), kTableOnly, {});
  const std::string with =
      render_check(two_expected(), {.traces = TracesShown::None, .has_times = true}, {});
  EXPECT_EQ(without.find(" ms"), std::string::npos);
  EXPECT_NE(with.find("0 ms"), std::string::npos);
}

}  // namespace
}  // namespace wakesim
