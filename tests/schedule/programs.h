// What the tests of strategies share: programs, and what exhaustive search knows about them.

#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "sim/program/executor.h"
#include "sim/program/system.h"

namespace wakesim::testing {

// Objects, threads, observe, ... of a scenario, without its head.
std::unique_ptr<System> compile_program(const std::string& body,
                                        LayoutKind layout = LayoutKind::Search);

// The values of `observe:` in every state at rest.
std::set<std::vector<std::int64_t>> outcomes_of_search(const System& system);
std::vector<std::int64_t> observed(const Executor& executor, const std::vector<std::byte>& state);

// One of each kind of waiting, small enough to be searched.
std::vector<const char*> small_programs();

}  // namespace wakesim::testing
