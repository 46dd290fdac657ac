#include "sim/program/compiler.h"

#include "sim/program/compilation.h"
#include "sim/program/fusion.h"

namespace wakesim {
namespace {

std::unique_ptr<System> empty_system(const ast::Instance& instance, const SourceFiles& sources,
                                     const Catalogue& catalogue, LayoutKind layout) {
  auto system = std::make_unique<System>();
  system->catalogue = &catalogue;
  system->instance = instance;
  system->sources = sources;
  system->layout.kind = layout;
  system->records.push_back({"", nullptr});
  system->layout.bytes = 8;  // Offset 0 means "none".
  system->initial.resize(8);
  return system;
}

// Each part rests on what the ones before it found, so a wrong one is the last.
std::unique_ptr<System> compile_parts(const ast::Instance& instance, const SourceFiles& sources,
                                      const Catalogue& catalogue, const CompileOptions& options,
                                      Diagnostics& diagnostics) {
  auto system = empty_system(instance, sources, catalogue, options.layout);
  Compilation compilation{*system, diagnostics, {}, {}, {}, {}};
  compilation.symbols.include_of = options.include_of;
  read_machine(*system, diagnostics);
  declare_names(compilation);
  check_types(compilation);
  if (!diagnostics.has_errors()) add_devices(compilation);
  declare_threads(compilation);
  if (diagnostics.has_errors()) return nullptr;
  declare_objects(compilation);
  if (diagnostics.has_errors()) return nullptr;
  write_programs(compilation);
  write_looks(compilation);
  if (diagnostics.has_errors()) return nullptr;
  analyse_programs(compilation);
  if (diagnostics.has_errors()) return nullptr;
  lay_out_state(*system, diagnostics);
  system->digest = digest_of(*system);
  for (Code& code : system->codes) code.fused = fuse(code.instructions);
  for (Code& code : system->expressions) code.fused = fuse(code.instructions);
  return system;
}

}  // namespace

std::unique_ptr<System> compile(const ast::Instance& instance, const SourceFiles& sources,
                                const Catalogue& catalogue, const CompileOptions& options,
                                Diagnostics& diagnostics) {
  auto system = compile_parts(instance, sources, catalogue, options, diagnostics);
  diagnostics.sort_by_place();
  return system;
}

}  // namespace wakesim
