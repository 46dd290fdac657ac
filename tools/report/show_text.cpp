#include "tools/report/show_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/program/code_writer.h"

namespace wakesim {
namespace {

constexpr int kIndent = 2;

// Writes lines with the number of the source line before each.
class ProgramWriter {
 public:
  ProgramWriter(const Subject& subject, const Page& page) : subject_(subject), page_(page) {}

  void line(const Location& where, int depth, const std::string& text) {
    Text line(fmt::format("{:>9}  ", line_label(subject_, where)), Ink::Faint);
    line.add(std::string(static_cast<std::size_t>(depth * kIndent), ' ')).add(text);
    result_ += render(line, page_) + '\n';
  }

  void section(const std::string& name) { line({}, 0, name + ":"); }
  void statements(const std::vector<ast::Statement>& body, int depth);
  std::string take() { return std::move(result_); }

 private:
  void statement(const ast::Statement& statement, int depth);

  const Subject& subject_;
  const Page& page_;
  std::string result_;
};

std::string list_text(const std::vector<ast::Expression>& values) {
  std::string text;
  for (const ast::Expression& value : values) text += (text.empty() ? "" : ", ") + to_text(value);
  return text;
}

std::string arguments_text(const std::vector<ast::Argument>& arguments) {
  std::string text;
  for (const ast::Argument& argument : arguments) {
    if (!text.empty()) text += ", ";
    if (!argument.name.empty()) text += argument.name + '=';
    text += to_text(argument.value);
  }
  return text;
}

std::string object_text(const ast::Object& object) {
  if (!object.elements.empty()) {
    return fmt::format("{}: [{}]", object.name, list_text(object.elements));
  }
  std::string text = object.name + ": " + object.kind;
  if (object.count) text += '[' + to_text(*object.count) + ']';
  if (!object.arguments.empty()) text += '(' + arguments_text(object.arguments) + ')';
  return text;
}

std::string machine_text(const ast::Machine& machine) {
  std::string text = fmt::format("machine: {{ cpus: {}, memory: {}", machine.cpus, machine.memory);
  if (!machine.kernel.empty()) text += ", kernel: " + machine.kernel;
  if (!machine.libc.empty()) text += ", libc: " + machine.libc;
  if (machine.spurious != 0) text += fmt::format(", spurious: {}", machine.spurious);
  std::string switches;
  for (const auto& [name, value] : machine.switches) {
    switches += (switches.empty() ? "" : ", ") + name + '=' + value;
  }
  if (!switches.empty()) text += ", switches: [" + switches + "]";
  return text + " }";
}

// A block's head ends with a colon; the text of a statement may be written with or without it.
std::string block_head(std::string text) {
  if (!text.ends_with(':')) text += ':';
  return text;
}

void ProgramWriter::statements(const std::vector<ast::Statement>& body, int depth) {
  for (const ast::Statement& one : body) statement(one, depth);
}

void ProgramWriter::statement(const ast::Statement& statement, int depth) {
  const bool is_block = !statement.body.empty() || !statement.branches.empty();
  if (!is_block) return line(statement.where, depth, "- " + statement.text);

  // `if c: break` is one line, and stays one.
  const bool is_one_line = statement.body.size() == 1 && !statement.has_otherwise &&
                           statement.body.front().where.line == statement.where.line &&
                           statement.body.front().body.empty();
  if (is_one_line) {
    const std::string& inner = statement.body.front().text;
    const bool has_inner = statement.text.ends_with(inner);
    return line(statement.where, depth,
                "- " + (has_inner ? statement.text : block_head(statement.text) + ' ' + inner));
  }

  line(statement.where, depth, "- " + block_head(statement.text));
  statements(statement.body, depth + 2);
  for (std::size_t i = 0; i < statement.branches.size(); ++i) {
    const std::string name = i < statement.branch_names.size() ? statement.branch_names[i]
                                                               : fmt::format("way {}", i + 1);
    line({}, depth + 2, name + ":");
    statements(statement.branches[i], depth + 3);
  }
  if (statement.has_otherwise) {
    line({}, depth + 1, statement.kind == ast::Statement::Kind::Try ? "cleanup:" : "else:");
    statements(statement.otherwise, depth + 2);
  }
}

void write_thread(const ast::Thread& thread, ProgramWriter& writer) {
  std::string name = thread.name;
  if (thread.count) name += '[' + to_text(*thread.count) + ']';
  writer.line(thread.where, 1, name + ":");

  const bool has_keys = !thread.with.empty() || thread.start || thread.daemon ||
                        thread.is_interrupt || !thread.handlers.empty();
  if (!thread.with.empty()) {
    std::string values;
    for (const auto& [key, list] : thread.with) {
      values += fmt::format("{}{}: [{}]", values.empty() ? "" : ", ", key, list_text(list));
    }
    writer.line({}, 2, "with: { " + values + " }");
  }
  if (thread.start) writer.line({}, 2, "start: " + to_text(*thread.start));
  if (thread.daemon) writer.line({}, 2, fmt::format("daemon: {}", *thread.daemon));
  if (thread.is_interrupt) writer.line({}, 2, "role: interrupt");
  for (const ast::Handler& handler : thread.handlers) {
    writer.line(handler.where, 2,
                fmt::format("on {}{}:", handler.signal, handler.restart ? " restart" : ""));
    writer.statements(handler.body, 3);
  }
  if (has_keys) writer.line({}, 2, "run:");
  writer.statements(thread.body, has_keys ? 3 : 2);
}

void write_types(const ast::Instance& instance, ProgramWriter& writer) {
  if (!instance.types.empty()) writer.section("types");
  for (const ast::ObjectType& type : instance.types) {
    writer.line(type.where, 1, type.name + ":");
    for (const ast::Object& field : type.fields) writer.line(field.where, 2, object_text(field));
  }
}

void write_functions(const ast::Instance& instance, ProgramWriter& writer) {
  if (!instance.functions.empty()) writer.section("functions");
  for (const ast::Function& function : instance.functions) {
    std::string parameters;
    for (const std::string& name : function.parameters) {
      parameters += (parameters.empty() ? "" : ", ") + name;
    }
    writer.line(function.where, 1, fmt::format("{}({}):", function.name, parameters));
    writer.statements(function.body, 2);
  }
}

void write_properties(const ast::Instance& instance, ProgramWriter& writer) {
  if (!instance.properties.empty()) writer.section("properties");
  for (const ast::Property& property : instance.properties) {
    writer.line(property.where, 1, property.name + ": " + property.text);
  }
  if (!instance.observe.empty()) {
    std::string keys;
    for (const ast::Observation& observation : instance.observe) {
      keys += (keys.empty() ? "" : ", ") + observation.key;
    }
    writer.line({}, 0, "observe: [" + keys + "]");
  }
}

}  // namespace

std::string render_program(const Subject& subject, const ast::Instance& instance,
                           const Page& page) {
  std::string text = render(Text(full_title(subject), Ink::Strong), page) + '\n';
  ProgramWriter writer(subject, page);
  writer.line({}, 0, machine_text(instance.machine));
  if (!instance.constants.empty()) writer.section("constants");
  for (const auto& [name, value] : instance.constants) {
    writer.line({}, 1, name + ": " + to_text(value));
  }
  write_types(instance, writer);
  if (!instance.objects.empty()) writer.section("objects");
  for (const ast::Object& object : instance.objects) {
    writer.line(object.where, 1, object_text(object));
  }
  write_functions(instance, writer);
  writer.section("threads");
  for (const ast::Thread& thread : instance.threads) {
    if (!thread.is_device) write_thread(thread, writer);
  }
  write_properties(instance, writer);
  return text + writer.take();
}

}  // namespace wakesim
