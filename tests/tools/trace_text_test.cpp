// Counterexamples, held against their literal text.

#include "tools/report/trace_text.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "tests/tools/samples.h"

namespace wakesim {
namespace {

using namespace samples;

// Golden text begins on a line of its own.
std::string golden(const char* text) { return text + 1; }

std::string counterexample(const Subject& subject, const CheckResult& result, const Page& page) {
  return render_counterexample(subject, result, page);
}

// The widest line, without the commands that must stay whole.
int widest_table_line(const std::string& text) {
  int widest = 0;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find('\n', begin), text.size());
    const std::string line = text.substr(begin, end - begin);
    if (!line.starts_with("again")) widest = std::max(widest, display_width(line));
    begin = end + 1;
  }
  return widest;
}

TEST(TraceText, CounterexampleAt80Columns) {
  EXPECT_EQ(counterexample(lost_wakeup_subject(), lost_wakeup(), {.width = 80}), golden(R"(
waiter sleeps for ever, although ready == 1
violated  lost wakeup   futex/lost-wakeup, variant buggy

step ● waiter                        ■ waker                    ready seq
──── ─────────────────────────────── ────────────────────────── ───── ───
                                                                    0   0
   1 L12 if ready == 1: break → no                                  0   0
   2 L13 s = seq → 0                                                0   0
   3     holds s = 0                 L16 ready = 1                  1   0
   4   ⊘╌╌╌ nobody queued ╌╌╌╌╌╌╌╌╌╌ L17 futex_wake(seq, 1) → 0     1   0 ◀
   5 L14 futex_wait(seq, s) → asleep                                1   0
         ░ asleep for ever

why       step 4 woke nobody: the queue of seq was empty, and a futex does not
          remember. At step 5 seq was still 0, the value that waiter expects.
◀ step 4  from here on nothing can wake waiter
again     wakesim replay scenarios/futex/lost-wakeup.yaml wk1.buggy.7q2m4x.A2B2A
)"));
}

TEST(TraceText, CounterexampleAt120ColumnsKeepsArguments) {
  EXPECT_EQ(counterexample(lost_wakeup_subject(), lost_wakeup(), {.width = 120}), golden(R"(
waiter sleeps for ever, although ready == 1
violated  lost wakeup   futex/lost-wakeup, variant buggy

step  ● waiter                         ■ waker                     ready  seq  queue
────  ───────────────────────────────  ──────────────────────────  ─────  ───  ──────
                                                                       0    0  -
   1  L12 if ready == 1: break → no                                    0    0  -
   2  L13 s = seq → 0                                                  0    0  -
   3      holds s = 0                  L16 ready = 1                   1    0  -
   4    ⊘╌╌╌ nobody queued ╌╌╌╌╌╌╌╌╌╌  L17 futex_wake(seq, 1) → 0      1    0  -       ◀
   5  L14 futex_wait(seq, s) → asleep                                  1    0  waiter
          ░ asleep for ever

why       step 4 woke nobody: the queue of seq was empty, and a futex does not remember. At step 5 seq was still 0, the
          value that waiter expects.
◀ step 4  from here on nothing can wake waiter
again     wakesim replay scenarios/futex/lost-wakeup.yaml wk1.buggy.7q2m4x.A2B2A
)"));
}

TEST(TraceText, ColourRepeatsWhatTheWordsSay) {
  EXPECT_EQ(
      counterexample(lost_wakeup_subject(), lost_wakeup(), {.width = 80, .color = true}),
      "\033[1mwaiter sleeps for ever, although ready == 1\033[0m\n"
      "\033[1;31mviolated\033[0m  \033[1mlost wakeup\033[0m   futex/lost-wakeup, variant buggy\n"
      "\n"
      "\033[2mstep\033[0m \033[34m● waiter\033[0m                        \033[36m■ waker\033[0m    "
      "                \033[2mready\033[0m \033[2mseq\033[0m\n"
      "\033[2m────\033[0m \033[2m───────────────────────────────\033[0m "
      "\033[2m──────────────────────────\033[0m \033[2m─────\033[0m \033[2m───\033[0m\n"
      "                                                                    \033[2m0\033[0m   "
      "\033[2m0\033[0m\n"
      "   1 \033[34mL12\033[0m if ready == 1: break → no                                  "
      "\033[2m0\033[0m   \033[2m0\033[0m\n"
      "   2 \033[34mL13\033[0m s = seq → 0                                                "
      "\033[2m0\033[0m   \033[2m0\033[0m\n"
      "   3 \033[2m    holds s = 0\033[0m                 \033[36mL16\033[0m ready = 1             "
      "     \033[1m1\033[0m   \033[2m0\033[0m\n"
      "   \033[1;31m4\033[0m \033[1;31m  ⊘╌╌╌ nobody queued ╌╌╌╌╌╌╌╌╌╌\033[0m \033[36mL17\033[0m "
      "futex_wake(seq, 1) → 0     \033[2m1\033[0m   \033[2m0\033[0m \033[1;31m◀\033[0m\n"
      "   5 \033[34mL14\033[0m futex_wait(seq, s) → asleep                                "
      "\033[2m1\033[0m   \033[2m0\033[0m\n"
      "     \033[1;31m    ░ asleep for ever\033[0m\n"
      "\n"
      "\033[1mwhy\033[0m       step 4 woke nobody: the queue of seq was empty, and a futex does "
      "not\n"
      "          remember. At step 5 seq was still 0, the value that waiter expects.\n"
      "\033[1m◀ step 4\033[0m  from here on nothing can wake waiter\n"
      "\033[1magain\033[0m     \033[4mwakesim replay scenarios/futex/lost-wakeup.yaml "
      "wk1.buggy.7q2m4x.A2B2A\033[0m\n");
}

TEST(TraceText, NarrowTerminalsListStepsWithoutColumns) {
  EXPECT_EQ(counterexample(lost_wakeup_subject(), lost_wakeup(), {.width = 60, .ascii = true}),
            golden(R"(
waiter sleeps for ever, although ready == 1
violated  lost wakeup   futex/lost-wakeup, variant buggy

step actor    line                           changes
---- -------- ------------------------------ -------------
   1 o waiter L12 if ready == 1: break -> no
   2 o waiter L13 s = seq -> 0               waiter.s = 0
   3 # waker  L16 ready = 1                  ready = 1
   4 # waker  L17 futex_wake -> 0            (/) nobody... <
   5 o waiter L14 futex_wait -> asleep       queue = wa...
     o waiter : asleep for ever

why       step 4 woke nobody: the queue of seq was empty,
          and a futex does not remember. At step 5 seq was
          still 0, the value that waiter expects.
< step 4  from here on nothing can wake waiter
again     wakesim replay scenarios/futex/lost-wakeup.yaml wk1.buggy.7q2m4x.A2B2A
)"));
}

TEST(TraceText, DeadlockNamesWhoWaitsForWhom) {
  EXPECT_EQ(counterexample(deadlock_subject(), deadlock(), {.width = 80}), golden(R"(
3 threads sleep and nothing can wake them
violated  deadlock   pipe/two-writers

thread   asleep in       on      who could end it
───────  ──────────────  ──────  ────────────────
● left   L11 write       pipe a  right
■ right  L15 write       pipe b  third
◆ third  L19 futex_wait  lock    left

cycle     left → right → third → left

step ● left                ■ right               ◆ third
──── ───────────────────── ───────────────────── ───────────────────────
   1 L11 write → asleep
   2                       L15 write → asleep
   3                                             L19 futex_wait → asleep
         ░ asleep for ever     ░ asleep for ever     ░ asleep for ever

why       Each waits for the next one.
again     wakesim replay scenarios/pipe/two-writers.yaml wk1.k3d8zz.ABC
)"));
}

TEST(TraceText, NoRowIsWiderThanThePage) {
  CheckResult result = lost_wakeup();
  for (TraceStep& step : result.counterexample->steps) {
    step.text += std::string(30, 'x');
    step.changed.push_back({.object = std::string(40, 'o'), .shown = std::string(40, 'v')});
  }
  for (const int width : {40, 60, 80, 120, 160}) {
    EXPECT_LE(widest_table_line(counterexample(lost_wakeup_subject(), result, {.width = width})),
              width);
  }
}

// Columns go in this order: objects that the finding does not name, arguments, the objects it
// names.
TEST(TraceText, WhatTheFindingNamesStaysLongest) {
  CheckResult result = lost_wakeup();
  Trace& trace = *result.counterexample;
  for (const char* name : {"a", "b", "queue of seq"}) {
    trace.initial.insert(trace.initial.begin(), {.object = name, .shown = "-"});
    trace.steps[0].changed.push_back({.object = name, .shown = "[1 2 3 4 5]"});
  }
  const auto heading = [&result](int width) {
    const std::string text = counterexample(lost_wakeup_subject(), result, {.width = width});
    const std::size_t begin = text.find("\nstep");
    return text.substr(begin + 1, text.find('\n', begin + 1) - begin - 1);
  };
  EXPECT_EQ(heading(150),
            "step  ● waiter                         ■ waker                     queue of seq  "
            "ready  seq  b            a            queue");
  EXPECT_EQ(
      heading(110),
      "step ● waiter                        ■ waker                    queue of seq ready seq b");
  EXPECT_EQ(
      heading(90),
      "step ● waiter                        ■ waker                    queue of seq ready seq");
  EXPECT_EQ(heading(60), "step actor    line                          changes");
}

TEST(TraceText, LaterStepsOfACallShowOnlyWhereTheKernelIs) {
  CheckResult result = lost_wakeup();
  Trace& trace = *result.counterexample;
  TraceStep queued = trace.steps[4];
  queued.number = 6;
  queued.phase = "schedule";
  trace.steps[4].result.clear();
  trace.steps.push_back(queued);
  const std::string text = counterexample(lost_wakeup_subject(), result, {.width = 120});
  EXPECT_NE(text.find("L14 futex_wait(seq, s)  "), std::string::npos) << text;
  EXPECT_NE(text.find("L14   schedule → asleep"), std::string::npos) << text;
}

TEST(TraceText, WakesOfRunningThreadsAndSleepersAreDrawn) {
  CheckResult result = lost_wakeup();
  Trace& trace = *result.counterexample;
  trace.steps[3].wakes = {{.kind = TraceWake::Kind::WokeRunning, .thread = "waiter"}};
  EXPECT_NE(counterexample(lost_wakeup_subject(), result, {.width = 80}).find("was not asleep"),
            std::string::npos);
  trace.steps[3].wakes = {{.kind = TraceWake::Kind::Woke, .thread = "waiter"}};
  EXPECT_NE(counterexample(lost_wakeup_subject(), result, {.width = 80}).find("←── woken ─"),
            std::string::npos);
}

TEST(TraceText, HostileNamesCannotTalkToTheTerminal) {
  CheckResult result = lost_wakeup();
  result.counterexample->steps[0].text = "x = \x1b[31mred\x07\xff";
  result.violations[0].sentence = "a\x1b]0;title\x07 b";
  const std::string text = counterexample(lost_wakeup_subject(), result, {.width = 80});
  EXPECT_EQ(text.find('\x1b'), std::string::npos);
  EXPECT_EQ(text.find('\x07'), std::string::npos);
  EXPECT_EQ(text.find('\xff'), std::string::npos);
}

TEST(TraceText, LinesOfIncludesNameTheirFile) {
  Subject subject = lost_wakeup_subject();
  subject.source_names.push_back("scenarios/lib/pthread.yaml");
  EXPECT_EQ(line_label(subject, {.file = 1, .line = 7}), "pthread:7");
  EXPECT_EQ(line_label(subject, {.file = 0, .line = 7}), "L7");
  EXPECT_EQ(line_label(subject, {}), "");
}

TEST(TraceText, CommandsWorkWhenPasted) {
  Subject subject = lost_wakeup_subject();
  subject.file = "my files/it's.yaml";
  EXPECT_EQ(replay_command(subject, "wk1.a.b.C?1", {.program = "tools/wakesim"}),
            "tools/wakesim replay 'my files/it'\\''s.yaml' 'wk1.a.b.C?1'");
}

}  // namespace
}  // namespace wakesim
