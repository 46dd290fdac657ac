// The second opinion. Random small programs run in wakesim, with its kernel-level models and its
// search, and in the naive world, written from the manual pages and searched naively. Both must
// reach the same outcomes: the same values of words and locals, the same threads stuck at the same
// lines.
//
// WAKESIM_FULL=1 runs many more. A failure names the seed; WAKESIM_SEED=n runs that program alone.

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <iterator>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "models/catalogue.h"
#include "tests/laws/harness.h"
#include "tests/oracle/explorer.h"
#include "tests/oracle/generator.h"

namespace wakesim::laws {
namespace {

constexpr std::size_t kNaiveStatesMax = 20000;
constexpr std::size_t kSteppedStatesMax = 60000;
constexpr int kFailuresMax = 3;

std::set<Values> without(const std::set<Values>& from, const std::set<Values>& what) {
  std::set<Values> result;
  std::set_difference(from.begin(), from.end(), what.begin(), what.end(),
                      std::inserter(result, result.end()));
  return result;
}

std::string difference(const oracle::Generated& generated, std::uint64_t seed,
                       const std::set<Values>& engine, const std::set<Values>& naive) {
  return "WAKESIM_SEED=" + std::to_string(seed) + "\n" + generated.yaml +
         "only wakesim reaches:\n" + text(without(engine, naive)) +
         "only the naive world reaches:\n" + text(without(naive, engine)) + "both reach " +
         std::to_string(engine.size() - without(engine, naive).size()) + "\n";
}

// How often the law said something.
struct Tally {
  int programs = 0;
  int skipped = 0;  // Too large for a naive search.
  int slept = 0;
  int woke = 0;
  int stuck = 0;
  int mixed_ends = 0;  // Some executions end well, others are stuck.

  void count(const oracle::Exploration& naive) {
    ++programs;
    slept += naive.someone_slept;
    woke += naive.someone_woke;
    const auto is_stuck = [](const oracle::Outcome& outcome) { return !outcome.stuck.empty(); };
    const bool some = std::any_of(naive.outcomes.begin(), naive.outcomes.end(), is_stuck);
    const bool all = std::all_of(naive.outcomes.begin(), naive.outcomes.end(), is_stuck);
    stuck += some;
    mixed_ends += some && !all;
  }

  void expect_enough() const {
    EXPECT_GE(slept * 100, programs * 60) << "too few programs in which a thread slept";
    EXPECT_GE(woke * 100, programs * 35) << "too few programs in which a thread was woken";
    EXPECT_GE(stuck * 100, programs * 40) << "too few programs in which a thread was stuck";
    EXPECT_GE(mixed_ends * 100, programs * 20) << "too few programs that depend on the schedule";
    EXPECT_LE(skipped * 100, programs * 15) << "too many programs were too large";
  }
};

// The models alone: every line and every named state of a call is a step, nothing is collapsed,
// cleared or reduced, and the search is the naive one.
TEST(OracleLaw, SteppedNaivelyTheModelsReachTheManualsOutcomes) {
  Seeds seeds(240, 4);
  Tally tally;
  int failures = 0;
  while (seeds.has_next() && failures < kFailuresMax) {
    const std::uint64_t seed = seeds.next();
    const oracle::Generated generated = oracle::generate(seed);
    const oracle::Exploration naive = oracle::explore(generated.program, kNaiveStatesMax / 10);
    if (!naive.is_complete) {
      ++tally.skipped;
      continue;
    }
    const auto system = compile_text(generated.yaml);
    if (system == nullptr) {
      ++failures;
      continue;
    }
    const Executor executor(*system, {.collapse = false, .dead_data = false});
    const oracle::StepperExploration stepped =
        oracle::explore(stepper_of(executor), kSteppedStatesMax);
    if (!stepped.is_complete) {
      ++tally.skipped;
      continue;
    }
    tally.count(naive);

    std::set<oracle::Outcome> outcomes;
    for (const std::string& state : stepped.at_rest) {
      outcomes.insert({observed(executor, state), stuck_threads(executor, state)});
    }
    if (outcomes != naive.outcomes) {
      ++failures;
      ADD_FAILURE() << difference(generated, seed, observed(executor, stepped.at_rest),
                                  oracle::observed_values(naive));
    }
  }
  if (!is_single_seed() && failures == 0) tally.expect_enough();
}

// The product: its own search of the canonical graph. `place` is observed, so that the sets also
// say which threads are stuck where.
TEST(OracleLaw, CheckReachesTheManualsOutcomes) {
  Seeds seeds(1500, 5);
  Tally tally;
  int failures = 0;
  while (seeds.has_next() && failures < kFailuresMax) {
    const std::uint64_t seed = seeds.next();
    const oracle::Generated generated = oracle::generate(seed);
    const oracle::Exploration naive = oracle::explore(generated.program, kNaiveStatesMax);
    if (!naive.is_complete) {
      ++tally.skipped;
      continue;
    }
    const auto system = compile_text(generated.yaml);
    if (system == nullptr) {
      ++failures;
      continue;
    }
    const CheckResult result = search(*system);
    EXPECT_TRUE(result.complete) << "seed " << seed;
    tally.count(naive);
    if (outcomes(result) != oracle::observed_values(naive)) {
      ++failures;
      ADD_FAILURE() << difference(generated, seed, outcomes(result),
                                  oracle::observed_values(naive));
    }
  }
  if (!is_single_seed() && failures == 0) tally.expect_enough();
}

// With all properties judged: something is doomed if and only if the naive world gets stuck, and
// the thread that the report names is one that is stuck in the naive world at the end of that very
// run.
TEST(OracleLaw, VerdictsNameThreadsThatAreStuck) {
  const std::string not_judged = "judge: []\n";
  const std::set<std::string> waits = {"no-lost-wakeup", "no-deadlock", "no-stuck-thread"};
  Seeds seeds(400, 3);
  Tally tally;
  int failures = 0;
  while (seeds.has_next() && failures < kFailuresMax) {
    const std::uint64_t seed = seeds.next();
    const oracle::Generated generated = oracle::generate(seed);
    const oracle::Exploration naive = oracle::explore(generated.program, kNaiveStatesMax);
    const std::string yaml = generated.yaml.substr(0, generated.yaml.size() - not_judged.size());
    ASSERT_EQ(yaml + not_judged, generated.yaml);
    if (!naive.is_complete) {
      ++tally.skipped;
      continue;
    }
    const auto system = compile_text(yaml);
    ASSERT_NE(system, nullptr);
    const CheckResult result = search(*system);
    tally.count(naive);

    std::set<std::string> stuck;  // Names of the threads that are stuck in some run.
    for (const oracle::Outcome& outcome : naive.outcomes) {
      for (const int thread : outcome.stuck) stuck.insert("t" + std::to_string(thread));
    }
    bool is_reported = false;
    for (const Violation& violation : result.violations) {
      if (waits.count(violation.property) == 0) continue;
      is_reported = true;
      if (stuck.count(violation.thread) == 0) {
        ++failures;
        ADD_FAILURE() << violation.property << " names " << violation.thread
                      << "\nWAKESIM_SEED=" << seed << "\n"
                      << yaml;
      }
    }
    if (is_reported == stuck.empty()) {
      ++failures;
      ADD_FAILURE() << "stuck threads: " << stuck.size() << "\nWAKESIM_SEED=" << seed << "\n"
                    << yaml;
    }
  }
  if (!is_single_seed() && failures == 0) tally.expect_enough();
}

// The law must be able to fail: documented bugs, switched on, lead to outcomes that the manual
// pages do not allow, or make others impossible. The bugs are the catalogue's.
struct KnownBug {
  std::string setting;
  std::vector<oracle::Profile> profiles;
};

// What the generator draws calls of; bugs of other models are for the library to catch.
struct DrawnModel {
  std::string_view name;
  std::vector<oracle::Profile> profiles;
};

// What the generator never draws, or what the manual pages leave open: docs/rules.md has a scenario
// for each.
constexpr std::string_view kBeyondTheGenerator[] = {
    // Signals.
    "futex.signal-beats-wake",
    "eventfd.signal-first",
    "poll.restarts",
    "poll.signal-first",
    "poll.zero-timeout-ignores-signal",
    "pipe.interrupted-swallows-wake",
    "pipe.no-sigpipe",
    "pipe.signal-first",
    "poll.ignores-sigmask",
    "poll.keeps-sigmask",
    "futex.never-restarts",
    "futex.timeout-restarts",
    // futex_waitv; wakes of 0, timeouts other than long ones, requeues onto the same word; what
    // FUTEX_WAKE_OP computes.
    "futex.waitv-lowest-index",
    "futex.waitv-mismatch-beats-wake",
    "futex.waitv-compares-first",
    "futex.waitv-takes-nothing",
    "futex.waitv-timeout-beats-wake",
    "futex.zero-wakes-nobody",
    "futex.zero-timeout-sleeps",
    "futex.takes-negative-timeout",
    "futex.bitset-timeout-relative",
    "futex.requeue-takes-negative",
    "futex.requeue-onto-itself-moves",
    "futex.wake-op-no-shift",
    "futex.wake-op-unsigned-operand",
    "futex.wake-op-always-equal",
    "futex.wake-op-compares-unsigned",
    "futex.wake-op-takes-any-op",
    "futex.wake-op-checks-cmp-first",
    // No wake comes late: fewer outcomes only where a thread sleeps in something else next.
    "futex.wakes-under-lock",
    // Negative timeouts, descriptors that are closed or negative, regular files, several sets of a
    // select; a poller beside a reader of one pipe.
    "poll.negative-timeout-is-zero",
    "poll.takes-negative-timespec",
    "poll.looks-up-once",
    "poll.negative-is-closed",
    "poll.nval-not-counted",
    "poll.err-hup-if-asked",
    "poll.needs-key",
    "poll.no-method-is-not-ready",
    "poll.select-skips-check",
    "poll.select-counts-descriptors",
    "poll.select-nval-is-nothing",
    "poll.select-hup-not-readable",
    "poll.select-hup-is-writable",
    "poll.select-err-not-readable",
    "poll.select-err-is-exceptional",
    "poll.links-at-tail",
    // Transfers over the end of a page, pipes that are polled, wakes that are one too many.
    "pipe.read-stops-at-page",
    "pipe.every-write-wakes",
    "pipe.every-read-wakes",
    "pipe.full-writer-tells-nobody",
    "pipe.never-merges",
    "pipe.merge-forgets-offset",
    "pipe.splits-small-writes",
    "pipe.long-write-whole-or-not",
    "pipe.blocking-write-partial",
    "pipe.epipe-beats-count",
    "pipe.capacity-not-rounded",
    "pipe.poll-forgets-in",
    "pipe.poll-forgets-out",
    "pipe.poll-forgets-hup",
    "pipe.poll-forgets-err",
    "pipe.hangup-is-readable",
    "pipe.looks-at-writers-first",
    // Arguments that are errors, calls that open an eventfd, writes of 0.
    "eventfd.takes-short-reads",
    "eventfd.takes-other-sizes",
    "eventfd.takes-any-flag",
    "eventfd.starts-at-zero",
    "eventfd.zero-wakes-nobody",
    // The kernel's own producers, and the counter that only they can reach.
    "eventfd.signal-wraps",
    "eventfd.signal-drops-mask",
    "eventfd.poll-forgets-err",
    // Wakes for nothing, which end in the same sleep.
    "eventfd.waits-at-head",
    "eventfd.sleepers-look-at-key",
    "poll.ignores-key",
};

bool is_drawn(const SwitchRow& row) {
  return std::find(std::begin(kBeyondTheGenerator), std::end(kBeyondTheGenerator), row.name) ==
         std::end(kBeyondTheGenerator);
}

std::vector<KnownBug> known_bugs() {
  using enum oracle::Profile;
  const DrawnModel drawn[] = {{"futex", {Futex, Requeue}},
                              {"eventfd", {Eventfd, EventfdFull}},
                              {"pipe", {Pipe, PipeFull}},
                              {"poll", {Poll}}};
  std::vector<KnownBug> bugs;
  for (const ModelTable& model : catalogue().models) {
    for (const DrawnModel& each : drawn) {
      if (each.name != model.name) continue;
      for (const SwitchRow& row : model.switches) {
        if (row.is_bug && is_drawn(row)) {
          bugs.push_back({std::string(row.name), each.profiles});
        }
      }
    }
  }
  return bugs;
}

// Does the program come out otherwise than the manual pages say?
bool is_noticed_by(std::uint64_t seed, oracle::Profile profile, const std::string& setting) {
  const oracle::Generated generated = oracle::generate(seed, profile);
  if (generated.program.is_tso) return false;  // It has a `machine:` of its own.
  const oracle::Exploration naive = oracle::explore(generated.program, kNaiveStatesMax);
  if (!naive.is_complete) return false;
  const auto system = compile_text(with_switch(generated.yaml, setting));
  return system != nullptr && outcomes(search(*system)) != oracle::observed_values(naive);
}

class OracleLawNotices : public testing::TestWithParam<KnownBug> {};

TEST_P(OracleLawNotices, AKnownBug) {
  constexpr std::uint64_t kPrograms = 600;
  for (std::uint64_t seed = 0; seed < kPrograms; ++seed) {
    for (const oracle::Profile profile : GetParam().profiles) {
      if (is_noticed_by(seed, profile, GetParam().setting)) return;
    }
  }
  FAIL() << GetParam().setting << " changed no outcome of " << kPrograms << " programs";
}

INSTANTIATE_TEST_SUITE_P(Switches, OracleLawNotices, testing::ValuesIn(known_bugs()),
                         [](const testing::TestParamInfo<KnownBug>& bug) {
                           std::string name;
                           for (const char c : bug.param.setting) {
                             if (std::isalpha(static_cast<unsigned char>(c)) != 0) name += c;
                           }
                           return name;
                         });

// A look at a queue is a plain load: the store before it may still be in the buffer (0, 0), which a
// look that waited would make impossible.
TEST(OracleLaw, ALookAtAQueueDoesNotWaitForTheStoreBuffer) {
  const auto system = compile_text(
      "wakesim: 1\nname: tests/look\nabout: A store, then a look.\n"
      "machine: { memory: tso }\nobjects:\n  x: word(0)\n  q: queue(1)\nthreads:\n"
      "  looker:\n    - x = 1\n    - n = len(q)\n"
      "  pusher:\n    - push(q, 7)\n    - r = x\n"
      "observe: [looker.n, pusher.r]\n");
  ASSERT_NE(system, nullptr);
  EXPECT_EQ(outcomes(search(*system)), (std::set<Values>{{0, 0}, {0, 1}, {1, 0}, {1, 1}}));
}

// Other ways to do the same, which no program can tell from the default.
TEST(OracleLaw, DialectsThatKeepThePromisesReachTheSameOutcomes) {
  const char* const kSettings[] = {"pipe.waits=all", "pipe.poll-usage=off"};
  const oracle::Profile kDrawn[] = {oracle::Profile::Pipe, oracle::Profile::PipeFull,
                                    oracle::Profile::Poll};
  for (const char* setting : kSettings) {
    for (const oracle::Profile profile : kDrawn) {
      for (std::uint64_t seed = 0; seed < (is_full_run() ? 2000 : 40); ++seed) {
        const oracle::Generated generated = oracle::generate(seed, profile);
        if (generated.program.is_tso) continue;
        const oracle::Exploration naive = oracle::explore(generated.program, kNaiveStatesMax);
        if (!naive.is_complete) continue;
        const std::string yaml = with_switch(generated.yaml, setting);
        const auto system = compile_text(yaml);
        ASSERT_NE(system, nullptr);
        const std::set<Values> reached = outcomes(search(*system));
        ASSERT_EQ(reached, oracle::observed_values(naive))
            << difference(generated, seed, reached, oracle::observed_values(naive)) << yaml;
      }
    }
  }
}

}  // namespace
}  // namespace wakesim::laws
