// Which entries make up one variant: includes, the scenario's own, and what the variant replaces.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/diagnostic.h"
#include "sim/scenario/yaml.h"

namespace wakesim {

// The texts that a scenario is made of. Pointers outlive it.
struct Layers {
  std::vector<const Node*> includes;  // In the order of `include:`.
  const Node* base = nullptr;         // The file's top level.
};

// The variant's node in the layers, or null.
const Node* find_variant(const Layers& layers, std::string_view variant);

// The entries of `section` (objects, functions, threads, ...) in `variant`, in the order in which
// they are first declared: `same_as:` followed, `absent` left out. An empty variant is the base.
std::vector<const Entry*> entries_of(const Layers& layers, std::string_view section,
                                     std::string_view variant, Diagnostics& diagnostics);

// The node of a section that is replaced whole (observe, judge, expect), or null.
const Node* section_of(const Layers& layers, std::string_view section, std::string_view variant);

// Two entries of one section that declare the same name, as `waiter:` and `waiter[2]:` do.
void check_names(const Node& section, Diagnostics& diagnostics);

}  // namespace wakesim
