// docs/rules.md holds one row for each rule of the kernel: the scenario that shows it, and the
// mutant that breaks it. Here each row is put to the proof: with the mutant switched on, some
// variant of the scenario must not come out as its author wrote down. That it does without the
// mutant is Library.*'s business.

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include "models/catalogue.h"
#include "tools/cli/session.h"

namespace wakesim {
namespace {

const std::string kRoot = WAKESIM_SOURCE_DIR "/";
constexpr std::uint64_t kStatesMax = 5'000;

struct Rule {
  std::size_t line = 0;
  std::string model;  // The heading that the row stands under.
  std::vector<std::string> cells;

  const std::string& text() const { return cells[0]; }
  const std::string& source() const { return cells[1]; }
  const std::string& scenario() const { return cells[2]; }
  const std::string& mutant() const { return cells[3]; }
};

std::string trim(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" `");
  if (first == std::string_view::npos) return "";
  return std::string(text.substr(first, text.find_last_not_of(" `") - first + 1));
}

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream stream(line.substr(1));
  for (std::string cell; std::getline(stream, cell, '|');) cells.push_back(trim(cell));
  return cells;
}

// The rows of the page's tables, without the tables' heads.
std::vector<Rule> rules() {
  std::vector<Rule> all;
  std::ifstream page(kRoot + "docs/rules.md");
  std::string model;
  std::size_t number = 0;
  for (std::string line; std::getline(page, line);) {
    ++number;
    if (line.starts_with("## ")) model = line.substr(3);
    const bool is_head = line.starts_with("| rule") || line.starts_with("|-");
    if (!line.starts_with("|") || is_head) continue;
    all.push_back({number, model, cells_of(line)});
  }
  return all;
}

// The switch and its value as `--set` takes them; the last value if the row names none.
struct Setting {
  const ModelTable* model = nullptr;
  const SwitchRow* row = nullptr;
  std::string value;
};

Setting setting_of(const std::string& mutant) {
  const std::string name = mutant.substr(0, mutant.find('='));
  for (const ModelTable& model : catalogue().models) {
    for (const SwitchRow& row : model.switches) {
      if (row.name != name) continue;
      const bool has_value = name.size() < mutant.size();
      return {&model, &row,
              has_value ? mutant.substr(name.size() + 1) : std::string(row.values.back())};
    }
  }
  return {};
}

// What a variant that has the switch itself expects says nothing about it.
bool sets_itself(const ast::Instance& instance, const SwitchRow& row) {
  const auto& own = instance.machine.switches;
  return std::any_of(own.begin(), own.end(),
                     [&row](const auto& entry) { return entry.first == row.name; });
}

class Rules : public testing::TestWithParam<Rule> {};

TEST_P(Rules, AreBrokenByTheirMutants) {
  const Rule& rule = GetParam();
  SCOPED_TRACE("docs/rules.md:" + std::to_string(rule.line));
  ASSERT_EQ(rule.cells.size(), 4u) << "a row is | rule | source | scenario | mutant |";
  EXPECT_FALSE(rule.text().empty());
  EXPECT_FALSE(rule.source().empty());
  const Setting setting = setting_of(rule.mutant());
  ASSERT_NE(setting.row, nullptr) << "no switch is called " << rule.mutant();

  const std::string path = kRoot + "scenarios/" + rule.scenario() + ".yaml";
  Arguments arguments;
  arguments.states_max = kStatesMax;
  const LoadedFile plain = load({.path = path, .is_compiled = false}, arguments);
  arguments.switches = {{std::string(setting.row->name), setting.value}};
  const LoadedFile file = load({.path = path}, arguments);
  for (const std::string& problem : file.problems) ADD_FAILURE() << problem;
  ASSERT_FALSE(file.programs.empty());
  for (std::size_t i = 0; i < file.programs.size(); ++i) {
    if (sets_itself(plain.file.instances[i], *setting.row)) continue;
    const Answer answer = check_program(file.programs[i], arguments, {});
    if (answer.comparison.match == Match::Different) return;
  }
  FAIL() << rule.scenario() << " comes out the same with " << rule.mutant();
}

std::string test_name(const testing::TestParamInfo<Rule>& info) {
  std::string name = "line" + std::to_string(info.param.line);
  if (info.param.cells.size() == 4) name += "_" + info.param.mutant();
  std::replace_if(
      name.begin(), name.end(),
      [](char c) { return std::isalnum(static_cast<unsigned char>(c)) == 0; }, '_');
  return name;
}

INSTANTIATE_TEST_SUITE_P(Page, Rules, testing::ValuesIn(rules()), test_name);

TEST(RulesPage, HasARowForEveryBugSwitch) {
  std::set<std::string_view> shown;
  for (const Rule& rule : rules()) {
    if (rule.cells.size() != 4) continue;
    const Setting setting = setting_of(rule.mutant());
    if (setting.row != nullptr) shown.insert(setting.row->name);
  }
  for (const ModelTable& model : catalogue().models) {
    for (const SwitchRow& row : model.switches) {
      EXPECT_TRUE(!row.is_bug || shown.contains(row.name))
          << "docs/rules.md has no row for " << row.name;
    }
  }
}

TEST(RulesPage, IsInSectionsNamedAfterModels) {
  const auto& models = catalogue().models;
  for (const Rule& rule : rules()) {
    EXPECT_TRUE(std::any_of(models.begin(), models.end(),
                            [&rule](const ModelTable& model) { return model.name == rule.model; }))
        << "docs/rules.md:" << rule.line << ": '" << rule.model << "' is no model";
  }
}

}  // namespace
}  // namespace wakesim
