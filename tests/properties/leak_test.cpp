// What counts as a leaked descriptor, and how it is told. Each case is a program that ends in one
// way.

#include "properties/leak.h"

#include <gtest/gtest.h>

#include <string>

#include "properties/judges.h"
#include "tests/laws/harness.h"

namespace wakesim {
namespace {

CheckResult check_threads(const std::string& threads, bool is_raw = false) {
  const auto system = laws::compile_text(
      "wakesim: 1\nname: tests/leak\nabout: Descriptors.\n"
      "objects:\n  efd: eventfd(0)\n  seq: word(0)\n  jobs: queue(1)\nthreads:\n" +
      threads);
  if (system == nullptr) return {};
  CheckOptions options;
  options.whole_graph = true;
  if (is_raw) options.reduction = Reduction::Raw;
  return check(*system, DefaultJudge(), options);
}

// The properties that the program breaks, the headline first.
std::string broken_by(const std::string& threads) {
  std::string names;
  for (const Violation& violation : check_threads(threads).violations) {
    names += (names.empty() ? "" : " ") + violation.property;
  }
  std::string raw;
  for (const Violation& violation : check_threads(threads, true).violations) {
    raw += (raw.empty() ? "" : " ") + violation.property;
  }
  EXPECT_EQ(names, raw) << "a reduction changes the verdict of\n" << threads;
  return names;
}

TEST(Leak, IsWhatNobodyClosesBeforeTheEnd) {
  EXPECT_EQ(broken_by("  a:\n    - fd = dup(efd)\n    - write(fd, 1)\n"), "no-leak");
  EXPECT_EQ(broken_by("  a:\n    - fd = dup(efd)\n    - close(fd)\n"), "");
  EXPECT_EQ(broken_by("  a:\n    - fd = dup(77)\n    - assert fd == -EBADF\n"), "");
}

TEST(Leak, IsNoDeclaredObject) { EXPECT_EQ(broken_by("  a:\n    - write(efd, 1)\n"), ""); }

TEST(Leak, IsNothingThatAThreadMayStillUse) {
  const std::string rests = "    - forever:\n        - read(efd)\n";
  EXPECT_EQ(broken_by("  a:\n    - fd = dup(efd)\n" + rests + "        - write(fd, 1)\n"), "");
  EXPECT_EQ(broken_by("  a:\n    - fd = dup(efd)\n    - write(fd, 0)\n" + rests), "no-leak");
}

// Shared memory and queues keep a number only while somebody is left to look there.
TEST(Leak, IsNothingThatIsHandedOverToSomebodyLeft) {
  const std::string publishes = "  a:\n    - fd = dup(efd)\n    - seq = fd\n";
  const std::string pushes = "  a:\n    - fd = dup(efd)\n    - push(jobs, fd)\n";
  const std::string rests = "  b:\n    - forever: read(efd)\n";
  EXPECT_EQ(broken_by(publishes), "no-leak");
  EXPECT_EQ(broken_by(publishes + rests), "");
  EXPECT_EQ(broken_by(pushes), "no-leak");
  EXPECT_EQ(broken_by(pushes + rests), "");
}

TEST(Leak, StandsBehindWhatKeepsAThreadWaiting) {
  EXPECT_EQ(broken_by("  a:\n    - fd = dup(efd)\n    - read(fd)\n"), "no-stuck-thread no-leak");
}

// Others run for ever, so nothing ever comes to rest.
TEST(Leak, IsFoundBesideAThreadThatNeverEnds) {
  EXPECT_EQ(broken_by("  a:\n    - fd = dup(efd)\n    - write(fd, 0)\n"
                      "  b:\n    - forever:\n        - xchg(seq, 1)\n        - xchg(seq, 0)\n"),
            "no-leak");
}

TEST(Leak, IsToldWithTheLineThatOpenedItLast) {
  const CheckResult result = check_threads(
      "  a:\n    - fd = dup(efd)\n    - close(fd)\n    - fd = dup(efd)\n    - write(fd, 1)\n");
  ASSERT_EQ(result.violations.size(), 1u);
  const Violation& violation = result.violations.front();
  EXPECT_EQ(violation.thread, "a");
  EXPECT_EQ(violation.object, "efd");
  EXPECT_EQ(violation.where.line, 12u);
  EXPECT_EQ(violation.sentence, "a leaks descriptor 4 (efd)");
  EXPECT_EQ(violation.cause,
            "`fd = dup(efd)` opened it in step 6 (a, line 12), and nobody is left who could close "
            "it.");
}

TEST(Leak, IsNotJudgedWhereTheScenarioSaysSo) {
  EXPECT_EQ(broken_by("  a:\n    - fd = dup(efd)\n    - write(fd, 1)\njudge: [no-stuck-thread]\n"),
            "");
}

}  // namespace
}  // namespace wakesim
