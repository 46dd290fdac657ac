// One execution in virtual time, as data.

#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/schedule/timed.h"
#include "sim/trace/trace.h"
#include "tools/report/subject.h"
#include "tools/report/trace_text.h"

namespace wakesim {

struct RunReport {
  Subject subject;
  std::int64_t cpus = 1;
  std::size_t threads = 0;
  TimedStatistics totals;
  bool is_random = false;  // Else in virtual time; then only the steps among the totals are known.
  std::uint64_t seed = 0;
  bool is_bounded = false;  // Stopped by the bound on steps.

  // What broke, if something did; else empty.
  TraceFinding finding;
  std::string sentence;
  std::string cause;

  // Its steps, where there are not too many of them to be read.
  bool has_trace = false;
  Trace trace;
  CpuBands bands;

  bool is_violated() const { return !finding.property.empty(); }
};

// For people. `others` is how many variants and cells the file has besides this one.
std::string render_run(const RunReport& report, std::size_t others, const Page& page);

// For programs.
std::string run_json(const RunReport& report, bool is_as_expected);

}  // namespace wakesim
