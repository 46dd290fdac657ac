#include "sim/schedule/strategy.h"

#include "sim/program/system.h"

namespace wakesim {

std::optional<std::size_t> broken_property(const Executor& executor, const std::byte* state) {
  using enum ast::Property::Kind;
  const System& system = executor.system();
  for (std::size_t i = 0; i < system.properties.size(); ++i) {
    const CompiledProperty& property = system.properties[i];
    if (property.kind != Always && property.kind != Never) continue;
    const bool holds = executor.evaluate(state, system.expressions[property.code]) != 0;
    if (holds != (property.kind == Always)) return i;
  }
  return std::nullopt;
}

}  // namespace wakesim
