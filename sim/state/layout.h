// Where everything lives in the state: one flat vector of bytes, laid out when a scenario is
// loaded.
//
// Copying a state is memcpy, comparing is memcmp, hashing hashes all of it. Therefore equal
// situations must have equal bytes: lists are dense with zero tails, frames are initialised at
// entry and zeroed at return, dead locals are cleared, nothing in the state is a pointer, ticket or
// time stamp. What never changes during a run lives outside: in the System and in the objects'
// records.

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

#include "sim/ids.h"

namespace wakesim {

// A typed place in the state and the conflict class that guards it.
template <class T>
struct Cell {
  std::uint32_t offset = 0;
  ClassId cls{};
};

// How lists are kept. Search: dense arrays, canonical by construction, removal is linear.
// Timed: doubly linked, removal is constant; 32-bit numbers; no footprints.
enum class LayoutKind : std::uint8_t { Search, Timed };

// Bytes [offset, offset + size) belong to one class; the footprint checker uses these.
struct ClassRange {
  ClassId cls;
  std::uint32_t offset;
  std::uint32_t size;
};

struct ListLayout {
  std::uint32_t offset = 0;
  std::uint32_t capacity = 0;
  ClassId cls{};
  std::uint32_t links = 0;  // Timed layout: which link field of an entry this list uses.
};

// Where a wait entry is, who owns it (kNoThread: an object does), and the class that guards it.
struct EntryLayout {
  std::uint32_t offset = 0;
  ClassId cls{};
  ThreadId owner = kNoThread;
};

// A thread's bytes: [block, private_end) its own, [run, ...) what others may change.
struct ThreadLayout {
  std::uint32_t private_end = 0;
  std::uint32_t block = 0;  // ThreadBlock, then locals, then the frame of the call in flight.
  std::uint32_t locals = 0;
  std::uint32_t locals_count = 0;
  std::uint32_t frame = 0;
  std::uint32_t frame_bytes = 0;
  std::uint32_t subframe = 0;     // SubframeHead, then the models' bytes; 0: none.
  std::uint32_t activations = 0;  // A kept result, then Activations; 0: not interruptible.
  std::uint32_t buffer = 0;       // Store buffer under TSO; 0: none.
  std::uint32_t timer = 0;        // TimerSlot, class clock; 0: none.
  std::uint32_t run = 0;          // TaskRun, then the thread's wait entries.
  std::uint32_t entries_count = 0;
  std::uint32_t entry_first = 0;  // EntryId of the first.
  std::uint32_t kept_first = 0;   // Slot of the first entry that outlives calls, and
  std::vector<ListId> kept;       // the lists that those are for, sorted.
  ClassId run_class{};
  ClassId end_class{};
  ClassId buffer_class{};
  ClassId start_class{};
};

struct Layout {
  LayoutKind kind = LayoutKind::Search;
  std::uint32_t bytes = 0;  // Of a state; a multiple of 8.
  std::vector<ListLayout> lists;
  std::vector<ThreadLayout> threads;
  std::vector<EntryLayout> entries;  // By EntryId.
  std::vector<ClassRange> ranges;    // Sorted by offset.
  std::vector<std::string> class_names;

  ClassId add_class(std::string name) {
    class_names.push_back(std::move(name));
    return static_cast<ClassId>(class_names.size() - 1);
  }

  // Reserves `size` bytes at the given alignment and returns their offset.
  std::uint32_t reserve(std::uint32_t size, std::uint32_t alignment, ClassId cls);
};

}  // namespace wakesim
