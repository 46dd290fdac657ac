// The bug switches of the models, and what in the library catches them.

#pragma once

#include <string>
#include <vector>

#include "sim/program/catalogue.h"
#include "tools/report/models_text.h"

namespace wakesim {

// Every bug switch of the model of that name, or of all if it is empty, with the variants of the
// library that switch it on and expect a violation.
std::vector<Mutant> find_mutants(const Catalogue& catalogue, const std::string& model);

}  // namespace wakesim
