// Tokens: a schedule in a few characters that a person can paste.
//
//   wk1.VARIANT[.CELL].DIGEST.RUNS
//
// RUNS is a list of runs: the actor's letter from the legend, then a number for how often in a row;
// a move with a choice other than the first stands alone, as `A?k`. Letters go by the order of the
// actors: A, B, ... for threads; two letters where there are more than 26 actors (Aa, Ab, ...).

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/program/executor.h"
#include "sim/trace/trace.h"

namespace wakesim {

struct Token {
  std::string variant;            // Empty: the file has none.
  std::vector<std::string> cell;  // Values of the axes, in the file's order.
  std::string digest;
  Schedule schedule;
};

// Letter and description ("waiter", "timer of waiter") of every actor.
std::vector<std::pair<std::string, std::string>> actor_legend(const Executor& executor);

std::string digest_text(std::uint64_t digest);  // Six characters.

std::string write_token(const Executor& executor, const Schedule& schedule);

// What a token says about the instance, without its schedule; nothing if it is malformed.
struct TokenHead {
  std::string variant;
  std::vector<std::string> cell;
  std::string digest;
  std::string runs;
};
std::optional<TokenHead> read_token_head(std::string_view token);

// The moves of a token's RUNS; nothing if it names actors that the scenario does not have.
std::optional<Schedule> read_runs(const Executor& executor, std::string_view runs);

}  // namespace wakesim
