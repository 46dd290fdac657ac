// An expression given on the command line (`check --find EXPR`) as a property of the scenario.

#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "sim/scenario/ast.h"
#include "sim/scenario/diagnostic.h"

namespace wakesim {

// The property's name, which none of a scenario's own can have, and that of its source file.
inline constexpr std::string_view kQuestion = "--find";

// `never EXPR`: what breaks it first is a shortest execution that reaches EXPR. `text` becomes a
// file of its own in `sources`, so that errors in it get a caret. Nothing after a syntax error.
std::optional<ast::Property> parse_question(const std::string& text, SourceFiles& sources,
                                            Diagnostics& diagnostics);

}  // namespace wakesim
