#include "tests/program/said_about.h"

#include "models/catalogue.h"
#include "sim/program/compiler.h"
#include "sim/scenario/loader.h"

namespace wakesim::testing {

std::string said_about(const std::string& text) {
  Diagnostics diagnostics;
  const ast::File file = load_scenario("t.yaml", text, {}, diagnostics);
  for (const ast::Instance& instance : file.instances) {
    compile(instance, file.sources, catalogue(), {}, diagnostics);
  }
  std::string said;
  for (const Diagnostic& diagnostic : diagnostics.all()) said += render(diagnostic, file.sources);
  return said;
}

}  // namespace wakesim::testing
