// docs/interruption.md says for every call what a handler or a cancellation does to its
// event. The words are worked out here from the outcomes that the scenarios expect, and other tests
// check those.

#include <gtest/gtest.h>

#include <algorithm>
#include <cerrno>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "tests/library/page_table.h"
#include "tools/cli/session.h"

namespace wakesim {
namespace {

// The columns behind the call, in the page's order.
const std::vector<std::pair<std::string, std::string>> kColumns = {
    {"on", "SIGUSR1"},      {"on", "SIGUSR1 restart"}, {"libc", "glibc-2.40"},
    {"libc", "glibc-2.41"}, {"libc", "musl-1.2.5"},
};
constexpr std::int64_t kCanceled = -1;

using Outcome = std::map<std::string, std::int64_t>;

// Takers observe what is left for others, givers how often it has been done in the end.
std::string word(const std::vector<Outcome>& outcomes, bool is_cancelled) {
  std::string result = is_cancelled ? "no point" : "again";
  for (const Outcome& outcome : outcomes) {
    const std::int64_t interrupted = is_cancelled ? kCanceled : -EINTR;
    if (outcome.at("main.r") != interrupted) continue;
    const auto left = outcome.find("main.left");
    if (left != outcome.end() && left->second == 0) return "lost";
    const auto inside = outcome.find("main.inside");
    if (inside != outcome.end() && inside->second == 2) return "doubled";
    result = "kept";
  }
  return result;
}

std::string value(const ast::Instance& instance, const std::string& axis) {
  for (const auto& [name, value] : instance.cell) {
    if (name == axis) return value;
  }
  return "";
}

// Call -> one word for each column.
using Words = std::map<std::string, TableRow>;

void add_words(const std::string& path, Words& words) {
  const LoadedFile loaded = load({.path = path, .is_compiled = false}, {});
  ASSERT_EQ(loaded.errors, 0u) << path;
  for (const ast::Instance& instance : loaded.file.instances) {
    ASSERT_TRUE(instance.expect.outcomes.has_value()) << path;
    TableRow& row = words[value(instance, "call")];
    row.resize(kColumns.size());
    for (std::size_t i = 0; i < kColumns.size(); ++i) {
      const auto& [axis, wanted] = kColumns[i];
      if (value(instance, axis) == wanted) {
        row[i] = word(*instance.expect.outcomes, axis == "libc");
      }
    }
  }
}

TEST(Interruption, EveryWordOfThePageIsWhatTheScenariosExpect) {
  Words words;
  add_words("scenarios/signal/interrupted-takers.yaml", words);
  add_words("scenarios/signal/interrupted-givers.yaml", words);
  add_words("scenarios/cancellation/nothing-lost.yaml", words);
  add_words("scenarios/cancellation/nothing-doubled.yaml", words);
  // The libraries' own wait has no column for handlers: the page speaks of it below the table.
  words.erase("futex_cancellable");

  std::size_t count = 0;
  for (TableRow row : table_rows("docs/interruption.md")) {
    if (row.size() != kColumns.size() + 1 || row[0].front() != '`') continue;
    const std::string call = between(row[0], '`', '`');
    row.erase(row.begin());
    EXPECT_EQ(words[call], row) << call;
    ++count;
  }
  EXPECT_EQ(count, words.size()) << "a call of the scenarios is not on the page";
  EXPECT_GE(count, 25u);
}

}  // namespace
}  // namespace wakesim
