// Files that are no text.

#include <gtest/gtest.h>

#include <string>

#include "tests/scenario/load_text.h"

namespace wakesim {
namespace {

std::string errors_of(std::string_view text) { return load_text(text).errors(); }

TEST(Characters, NotUtf8) {
  EXPECT_EQ(errors_of("wakesim: 1\nname: \xff\n"), R"(t.yaml:2:7: error: byte 0xff is not UTF-8

  2 │ name: ·
    │       ^
)");
}

TEST(Characters, ControlCharacter) {
  EXPECT_EQ(errors_of("wakesim: 1\nname: \x01\n"), R"(t.yaml:2:7: error: control character 0x01

  2 │ name: ·
    │       ^
)");
}

TEST(Characters, Nul) {
  EXPECT_EQ(errors_of(std::string("wakesim: 1\0", 11)),
            R"(t.yaml:1:11: error: control character 0x00

  1 │ wakesim: 1·
    │           ^
)");
}

TEST(Characters, Utf16) {
  EXPECT_EQ(errors_of("\xff\xfew"),
            R"(t.yaml: error: the file is UTF-16 or binary; scenarios are UTF-8 text

    save it as UTF-8
)");
}

TEST(Characters, InvisibleCharacter) {
  EXPECT_EQ(errors_of("wakesim: 1 # \xe2\x80\xae\n"),
            R"(t.yaml:1:14: error: invisible character U+202E

  1 │ wakesim: 1 # ·
    │              ^
)");
}

}  // namespace
}  // namespace wakesim
