// What the program's exit status says.

#pragma once

#include <cstdint>

namespace wakesim {

enum class ExitStatus : std::uint8_t {
  AsExpected = 0,      // Variants that must fail and do are as expected.
  NotAsExpected = 1,   // A property failed or an expectation was not met.
  BadInput = 2,        // Command line or scenario.
  LimitReached = 3,    // Before there was an answer.
  TokenMisfit = 4,     // The scenario is not the one the token is of.
  InternalError = 70,  // We are wrong.
  OutputFailed = 74,   // Full disk, closed stdout.
  Interrupted = 130,   // Ctrl-C.
};

// Of several answers, what the whole run says: 130, then 1, 4, 3, 0. The others stop at once.
ExitStatus worse(ExitStatus a, ExitStatus b);

}  // namespace wakesim
