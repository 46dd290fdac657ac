#include "tests/library/page_table.h"

#include <fstream>

namespace wakesim {

namespace {

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(' ');
  if (begin == std::string::npos) return "";
  return text.substr(begin, text.find_last_not_of(' ') + 1 - begin);
}

}  // namespace

std::vector<std::string> split(const std::string& text, const std::string& separator) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  for (std::size_t end = text.find(separator); end != std::string::npos;
       end = text.find(separator, begin)) {
    parts.push_back(text.substr(begin, end - begin));
    begin = end + separator.size();
  }
  parts.push_back(text.substr(begin));
  return parts;
}

std::string between(const std::string& text, char open, char close) {
  const std::size_t begin = text.find(open);
  if (begin == std::string::npos) return "";
  return text.substr(begin + 1, text.find(close, begin + 1) - begin - 1);
}

std::vector<TableRow> table_rows(const std::string& path) {
  std::vector<TableRow> rows;
  std::ifstream page(path);
  for (std::string line; std::getline(page, line);) {
    if (line.size() < 2 || line.front() != '|' || line.back() != '|') continue;
    TableRow row;
    for (const std::string& cell : split(line.substr(1, line.size() - 2), "|")) {
      row.push_back(trimmed(cell));
    }
    rows.push_back(row);
  }
  return rows;
}

}  // namespace wakesim
