// Small questions about a scenario's text that models ask while it is loaded.

#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <string_view>

#include "sim/scenario/ast.h"

namespace wakesim {

// How many calls of this name are written, each member of a thread group counted.
std::size_t count_call_sites(const ast::Instance& instance, std::string_view call);

// The threads, or groups of them, that stand first in calls of this name. `is_any`: one of the
// calls leaves open whom it means.
struct ThreadsNamed {
  bool is_any = false;
  std::set<std::string> names;
};
ThreadsNamed threads_named(const ast::Instance& instance, std::string_view call);

}  // namespace wakesim
