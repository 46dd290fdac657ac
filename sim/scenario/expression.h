// Tokens -> expressions, as C binds them.

#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/ast.h"
#include "sim/scenario/diagnostic.h"
#include "sim/scenario/lexer.h"
#include "sim/scenario/yaml.h"

namespace wakesim {

// Reads one scalar from left to right. After the first error everything fails silently: a line has
// one syntax error at most.
class LineParser {
 public:
  // Reads `line` from byte `begin` on. The node must outlive the parser.
  LineParser(const Node& line, Diagnostics& diagnostics, std::size_t begin = 0);

  const Token& peek(std::size_t ahead = 0) const;
  bool is_at(std::string_view op) const;  // Is the next token this operator?
  bool is_at_word(std::string_view word) const;
  bool is_at_end() const { return peek().kind == Token::Kind::End; }
  bool has_failed() const { return has_failed_; }
  Token next();
  bool accept(std::string_view op);
  bool expect(std::string_view op, std::string_view after);

  ast::Expression expression();
  // `(a, b=c, d..e)`; the parser stands behind the `(`.
  std::vector<ast::Argument> arguments();
  std::string identifier(std::string_view of_what);
  // Everything must have been read.
  bool finish();

  void fail(const Token& token, std::string message, std::string hint = {});
  void fail(const Location& where, std::string message, std::string hint = {});
  Location place(std::size_t begin, std::size_t end) const { return line_.place(begin, end); }
  Location place(const Token& token) const { return line_.place(token.begin, token.end); }
  std::size_t last_end() const { return next_ == 0 ? 0 : tokens_[next_ - 1].end; }

 private:
  ast::Expression binary(int level);
  ast::Expression unary();
  ast::Expression postfix();
  ast::Expression primary();
  ast::Expression number(const Token& token);
  ast::Expression group();
  ast::Argument argument();
  ast::Expression called(ast::Expression callee);
  ast::Expression indexed(ast::Expression array);
  ast::Expression member(ast::Expression object);
  bool enter();  // One level deeper, if that is allowed.
  bool count_operator();
  void fail_unexpected();
  // Hints that can be pasted: the line with one token replaced, ...
  std::string replaced(const Token& token, std::string_view by) const;
  std::string wrong_hint(const Token& token) const;
  std::string method_hint(const ast::Expression& callee, std::size_t begin) const;
  ast::Expression spanning(ast::Expression::Kind kind, std::size_t begin);

  const Node& line_;
  Diagnostics& diagnostics_;
  std::vector<Token> tokens_;
  std::size_t next_ = 0;
  std::size_t begin_ = 0;  // Of the operand that was read last.
  int depth_ = 0;
  int operators_ = 0;
  bool has_failed_ = false;
};

// The whole scalar as one expression.
std::optional<ast::Expression> parse_expression(const Node& line, Diagnostics& diagnostics,
                                                std::size_t begin = 0);

// Words of the language, which cannot be names.
bool is_reserved(std::string_view word);

// A scalar that YAML changed silently: folded with the next line, or cut at a ` #` or at a comma.
// Says so and returns true.
bool refuse_mangled(const Node& line, Diagnostics& diagnostics);

}  // namespace wakesim
