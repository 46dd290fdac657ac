// What a search found out: the answer of `check`, as data. tools/ prints it.

#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/scenario/diagnostic.h"
#include "sim/trace/trace.h"

namespace wakesim {

enum class Verdict : std::uint8_t { Proved, Bounded, Sampled, Violated, Unknown };
std::string_view verdict_name(Verdict verdict);  // "proved", ...

// One broken property and the reason in the words of the program.
struct Violation {
  std::string property;         // "no-lost-wakeup", or the user's own name.
  std::string thread;           // Whom it concerns; may be empty.
  std::string object;           // On what; may be empty.
  std::string sentence;         // "waiter sleeps for ever, although ready == 1"
  std::string cause;            // Why, one or two sentences naming steps.
  Location where;               // The line that thread is at.
  std::uint32_t doomed_at = 0;  // Number of the first step after which it was certain; 0: none.
};

// A property of `sometimes`, and the run that shows it, if one exists.
struct Witness {
  std::string property;
  std::string text;
  bool reached = false;
  std::string token;
};

// The values of `observe:` in a terminal state.
struct Outcome {
  std::vector<std::pair<std::string, std::int64_t>> values;  // In the order of `observe:`.
  std::vector<std::string>
      shown;  // The same for people: -EINTR where that is what a call returned.
  std::string token;
};

// A row of `deadlock`-like reports: who sleeps where.
struct Sleeper {
  std::string thread;
  std::string call;    // "futex_wait"
  std::string object;  // "lock"
  std::string owner;   // Who could end it, where an object has an owner; else empty.
  Location where;
};

// A line that no execution reached.
struct UnreachedLine {
  std::string thread;
  Location where;
  std::string text;
};

struct SearchStatistics {
  double seconds = 0;
  std::uint64_t memory_bytes = 0;  // Visited set, parents and frontier, at their peak.
  double bytes_per_state = 0;      // Without the frontier.
};

struct CheckResult {
  Verdict verdict = Verdict::Unknown;
  std::vector<Violation> violations;  // The headline first; empty unless Violated.
  bool complete = false;              // Every reachable state was visited.
  std::uint64_t states = 0;
  std::uint64_t transitions = 0;
  std::uint32_t depth = 0;
  std::string memory;             // "sc", "tso"
  std::string bound;              // Bounded: which. Unknown: which limit was reached.
  std::string advice;             // What would help; the --max-states that repeats a limited run.
  std::vector<Outcome> outcomes;  // Sorted by values.
  std::vector<Witness> witnesses;
  std::vector<Sleeper> sleepers;   // In the state of the counterexample.
  std::vector<std::string> notes;  // "memory sc: store buffers could matter at lines 12 and 17"
  std::vector<UnreachedLine> unreached;  // Only when the search was complete.
  std::uint32_t lines = 0;               // Program lines, and how many were executed.
  std::uint32_t lines_reached = 0;
  std::vector<std::string> resting_services;  // Service threads asleep at the end of some run.
  std::optional<std::uint64_t> schedules;     // With --count schedules; absent if not asked for,
  bool schedules_infinite = false;            // true: the graph has cycles.
  std::optional<Trace> counterexample;
  std::vector<std::string> reductions;  // Which were on: "collapse", "dead-data".
  std::string omission;                 // "fingerprints of 128 bits: odds of an omission 1e-27"
  SearchStatistics statistics;
};

}  // namespace wakesim
