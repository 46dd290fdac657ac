#include "sim/scenario/matrix.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <string_view>

#include "sim/scenario/fields.h"
#include "sim/scenario/text.h"

namespace wakesim {
namespace {

// Words that YAML 1.1 reads as booleans and editors show as such.
bool is_yaml_boolean(std::string_view text) {
  static constexpr std::string_view kWords[] = {"y",  "n",   "yes",  "no",
                                                "on", "off", "true", "false"};
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return std::find(std::begin(kWords), std::end(kWords), lower) != std::end(kWords);
}

Axis parse_axis(const Entry& entry, Diagnostics& diagnostics) {
  Axis axis{.name = entry.key.text, .where = entry.key.where};
  check_label(entry.key, "an axis", diagnostics);
  if (axis.name == "variant") {
    diagnostics.error(axis.where,
                      "`variant` is what `when:` calls the variants; name the axis "
                      "otherwise");
  }
  std::set<std::string_view> seen;
  for (const Node* value : read_list(entry.value, axis.name, diagnostics)) {
    if (value->style == Node::Style::Plain && is_yaml_boolean(value->text)) {
      diagnostics.error(value->where,
                        fmt::format("{} is true or false to some YAML readers and a "
                                    "word to others",
                                    describe(*value)),
                        fmt::format("write  '{}'", value->text));
    }
    if (!seen.insert(value->text).second) {
      diagnostics.error(value->where,
                        fmt::format("{} stands twice in axis `{}`", describe(*value), axis.name));
    }
    axis.values.push_back(value->text);
    axis.places.push_back(value->where);
  }
  if (axis.values.empty()) {
    diagnostics.error(entry.value.where, fmt::format("axis `{}` has no values", axis.name));
  }
  return axis;
}

// Replaces `${axis}` in one scalar.
class Substitution {
 public:
  Substitution(const Cell& cell, std::map<std::string, int>& uses, Diagnostics& diagnostics)
      : cell_(cell), uses_(uses), diagnostics_(diagnostics) {}

  void apply(Node& node) {
    if (node.is_scalar() && node.text.find("${") != std::string::npos) replace(node);
    for (Node& item : node.items) apply(item);
    for (Entry& entry : node.entries) {
      apply(entry.key);
      apply(entry.value);
    }
  }

 private:
  void replace(Node& node) {
    const std::string source = std::exchange(node.text, {});
    std::size_t done = 0;
    for (std::size_t at = source.find("${"); at != std::string::npos;
         at = source.find("${", done)) {
      const std::size_t end = source.find('}', at);
      if (end == std::string::npos) {
        diagnostics_.error(node.where, "`${` without `}`");
        break;
      }
      node.text += source.substr(done, at - done);
      const std::string_view name = trim(std::string_view(source).substr(at + 2, end - at - 2));
      const std::size_t begin = node.text.size();
      node.text += value_of(std::string(name), node.where);
      const std::string_view written = std::string_view(source).substr(at, end + 1 - at);
      node.splices.push_back({begin, node.text.size(), count_characters(written)});
      done = end + 1;
    }
    node.text += source.substr(done);
  }

  std::string value_of(const std::string& name, const Location& where) {
    std::vector<std::string> names;
    for (const auto& [axis, value] : cell_) {
      names.push_back(axis);
      if (axis != name) continue;
      ++uses_[name];
      return value;
    }
    diagnostics_.error(where, fmt::format("the matrix has no axis `{}`", name),
                       guess_hint(name, names, diagnostics_));
    return "";
  }

  const Cell& cell_;
  std::map<std::string, int>& uses_;
  Diagnostics& diagnostics_;
};

}  // namespace

std::vector<Axis> parse_matrix(const Node& matrix, Diagnostics& diagnostics) {
  std::vector<Axis> axes;
  if (!check_is_map(matrix, "`matrix:`", diagnostics)) return axes;
  for (const Entry& entry : matrix.entries) axes.push_back(parse_axis(entry, diagnostics));
  return axes;
}

std::size_t count_cells(const std::vector<Axis>& axes, std::size_t limit) {
  std::size_t count = 1;
  for (const Axis& axis : axes) {
    if (axis.values.size() > limit / count) return limit;
    count *= std::max<std::size_t>(1, axis.values.size());
  }
  return count;
}

std::vector<Cell> cells_of(const std::vector<Axis>& axes) {
  std::vector<Cell> cells(1);
  for (const Axis& axis : axes) {
    std::vector<Cell> longer;
    for (const Cell& cell : cells) {
      for (const std::string& value : axis.values) {
        longer.push_back(cell);
        longer.back().emplace_back(axis.name, value);
      }
    }
    cells = std::move(longer);
  }
  return cells;
}

Node substitute(const Node& node, const Cell& cell, std::map<std::string, int>& uses,
                Diagnostics& diagnostics) {
  Node copy = node;
  Substitution(cell, uses, diagnostics).apply(copy);
  return copy;
}

}  // namespace wakesim
