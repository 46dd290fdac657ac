// A JSON Schema of scenario files, so that editors complete and check them.

#pragma once

#include <string>

#include "sim/program/catalogue.h"

namespace wakesim {

// Generated from the models' tables. It knows the shape of a file and the names that the models
// give; what lines mean is checked by the loader alone.
std::string schema_json(const Catalogue& catalogue);

}  // namespace wakesim
