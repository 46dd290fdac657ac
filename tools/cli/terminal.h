// What is known about the terminal, if there is one.

#pragma once

#include "tools/cli/arguments.h"
#include "tools/report/text.h"

namespace wakesim {

// What the environment says. Kept apart from `page_for`, so that tests can make it up.
struct Terminal {
  bool is_stdout = false;
  bool is_stderr = false;
  int columns = 0;  // 0: unknown.
  bool has_no_color = false;
  bool is_utf8 = true;
  std::string program = "wakesim";
};

Terminal read_terminal();

// How reports look: flags first, then the terminal. Output that goes elsewhere is 80 columns of
// UTF-8 without colour, so that it is the same bytes on every machine.
Page page_for(const Arguments& arguments, const Terminal& terminal);

}  // namespace wakesim
