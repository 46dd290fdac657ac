#include "tools/cli/terminal.h"

#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <string_view>

namespace wakesim {
namespace {

constexpr int kColumnsDefault = 80;
constexpr int kColumnsMin = 40;
constexpr int kColumnsMax = 160;  // Longer lines are harder to read.

std::string_view environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? std::string_view{} : value;
}

// The locale's character set, read from its name: setlocale() would read files.
bool is_locale_utf8() {
  for (const char* name : {"LC_ALL", "LC_CTYPE", "LANG"}) {
    const std::string_view value = environment(name);
    if (value.empty()) continue;
    for (const std::string_view mark : {"UTF-8", "utf8", "UTF8", "utf-8"}) {
      if (value.find(mark) != std::string_view::npos) return true;
    }
    return false;
  }
  return false;
}

}  // namespace

Terminal read_terminal() {
  Terminal terminal;
  terminal.is_stdout = ::isatty(STDOUT_FILENO) != 0;
  terminal.is_stderr = ::isatty(STDERR_FILENO) != 0;
  winsize size{};
  const int descriptor = terminal.is_stdout ? STDOUT_FILENO : STDERR_FILENO;
  if ((terminal.is_stdout || terminal.is_stderr) && ::ioctl(descriptor, TIOCGWINSZ, &size) == 0) {
    terminal.columns = size.ws_col;
  }
  terminal.has_no_color = !environment("NO_COLOR").empty() || environment("TERM") == "dumb";
  terminal.is_utf8 = is_locale_utf8();
  // Set by tools/wakesim, so that the commands we print work when pasted.
  if (const std::string_view name = environment("WAKESIM_NAME"); !name.empty()) {
    terminal.program = name;
  }
  return terminal;
}

Page page_for(const Arguments& arguments, const Terminal& terminal) {
  const bool is_terminal = terminal.is_stdout && arguments.output.empty();
  Page page;
  page.program = shell_word(terminal.program);
  page.ascii = arguments.is_ascii || (is_terminal && !terminal.is_utf8);
  page.width = kColumnsDefault;
  if (arguments.width > 0) {
    page.width = arguments.width;
  } else if (is_terminal && terminal.columns > 0) {
    page.width = std::clamp(terminal.columns, kColumnsMin, kColumnsMax);
  }
  switch (arguments.color) {
    case When::Always:
      page.color = true;
      break;
    case When::Never:
      page.color = false;
      break;
    case When::Auto:
      page.color = is_terminal && !terminal.has_no_color;
      break;
  }
  return page;
}

}  // namespace wakesim
