#include "tests/laws/harness.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>

#include "models/catalogue.h"
#include "properties/judges.h"
#include "sim/scenario/loader.h"

namespace wakesim::laws {

namespace {

std::byte* bytes(std::string& state) { return reinterpret_cast<std::byte*>(state.data()); }

std::string text(const Diagnostics& diagnostics, const SourceFiles& sources) {
  std::string result;
  for (const Diagnostic& diagnostic : diagnostics.all()) result += render(diagnostic, sources);
  return result;
}

}  // namespace

bool is_full_run() {
  const char* value = std::getenv("WAKESIM_FULL");
  return value != nullptr && std::strcmp(value, "1") == 0;
}

bool is_single_seed() { return std::getenv("WAKESIM_SEED") != nullptr; }

Seeds::Seeds(std::uint64_t programs, double seconds)
    : end_(is_full_run() ? programs * 30 : programs),
      seconds_(is_full_run() ? seconds * 30 : seconds) {
  if (const char* seed = std::getenv("WAKESIM_SEED")) {
    next_ = std::strtoull(seed, nullptr, 0);
    end_ = next_ + 1;
  }
}

bool Seeds::has_next() const {
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - start_;
  return next_ < end_ && (elapsed.count() < seconds_ || is_single_seed());
}

std::unique_ptr<System> compile_text(const std::string& yaml, CompileOptions options) {
  Diagnostics diagnostics;
  const ast::File file = load_scenario("law.yaml", yaml, LoadOptions{}, diagnostics);
  std::unique_ptr<System> system;
  if (!diagnostics.has_errors() && !file.instances.empty()) {
    system = compile(file.instances.front(), file.sources, catalogue(), options, diagnostics);
  }
  if (system == nullptr) ADD_FAILURE() << text(diagnostics, file.sources) << "\n" << yaml;
  return system;
}

std::string with_switch(const std::string& yaml, const std::string& setting) {
  const std::string switches = "switches: [" + setting + "]";
  std::string result = yaml;
  const std::string machine = "machine: { ";
  const std::size_t known = result.find(machine);
  if (known != std::string::npos) return result.insert(known + machine.size(), switches + ", ");
  return result.insert(result.find("objects:"), machine + switches + " }\n");
}

CheckResult search(const System& system, CheckOptions options) {
  options.whole_graph = true;
  return check(system, DefaultJudge(), options);
}

std::set<Values> outcomes(const CheckResult& result) {
  std::set<Values> all;
  for (const Outcome& outcome : result.outcomes) {
    Values values;
    for (const auto& [key, value] : outcome.values) values.push_back(value);
    all.insert(values);
  }
  return all;
}

std::vector<std::uint64_t> enabled_actors(const Executor& executor, const std::byte* state) {
  std::vector<std::uint64_t> result;
  const std::vector<Actor>& actors = executor.actors();
  for (std::size_t i = 0; i < actors.size(); ++i) {
    if (executor.enabled(state, actors[i])) result.push_back(i);
  }
  return result;
}

std::string initial_state(const Executor& executor) {
  StepRecord record;
  const std::vector<std::byte> state = executor.initial_state(record);
  return {reinterpret_cast<const char*>(state.data()), state.size()};
}

StepRecord take_step(const Executor& executor, std::string& state, Move move) {
  StepRecord record;
  executor.step(bytes(state), move, record);
  return record;
}

oracle::Stepper stepper_of(const Executor& executor) {
  oracle::Stepper stepper;
  stepper.initial = initial_state(executor);
  stepper.moves = [&executor](const std::string& state) {
    return enabled_actors(executor, bytes(state));
  };
  stepper.apply = [&executor](const std::string& state, std::uint64_t actor) {
    std::vector<std::string> results{state};
    const std::uint32_t choices =
        take_step(executor, results.front(), {executor.actors()[actor], 0}).choices;
    for (std::uint32_t choice = 1; choice < choices; ++choice) {
      results.push_back(state);
      take_step(executor, results.back(), {executor.actors()[actor], choice});
    }
    return results;
  };
  return stepper;
}

Values observed(const Executor& executor, const std::string& state) {
  const System& system = executor.system();
  Values values;
  for (const CompiledObservation& observation : system.observations) {
    values.push_back(executor.evaluate(bytes(state), system.expressions[observation.code]));
  }
  return values;
}

std::set<Values> observed(const Executor& executor, const std::set<std::string>& states) {
  std::set<Values> result;
  for (const std::string& state : states) result.insert(observed(executor, state));
  return result;
}

std::vector<int> stuck_threads(const Executor& executor, const std::string& state) {
  std::vector<int> result;
  for (std::size_t i = 0; i < executor.system().thread_count(); ++i) {
    if (!executor.has_ended(bytes(state), static_cast<ThreadId>(i))) {
      result.push_back(static_cast<int>(i));
    }
  }
  return result;
}

std::string text(const std::set<Values>& outcomes) {
  std::string result;
  for (const Values& values : outcomes) {
    result += "  [";
    for (std::size_t i = 0; i < values.size(); ++i) {
      result += (i == 0 ? "" : ", ") + std::to_string(values[i]);
    }
    result += "]\n";
  }
  return result;
}

}  // namespace wakesim::laws
