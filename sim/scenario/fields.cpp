#include "sim/scenario/fields.h"

#include <fmt/format.h>

#include <algorithm>

#include "sim/scenario/expression.h"
#include "sim/scenario/statement.h"
#include "sim/scenario/text.h"

namespace wakesim {
namespace {

std::vector<std::string> names_of(Keys keys) { return {keys.begin(), keys.end()}; }

std::string list_of(Keys keys) {
  std::string text;
  for (const std::string_view key : keys) text += (text.empty() ? "" : ", ") + std::string(key);
  return text;
}

bool is_label(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-';
  });
}

}  // namespace

std::string guess_hint(const std::string& name, const std::vector<std::string>& candidates,
                       const Diagnostics& diagnostics) {
  if (diagnostics.is_full()) return {};
  const std::string guess = closest_name(name, candidates);
  return guess.empty() ? "" : fmt::format("write  {}", guess);
}

bool check_is_map(const Node& node, std::string_view owner, Diagnostics& diagnostics) {
  if (node.is_map()) return true;
  diagnostics.error(node.where,
                    fmt::format("{} needs `name: value` entries, found {}", owner, describe(node)));
  return false;
}

bool check_map(const Node& node, std::string_view owner, Keys allowed, Diagnostics& diagnostics) {
  if (!check_is_map(node, owner, diagnostics)) return false;
  bool is_good = true;
  for (const auto& [key, value] : node.entries) {
    if (std::find(allowed.begin(), allowed.end(), key.text) != allowed.end()) continue;
    is_good = false;
    if (is_handler_head(key.text)) {
      diagnostics.error(key.where, "a handler belongs to a thread",
                        fmt::format("write  {}:  beside the `run:` of a thread", key.text));
      continue;
    }
    const std::string guess = closest_name(key.text, names_of(allowed));
    diagnostics.error(key.where, fmt::format("{} has no key {}", owner, describe(key)),
                      guess.empty() ? fmt::format("it has {}", list_of(allowed))
                                    : fmt::format("write  {}:", guess));
  }
  return is_good;
}

std::string read_prose(const Node& node, std::string_view key, Diagnostics& diagnostics) {
  if (node.is_scalar() && !trim(node.text).empty()) return std::string(trim(node.text));
  diagnostics.error(node.where,
                    fmt::format("`{}:` needs a sentence, found {}", key,
                                node.is_scalar() ? "nothing" : describe(node)),
                    node.is_map() ? "quote a text that holds `: `" : "");
  return {};
}

std::optional<std::string> read_choice(const Node& node, std::string_view key, Keys allowed,
                                       Diagnostics& diagnostics) {
  const bool is_known =
      node.is_scalar() && std::find(allowed.begin(), allowed.end(), node.text) != allowed.end();
  if (is_known) return node.text;
  diagnostics.error(
      node.where,
      fmt::format("`{}:` is {}{}, found {}", key, allowed.size() == 1 ? "" : "one of ",
                  list_of(allowed), describe(node)),
      guess_hint(node.text, names_of(allowed), diagnostics));
  return {};
}

std::optional<std::int64_t> read_integer(const Node& node, std::string_view key, std::int64_t least,
                                         std::int64_t most, Diagnostics& diagnostics) {
  if (node.is_scalar()) {
    const auto tokens = tokenize(node.text);
    const Token& token = tokens[0];
    if (token.kind == Token::Kind::Wrong) {
      diagnostics.error(node.where, token.problem, token.hint);
      return {};
    }
    const bool is_number = tokens.size() == 2 && token.kind == Token::Kind::Number;
    if (is_number && token.value >= least && token.value <= most) return token.value;
  }
  diagnostics.error(node.where, fmt::format("`{}:` needs a number from {} to {}, found {}", key,
                                            least, most, describe(node)));
  return {};
}

std::optional<bool> read_bool(const Node& node, std::string_view key, Diagnostics& diagnostics) {
  if (node.is_scalar() && node.text == "true") return true;
  if (node.is_scalar() && node.text == "false") return false;
  diagnostics.error(node.where,
                    fmt::format("`{}:` is true or false, found {}", key, describe(node)));
  return {};
}

std::vector<const Node*> read_list(const Node& node, std::string_view key,
                                   Diagnostics& diagnostics) {
  if (node.is_scalar()) return {&node};
  std::vector<const Node*> list;
  if (!node.is_list()) {
    diagnostics.error(node.where, fmt::format("`{}:` needs a list, found {}", key, describe(node)),
                      fmt::format("write  {}: [a, b]", key));
    return list;
  }
  for (const Node& item : node.items) {
    if (item.is_scalar()) {
      list.push_back(&item);
    } else {
      diagnostics.error(item.where,
                        fmt::format("`{}:` lists single values, found {}", key, describe(item)),
                        item.is_map() ? "quote a value that holds `: `" : "");
    }
  }
  return list;
}

bool check_label(const Node& name, std::string_view of_what, Diagnostics& diagnostics) {
  if (is_label(name.text)) return true;
  diagnostics.error(name.where, fmt::format("{} cannot be the name of {}", describe(name), of_what),
                    "use letters, digits, `-` and `_`");
  return false;
}

}  // namespace wakesim
