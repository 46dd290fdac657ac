#include "sim/scenario/lexer.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "sim/scenario/text.h"

namespace wakesim {
namespace {

bool is_digit(char c) { return c >= '0' && c <= '9'; }

bool is_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// Longest first.
constexpr std::string_view kOperators[] = {
    "<<=", ">>=", "..", "==", "!=", "<=", ">=", "<<", ">>", "&&", "||", "+=", "-=",
    "*=",  "/=",  "%=", "&=", "|=", "^=", "+",  "-",  "*",  "/",  "%",  "&",  "|",
    "^",   "~",   "!",  "<",  ">",  "=",  "(",  ")",  "[",  "]",  ".",  ",",  ":"};

// What people write who think of another language.
struct Foreign {
  std::string_view text;
  std::string_view problem;
  std::string_view hint;
};

constexpr Foreign kForeign[] = {
    {"++", "there is no `++`", "`x += 1` is a line of its own"},
    {"--", "there is no `--`", "`x -= 1` is a line of its own"},
    {"->", "there is no `->`", ""},
    {"?", "there is no `? :`", "use if and else"},
    {";", "a line is one statement and has no `;`", "leave it away"},
    {"\"", "text in quotes has no meaning in a program", ""},
    {"'", "text in quotes has no meaning in a program", ""},
    {"$", "`$` begins the name of an axis, as in `${via}`", ""},
};

std::optional<std::uint64_t> digits_value(std::string_view digits, unsigned base) {
  std::uint64_t value = 0;
  for (const char c : digits) {
    const auto digit = static_cast<unsigned>(is_digit(c) ? c - '0' : (c | 0x20) - 'a' + 10);
    if (digit >= base) return {};
    if (value > (std::numeric_limits<std::uint64_t>::max() - digit) / base) return {};
    value = value * base + digit;
  }
  return value;
}

std::optional<std::uint64_t> nanoseconds_per(std::string_view unit) {
  if (unit == "ns") return 1;
  if (unit == "us") return 1'000;
  if (unit == "ms") return 1'000'000;
  if (unit == "s") return 1'000'000'000;
  return {};
}

void set_wrong(Token& token, std::string problem, std::string hint = {}) {
  token.kind = Token::Kind::Wrong;
  token.problem = std::move(problem);
  token.hint = std::move(hint);
}

void set_duration(Token& token, std::string_view digits, std::uint64_t unit_ns) {
  const auto count = digits_value(digits, 10);
  const auto max = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (!count || *count > max / unit_ns) {
    return set_wrong(token, fmt::format("`{}` is more than 292 years", token.text), "write  inf");
  }
  token.kind = Token::Kind::Duration;
  token.value = static_cast<std::int64_t>(*count * unit_ns);
}

void set_integer(Token& token, std::string_view digits, unsigned base) {
  const auto value = digits_value(digits, base);
  if (!value) {
    return set_wrong(token, fmt::format("`{}` does not fit into 64 bits", token.text),
                     "the largest number is 0xffffffffffffffff");
  }
  token.kind = Token::Kind::Number;
  token.value = static_cast<std::int64_t>(*value);
}

// token.text begins with a digit and is as long as letters and digits go.
void set_number(Token& token) {
  const std::string_view text = token.text;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    const std::string_view digits = text.substr(2);
    const bool is_hex = !digits.empty() && digits.find_first_not_of("0123456789abcdefABCDEF") ==
                                               std::string_view::npos;
    if (!is_hex) return set_wrong(token, fmt::format("`{}` is no hexadecimal number", text));
    return set_integer(token, digits, 16);
  }
  const std::size_t length = std::min(text.find_first_not_of("0123456789"), text.size());
  const std::string_view digits = text.substr(0, length);
  const std::string_view unit = text.substr(length);
  if (digits.size() > 1 && digits[0] == '0') {
    const std::size_t first = std::min(digits.find_first_not_of('0'), digits.size() - 1);
    return set_wrong(token,
                     fmt::format("`{}`: a number with a leading zero is octal for some and decimal "
                                 "for others",
                                 text),
                     fmt::format("write  {}{}", digits.substr(first), unit));
  }
  if (unit.empty()) return set_integer(token, digits, 10);
  const auto unit_ns = nanoseconds_per(unit);
  if (unit_ns) return set_duration(token, digits, *unit_ns);
  if (unit[0] == '_') return set_wrong(token, "numbers have no `_`");
  set_wrong(token, fmt::format("`{}` is neither a number nor a duration", text),
            "durations end in ns, us, ms or s");
}

void set_operator(Token& token, std::string_view rest) {
  for (const Foreign& foreign : kForeign) {
    if (!rest.starts_with(foreign.text)) continue;
    token.text = rest.substr(0, foreign.text.size());
    return set_wrong(token, std::string(foreign.problem), std::string(foreign.hint));
  }
  for (const std::string_view op : kOperators) {
    if (!rest.starts_with(op)) continue;
    token.kind = Token::Kind::Operator;
    token.text = rest.substr(0, op.size());
    return;
  }
  const Character c = character_at(rest, 0);
  token.text = rest.substr(0, c.bytes);
  const auto code = static_cast<std::uint32_t>(c.code);
  if (code < 0x80) return set_wrong(token, fmt::format("`{}` has no meaning here", token.text));
  set_wrong(token, fmt::format("`{}` (U+{:04X}) has no meaning here", token.text, code));
}

Token token_at(std::string_view line, std::size_t at) {
  const std::string_view rest = line.substr(at);
  Token token{.begin = at};
  if (is_word(rest[0])) {
    const auto end = std::find_if_not(rest.begin(), rest.end(), is_word);
    token.text = rest.substr(0, static_cast<std::size_t>(end - rest.begin()));
    token.kind = Token::Kind::Name;
    if (is_digit(rest[0])) set_number(token);
  } else {
    set_operator(token, rest);
  }
  token.end = at + token.text.size();
  return token;
}

Token name_at(std::string_view line, const Stretch& name) {
  return {.kind = Token::Kind::Name,
          .text = line.substr(name.begin, name.end - name.begin),
          .begin = name.begin,
          .end = name.end};
}

}  // namespace

std::vector<Token> tokenize(std::string_view line, std::size_t begin,
                            std::span<const Stretch> names) {
  std::vector<Token> tokens;
  std::size_t at = begin;
  while ((at = line.find_first_not_of(" \t\n", at)) != std::string_view::npos) {
    const auto name = std::find_if(names.begin(), names.end(),
                                   [at](const Stretch& stretch) { return stretch.begin == at; });
    tokens.push_back(name == names.end() ? token_at(line, at) : name_at(line, *name));
    if (tokens.back().kind == Token::Kind::Wrong) break;
    at = tokens.back().end;
  }
  tokens.push_back({.begin = line.size(), .end = line.size()});
  return tokens;
}

}  // namespace wakesim
