#include "sim/scenario/question.h"

#include <algorithm>

#include "sim/scenario/expression.h"
#include "sim/scenario/text.h"

namespace wakesim {

std::optional<ast::Property> parse_question(const std::string& text, SourceFiles& sources,
                                            Diagnostics& diagnostics) {
  // The shell lets line ends and tabs through; a scenario has expressions on one line.
  std::string line = text;
  std::replace_if(
      line.begin(), line.end(), [](char c) { return c == '\n' || c == '\r' || c == '\t'; }, ' ');

  Node node;
  node.kind = Node::Kind::Scalar;
  node.text = line;
  node.where = {.file = static_cast<std::uint32_t>(sources.size()),
                .line = 1,
                .column = 1,
                .length = std::max<std::uint32_t>(1, count_characters(line))};
  sources.push_back({std::string(kQuestion), {line}});

  auto expression = parse_expression(node, diagnostics);
  if (!expression) return std::nullopt;
  return ast::Property{.name = std::string(kQuestion),
                       .kind = ast::Property::Kind::Never,
                       .value = std::move(*expression),
                       .text = line,
                       .where = node.where};
}

}  // namespace wakesim
