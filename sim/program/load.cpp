#include "sim/program/load.h"

#include <algorithm>
#include <cstdint>
#include <vector>

namespace wakesim {
namespace {

template <class Visit>
void visit_calls(const ast::Expression& expression, std::string_view call, const Visit& visit) {
  if (expression.kind == ast::Expression::Kind::Call && expression.name == call) visit(expression);
  for (const ast::Expression& operand : expression.operands) visit_calls(operand, call, visit);
  for (const ast::Argument& argument : expression.arguments) {
    visit_calls(argument.value, call, visit);
  }
}

template <class Visit>
void visit_calls(const std::vector<ast::Statement>& block, std::string_view call,
                 const Visit& visit) {
  for (const ast::Statement& statement : block) {
    visit_calls(statement.target, call, visit);
    visit_calls(statement.value, call, visit);
    visit_calls(statement.body, call, visit);
    visit_calls(statement.otherwise, call, visit);
    for (const auto& branch : statement.branches) visit_calls(branch, call, visit);
  }
}

template <class Visit>
void visit_calls(const ast::Thread& thread, std::string_view call, const Visit& visit) {
  visit_calls(thread.body, call, visit);
  for (const ast::Handler& handler : thread.handlers) visit_calls(handler.body, call, visit);
}

}  // namespace

std::size_t count_call_sites(const ast::Instance& instance, std::string_view call) {
  std::size_t result = 0;
  // A function counts once per call of it, at least.
  for (const ast::Function& function : instance.functions) {
    std::size_t inside = 0;
    visit_calls(function.body, call, [&](const ast::Expression&) { ++inside; });
    if (inside == 0) continue;
    result += inside * std::max<std::size_t>(1, count_call_sites(instance, function.name));
  }
  for (const ast::Thread& thread : instance.threads) {
    std::size_t inside = 0;
    visit_calls(thread, call, [&](const ast::Expression&) { ++inside; });
    std::size_t members = 1;
    if (thread.count && thread.count->kind == ast::Expression::Kind::Number) {
      members = static_cast<std::size_t>(std::max<std::int64_t>(1, thread.count->value));
    }
    result += inside * members;
  }
  return result;
}

ThreadsNamed threads_named(const ast::Instance& instance, std::string_view call) {
  ThreadsNamed result;
  const auto look = [&](const ast::Expression& expression) {
    const ast::Expression* who =
        expression.arguments.empty() ? nullptr : &expression.arguments[0].value;
    if (who != nullptr && who->kind == ast::Expression::Kind::Index) who = &who->operands[0];
    const bool is_thread =
        who != nullptr && who->kind == ast::Expression::Kind::Name &&
        std::any_of(instance.threads.begin(), instance.threads.end(),
                    [&](const ast::Thread& thread) { return thread.name == who->name; });
    if (is_thread) {
      result.names.insert(who->name);
    } else {
      result.is_any = true;
    }
  };
  for (const ast::Function& function : instance.functions) visit_calls(function.body, call, look);
  for (const ast::Thread& thread : instance.threads) visit_calls(thread, call, look);
  return result;
}

}  // namespace wakesim
