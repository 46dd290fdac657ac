#include "sim/assert.h"

#include <cstdio>
#include <cstdlib>

namespace wakesim {
namespace {

constexpr int kExitInternalError = 70;
const char* context = nullptr;

}  // namespace

void set_assertion_context(const char* text) { context = text; }

void fail_assertion(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "internal error: %s (%s:%d)\n", condition, file, line);
  if (context != nullptr) std::fprintf(stderr, "while running %s\n", context);
  std::_Exit(kExitInternalError);
}

}  // namespace wakesim
