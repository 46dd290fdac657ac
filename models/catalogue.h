// The list of models: everything that scenarios can name.

#pragma once

#include "sim/program/catalogue.h"

namespace wakesim {

// Built once, never changes.
const Catalogue& catalogue();

}  // namespace wakesim
