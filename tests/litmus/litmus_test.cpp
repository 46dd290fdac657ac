// Every litmus test under sc and under tso, and small programs with known numbers of states: the
// engine must agree with counts that were made without it. A store buffer that forwards wrongly,
// drains too early or never would change at least one of the 58 sets of outcomes.

#include <gtest/gtest.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "models/catalogue.h"
#include "sim/explore/check.h"
#include "sim/program/compiler.h"
#include "sim/scenario/loader.h"
#include "tests/litmus/litmus_table.h"

namespace wakesim::litmus {
namespace {

// Outcomes and states only: nothing is judged.
class NoJudge : public Judge {
 public:
  std::vector<Finding> at_rest(const Executor&, const std::byte*, const std::vector<ThreadId>&,
                               Occasion) const override {
    return {};
  }
  Violation describe(const Executor&, const std::byte*, const Finding&,
                     const Trace&) const override {
    return {};
  }
  bool applies(const System&, const std::string&, const ThreadId*) const override { return false; }
};

std::string scenario_text(const std::string& memory, const Lines& objects,
                          const std::vector<Lines>& threads, const Lines& observed) {
  std::ostringstream text;
  text << "wakesim: 1\nname: litmus/test\nabout: A litmus test.\n"
       << "machine: { memory: " << memory << " }\nobjects:\n";
  for (const std::string& object : objects) text << "  " << object << "\n";
  text << "threads:\n";
  for (std::size_t i = 0; i < threads.size(); ++i) {
    text << "  t" << i << ":\n";
    for (const std::string& line : threads[i]) text << "    - " << line << "\n";
  }
  if (!observed.empty()) text << "observe:\n";
  for (const std::string& value : observed) text << "  - " << value << "\n";
  text << "judge: []\n";
  return text.str();
}

CheckResult search(const std::string& text) {
  Diagnostics diagnostics;
  const ast::File file = load_scenario("litmus.yaml", text, {}, diagnostics);
  std::unique_ptr<System> system;
  if (!diagnostics.has_errors() && file.instances.size() == 1) {
    system = compile(file.instances.front(), file.sources, catalogue(), {}, diagnostics);
  }
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    ADD_FAILURE() << render(diagnostic, file.sources) << "\n" << text;
  }
  if (system == nullptr) return {};
  return check(*system, NoJudge(), {});
}

CheckResult search(const LitmusTest& test, const std::string& memory) {
  Lines objects;
  for (const std::string& word : test.words) objects.push_back(word + ": word(0)");
  return search(scenario_text(memory, objects, test.threads, test.observed));
}

bool holds(const std::vector<Value>& condition, const Outcome& outcome) {
  return std::all_of(condition.begin(), condition.end(), [&](const Value& wanted) {
    return std::find(outcome.values.begin(), outcome.values.end(),
                     std::pair(wanted.key, wanted.value)) != outcome.values.end();
  });
}

bool allows(const CheckResult& result, const std::vector<Value>& condition) {
  return std::any_of(result.outcomes.begin(), result.outcomes.end(),
                     [&](const Outcome& outcome) { return holds(condition, outcome); });
}

std::string shown(const std::string& name) {
  std::string result;
  for (const char c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) != 0) result += c;
    if (c == '+' || c == '(') result += '_';
  }
  return result;
}

struct ShownName {
  template <class Row>
  std::string operator()(const testing::TestParamInfo<Row>& info) const {
    return shown(info.param.name) + "_" + std::to_string(info.index);
  }
};

class Litmus : public testing::TestWithParam<LitmusTest> {};

TEST_P(Litmus, HasTheOutcomesOfSc) {
  const LitmusTest& test = GetParam();
  const CheckResult result = search(test, "sc");
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(allows(result, test.condition), test.sc_allows);
  EXPECT_EQ(result.outcomes.size(), test.sc_outcomes);
}

TEST_P(Litmus, HasTheOutcomesOfTso) {
  const LitmusTest& test = GetParam();
  const CheckResult result = search(test, "tso");
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(allows(result, test.condition), test.tso_allows);
  EXPECT_EQ(result.outcomes.size(), test.tso_outcomes);
}

INSTANTIATE_TEST_SUITE_P(Table, Litmus, testing::ValuesIn(litmus_tests()), ShownName());

class SmallProgram : public testing::TestWithParam<StateCount> {};

TEST_P(SmallProgram, HasTheKnownNumberOfStates) {
  const StateCount& program = GetParam();
  const CheckResult result =
      search(scenario_text("sc", program.objects, program.threads, program.observed));
  EXPECT_TRUE(result.complete);
  EXPECT_EQ(result.states, program.states);
}

INSTANTIATE_TEST_SUITE_P(Table, SmallProgram, testing::ValuesIn(state_counts()), ShownName());

// What the table says beyond the single rows: tso adds outcomes and never takes one away.
TEST(LitmusTable, TsoAllowsWhateverScAllows) {
  for (const LitmusTest& test : litmus_tests()) {
    EXPECT_LE(test.sc_outcomes, test.tso_outcomes) << test.name;
    EXPECT_LE(test.sc_allows, test.tso_allows) << test.name;
  }
}

}  // namespace
}  // namespace wakesim::litmus
