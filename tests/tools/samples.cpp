#include "tests/tools/samples.h"

namespace wakesim::samples {
namespace {

constexpr Actor kFirst{.kind = ActorKind::Thread, .thread = ThreadId{0}};
constexpr Actor kSecond{.kind = ActorKind::Thread, .thread = ThreadId{1}};
constexpr Actor kThird{.kind = ActorKind::Thread, .thread = ThreadId{2}};

ObjectValue number(const std::string& object, std::int64_t value) {
  return {.object = object, .shown = std::to_string(value), .number = value, .is_number = true};
}

ObjectValue shown(const std::string& object, const std::string& text) {
  return {.object = object, .shown = text};
}

struct StepText {
  std::uint32_t line;
  std::string text;
  std::string result;
};

TraceStep step(const Actor& actor, const std::string& name, const StepText& text) {
  TraceStep result;
  result.move.actor = actor;
  result.actor = name;
  result.where.line = text.line;
  result.text = text.text;
  result.result = text.result;
  return result;
}

void number_steps(Trace& trace) {
  for (std::size_t i = 0; i < trace.steps.size(); ++i) {
    trace.steps[i].number = static_cast<std::uint32_t>(i + 1);
  }
}

Subject subject(const std::string& scenario, const std::string& variant) {
  Subject result;
  result.file = "scenarios/" + scenario + ".yaml";
  result.scenario = scenario;
  result.variant = variant;
  result.source_names = {result.file};
  result.kernel = "linux-6.18";
  return result;
}

}  // namespace

Subject lost_wakeup_subject() {
  Subject result = subject("futex/lost-wakeup", "buggy");
  result.about = "Publishing a flag and waking a sleeper, three attempts.";
  return result;
}

CheckResult lost_wakeup() {
  Trace trace;
  trace.threads = {"waiter", "waker"};
  trace.legend = {{"A", "waiter"}, {"B", "waker"}};
  trace.initial = {number("ready", 0), number("seq", 0), shown("queue", "-")};
  trace.steps = {step(kFirst, "waiter", {12, "if ready == 1: break", "no"}),
                 step(kFirst, "waiter", {13, "s = seq", "0"}),
                 step(kSecond, "waker", {16, "ready = 1", ""}),
                 step(kSecond, "waker", {17, "futex_wake(seq, 1)", "0"}),
                 step(kFirst, "waiter", {14, "futex_wait(seq, s)", "asleep"})};
  trace.steps[1].changed = {number("waiter.s", 0)};
  trace.steps[2].changed = {number("ready", 1)};
  trace.steps[2].is_preemption = true;
  trace.steps[3].wakes = {{.kind = TraceWake::Kind::WokeNobody, .thread = "", .subject = "seq"}};
  trace.steps[4].changed = {shown("queue", "waiter")};
  trace.preemptions = 1;
  trace.token = "wk1.buggy.7q2m4x.A2B2A";
  number_steps(trace);

  CheckResult result;
  result.verdict = Verdict::Violated;
  result.violations = {
      {.property = "no-lost-wakeup",
       .thread = "waiter",
       .object = "seq",
       .sentence = "waiter sleeps for ever, although ready == 1",
       .cause = "step 4 woke nobody: the queue of seq was empty, and a futex does not remember. "
                "At step 5 seq was still 0, the value that waiter expects.",
       .where = {.file = 0, .line = 14, .column = 11, .length = 18},
       .doomed_at = 4}};
  result.complete = true;
  result.states = 15;
  result.transitions = 20;
  result.depth = 5;
  result.memory = "sc";
  result.lines = 5;
  result.lines_reached = 5;
  result.sleepers = {
      {.thread = "waiter", .call = "futex_wait", .object = "seq", .where = {.line = 14}}};
  result.counterexample = trace;
  return result;
}

Subject fixed_subject() {
  Subject result = lost_wakeup_subject();
  result.variant = "fixed";
  return result;
}

CheckResult proved() {
  CheckResult result;
  result.verdict = Verdict::Proved;
  result.complete = true;
  result.states = 23;
  result.transitions = 31;
  result.depth = 7;
  result.memory = "sc";
  result.lines = 6;
  result.lines_reached = 6;
  return result;
}

Subject deadlock_subject() {
  Subject result = subject("pipe/two-writers", "");
  result.about = "Two writers and a lock.";
  return result;
}

CheckResult deadlock() {
  Trace trace;
  trace.threads = {"left", "right", "third"};
  trace.initial = {shown("a", "full"), number("lock", 0)};
  trace.steps = {step(kFirst, "left", {11, "write(a[1], 1)", "asleep"}),
                 step(kSecond, "right", {15, "write(b[1], 1)", "asleep"}),
                 step(kThird, "third", {19, "futex_wait(lock, 0)", "asleep"})};
  trace.token = "wk1.k3d8zz.ABC";
  number_steps(trace);

  CheckResult result;
  result.verdict = Verdict::Violated;
  result.violations = {{.property = "no-deadlock",
                        .sentence = "3 threads sleep and nothing can wake them",
                        .cause = "Each waits for the next one."}};
  result.complete = false;
  result.states = 4;
  result.transitions = 3;
  result.depth = 3;
  result.memory = "sc";
  result.sleepers = {{.thread = "left",
                      .call = "write",
                      .object = "pipe a",
                      .owner = "right",
                      .where = {.line = 11}},
                     {.thread = "right",
                      .call = "write",
                      .object = "pipe b",
                      .owner = "third",
                      .where = {.line = 15}},
                     {.thread = "third",
                      .call = "futex_wait",
                      .object = "lock",
                      .owner = "left",
                      .where = {.line = 19}}};
  result.counterexample = trace;
  return result;
}

Answer expected(Subject subject, CheckResult result) {
  Comparison comparison;
  comparison.is_written = true;
  return {.subject = std::move(subject), .result = std::move(result), .comparison = comparison};
}

Answer unexpected(Subject subject, CheckResult result) {
  ast::Expectation proved;
  proved.is_written = true;
  const Comparison comparison = compare(proved, result, {});
  return {.subject = std::move(subject), .result = std::move(result), .comparison = comparison};
}

}  // namespace wakesim::samples
