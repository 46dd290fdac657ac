// Between the commands and the engine: files become programs, programs are checked or replayed.
// Everything else in tools/ sees the engine only through what these functions return.

#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "sim/explore/check.h"
#include "sim/program/system.h"
#include "sim/scenario/ast.h"
#include "sim/scenario/diagnostic.h"
#include "tools/cli/arguments.h"
#include "tools/report/answer.h"
#include "tools/report/run_report.h"
#include "tools/report/subject.h"
#include "tools/report/trace_text.h"

namespace wakesim {

// One variant and cell of a file, compiled.
struct Program {
  Subject subject;
  ast::Expectation expectation;
  std::unique_ptr<System> system;
};

// A file, and those of its programs that the flags choose.
struct LoadedFile {
  std::string path;  // As the user typed it.
  ast::File file;
  std::vector<Program> programs;
  std::vector<std::string> problems;  // Rendered errors and warnings, each once.
  std::size_t errors = 0;
  std::size_t chosen = 0;  // How many the flags choose; more than `programs` if that was limited.
};

// What is wrong with the flags that name things of the catalogue (--kernel, --set, ...); empty if
// nothing is.
std::string machine_flag_problem(const Arguments& arguments);

// Reads the file and applies the flags that change the machine; compiles what they choose, unless
// `is_compiled` is false. `width` is for the problems.
struct LoadRequest {
  std::string path;
  int width = 80;
  LayoutKind layout = LayoutKind::Search;
  bool is_compiled = true;
  std::size_t programs_max = ~std::size_t{0};  // The first so many of those chosen.
};
LoadedFile load(const LoadRequest& request, const Arguments& arguments);

// Where a search reports to and is stopped from.
struct SearchWatch {
  const std::atomic<bool>* interrupted = nullptr;
  std::function<void(const SearchProgress&)> progress;
  double seconds_left = 0;  // 0: no limit.
};
Answer check_program(const Program& program, const Arguments& arguments, const SearchWatch& watch);

struct Replayed {
  Trace trace;
  TraceFinding finding;
  std::string sentence;  // Of the finding; empty if the run breaks nothing.
  std::string cause;
  std::vector<std::string> doomed;  // Nothing can wake them any more, although others go on.
  std::size_t moves = 0;            // In the token.
  std::size_t moves_taken = 0;      // Fewer if the token stopped fitting.
  bool is_same_program = true;      // The digests agree.
  std::string question;             // Of `--find`; then `sentence` says whether it is reached.
  bool is_reached = false;
};

// Or why the token says nothing about this program.
std::variant<Replayed, std::string> replay_program(const Program& program, const std::string& token,
                                                   Reduction reduction);

// One execution in virtual time. The program must be compiled; `steps_kept` steps are written down.
struct RunRequest {
  std::size_t steps_kept = 0;
  std::uint64_t steps_max = 0;  // 0: the engine's own bound.
  bool is_random = false;       // Else timed.
  std::uint64_t seed = 1;
};
RunReport run_program(const Program& program, const RunRequest& request);

// The program that a token is of, by its variant and cell; null if there is none.
const Program* find_program(const LoadedFile& file, const std::string& token);

}  // namespace wakesim
