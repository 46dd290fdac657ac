// What the compiler says about a scenario.

#pragma once

#include <string>

namespace wakesim::testing {

// Everything that is said about the text, as a user sees it at 80 columns.
std::string said_about(const std::string& text);

}  // namespace wakesim::testing
