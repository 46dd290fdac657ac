// A JSON Schema of the scenario format, so that editors complete and check while one types.

#pragma once

#include <string>

#include "sim/program/catalogue.h"

namespace wakesim {

// Draft 2020-12. Kinds of objects, kernels, libcs and switches are those of the catalogue; the
// lines of a program are plain strings, which only wakesim itself can check.
std::string json_schema(const Catalogue& catalogue);

}  // namespace wakesim
