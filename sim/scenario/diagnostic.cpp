#include "sim/scenario/diagnostic.h"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

namespace wakesim {
namespace {

std::string identity(const Diagnostic& diagnostic) {
  const Location& where = diagnostic.where;
  return fmt::format("{}:{}:{}:{}", where.file, where.line, where.column, diagnostic.message);
}

auto place(const Diagnostic& diagnostic) {
  const Location& where = diagnostic.where;
  return std::tuple(where.file, where.line, where.column);
}

// Optimal string alignment: insertions, deletions, replacements and swapped neighbours cost one.
std::size_t distance(const std::string& a, const std::string& b) {
  const std::size_t width = b.size() + 1;
  std::vector<std::size_t> cost((a.size() + 1) * width);
  const auto at = [&](std::size_t i, std::size_t j) -> std::size_t& { return cost[i * width + j]; };
  for (std::size_t i = 0; i <= a.size(); ++i) at(i, 0) = i;
  for (std::size_t j = 0; j <= b.size(); ++j) at(0, j) = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = at(i - 1, j - 1) + (a[i - 1] == b[j - 1] ? 0 : 1);
      at(i, j) = std::min({at(i - 1, j) + 1, at(i, j - 1) + 1, replaced});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        at(i, j) = std::min(at(i, j), at(i - 2, j - 2) + 1);
      }
    }
  }
  return at(a.size(), b.size());
}

}  // namespace

void Diagnostics::add(Diagnostic diagnostic) {
  if (!diagnostic.is_warning) ++reports_;
  if (!seen_.insert(identity(diagnostic)).second) return;
  if (!diagnostic.is_warning) ++errors_;
  if (errors_ <= kDiagnosticsMax) list_.push_back(std::move(diagnostic));
}

void Diagnostics::error(Location where, std::string message, std::string hint) {
  Diagnostic diagnostic{.where = where, .message = std::move(message)};
  if (!hint.empty()) diagnostic.hints.push_back(std::move(hint));
  add(std::move(diagnostic));
}

void Diagnostics::warning(Location where, std::string message, std::string hint) {
  Diagnostic diagnostic{.where = where, .message = std::move(message), .is_warning = true};
  if (!hint.empty()) diagnostic.hints.push_back(std::move(hint));
  add(std::move(diagnostic));
}

void Diagnostics::merge(const Diagnostics& others) {
  for (const Diagnostic& diagnostic : others.list_) add(diagnostic);
}

void Diagnostics::sort_by_place() {
  std::stable_sort(list_.begin(), list_.end(),
                   [](const Diagnostic& a, const Diagnostic& b) { return place(a) < place(b); });
}

std::string closest_name(const std::string& name, const std::vector<std::string>& candidates) {
  constexpr std::size_t kLengthMax = 64;  // Nobody mistypes longer names than this.
  if (name.size() > kLengthMax) return {};
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(1, name.size() / 3) + 1;
  for (const std::string& candidate : candidates) {
    if (candidate.size() > kLengthMax || candidate == name) continue;
    const std::size_t found = distance(name, candidate);
    // Of one-letter names everything is one step away from everything.
    if (found >= std::max(name.size(), candidate.size())) continue;
    if (found < best_distance) {
      best = candidate;
      best_distance = found;
    }
  }
  return best;
}

}  // namespace wakesim
