// What a report of `check` begins with: what was asked, and of what.

#pragma once

#include <span>
#include <string>

#include "tools/report/answer.h"
#include "tools/report/text.h"

namespace wakesim {

// The scenario, why it exists, and a line such as "linux-6.18, memory sc, every execution", whose
// end is `reach`; then an empty line.
std::string render_head(std::span<const Answer> answers, const std::string& reach,
                        const Page& page);

}  // namespace wakesim
