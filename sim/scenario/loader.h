// YAML text -> checked syntax. Knows structure, not meaning: names of objects, calls and threads
// are the compiler's business (sim/program/compiler.h).

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "sim/scenario/ast.h"
#include "sim/scenario/diagnostic.h"

namespace wakesim {

struct LoadOptions {
  std::size_t input_bytes_max = 4u << 20;
  // Reads an include (`lib/pthread`) relative to the file that names it; nullopt: not found.
  // The second parameter is the path of the including file. Returns {path, text}.
  std::function<std::optional<std::pair<std::string, std::string>>(std::string_view name,
                                                                   std::string_view from)>
      include;
  // Chooses between the parts of an include: in place of what the machine says, and where it says
  // nothing.
  std::string libc;
  std::string libc_default;
  // What a constant of the models stands for (EAGAIN), so that `outcomes:` may name it.
  std::function<std::optional<std::int64_t>(std::string_view name)> constant;
};

// Parses `text` as the scenario file `path`. On errors the returned file holds the sources only (so
// that diagnostics can be rendered) and `diagnostics` says why.
ast::File load_scenario(std::string_view path, std::string_view text, const LoadOptions& options,
                        Diagnostics& diagnostics);

// Reads the file first: unreadable files, directories and files above the limit are diagnostics
// too.
ast::File load_scenario_file(const std::string& path, const LoadOptions& options,
                             Diagnostics& diagnostics);

}  // namespace wakesim
