// `matrix:` and `${axis}`.

#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "sim/scenario/diagnostic.h"
#include "sim/scenario/yaml.h"

namespace wakesim {

struct Axis {
  std::string name;
  std::vector<std::string> values;
  std::vector<Location> places;  // Of the values.
  Location where;
};

// Axis -> value, in the order of the file.
using Cell = std::vector<std::pair<std::string, std::string>>;

std::vector<Axis> parse_matrix(const Node& matrix, Diagnostics& diagnostics);

// Every combination, the last axis fastest. One empty cell if there are no axes.
std::vector<Cell> cells_of(const std::vector<Axis>& axes);

// How many combinations there are, or `limit` if there are more.
std::size_t count_cells(const std::vector<Axis>& axes, std::size_t limit);

// A copy of `node` with the values of `cell` in the place of each `${axis}`. Counts uses by axis.
Node substitute(const Node& node, const Cell& cell, std::map<std::string, int>& uses,
                Diagnostics& diagnostics);

}  // namespace wakesim
