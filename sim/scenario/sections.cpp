#include "sim/scenario/sections.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "sim/scenario/expression.h"
#include "sim/scenario/fields.h"
#include "sim/scenario/statement.h"
#include "sim/scenario/text.h"

namespace wakesim {
namespace {

constexpr std::int64_t kCpusMax = 1024;
constexpr std::int64_t kSpuriousMax = 1000;

// `name` at the start of a key or value; dashes are what people try first.
std::string declared_name(LineParser& parser, std::string_view of_what) {
  std::string name = parser.identifier(of_what);
  if (!parser.has_failed() && parser.is_at("-")) {
    parser.fail(parser.peek(), fmt::format("the name of {} has letters, digits and `_`", of_what),
                "a dash is a minus in a program; write `_`");
  }
  return name;
}

// `[count]`, if there is one.
std::optional<ast::Expression> optional_count(LineParser& parser) {
  if (!parser.accept("[")) return {};
  if (parser.is_at("]")) {
    parser.fail(parser.peek(), "the brackets need a number", "write  [3]");
    return {};
  }
  ast::Expression count = parser.expression();
  const bool is_zero = count.kind == ast::Expression::Kind::Number && count.value == 0;
  if (is_zero) parser.fail(count.where, "there must be at least one");
  parser.expect("]", "the number");
  return count;
}

std::vector<ast::Expression> parse_values(const Node& node, std::string_view key,
                                          Diagnostics& diagnostics) {
  std::vector<ast::Expression> values;
  for (const Node* item : read_list(node, key, diagnostics)) {
    if (auto value = parse_expression(*item, diagnostics)) values.push_back(std::move(*value));
  }
  if (node.is_list() && node.items.empty()) {
    diagnostics.error(node.where, fmt::format("`{}:` has no values", key));
  }
  return values;
}

// What people write for `word(0)`.
void refuse_bare_value(const Node& value, LineParser& parser) {
  const Token& token = parser.peek();
  if (token.kind != Token::Kind::Number && token.text != "-") return;
  parser.fail(token, fmt::format("expected the kind of the object, found {}", describe(value)),
              fmt::format("write  word({})", value.text));
}

// ---- Threads -----------------------------------------------------------------------------------

// `on SIGUSR1:` or `on SIGUSR1 restart:`.
void parse_handler(const Entry& entry, ast::Thread& thread, Diagnostics& diagnostics) {
  LineParser parser(entry.key, diagnostics, 2);
  ast::Handler handler{.where = entry.key.where};
  handler.signal = parser.identifier("a signal");
  if (parser.is_at_word("restart")) {
    parser.next();
    handler.restart = true;
  }
  parser.finish();
  handler.body = parse_block(entry.value, fmt::format("`{}:`", entry.key.text), diagnostics,
                             EmptyBlock::IsAllowed);
  thread.handlers.push_back(std::move(handler));
}

void parse_with(const Node& node, ast::Thread& thread, Diagnostics& diagnostics) {
  if (!check_is_map(node, "`with:`", diagnostics)) return;
  for (const auto& [key, value] : node.entries) {
    LineParser parser(key, diagnostics);
    std::string name = declared_name(parser, "an argument");
    parser.finish();
    thread.with.emplace_back(std::move(name), parse_values(value, key.text, diagnostics));
  }
}

bool is_handler(const Entry& entry) { return is_handler_head(entry.key.text); }

void parse_thread_key(const Entry& entry, ast::Thread& thread, Diagnostics& diagnostics) {
  const auto& [key, value] = entry;
  if (is_handler(entry)) return parse_handler(entry, thread, diagnostics);
  if (key.text == "with") return parse_with(value, thread, diagnostics);
  if (key.text == "start") {
    thread.start = parse_expression(value, diagnostics);
  } else if (key.text == "daemon") {
    thread.daemon = read_bool(value, "daemon", diagnostics);
  } else if (key.text == "role") {
    const auto role = read_choice(value, "role", {"interrupt"}, diagnostics);
    thread.is_interrupt = role.has_value();
  } else if (key.text == "run") {
    thread.body = parse_block(value, "`run:`", diagnostics);
  }
}

// A thread with more than a body: `{with, start, daemon, role, on SIGNAL, run}`.
void parse_thread_map(const Entry& entry, ast::Thread& thread, Diagnostics& diagnostics) {
  Node others = entry.value;  // Without the handlers, whose keys vary.
  std::erase_if(others.entries, is_handler);
  check_map(others, fmt::format("thread `{}`", thread.name),
            {"with", "start", "daemon", "role", "run", "on SIGNAL"}, diagnostics);
  for (const Entry& part : entry.value.entries) parse_thread_key(part, thread, diagnostics);
  if (entry.value.find("run")) return;
  diagnostics.error(entry.key.where, fmt::format("thread `{}` has no `run:`", thread.name),
                    "write  run:\n         - ...");
}

// ---- Properties --------------------------------------------------------------------------------

struct PropertyWord {
  std::string_view text;
  ast::Property::Kind kind;
};

constexpr PropertyWord kPropertyWords[] = {
    {"always", ast::Property::Kind::Always},         {"never", ast::Property::Kind::Never},
    {"sometimes", ast::Property::Kind::Sometimes},   {"finally", ast::Property::Kind::Finally},
    {"eventually", ast::Property::Kind::Eventually},
};

void parse_property_value(LineParser& parser, ast::Property& property) {
  for (const PropertyWord& word : kPropertyWords) {
    if (!parser.is_at_word(word.text)) continue;
    parser.next();
    property.kind = word.kind;
    property.value = parser.expression();
    return;
  }
  const Token first = parser.peek();
  property.value = parser.expression();
  if (parser.is_at_word("leads_to")) {
    parser.next();
    property.kind = ast::Property::Kind::LeadsTo;
    property.consequence = parser.expression();
    return;
  }
  if (parser.has_failed()) return;
  const std::string guess = closest_name(std::string(first.text),
                                         {"always", "never", "sometimes", "finally", "eventually"});
  parser.fail(first,
              "a property begins with always, never, sometimes, finally or eventually, or is "
              "`p leads_to q`",
              guess.empty() ? "write  always " + property.text : "write  " + guess);
}

// ---- Machine -----------------------------------------------------------------------------------

// `name` or `name=value`.
void parse_switches(const Node& node, ast::Machine& machine, Diagnostics& diagnostics) {
  machine.switches.clear();
  machine.switch_places.clear();
  for (const Node* item : read_list(node, "switches", diagnostics)) {
    const std::size_t equals = item->text.find('=');
    std::string name(trim(item->text.substr(0, equals)));
    std::string value = "on";
    if (equals != std::string::npos) value = trim(item->text.substr(equals + 1));
    machine.switches.emplace_back(std::move(name), std::move(value));
    machine.switch_places.push_back(item->where);
  }
}

void parse_machine_key(const Entry& entry, ast::Machine& machine, Diagnostics& diagnostics) {
  const auto& [key, value] = entry;
  if (key.text == "cpus") {
    const auto cpus = read_integer(value, "cpus", 1, kCpusMax, diagnostics);
    machine.cpus = cpus.value_or(1);
  } else if (key.text == "spurious") {
    const auto spurious = read_integer(value, "spurious", 0, kSpuriousMax, diagnostics);
    machine.spurious = spurious.value_or(0);
  } else if (key.text == "memory") {
    machine.memory = read_choice(value, "memory", {"sc", "tso"}, diagnostics).value_or("sc");
  } else if (key.text == "kernel") {
    machine.kernel = read_prose(value, "kernel", diagnostics);
    machine.kernel_where = value.where;
  } else if (key.text == "libc") {
    machine.libc = read_prose(value, "libc", diagnostics);
    machine.libc_where = value.where;
  } else if (key.text == "switches") {
    parse_switches(value, machine, diagnostics);
  }
}

}  // namespace

std::string_view entry_name(const Entry& entry) {
  const std::string_view text = entry.key.text;
  return trim(text.substr(0, std::min(text.find_first_of("[("), text.size())));
}

// `name: kind[count](arguments)`, or `name: [0, 1]` for an array of words.
ast::Object parse_object(const Entry& entry, Diagnostics& diagnostics) {
  const auto& [key, value] = entry;
  ast::Object object{.where = key.where};
  LineParser key_parser(key, diagnostics);
  object.name = declared_name(key_parser, "an object");
  if (key_parser.is_at("[")) {
    key_parser.fail(key_parser.peek(), "the count of an array stands behind its kind",
                    fmt::format("write  {}: word[2](0)", object.name));
  }
  if (refuse_mangled(key, diagnostics) || !key_parser.finish()) return object;
  if (value.is_list()) {
    object.kind = "word";
    object.elements = parse_values(value, object.name, diagnostics);
    return object;
  }
  if (!value.is_scalar()) {
    diagnostics.error(
        value.where,
        fmt::format("object `{}` needs a kind, found {}", object.name, describe(value)),
        fmt::format("write  {}: word(0)", object.name));
    return object;
  }
  if (refuse_mangled(value, diagnostics)) return object;
  LineParser parser(value, diagnostics);
  refuse_bare_value(value, parser);
  object.kind_where = parser.place(parser.peek());
  object.kind = parser.identifier("the kind of the object");
  object.count = optional_count(parser);
  if (parser.accept("(")) object.arguments = parser.arguments();
  parser.finish();
  return object;
}

ast::ObjectType parse_type(const Entry& entry, Diagnostics& diagnostics) {
  ast::ObjectType type{.where = entry.key.where};
  LineParser parser(entry.key, diagnostics);
  type.name = declared_name(parser, "a type");
  parser.finish();
  if (!check_is_map(entry.value, fmt::format("type `{}`", type.name), diagnostics)) return type;
  for (const Entry& field : entry.value.entries) {
    type.fields.push_back(parse_object(field, diagnostics));
  }
  if (type.fields.empty()) {
    diagnostics.error(entry.value.where, fmt::format("type `{}` has no fields", type.name),
                      fmt::format("write  {}: {{ seq: word(0) }}", type.name));
  }
  return type;
}

// `name(a, b):`
ast::Function parse_function(const Entry& entry, Diagnostics& diagnostics) {
  ast::Function function{.where = entry.key.where};
  LineParser parser(entry.key, diagnostics);
  function.name = declared_name(parser, "a function");
  if (!parser.accept("(") && !parser.has_failed()) {
    parser.fail(entry.key.where,
                fmt::format("function `{}` needs its parameters in parentheses", function.name),
                fmt::format("write  {}():", function.name));
  }
  if (!parser.accept(")")) {
    do {
      function.parameters.push_back(parser.identifier("a parameter"));
    } while (!parser.has_failed() && parser.accept(","));
    parser.expect(")", "the parameters");
  }
  parser.finish();
  function.body =
      parse_block(entry.value, fmt::format("function `{}`", function.name), diagnostics);
  return function;
}

// `name:` or `name[count]:`, with a list of lines or a map.
ast::Thread parse_thread(const Entry& entry, Diagnostics& diagnostics) {
  ast::Thread thread{.where = entry.key.where};
  if (is_handler(entry)) {
    diagnostics.error(entry.key.where, "a handler belongs to a thread",
                      fmt::format("write  THREAD:\n         {}:\n         run:", entry.key.text));
    return thread;
  }
  LineParser parser(entry.key, diagnostics);
  thread.name = declared_name(parser, "a thread");
  thread.count = optional_count(parser);
  parser.finish();
  const auto& parts = entry.value.entries;
  if (entry.value.is_map() && (parts.empty() || !begins_block(parts[0].key.text))) {
    parse_thread_map(entry, thread, diagnostics);
  } else {
    thread.body = parse_block(entry.value, fmt::format("thread `{}`", thread.name), diagnostics);
  }
  return thread;
}

ast::Property parse_property(const Entry& entry, Diagnostics& diagnostics) {
  const auto& [key, value] = entry;
  ast::Property property{.name = key.text, .where = key.where};
  check_label(key, "a property", diagnostics);
  if (!value.is_scalar()) {
    diagnostics.error(
        value.where,
        fmt::format("property `{}` needs an expression, found {}", key.text, describe(value)),
        fmt::format("write  {}: always x == 0", key.text));
    return property;
  }
  if (refuse_mangled(value, diagnostics)) return property;
  property.text = trim(value.text);
  LineParser parser(value, diagnostics);
  parse_property_value(parser, property);
  parser.finish();
  return property;
}

std::pair<std::string, ast::Expression> parse_constant(const Entry& entry,
                                                       Diagnostics& diagnostics) {
  LineParser parser(entry.key, diagnostics);
  std::string name = declared_name(parser, "a constant");
  parser.finish();
  auto value = parse_expression(entry.value, diagnostics);
  return {std::move(name), value ? std::move(*value) : ast::Expression{}};
}

void parse_machine(const Node& node, ast::Machine& machine, Diagnostics& diagnostics) {
  machine.where = node.where;
  const Keys keys = {"cpus", "memory", "kernel", "libc", "switches", "spurious"};
  if (!check_map(node, "`machine:`", keys, diagnostics)) return;
  for (const Entry& entry : node.entries) parse_machine_key(entry, machine, diagnostics);
}

std::vector<ast::Observation> parse_observe(const Node& node, Diagnostics& diagnostics) {
  std::vector<ast::Observation> observations;
  for (const Node* item : read_list(node, "observe", diagnostics)) {
    auto value = parse_expression(*item, diagnostics);
    if (!value) continue;
    observations.push_back({std::string(trim(item->text)), std::move(*value)});
  }
  return observations;
}

// Items are `name` or `name(thread, ...)`.
std::vector<ast::JudgedProperty> parse_judge(const Node& node, Diagnostics& diagnostics) {
  std::vector<ast::JudgedProperty> judged;
  for (const Node* item : read_list(node, "judge", diagnostics)) {
    if (refuse_mangled(*item, diagnostics)) continue;
    ast::JudgedProperty property{.where = item->where};
    const std::size_t open = item->text.find('(');
    property.name = trim(std::string_view(item->text).substr(0, open));
    if (open != std::string::npos) {
      LineParser parser(*item, diagnostics, open + 1);
      do {
        property.threads.push_back(parser.identifier("a thread"));
      } while (!parser.has_failed() && parser.accept(","));
      parser.expect(")", "the threads");
      parser.finish();
    }
    judged.push_back(std::move(property));
  }
  return judged;
}

}  // namespace wakesim
