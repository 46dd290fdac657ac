// Bytes: send(2) and recv(2), which write(2) and read(2) are on a socket, and shutdown(2).

#pragma once

#include <algorithm>
#include <cstdint>

#include "models/file.h"
#include "sim/program/catalogue.h"

namespace wakesim::socket {

inline constexpr std::uint32_t kDontWait = 0x40;    // MSG_DONTWAIT
inline constexpr std::uint32_t kWaitAll = 0x100;    // MSG_WAITALL
inline constexpr std::uint32_t kNoSignal = 0x4000;  // MSG_NOSIGNAL

// MAX_RW_COUNT; a negative count is refused by the caller.
inline std::uint32_t clamp_count(std::int64_t count) {
  return static_cast<std::uint32_t>(std::clamp<std::int64_t>(count, 0, 0x7ffff000));
}

file::Transfer read_transfer();
file::Transfer write_transfer();

CallRow send_row();
CallRow recv_row();
CallRow shutdown_row();

}  // namespace wakesim::socket
