// The report of `check` for programs. The names in it are a contract: docs/json.md.

#pragma once

#include <span>
#include <string>

#include "tools/report/answer.h"

namespace wakesim {

struct JsonOptions {
  bool has_statistics = false;  // Times and memory, which differ from run to run.
  bool has_traces = true;       // The steps of counterexamples.
};

// One document, indented, with a line end.
std::string check_json(std::span<const Answer> answers, const JsonOptions& options);

}  // namespace wakesim
