// Lines and blocks of a program.

#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "sim/scenario/ast.h"
#include "sim/scenario/diagnostic.h"
#include "sim/scenario/yaml.h"

namespace wakesim {

// May a block have no lines at all?
enum class EmptyBlock : std::uint8_t { IsError, IsAllowed };

// Is `key` the head of a block: `forever`, `if x == 1`, ...?
bool begins_block(std::string_view key);

// Is `key` the head of a handler, `on SIGUSR1`?
bool is_handler_head(std::string_view key);

// The body of `owner` (a thread, a function, an `if`): a list of lines, or one line as a scalar.
std::vector<ast::Statement> parse_block(const Node& body, std::string_view owner,
                                        Diagnostics& diagnostics,
                                        EmptyBlock empty = EmptyBlock::IsError);

}  // namespace wakesim
