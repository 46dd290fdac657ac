// Checked syntax -> compiled scenario. Everything that a name can mean is settled here: objects,
// locals, calls, threads, predicates. So are the rules of the language that need meaning: one
// shared access a line, types of arguments, locals read before they are assigned or never read.

#pragma once

#include <memory>

#include "sim/program/catalogue.h"
#include "sim/program/symbols.h"
#include "sim/program/system.h"
#include "sim/scenario/ast.h"
#include "sim/scenario/diagnostic.h"

namespace wakesim {

struct CompileOptions {
  LayoutKind layout = LayoutKind::Search;
  IncludeOf include_of = nullptr;  // For hints.
};

// Null if `diagnostics` got an error. The catalogue must outlive the result.
std::unique_ptr<System> compile(const ast::Instance& instance, const SourceFiles& sources,
                                const Catalogue& catalogue, const CompileOptions& options,
                                Diagnostics& diagnostics);

}  // namespace wakesim
