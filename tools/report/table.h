// Tables for a terminal: columns as wide as their widest cell.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "tools/report/text.h"

namespace wakesim {

struct TableColumn {
  enum class Align : std::uint8_t { Left, Right };

  Text title;
  Align align = Align::Left;
};

struct TableCell {
  Text text;
  // What the rest of the column is filled with: a line that leads to the next column.
  std::string fill = " ";
  Ink fill_ink = Ink::Plain;
};

struct Table {
  std::vector<TableColumn> columns;
  std::vector<std::vector<TableCell>> rows;  // A row may be shorter than `columns`.
  int indent = 0;
  int gap = 2;
  bool has_rule = false;  // A line below the titles.
};

int table_width(const Table& table, const Page& page);
std::string render(const Table& table, const Page& page);

// Makes a table fit, as far as that can be done by cutting the cells of one column to `width_min`.
void cut_column(Table& table, std::size_t column, int width_min, const Page& page);

}  // namespace wakesim
