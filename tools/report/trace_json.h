// An execution for programs.

#pragma once

#include <nlohmann/json_fwd.hpp>

#include "sim/trace/trace.h"
#include "tools/report/subject.h"

namespace wakesim {

// {"token", "preemptions", "threads", "initial", "steps": [...]}
nlohmann::ordered_json trace_json(const Subject& subject, const Trace& trace);

}  // namespace wakesim
