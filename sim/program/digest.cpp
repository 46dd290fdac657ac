#define XXH_INLINE_ALL
#include <xxhash.h>

#include <algorithm>
#include <string>

#include "sim/program/compilation.h"

namespace wakesim {
namespace {

// Without its name; of a type its fields, whatever the type is called.
void add_object(const System& system, const ast::Object& object, std::string& text) {
  const auto& types = system.instance.types;
  const auto type = std::find_if(types.begin(), types.end(),
                                 [&object](const auto& each) { return each.name == object.kind; });
  if (type == types.end()) text += object.kind;
  if (object.count) text += to_text(*object.count);
  for (const ast::Argument& argument : object.arguments) {
    text += "," + argument.name + "=" + to_text(argument.value);
  }
  if (type == types.end()) return;
  text += "{";
  for (const ast::Object& field : type->fields) add_object(system, field, text);
  text += "}";
}

// By name, and only what differs from the usual: a switch that somebody adds must not make tokens
// old that have nothing to do with it.
void add_dialect(const System& system, std::string& text) {
  for (const ModelTable& model : system.catalogue->models) {
    for (const SwitchRow& row : model.switches) {
      const int value = system.dialect[static_cast<std::size_t>(row.id)];
      if (value == 0) continue;
      text += ";" + std::string(row.name) + "=";
      text += row.values[static_cast<std::size_t>(value)];
    }
  }
}

}  // namespace

std::uint64_t digest_of(const System& system) {
  std::string text;
  const auto add = [&](const auto& value) {
    text.append(reinterpret_cast<const char*>(&value), sizeof(value));
  };
  add(system.memory);
  add(system.spurious);
  add_dialect(system, text);
  for (const Code& code : system.codes) {
    for (const Instruction& in : code.instructions) add(in);
    for (const std::int64_t constant : code.constants) add(constant);
    for (const CallSite& site : code.sites) text += site.row->name;
  }
  for (const ThreadInfo& thread : system.threads) {
    add(thread.code);
    add(thread.is_observed);
    if (thread.start != kNoLocal) text += to_text(*system.instance.threads[thread.code].start);
    for (const std::int64_t value : thread.member_values) add(value);
  }
  for (const ast::Object& object : system.instance.objects) add_object(system, object, text);
  text.append(reinterpret_cast<const char*>(system.initial.data()), system.initial.size());
  return XXH3_64bits(text.data(), text.size());
}

}  // namespace wakesim
