#include "sim/program/symbols.h"

namespace wakesim {

std::vector<std::string> Symbols::all_names() const {
  std::vector<std::string> result;
  for (const auto& [name, symbol] : names) {
    const bool is_devices = symbol.kind == Symbol::Kind::Thread && name.find(' ') != name.npos;
    if (!is_devices) result.push_back(name);
  }
  return result;
}

std::vector<std::string> Symbols::all_calls() const {
  std::vector<std::string> result{"load",      "store",     "xchg",     "cas",       "fetch_add",
                                  "fetch_sub", "fetch_and", "fetch_or", "fetch_xor", "fence",
                                  "choose",    "asleep",    "blocked",  "ended",     "count"};
  for (const auto& [name, row] : calls) {
    const bool is_devices = name.find('.') != name.npos;
    if (!is_devices) result.push_back(name);
  }
  for (const auto& [name, function] : functions) result.push_back(name);
  return result;
}

std::string include_hint(const Symbols& symbols, std::string_view name) {
  if (!symbols.include_of) return {};
  const std::string include = symbols.include_of(name);
  return include.empty() ? "" : "write  include: [" + include + "]  at the top of the file";
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

std::optional<std::int64_t> fold_call(const ast::Expression& call, const Symbols& symbols,
                                      const LeafValue& value_of) {
  const auto known = symbols.calls.find(call.name);
  if (known == symbols.calls.end() || known->second->constant == nullptr) return std::nullopt;
  std::vector<std::int64_t> values;
  for (const ast::Argument& argument : call.arguments) {
    const auto value = fold(argument.value, value_of);
    if (!value || known->second->parameter_of(values.size()) == nullptr) return std::nullopt;
    values.push_back(*value);
  }
  return known->second->constant(values);
}

std::optional<std::int64_t> fold(const ast::Expression& expression, const LeafValue& value_of) {
  using Kind = ast::Expression::Kind;
  switch (expression.kind) {
    case Kind::Number:
      return expression.value;
    case Kind::Group:
      return fold(expression.operands[0], value_of);
    case Kind::Name:
    case Kind::Call:
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
      return std::nullopt;
  }
  return std::nullopt;
}

std::optional<std::int64_t> fold(const ast::Expression& expression, const Symbols& symbols) {
  const LeafValue value_of = [&](const ast::Expression& leaf) -> std::optional<std::int64_t> {
    if (leaf.kind == ast::Expression::Kind::Call) return fold_call(leaf, symbols, value_of);
    const Symbol* const symbol = symbols.find(leaf.name);
    if (symbol == nullptr || symbol->kind != Symbol::Kind::Constant) return std::nullopt;
    return symbol->value;
  };
  return fold(expression, value_of);
}

}  // namespace wakesim
