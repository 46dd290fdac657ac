// Reading the plain parts of a scenario: maps with known keys, texts, numbers, lists of words.

#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/diagnostic.h"
#include "sim/scenario/yaml.h"

namespace wakesim {

using Keys = std::initializer_list<std::string_view>;

// Is `node` a map with no other keys? Says what is wrong. `owner` is "a thread", "`machine:`", ...
bool check_map(const Node& node, std::string_view owner, Keys allowed, Diagnostics& diagnostics);
bool check_is_map(const Node& node, std::string_view owner, Diagnostics& diagnostics);

// Prose: a scalar of any style, on one line or several.
std::string read_prose(const Node& node, std::string_view key, Diagnostics& diagnostics);

// One of a few words.
std::optional<std::string> read_choice(const Node& node, std::string_view key, Keys allowed,
                                       Diagnostics& diagnostics);

std::optional<std::int64_t> read_integer(const Node& node, std::string_view key, std::int64_t least,
                                         std::int64_t most, Diagnostics& diagnostics);

std::optional<bool> read_bool(const Node& node, std::string_view key, Diagnostics& diagnostics);

// The scalars of a list; a scalar is a list of one.
std::vector<const Node*> read_list(const Node& node, std::string_view key,
                                   Diagnostics& diagnostics);

// Names of variants, properties and axes may hold dashes. `of_what` is "a variant", ...
bool check_label(const Node& name, std::string_view of_what, Diagnostics& diagnostics);

// A hint with the name that was meant, if one comes close and anybody will read it.
std::string guess_hint(const std::string& name, const std::vector<std::string>& candidates,
                       const Diagnostics& diagnostics);

}  // namespace wakesim
