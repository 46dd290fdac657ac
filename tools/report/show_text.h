// A program as the engine got it: includes read, variant and cell put in.

#pragma once

#include <string>

#include "sim/scenario/ast.h"
#include "tools/report/subject.h"
#include "tools/report/text.h"

namespace wakesim {

// In the scenario language, each line with its number in the file at the left.
std::string render_program(const Subject& subject, const ast::Instance& instance, const Page& page);

}  // namespace wakesim
