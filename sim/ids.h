// Identifiers. Each is a type of its own, so that a thread cannot be passed where a list is meant.

#pragma once

#include <cstdint>

namespace wakesim {

// A thread of the scenario; members of a group are threads of their own.
enum class ThreadId : std::uint32_t {};

// A conflict class: the grain in which footprints are recorded. Two steps of different actors whose
// footprints share no class that one of them writes commute.
enum class ClassId : std::uint32_t {};

// An object that a scenario declares, or that a call creates (an open file, say). 0 is "none".
enum class ObjectId : std::uint32_t {};

// A word of shared memory; the elements of an array are words of their own, numbered in sequence.
enum class WordId : std::uint32_t {};

// A list of small numbers inside the state: the entries of a wait queue, armed timers, ...
enum class ListId : std::uint32_t {};

// A place in a list: a wait-queue entry. It belongs to an object or to a thread; numbered at load,
// objects first, then thread by thread.
enum class EntryId : std::uint32_t {};

// A dialect switch; models/dialect.h names them.
enum class SwitchId : std::uint16_t {};

// Nobody: the owner of an entry that belongs to an object.
inline constexpr ThreadId kNoThread = static_cast<ThreadId>(~std::uint32_t{0});

template <class Id>
constexpr std::uint32_t index(Id id) {
  return static_cast<std::uint32_t>(id);
}

}  // namespace wakesim
