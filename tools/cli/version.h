// Which wakesim this is.

#pragma once

#include <string_view>

namespace wakesim {

std::string_view version();

}  // namespace wakesim
