// The program wakesim: everything is in tools/cli.

#include "tools/cli/commands.h"

int main(int argc, char** argv) { return wakesim::run_command_line(argc, argv); }
