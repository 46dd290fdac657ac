// Tables of the documents, for tests that hold them against the scenarios.

#pragma once

#include <string>
#include <vector>

namespace wakesim {

std::vector<std::string> split(const std::string& text, const std::string& separator);

// What stands between the first `open` and the next `close` behind it; empty if nothing does.
std::string between(const std::string& text, char open, char close);

// Every row of every table of the page, as its cells without the blanks around them.
using TableRow = std::vector<std::string>;
std::vector<TableRow> table_rows(const std::string& path);

}  // namespace wakesim
