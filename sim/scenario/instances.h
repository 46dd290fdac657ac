// A checked tree -> one ast::Instance for each variant and cell.

#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include "sim/scenario/ast.h"
#include "sim/scenario/diagnostic.h"
#include "sim/scenario/expectation.h"
#include "sim/scenario/variants.h"
#include "sim/scenario/yaml.h"

namespace wakesim {

// Variants times cells times the values of the file; beyond this the instances would fill
// gigabytes.
inline constexpr std::size_t kInstanceNodesMax = 400'000;

// What a scenario includes on a machine with this libc.
using IncludeLookup =
    std::function<std::vector<const Node*>(const Node& scenario, const std::string& libc)>;

// Fills in file.instances. `root` is the file as written, with `${axis}`; `constants` knows what
// the models define.
void build_instances(const Node& root, const IncludeLookup& includes,
                     const ConstantLookup& constants, ast::File& file, Diagnostics& diagnostics);

}  // namespace wakesim
