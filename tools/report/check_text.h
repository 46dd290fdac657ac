// The report of `check` for people.

#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "tools/report/answer.h"
#include "tools/report/text.h"

namespace wakesim {

// Which counterexamples are printed.
enum class TracesShown : std::uint8_t { First, All, None };

struct CheckReportOptions {
  TracesShown traces = TracesShown::First;
  bool has_times = false;  // Figures that differ from run to run: --stats, or a terminal.
  bool is_quiet = false;   // Only what was not as expected.
};

// Of one file: what was asked, a table with a row per variant and cell, the counterexample of the
// first that failed, and lines that repeat the others.
std::string render_check(std::span<const Answer> answers, const CheckReportOptions& options,
                         const Page& page);

// Of one of several files: a line, and only what was not as expected. Names are padded to
// `name_columns`.
std::string render_check_brief(std::span<const Answer> answers, int name_columns,
                               const CheckReportOptions& options, const Page& page);

// How many of all answers were as expected: the last line of a check of several files.
std::string render_tally(std::span<const Answer> answers, const Page& page);

}  // namespace wakesim
