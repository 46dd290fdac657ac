// Who sleeps where, and who could end it: the report of a deadlock.

#pragma once

#include <string>

#include "sim/explore/result.h"
#include "tools/report/subject.h"
#include "tools/report/text.h"

namespace wakesim {

// Empty where the finding is about one thread only: its trace says it all.
std::string render_sleepers(const Subject& subject, const CheckResult& result, const Page& page);

}  // namespace wakesim
