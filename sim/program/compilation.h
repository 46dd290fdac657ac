// What the parts of the compiler share while they work on one scenario, and those parts in the
// order in which they run. Each is one file; compiler.cpp calls them.

#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/program/code_writer.h"
#include "sim/program/symbols.h"
#include "sim/program/system.h"
#include "sim/scenario/ast.h"
#include "sim/scenario/diagnostic.h"

namespace wakesim {

// Elements of an array, and of all arrays around it together.
inline constexpr std::int64_t kElementsMax = 1'000'000;

struct Compilation {
  System& system;
  Diagnostics& diagnostics;
  Symbols symbols;
  std::map<std::string, const ObjectRow*, std::less<>> kinds;
  std::map<std::string, const ast::ObjectType*, std::less<>> types;
  std::vector<std::unique_ptr<CodeWriter>> writers;  // By code.

  // Gives a name its meaning, unless it has one.
  void declare(const std::string& name, Symbol symbol);
  // The count in brackets; 1 if there is none. `what` is "`waiter`", for the message.
  std::int64_t count_of(const std::optional<ast::Expression>& expression, std::int64_t most,
                        const std::string& what);
};

// `machine:`: memory model, CPUs, and the switches that kernel, libc and `switches:` set.
void read_machine(System& system, Diagnostics& diagnostics);

// Names of the catalogue, of functions, constants and threads.
void declare_names(Compilation& compilation);
// `types:`: every kind exists, and none holds itself.
void check_types(Compilation& compilation);
// Gives objects that have a device an actor for it, behind the threads of the scenario.
void add_devices(Compilation& compilation);
void declare_threads(Compilation& compilation);

// `objects:`: words, kernel objects and records of both, each with its initial value in the state.
void declare_objects(Compilation& compilation);

// Threads to instructions; then `start:`, properties and observations, which may look into them.
void write_programs(Compilation& compilation);
void write_looks(Compilation& compilation);
// What follows from the programs: live locals, who can end, who reads what nobody wrote.
void analyse_programs(Compilation& compilation);

// Where everything lies in the state whose size follows from the programs.
void lay_out_state(System& system, Diagnostics& diagnostics);

// Of everything that determines the executions; names and comments do not.
std::uint64_t digest_of(const System& system);

}  // namespace wakesim
