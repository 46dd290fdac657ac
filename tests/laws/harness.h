// What the laws share: scenario text to a compiled system, and that system as something which the
// naive explorer can search.

#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "sim/explore/check.h"
#include "sim/program/compiler.h"
#include "sim/program/executor.h"
#include "sim/program/system.h"
#include "sim/scenario/ast.h"
#include "sim/scenario/diagnostic.h"
#include "tests/oracle/stepper_explorer.h"

namespace wakesim::laws {

using Values = std::vector<std::int64_t>;

// True if WAKESIM_FULL=1: laws then run long.
bool is_full_run();

// True if WAKESIM_SEED names one program: shares mean nothing then.
bool is_single_seed();

// Seeds 0, 1, ... until there were enough programs or the time is over; thirty times both in a
// full run. WAKESIM_SEED=n gives that one alone.
class Seeds {
 public:
  Seeds(std::uint64_t programs, double seconds);

  bool has_next() const;
  std::uint64_t next() { return next_++; }

 private:
  std::uint64_t next_ = 0;
  std::uint64_t end_;
  double seconds_;
  std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
};

// The first instance of a scenario, compiled. Null, and a test failure that shows the diagnostics
// and the text, if it has errors.
std::unique_ptr<System> compile_text(const std::string& yaml, CompileOptions options = {});

// The scenario with a dialect switch set: "futex.wake-lifo=on".
std::string with_switch(const std::string& yaml, const std::string& setting);

// The whole graph, whatever is found on the way.
CheckResult search(const System& system, CheckOptions options = {});
std::set<Values> outcomes(const CheckResult& result);

// Every actor that may take a step, as the index of its place in Executor::actors().
std::vector<std::uint64_t> enabled_actors(const Executor& executor, const std::byte* state);

// The bytes that every run starts from.
std::string initial_state(const Executor& executor);

// One step of an enabled actor.
StepRecord take_step(const Executor& executor, std::string& state, Move move);

inline const std::byte* bytes(const std::string& state) {
  return reinterpret_cast<const std::byte*>(state.data());
}

// The system without wakesim's search: for oracle::explore(). The executor must outlive it.
oracle::Stepper stepper_of(const Executor& executor);

// The values of `observe:`.
Values observed(const Executor& executor, const std::string& state);
std::set<Values> observed(const Executor& executor, const std::set<std::string>& states);

// Threads that have not ended.
std::vector<int> stuck_threads(const Executor& executor, const std::string& state);

// "[0, 1, -11]", one a line.
std::string text(const std::set<Values>& outcomes);

}  // namespace wakesim::laws
