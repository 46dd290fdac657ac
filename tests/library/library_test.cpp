// The scenario library is the regression suite: every file must load, and every variant and cell
// must come out as its author wrote down. Steps are verified against their footprints where the
// build does that.

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "tools/cli/files.h"
#include "tools/cli/session.h"

namespace wakesim {
namespace {

// The larger cells of these are searched to their end by tools/test, with the release build.
constexpr std::string_view kLarge[] = {"condvar-glibc-25847", "mutex2-steps", "semaphore-steps",
                                       "mutex2-futex"};
constexpr std::uint64_t kStatesMax = 30'000;

bool is_large(const std::string& path) {
  return std::any_of(std::begin(kLarge), std::end(kLarge),
                     [&](std::string_view name) { return path.find(name) != std::string::npos; });
}

const std::string kRoot = WAKESIM_SOURCE_DIR "/";

// Found by path, so that the list of tests does not depend on where it is asked for.
std::vector<std::string> library() { return expand_files({kRoot + "scenarios"}); }

class Library : public testing::TestWithParam<std::string> {};

TEST_P(Library, EveryVariantComesOutAsExpected) {
  Arguments arguments;
  arguments.states_max = is_large(GetParam()) ? kStatesMax : 0;
  const LoadedFile file = load({.path = GetParam()}, arguments);
  for (const std::string& problem : file.problems) ADD_FAILURE() << problem;
  ASSERT_EQ(file.errors, 0u);
  EXPECT_FALSE(file.programs.empty());
  for (const Program& program : file.programs) {
    const Answer answer = check_program(program, arguments, {});
    const bool is_cut = is_large(GetParam()) && answer.comparison.match == Match::LimitReached;
    EXPECT_TRUE(answer.is_as_expected() || is_cut) << [&] {
      std::string text = answer.subject.variant + ":";
      for (const std::string& difference : answer.comparison.differences) text += " " + difference;
      return text;
    }();
  }
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
  std::string name = info.param.substr(kRoot.size());
  for (char& c : name) {
    if (std::isalnum(static_cast<unsigned char>(c)) == 0) c = '_';
  }
  return name;
}

INSTANTIATE_TEST_SUITE_P(Scenarios, Library, testing::ValuesIn(library()), test_name);

TEST(LibrarySize, HasTheFilesItPromises) { EXPECT_GE(library().size(), 100u); }

}  // namespace
}  // namespace wakesim
