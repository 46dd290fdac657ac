#include "tools/report/text.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

#include "sim/scenario/text.h"

namespace wakesim {
namespace {

constexpr int kLabelColumns = 10;

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
  for (std::size_t at = 0; at < utf8.size();) {
    const Character next = character_at(utf8, at);
    width += next.is_valid ? display_width(next.code) : 1;
    at += next.bytes;
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
  for (std::size_t at = 0; at < text.size();) {
    const Character next = character_at(text, at);
    if (next.code == '\n' || next.code == '\t') {
      result += ' ';
    } else if (!next.is_valid || is_control(next.code) || is_invisible(next.code)) {
      result += '?';
    } else if (ascii && next.code >= 0x80) {
      result += ascii_for(next.code);
    } else {
      result += text.substr(at, next.bytes);
    }
    at += next.bytes;
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
      const std::size_t bytes = character_at(rest, taken).bytes;
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
  const int used = std::max(kLabelColumns, columns_of(prefix) + 1);
  const std::vector<Text> lines =
      wrap(printable_text(text, page.ascii), std::max(20, page.width - kLabelColumns));
  const bool has_room = lines.empty() || used + columns_of(lines.front()) <= page.width;
  if (used > kLabelColumns && !has_room) {
    result += render(prefix, page) + '\n';
    prefix = {};
  }
  for (const Text& line : lines) {
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
