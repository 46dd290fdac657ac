// Laws of the engine: what must hold for every program, checked on random ones.
//
// WAKESIM_FULL=1 runs more of them. A failure names the seed; WAKESIM_SEED=n runs that program
// alone.

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "sim/schedule/token.h"
#include "tests/laws/harness.h"
#include "tests/laws/system_programs.h"
#include "tests/oracle/explorer.h"
#include "tests/oracle/generator.h"
#include "tests/oracle/stepper_explorer.h"

namespace wakesim::laws {
namespace {

constexpr int kFailuresMax = 3;

// Where a law takes its programs from: those that the naive objects know too, or the rest.
enum class Source { Naive, System };

class EngineLaws : public ::testing::TestWithParam<Source> {
 protected:
  static std::string program(std::uint64_t seed) {
    return GetParam() == Source::Naive ? oracle::generate(seed).yaml : system_program(seed);
  }
};

INSTANTIATE_TEST_SUITE_P(Programs, EngineLaws, ::testing::Values(Source::Naive, Source::System),
                         [](const ::testing::TestParamInfo<Source>& source) {
                           return source.param == Source::Naive ? "naive" : "system";
                         });

std::string about(std::uint64_t seed, const std::string& yaml) {
  return "WAKESIM_SEED=" + std::to_string(seed) + "\n" + yaml;
}

// ---- Collapse and dead data ---------------------------------------------------------------------

TEST_P(EngineLaws, CollapseAndDeadDataChangeNoOutcome) {
  int smaller = 0;
  int programs = 0;
  for (Seeds seeds(240, 1.5); seeds.has_next();) {
    const std::uint64_t seed = seeds.next();
    const std::string yaml = program(seed);
    const auto system = compile_text(yaml);
    ASSERT_NE(system, nullptr);
    const CheckResult canonical = search(*system);
    const CheckResult collapsed = search(*system, {.dead_data = false});
    const CheckResult cleared = search(*system, {.collapse = false});
    const CheckResult raw = search(*system, {.reduction = Reduction::Raw});
    ASSERT_TRUE(raw.complete);

    EXPECT_EQ(outcomes(canonical), outcomes(raw)) << about(seed, yaml);
    EXPECT_EQ(outcomes(collapsed), outcomes(raw)) << about(seed, yaml);
    EXPECT_EQ(outcomes(cleared), outcomes(raw)) << about(seed, yaml);
    EXPECT_LE(canonical.states, collapsed.states) << about(seed, yaml);
    EXPECT_LE(collapsed.states, raw.states) << about(seed, yaml);
    EXPECT_LE(cleared.states, raw.states) << about(seed, yaml);
    ++programs;
    smaller += canonical.states < raw.states;
    if (HasFailure()) return;
  }
  if (is_single_seed()) return;
  EXPECT_GE(smaller * 2, programs) << "too few programs had anything to collapse or clear";
}

// A handler between two local lines would see nothing of them, but a thread that is cancelled in it
// leaves its locals as they are: local lines have no length, so nothing comes between them.
TEST(EngineLaw, SignalsComeBeforeVisibleLinesInEveryMode) {
  const auto system = compile_text(R"(
wakesim: 1
name: t
about: t
judge: []
objects:
  efd: eventfd(0)
threads:
  victim:
    on SIGUSR1:
      - write(efd, 1)
    run:
      - r = -1
      - read(efd)
  killer:
    - kill(victim, SIGUSR1)
    - cancel(victim)
observe: [victim.r]
)");
  ASSERT_NE(system, nullptr);
  const CheckResult raw = search(*system, {.reduction = Reduction::Raw});
  EXPECT_EQ(outcomes(raw), (std::set<Values>{{-1}}));
  EXPECT_EQ(outcomes(search(*system)), outcomes(raw));
}

// ---- Footprints ---------------------------------------------------------------------------------

// A walk of random steps; `visit` sees every state on it, before the step.
template <class Visit>
void random_walk(const Executor& executor, oracle::Random& random, Visit visit) {
  constexpr int kStepsMax = 200;
  std::string state = initial_state(executor);
  for (int i = 0; i < kStepsMax; ++i) {
    const std::vector<std::uint64_t> able = enabled_actors(executor, bytes(state));
    visit(state, able);
    if (able.empty()) return;
    const Actor actor = executor.actors()[able[random.below(static_cast<int>(able.size()))]];
    std::string next = state;
    const StepRecord record = take_step(executor, next, {actor, 0});
    const auto choice = static_cast<std::uint32_t>(random.below(static_cast<int>(record.choices)));
    if (choice != 0) {
      next = state;
      take_step(executor, next, {actor, choice});
    }
    state = next;
  }
}

struct Taken {
  std::string state;
  Footprint footprint;
};

Taken taken(const Executor& executor, const std::string& state, std::uint64_t actor) {
  Taken result{state, {}};
  result.footprint = take_step(executor, result.state, {executor.actors()[actor], 0}).footprint;
  return result;
}

// Who watches runs the plain program, a search the one with fused instructions.
TEST_P(EngineLaws, AWatchedStepDoesTheSame) {
  for (Seeds seeds(150, 1.0); seeds.has_next();) {
    const std::uint64_t seed = seeds.next();
    const std::string yaml = program(seed);
    const auto system = compile_text(yaml);
    ASSERT_NE(system, nullptr);
    const Executor executor(*system);
    oracle::Random random(seed);
    random_walk(executor, random, [&](const std::string& state, const auto& able) {
      for (const std::uint64_t actor : able) {
        const Move move{executor.actors()[actor], 0};
        std::string unwatched = state;
        const StepRecord record = take_step(executor, unwatched, move);
        std::string watched = state;
        StepRecord again;
        again.region_end = 0xffff;  // A judge asks where the thread leaves its whole program.
        executor.step(reinterpret_cast<std::byte*>(watched.data()), move, again);
        ASSERT_EQ(unwatched, watched) << about(seed, yaml);
        ASSERT_EQ(record.footprint.reads, again.footprint.reads) << about(seed, yaml);
        ASSERT_EQ(record.footprint.writes, again.footprint.writes) << about(seed, yaml);
        ASSERT_EQ(record.lines, again.lines) << about(seed, yaml);
        ASSERT_EQ(record.fault, again.fault) << about(seed, yaml);
        ASSERT_FALSE(again.left_region) << about(seed, yaml);
      }
    });
    if (HasFatalFailure()) return;
  }
}

TEST_P(EngineLaws, StepsWithoutAConflictCommute) {
  int independent = 0;
  int conflicting = 0;
  for (Seeds seeds(600, 0.7); seeds.has_next();) {
    const std::uint64_t seed = seeds.next();
    const std::string yaml = program(seed);
    const auto system = compile_text(yaml);
    ASSERT_NE(system, nullptr);
    const Executor executor(*system);
    oracle::Random random(seed);

    random_walk(executor, random, [&](const std::string& state, const auto& able) {
      for (const std::uint64_t a : able) {
        const Taken first = taken(executor, state, a);
        for (const std::uint64_t b : able) {
          if (b <= a) continue;
          const Taken second = taken(executor, state, b);
          if (conflict(first.footprint, second.footprint)) {
            ++conflicting;
            continue;
          }
          ++independent;
          const bool both_go_on = executor.enabled(bytes(first.state), executor.actors()[b]) &&
                                  executor.enabled(bytes(second.state), executor.actors()[a]);
          EXPECT_TRUE(both_go_on) << "actors " << a << " and " << b << "\n" << about(seed, yaml);
          if (!both_go_on) continue;
          EXPECT_EQ(taken(executor, first.state, b).state, taken(executor, second.state, a).state)
              << "actors " << a << " and " << b << "\n"
              << about(seed, yaml);
        }
      }
    });
    if (HasFailure()) return;
  }
  if (is_single_seed()) return;
  EXPECT_GE(independent * 5, conflicting) << "too few independent pairs";
}

// Whoever takes steps one after the other asks only those actors again whose guard read what was
// written. The others must answer as before, and for the same reasons: a guard that now reads more
// would not be asked when that is written. A thread's timer, buffer and interrupt are actors too.
TEST_P(EngineLaws, StepsChangeOnlyTheGuardsThatTheyConflictWith) {
  int asked = 0;
  int changed = 0;
  int changed_of_same_thread = 0;
  for (Seeds seeds(600, 0.7); seeds.has_next();) {
    const std::uint64_t seed = seeds.next();
    const std::string yaml = program(seed);
    const auto system = compile_text(yaml);
    ASSERT_NE(system, nullptr);
    const Executor executor(*system);
    oracle::Random random(seed);

    random_walk(executor, random, [&](const std::string& state, const auto& able) {
      for (const std::uint64_t a : able) {
        const Taken after = taken(executor, state, a);
        for (std::uint64_t d = 0; d < executor.actors().size(); ++d) {
          if (a == d) continue;  // Its step may bring it to another line.
          const Actor other = executor.actors()[d];
          Footprint before;
          Footprint now;
          const bool was_enabled = executor.enabled(bytes(state), other, &before);
          const bool is_enabled = executor.enabled(bytes(after.state), other, &now);
          ++asked;
          if (was_enabled == is_enabled && before.reads == now.reads) continue;
          ++changed;
          changed_of_same_thread += executor.actors()[a].thread == other.thread;
          EXPECT_TRUE(after.footprint.writes.intersects(before.reads))
              << "actor " << a << " changes the guard of actor " << d
              << ", enabled: " << was_enabled << " -> " << is_enabled << "\n"
              << about(seed, yaml);
        }
      }
    });
    if (HasFailure()) return;
  }
  if (is_single_seed()) return;
  EXPECT_GE(changed * 100, asked) << "too few steps changed what others can do";
  if (GetParam() == Source::System) {
    EXPECT_GE(changed_of_same_thread * 1000, asked) << "too few of them of the same thread";
  }
}

TEST_P(EngineLaws, FootprintsLieInsideTheStaticFuture) {
  int steps = 0;
  for (Seeds seeds(600, 0.7); seeds.has_next();) {
    const std::uint64_t seed = seeds.next();
    const std::string yaml = program(seed);
    const auto system = compile_text(yaml);
    ASSERT_NE(system, nullptr);
    const Executor executor(*system);
    oracle::Random random(seed);

    random_walk(executor, random, [&](const std::string& state, const auto& able) {
      for (const std::uint64_t a : able) {
        const Actor actor = executor.actors()[a];
        if (actor.kind != ActorKind::Thread) continue;
        const Footprint& future =
            system->futures[index(actor.thread)][executor.pc(bytes(state), actor.thread)].footprint;
        const Footprint footprint = taken(executor, state, a).footprint;
        ++steps;
        EXPECT_TRUE(future.reads.contains(footprint.reads) &&
                    future.writes.contains(footprint.writes))
            << "actor " << a << "\n"
            << about(seed, yaml);
      }
    });
    if (HasFailure()) return;
  }
  if (is_single_seed()) return;
  EXPECT_GE(steps, 100);
}

// What the search checks when told to: bytes written lie in the footprint, bytes not read do not
// matter. It ends the program if a step lies.
TEST_P(EngineLaws, EveryStepOfASearchKeepsToItsFootprint) {
  for (Seeds seeds(60, 0.7); seeds.has_next();) {
    const std::uint64_t seed = seeds.next();
    const std::string yaml = program(seed);
    const auto system = compile_text(yaml);
    ASSERT_NE(system, nullptr);
    EXPECT_TRUE(search(*system, {.verify_footprints = true}).complete);
  }
}

// ---- Replay and determinism ---------------------------------------------------------------------

// The state that a token leads to; nothing, and a failure, if a step of it cannot be taken.
std::optional<std::string> replay(const Executor& executor, const std::string& token) {
  const std::optional<TokenHead> head = read_token_head(token);
  const std::optional<Schedule> schedule =
      head ? read_runs(executor, head->runs) : std::optional<Schedule>();
  if (!schedule) {
    ADD_FAILURE() << "not a token of this scenario: " << token;
    return std::nullopt;
  }
  std::string state = initial_state(executor);
  for (const Move& move : *schedule) {
    if (!executor.enabled(bytes(state), move.actor)) {
      ADD_FAILURE() << "a step of " << token << " cannot be taken";
      return std::nullopt;
    }
    take_step(executor, state, move);
  }
  return state;
}

TEST_P(EngineLaws, EveryOutcomesTokenLeadsThere) {
  int tokens = 0;
  for (Seeds seeds(360, 1); seeds.has_next();) {
    const std::uint64_t seed = seeds.next();
    const std::string yaml = program(seed);
    const auto system = compile_text(yaml);
    ASSERT_NE(system, nullptr);
    const Executor executor(*system);
    for (const Outcome& outcome : search(*system).outcomes) {
      const std::optional<std::string> end = replay(executor, outcome.token);
      ASSERT_TRUE(end.has_value()) << about(seed, yaml);
      Values values;
      for (const auto& [key, value] : outcome.values) values.push_back(value);
      ASSERT_EQ(observed(executor, *end), values) << about(seed, yaml);
      ASSERT_TRUE(enabled_actors(executor, bytes(*end)).empty()) << about(seed, yaml);
      ++tokens;
    }
  }
  if (is_single_seed()) return;
  EXPECT_GE(tokens, 10);
}

// The number of steps to the nearest state in which `holds`; -1 if there is none.
template <class Holds>
int distance(const Executor& executor, Holds holds) {
  const oracle::Stepper stepper = stepper_of(executor);
  std::set<std::string> seen{stepper.initial};
  std::vector<std::string> level{stepper.initial};
  for (int steps = 0; !level.empty(); ++steps) {
    std::vector<std::string> next_level;
    for (const std::string& state : level) {
      if (holds(state)) return steps;
      for (const std::uint64_t move : stepper.moves(state)) {
        for (const std::string& next : stepper.apply(state, move)) {
          if (seen.insert(next).second) next_level.push_back(next);
        }
      }
    }
    level = std::move(next_level);
  }
  return -1;
}

// `never x0 == 2`: the counterexample is as short as the naive search says, and replays.
TEST(EngineLaw, CounterexamplesAreShortestAndReplay) {
  int violated = 0;
  int proved = 0;
  for (Seeds seeds(240, 1.5); seeds.has_next();) {
    const std::uint64_t seed = seeds.next();
    const oracle::Generated generated = oracle::generate(seed);
    const std::string yaml = generated.yaml + "properties:\n  not-two: never x0 == 2\n";
    const auto system = compile_text(yaml);
    ASSERT_NE(system, nullptr);
    const Executor executor(*system);
    const auto is_two = [&](const std::string& state) { return observed(executor, state)[0] == 2; };
    const CheckResult result = search(*system);
    const int steps = distance(executor, is_two);
    ASSERT_EQ(result.verdict == Verdict::Violated, steps >= 0) << about(seed, yaml);
    if (steps < 0) {
      ++proved;
      continue;
    }
    ++violated;
    ASSERT_TRUE(result.counterexample.has_value()) << about(seed, yaml);
    EXPECT_EQ(static_cast<int>(result.counterexample->steps.size()), steps) << about(seed, yaml);
    const std::optional<std::string> end = replay(executor, result.counterexample->token);
    ASSERT_TRUE(end.has_value()) << about(seed, yaml);
    EXPECT_TRUE(is_two(*end)) << about(seed, yaml);
    if (HasFailure()) return;
  }
  if (is_single_seed()) return;
  EXPECT_GE(violated * 10, violated + proved);
  EXPECT_GE(proved * 10, violated + proved);
}

// Everything that a user sees of a search, times aside.
auto facts(const CheckResult& result) {
  std::vector<std::pair<std::vector<std::pair<std::string, std::int64_t>>, std::string>> outcomes;
  for (const Outcome& outcome : result.outcomes) {
    outcomes.emplace_back(outcome.values, outcome.token);
  }
  return std::tuple(result.verdict, result.complete, result.states, result.transitions,
                    result.depth, outcomes);
}

TEST(EngineLaw, TwoRunsGiveTheSameAnswer) {
  for (Seeds seeds(120, 1); seeds.has_next();) {
    const std::uint64_t seed = seeds.next();
    const oracle::Generated generated = oracle::generate(seed);
    const auto first = compile_text(generated.yaml);
    const auto second = compile_text(generated.yaml);
    ASSERT_NE(first, nullptr);
    ASSERT_NE(second, nullptr);
    EXPECT_EQ(first->digest, second->digest);
    // The size of the table changes nothing either.
    EXPECT_EQ(facts(search(*first)), facts(search(*second, {.presize = 100000})))
        << about(seed, generated.yaml);
  }
}

// ---- Names and order of declarations ------------------------------------------------------------

std::string renamed(const std::string& word) {
  static const std::map<std::string, std::string> kWhole = {
      {"place", "zz_where"}, {"list", "answer"}, {"sum", "before"}, {"generated", "elsewhere"}};
  static const std::map<char, std::string> kNumbered = {
      {'x', "yonder"}, {'e', "bell"},  {'p', "tube"}, {'m', "door"},
      {'q', "basket"}, {'t', "actor"}, {'r', "got"}};
  if (const auto whole = kWhole.find(word); whole != kWhole.end()) return whole->second;
  const auto numbered = kNumbered.find(word[0]);
  const bool has_number =
      word.size() > 1 && std::all_of(word.begin() + 1, word.end(),
                                     [](unsigned char c) { return std::isdigit(c) != 0; });
  return numbered != kNumbered.end() && has_number ? numbered->second + word.substr(1) : word;
}

std::string rename_all(const std::string& yaml) {
  std::string result;
  std::string word;
  for (const char c : yaml + "\n") {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_') {
      word += c;
      continue;
    }
    if (!word.empty()) result += renamed(word);
    word.clear();
    result += c;
  }
  result.pop_back();
  return result;
}

// Reverses the entries below `key:`; an entry is a line of one indentation and what is below it.
std::string reverse_entries(const std::string& yaml, const std::string& key) {
  const std::size_t begin = yaml.find("\n" + key + ":\n") + key.size() + 3;
  std::size_t end = begin;
  std::vector<std::string> entries;
  while (yaml.compare(end, 2, "  ") == 0) {
    const std::size_t next = yaml.find('\n', end) + 1;
    const std::string line = yaml.substr(end, next - end);
    if (line[2] == ' ') {
      entries.back() += line;
    } else {
      entries.push_back(line);
    }
    end = next;
  }
  std::string reversed;
  for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) reversed += *entry;
  return yaml.substr(0, begin) + reversed + yaml.substr(end);
}

TEST(EngineLaw, NamesAndOrderOfDeclarationsDoNotMatter) {
  for (Seeds seeds(300, 1.5); seeds.has_next();) {
    const std::uint64_t seed = seeds.next();
    const oracle::Generated generated = oracle::generate(seed);
    std::string other = reverse_entries(rename_all(generated.yaml), "threads");
    // select() looks at descriptors in the order of their numbers.
    if (other.find("select(") == std::string::npos) other = reverse_entries(other, "objects");
    const auto system = compile_text(generated.yaml);
    const auto other_system = compile_text(other);
    ASSERT_NE(system, nullptr);
    ASSERT_NE(other_system, nullptr);
    const CheckResult result = search(*system);
    const CheckResult other_result = search(*other_system);
    EXPECT_EQ(result.verdict, other_result.verdict);
    EXPECT_EQ(result.states, other_result.states);
    EXPECT_EQ(result.transitions, other_result.transitions);
    EXPECT_EQ(result.depth, other_result.depth);
    EXPECT_EQ(outcomes(result), outcomes(other_result));
    if (HasFailure()) FAIL() << about(seed, generated.yaml) << "\n" << other;
  }
}

// ---- The two layouts ----------------------------------------------------------------------------

// The same schedule, step by step: the same actors can move, the same values are observed.
TEST(EngineLaw, SearchAndTimedLayoutsAgree) {
  int programs = 0;
  int ended = 0;
  int failures = 0;
  for (Seeds seeds(600, 0.7); seeds.has_next() && failures < kFailuresMax;) {
    const std::uint64_t seed = seeds.next();
    const oracle::Generated generated = oracle::generate(seed);
    // In timed runs timers go by the clock and store buffers do not exist.
    if (generated.program.is_tso || generated.yaml.find("=10ms") != std::string::npos) continue;
    const auto dense = compile_text(generated.yaml);
    const auto linked = compile_text(generated.yaml, {.layout = LayoutKind::Timed});
    ASSERT_NE(dense, nullptr);
    ASSERT_NE(linked, nullptr);
    const Executor dense_executor(*dense);
    const Executor linked_executor(*linked);
    oracle::Random random(seed);

    ++programs;
    std::string state = initial_state(dense_executor);
    std::string linked_state = initial_state(linked_executor);
    for (int i = 0; i < 200; ++i) {
      const auto able = enabled_actors(dense_executor, bytes(state));
      const auto linked_able = enabled_actors(linked_executor, bytes(linked_state));
      if (able != linked_able ||
          observed(dense_executor, state) != observed(linked_executor, linked_state)) {
        ++failures;
        ADD_FAILURE() << "after " << i << " steps\n" << about(seed, generated.yaml);
        break;
      }
      if (able.empty()) {
        ++ended;
        break;
      }
      const std::uint64_t actor = able[random.below(static_cast<int>(able.size()))];
      take_step(dense_executor, state, {dense_executor.actors()[actor], 0});
      take_step(linked_executor, linked_state, {linked_executor.actors()[actor], 0});
    }
  }
  if (is_single_seed()) return;
  EXPECT_GE(ended * 2, programs) << "too few runs came to their end";
}

// ---- Published counts with and without the two reductions
// -----------------------------------------
//
// The counts of the canonical graph and with dead locals kept are published or come from an
// independent prototype. In the raw graph a thread's last step, leaving, is a state of its own; so
// does the naive explorer count when each thread gets one more local operation.

using oracle::Operation;

// States of the canonical graph, with dead locals kept, and with every line a step of its own.
std::vector<std::uint64_t> counted(const std::string& yaml) {
  const auto system = compile_text(yaml);
  if (system == nullptr) return {};
  return {search(*system).states, search(*system, {.dead_data = false}).states,
          search(*system, {.reduction = Reduction::Raw}).states};
}

std::uint64_t counted_naively(oracle::Program program, bool leaves) {
  for (oracle::ThreadProgram& thread : program.threads) {
    // A jump to the end.
    const std::size_t end = thread.operations.size() + 1;
    if (leaves) thread.operations.push_back({.kind = Operation::Kind::Jump, .target = end});
  }
  return oracle::explore(program, 2000000).states;
}

std::string scenario(const std::string& objects, const std::string& threads) {
  return "wakesim: 1\nname: law/count\nabout: A program with a known number of "
         "states.\nobjects:\n" +
         objects + "threads:\n" + threads + "judge: []\n";
}

TEST(EngineCounts, Readers) {
  constexpr int kReaders = 5;
  oracle::Program program{
      .words = {0},
      .threads = {{{{.kind = Operation::Kind::Store, .object = 0, .a = oracle::constant(42)}}, 0}}};
  std::string threads = "  writer:\n    - x = 42\n";
  for (int i = 0; i < kReaders; ++i) {
    threads += "  t" + std::to_string(i) + ":\n    - r = load(x)\n";
    program.threads.push_back(
        {{{.kind = Operation::Kind::Load, .object = 0, .destination = 0}}, 1});
  }
  EXPECT_EQ(counted_naively(program, false), 275u);  // 2^5 + 3^5
  EXPECT_EQ(counted(scenario("  x: word(0)\n", threads)),
            (std::vector<std::uint64_t>{64, 275, counted_naively(program, false)}));
}

TEST(EngineCounts, EightReaders) {
  std::string threads = "  writer:\n    - x = 42\n";
  for (int i = 0; i < 8; ++i) {
    threads += "  t" + std::to_string(i) + ":\n    - r = load(x)\n";
  }
  const auto system = compile_text(scenario("  x: word(0)\n", threads));
  ASSERT_NE(system, nullptr);
  EXPECT_EQ(search(*system).states, 512u);
  EXPECT_EQ(search(*system, {.dead_data = false}).states, 6817u);
}

TEST(EngineCounts, AtomicIncrements) {
  oracle::Program program{.words = {0}};
  std::string threads;
  for (int i = 0; i < 5; ++i) {
    threads += "  t" + std::to_string(i) + ":\n    - r = fetch_add(x, 1)\n";
    program.threads.push_back({{{.kind = Operation::Kind::FetchAdd,
                                 .object = 0,
                                 .a = oracle::constant(1),
                                 .destination = 0}},
                               1});
  }
  EXPECT_EQ(counted_naively(program, false), 326u);
  EXPECT_EQ(counted(scenario("  x: word(0)\n", threads)),
            (std::vector<std::uint64_t>{32, 326, counted_naively(program, false)}));
}

TEST(EngineCounts, StoreBufferRing) {
  oracle::Program program{.words = {0, 0, 0, 0, 0}};
  std::string threads;
  for (int i = 0; i < 5; ++i) {
    threads += "  t" + std::to_string(i) + ":\n    - x[" + std::to_string(i) +
               "] = 1\n    - r = load(x[" + std::to_string((i + 1) % 5) + "])\n";
    program.threads.push_back(
        {{{.kind = Operation::Kind::Store, .object = i, .a = oracle::constant(1)},
          {.kind = Operation::Kind::Load, .object = (i + 1) % 5, .destination = 0}},
         1});
  }
  EXPECT_EQ(counted_naively(program, false), 723u);
  EXPECT_EQ(counted(scenario("  x: word[5](0)\n", threads)),
            (std::vector<std::uint64_t>{243, 723, counted_naively(program, false)}));
}

TEST(EngineCounts, LastZero) {
  std::string threads = "  reader:\n    - i = 7\n    - while a[i] != 0:\n        - i -= 1\n";
  for (int j = 1; j <= 7; ++j) {
    threads += "  t" + std::to_string(j) + ":\n    - r = a[" + std::to_string(j - 1) +
               "]\n    - a[" + std::to_string(j) + "] = r + 1\n";
  }
  const auto system = compile_text(scenario("  a: word[8](0)\n", threads));
  ASSERT_NE(system, nullptr);
  EXPECT_EQ(search(*system).states, 22093u);
  EXPECT_EQ(search(*system, {.dead_data = false}).states, 26642u);
}

// Its mirror image, for the naive explorer: each writer copies what stands below, the reader looks
// for the last one from the top. The loop of the reader is unrolled.
TEST(EngineCounts, LastOne) {
  constexpr int kWriters = 4;
  oracle::Program program{.words = {1, 0, 0, 0, 0}};
  std::string threads = "  reader:\n    - i = 4\n    - while a[i] == 0:\n        - i -= 1\n";
  std::vector<Operation> reader;
  const std::size_t end = 2 * (kWriters + 1);
  reader.push_back(
      {.kind = Operation::Kind::Set, .a = oracle::constant(kWriters), .destination = 0});
  for (int i = kWriters; i >= 0; --i) {
    reader.push_back({.kind = Operation::Kind::JumpUnlessWord,
                      .object = i,
                      .b = oracle::constant(0),
                      .comparison = oracle::Comparison::Equal,
                      .target = end});
    if (i > 0) {
      reader.push_back(
          {.kind = Operation::Kind::Set, .a = oracle::constant(i - 1), .destination = 0});
    }
  }
  program.threads.push_back({reader, 1});
  for (int j = 1; j <= kWriters; ++j) {
    threads += "  t" + std::to_string(j) + ":\n    - r = a[" + std::to_string(j - 1) +
               "]\n    - a[" + std::to_string(j) + "] = r\n";
    program.threads.push_back(
        {{{.kind = Operation::Kind::Load, .object = j - 1, .destination = 0},
          {.kind = Operation::Kind::Store, .object = j, .a = oracle::local(0)}},
         1});
  }
  const auto system = compile_text(scenario("  a: [1, 0, 0, 0, 0]\n", threads));
  ASSERT_NE(system, nullptr);
  EXPECT_EQ(search(*system, {.reduction = Reduction::Raw}).states, counted_naively(program, false));
}

}  // namespace
}  // namespace wakesim::laws
