// Diagnostics as text: the message, the lines it is about with carets below them, the hints.

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "sim/scenario/diagnostic.h"
#include "sim/scenario/text.h"

namespace wakesim {
namespace {

constexpr std::uint32_t kNoLine = 0;

// A source line as the terminal shows it: characters, each of one or two columns.
struct Shown {
  std::string text;
  std::vector<std::size_t> columns;  // Of each character, and of the end.
};

// Tabs and unprintable characters become one column each, so that carets stay below their text.
Shown show(std::string_view line) {
  Shown shown;
  std::size_t column = 0;
  for (std::size_t at = 0; at < line.size();) {
    const Character c = character_at(line, at);
    shown.columns.push_back(column);
    const bool is_shown = c.is_valid && !is_control(c.code) && !is_invisible(c.code);
    if (c.code == '\t') {
      shown.text += ' ';
    } else if (!is_shown) {
      shown.text += "\u00b7";
    } else {
      shown.text += line.substr(at, c.bytes);
    }
    column += is_shown ? static_cast<std::size_t>(display_width(c.code)) : 1;
    at += c.bytes;
  }
  shown.columns.push_back(column);
  return shown;
}

std::size_t column_of(const Shown& shown, std::uint32_t character) {
  const std::size_t index = character == 0 ? 0 : character - 1;
  if (index < shown.columns.size()) return shown.columns[index];
  return shown.columns.back();
}

// The part of `text` between two columns of the terminal.
std::string cut(std::string_view text, std::size_t from, std::size_t width) {
  std::string part;
  std::size_t column = 0;
  for (std::size_t at = 0; at < text.size();) {
    const Character c = character_at(text, at);
    const std::size_t wide = c.is_valid ? static_cast<std::size_t>(display_width(c.code)) : 1;
    if (column >= from && column + wide <= from + width) part += text.substr(at, c.bytes);
    column += wide;
    at += c.bytes;
  }
  return part;
}

// One stretch to underline, and what to write behind it.
struct Mark {
  Location where;
  std::string text;
  bool is_primary = true;
};

// Renders the source excerpt of one diagnostic.
class Excerpt {
 public:
  Excerpt(const Diagnostic& diagnostic, const SourceFiles& files, int width)
      : files_(files), file_(diagnostic.where.file), width_(static_cast<std::size_t>(width)) {
    add({diagnostic.where, "", true});
    for (const Note& note : diagnostic.notes) add({note.where, note.text, note.text.empty()});
    std::uint32_t last = 1;
    for (const auto& [line, marks] : marks_) last = std::max(last, line);
    digits_ = std::to_string(last).size();
  }

  std::size_t gutter() const { return 2 + digits_ + 1; }

  std::string text() {
    std::string out;
    for (auto entry = marks_.begin(); entry != marks_.end(); ++entry) {
      const auto next = std::next(entry);
      const bool is_gap = next != marks_.end() && next->first > entry->first + 1;
      if (has_context(*entry)) out += source_line(entry->first - 1);
      out += source_line(entry->first) + underlines(entry->first, entry->second, is_gap);
    }
    return out;
  }

 private:
  void add(Mark mark) {
    if (mark.where.file != file_ || !line(mark.where.line)) return;
    marks_[mark.where.line].push_back(std::move(mark));
  }

  const std::string* line(std::uint32_t number) const {
    if (file_ >= files_.size() || number == kNoLine) return nullptr;
    const auto& lines = files_[file_].lines;
    return number <= lines.size() ? &lines[number - 1] : nullptr;
  }

  // A note about one of several siblings shows the sibling before it: the reader sees the list.
  bool has_context(const std::pair<const std::uint32_t, std::vector<Mark>>& entry) const {
    if (entry.second[0].is_primary || entry.first < 2 || marks_.contains(entry.first - 1)) {
      return false;
    }
    const auto indentation = [&](std::uint32_t number) {
      return line(number)->find_first_not_of(' ');
    };
    return indentation(entry.first) == indentation(entry.first - 1);
  }

  std::size_t room() const { return width_ > gutter() + 22 ? width_ - gutter() - 2 : 20; }

  // Long lines are shown from here, so that their first mark is visible.
  std::size_t window(std::uint32_t number, const Shown& shown) const {
    const auto marks = marks_.find(number);
    if (marks == marks_.end() || shown.columns.back() <= room()) return 0;
    std::size_t first = shown.columns.back();
    for (const Mark& mark : marks->second) {
      first = std::min(first, column_of(shown, mark.where.column));
    }
    return first < room() / 2 ? 0 : first - room() / 3;
  }

  std::string source_line(std::uint32_t number) const {
    const Shown shown = show(*line(number));
    const std::size_t from = window(number, shown);
    std::string text = shown.text;
    if (shown.columns.back() > from + room()) {
      text = cut(shown.text, from, room() - 1) + "\u2026";
    } else if (from != 0) {
      text = cut(shown.text, from, room());
    }
    if (from != 0) text = "\u2026" + cut(text, 1, room());
    return fmt::format("  {:>{}} \u2502{}{}\n", number, digits_, text.empty() ? "" : " ", text);
  }

  // The marks without text share a row of carets; each with text gets its own.
  std::string underlines(std::uint32_t number, std::vector<Mark> marks, bool is_gap) const {
    std::stable_sort(marks.begin(), marks.end(), [](const Mark& a, const Mark& b) {
      return std::pair(!a.text.empty(), a.where.column) <
             std::pair(!b.text.empty(), b.where.column);
    });
    const Shown shown = show(*line(number));
    const std::size_t from = window(number, shown);
    std::vector<std::string> rows;
    bool is_open = false;  // The last row has only carets.
    for (const Mark& mark : marks) {
      if (!is_open || !mark.text.empty()) rows.emplace_back();
      draw(rows.back(), mark, shown, from);
      is_open = mark.text.empty();
    }
    std::string out;
    for (std::size_t i = 0; i < rows.size(); ++i) {
      const bool is_last = i + 1 == rows.size();
      out +=
          std::string(gutter(), ' ') + (is_gap && is_last ? "\u2506 " : "\u2502 ") + rows[i] + "\n";
    }
    return out;
  }

  void draw(std::string& row, const Mark& mark, const Shown& shown, std::size_t from) const {
    const std::size_t first = column_of(shown, mark.where.column);
    std::size_t last = column_of(shown, mark.where.column + std::max(1u, mark.where.length));
    last = std::max(first + 1, last);  // Also behind the end of the line.
    const std::size_t begin = std::min(first - std::min(first, from), room() - 1);
    const std::size_t end = std::min(last - std::min(last, from), room());
    if (row.size() < begin) row.resize(begin, ' ');
    row.append(std::max(end, begin + 1) - begin, mark.is_primary ? '^' : '-');
    if (!mark.text.empty()) row += " " + mark.text;
  }

  const SourceFiles& files_;
  std::uint32_t file_;
  std::size_t width_;
  std::size_t digits_ = 1;
  std::map<std::uint32_t, std::vector<Mark>> marks_;
};

std::string file_name(const SourceFiles& files, std::uint32_t file) {
  return file < files.size() ? files[file].name : "scenario";
}

std::string place(const Location& where, const SourceFiles& files) {
  const std::string name = file_name(files, where.file);
  if (where.line == kNoLine) return name;
  return fmt::format("{}:{}:{}", name, where.line, where.column);
}

std::string headline(const Diagnostic& diagnostic, const SourceFiles& files, int width) {
  const std::string text =
      fmt::format("{}: {}: {}", place(diagnostic.where, files),
                  diagnostic.is_warning ? "warning" : "error", diagnostic.message);
  std::string out;
  for (const std::string& line : wrap(text, static_cast<std::size_t>(width))) out += line + "\n";
  return out;
}

// Text to paste stands as it is; advice is wrapped.
std::string hint_text(const std::string& hint, std::size_t indentation, std::size_t width) {
  const std::string margin(indentation, ' ');
  std::string out;
  for (const std::string& line : split_lines(hint)) {
    const bool is_text_to_paste = line.find("  ") != std::string::npos;
    const auto parts = is_text_to_paste
                           ? std::vector<std::string>{line}
                           : wrap(line, std::max<std::size_t>(20, width - indentation));
    for (const std::string& part : parts) out += margin + part + "\n";
  }
  return out;
}

// Notes about another file have no line in the excerpt.
std::string notes_elsewhere(const Diagnostic& diagnostic, const SourceFiles& files,
                            std::size_t indentation) {
  std::string out;
  for (const Note& note : diagnostic.notes) {
    if (note.where.file == diagnostic.where.file) continue;
    out += fmt::format("{}{}: {}\n", std::string(indentation, ' '), place(note.where, files),
                       note.text);
  }
  return out;
}

}  // namespace

std::string render(const Diagnostic& diagnostic, const SourceFiles& files, int width) {
  Excerpt excerpt(diagnostic, files, std::max(width, 40));
  std::string out = headline(diagnostic, files, std::max(width, 40));
  std::string body = excerpt.text() + notes_elsewhere(diagnostic, files, excerpt.gutter());
  for (const std::string& hint : diagnostic.hints) {
    body += hint_text(hint, excerpt.gutter(), static_cast<std::size_t>(std::max(width, 40)));
  }
  return body.empty() ? out : out + "\n" + body;
}

}  // namespace wakesim
