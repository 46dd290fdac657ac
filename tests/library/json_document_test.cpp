// docs/json.md is the contract of `--format json`: its example is what the program prints, every
// name that the program prints is in it, and every name in it is printed by something.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/tools/scratch.h"
#include "tools/cli/files.h"
#include "tools/cli/session.h"
#include "tools/report/check_json.h"

namespace wakesim {
namespace {

using Json = nlohmann::json;

constexpr std::uint64_t kStatesMax = 2'000;

std::string document() {
  std::ifstream file("docs/json.md");
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// First column of every table.
std::set<std::string> documented_names() {
  std::set<std::string> names;
  std::istringstream lines(document());
  for (std::string line; std::getline(lines, line);) {
    if (line.starts_with("| `")) names.insert(line.substr(3, line.find('`', 3) - 3));
  }
  return names;
}

std::set<std::string> without(std::set<std::string> from, const std::set<std::string>& what) {
  std::erase_if(from, [&what](const std::string& name) { return what.count(name) != 0; });
  return from;
}

bool is_keyed_by_scenario(const std::string& name) {
  return name == "cell" || name == "values" || name == "changed" || name == "initial";
}

// The document writes names relative to what its section is about.
std::string relative(std::string path) {
  for (const char* about : {"results[].", "counterexample.", "witness.", "trace."}) {
    if (path.starts_with(about)) path.erase(0, std::string_view(about).size());
  }
  return path;
}

void collect(const Json& json, const std::string& path, std::set<std::string>& names) {
  if (json.is_array()) {
    for (const Json& item : json) {
      if (!item.is_structured()) names.insert(relative(path + "[]"));
      collect(item, path + "[]", names);
    }
    return;
  }
  if (!json.is_object()) return;
  const std::string last = path.substr(path.rfind('.') + 1);
  for (const auto& [key, value] : json.items()) {
    const std::string name =
        (path.empty() ? "" : path + ".") + (is_keyed_by_scenario(last) ? "*" : key);
    names.insert(relative(name));
    collect(value, name, names);
  }
}

void collect_library(std::set<std::string>& names) {
  Arguments arguments;
  arguments.states_max = kStatesMax;
  arguments.counts.schedules = true;
  for (const std::string& path : expand_files({"scenarios"})) {
    const LoadedFile file = load({.path = path}, arguments);
    std::vector<Answer> answers;
    for (const Program& program : file.programs) {
      answers.push_back(check_program(program, arguments, {}));
    }
    collect(Json::parse(check_json(answers, {.has_statistics = true})), "", names);
    const RunReport timed = run_program(file.programs.front(), {.steps_kept = 200});
    collect(Json::parse(run_json(timed, true)), "", names);
  }
}

// A sleeper in an include.
constexpr const char* kPart = R"(wakesim: 1
name: tests/part
about: A function for an include.
functions:
  wait_for_ever(seq):
    - futex_wait(seq, 0)
)";
constexpr const char* kWhole = R"(wakesim: 1
name: tests/whole
about: A program whose thread sleeps in an include.
include: [part]
objects:
  seq: word(0)
threads:
  sleeper:
    - wait_for_ever(seq)
  ticker:
    - forever:
        - xchg(seq, 1)
        - xchg(seq, 0)
variants:
  lost: { expect: { violated: no-lost-wakeup } }
  content:
    judge: []
    expect: proved
)";

class JsonDocument : public testing::Test {
 protected:
  // Runs at the root of the project.
  static Json print(const std::string& words) {
    const ShellResult result = run_shell("'" WAKESIM_PROGRAM "' " + words + " --format json");
    return Json::parse(result.output);
  }
};

TEST_F(JsonDocument, ItsExampleIsReal) {
  const std::string text = document();
  const std::string command = "    wakesim check ";
  const std::size_t line = text.find(command);
  ASSERT_NE(line, std::string::npos);
  const std::size_t words = line + std::string_view("    wakesim ").size();
  const std::string fence = "```json\n";
  const std::size_t begin = text.find(fence) + fence.size();
  const std::string example = text.substr(begin, text.find("```", begin) - begin);
  const ShellResult result =
      run_shell("'" WAKESIM_PROGRAM "' " + text.substr(words, text.find('\n', words) - words));
  EXPECT_EQ(without_digests(result.output), without_digests(example));
}

TEST_F(JsonDocument, HasEveryNameAndNoOther) {
  std::set<std::string> printed;
  collect_library(printed);

  ScratchFolder folder;
  folder.write("part.yaml", kPart);
  folder.write("whole.yaml", kWhole);
  const std::string whole = folder.path("whole.yaml");
  const Json found = print("check " + whole);
  collect(found, "", printed);
  const std::string token = found["results"][0]["counterexample"]["token"];
  collect(print("replay " + whole + " " + token), "", printed);
  collect(print("replay " + whole + " " + token + " --find 'seq == 1'"), "", printed);
  collect(print("check " + whole + " --find 'seq == 1'"), "", printed);
  collect(print("run " + whole + " --variant content --strategy random --max-steps 50"), "",
          printed);

  const std::set<std::string> documented = documented_names();
  EXPECT_EQ(without(printed, documented), std::set<std::string>{}) << "are not documented";
  EXPECT_EQ(without(documented, printed), std::set<std::string>{}) << "are never printed";
}

}  // namespace
}  // namespace wakesim
