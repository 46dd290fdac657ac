// No flag is silently ignored: each flag of each command changes what the command prints or how it
// ends, or its value is refused. The list of flags is that of --help, so a new one needs a row.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/tools/scratch.h"

namespace wakesim {
namespace {

constexpr const char* kScenario = R"(wakesim: 1
name: tests/flags
about: A flag that is set without waking anybody, in two sizes.
matrix:
  rounds: [1, 2]
objects:
  ready: word(0)
threads:
  waiter:
    - n = 0
    - while ready == 0: futex_wait(ready, 0)
    - repeat ${rounds}:
        - n = n + 1
        - fetch_add(ready, n)
  waker:
    - ready = 1
variants:
  buggy:
    expect: { violated: no-lost-wakeup }
  also-buggy:
    expect: { violated: no-lost-wakeup }
  fixed:
    threads:
      waker:
        - ready = 1
        - futex_wake(ready, 1)
    expect: proved
)";

// More states than anybody waits for.
constexpr const char* kEndless = R"(wakesim: 1
name: tests/endless
about: Ten threads that count independently of each other.
objects:
  n: word[10](0)
threads:
  counter[10]:
    with: { me: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] }
    run:
      - repeat 100: fetch_add(n[me], 1)
)";

// Lines of programs are never wrapped; what is wrong with them is told in as many columns as there
// are.
constexpr const char* kMistaken = R"(wakesim: 1
name: tests/mistaken
about: A name that nobody knows, in a line that is longer than forty columns are.
objects:
  ready: word(0)
threads:
  waiter:
    - while ready == 0 && readyy == 0 && ready < 1: futex_wait(ready, 0)
)";

// `without` and `with` must differ in status or output; an empty `without` means that `with` must
// be refused.
struct Row {
  const char* flag;
  std::string without;
  std::string with;
};

struct CommandFlags {
  std::string command;
  std::vector<Row> rows;
};

std::vector<Row> page_rows(const std::string& line) {
  return {{"--output", line, line + " -o report"},
          {"--color", line, line + " --color always"},
          {"--ascii", line, line + " --ascii"},
          {"--width", line, line + " --width 40"}};
}

std::vector<Row> program_rows(const std::string& line) {
  return {{"--variant", line, line + " --variant fixed"},
          {"--only", line, line + " --only rounds=2"},
          {"--memory", line, line + " --memory tso"},
          {"--set", line, line + " --set futex.no-compare"},
          // One of each is known today.
          {"--kernel", "", line + " --kernel linux-2.4"},
          {"--libc", "", line + " --libc musl-0.1"},
          {"--max-input", line, line + " --max-input 20"}};
}

std::vector<Row> join(std::initializer_list<std::vector<Row>> lists) {
  std::vector<Row> all;
  for (const auto& list : lists) all.insert(all.end(), list.begin(), list.end());
  return all;
}

class Flags : public testing::Test {
 protected:
  void SetUp() override {
    folder_.write("a.yaml", kScenario);
    folder_.write("big.yaml", kEndless);
    folder_.write("bad.yaml", kMistaken);
  }

  ShellResult run(const std::string& words) const {
    return run_shell(fmt::format("cd '{}' && export WAKESIM_SCENARIOS=. && {} 2>&1",
                                 folder_.path("."),
                                 words.starts_with("script ") ? words : wakesim(words)));
  }
  static std::string wakesim(const std::string& words) {
    return fmt::format("'{}' {}", WAKESIM_PROGRAM, words);
  }

  std::set<std::string> flags_of(const std::string& command) const {
    std::set<std::string> flags;
    std::istringstream help(run(command + " --help").output);
    for (std::string line; std::getline(help, line);) {
      if (!line.starts_with("  -")) continue;
      const std::string names = line.substr(2, line.find(' ', 2) - 2);
      flags.insert(names.substr(names.find("--")));
    }
    flags.erase("--help");
    return flags;
  }

  void expect_every_flag_matters(const CommandFlags& command) const {
    std::set<std::string> listed;
    for (const Row& row : command.rows) {
      listed.insert(row.flag);
      const ShellResult with = run(row.with);
      if (row.without.empty()) {
        EXPECT_EQ(with.status, 2) << row.with << "\n" << with.output;
        continue;
      }
      const ShellResult without = run(row.without);
      // What has no other signs anyway is as it should be.
      if (row.flag == std::string("--ascii") && is_ascii(without.output)) continue;
      EXPECT_TRUE(with.status != without.status || with.output != without.output)
          << row.with << " does the same as " << row.without << "\n"
          << with.output;
    }
    EXPECT_EQ(listed, flags_of(command.command)) << command.command;
  }

  static bool is_ascii(const std::string& text) {
    return std::all_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x80; });
  }

  ScratchFolder folder_;
};

TEST_F(Flags, OfCheck) {
  const std::string line = "check a.yaml";
  const std::string big = "check big.yaml --max-states 20000";
  const std::string slow = fmt::format("script -qec \"{} --time 1.5s -o report{{}}\" /dev/null",
                                       wakesim("check big.yaml"));
  expect_every_flag_matters(
      {"check", join({page_rows(line),
                      program_rows(line),
                      {{"--format", line, line + " --format json"},
                       {"--quiet", line, line + " -q"},
                       {"--find", line, line + " --find 'ready == 1'"},
                       {"--all", line, line + " --all"},
                       {"--traces", line, line + " --traces all"},
                       {"--max-states", line, line + " --max-states 2"},
                       {"--max-memory", big, big + " --max-memory 1"},
                       {"--time", big, big + " --time 1us"},
                       {"--reduction", line, line + " --reduction raw"},
                       {"--count", line, line + " --count schedules"},
                       {"--jobs", "", line + " --jobs 2"},
                       {"--stats", line, line + " --stats"},
                       {"--progress", fmt::format(fmt::runtime(slow), ""),
                        fmt::format(fmt::runtime(slow), " --progress none")}}})});
}

TEST_F(Flags, OfRun) {
  const std::string line = "run a.yaml";
  const std::string random = line + " --variant fixed --strategy random";
  expect_every_flag_matters({"run", join({page_rows(line),
                                          program_rows(line),
                                          {{"--format", line, line + " --format json"},
                                           {"--quiet", line, line + " -q"},
                                           {"--strategy", line, line + " --strategy random"},
                                           {"--max-steps", line, line + " --max-steps 2"},
                                           {"--seed", random, random + " --seed 5"}}})});
}

TEST_F(Flags, OfReplay) {
  const ShellResult found = run("check a.yaml --variant buggy --only rounds=1 --traces none");
  const std::size_t token = found.output.find("wk1.");
  ASSERT_NE(token, std::string::npos) << found.output;
  const std::string line =
      "replay a.yaml " + found.output.substr(token, found.output.find('\n', token) - token);
  expect_every_flag_matters({"replay", join({page_rows(line),
                                             program_rows(line),
                                             {{"--format", line, line + " --format json"},
                                              {"--find", line, line + " --find 'ready == 1'"},
                                              {"--reduction", line, line + " --reduction raw"}}})});
}

TEST_F(Flags, OfShow) {
  const std::string line = "show a.yaml";
  std::vector<Row> rows = join({page_rows(line), program_rows(line)});
  for (Row& row : rows) {
    if (row.flag == std::string("--width"))
      row = {"--width", "show bad.yaml", "show bad.yaml --width 40"};
  }
  expect_every_flag_matters({"show", rows});
}

TEST_F(Flags, OfTheOthers) {
  expect_every_flag_matters(
      {"models", join({page_rows("models futex"),
                       {{"--mutants", "models futex", "models futex --mutants"}}})});
  expect_every_flag_matters({"list", page_rows("list")});
  for (const char* command : {"schema", "version"}) {
    expect_every_flag_matters(
        {command, {{"--output", command, std::string(command) + " -o report"}}});
  }
}

}  // namespace
}  // namespace wakesim
