// Results of calls as people write them: -EAGAIN for -11.

#pragma once

#include <cstdint>
#include <string>

#include "sim/program/system.h"

namespace wakesim {

// `call` null: a call whose negative results are error numbers.
std::string result_text(const Catalogue& catalogue, const CallRow* call, std::int64_t value);

// The value of a local: as a result, if it is only ever one.
std::string local_text(const System& system, const LocalInfo& local, std::int64_t value);

}  // namespace wakesim
