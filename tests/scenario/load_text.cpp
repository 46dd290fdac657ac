#include "tests/scenario/load_text.h"

#include <fmt/format.h>

#include <utility>

#include "sim/scenario/loader.h"

namespace wakesim {
namespace {

using Kind = ast::Statement::Kind;

std::string print_arguments(const std::vector<ast::Argument>& arguments) {
  std::string text;
  for (const ast::Argument& argument : arguments) {
    if (!text.empty()) text += ", ";
    if (!argument.name.empty()) text += argument.name + "=";
    text += print(argument.value);
  }
  return text;
}

std::string word_of(Kind kind) {
  switch (kind) {
    case Kind::Assign:
      return "assign";
    case Kind::Evaluate:
      return "evaluate";
    case Kind::If:
      return "if";
    case Kind::While:
      return "while";
    case Kind::Forever:
      return "forever";
    case Kind::Repeat:
      return "repeat";
    case Kind::ForIn:
      return "for";
    case Kind::Break:
      return "break";
    case Kind::Continue:
      return "continue";
    case Kind::Return:
      return "return";
    case Kind::Assert:
      return "assert";
    case Kind::Await:
      return "await";
    case Kind::Assume:
      return "assume";
    case Kind::Atomic:
      return "atomic";
    case Kind::Either:
      return "either";
    case Kind::WaitsFor:
      return "waits_for";
    case Kind::Try:
      return "try";
    case Kind::Sleep:
      return "sleep";
    case Kind::Work:
      return "work";
  }
  return "?";
}

std::string print_statement(const ast::Statement& statement, int indentation) {
  const std::string margin(static_cast<std::size_t>(indentation), ' ');
  std::string text = margin + word_of(statement.kind);
  if (!statement.name.empty()) text += " " + statement.name;
  if (!statement.op.empty()) text += " " + print(statement.target) + " " + statement.op;
  if (statement.has_value) text += " " + print(statement.value);
  text += "\n" + print(statement.body, indentation + 2);
  for (std::size_t i = 0; i < statement.branches.size(); ++i) {
    const bool is_named = !statement.branch_names.empty();
    text += fmt::format("{}  branch {}\n", margin,
                        is_named ? statement.branch_names[i] : std::to_string(i));
    text += print(statement.branches[i], indentation + 4);
  }
  if (statement.has_otherwise) {
    text += margin + "otherwise\n" + print(statement.otherwise, indentation + 2);
  }
  return text;
}

std::string print_object(const ast::Object& object) {
  std::string text = fmt::format("{}: {}", object.name, object.kind);
  if (object.count) text += fmt::format("[{}]", print(*object.count));
  if (!object.arguments.empty()) text += fmt::format("({})", print_arguments(object.arguments));
  for (const ast::Expression& element : object.elements) text += " " + print(element);
  return text + "\n";
}

std::string print_thread(const ast::Thread& thread) {
  std::string text = "thread " + thread.name;
  if (thread.count) text += fmt::format("[{}]", print(*thread.count));
  if (thread.is_interrupt) text += " interrupt";
  if (thread.daemon) text += *thread.daemon ? " daemon" : " no daemon";
  if (thread.start) text += " start " + print(*thread.start);
  for (const auto& [name, values] : thread.with) {
    text += fmt::format(" {}=", name);
    for (const ast::Expression& value : values) text += print(value) + ",";
  }
  text += "\n";
  for (const ast::Handler& handler : thread.handlers) {
    text += fmt::format("  on {}{}\n", handler.signal, handler.restart ? " restart" : "");
    text += print(handler.body, 4);
  }
  return text + print(thread.body, 2);
}

}  // namespace

std::string Loaded::errors(int width) const {
  std::string text;
  for (const Diagnostic& diagnostic : diagnostics.all()) {
    if (!text.empty()) text += "\n";
    text += render(diagnostic, file.sources, width);
  }
  return text;
}

Loaded load_text(std::string_view text,
                 const std::map<std::string, std::string, std::less<>>& includes) {
  LoadOptions options;
  options.include = [&](std::string_view name,
                        std::string_view) -> std::optional<std::pair<std::string, std::string>> {
    const auto found = includes.find(name);
    if (found == includes.end()) return {};
    return std::pair(std::string(name) + ".yaml", found->second);
  };
  options.constant = [](std::string_view name) -> std::optional<std::int64_t> {
    if (name == "EAGAIN") return 11;
    return {};
  };
  Loaded loaded;
  loaded.file = load_scenario("t.yaml", text, options, loaded.diagnostics);
  return loaded;
}

std::string with_lines(std::string_view lines) {
  std::string text =
      "wakesim: 1\nname: t\nabout: A test.\nobjects: { x: word(0) }\nthreads:\n  t:\n";
  while (!lines.empty()) {
    const std::size_t end = std::min(lines.find('\n'), lines.size());
    text += fmt::format("    {}\n", lines.substr(0, end));
    lines.remove_prefix(std::min(end + 1, lines.size()));
  }
  return text;
}

std::string print(const ast::Expression& e) {
  using enum ast::Expression::Kind;
  switch (e.kind) {
    case Number:
      return fmt::format("{}{}", e.value, e.is_duration ? "ns" : "");
    case Name:
      return e.name;
    case Index:
      return fmt::format("{}[{}]", print(e.operands[0]), print(e.operands[1]));
    case Member:
      return fmt::format("{}.{}", print(e.operands[0]), e.name);
    case Call:
      return fmt::format("{}({})", e.name, print_arguments(e.arguments));
    case Unary:
      return fmt::format("({}{})", e.op, print(e.operands[0]));
    case Binary:
      return fmt::format("({} {} {})", print(e.operands[0]), e.op, print(e.operands[1]));
    case Group:
      return print(e.operands[0]);
  }
  return "?";
}

std::string print(const std::vector<ast::Statement>& block, int indentation) {
  std::string text;
  for (const ast::Statement& statement : block) text += print_statement(statement, indentation);
  return text;
}

std::string print(const ast::Instance& instance) {
  std::string text = fmt::format("{} {}", instance.scenario, instance.variant);
  for (const auto& [axis, value] : instance.cell) text += fmt::format(" {}={}", axis, value);
  text += "\n";
  for (const auto& [name, value] : instance.constants) {
    text += fmt::format("{} = {}\n", name, print(value));
  }
  for (const ast::Object& object : instance.objects) text += print_object(object);
  for (const ast::Function& function : instance.functions) {
    text += fmt::format("function {}({})\n", function.name, fmt::join(function.parameters, ", "));
    text += print(function.body, 2);
  }
  for (const ast::Thread& thread : instance.threads) text += print_thread(thread);
  for (const ast::Property& property : instance.properties) {
    text += fmt::format("property {}: {}\n", property.name, property.text);
  }
  return text;
}

}  // namespace wakesim
