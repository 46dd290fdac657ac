// What people write who think in C, and how it is written in a scenario: for "did you mean" only.

#pragma once

#include <vector>

#include "sim/program/catalogue.h"

namespace wakesim {

std::vector<SpellingRow> spellings();

}  // namespace wakesim
