#include "sim/schedule/strategy.h"

#include "sim/program/system.h"

namespace wakesim {

using enum ast::Property::Kind;

Invariants::Invariants(const Executor& executor) : executor_(executor) {
  const auto& properties = executor.system().properties;
  for (std::size_t i = 0; i < properties.size(); ++i) {
    if (properties[i].kind == Always || properties[i].kind == Never) properties_.push_back(i);
  }
}

std::size_t Invariants::first_broken(const std::byte* state) const {
  const System& system = executor_.system();
  for (const std::size_t i : properties_) {
    const CompiledProperty& property = system.properties[i];
    const bool holds = executor_.evaluate(state, system.expressions[property.code]) != 0;
    if (holds != (property.kind == Always)) return i;
  }
  return kNone;
}

}  // namespace wakesim
