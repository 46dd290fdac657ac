// What a report is about: one variant and cell of a scenario file.

#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "sim/scenario/ast.h"
#include "sim/scenario/diagnostic.h"
#include "tools/report/text.h"

namespace wakesim {

struct Subject {
  std::string file;  // As the user typed it.
  std::string scenario;
  std::string about;
  std::string variant;  // Empty where the file has none.
  std::vector<std::pair<std::string, std::string>> cell;
  std::vector<std::string> source_names;  // By Location::file; [0] is `file`.
  std::string kernel;
  std::string libc;
  // Flags that made the program another one than the file's, ready to be pasted behind a command
  // that repeats something: "--memory tso", each word quoted where it has to be.
  std::vector<std::string> flags;
};

Subject subject_of(const std::string& file, const ast::Instance& instance,
                   const SourceFiles& sources);

// "futex/lost-wakeup, variant buggy, via poll"
std::string full_title(const Subject& subject);

// What tells it from the file's other instances: "buggy", "buggy via=poll", "via=poll", "-".
std::string short_title(const Subject& subject);

// "L12"; "pthread:12" for a line of an include; empty for none.
std::string line_label(const Subject& subject, const Location& where);

// "wakesim replay FILE TOKEN", and the subject's flags.
std::string replay_command(const Subject& subject, const std::string& token, const Page& page);

// The word of a default property in text: "lost wakeup" for "no-lost-wakeup". Properties of the
// user's own keep their names.
std::string finding_name(std::string_view property);

}  // namespace wakesim
