// Every switch that is a bug is caught: switched on, it changes the verdict of some scenario of the
// library. The list is the catalogue's, so a new bug needs a scenario that notices it.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "models/catalogue.h"
#include "tools/cli/files.h"
#include "tools/cli/session.h"

namespace wakesim {
namespace {

constexpr std::uint64_t kStatesMax = 5'000;

struct Bug {
  std::string model;
  std::string name;
  std::string value;
};

std::vector<Bug> bugs() {
  std::vector<Bug> all;
  for (const ModelTable& model : catalogue().models) {
    for (const SwitchRow& row : model.switches) {
      if (row.is_bug)
        all.push_back(
            {std::string(model.name), std::string(row.name), std::string(row.values.back())});
    }
  }
  return all;
}

// Scenarios of the bug's own folder first: most bugs are caught there.
std::vector<std::string> library(const std::string& model) {
  std::vector<std::string> paths = expand_files({WAKESIM_SOURCE_DIR "/scenarios"});
  std::stable_partition(paths.begin(), paths.end(), [&model](const std::string& path) {
    return path.find("/scenarios/" + model + "/") != std::string::npos;
  });
  return paths;
}

// Does the bug make another verdict of what its author expects without it?
bool is_caught_in(const std::string& path, const Bug& bug) {
  Arguments arguments;
  arguments.states_max = kStatesMax;
  const LoadedFile plain = load({.path = path, .is_compiled = false}, arguments);
  arguments.switches = {{bug.name, bug.value}};
  const LoadedFile mutated = load({.path = path}, arguments);
  for (std::size_t i = 0; i < mutated.programs.size(); ++i) {
    // What a variant that has the switch itself expects says nothing about it.
    const auto& own = plain.file.instances[i].machine.switches;
    const bool has_own = std::any_of(own.begin(), own.end(),
                                     [&bug](const auto& entry) { return entry.first == bug.name; });
    if (has_own) continue;
    const Answer answer = check_program(mutated.programs[i], arguments, {});
    if (answer.comparison.match == Match::Different) return true;
  }
  return false;
}

class Mutants : public testing::TestWithParam<Bug> {};

TEST_P(Mutants, IsCaughtByAScenario) {
  for (const std::string& path : library(GetParam().model)) {
    if (is_caught_in(path, GetParam())) return;
  }
  FAIL() << "no scenario of the library comes out otherwise with " << GetParam().name;
}

INSTANTIATE_TEST_SUITE_P(Switches, Mutants, testing::ValuesIn(bugs()), [](const auto& bug) {
  std::string name = bug.param.name;
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '.' || c == '-'; }, '_');
  return name;
});

}  // namespace
}  // namespace wakesim
