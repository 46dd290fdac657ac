#include "tools/cli/version.h"

namespace wakesim {

// The number is in CMakeLists.txt.
std::string_view version() { return WAKESIM_VERSION; }

}  // namespace wakesim
