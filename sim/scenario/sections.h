// The sections of a scenario, each from its node. Variants and matrices are already resolved.

#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/ast.h"
#include "sim/scenario/diagnostic.h"
#include "sim/scenario/yaml.h"

namespace wakesim {

// What an entry is called without its count or parameters: `waiter` of `waiter[3]`.
std::string_view entry_name(const Entry& entry);

// Each reads one entry of its section. A name may be empty after an error.
ast::Object parse_object(const Entry& entry, Diagnostics& diagnostics);
ast::ObjectType parse_type(const Entry& entry, Diagnostics& diagnostics);
ast::Function parse_function(const Entry& entry, Diagnostics& diagnostics);
ast::Thread parse_thread(const Entry& entry, Diagnostics& diagnostics);
ast::Property parse_property(const Entry& entry, Diagnostics& diagnostics);
std::pair<std::string, ast::Expression> parse_constant(const Entry& entry,
                                                       Diagnostics& diagnostics);

// Changes what `node` names; a variant's `machine:` goes on top of the scenario's.
void parse_machine(const Node& node, ast::Machine& machine, Diagnostics& diagnostics);
std::vector<ast::Observation> parse_observe(const Node& node, Diagnostics& diagnostics);
std::vector<ast::JudgedProperty> parse_judge(const Node& node, Diagnostics& diagnostics);

}  // namespace wakesim
