#include "tools/cli/mutants.h"

#include <algorithm>

#include "tools/cli/files.h"
#include "tools/cli/session.h"

namespace wakesim {
namespace {

bool is_on(const SwitchRow& row, const ast::Machine& machine) {
  return std::any_of(machine.switches.begin(), machine.switches.end(), [&row](const auto& entry) {
    return entry.first == row.name && entry.second != row.values.front();
  });
}

// "futex/compare-outside-lock, variant buggy"; a matrix counts once.
void add_catchers(const ast::File& file, Mutant& mutant) {
  for (const ast::Instance& instance : file.instances) {
    const bool is_caught = instance.expect.verdict == ast::Expectation::Verdict::Violated;
    if (!is_caught || !is_on(*mutant.row, instance.machine)) continue;
    std::string name = instance.scenario;
    if (!instance.variant.empty()) name += ", variant " + instance.variant;
    if (mutant.caught_by.empty() || mutant.caught_by.back() != name) {
      mutant.caught_by.push_back(std::move(name));
    }
  }
}

}  // namespace

std::vector<Mutant> find_mutants(const Catalogue& catalogue, const std::string& model) {
  std::vector<Mutant> mutants;
  for (const ModelTable& table : catalogue.models) {
    if (!model.empty() && table.name != model) continue;
    for (const SwitchRow& row : table.switches) {
      if (row.is_bug) mutants.push_back({&table, &row, {}});
    }
  }
  for (const std::string& path : expand_files({scenario_library()})) {
    const LoadedFile file = load({.path = path, .is_compiled = false}, {});
    for (Mutant& mutant : mutants) add_catchers(file.file, mutant);
  }
  return mutants;
}

}  // namespace wakesim
