#include "tools/report/table.h"

#include <algorithm>
#include <numeric>

namespace wakesim {
namespace {

int shown_width(const Text& text, const Page& page) {
  return columns_of(printable_text(text, page.ascii));
}

std::vector<int> column_widths(const Table& table, const Page& page) {
  std::vector<int> widths;
  for (const TableColumn& column : table.columns) {
    widths.push_back(shown_width(column.title, page));
  }
  for (const auto& row : table.rows) {
    for (std::size_t i = 0; i < row.size() && i < widths.size(); ++i) {
      widths[i] = std::max(widths[i], shown_width(row[i].text, page));
    }
  }
  return widths;
}

std::string repeated(std::string_view sign, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += sign;
  return result;
}

// One cell, as wide as its column. `sign` must be one column wide, also in ASCII.
Text padded(const TableCell& cell, TableColumn::Align align, int width, const Page& page) {
  const Text text = printable_text(cell.text, page.ascii);
  const std::string padding = repeated(printable(cell.fill, page.ascii), width - columns_of(text));
  if (align == TableColumn::Align::Right) return Text(padding).append(text);
  return Text(text).add(padding, cell.fill_ink);
}

std::string render_row(const Table& table, const std::vector<int>& widths,
                       const std::vector<TableCell>& row, const Page& page) {
  Text line(repeated(" ", table.indent));
  for (std::size_t i = 0; i < widths.size(); ++i) {
    if (i > 0) line.add(repeated(" ", table.gap));
    line.append(
        padded(i < row.size() ? row[i] : TableCell{}, table.columns[i].align, widths[i], page));
  }
  return render(line, page) + '\n';
}

}  // namespace

int table_width(const Table& table, const Page& page) {
  const std::vector<int> widths = column_widths(table, page);
  const int gaps = table.gap * (static_cast<int>(widths.size()) - 1);
  return table.indent + std::accumulate(widths.begin(), widths.end(), gaps);
}

std::string render(const Table& table, const Page& page) {
  const std::vector<int> widths = column_widths(table, page);

  std::vector<TableCell> titles;
  std::vector<TableCell> rules;
  for (std::size_t i = 0; i < widths.size(); ++i) {
    titles.push_back({table.columns[i].title});
    if (!table.columns[i].title.is_empty()) {
      rules.push_back({Text(repeated("─", widths[i]), Ink::Faint)});
    } else {
      rules.push_back({});
    }
  }

  std::string result = render_row(table, widths, titles, page);
  if (table.has_rule) result += render_row(table, widths, rules, page);
  for (const auto& row : table.rows) result += render_row(table, widths, row, page);
  return result;
}

void cut_column(Table& table, std::size_t column, int width_min, const Page& page) {
  const int excess = table_width(table, page) - page.width;
  if (excess <= 0) return;
  const int width = std::max(width_min, column_widths(table, page)[column] - excess);
  for (auto& row : table.rows) {
    if (column < row.size()) row[column].text = cut(row[column].text, width, page.ascii);
  }
}

}  // namespace wakesim
