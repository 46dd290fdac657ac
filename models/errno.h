// Error numbers of Linux on x86-64, by name. A call that fails returns one of them, negated.

#pragma once

#include "sim/program/catalogue.h"

namespace wakesim {

ModelTable errno_model();

}  // namespace wakesim
