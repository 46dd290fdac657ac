#include "sim/schedule/token.h"

#include <algorithm>

namespace wakesim {
namespace {

constexpr std::string_view kVersion = "wk1";

// A .. Z, then Aa, Ab, ...: a capital begins an actor, so runs can be told apart.
std::string letters(std::size_t actor, std::size_t actors) {
  std::string text(1, static_cast<char>('A' + actor % 26));
  if (actors <= 26) return text;
  std::size_t rest = actor / 26;
  text += static_cast<char>('a' + rest % 26);
  for (rest /= 26; rest > 0; rest /= 26) text += static_cast<char>('a' + rest % 26);
  return text;
}

std::string describe(const System& system, const Actor& actor) {
  const std::string& name = system.threads[index(actor.thread)].name;
  switch (actor.kind) {
    case ActorKind::Thread:
      return name;
    case ActorKind::Timer:
      return "timer of " + name;
    case ActorKind::Flush:
      return "flush of " + name;
    case ActorKind::Spurious:
      return "spurious wake of " + name;
    case ActorKind::Interrupt:
      return "interrupt of " + name;
  }
  return name;
}

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }

// Dots separate the parts of a token, and blanks end a word in a shell.
std::string escape(std::string_view part) {
  std::string text;
  for (const char c : part) text += (c == '.' || c == ' ' || c == '%') ? '_' : c;
  return text;
}

}  // namespace

std::vector<std::pair<std::string, std::string>> actor_legend(const Executor& executor) {
  std::vector<std::pair<std::string, std::string>> legend;
  const auto& actors = executor.actors();
  for (std::size_t i = 0; i < actors.size(); ++i) {
    legend.emplace_back(letters(i, actors.size()), describe(executor.system(), actors[i]));
  }
  return legend;
}

std::string digest_text(std::uint64_t digest) {
  static constexpr std::string_view kDigits = "0123456789abcdefghjkmnpqrstvwxyz";
  std::string text;
  for (int i = 0; i < 6; ++i) {
    text += kDigits[digest & 31];
    digest >>= 5;
  }
  return text;
}

std::string write_token(const Executor& executor, const Schedule& schedule) {
  const System& system = executor.system();
  const auto& actors = executor.actors();
  std::string text(kVersion);
  text += '.' + (system.instance.variant.empty() ? "-" : escape(system.instance.variant));
  for (const auto& [axis, value] : system.instance.cell) text += '.' + escape(value);
  text += '.' + digest_text(system.digest) + '.';
  for (std::size_t i = 0; i < schedule.size();) {
    std::size_t run = 1;
    const bool repeats = schedule[i].choice == 0;
    while (repeats && i + run < schedule.size() && schedule[i + run] == schedule[i]) ++run;
    const auto actor = std::find(actors.begin(), actors.end(), schedule[i].actor);
    text += letters(static_cast<std::size_t>(actor - actors.begin()), actors.size());
    if (schedule[i].choice != 0) text += '?' + std::to_string(schedule[i].choice);
    if (run > 1) text += std::to_string(run);
    i += run;
  }
  if (schedule.empty()) text += '-';
  return text;
}

namespace {

bool is_digest(std::string_view text) {
  return text.size() == 6 &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || is_lower(c); });
}

bool are_runs(std::string_view text) {
  if (text == "-") return true;
  return !text.empty() && is_upper(text[0]) && std::all_of(text.begin(), text.end(), [](char c) {
    return is_digit(c) || is_lower(c) || is_upper(c) || c == '?';
  });
}

}  // namespace

std::optional<TokenHead> read_token_head(std::string_view token) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (begin <= token.size()) {
    const std::size_t end = std::min(token.find('.', begin), token.size());
    parts.emplace_back(token.substr(begin, end - begin));
    begin = end + 1;
  }
  if (parts.size() < 4 || parts[0] != kVersion) return std::nullopt;
  TokenHead head;
  head.variant = parts[1] == "-" ? "" : parts[1];
  head.cell.assign(parts.begin() + 2, parts.end() - 2);
  head.digest = parts[parts.size() - 2];
  head.runs = parts.back();
  if (!is_digest(head.digest) || !are_runs(head.runs)) return std::nullopt;
  return head;
}

std::optional<Schedule> read_runs(const Executor& executor, std::string_view runs) {
  constexpr std::size_t kMovesMax = 10'000'000;
  Schedule schedule;
  if (runs == "-") return schedule;
  const auto& actors = executor.actors();
  const auto legend = actor_legend(executor);
  std::size_t i = 0;
  const auto number = [&]() -> std::size_t {
    std::size_t value = 0;
    while (i < runs.size() && is_digit(runs[i]) && value < kMovesMax) {
      value = 10 * value + static_cast<std::size_t>(runs[i++] - '0');
    }
    return value;
  };
  while (i < runs.size()) {
    if (!is_upper(runs[i])) return std::nullopt;
    std::size_t end = i + 1;
    while (end < runs.size() && is_lower(runs[end])) ++end;
    const std::string_view name = runs.substr(i, end - i);
    i = end;
    std::size_t actor = 0;
    while (actor < legend.size() && legend[actor].first != name) ++actor;
    if (actor == legend.size()) return std::nullopt;
    Move move{actors[actor], 0};
    std::size_t repeat = 1;
    if (i < runs.size() && runs[i] == '?') {
      ++i;
      move.choice = static_cast<std::uint32_t>(number());
    } else if (i < runs.size() && is_digit(runs[i])) {
      repeat = number();
    }
    if (repeat == 0 || schedule.size() + repeat > kMovesMax) return std::nullopt;
    schedule.insert(schedule.end(), repeat, move);
  }
  return schedule;
}

}  // namespace wakesim
