#include "sim/scenario/includes.h"

#include <fmt/format.h>

#include "sim/scenario/fields.h"
#include "sim/scenario/sections.h"

namespace wakesim {
namespace {

constexpr std::size_t kIncludesMax = 64;

// Sections that includes bring.
constexpr std::string_view kSections[] = {"constants", "types", "objects", "functions"};

}  // namespace

std::vector<const Node*> Includes::of(const Node& root, const std::string& libc) {
  Walk walk{.libc = libc.empty() ? options_.libc_default : libc, .visited = {}, .found = {}};
  const std::string path = file_.sources.front().name;
  walk.visited[path] = true;
  follow(root, path, walk);
  check_agree(walk.found);
  return walk.found;
}

void Includes::follow(const Node& owner, const std::string& path, Walk& walk) {
  const Node* include = owner.find("include");
  if (!include) return;
  for (const Node* item : read_list(*include, "include", diagnostics_)) enter(*item, path, walk);
}

void Includes::enter(const Node& item, const std::string& from, Walk& walk) {
  const auto found = options_.include ? options_.include(item.text, from) : std::nullopt;
  if (!found) {
    diagnostics_.error(item.where, fmt::format("cannot find include {}", describe(item)));
    return;
  }
  const auto& [path, text] = *found;
  if (!walk.visited.emplace(path, true).second) return;  // Twice, or in a circle.
  const Node* root = open(item, path, text);
  if (!root) return;
  follow(*root, path, walk);
  if (const Node* variant = variant_of(item, *root, walk.libc)) {
    follow(*variant, path, walk);
    walk.found.push_back(variant);
  }
  walk.found.push_back(root);
}

const Node* Includes::open(const Node& item, const std::string& path, const std::string& text) {
  const auto known = files_.find(path);
  if (known != files_.end()) return known->second;
  if (files_.size() >= kIncludesMax) {
    diagnostics_.error(item.where, fmt::format("more than {} includes", kIncludesMax));
    return nullptr;
  }
  return files_.emplace(path, parse_(path, text)).first->second;
}

// The part of an include that is for the machine's libc; null where there are no such parts.
const Node* Includes::variant_of(const Node& item, const Node& root, const std::string& libc) {
  const Node* variants = root.find("variants");
  if (!variants || !variants->is_map()) return nullptr;
  if (const Node* own = variants->find(libc)) return own;
  std::string list;
  for (const Entry& entry : variants->entries) {
    list += (list.empty() ? "" : ", ") + entry.key.text;
  }
  diagnostics_.error(item.where,
                     fmt::format("include {} is not there for libc `{}`", describe(item), libc),
                     fmt::format("it is for {}", list));
  return nullptr;
}

// A file may replace what it includes, as a variant may; two includes may not fight.
void Includes::check_agree(const std::vector<const Node*>& includes) {
  for (const std::string_view section : kSections) {
    std::map<std::string_view, Location> seen;
    for (const Node* include : includes) {
      const Node* node = include->find(section);
      if (!node) continue;
      for (const Entry& entry : node->entries) {
        const auto [first, is_new] = seen.emplace(entry_name(entry), entry.key.where);
        if (is_new) continue;
        Diagnostic diagnostic{
            .where = entry.key.where,
            .message = fmt::format("two includes declare `{}`", entry_name(entry))};
        diagnostic.notes.push_back({first->second, "first here"});
        diagnostics_.add(std::move(diagnostic));
      }
    }
  }
}

}  // namespace wakesim
