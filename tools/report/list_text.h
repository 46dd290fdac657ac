// The scenarios at hand, one line or two each.

#pragma once

#include <span>
#include <string>
#include <vector>

#include "tools/report/text.h"

namespace wakesim {

struct ListedScenario {
  std::string path;
  std::string name;
  std::string about;
  std::vector<std::string> teaches;
  std::vector<std::string> variants;
};

std::string render_list(std::span<const ListedScenario> scenarios, const Page& page);

}  // namespace wakesim
