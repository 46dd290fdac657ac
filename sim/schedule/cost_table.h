// What things cost in timed runs.

#pragma once

#include <cstdint>

namespace wakesim {

// Virtual nanoseconds. Round figures of the order of a current x86 server with its mitigations on;
// they are a convention to compare programs by, not a measurement of any machine.
// docs/how-to/read-a-timed-run.md explains each.
struct CostTable {
  std::int64_t user_ns = 2;           // A line that touches locals only.
  std::int64_t atomic_ns = 20;        // A line that touches shared memory.
  std::int64_t system_call_ns = 150;  // A call up to and with its first step: entry, lookup, lock.
  std::int64_t kernel_step_ns = 80;   // Each later step of it.
  std::int64_t wakeup_ns = 300;       // Paid by the waker for each task that it wakes.
  std::int64_t context_switch_ns = 1'200;  // A CPU takes up another thread than it ran last.
  std::int64_t store_buffer_ns = 60;       // From a store until others see it (`memory: tso`).
  std::int64_t time_slice_ns = 3'000'000;  // Then a thread makes room if others wait for its CPU.
};

}  // namespace wakesim
