#include "tools/report/text.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace wakesim {
namespace {

constexpr int kLabelColumns = 10;

struct Decoded {
  char32_t point = 0;
  std::size_t bytes = 1;
  bool is_valid = false;
};

// One character of UTF-8; an invalid byte stands for itself.
Decoded decode(std::string_view text) {
  const auto first = static_cast<unsigned char>(text.front());
  if (first < 0x80) return {first, 1, true};
  const std::size_t bytes = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < bytes) return {first, 1, false};

  char32_t point = first & (0x7fu >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if ((byte & 0xc0u) != 0x80u) return {first, 1, false};
    point = point << 6 | (byte & 0x3fu);
  }
  constexpr std::array<char32_t, 5> kSmallest = {0, 0, 0x80, 0x800, 0x10000};
  const bool is_surrogate = point >= 0xd800 && point <= 0xdfff;
  if (point < kSmallest[bytes] || point > 0x10ffff || is_surrogate) return {first, 1, false};
  return {point, bytes, true};
}

struct Range {
  char32_t first;
  char32_t last;
};

constexpr std::array kZeroWidth = {
    Range{0x300, 0x36f},   Range{0x483, 0x489},   Range{0x591, 0x5bd},   Range{0x610, 0x61a},
    Range{0x64b, 0x65f},   Range{0x900, 0x902},   Range{0x1ab0, 0x1aff}, Range{0x1dc0, 0x1dff},
    Range{0x200b, 0x200f}, Range{0x202a, 0x202e}, Range{0x2060, 0x206f}, Range{0x20d0, 0x20ff},
    Range{0xfe00, 0xfe0f}, Range{0xfe20, 0xfe2f}, Range{0xfeff, 0xfeff}, Range{0xe0100, 0xe01ef},
};

constexpr std::array kDoubleWidth = {
    Range{0x1100, 0x115f},   Range{0x2e80, 0x303e},   Range{0x3041, 0x33ff},
    Range{0x3400, 0x4dbf},   Range{0x4e00, 0x9fff},   Range{0xa000, 0xa4cf},
    Range{0xac00, 0xd7a3},   Range{0xf900, 0xfaff},   Range{0xfe30, 0xfe6f},
    Range{0xff00, 0xff60},   Range{0xffe0, 0xffe6},   Range{0x1f300, 0x1f64f},
    Range{0x1f680, 0x1f6ff}, Range{0x1f900, 0x1f9ff}, Range{0x20000, 0x3fffd},
};

template <std::size_t N>
bool is_in(char32_t point, const std::array<Range, N>& ranges) {
  return std::any_of(ranges.begin(), ranges.end(), [point](const Range& range) {
    return point >= range.first && point <= range.last;
  });
}

// Text that runs from right to left or hides would show something other than what it says.
bool is_deceptive(char32_t point) {
  return (point >= 0x200b && point <= 0x200f) || (point >= 0x202a && point <= 0x202e) ||
         (point >= 0x2060 && point <= 0x206f) || point == 0xfeff;
}

bool is_control(char32_t point) { return point < 0x20 || (point >= 0x7f && point < 0xa0); }

struct Substitute {
  char32_t point;
  std::string_view ascii;
};

constexpr std::array kSubstitutes = {
    Substitute{U'→', "->"}, Substitute{U'←', "<-"},  Substitute{U'⊘', "(/)"},
    Substitute{U'╌', "-"},  Substitute{U'░', ":"},   Substitute{U'◀', "<"},
    Substitute{U'│', "|"},  Substitute{U'┆', ":"},   Substitute{U'─', "-"},
    Substitute{U'━', "="},  Substitute{U'█', "#"},   Substitute{U'●', "o"},
    Substitute{U'■', "#"},  Substitute{U'◆', "*"},   Substitute{U'▲', "^"},
    Substitute{U'○', "o"},  Substitute{U'□', "#"},   Substitute{U'◇', "*"},
    Substitute{U'△', "^"},  Substitute{U'…', "..."}, Substitute{U'≠', "!="},
};

std::string_view ascii_for(char32_t point) {
  const auto* found = std::find_if(kSubstitutes.begin(), kSubstitutes.end(),
                                   [point](const Substitute& s) { return s.point == point; });
  return found == kSubstitutes.end() ? "?" : found->ascii;
}

std::string_view escape_of(Ink ink) {
  switch (ink) {
    case Ink::Plain:
      return "";
    case Ink::Strong:
      return "\x1b[1m";
    case Ink::Bad:
      return "\x1b[1;31m";
    case Ink::Warn:
      return "\x1b[33m";
    case Ink::Faint:
      return "\x1b[2m";
    case Ink::Command:
      return "\x1b[4m";
    case Ink::Thread0:
      return "\x1b[34m";
    case Ink::Thread1:
      return "\x1b[36m";
    case Ink::Thread2:
      return "\x1b[35m";
    case Ink::Thread3:
      return "\x1b[37m";
  }
  return "";
}

constexpr std::string_view kEscapeEnd = "\x1b[0m";

struct Word {
  Text text;
  int width = 0;
};

// Splits at spaces; a word may be made of several spans.
std::vector<Word> words_of(const Text& text) {
  std::vector<Word> words(1);
  for (const Span& span : text.spans()) {
    std::string_view rest = span.text;
    while (!rest.empty()) {
      const std::size_t space = rest.find(' ');
      words.back().text.add(rest.substr(0, space), span.ink);
      if (space == std::string_view::npos) break;
      words.emplace_back();
      rest.remove_prefix(space + 1);
    }
  }
  std::erase_if(words, [](const Word& word) { return word.text.is_empty(); });
  for (Word& word : words) word.width = columns_of(word.text);
  return words;
}

}  // namespace

Ink thread_ink(std::size_t thread) {
  constexpr std::array kInks = {Ink::Thread0, Ink::Thread1, Ink::Thread2, Ink::Thread3};
  return kInks[thread % kInks.size()];
}

std::string_view thread_shape(std::size_t thread) {
  constexpr std::array<std::string_view, 8> kShapes = {"●", "■", "◆", "▲", "○", "□", "◇", "△"};
  return kShapes[thread % kShapes.size()];
}

Text::Text(std::string text, Ink ink) {
  if (!text.empty()) spans_.push_back({std::move(text), ink});
}

Text& Text::add(std::string_view text, Ink ink) {
  if (text.empty()) return *this;
  if (!spans_.empty() && spans_.back().ink == ink) {
    spans_.back().text += text;
  } else {
    spans_.push_back({std::string(text), ink});
  }
  return *this;
}

Text& Text::append(const Text& text) {
  for (const Span& span : text.spans()) add(span.text, span.ink);
  return *this;
}

int display_width(std::string_view utf8) {
  int width = 0;
  while (!utf8.empty()) {
    const Decoded next = decode(utf8);
    if (next.is_valid && is_in(next.point, kDoubleWidth)) {
      width += 2;
    } else if (!next.is_valid || !is_in(next.point, kZeroWidth)) {
      width += 1;
    }
    utf8.remove_prefix(next.bytes);
  }
  return width;
}

int columns_of(const Text& text) {
  int width = 0;
  for (const Span& span : text.spans()) width += display_width(span.text);
  return width;
}

std::string printable(std::string_view text, bool ascii) {
  std::string result;
  while (!text.empty()) {
    const Decoded next = decode(text);
    if (next.point == '\n' || next.point == '\t') {
      result += ' ';
    } else if (!next.is_valid || is_control(next.point) || is_deceptive(next.point)) {
      result += '?';
    } else if (ascii && next.point >= 0x80) {
      result += ascii_for(next.point);
    } else {
      result += text.substr(0, next.bytes);
    }
    text.remove_prefix(next.bytes);
  }
  return result;
}

Text printable_text(const Text& text, bool ascii) {
  Text result;
  for (const Span& span : text.spans()) result.add(printable(span.text, ascii), span.ink);
  return result;
}

std::string render(const Text& line, const Page& page) {
  const Text shown = printable_text(line, page.ascii);
  std::string result;
  std::string spaces;  // Written only when something follows.
  for (const Span& span : shown.spans()) {
    const std::size_t end = span.text.find_last_not_of(' ');
    if (end == std::string::npos) {
      spaces += span.text;
      continue;
    }
    result += std::exchange(spaces, span.text.substr(end + 1));
    const bool is_inked = page.color && span.ink != Ink::Plain;
    if (is_inked) result += escape_of(span.ink);
    result.append(span.text, 0, end + 1);
    if (is_inked) result += kEscapeEnd;
  }
  return result;
}

std::vector<Text> wrap(const Text& text, int width) {
  if (columns_of(text) <= width) return {text};
  std::vector<Text> lines;
  int used = 0;
  for (const Word& word : words_of(text)) {
    if (lines.empty() || used + 1 + word.width > width) {
      lines.emplace_back();
      used = 0;
    }
    if (used > 0) {
      const Ink before = lines.back().spans().back().ink;
      lines.back().add(" ", before == word.text.spans().front().ink ? before : Ink::Plain);
      ++used;
    }
    lines.back().append(word.text);
    used += word.width;
  }
  return lines;
}

Text cut(const Text& text, int width, bool ascii) {
  const Text shown = printable_text(text, ascii);
  if (columns_of(shown) <= width) return shown;

  const std::string_view ellipsis = ascii ? "..." : "…";
  int left = width - display_width(ellipsis);
  Text result;
  for (const Span& span : shown.spans()) {
    std::string_view rest = span.text;
    std::size_t taken = 0;
    while (taken < rest.size()) {
      const std::size_t bytes = decode(rest.substr(taken)).bytes;
      const int columns = display_width(rest.substr(taken, bytes));
      if (columns > left) {
        result.add(rest.substr(0, taken), span.ink);
        return result.add(ellipsis, span.ink);
      }
      left -= columns;
      taken += bytes;
    }
    result.add(rest, span.ink);
  }
  return result;
}

std::string labelled(const Text& label, const Text& text, const Page& page) {
  std::string result;
  Text prefix = printable_text(label, page.ascii);
  // A label as long as its place still gets a space behind it.
  const int used = std::max(kLabelColumns, columns_of(prefix) + 2);
  for (const Text& line :
       wrap(printable_text(text, page.ascii), std::max(20, page.width - kLabelColumns))) {
    Text whole = prefix;
    const int pad = (result.empty() ? used : kLabelColumns) - columns_of(prefix);
    whole.add(std::string(static_cast<std::size_t>(pad), ' ')).append(line);
    result += render(whole, page) + '\n';
    prefix = {};
  }
  return result;
}

std::string labelled_command(const Text& label, const std::string& command, const Page& page) {
  Text line = printable_text(label, page.ascii);
  const int pad = std::max(0, kLabelColumns - columns_of(line));
  line.add(std::string(static_cast<std::size_t>(pad), ' ')).add(command, Ink::Command);
  return render(line, page) + '\n';
}

std::string shell_word(const std::string& word) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_./-+=:,@%";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string result = "'";
  for (const char c : word) {
    if (c == '\'') {
      result += "'\\''";
    } else {
      result += c;
    }
  }
  return result + "'";
}

std::string grouped(std::uint64_t number) {
  std::string digits = std::to_string(number);
  for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, 1, ' ');
  return digits;
}

}  // namespace wakesim
