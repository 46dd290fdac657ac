// Calls that ask a thread to end which never can: a note, because the program that was proved may
// not be the one that was meant.

#pragma once

#include <string>
#include <vector>

#include "sim/program/system.h"

namespace wakesim {

// A sentence for each line, in the order of the file.
std::vector<std::string> vain_requests(const System& system);

}  // namespace wakesim
