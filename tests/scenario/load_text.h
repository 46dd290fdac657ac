// Scenarios as string literals, and what came of them as text.

#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/ast.h"
#include "sim/scenario/diagnostic.h"

namespace wakesim {

struct Loaded {
  ast::File file;
  Diagnostics diagnostics;

  // All diagnostics as a user sees them, one after the other.
  std::string errors(int width = 80) const;
};

// Loads `text` as `t.yaml`. `includes` maps names to texts.
Loaded load_text(std::string_view text,
                 const std::map<std::string, std::string, std::less<>>& includes = {});

// A scenario whose thread `t` runs `lines`; line 1 of `lines` is line 7 of the file.
std::string with_lines(std::string_view lines);

// The tree of an expression: every operator in parentheses.
std::string print(const ast::Expression& expression);

// The tree of a block, one statement a line.
std::string print(const std::vector<ast::Statement>& block, int indentation = 0);

// Everything that an instance declares, in a few lines.
std::string print(const ast::Instance& instance);

}  // namespace wakesim
