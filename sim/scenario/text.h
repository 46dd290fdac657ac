// Text as people count it: characters, not bytes.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace wakesim {

// The character that begins at text[at]. Bytes that are no UTF-8 are characters of length 1.
struct Character {
  char32_t code = 0;
  std::size_t bytes = 1;
  bool is_valid = true;
};
Character character_at(std::string_view text, std::size_t at);

bool is_control(char32_t code);

// Characters that end a line for some programs, or change the order in which a line is shown: what
// an editor shows would not be what is checked.
bool is_invisible(char32_t code);

// How many characters `text` has.
std::uint32_t count_characters(std::string_view text);

// How many columns of a terminal a character takes: 0 for combining ones, 2 for wide ones.
int display_width(char32_t code);

// The lines without their ends; "\r\n" is one end. Text that ends with one has no empty last line.
std::vector<std::string> split_lines(std::string_view text);

std::string_view trim(std::string_view text);

// A letter or `_`, then letters, digits and `_`: what may be the name of a thing in a program.
bool is_identifier(std::string_view text);

// Breaks at spaces so that no line has more than `width` characters, if possible.
std::vector<std::string> wrap(std::string_view text, std::size_t width);

}  // namespace wakesim
