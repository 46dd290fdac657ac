#include "sim/program/load.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace wakesim {
namespace {

void count_in(const ast::Expression& expression, std::string_view call, std::size_t& count) {
  if (expression.kind == ast::Expression::Kind::Call && expression.name == call) ++count;
  for (const ast::Expression& operand : expression.operands) count_in(operand, call, count);
  for (const ast::Argument& argument : expression.arguments) count_in(argument.value, call, count);
}

void count_in(const std::vector<ast::Statement>& block, std::string_view call, std::size_t& count) {
  for (const ast::Statement& statement : block) {
    count_in(statement.target, call, count);
    count_in(statement.value, call, count);
    count_in(statement.body, call, count);
    count_in(statement.otherwise, call, count);
    for (const auto& branch : statement.branches) count_in(branch, call, count);
  }
}

}  // namespace

std::size_t count_call_sites(const ast::Instance& instance, std::string_view call) {
  std::size_t result = 0;
  // A function counts once per call of it, at least.
  for (const ast::Function& function : instance.functions) {
    std::size_t inside = 0;
    count_in(function.body, call, inside);
    if (inside == 0) continue;
    result += inside * std::max<std::size_t>(1, count_call_sites(instance, function.name));
  }
  for (const ast::Thread& thread : instance.threads) {
    std::size_t inside = 0;
    count_in(thread.body, call, inside);
    std::size_t members = 1;
    if (thread.count && thread.count->kind == ast::Expression::Kind::Number) {
      members = static_cast<std::size_t>(std::max<std::int64_t>(1, thread.count->value));
    }
    result += inside * members;
  }
  return result;
}

}  // namespace wakesim
