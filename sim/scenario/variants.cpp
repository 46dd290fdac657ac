#include "sim/scenario/variants.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <optional>
#include <set>

#include "sim/scenario/fields.h"
#include "sim/scenario/sections.h"

namespace wakesim {
namespace {

const Node* find_section(const Node* owner, std::string_view section) {
  return owner ? owner->find(section) : nullptr;
}

// The entries of a section by name. Sections may have many thousands.
using Index = std::map<std::string_view, const Entry*>;

Index index_of(const Node* section) {
  Index index;
  if (!section) return index;
  for (const Entry& entry : section->entries) index.emplace(entry_name(entry), &entry);
  return index;
}

const Entry* find_entry(const Index& index, std::string_view name) {
  const auto found = index.find(name);
  return found == index.end() ? nullptr : found->second;
}

bool is_absent(const Entry& entry) {
  return entry.value.is_scalar() && entry.value.text == "absent";
}

// `{ same_as: VARIANT }`
const Node* same_as(const Entry& entry) {
  return entry.value.is_map() ? entry.value.find("same_as") : nullptr;
}

void report_absence_of_nothing(const Entry& entry, std::string_view section,
                               Diagnostics& diagnostics) {
  diagnostics.error(entry.key.where, fmt::format("`{}` cannot be absent: `{}:` has no such entry",
                                                 entry_name(entry), section));
}

// Finds out what one entry is in one variant.
class Resolver {
 public:
  Resolver(const Layers& layers, std::string_view section, Diagnostics& diagnostics)
      : layers_(layers), section_(section), diagnostics_(diagnostics) {
    below_.push_back(index_of(find_section(layers.base, section)));
    for (const Node* include : layers.includes) {
      below_.push_back(index_of(find_section(include, section)));
    }
  }

  // Null: absent, or an error was reported.
  const Entry* resolve(std::string_view name, std::string_view variant) {
    std::set<std::string, std::less<>> visited;
    for (;;) {
      const Entry* entry = written(name, variant);
      if (!entry || is_absent(*entry)) return nullptr;
      const Node* other = same_as(*entry);
      if (!other) return entry;
      if (!check_same_as(*entry, *other)) return nullptr;
      if (!visited.insert(std::string(variant)).second) {
        diagnostics_.error(other->where, "these `same_as:` go round in a circle");
        return nullptr;
      }
      variant = other->text;
    }
  }

 private:
  // What the variant says about the name, else what stands below it.
  const Entry* written(std::string_view name, std::string_view variant) {
    if (const Entry* entry = find_entry(own(variant), name)) return entry;
    for (const Index& index : below_) {
      if (const Entry* entry = find_entry(index, name)) return entry;
    }
    return nullptr;
  }

  const Index& own(std::string_view variant) {
    const auto [found, is_new] = own_.try_emplace(std::string(variant));
    if (is_new) found->second = index_of(find_section(find_variant(layers_, variant), section_));
    return found->second;
  }

  bool check_same_as(const Entry& entry, const Node& other) {
    if (entry.value.entries.size() != 1 || !other.is_scalar()) {
      diagnostics_.error(entry.value.where, "`same_as:` stands alone and names a variant",
                         fmt::format("write  {}: {{ same_as: VARIANT }}", entry.key.text));
      return false;
    }
    if (find_variant(layers_, other.text)) return true;
    std::vector<std::string> names;
    if (const Node* variants = layers_.base->find("variants")) {
      for (const Entry& variant : variants->entries) names.push_back(variant.key.text);
    }
    diagnostics_.error(other.where, fmt::format("no variant is called `{}`", other.text),
                       guess_hint(other.text, names, diagnostics_));
    return false;
  }

  const Layers& layers_;
  std::string_view section_;
  Diagnostics& diagnostics_;
  std::vector<Index> below_;          // The scenario's own, then the includes'.
  std::map<std::string, Index> own_;  // Of the variants asked for.
};

// Names in the order of their first declaration.
class Names {
 public:
  void add(const Node* section) {
    if (!section) return;
    for (const Entry& entry : section->entries) {
      if (seen_.insert(std::string(entry_name(entry))).second) {
        list_.emplace_back(entry_name(entry));
      }
    }
  }
  bool contains(std::string_view name) const { return seen_.contains(name); }
  const std::vector<std::string>& list() const { return list_; }

 private:
  std::set<std::string, std::less<>> seen_;
  std::vector<std::string> list_;
};

}  // namespace

const Node* find_variant(const Layers& layers, std::string_view variant) {
  const Node* variants = layers.base->find("variants");
  return variants && !variant.empty() ? variants->find(variant) : nullptr;
}

std::vector<const Entry*> entries_of(const Layers& layers, std::string_view section,
                                     std::string_view variant, Diagnostics& diagnostics) {
  Names names;
  for (const Node* include : layers.includes) names.add(find_section(include, section));
  names.add(find_section(layers.base, section));
  const Node* own = find_section(find_variant(layers, variant), section);
  if (own) {
    for (const Entry& entry : own->entries) {
      if (is_absent(entry) && !names.contains(entry_name(entry))) {
        report_absence_of_nothing(entry, section, diagnostics);
      }
    }
  }
  names.add(own);

  Resolver resolver(layers, section, diagnostics);
  std::vector<const Entry*> entries;
  for (const std::string& name : names.list()) {
    if (const Entry* entry = resolver.resolve(name, variant)) entries.push_back(entry);
  }
  return entries;
}

const Node* section_of(const Layers& layers, std::string_view section, std::string_view variant) {
  const Node* own = find_section(find_variant(layers, variant), section);
  return own ? own : layers.base->find(section);
}

void check_names(const Node& section, Diagnostics& diagnostics) {
  std::map<std::string, const Node&, std::less<>> seen;
  for (const Entry& entry : section.entries) {
    const std::string name(entry_name(entry));
    const auto [first, is_new] = seen.emplace(name, entry.key);
    const bool is_reported = first->second.text == entry.key.text;  // By the YAML parser.
    if (is_new || is_reported) continue;
    Diagnostic diagnostic{.where = entry.key.where,
                          .message = fmt::format("`{}` is declared twice", name)};
    diagnostic.notes.push_back({first->second.where, "first here"});
    diagnostic.hints.push_back(fmt::format("write  {}2: or merge the two lists", name));
    diagnostics.add(std::move(diagnostic));
  }
}

}  // namespace wakesim
