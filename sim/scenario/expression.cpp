#include "sim/scenario/expression.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/scenario/text.h"

namespace wakesim {
namespace {

using ast::Expression;

// Bounds that no line written by a person reaches; they keep the stack small here, in the compiler
// and in destructors.
constexpr int kDepthMax = 64;
constexpr int kOperatorsMax = 1000;

struct Operator {
  std::string_view text;
  int level;
};

// C's precedences; all of these bind to the left.
constexpr Operator kBinary[] = {{"||", 1}, {"&&", 2}, {"|", 3},  {"^", 4},  {"&", 5},  {"==", 6},
                                {"!=", 6}, {"<", 7},  {"<=", 7}, {">", 7},  {">=", 7}, {"<<", 8},
                                {">>", 8}, {"+", 9},  {"-", 9},  {"*", 10}, {"/", 10}, {"%", 10}};

int level_of(const Token& token) {
  if (token.kind != Token::Kind::Operator) return 0;
  for (const Operator& op : kBinary) {
    if (op.text == token.text) return op.level;
  }
  return 0;
}

bool is_operand(const Token& token) {
  return token.kind == Token::Kind::Name || token.kind == Token::Kind::Number ||
         token.kind == Token::Kind::Duration;
}

std::string shown(const Token& token) {
  if (token.kind == Token::Kind::End) return "the end of the line";
  return fmt::format("`{}`", token.text);
}

bool is_c_type(std::string_view word) {
  static constexpr std::string_view kTypes[] = {"int",  "long", "unsigned", "bool",  "char",
                                                "auto", "var",  "let",      "const", "size_t"};
  return std::find(std::begin(kTypes), std::end(kTypes), word) != std::end(kTypes);
}

// A hint for `a and b` and the like.
std::string word_operator(std::string_view word) {
  if (word == "and") return "write  a && b";
  if (word == "or") return "write  a || b";
  if (word == "not") return "write  !a";
  return {};
}

// Where brackets or quotes do not match, or npos.
std::size_t find_imbalance(std::string_view text) {
  std::vector<std::size_t> open;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '(' || c == '[') open.push_back(at);
    if (c == '"' || c == '\'') {
      at = text.find(c, at + 1);
      if (at == std::string_view::npos) return text.find(c);
    }
    if (c != ')' && c != ']') continue;
    if (open.empty() || text[open.back()] != (c == ')' ? '(' : '[')) return at;
    open.pop_back();
  }
  return open.empty() ? std::string_view::npos : open.back();
}

bool is_dashed_name(std::string_view text) {
  if (text.find('-') == std::string_view::npos) return false;
  while (true) {
    const std::size_t end = std::min(text.find('-'), text.size());
    if (!is_identifier(text.substr(0, end))) return false;
    if (end == text.size()) return true;
    text.remove_prefix(end + 1);
  }
}

// A value such as `epoll-lt` in the place of `${via}` is a name, not a difference.
std::vector<Stretch> dashed_names(const Node& line) {
  std::vector<Stretch> names;
  for (const Node::Splice& splice : line.splices) {
    const std::string_view text = line.text;
    if (is_dashed_name(text.substr(splice.begin, splice.end - splice.begin))) {
      names.push_back({splice.begin, splice.end});
    }
  }
  return names;
}

}  // namespace

bool is_reserved(std::string_view word) {
  static constexpr std::string_view kWords[] = {
      "assert",   "assume", "atomic", "await", "break",     "cleanup",
      "continue", "either", "else",   "for",   "forever",   "if",
      "in",       "repeat", "return", "try",   "waits_for", "while"};
  return std::find(std::begin(kWords), std::end(kWords), word) != std::end(kWords);
}

bool refuse_mangled(const Node& line, Diagnostics& diagnostics) {
  if (line.is_folded) {
    diagnostics.error(line.where, "YAML joins this line with the next one",
                      line.style == Node::Style::Quoted
                          ? "close the quote on its own line"
                          : "begin the next line with `- `, or indent it as a line of its own");
    return true;
  }
  const std::size_t at = find_imbalance(line.text);
  if (at == std::string::npos) return false;
  if (line.comment_column != 0) {
    Location where = line.where;
    where.column = line.comment_column;
    where.length = 1;
    diagnostics.error(where, "` #` begins a comment and cuts this line",
                      "leave no blank before `#`, or quote the whole line");
    return true;
  }
  diagnostics.error(
      line.place(at, at + 1), fmt::format("`{}` has no partner", line.text[at]),
      line.is_flow ? "inside [ ] and { } YAML splits at every comma: write one entry a line" : "");
  return true;
}

LineParser::LineParser(const Node& line, Diagnostics& diagnostics, std::size_t begin)
    : line_(line),
      diagnostics_(diagnostics),
      tokens_(tokenize(line.text, begin, dashed_names(line))) {}

const Token& LineParser::peek(std::size_t ahead) const {
  return tokens_[std::min(next_ + ahead, tokens_.size() - 1)];
}

bool LineParser::is_at(std::string_view op) const {
  return peek().kind == Token::Kind::Operator && peek().text == op;
}

bool LineParser::is_at_word(std::string_view word) const {
  return peek().kind == Token::Kind::Name && peek().text == word;
}

Token LineParser::next() {
  const Token token = peek();
  if (next_ + 1 < tokens_.size()) ++next_;
  return token;
}

bool LineParser::accept(std::string_view op) {
  if (!is_at(op)) return false;
  next();
  return true;
}

bool LineParser::expect(std::string_view op, std::string_view after) {
  if (accept(op)) return true;
  fail(peek(), fmt::format("expected `{}` after {}, found {}", op, after, shown(peek())));
  return false;
}

void LineParser::fail(const Token& token, std::string message, std::string hint) {
  if (token.kind == Token::Kind::Wrong) {
    fail(place(token), token.problem, wrong_hint(token));
  } else {
    fail(place(token), std::move(message), std::move(hint));
  }
}

void LineParser::fail(const Location& where, std::string message, std::string hint) {
  if (!has_failed_) diagnostics_.error(where, std::move(message), std::move(hint));
  has_failed_ = true;
  next_ = tokens_.size() - 1;  // Loops over tokens end.
}

std::string LineParser::replaced(const Token& token, std::string_view by) const {
  const std::string& text = line_.text;
  return fmt::format("write  {}{}{}", text.substr(0, token.begin), by, text.substr(token.end));
}

std::string LineParser::wrong_hint(const Token& token) const {
  if (token.text == "->") return replaced(token, ".");
  const bool is_last = trim(std::string_view(line_.text).substr(token.end)).empty();
  if (is_last && token.text == "++") return replaced(token, " += 1");
  if (is_last && token.text == "--") return replaced(token, " -= 1");
  return token.hint;
}

bool LineParser::finish() {
  if (!has_failed_ && !is_at_end()) fail_unexpected();
  return !has_failed_;
}

void LineParser::fail_unexpected() {
  const Token& token = peek();
  if (is_at("=")) return fail(token, "`=` assigns; a comparison is `==`", replaced(token, "=="));
  if (is_at(":")) return fail(token, "`:` has no meaning here");
  if (is_operand(token)) {
    std::string hint = word_operator(token.text);
    if (next_ == 1 && is_c_type(tokens_[0].text)) {
      hint = fmt::format("write  {}", std::string_view(line_.text).substr(token.begin));
    }
    return fail(token, fmt::format("expected an operator before {}", shown(token)),
                std::move(hint));
  }
  fail(token, fmt::format("{} has no meaning here", shown(token)));
}

std::string LineParser::identifier(std::string_view of_what) {
  const Token token = next();
  if (token.kind != Token::Kind::Name) {
    fail(token, fmt::format("expected the name of {}, found {}", of_what, shown(token)));
    return {};
  }
  if (is_reserved(token.text)) {
    fail(token, fmt::format("`{}` is a word of the language and cannot be a name", token.text));
  }
  return std::string(token.text);
}

bool LineParser::enter() {
  if (++depth_ <= kDepthMax) return true;
  fail(peek(), fmt::format("the expression is nested deeper than {} levels", kDepthMax));
  return false;
}

bool LineParser::count_operator() {
  if (++operators_ <= kOperatorsMax) return true;
  fail(peek(), fmt::format("the line has more than {} operators", kOperatorsMax));
  return false;
}

Expression LineParser::spanning(Expression::Kind kind, std::size_t begin) {
  Expression expression;
  expression.kind = kind;
  expression.where = place(begin, last_end());
  begin_ = begin;
  return expression;
}

Expression LineParser::expression() { return binary(1); }

// Precedence climbing: reads operators of `level` and above.
Expression LineParser::binary(int level) {
  Expression left = unary();
  std::size_t begin = begin_;
  for (int found = level_of(peek()); found >= level && count_operator(); found = level_of(peek())) {
    const Token op = next();
    Expression right = binary(found + 1);
    Expression both = spanning(Expression::Kind::Binary, begin);
    both.op = op.text;
    both.operands.push_back(std::move(left));
    both.operands.push_back(std::move(right));
    left = std::move(both);
  }
  begin_ = begin;
  return left;
}

Expression LineParser::unary() {
  if (is_at("&")) fail(peek(), "there are no addresses", "leave the `&` away");
  if (is_at("*")) fail(peek(), "there are no pointers", "leave the `*` away");
  if (!is_at("-") && !is_at("!") && !is_at("~")) return postfix();
  if (!enter() || !count_operator()) return {};
  const Token op = next();
  Expression operand = unary();
  Expression expression = spanning(Expression::Kind::Unary, op.begin);
  expression.op = op.text;
  expression.operands.push_back(std::move(operand));
  --depth_;
  return expression;
}

Expression LineParser::postfix() {
  Expression expression = primary();
  const std::size_t begin = begin_;
  while (!has_failed_ && (is_at("(") || is_at("[") || is_at(".")) && count_operator()) {
    begin_ = begin;
    if (accept("(")) {
      expression = called(std::move(expression));
    } else if (accept("[")) {
      expression = indexed(std::move(expression));
    } else {
      next();
      expression = member(std::move(expression));
    }
  }
  begin_ = begin;
  return expression;
}

// `x.read(...)` is `read(x, ...)` here.
std::string LineParser::method_hint(const Expression& callee, std::size_t begin) const {
  if (callee.kind != Expression::Kind::Member) return {};
  const std::size_t end = tokens_[next_ - 1].begin;
  const std::string object = line_.text.substr(begin, line_.text.rfind('.', end) - begin);
  return fmt::format("write  {}({}{}", callee.name, object, is_at(")") ? ")" : ", ...)");
}

Expression LineParser::called(Expression callee) {
  const std::size_t begin = begin_;
  if (callee.kind != Expression::Kind::Name) {
    fail(callee.where, "only a name can be called", method_hint(callee, begin));
    return {};
  }
  auto arguments_of_call = arguments();
  Expression call = spanning(Expression::Kind::Call, begin);
  call.name = std::move(callee.name);
  call.arguments = std::move(arguments_of_call);
  return call;
}

Expression LineParser::indexed(Expression array) {
  const std::size_t begin = begin_;
  if (!enter()) return {};
  Expression index = expression();
  expect("]", "the index");
  --depth_;
  Expression element = spanning(Expression::Kind::Index, begin);
  element.operands.push_back(std::move(array));
  element.operands.push_back(std::move(index));
  return element;
}

Expression LineParser::member(Expression object) {
  const std::size_t begin = begin_;
  const Token name = next();
  if (object.kind == Expression::Kind::Number) {
    fail(object.where, "numbers have no fraction", "write  1500us  and not  1.5ms");
  } else if (name.kind != Token::Kind::Name) {
    fail(name, fmt::format("expected the name of a field after `.`, found {}", shown(name)));
  }
  Expression expression = spanning(Expression::Kind::Member, begin);
  expression.name = name.text;
  expression.operands.push_back(std::move(object));
  return expression;
}

Expression LineParser::primary() {
  if (is_at("(")) return group();
  const Token token = peek();
  begin_ = token.begin;
  if (token.kind == Token::Kind::Number || token.kind == Token::Kind::Duration) {
    return number(next());
  }
  if (token.kind != Token::Kind::Name) {
    fail(token, fmt::format("expected a value, found {}", shown(token)));
    return {};
  }
  if (is_reserved(token.text)) {
    fail(token, fmt::format("`{}` is a word of the language and cannot be a name", token.text));
  }
  next();
  Expression name = spanning(Expression::Kind::Name, token.begin);
  name.name = token.text;
  return name;
}

Expression LineParser::number(const Token& token) {
  Expression expression = spanning(Expression::Kind::Number, token.begin);
  expression.value = token.value;
  expression.is_duration = token.kind == Token::Kind::Duration;
  return expression;
}

Expression LineParser::group() {
  if (!enter() || !count_operator()) return {};
  const Token open = next();
  Expression inner = expression();
  expect(")", "the expression");
  --depth_;
  Expression expression = spanning(Expression::Kind::Group, open.begin);
  expression.operands.push_back(std::move(inner));
  return expression;
}

std::vector<ast::Argument> LineParser::arguments() {
  std::vector<ast::Argument> arguments;
  if (accept(")") || !enter()) return arguments;
  do {
    arguments.push_back(argument());
  } while (!has_failed_ && accept(","));
  expect(")", "the arguments");
  --depth_;
  return arguments;
}

ast::Argument LineParser::argument() {
  ast::Argument argument;
  const bool is_named = peek().kind == Token::Kind::Name && peek(1).text == "=" &&
                        peek(1).kind == Token::Kind::Operator;
  if (is_named) {
    argument.where = place(peek());
    argument.name = next().text;
    next();
  }
  argument.value = expression();
  if (is_at("=")) {
    const std::string object = line_.text.substr(begin_, last_end() - begin_);
    fail(argument.value.where, "only a plain name can stand before `=`",
         fmt::format("write  watch({}, {})", object, peek(1).text));
  }
  if (!is_at("..") || !count_operator()) return argument;
  const std::size_t begin = begin_;
  next();
  Expression last = expression();
  Expression range = spanning(Expression::Kind::Binary, begin);
  range.op = "..";
  range.operands.push_back(std::move(argument.value));
  range.operands.push_back(std::move(last));
  argument.value = std::move(range);
  return argument;
}

std::optional<Expression> parse_expression(const Node& line, Diagnostics& diagnostics,
                                           std::size_t begin) {
  if (!line.is_scalar()) {
    diagnostics.error(line.where, fmt::format("expected an expression, found {}", describe(line)));
    return {};
  }
  if (refuse_mangled(line, diagnostics)) return {};
  LineParser parser(line, diagnostics, begin);
  Expression expression = parser.expression();
  if (!parser.finish()) return {};
  return expression;
}

}  // namespace wakesim
