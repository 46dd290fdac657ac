#include "sim/explore/judge.h"

#include <algorithm>
#include <iterator>

namespace wakesim {

std::size_t headline_rank(std::string_view property) {
  const auto* found =
      std::find(std::begin(kDefaultProperties), std::end(kDefaultProperties), property);
  return static_cast<std::size_t>(found - std::begin(kDefaultProperties));
}

bool is_about_waiting(const Finding& finding) {
  return finding.has_thread && headline_rank(finding.property) < kWaitingProperties;
}

}  // namespace wakesim
