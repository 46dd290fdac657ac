// The report of `check --find EXPR` for people: can this happen, and how? A quiet one is empty: the
// exit status is the answer.

#pragma once

#include <span>
#include <string>

#include "tools/report/answer.h"
#include "tools/report/check_text.h"
#include "tools/report/text.h"

namespace wakesim {

// Of one file: a table with a row per variant and cell, the execution that reaches it, and lines
// that repeat the others.
std::string render_find(std::span<const Answer> answers, const CheckReportOptions& options,
                        const Page& page);

// Of one of several files: a line per variant that reaches it, or one that says that none does.
// Names are padded to `name_columns`.
std::string render_find_brief(std::span<const Answer> answers, int name_columns,
                              const CheckReportOptions& options, const Page& page);

// In how many it can happen: the last line of a question to several files.
std::string render_find_tally(std::span<const Answer> answers, const Page& page);

}  // namespace wakesim
