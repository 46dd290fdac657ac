// Assertions about ourselves. They stay on in release builds: a wrong engine must be loud.

#pragma once

namespace wakesim {

// Prints `internal error: ...` with the run being executed, if one is known, and exits with 70.
[[noreturn]] void fail_assertion(const char* condition, const char* file, int line);

// Names what is being run, so that an internal error can be repeated. The text must outlive the
// run; null forgets it.
void set_assertion_context(const char* text);

[[noreturn]] inline void unreachable_case(const char* file, int line) {
  fail_assertion("a switch met a value that it does not know", file, line);
}

}  // namespace wakesim

#define WAKESIM_ASSERT(condition) \
  ((condition) ? static_cast<void>(0) : ::wakesim::fail_assertion(#condition, __FILE__, __LINE__))

#define WAKESIM_UNREACHABLE() ::wakesim::unreachable_case(__FILE__, __LINE__)
