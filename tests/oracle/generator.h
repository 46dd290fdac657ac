// Draws small random programs, each in two forms: for the naive world and as scenario text.
//
// Only programs whose outcomes the manual pages determine exactly are drawn:
//   - at most one thread has finite timeouts (the order of two timers is not the naive world's);
//   - programs with a requeue wait once per thread (see world.h on late wakes);
//   - an end of a pipe is closed by the only thread that uses it, and a pipe that is both written
//     and polled is not closed (poll may look at the data and at the ends at different moments);
//   - a pipe that can fill up moves whole pages, so that "full" does not depend on how bytes share
//     pages;
//   - select watches descriptors in the order of their numbers, which is the order it looks at
//   them;
//   - under TSO nobody only looks at a queue (front, len): whether such a look waits until the
//   store
//     buffer is empty, as calls do, or is a plain read of memory is not settled;
//   - no loop can go round for ever: without an end there is no outcome to compare.

#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "tests/oracle/program.h"

namespace oracle {

// Sebastiano Vigna's splitmix64.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next();
  int below(int count);              // 0 .. count - 1
  int between(int first, int last);  // first .. last
  bool chance(int percent);

 private:
  std::uint64_t state_;
};

enum class Profile : std::uint8_t {
  Words,
  StoreBuffers,  // Words under x86-TSO.
  Futex,
  Requeue,
  Eventfd,
  EventfdFull,  // Around the largest count.
  Pipe,
  PipeFull,  // Pipes of one or two pages.
  Poll,
  Mutex,
  Queue,
  Mixed,
};
inline constexpr int kProfiles = 12;
std::string_view profile_name(Profile profile);

struct Generated {
  Profile profile = Profile::Words;
  Program program;
  std::string yaml;
};

// The same seed gives the same program everywhere.
Generated generate(std::uint64_t seed);
Generated generate(std::uint64_t seed, Profile profile);

}  // namespace oracle
