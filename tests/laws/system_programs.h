// Random programs over everything that the naive objects do not know: epolls, sockets, timers,
// signals, cancellation, kernel AIO. For laws that compare the engine with itself.

#pragma once

#include <cstdint>
#include <string>

namespace wakesim::laws {

// A scenario of two or three threads; the same for a seed, always.
std::string system_program(std::uint64_t seed);

}  // namespace wakesim::laws
