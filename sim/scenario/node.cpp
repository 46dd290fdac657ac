#include <fmt/format.h>

#include <algorithm>

#include "sim/scenario/text.h"
#include "sim/scenario/yaml.h"

namespace wakesim {
namespace {

// The column of text[offset]. What was substituted has one place: that of `${axis}`, or the column
// behind it when the end of something is asked for.
std::uint32_t column_at(const Node& node, std::size_t offset, bool is_end) {
  const std::string_view text = node.text;
  std::uint32_t column = node.text_column;
  std::size_t done = 0;
  for (const Node::Splice& splice : node.splices) {
    if (offset < splice.begin || (is_end && offset == splice.begin)) break;
    column += count_characters(text.substr(done, splice.begin - done));
    if (offset < splice.end) return is_end ? column + splice.source_length : column;
    column += splice.source_length;
    done = splice.end;
  }
  return column + count_characters(text.substr(done, offset - done));
}

}  // namespace

Location Node::place(std::size_t begin, std::size_t end) const {
  if (is_folded || style == Style::Block) return where;
  begin = std::min(begin, text.size());
  end = std::clamp(end, begin, text.size());
  const std::uint32_t first = column_at(*this, begin, false);
  const std::uint32_t last = std::max(column_at(*this, end, true), first + 1);
  return {.file = where.file, .line = where.line, .column = first, .length = last - first};
}

const Node* Node::find(std::string_view key) const {
  for (const Entry& entry : entries) {
    if (entry.key.text == key) return &entry.value;
  }
  return nullptr;
}

std::string describe(const Node& node) {
  constexpr std::size_t kShownMax = 40;
  switch (node.kind) {
    case Node::Kind::Null:
      return "nothing";
    case Node::Kind::List:
      return "a list";
    case Node::Kind::Map:
      return "a map";
    case Node::Kind::Scalar:
      break;
  }
  if (node.text.size() <= kShownMax) return fmt::format("`{}`", node.text);
  std::size_t end = 0;
  while (end < kShownMax) end += character_at(node.text, end).bytes;
  return fmt::format("`{}...`", std::string_view(node.text).substr(0, end));
}

}  // namespace wakesim
