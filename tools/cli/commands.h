// The commands of the program: from the words that a user types to an exit status.

#pragma once

#include <string>

#include "tools/cli/arguments.h"
#include "tools/cli/exit_status.h"
#include "tools/cli/output.h"
#include "tools/cli/session.h"
#include "tools/report/text.h"

namespace wakesim {

// What a command is given besides the engine.
struct Context {
  const Arguments& arguments;
  Page page;
  Output& output;
  bool has_terminal = false;         // Stdout is one, and the report goes there.
  bool has_status_terminal = false;  // Stderr is one.
};

// Each command in a file of its own.
ExitStatus run_check(const Context& context);
ExitStatus run_replay(const Context& context);
ExitStatus run_run(const Context& context);
ExitStatus run_show(const Context& context);
ExitStatus run_models(const Context& context);
ExitStatus run_list(const Context& context);
ExitStatus run_schema(const Context& context);
ExitStatus run_version(const Context& context);

// Prints "error: TEXT" to stderr and returns BadInput.
ExitStatus refuse(const std::string& text);

// Prints a file's errors and warnings to stderr; false if there was an error.
bool report_problems(const LoadedFile& file);

// The files that a command is about, each loaded; empty after errors, which have been printed.
std::vector<LoadedFile> load_all(const Context& context, LayoutKind layout);

// Says which programs there are when the flags chose none of them.
ExitStatus refuse_choice(const Context& context);

// Everything that `main` does.
int run_command_line(int argc, char** argv);

}  // namespace wakesim
