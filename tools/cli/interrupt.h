// Ctrl-C: the first asks the work to end with a report, the second ends the program.

#pragma once

#include <atomic>

namespace wakesim {

// Set by SIGINT and SIGTERM from now on.
const std::atomic<bool>& watch_interrupts();

}  // namespace wakesim
