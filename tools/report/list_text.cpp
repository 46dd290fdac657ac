#include "tools/report/list_text.h"

#include <fmt/format.h>

namespace wakesim {

std::string render_list(std::span<const ListedScenario> scenarios, const Page& page) {
  std::string text;
  for (const ListedScenario& scenario : scenarios) {
    text += render(Text(scenario.path, Ink::Strong), page) + '\n';
    for (const Text& line : wrap(Text(scenario.about), page.width - 4)) {
      text += render(Text("    ").append(line), page) + '\n';
    }
    std::string variants;
    for (const std::string& variant : scenario.variants) {
      variants += (variants.empty() ? "variants: " : ", ") + variant;
    }
    for (const Text& line : wrap(Text(variants, Ink::Faint), page.width - 4)) {
      if (!variants.empty()) text += render(Text("    ").append(line), page) + '\n';
    }
  }
  return text + fmt::format("{} scenario{}\n", scenarios.size(), scenarios.size() == 1 ? "" : "s");
}

}  // namespace wakesim
