// Which files a command is about.

#pragma once

#include <string>
#include <vector>

namespace wakesim {

// Replaces each directory by the *.yaml files below it, sorted, without folders called `lib` or
// `include`: those hold parts of scenarios. Everything else stays as it is, also if it does not
// exist: the loader says so.
std::vector<std::string> expand_files(const std::vector<std::string>& words);

// The text of `include: [NAME]`, sought as NAME.yaml beside the including file, then in the folders
// above it, then in the scenario library. Empty path: not found.
struct IncludedFile {
  std::string path;
  std::string text;
};
IncludedFile find_include(const std::string& name, const std::string& from);

// Names of the includes that a file could name: those in the folders `lib` that find_include()
// looks into.
std::vector<std::string> includes_in_reach(const std::string& from);

// The library of scenarios: $WAKESIM_SCENARIOS, else ./scenarios.
std::string scenario_library();

}  // namespace wakesim
