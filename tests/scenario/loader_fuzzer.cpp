// libFuzzer: any bytes are a scenario or a diagnostic, never a crash, a leak or a hang. Includes
// find the input itself under another name, so that they are exercised too.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "sim/scenario/loader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  wakesim::LoadOptions options;
  options.include = [&](std::string_view name, std::string_view) {
    return std::optional(std::pair(std::string(name), std::string(text)));
  };
  wakesim::Diagnostics diagnostics;
  const auto file = wakesim::load_scenario("fuzzed.yaml", text, options, diagnostics);
  for (const auto& diagnostic : diagnostics.all()) wakesim::render(diagnostic, file.sources, 80);
  return 0;
}
