#include "sim/scenario/statement.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>
#include <string>

#include "sim/scenario/expression.h"
#include "sim/scenario/text.h"

namespace wakesim {
namespace {

using ast::Statement;
using Kind = Statement::Kind;

// What stands behind the first word of a line or of a block's head.
enum class Operand : std::uint8_t { None, Optional, Expression, Loop };

struct Word {
  std::string_view text;
  Kind kind;
  Operand operand;
};

constexpr Word kHeads[] = {
    {"if", Kind::If, Operand::Expression},     {"while", Kind::While, Operand::Expression},
    {"forever", Kind::Forever, Operand::None}, {"repeat", Kind::Repeat, Operand::Expression},
    {"for", Kind::ForIn, Operand::Loop},       {"atomic", Kind::Atomic, Operand::None},
    {"either", Kind::Either, Operand::None},   {"waits_for", Kind::WaitsFor, Operand::Expression},
    {"try", Kind::Try, Operand::None},
};

constexpr Word kLines[] = {
    {"break", Kind::Break, Operand::None},       {"continue", Kind::Continue, Operand::None},
    {"return", Kind::Return, Operand::Optional}, {"assert", Kind::Assert, Operand::Expression},
    {"await", Kind::Await, Operand::Expression}, {"assume", Kind::Assume, Operand::Expression},
    {"sleep", Kind::Sleep, Operand::Expression}, {"work", Kind::Work, Operand::Expression},
};

constexpr std::string_view kAssignments[] = {
    "=", "+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", "<<=", ">>="};

template <std::size_t Size>
const Word* find_word(const Word (&words)[Size], std::string_view text) {
  const auto found = std::find_if(std::begin(words), std::end(words),
                                  [&](const Word& word) { return word.text == text; });
  return found == std::end(words) ? nullptr : found;
}

std::string_view first_word(std::string_view text) {
  return text.substr(0, std::min(text.find_first_of(" (["), text.size()));
}

bool is_else_if(std::string_view text) { return text.starts_with("else if "); }

std::string quoted_line(std::string_view line) {
  if (line.find('"') == std::string_view::npos) return fmt::format("write  - \"{}\"", line);
  return fmt::format("write  - '{}'", line);
}

// `work` and `sleep` are words only in front of their operand: a queue may be called `work`.
bool is_plain_name(const Word& word, const LineParser& parser) {
  if (word.kind != Kind::Sleep && word.kind != Kind::Work) return false;
  const Token& next = parser.peek(1);
  const bool is_operand = next.kind == Token::Kind::Name || next.kind == Token::Kind::Number ||
                          next.kind == Token::Kind::Duration || next.text == "(";
  return !is_operand && next.kind != Token::Kind::End;
}

const Word* head_word(const LineParser& parser) {
  return parser.peek().kind == Token::Kind::Name ? find_word(kHeads, parser.peek().text) : nullptr;
}

// `if (x) { y; }` as it is written here: `if (x): y`.
std::string head_hint(const Node& line, const Word& word) {
  Diagnostics ignored;
  LineParser parser(line, ignored, line.text.find(word.text) + word.text.size());
  if (word.operand == Operand::Expression) parser.expression();
  if (parser.has_failed()) return {};
  const std::size_t end = word.operand == Operand::Loop
                              ? line.text.size()
                              : std::max(parser.last_end(), word.text.size());
  std::string body = line.text.substr(end);
  std::erase_if(body, [](char c) { return c == '{' || c == '}' || c == ';' || c == ':'; });
  const std::string_view rest = trim(body);
  return fmt::format("write  {}:{}{}", trim(line.text.substr(0, end)), rest.empty() ? "" : " ",
                     rest);
}

class BlockParser {
 public:
  explicit BlockParser(Diagnostics& diagnostics) : diagnostics_(diagnostics) {}

  std::vector<Statement> block(const Node& body, std::string_view owner, EmptyBlock empty);

 private:
  std::optional<Statement> statement(const Node& node);
  std::optional<Statement> line(const Node& node);
  std::optional<Statement> map(const Node& node);
  std::optional<Statement> head(const Entry& entry);
  void simple(LineParser& parser, const Word& word, Statement& statement);
  void assignment_or_call(LineParser& parser, Statement& statement);
  void head_operand(LineParser& parser, const Word& word, Statement& statement);
  void body(const Entry& entry, Statement& statement);
  void branches(const Node& value, Statement& statement);
  void continuations(const Node& node, std::size_t next, Statement& statement);
  void else_if(const Node& node, std::size_t index, Statement& statement);
  void refuse_head(const Entry& entry);
  bool refuse_joined_head(const Node& node);
  void refuse_handler(const Location& where);
  void refuse_continuation(const Entry& entry, const Statement& of);
  void error(const Location& where, std::string message, std::string hint = {}) {
    diagnostics_.error(where, std::move(message), std::move(hint));
  }

  Diagnostics& diagnostics_;
};

std::vector<Statement> BlockParser::block(const Node& body, std::string_view owner,
                                          EmptyBlock empty) {
  std::vector<Statement> statements;
  const auto add = [&](const Node& node) {
    if (auto parsed = statement(node)) statements.push_back(std::move(*parsed));
  };
  const bool is_empty = body.kind == Node::Kind::Null || (body.is_list() && body.items.empty());
  if (is_empty && (empty == EmptyBlock::IsError || !body.is_list())) {
    error(body.where, fmt::format("{} has no lines", owner), "indent its lines below it");
  }
  if (body.is_list()) {
    for (const Node& item : body.items) add(item);
  } else if (!is_empty) {
    add(body);
  }
  return statements;
}

std::optional<Statement> BlockParser::statement(const Node& node) {
  switch (node.kind) {
    case Node::Kind::Scalar:
      return line(node);
    case Node::Kind::Map:
      return map(node);
    case Node::Kind::List:
      error(node.where, "a list inside a list is no statement", "write one `- ` before each line");
      return {};
    case Node::Kind::Null:
      break;
  }
  error(node.where, "an item of this list is empty", "remove the `-`");
  return {};
}

// ---- One line ----------------------------------------------------------------------------------

std::optional<Statement> BlockParser::line(const Node& node) {
  if (node.style == Node::Style::Block) {
    error(node.where, "a statement stands on one line", "write it behind the `- `");
    return {};
  }
  if (refuse_joined_head(node) || refuse_mangled(node, diagnostics_)) return {};
  if (is_handler_head(node.text)) {
    refuse_handler(node.where);
    return {};
  }
  LineParser parser(node, diagnostics_);
  Statement statement{.text = std::string(trim(node.text)), .where = node.where};
  const Word* word =
      parser.peek().kind == Token::Kind::Name ? find_word(kLines, parser.peek().text) : nullptr;
  if (word && !is_plain_name(*word, parser)) {
    simple(parser, *word, statement);
  } else if (const Word* begun = head_word(parser)) {
    parser.fail(parser.peek(),
                fmt::format("`{}` begins a block and needs `:` and lines below it", begun->text),
                head_hint(node, *begun));
  } else if (parser.is_at_word("else") || parser.is_at_word("cleanup")) {
    parser.fail(parser.peek(), fmt::format("`{}` needs `:`", parser.peek().text));
  } else {
    assignment_or_call(parser, statement);
  }
  if (!parser.finish()) return {};
  return statement;
}

void BlockParser::simple(LineParser& parser, const Word& word, Statement& statement) {
  parser.next();
  statement.kind = word.kind;
  if (word.operand == Operand::None) return;
  if (word.operand == Operand::Optional && parser.is_at_end()) return;
  statement.value = parser.expression();
  statement.has_value = true;
}

void BlockParser::assignment_or_call(LineParser& parser, Statement& statement) {
  ast::Expression first = parser.expression();
  const Token op = parser.peek();
  const bool is_assignment = op.kind == Token::Kind::Operator &&
                             std::find(std::begin(kAssignments), std::end(kAssignments), op.text) !=
                                 std::end(kAssignments);
  if (!is_assignment) {
    statement.kind = Kind::Evaluate;
    statement.value = std::move(first);
    statement.has_value = true;
    return;
  }
  using Target = ast::Expression::Kind;
  if (first.kind != Target::Name && first.kind != Target::Index && first.kind != Target::Member) {
    return parser.fail(first.where, "only a name, an element or a field can be assigned to");
  }
  parser.next();
  statement.kind = Kind::Assign;
  statement.op = op.text;
  statement.target = std::move(first);
  statement.value = parser.expression();
  statement.has_value = true;
  if (parser.is_at("=")) {
    parser.fail(parser.peek(), "one line assigns once; a comparison is `==`");
  }
}

// `forever` without its `:`, which YAML joins with the lines below it.
bool BlockParser::refuse_joined_head(const Node& node) {
  const Word* const head = find_word(kHeads, first_word(node.text));
  if (!node.is_folded || node.style != Node::Style::Plain || head == nullptr) return false;
  error(node.where, fmt::format("`{}` needs `:` at the end of its line", head->text),
        head->operand == Operand::None ? fmt::format("write  {}:", head->text) : "");
  return true;
}

void BlockParser::refuse_handler(const Location& where) {
  error(where, "a handler is no statement: it may run between any two of the thread",
        "write  on SIGNAL:  beside the `run:` of the thread");
}

// ---- Blocks ------------------------------------------------------------------------------------

std::optional<Statement> BlockParser::map(const Node& node) {
  if (node.entries.empty()) {
    error(node.where, "`{}` is no statement");
    return {};
  }
  std::optional<Statement> statement = head(node.entries[0]);
  if (statement) continuations(node, 1, *statement);
  return statement;
}

std::optional<Statement> BlockParser::head(const Entry& entry) {
  const Node& key = entry.key;
  const Word* word = find_word(kHeads, first_word(key.text));
  if (!word) {
    refuse_head(entry);
    return {};
  }
  if (refuse_mangled(key, diagnostics_)) return {};
  Statement statement{.kind = word->kind, .text = key.text + ":", .where = key.where};
  if (entry.value.is_scalar()) statement.text += " " + entry.value.text;
  LineParser parser(key, diagnostics_, word->text.size());
  head_operand(parser, *word, statement);
  const bool is_good = parser.finish();
  body(entry, statement);
  if (!is_good) return {};
  return statement;
}

void BlockParser::head_operand(LineParser& parser, const Word& word, Statement& statement) {
  if (word.operand == Operand::None) return;
  if (word.operand == Operand::Loop) {
    statement.name = parser.identifier("the loop's local");
    if (!parser.is_at_word("in")) {
      return parser.fail(parser.peek(), "expected `in` after the loop's local",
                         "write  for e in events:");
    }
    parser.next();
  }
  if (parser.is_at_end()) {
    return parser.fail(parser.peek(),
                       fmt::format("`{}` needs an expression before `:`", word.text));
  }
  statement.value = parser.expression();
  statement.has_value = true;
}

void BlockParser::body(const Entry& entry, Statement& statement) {
  if (statement.kind == Kind::Either) return branches(entry.value, statement);
  const std::string owner = fmt::format("`{}:`", entry.key.text);
  statement.body = block(entry.value, owner, EmptyBlock::IsError);
}

// A list of blocks, or a map of blocks whose keys say what each stands for.
void BlockParser::branches(const Node& value, Statement& statement) {
  for (const Node& item : value.items) {
    statement.branches.push_back(block(item, "a branch of `either:`", EmptyBlock::IsAllowed));
  }
  for (const auto& [key, branch] : value.entries) {
    if (!is_identifier(key.text) || is_reserved(key.text)) {
      error(key.where, fmt::format("{} is no name of a branch of `either:`", describe(key)),
            "begin each branch with `- `, or with a name of its own");
    }
    statement.branch_names.push_back(key.text);
    statement.branches.push_back(
        block(branch, fmt::format("branch `{}`", key.text), EmptyBlock::IsAllowed));
  }
  if (statement.branches.size() >= 2) return;
  error(value.where, "`either:` needs a list of at least two branches",
        "write  either:\n           - x = 1\n           - x = 2");
}

// The keys below the head's: `else if c`, `else`, `cleanup`.
void BlockParser::continuations(const Node& node, std::size_t next, Statement& statement) {
  if (next == node.entries.size()) return;
  const Entry& entry = node.entries[next];
  const bool is_if = statement.kind == Kind::If;
  const bool is_try = statement.kind == Kind::Try;
  if (is_if && is_else_if(entry.key.text)) return else_if(node, next, statement);
  if ((is_if && entry.key.text == "else") || (is_try && entry.key.text == "cleanup")) {
    statement.otherwise =
        block(entry.value, fmt::format("`{}:`", entry.key.text), EmptyBlock::IsError);
    statement.has_otherwise = true;
    if (next + 1 == node.entries.size()) return;
    return refuse_continuation(node.entries[next + 1], statement);
  }
  refuse_continuation(entry, statement);
}

// `else if c:` is an `if` alone in an `else:`.
void BlockParser::else_if(const Node& node, std::size_t index, Statement& statement) {
  const Entry& entry = node.entries[index];
  constexpr std::size_t kPrefix = std::string_view("else if").size();
  if (refuse_mangled(entry.key, diagnostics_)) return;
  Statement inner{.kind = Kind::If, .text = entry.key.text + ":", .where = entry.key.where};
  if (entry.value.is_scalar()) inner.text += " " + entry.value.text;
  LineParser parser(entry.key, diagnostics_, kPrefix);
  head_operand(parser, kHeads[0], inner);
  parser.finish();
  body(entry, inner);
  continuations(node, index + 1, inner);
  statement.otherwise.push_back(std::move(inner));
  statement.has_otherwise = true;
}

void BlockParser::refuse_continuation(const Entry& entry, const Statement& of) {
  if (of.text.starts_with(entry.key.text + ":")) return;  // A key twice: reported.
  const std::string_view word = first_word(entry.key.text);
  if (find_word(kHeads, word)) {
    return error(entry.key.where,
                 fmt::format("{} belongs to the item above it", describe(entry.key)),
                 fmt::format("write  - {}:", entry.key.text));
  }
  if (word == "elif" || word == "elseif") {
    return error(entry.key.where, fmt::format("there is no `{}`", word),
                 fmt::format("write  else if{}:", entry.key.text.substr(word.size())));
  }
  Diagnostic diagnostic{.where = entry.key.where,
                        .message = fmt::format("{} cannot follow a block", describe(entry.key))};
  diagnostic.notes.push_back({of.where, "this one"});
  diagnostic.hints.push_back("begin a line of its own with `- `");
  diagnostics_.add(std::move(diagnostic));
}

// A map whose key begins no block: most often a `: ` that splits a line.
void BlockParser::refuse_head(const Entry& entry) {
  const std::string& key = entry.key.text;
  const std::string word(first_word(key));
  if (entry.key.is_flow) {
    return error(entry.key.where, "`{` makes a YAML map of this line",
                 "start with a name, or put parentheses around the expression");
  }
  if (word == "else" || word == "cleanup") {
    const std::string_view partner = word == "else" ? "if" : "try";
    return error(entry.key.where, fmt::format("`{}:` without its `{}`", word, partner),
                 fmt::format("align it with `{}` and begin it without `- `", partner));
  }
  if (is_handler_head(key)) return refuse_handler(entry.key.where);
  if (find_word(kLines, word) && entry.value.kind == Node::Kind::Null) {
    return error(entry.key.where, fmt::format("`{}` has no `:`", word),
                 fmt::format("write  - {}", key));
  }
  const std::string guess = closest_name(
      word, {"if", "while", "forever", "repeat", "for", "atomic", "either", "waits_for", "try"});
  if (!entry.value.is_scalar()) {
    return error(entry.key.where, fmt::format("`{}` begins no block", word),
                 guess.empty()
                     ? "blocks begin with if, while, forever, repeat, for, atomic, either, "
                       "waits_for or try"
                     : fmt::format("write  {}{}:", guess, key.substr(word.size())));
  }
  const std::string whole = fmt::format("{}: {}", key, entry.value.text);
  error(entry.key.where, "`: ` splits this line into a key and a value",
        key.find('?') != std::string::npos ? "there is no `? :`; use if and else"
        : guess.empty()                    ? quoted_line(whole)
                        : fmt::format("write  {}{}", guess, whole.substr(word.size())));
}

}  // namespace

bool is_handler_head(std::string_view key) {
  // `on = 1` is an assignment.
  return key.starts_with("on ") && is_identifier(key.substr(3, key.find(' ', 3) - 3));
}

bool begins_block(std::string_view key) { return find_word(kHeads, first_word(key)) != nullptr; }

std::vector<Statement> parse_block(const Node& body, std::string_view owner,
                                   Diagnostics& diagnostics, EmptyBlock empty) {
  return BlockParser(diagnostics).block(body, owner, empty);
}

}  // namespace wakesim
