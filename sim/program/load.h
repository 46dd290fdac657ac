// Small questions about a scenario's text that models ask while it is loaded.

#pragma once

#include <cstddef>
#include <string_view>

#include "sim/scenario/ast.h"

namespace wakesim {

// How many calls of this name are written, each member of a thread group counted.
std::size_t count_call_sites(const ast::Instance& instance, std::string_view call);

}  // namespace wakesim
