#include "sim/scenario/traps.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "sim/scenario/statement.h"
#include "sim/scenario/text.h"

namespace wakesim {
namespace {

using Lines = std::vector<std::string>;

constexpr std::size_t kNone = std::string_view::npos;

// ---- Characters --------------------------------------------------------------------------------

bool looks_like_utf16(std::string_view text) {
  if (text.starts_with("\xff\xfe") || text.starts_with("\xfe\xff")) return true;
  const std::string_view head = text.substr(0, 64);
  return head.size() >= 8 &&
         static_cast<std::size_t>(std::count(head.begin(), head.end(), '\0')) * 3 > head.size();
}

// Why the character may not stand in a scenario; empty if it may.
std::string problem_of(std::string_view text, std::size_t at, const Character& c) {
  if (!c.is_valid) {
    return fmt::format("byte 0x{:02x} is not UTF-8", static_cast<unsigned char>(text[at]));
  }
  if (c.code == '\r' && (at + 1 == text.size() || text[at + 1] != '\n')) {
    return "a carriage return without a line feed; lines end with one or both";
  }
  if (is_control(c.code) && c.code != '\t' && c.code != '\n' && c.code != '\r') {
    return fmt::format("control character 0x{:02x}", static_cast<std::uint32_t>(c.code));
  }
  if (is_invisible(c.code)) {
    return fmt::format("invisible character U+{:04X}", static_cast<std::uint32_t>(c.code));
  }
  return {};
}

// ---- Lines -------------------------------------------------------------------------------------

bool is_blank_or_comment(std::string_view line) {
  const std::string_view text = trim(line);
  return text.empty() || text[0] == '#';
}

std::size_t indentation(std::string_view line) {
  return std::min(line.find_first_not_of(' '), line.size());
}

// Behind the indentation and the `- `s.
std::size_t item_start(std::string_view line) {
  std::size_t at = indentation(line);
  while (line.substr(at).starts_with("- ")) at += 2 + indentation(line.substr(at + 2));
  return at;
}

// The next `: ` or `:` at the end of the line.
std::size_t find_colon(std::string_view line, std::size_t from) {
  for (std::size_t at = line.find(':', from); at != kNone; at = line.find(':', at + 1)) {
    if (at + 1 == line.size() || line[at + 1] == ' ') return at;
  }
  return kNone;
}

// Does `line` end with the `|` or `>` that makes text of the lines below it?
bool opens_block_text(std::string_view line) {
  const std::string_view text = trim(line.substr(0, std::min(line.find(" #"), line.size())));
  const std::size_t last = text.find_last_not_of("+-0123456789");
  if (last == kNone || (text[last] != '|' && text[last] != '>')) return false;
  return last >= 2 && text[last - 1] == ' ' && (text[last - 2] == ':' || text[last - 2] == '-');
}

// Which lines are program and not the text of a `|` or `>`.
std::vector<bool> lines_to_examine(const Lines& lines) {
  std::vector<bool> is_program(lines.size(), true);
  std::optional<std::size_t> text_of;  // Indentation of the line that opened a text.
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (is_blank_or_comment(lines[i])) {
      is_program[i] = false;
      continue;
    }
    if (text_of && indentation(lines[i]) > *text_of) {
      is_program[i] = false;
      continue;
    }
    text_of.reset();
    if (opens_block_text(lines[i])) text_of = indentation(lines[i]);
  }
  return is_program;
}

// A line under examination, and where to say what was found.
struct Suspect {
  std::string_view line;
  std::uint32_t file;
  std::uint32_t number;
  Diagnostics& diagnostics;

  void error(std::size_t at, std::size_t bytes, std::string message, std::string hint) const {
    const Location where{.file = file,
                         .line = number,
                         .column = count_characters(line.substr(0, at)) + 1,
                         .length = count_characters(line.substr(at, bytes))};
    diagnostics.error(where, std::move(message), std::move(hint));
  }
};

std::string quoted(std::string_view text) {
  if (text.find('"') == kNone) return fmt::format("\"{}\"", text);
  return fmt::format("'{}'", text);
}

bool explain_tab(const Suspect& suspect) {
  const std::size_t first = suspect.line.find_first_not_of(" \t");
  const std::size_t tab = suspect.line.find('\t');
  if (tab == kNone || tab > first) return false;
  suspect.error(tab, 1, "a tab cannot indent YAML", "use spaces");
  return true;
}

// `- *p = 1`, `x: @y`, `- %z`: characters that mean something to YAML at the start of a value.
bool explain_odd_start(const Suspect& suspect, std::size_t at) {
  const std::string_view text = suspect.line.substr(std::min(at, suspect.line.size()));
  if (text.empty() || std::string_view("*&!@`%|>,]}").find(text[0]) == kNone) return false;
  if (opens_block_text(suspect.line)) return false;
  suspect.error(at, 1,
                fmt::format("a line or value cannot start with `{}`: YAML gives it a meaning "
                            "of its own",
                            text[0]),
                "start with a name, or put parentheses around the expression");
  return true;
}

// `- "a" == b`: a quoted scalar ends at its quote.
bool explain_text_behind_quote(const Suspect& suspect, std::size_t at) {
  const std::string_view text = suspect.line.substr(std::min(at, suspect.line.size()));
  if (text.empty() || (text[0] != '"' && text[0] != '\'')) return false;
  const std::size_t end = text.find(text[0], 1);
  if (end == kNone) return false;
  const std::string_view rest = trim(text.substr(end + 1));
  if (rest.empty() || rest[0] == '#' || rest[0] == ':' || rest[0] == ',') return false;
  if (rest[0] == ']' || rest[0] == '}' || rest[0] == text[0]) return false;
  suspect.error(at, end + 1, "a value that starts with a quote ends at the next one",
                "quote the whole line, or start it with a name");
  return true;
}

bool is_flow_start(std::string_view text) {
  return !text.empty() && (text[0] == '[' || text[0] == '{');
}

// `${axis}` inside [ ] or { }: its brace ends the list or map.
bool explain_axis_in_flow(const Suspect& suspect, std::size_t at) {
  const std::string_view text = suspect.line.substr(std::min(at, suspect.line.size()));
  const std::size_t axis = text.find("${");
  if (!is_flow_start(text) || axis == kNone) return false;
  const std::size_t end = std::min(text.find('}', axis), text.size() - 1);
  suspect.error(at + axis, end + 1 - axis, "inside [ ] and { } the brace of `${...}` ends the list",
                fmt::format("write  {}\nor     one entry a line, without [ ] and {{ }}",
                            quoted(text.substr(axis, end + 1 - axis))));
  return true;
}

// `[ready, a[0]]`: inside [ ] and { } every bracket is YAML's.
bool explain_index_in_flow(const Suspect& suspect, std::size_t at) {
  const std::string_view line = suspect.line;
  if (!is_flow_start(line.substr(std::min(at, line.size())))) return false;
  for (std::size_t open = line.find('[', at + 1); open != kNone; open = line.find('[', open + 1)) {
    const std::size_t name = line.find_last_of(" ,([{!-+=<>&|~", open - 1) + 1;
    const std::size_t close = line.find(']', open);
    if (close == kNone || !is_identifier(line.substr(name, open - name))) continue;
    const std::string_view element = line.substr(name, close + 1 - name);
    suspect.error(
        name, element.size(), "inside [ ] and { } YAML takes the brackets of an index",
        fmt::format("write  {}\nor     one entry a line, without [ ] and {{ }}", quoted(element)));
    return true;
  }
  return false;
}

// `- if a: if b: c`, `about: why: because`.
bool explain_second_colon(const Suspect& suspect, std::size_t at) {
  const std::string_view line =
      suspect.line.substr(0, std::min(suspect.line.find(" #"), suspect.line.size()));
  const std::size_t first = find_colon(line, at);
  if (first == kNone || line.substr(at).starts_with('"') || line.substr(at).starts_with('\'')) {
    return false;
  }
  const std::size_t value = std::min(line.find_first_not_of(' ', first + 1), line.size());
  const std::size_t second = find_colon(line, value);
  const std::string_view rest = line.substr(value);
  if (second == kNone || is_flow_start(rest) || rest.starts_with('"') || rest.starts_with('\'')) {
    return false;
  }
  const bool is_block = rest.starts_with("if ") || rest.starts_with("while ");
  suspect.error(
      second, 1, "a second `: ` in one line",
      is_block
          ? "the body of a one-line block is one statement: put it on lines of its own"
          : fmt::format("write  {}: {}", trim(line.substr(at, first - at)), quoted(trim(rest))));
  return true;
}

// `- forever` above an indented list: YAML takes that for more text of the line. `below` is the
// next line of program.
bool explain_missing_colon(const Suspect& suspect, std::string_view below) {
  const std::size_t start = item_start(suspect.line);
  const std::string_view head =
      trim(suspect.line.substr(start, suspect.line.find(" #", start) - start));
  const bool is_head = begins_block(head) && find_colon(suspect.line, start) == kNone;
  const std::size_t list = indentation(below);
  if (!is_head || list <= indentation(suspect.line) || !below.substr(list).starts_with("- ")) {
    return false;
  }
  suspect.error(start, head.size(), fmt::format("`{}` needs `:` at the end of its line", head),
                fmt::format("write  {}:", head));
  return true;
}

bool explain_line(const Suspect& suspect) {
  if (explain_tab(suspect)) return true;
  const std::size_t start = item_start(suspect.line);
  const std::size_t colon = find_colon(suspect.line, start);
  const std::size_t value = colon == kNone ? kNone : suspect.line.find_first_not_of(' ', colon + 1);
  for (const std::size_t at : {start, value}) {
    if (at == kNone) continue;
    if (explain_odd_start(suspect, at) || explain_text_behind_quote(suspect, at) ||
        explain_axis_in_flow(suspect, at) || explain_index_in_flow(suspect, at)) {
      return true;
    }
  }
  return explain_second_colon(suspect, start);
}

// The library's own findings in our words, where no line looks suspicious.
struct Finding {
  std::string_view library;
  std::string_view message;
  std::string_view hint;
};

constexpr Finding kFindings[] = {
    {"end of map not found", "this does not fit the lines above it",
     "indent it as the other entries of its map; quote a line that holds quotes or `: `"},
    {"end of sequence not found", "this does not fit the lines above it",
     "begin it with `- ` and indent it as the other lines of its list"},
    {"end of map flow not found", "the `{` before this is not closed",
     "close it with `}`, or write one entry a line without braces"},
    {"end of sequence flow not found", "the `[` before this is not closed",
     "close it with `]`, or write one entry a line, each after `- `"},
    {"illegal EOF in scalar", "a quote is opened and never closed", ""},
    {"illegal map value", "`: ` cannot stand here", "quote a line that holds `: `"},
    {"illegal map key", "a key cannot stand here", ""},
    {"illegal block entry", "`- ` cannot stand here", "begin the list on a line of its own"},
    {"illegal flow end", "a bracket closes what was not opened", ""},
    {"unexpected character in block scalar", "text after `|` or `>` begins on the next line", ""},
};

void explain_finding(const Location& where, std::string_view message, Diagnostics& diagnostics) {
  for (const Finding& finding : kFindings) {
    if (message == finding.library) {
      diagnostics.error(where, std::string(finding.message), std::string(finding.hint));
      return;
    }
  }
  diagnostics.error(where, fmt::format("this is no YAML: {}", message));
}

}  // namespace

bool check_characters(std::string_view text, std::uint32_t file, Diagnostics& diagnostics) {
  if (looks_like_utf16(text)) {
    diagnostics.error({.file = file}, "the file is UTF-16 or binary; scenarios are UTF-8 text",
                      "save it as UTF-8");
    return false;
  }
  Location where{.file = file, .line = 1, .column = 1};
  for (std::size_t at = 0; at < text.size();) {
    const Character c = character_at(text, at);
    std::string problem = problem_of(text, at, c);
    if (!problem.empty()) {
      diagnostics.error(where, std::move(problem));
      return false;
    }
    ++where.column;
    if (c.code == '\n') where = {.file = file, .line = where.line + 1, .column = 1};
    at += c.bytes;
  }
  return true;
}

bool refuse_document_marks(const Lines& lines, std::uint32_t file, Diagnostics& diagnostics) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!lines[i].starts_with('%')) continue;
    diagnostics.error({.file = file, .line = static_cast<std::uint32_t>(i + 1), .column = 1},
                      "`%` begins a YAML directive; scenarios have none");
    return true;
  }
  return false;
}

void explain_syntax_error(const Lines& lines, const Location& where, std::string_view message,
                          Diagnostics& diagnostics) {
  const std::vector<bool> is_program = lines_to_examine(lines);
  bool is_explained = false;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (!is_program[i]) continue;
    const auto number = static_cast<std::uint32_t>(i + 1);
    const Suspect suspect{lines[i], where.file, number, diagnostics};
    const auto next =
        std::find(is_program.begin() + static_cast<std::ptrdiff_t>(i) + 1, is_program.end(), true);
    const std::string_view below =
        next == is_program.end()
            ? std::string_view()
            : std::string_view(lines[static_cast<std::size_t>(next - is_program.begin())]);
    const bool found = explain_missing_colon(suspect, below) || explain_line(suspect);
    // What is suspicious below the place where the library stopped may be a consequence.
    is_explained = is_explained || (found && number <= where.line);
  }
  if (!is_explained) explain_finding(where, message, diagnostics);
}

}  // namespace wakesim
