// Every complete scenario in the documents is run: examples must not rot.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "models/catalogue.h"
#include "tests/tools/scratch.h"
#include "tools/cli/session.h"

namespace wakesim {
namespace {

struct Example {
  std::string document;
  std::size_t line = 0;
  std::string text;
};

// Tests run at the root of the project.
std::vector<std::string> documents() {
  std::vector<std::string> paths{"README.md"};
  for (const auto& entry : std::filesystem::recursive_directory_iterator("docs")) {
    if (entry.path().extension() == ".md") paths.push_back(entry.path().string());
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

// ```yaml fences that hold a whole file; fragments do not begin with the format's version.
std::vector<Example> examples() {
  std::vector<Example> result;
  for (const std::string& path : documents()) {
    std::ifstream file(path);
    std::string line;
    bool is_inside = false;
    Example example;
    for (std::size_t number = 1; std::getline(file, line); ++number) {
      if (!is_inside && line == "```yaml") {
        is_inside = true;
        example = {path, number, ""};
      } else if (is_inside && line == "```") {
        is_inside = false;
        if (example.text.rfind("wakesim: 1", 0) == 0) result.push_back(example);
      } else if (is_inside) {
        example.text += line + "\n";
      }
    }
  }
  return result;
}

TEST(Documents, EveryExampleComesOutAsItSays) {
  ScratchFolder folder;
  std::size_t count = 0;
  for (const Example& example : examples()) {
    SCOPED_TRACE(example.document + ":" + std::to_string(example.line));
    const std::string name = "example" + std::to_string(count++) + ".yaml";
    folder.write(name, example.text);
    const LoadedFile file = load({.path = folder.path(name)}, {});
    for (const std::string& problem : file.problems) ADD_FAILURE() << problem;
    for (const Program& program : file.programs) {
      const Answer answer = check_program(program, {}, {});
      for (const std::string& difference : answer.comparison.differences) {
        EXPECT_TRUE(answer.is_as_expected()) << program.subject.variant << ": " << difference;
      }
    }
  }
  EXPECT_GE(count, 10u);
}

// Lines such as `    tools/wakesim check scenarios/x.yaml` in the README.
TEST(Documents, EveryCommandOfTheReadmeWorks) {
  std::ifstream file("README.md");
  std::string line;
  std::size_t count = 0;
  const std::string prefix = "    tools/wakesim ";
  while (std::getline(file, line)) {
    if (line.rfind(prefix, 0) != 0) continue;
    // What a command is for stands behind it, after two spaces.
    const std::string rest = line.substr(prefix.size());
    const std::string words = rest.substr(0, rest.find("  "));
    // Placeholders and the whole library are other tests' business.
    const bool is_pattern = words.find_first_of("[") != std::string::npos ||
                            words.find("FILE") != std::string::npos || words == "COMMAND --help";
    if (is_pattern || words == "check scenarios") continue;
    const ShellResult result = run_shell("'" WAKESIM_PROGRAM "' " + words);
    EXPECT_EQ(result.status, 0) << line << "\n" << result.output;
    ++count;
  }
  EXPECT_GE(count, 1u);
}

// The README's answer, to the last character: a token in it must work.
TEST(Documents, TheReadmeQuotesTheAnswerAsItIs) {
  std::ifstream file("README.md");
  const std::string readme{std::istreambuf_iterator<char>(file), {}};
  const std::string head = "```text\n";
  const std::size_t begin = readme.find(head) + head.size();
  const std::string quoted = readme.substr(begin, readme.find("```", begin) - begin);
  const ShellResult result = run_shell("WAKESIM_NAME=tools/wakesim '" WAKESIM_PROGRAM
                                       "' check scenarios/event-loops/doorbell.yaml");
  EXPECT_EQ(result.output, quoted);
}

// What `wakesim models` calls it, docs/models does too.
TEST(Documents, EveryModelHasAPageOfItsName) {
  for (const ModelTable& model : catalogue().models) {
    const bool is_constants =
        model.calls.empty() && model.objects.empty() && model.switches.empty();
    if (is_constants) continue;
    EXPECT_TRUE(std::filesystem::exists("docs/models/" + std::string(model.name) + ".md"))
        << model.name;
  }
}

// A page that was renamed leaves no link behind.
TEST(Documents, LinksToOtherPagesLeadSomewhere) {
  for (const std::string& path : documents()) {
    std::ifstream file(path);
    std::string line;
    for (std::size_t number = 1; std::getline(file, line); ++number) {
      for (std::size_t at = line.find("]("); at != std::string::npos;
           at = line.find("](", at + 2)) {
        const std::string target = line.substr(at + 2, line.find_first_of(")#", at) - at - 2);
        if (!target.ends_with(".md") || target.find(':') != std::string::npos) continue;
        const auto page = std::filesystem::path(path).parent_path() / target;
        EXPECT_TRUE(std::filesystem::exists(page)) << path << ":" << number << ": " << target;
      }
    }
  }
}

}  // namespace
}  // namespace wakesim
