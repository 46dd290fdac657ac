// Where YAML and a scenario's author misunderstand each other: checks of the raw text, and
// sentences for what the YAML library reports with its own.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/scenario/diagnostic.h"

namespace wakesim {

// Is `text` UTF-8 without control characters? Says what is wrong, once.
bool check_characters(std::string_view text, std::uint32_t file, Diagnostics& diagnostics);

// Directives (`%YAML`), which the library would skip without a word.
bool refuse_document_marks(const std::vector<std::string>& lines, std::uint32_t file,
                           Diagnostics& diagnostics);

// Says what an author did for the library to stop at `where` with `message`.
void explain_syntax_error(const std::vector<std::string>& lines, const Location& where,
                          std::string_view message, Diagnostics& diagnostics);

}  // namespace wakesim
