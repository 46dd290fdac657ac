// What can be known about a compiled program without running it.

#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "sim/program/builder.h"
#include "sim/program/system.h"

namespace wakesim {

// Instructions that may run after `pc`; at most two.
std::vector<std::uint16_t> successors(const Code& code, std::uint16_t pc);

// Code::live: which locals are read again. Classic backward liveness; the judges' `waits_for:`
// conditions count as reads wherever their region is, observed locals always.
void compute_liveness(Code& code);

// Locals that may be read before anything was assigned to them.
std::vector<std::uint32_t> maybe_uninitialised(const Code& code);

// Can the program reach its end?
bool can_end(const Code& code);

// The most stores that a thread can have waiting in its buffer, or nothing if a loop has no bound.
std::optional<std::uint32_t> stores_without_drain(const Code& code, std::uint32_t limit);

// Values that the argument may have in this thread.
PossibleValues possible_values(const Code& code, const ArgumentSource& source,
                               const ThreadInfo& thread, std::uint32_t number);

// Everything each thread may still do, from each instruction on (System::futures), and the sizes
// that follow: who can be linked on which list, who arms timers.
struct CallEffects {
  std::vector<std::vector<ThreadId>> enqueuers;  // By list; whoever a requeue brings is included.
  std::vector<std::vector<ListId>> moved_to;     // By list: where its entries may be moved.
  std::vector<std::vector<EntryId>> linked;      // By list: objects' entries it may hold.
  std::vector<bool> arms_timer;                  // By thread.
  ClassSet reads;                                // Whatever any call may read, and
  ClassSet writes;                               // write.
  std::vector<std::uint32_t> entries;            // By thread: those that its calls use.
  std::vector<std::vector<ListId>> kept;       // By thread, sorted: lists with an entry that stays.
  std::vector<std::vector<ThreadId>> keepers;  // By list: the same the other way round.
};
CallEffects compute_effects(System& system);
void compute_futures(System& system, const CallEffects& effects);

}  // namespace wakesim
