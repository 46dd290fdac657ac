// What scenarios can name, printed from the models' own tables.

#pragma once

#include <string>
#include <vector>

#include "sim/program/catalogue.h"
#include "tools/report/text.h"

namespace wakesim {

// Every model in a few lines.
std::string render_models(const Catalogue& catalogue, const Page& page);

// Everything about a model, a call, a kind of object, a switch, a kernel or a libc of that name;
// empty if there is none.
std::string render_model(const Catalogue& catalogue, const std::string& name, const Page& page);

// A switch that is a bug, and what catches it: names of scenarios.
struct Mutant {
  const ModelTable* model = nullptr;
  const SwitchRow* row = nullptr;
  std::vector<std::string> caught_by;
};
std::string render_mutants(const std::vector<Mutant>& mutants, const Page& page);

// All names that render_model() knows, for did-you-mean.
std::vector<std::string> model_names(const Catalogue& catalogue);

// "futex_wait(word, expected, timeout=inf)"
std::string call_signature(const CallRow& call);

}  // namespace wakesim
