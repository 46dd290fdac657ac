// The commands of the program: from the words that a user types to an exit status.

#pragma once

namespace wakesim {

// Everything that `main` does.
int run_command_line(int argc, char** argv);

}  // namespace wakesim
