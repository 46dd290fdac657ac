#include "sim/program/symbols.h"

namespace wakesim {

std::vector<std::string> Symbols::all_names() const {
  std::vector<std::string> result;
  for (const auto& [name, symbol] : names) result.push_back(name);
  return result;
}

std::vector<std::string> Symbols::all_calls() const {
  std::vector<std::string> result{"load",      "store",     "xchg",     "cas",       "fetch_add",
                                  "fetch_sub", "fetch_and", "fetch_or", "fetch_xor", "fence",
                                  "choose",    "asleep",    "blocked",  "ended",     "count"};
  for (const auto& [name, row] : calls) result.push_back(name);
  for (const auto& [name, function] : functions) result.push_back(name);
  return result;
}

std::optional<std::int64_t> fold_operator(std::string_view op, std::int64_t left,
                                          std::int64_t right) {
  const auto a = static_cast<std::uint64_t>(left);
  const auto b = static_cast<std::uint64_t>(right);
  if ((op == "/" || op == "%") && (right == 0 || right == -1)) return std::nullopt;
  if ((op == "<<" || op == ">>") && (right < 0 || right > 63)) return std::nullopt;
  if (op == "+") return static_cast<std::int64_t>(a + b);
  if (op == "-") return static_cast<std::int64_t>(a - b);
  if (op == "*") return static_cast<std::int64_t>(a * b);
  if (op == "/") return left / right;
  if (op == "%") return left % right;
  if (op == "<<") return static_cast<std::int64_t>(a << b);
  if (op == ">>") return left >> right;
  if (op == "&") return static_cast<std::int64_t>(a & b);
  if (op == "|") return static_cast<std::int64_t>(a | b);
  if (op == "^") return static_cast<std::int64_t>(a ^ b);
  if (op == "==") return left == right;
  if (op == "!=") return left != right;
  if (op == "<") return left < right;
  if (op == "<=") return left <= right;
  if (op == ">") return left > right;
  if (op == ">=") return left >= right;
  if (op == "&&") return left != 0 && right != 0;
  if (op == "||") return left != 0 || right != 0;
  return std::nullopt;
}

std::optional<std::int64_t> fold(const ast::Expression& expression, const NameValue& value_of) {
  using Kind = ast::Expression::Kind;
  switch (expression.kind) {
    case Kind::Number:
      return expression.value;
    case Kind::Group:
      return fold(expression.operands[0], value_of);
    case Kind::Name:
      return value_of(expression);
    case Kind::Unary: {
      const auto value = fold(expression.operands[0], value_of);
      if (!value) return std::nullopt;
      if (expression.op == "-") return fold_operator("-", 0, *value);
      if (expression.op == "~") return ~*value;
      return *value == 0;
    }
    case Kind::Binary: {
      const auto left = fold(expression.operands[0], value_of);
      const auto right = fold(expression.operands[1], value_of);
      if (!left || !right) return std::nullopt;
      return fold_operator(expression.op, *left, *right);
    }
    case Kind::Index:
    case Kind::Member:
    case Kind::Call:
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<std::int64_t> fold(const ast::Expression& expression, const Symbols& symbols) {
  return fold(expression, [&symbols](const ast::Expression& name) -> std::optional<std::int64_t> {
    const Symbol* const symbol = symbols.find(name.name);
    if (symbol == nullptr || symbol->kind != Symbol::Kind::Constant) return std::nullopt;
    return symbol->value;
  });
}

}  // namespace wakesim
