// docs/gallery.md says of every scenario that tells a real bug which variants are wrong, how, and
// which are right. The page is compared with what the files expect, and other tests check those.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "tests/library/page_table.h"
#include "tools/cli/session.h"

namespace wakesim {
namespace {

// "`buggy` (tso) no-lost-wakeup": wrong in the cells that the mark names, all of them without one.
struct Claim {
  std::string variant;
  std::string mark;
  std::string property;  // Empty: right.
};

struct Row {
  std::string bug;
  std::string path;
  std::vector<Claim> claims;
};

void add_claims(const std::string& column, bool is_wrong, Row& row) {
  for (const std::string& item : split(column, ", ")) {
    Claim claim{between(item, '`', '`'), between(item, '(', ')'), ""};
    if (claim.variant.empty()) continue;
    if (is_wrong) claim.property = item.substr(item.rfind(' ') + 1);
    row.claims.push_back(claim);
  }
}

// Rows such as "| D1 | what | `file` | wrong | right |".
std::vector<Row> rows() {
  std::vector<Row> result;
  for (const TableRow& cells : table_rows("docs/gallery.md")) {
    if (cells.size() != 5 || cells[2].front() != '`') continue;
    Row row{cells[1], "scenarios/" + between(cells[2], '`', '`') + ".yaml", {}};
    add_claims(cells[3], true, row);
    add_claims(cells[4], false, row);
    result.push_back(row);
  }
  return result;
}

bool is_in_marked_cell(const ast::Instance& instance, const std::string& mark) {
  if (mark.empty()) return true;
  const std::pair<std::string, std::string> wanted =
      mark == "tso" ? std::pair<std::string, std::string>("memory", "tso")
                    : std::pair<std::string, std::string>("libc", "glibc-2.40");
  return std::find(instance.cell.begin(), instance.cell.end(), wanted) != instance.cell.end();
}

bool has_witness(const ast::Instance& instance) {
  return std::any_of(
      instance.properties.begin(), instance.properties.end(),
      [](const ast::Property& p) { return p.kind == ast::Property::Kind::Sometimes; });
}

void expect_as_claimed(const ast::Instance& instance, const Claim& claim) {
  const bool is_wrong = !claim.property.empty() && is_in_marked_cell(instance, claim.mark);
  const ast::Expectation& expected = instance.expect;
  EXPECT_EQ(expected.verdict == ast::Expectation::Verdict::Violated, is_wrong) << claim.variant;
  if (is_wrong) {
    EXPECT_NE(std::find(expected.violated.begin(), expected.violated.end(), claim.property),
              expected.violated.end())
        << claim.variant << " is not expected to violate " << claim.property;
  } else {
    // A proof says little of a bug whose situation was never reached.
    EXPECT_TRUE(has_witness(instance)) << claim.variant << " has no `sometimes`";
  }
}

const Claim* find(const std::vector<Claim>& claims, const std::string& variant) {
  const auto found = std::find_if(claims.begin(), claims.end(),
                                  [&](const Claim& claim) { return claim.variant == variant; });
  return found == claims.end() ? nullptr : &*found;
}

TEST(Gallery, EveryRowSaysWhatItsScenarioExpects) {
  std::map<std::string, std::vector<Claim>> files;
  for (const Row& row : rows()) {
    EXPECT_FALSE(row.claims.empty()) << row.bug;
    std::vector<Claim>& claims = files[row.path];
    claims.insert(claims.end(), row.claims.begin(), row.claims.end());
  }
  EXPECT_GE(files.size(), 40u);

  for (const auto& [path, claims] : files) {
    SCOPED_TRACE(path);
    const LoadedFile loaded = load({.path = path, .is_compiled = false}, {});
    ASSERT_EQ(loaded.errors, 0u);
    for (const Claim& claim : claims) {
      const auto& all = loaded.file.instances;
      EXPECT_TRUE(std::any_of(
          all.begin(), all.end(),
          [&](const ast::Instance& instance) { return instance.variant == claim.variant; }))
          << "there is no variant " << claim.variant;
    }
    for (const ast::Instance& instance : loaded.file.instances) {
      const Claim* claim = find(claims, instance.variant);
      if (claim == nullptr) {
        ADD_FAILURE() << "docs/gallery.md does not name the variant " << instance.variant;
      } else {
        expect_as_claimed(instance, *claim);
      }
    }
  }
}

}  // namespace
}  // namespace wakesim
