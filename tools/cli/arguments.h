// The command line as data. Only arguments.cpp sees CLI11.

#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sim/explore/check.h"
#include "tools/report/check_text.h"

namespace wakesim {

enum class Command : std::uint8_t { Check, Run, Replay, Show, Models, List, Schema, Version };

enum class Format : std::uint8_t { Text, Json };

enum class When : std::uint8_t { Auto, Always, Never };

// Which counts `check` makes besides states.
struct Counts {
  bool schedules = false;
};

// One for all commands; a command refuses the flags that mean nothing to it.
struct Arguments {
  Command command = Command::Check;
  std::vector<std::string> words;  // Files, or what the command takes in their place.

  // What comes out, and how.
  Format format = Format::Text;
  std::string output;  // -o; empty: stdout.
  When color = When::Auto;
  bool has_progress = true;
  bool is_ascii = false;
  int width = 0;  // 0: the terminal's, else 80.
  bool is_quiet = false;
  bool has_statistics = false;
  TracesShown traces = TracesShown::First;

  // Which executions of which program.
  std::string variant;
  std::vector<std::pair<std::string, std::string>> only;  // Axis and value.
  std::string memory;
  std::string kernel;
  std::string libc;
  std::vector<std::pair<std::string, std::string>> switches;
  std::string find;
  bool is_all = false;
  bool is_mutants = false;  // `models --mutants`.

  // How far, and by which way. None of these changes an answer, only whether there is one.
  Reduction reduction = Reduction::None;
  Counts counts;
  std::uint64_t states_max = 0;
  std::uint64_t memory_max = std::uint64_t{4} << 30;
  double seconds_max = 0;
  std::uint64_t input_bytes_max = 4u << 20;
  bool is_random = false;       // `run --strategy random`.
  std::uint64_t steps_max = 0;  // Of one execution; 0: the engine's bound.
  bool has_seed = false;        // One was given.
  std::uint64_t seed = 1;
  bool is_seed_drawn = false;  // `--seed random`: the reports say which it was.
};

// Why there are no arguments: to be printed, and the status to exit with.
struct Usage {
  std::string text;
  bool is_error = true;  // False: `--help`.
};

std::variant<Arguments, Usage> parse_arguments(const std::vector<std::string>& words);

}  // namespace wakesim
