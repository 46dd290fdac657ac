// Files that cannot be read as a scenario at all, and bounds.

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>

#include "sim/scenario/loader.h"
#include "tests/scenario/load_text.h"

namespace wakesim {
namespace {

std::string errors_of_file(const std::string& path, LoadOptions options = {}) {
  Loaded loaded;
  loaded.file = load_scenario_file(path, options, loaded.diagnostics);
  return loaded.errors();
}

TEST(LoadFile, MissingFile) {
  EXPECT_EQ(errors_of_file("no/such/file.yaml"),
            "no/such/file.yaml: error: cannot be read: No such file or directory\n");
}

TEST(LoadFile, Directory) {
  EXPECT_EQ(errors_of_file("/"), "/: error: is a directory, not a scenario\n");
}

TEST(LoadFile, EndlessFileIsRefusedAtTheLimit) {
  EXPECT_EQ(errors_of_file("/dev/zero"),
            "/dev/zero: error: the file has more than 4 MiB\n\n"
            "    --max-input BYTES raises the limit\n");
}

TEST(LoadFile, LimitIsAnOption) {
  const std::string path = testing::TempDir() + "loader_limit.yaml";
  std::ofstream(path) << with_lines("- x = 1");
  EXPECT_EQ(errors_of_file(path), "");
  EXPECT_NE(errors_of_file(path, {.input_bytes_max = 10}).find("more than 10 bytes"),
            std::string::npos);
  std::remove(path.c_str());
}

TEST(LoadFile, BinaryFile) {
  std::string junk =
      "\x7f"
      "ELF";
  junk += std::string(60, '\0');
  EXPECT_EQ(load_text(junk).errors(),
            "t.yaml: error: the file is UTF-16 or binary; scenarios are UTF-8 text\n\n"
            "    save it as UTF-8\n");
}

// A billion laughs: nine aliases of nine aliases of ... The first anchor ends it.
TEST(LoadFile, AnchorsDoNotExplode) {
  std::string text = "a0: &a0 x\n";
  for (char i = '1'; i <= '9'; ++i) {
    const std::string from = std::string("*a") + static_cast<char>(i - 1);
    text += std::string("a") + i + ": &a" + i + " [" + from;
    for (int k = 0; k < 8; ++k) text += ", " + from;
    text += "]\n";
  }
  EXPECT_NE(load_text(text).errors().find("begins a YAML anchor"), std::string::npos);
}

TEST(LoadFile, DeepNestingOfEveryKindEndsWithAMessage) {
  for (const std::string unit : {"[", "{a: ", "- ", "? ", "- - a: "}) {
    std::string text = "x:\n  ";
    for (int i = 0; i < 20'000; ++i) text += unit;
    EXPECT_TRUE(load_text(text).diagnostics.has_errors()) << unit;
  }
  for (const std::string unit : {"(", "-", "a[", "f(", "1+", "a.", "x&&!"}) {
    std::string line = "- y = ";
    for (int i = 0; i < 20'000; ++i) line += unit;
    EXPECT_TRUE(load_text(with_lines(line)).diagnostics.has_errors()) << unit;
  }
}

TEST(LoadFile, ManyErrorsAreCountedAndTwentyShown) {
  std::string lines;
  for (int i = 0; i < 30; ++i) lines += "- x = = 1\n";
  const Loaded loaded = load_text(with_lines(lines));
  EXPECT_EQ(loaded.diagnostics.errors(), 30u);
  EXPECT_EQ(loaded.diagnostics.all().size(), kDiagnosticsMax);
}

TEST(LoadFile, IndependentErrorsAreReportedTogether) {
  const Loaded loaded = load_text(
      "wakesim: 1\nname: t\nthread: {}\nmachine: { cpus: 0 }\nobjects: { x: 1 }\n"
      "threads:\n  t:\n    - x = 010\n  t:\n    - x = ;\n");
  EXPECT_EQ(loaded.diagnostics.errors(), 6u) << loaded.errors();
}

}  // namespace
}  // namespace wakesim
