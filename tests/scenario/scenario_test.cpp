// What a scenario becomes: the tree of every construct.

#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "sim/scenario/loader.h"
#include "tests/scenario/load_text.h"

namespace wakesim {
namespace {

constexpr std::string_view kLostWakeup = R"(wakesim: 1
name: futex/lost-wakeup
about: Publishing a flag and waking a sleeper, three attempts.     # required: why this file exists
teaches: [futex compare-and-queue, why the slept-on word must change]
machine: { cpus: 2, memory: sc, kernel: linux-6.18, libc: glibc-2.41, switches: [], spurious: 0 }   # all optional
objects:
  ready: word(0)
  seq: word(0)
threads:
  waiter:
    - forever:
        - if ready == 1: break
        - s = seq
        - futex_wait(seq, s)
  waker:
    - ready = 1
    - futex_wake(seq, 1)
properties:
  slept-once: sometimes asleep(waiter)
variants:
  buggy:
    about: The waker never changes the word that the waiter sleeps on.
    expect: { violated: no-lost-wakeup }
  half-fix:
    threads:
      waker:
        - ready = 1
        - fetch_add(seq, 1)
        - futex_wake(seq, 1)
    expect: { violated: no-lost-wakeup }
  fixed:
    threads:
      waiter:
        - forever:
            - s = seq
            - if ready == 1: break
            - futex_wait(seq, s)
      waker: { same_as: half-fix }
    expect: proved
)";

constexpr std::string_view kDrainThenClear = R"(wakesim: 1
name: event-loops/drain-then-clear
about: An event loop that clears its doorbell after looking into the queue.
matrix:
  via: [select, poll, epoll-lt, epoll-et, pollfs, kevent-queue, kevent-ring, io-uring]
objects:
  efd: eventfd(0, EFD_NONBLOCK)
  jobs: queue(4)
  ws: waitset(via=${via}, efd=IN)        # one program over every interface
threads:
  worker:
    - repeat 2:
        - push(jobs, 1)
        - write(efd, 1)
  loop:
    - forever:
        - wait(ws)
        - n = drain(jobs)
        - read(efd)
properties:
  slept-once: sometimes asleep(loop)
variants:
  buggy:
    expect:                              # per cell; what no row names must be found out and added
      - { when: { via: [select, poll, epoll-lt, epoll-et] }, violated: no-lost-wakeup }
  fixed:
    threads:
      loop:
        - forever:
            - wait(ws)
            - read(efd)
            - n = drain(jobs)
    expect: proved
)";

using Verdict = ast::Expectation::Verdict;

// The statements of thread `t`, or the errors.
std::string program(std::string_view lines) {
  const Loaded loaded = load_text(with_lines(lines));
  if (loaded.diagnostics.has_errors()) return loaded.errors();
  return print(loaded.file.instances.at(0).threads.at(0).body);
}

TEST(Scenario, VariantsReplaceEntriesAndFollowSameAs) {
  const Loaded loaded = load_text(kLostWakeup);
  ASSERT_EQ(loaded.errors(), "");
  const auto& instances = loaded.file.instances;
  ASSERT_EQ(instances.size(), 3u);
  EXPECT_EQ(print(instances[0]), R"(futex/lost-wakeup buggy
ready: word(0)
seq: word(0)
thread waiter
  forever
    if (ready == 1)
      break
    assign s = seq
    evaluate futex_wait(seq, s)
thread waker
  assign ready = 1
  evaluate futex_wake(seq, 1)
property slept-once: sometimes asleep(waiter)
)");
  EXPECT_EQ(print(instances[2]), R"(futex/lost-wakeup fixed
ready: word(0)
seq: word(0)
thread waiter
  forever
    assign s = seq
    if (ready == 1)
      break
    evaluate futex_wait(seq, s)
thread waker
  assign ready = 1
  evaluate fetch_add(seq, 1)
  evaluate futex_wake(seq, 1)
property slept-once: sometimes asleep(waiter)
)");
}

TEST(Scenario, HeadAndExpectationsAreRead) {
  const Loaded loaded = load_text(kLostWakeup);
  ASSERT_EQ(loaded.errors(), "");
  const ast::Instance& buggy = loaded.file.instances[0];
  EXPECT_EQ(buggy.about, "Publishing a flag and waking a sleeper, three attempts.");
  EXPECT_EQ(buggy.variant_about, "The waker never changes the word that the waiter sleeps on.");
  EXPECT_EQ(buggy.teaches.size(), 2u);
  EXPECT_EQ(buggy.machine.cpus, 2);
  EXPECT_EQ(buggy.machine.kernel, "linux-6.18");
  EXPECT_EQ(buggy.machine.libc, "glibc-2.41");
  EXPECT_EQ(buggy.expect.verdict, Verdict::Violated);
  EXPECT_EQ(buggy.expect.violated, std::vector<std::string>{"no-lost-wakeup"});
  EXPECT_EQ(loaded.file.instances[2].expect.verdict, Verdict::Proved);
  EXPECT_TRUE(loaded.file.instances[2].expect.is_written);
}

TEST(Scenario, MatrixMakesOneInstanceForEachVariantAndCell) {
  const Loaded loaded = load_text(kDrainThenClear);
  ASSERT_EQ(loaded.errors(), "");
  const auto& instances = loaded.file.instances;
  ASSERT_EQ(instances.size(), 16u);
  EXPECT_EQ(print(instances[2]), R"(event-loops/drain-then-clear buggy via=epoll-lt
efd: eventfd(0, EFD_NONBLOCK)
jobs: queue(4)
ws: waitset(via=epoll-lt, efd=IN)
thread worker
  repeat 2
    evaluate push(jobs, 1)
    evaluate write(efd, 1)
thread loop
  forever
    evaluate wait(ws)
    assign n = drain(jobs)
    evaluate read(efd)
property slept-once: sometimes asleep(loop)
)");
  EXPECT_EQ(instances[3].expect.verdict, Verdict::Violated);
  EXPECT_FALSE(instances[4].expect.is_written) << "no row names pollfs";
  EXPECT_EQ(instances[8].variant, "fixed");
  EXPECT_EQ(instances[8].cell[0].second, "select");
}

TEST(Scenario, OperatorsBindAsInC) {
  EXPECT_EQ(program("- a = b | c ^ d & e == f < g << h + i * j"),
            "assign a = (b | (c ^ (d & (e == (f < (g << (h + (i * j))))))))\n");
  EXPECT_EQ(program("- a = b - c - d"), "assign a = ((b - c) - d)\n");
  EXPECT_EQ(program("- a = b || c && !d"), "assign a = (b || (c && (!d)))\n");
  EXPECT_EQ(program("- a = -b[i + 1].c * ~d"), "assign a = ((-b[(i + 1)].c) * (~d))\n");
  EXPECT_EQ(program("- a = (b | c) & d"), "assign a = ((b | c) & d)\n");
}

TEST(Scenario, NumbersAndDurations) {
  EXPECT_EQ(program("- a = 0xff + 10"), "assign a = (255 + 10)\n");
  EXPECT_EQ(program("- a = 0xffffffffffffffff"), "assign a = -1\n");
  EXPECT_EQ(program("- a = 18446744073709551615"), "assign a = -1\n");
  EXPECT_EQ(program("- sleep 5ms\n- work 2us\n- sleep 1s\n- work 7ns"),
            "sleep 5000000ns\nwork 2000ns\nsleep 1000000000ns\nwork 7ns\n");
}

TEST(Scenario, CallsHaveNamedArgumentsAndRanges) {
  EXPECT_EQ(program("- r = poll(efd=IN|HUP, watch(conn[0][1], OUT), timeout=10ms)"),
            "assign r = poll(efd=(IN | HUP), watch(conn[0][1], OUT), timeout=10000000ns)\n");
  EXPECT_EQ(program("- x = choose(0..3)"), "assign x = choose((0 .. 3))\n");
  EXPECT_EQ(program("- f()"), "evaluate f()\n");
}

TEST(Scenario, EveryAssignment) {
  EXPECT_EQ(program("- x += 1\n- x[1] <<= 2\n- x.y |= z"),
            "assign x += 1\nassign x[1] <<= 2\nassign x.y |= z\n");
}

TEST(Scenario, WorkAndSleepMayBeNames) {
  EXPECT_EQ(program("- work = 1\n- work[0] = 2\n- work (2us)"),
            "assign work = 1\nassign work[0] = 2\nwork 2000ns\n");
}

TEST(Scenario, EveryLine) {
  EXPECT_EQ(program("- break\n- continue\n- return\n- return -EAGAIN\n- assert x == 1\n- await x\n"
                    "- assume x"),
            "break\ncontinue\nreturn\nreturn (-EAGAIN)\nassert (x == 1)\nawait x\nassume x\n");
}

TEST(Scenario, EveryBlock) {
  EXPECT_EQ(program("- while x < 2: x += 1\n"
                    "- for ev in evs:\n"
                    "    - n = recv(ev.fd, 1)\n"
                    "- atomic:\n"
                    "    - await x == 1\n"
                    "    - x = 2\n"
                    "- waits_for x > 0:\n"
                    "    - while x == 0: cond_wait(m)\n"
                    "- try:\n"
                    "    - lock(m)\n"
                    "  cleanup:\n"
                    "    - unlock(m)\n"),
            "while (x < 2)\n  assign x += 1\n"
            "for ev evs\n  assign n = recv(ev.fd, 1)\n"
            "atomic\n  await (x == 1)\n  assign x = 2\n"
            "waits_for (x > 0)\n  while (x == 0)\n    evaluate cond_wait(m)\n"
            "try\n  evaluate lock(m)\notherwise\n  evaluate unlock(m)\n");
}

TEST(Scenario, ElseIfIsAnIfInTheElse) {
  EXPECT_EQ(program("- if x == 1: break\n  else if x == 2: continue\n  else:\n    - x = 3"),
            "if (x == 1)\n  break\notherwise\n"
            "  if (x == 2)\n    continue\n  otherwise\n    assign x = 3\n");
}

TEST(Scenario, EitherIsAListOrAMapOfBranches) {
  EXPECT_EQ(program("- either:\n    - x = 1\n    - - x = 2\n      - y = 3\n    - []"),
            "either\n  branch 0\n    assign x = 1\n  branch 1\n    assign x = 2\n    assign y = 3\n"
            "  branch 2\n");
  EXPECT_EQ(program("- either:\n    ring: write(efd, 1)\n    wait: []"),
            "either\n  branch ring\n    evaluate write(efd, 1)\n  branch wait\n");
}

TEST(Scenario, StatementsKnowTheirTextAndPlace) {
  const Loaded loaded = load_text(with_lines("- forever:\n    - if ready == 1: break  # done\n"));
  ASSERT_EQ(loaded.errors(), "");
  const ast::Statement& forever = loaded.file.instances[0].threads[0].body[0];
  EXPECT_EQ(forever.text, "forever:");
  EXPECT_EQ(forever.where, (Location{.file = 0, .line = 7, .column = 7, .length = 7}));
  const ast::Statement& branch = forever.body[0];
  EXPECT_EQ(branch.text, "if ready == 1: break");
  EXPECT_EQ(branch.value.where, (Location{.file = 0, .line = 8, .column = 14, .length = 10}));
  EXPECT_EQ(branch.value.operands[0].where.length, 5u);
  EXPECT_EQ(branch.value.operands[1].where.column, 23u);
  EXPECT_EQ(branch.body[0].where.column, 26u);
}

TEST(Scenario, PlacesCountCharactersBehindQuotesAndAfterSubstitution) {
  const Loaded loaded = load_text(
      "wakesim: 1\nname: t\nabout: é\nmatrix: { via: [poll] }\nthreads:\n  t:\n"
      "    - ${via}(ab, cd)\n    - 'x = ab'  # é\n");
  ASSERT_EQ(loaded.errors(), "");
  const auto& body = loaded.file.instances[0].threads[0].body;
  EXPECT_EQ(body[0].text, "poll(ab, cd)");
  EXPECT_EQ(body[0].value.where, (Location{.file = 0, .line = 7, .column = 7, .length = 14}));
  EXPECT_EQ(body[0].value.arguments[1].value.where.column, 18u);
  EXPECT_EQ(body[1].value.where.column, 12u);
}

TEST(Scenario, ObjectsHaveKindsCountsAndArguments) {
  const Loaded loaded = load_text(
      "wakesim: 1\nname: t\nabout: x\nconstants: { N: 2 }\nobjects:\n  sig: word[N](0)\n"
      "  all: [0, -1]\n  m: mutex\n  p: pipe(O_NONBLOCK, capacity=4096)\n"
      "functions:\n  f(a, b):\n    - return a + b\n  g(): x = 1\nthreads: { t: [f(1)] }\n");
  ASSERT_EQ(loaded.errors(), "");
  EXPECT_EQ(print(loaded.file.instances[0]),
            "t \nN = 2\nsig: word[N](0)\nall: word 0 (-1)\nm: mutex\n"
            "p: pipe(O_NONBLOCK, capacity=4096)\n"
            "function f(a, b)\n  return (a + b)\nfunction g()\n  assign x = 1\n"
            "thread t\n  evaluate f(1)\n");
}

TEST(Scenario, ThreadsHaveMembersHandlersAndRoles) {
  const Loaded loaded = load_text(
      "wakesim: 1\nname: t\nabout: x\nthreads:\n  waiter[3]:\n"
      "    with: { items: [1, 3, 1], k: 2 }\n    on SIGUSR1: []\n    on SIGUSR2 restart:\n"
      "      - got = 1\n    daemon: true\n    run:\n      - x = items\n"
      "  device: { role: interrupt, start: \"asleep(waiter[0])\", run: [write(e)] }\n");
  ASSERT_EQ(loaded.errors(), "");
  EXPECT_EQ(print(loaded.file.instances[0]),
            "t \nthread waiter[3] daemon items=1,3,1, k=2,\n  on SIGUSR1\n  on SIGUSR2 restart\n"
            "    assign got = 1\n  assign x = items\n"
            "thread device interrupt start asleep(waiter[0])\n  evaluate write(e)\n");
}

TEST(Scenario, PropertiesObserveAndJudge) {
  const Loaded loaded = load_text(with_lines("- x = 1") +
                                  "properties:\n  a-1: always x < 2\n  b: x == 1 leads_to x == 0\n"
                                  "observe:\n  - x\n  - count(syscalls, t)\n"
                                  "judge: [no-deadlock, no-stuck-thread(t)]\n");
  ASSERT_EQ(loaded.errors(), "");
  const ast::Instance& instance = loaded.file.instances[0];
  EXPECT_EQ(instance.properties[1].kind, ast::Property::Kind::LeadsTo);
  EXPECT_EQ(print(instance.properties[1].consequence), "(x == 0)");
  EXPECT_EQ(instance.observe[1].key, "count(syscalls, t)");
  ASSERT_TRUE(instance.judge);
  EXPECT_EQ((*instance.judge)[1].threads, std::vector<std::string>{"t"});
}

TEST(Scenario, EmptyJudgeIsNotAnAbsentOne) {
  const Loaded loaded = load_text(with_lines("- x = 1") + "judge: []\n");
  ASSERT_EQ(loaded.errors(), "");
  ASSERT_TRUE(loaded.file.instances[0].judge);
  EXPECT_TRUE(loaded.file.instances[0].judge->empty());
}

TEST(Scenario, RowsOfExpectationsCombine) {
  const Loaded loaded = load_text(
      "wakesim: 1\nname: t\nabout: x\nmatrix: { via: [poll, select] }\nobjects: { x: word(0) }\n"
      "threads:\n  t:\n    - ${via}(e)\nobserve: [x, t.n]\nvariants: { buggy: {}, fixed: {} }\n"
      "expect:\n"
      "  - { when: { via: [poll], variant: buggy }, violated: [no-lost-wakeup, no-leak] }\n"
      "  - { when: { variant: fixed }, proved: all, states: 12 }\n"
      "  - { outcomes: [ { x: 1, t.n: -EAGAIN } ] }\n");
  ASSERT_EQ(loaded.errors(), "");
  const auto& instances = loaded.file.instances;
  EXPECT_EQ(instances[0].expect.violated.size(), 2u);
  EXPECT_EQ(instances[1].expect.verdict, Verdict::Proved);
  EXPECT_EQ(instances[3].expect.states, 12);
  EXPECT_EQ(instances[0].expect.outcomes->at(0).at("t.n"), -11);
}

TEST(Scenario, VariantsMergeMachineAndRemoveEntries) {
  const Loaded loaded = load_text(
      with_lines("- x = 1") +
      "  u:\n    - x = 2\nmachine: { cpus: 2, memory: tso }\nvariants:\n  one:\n"
      "    machine: { cpus: 4, switches: [a.b, c.d=e] }\n    threads: { u: absent, v: x = 3 }\n");
  ASSERT_EQ(loaded.errors(), "");
  const ast::Instance& one = loaded.file.instances[0];
  EXPECT_EQ(one.machine.cpus, 4);
  EXPECT_EQ(one.machine.memory, "tso");
  EXPECT_EQ(one.machine.switches[0].second, "on");
  EXPECT_EQ(one.machine.switches[1].second, "e");
  ASSERT_EQ(one.threads.size(), 2u);
  EXPECT_EQ(one.threads[1].name, "v");
}

TEST(Scenario, AnAxisCalledMemorySetsTheMachine) {
  const Loaded loaded = load_text(with_lines("- x = 1") + "matrix: { memory: [sc, tso] }\n");
  ASSERT_EQ(loaded.errors(), "");
  EXPECT_EQ(loaded.file.instances[0].machine.memory, "sc");
  EXPECT_EQ(loaded.file.instances[1].machine.memory, "tso");
}

TEST(Scenario, AWrongValueOfAMachineAxisIsShownWhereItStands) {
  const Loaded loaded = load_text(with_lines("- x = 1") + "matrix: { memory: [sc, ts] }\n");
  EXPECT_EQ(loaded.errors(), R"(t.yaml:8:24: error: `memory:` is one of sc, tso, found `ts`

  8 │ matrix: { memory: [sc, ts] }
    │                        ^^
    write  tso
)");
}

TEST(Scenario, IncludesBringTypesAndFunctionsOnce) {
  const std::string lock =
      "wakesim: 1\ninclude: [lib/base]\nfunctions:\n  lock_it(m):\n    - m = 1\n";
  const std::string base =
      "wakesim: 1\nconstants: { FREE: 0 }\ntypes:\n  cond: { seq: word(0), n: word(0) }\n";
  const Loaded loaded = load_text(with_lines("- x = 1") + "include: [lib/lock, lib/base]\n",
                                  {{"lib/lock", lock}, {"lib/base", base}});
  ASSERT_EQ(loaded.errors(), "");
  const ast::Instance& instance = loaded.file.instances[0];
  EXPECT_EQ(instance.constants.size(), 1u);
  EXPECT_EQ(instance.functions.at(0).name, "lock_it");
  EXPECT_EQ(instance.functions[0].where.file, 1u);
  EXPECT_EQ(instance.types.at(0).fields.size(), 2u);
  EXPECT_EQ(loaded.file.sources.size(), 3u);
}

constexpr const char* kByLibc =
    "wakesim: 1\nconstants: { ALL: 1 }\nvariants:\n  a-1.0: { include: [lib/a] }\n"
    "  b-2:\n    functions:\n      f():\n        - x = 2\n";
constexpr const char* kOfA = "wakesim: 1\nfunctions:\n  f():\n    - x = 1\n    - x = 1\n";

std::size_t lines_of_f(const ast::Instance& instance) {
  return instance.functions.size() == 1 ? instance.functions[0].body.size() : 0;
}

TEST(Scenario, TheLibcChoosesTheVariantOfAnInclude) {
  const Loaded loaded =
      load_text(with_lines("- x = 1") + "include: [lib/c]\nmatrix: { libc: [a-1.0, b-2] }\n",
                {{"lib/c", kByLibc}, {"lib/a", kOfA}});
  ASSERT_EQ(loaded.errors(), "");
  ASSERT_EQ(loaded.file.instances.size(), 2u);
  EXPECT_EQ(lines_of_f(loaded.file.instances[0]), 2u);
  EXPECT_EQ(lines_of_f(loaded.file.instances[1]), 1u);
  EXPECT_EQ(loaded.file.instances[0].constants.size(), 1u);
  EXPECT_EQ(loaded.file.instances[1].constants.size(), 1u);
}

TEST(Scenario, AVariantMayHaveALibcOfItsOwn) {
  const Loaded loaded =
      load_text(with_lines("- x = 1") +
                    "include: [lib/c]\nmachine: { libc: a-1.0 }\nvariants:\n  one: {}\n"
                    "  two: { machine: { libc: b-2 } }\n",
                {{"lib/c", kByLibc}, {"lib/a", kOfA}});
  ASSERT_EQ(loaded.errors(), "");
  EXPECT_EQ(lines_of_f(loaded.file.instances[0]), 2u);
  EXPECT_EQ(lines_of_f(loaded.file.instances[1]), 1u);
}

TEST(Scenario, TheNameOfAnIncludeMayHaveAnAxis) {
  const Loaded loaded =
      load_text(with_lines("- x = 1") + "include: [\"lib/${which}\"]\nmatrix: { which: [a, b] }\n",
                {{"lib/a", kOfA}, {"lib/b", "wakesim: 1\nfunctions:\n  f():\n    - x = 1\n"}});
  ASSERT_EQ(loaded.errors(), "");
  EXPECT_EQ(lines_of_f(loaded.file.instances[0]), 2u);
  EXPECT_EQ(lines_of_f(loaded.file.instances[1]), 1u);
}

TEST(Scenario, AnIncludeThatIsNotThereForTheLibc) {
  const Loaded loaded = load_text(
      with_lines("- x = 1") + "include: [lib/c]\nmachine: { libc: c-3 }\n", {{"lib/c", kByLibc}});
  EXPECT_EQ(loaded.errors(), R"(t.yaml:8:11: error: include `lib/c` is not there for libc `c-3`

  8 │ include: [lib/c]
    │           ^^^^^
    it is for a-1.0, b-2
)");
}

TEST(Scenario, TheVariantOfAnIncludeHasNoThreads) {
  const Loaded loaded =
      load_text(with_lines("- x = 1") + "include: [lib/c]\nmachine: { libc: a }\n",
                {{"lib/c", "wakesim: 1\nvariants:\n  a:\n    threads: { u: [x = 1] }\n"}});
  EXPECT_EQ(loaded.errors(),
            R"(lib/c.yaml:4:5: error: variant `a` of an include has no key `threads`

  4 │     threads: { u: [x = 1] }
    │     ^^^^^^^
    it has about, include, constants, types, objects, functions
)");
}

TEST(Scenario, WindowsLineEndsAndByteOrderMarkAreHarmless) {
  std::string text = "\xef\xbb\xbfwakesim: 1\r\nname: t\r\nabout: x\r\nthreads: { t: [x = 1] }\r\n";
  const Loaded loaded = load_text(text);
  ASSERT_EQ(loaded.errors(), "");
  EXPECT_EQ(loaded.file.instances[0].threads[0].where.column, 12u);
}

TEST(Scenario, WordsThatYamlReadsAsBooleansAreNames) {
  EXPECT_EQ(program("- y = 1\n- n = y\n- on = n\n- yes = NULL"),
            "assign y = 1\nassign n = y\nassign on = n\nassign yes = NULL\n");
}

TEST(Scenario, LongFilesLoadQuickly) {
  std::string lines;
  for (int i = 0; i < 20'000; ++i) lines += "- x = 1\n";
  const Loaded loaded = load_text(with_lines(lines));
  ASSERT_EQ(loaded.errors(), "");
  EXPECT_EQ(loaded.file.instances[0].threads[0].body.size(), 20'000u);
}

}  // namespace
}  // namespace wakesim
