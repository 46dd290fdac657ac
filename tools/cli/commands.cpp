#include "tools/cli/commands.h"

#include <cstdio>
#include <string_view>

#include "tools/cli/version.h"

namespace wakesim {

int run_command_line(int argc, char** argv) {
  const std::string_view command = argc > 1 ? argv[1] : "";
  if (command != "version") return 2;
  std::printf("wakesim %s\n", version().data());
  return 0;
}

}  // namespace wakesim
