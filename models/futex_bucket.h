// What the futex calls do under the bucket lock, and the waking that follows it.
//
// Every word has a bucket to itself: the list that Effects::list_of_word() makes. Its length stands
// for the bucket's `waiters` counter as well; docs/models/futex.md shows why that is exact.

#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "models/kernel.h"
#include "sim/program/catalogue.h"
#include "sim/program/step.h"

namespace wakesim {
class Effects;
}

namespace wakesim::futex {

inline constexpr std::uint32_t kMatchAny = 0xffffffff;  // FUTEX_BITSET_MATCH_ANY

// Where the kernel keeps `int`.
std::int32_t as_int(std::int64_t argument);

// ---- Words --------------------------------------------------------------------------------------

// The 32 bits that the kernel reads.
std::uint32_t read_word(const View& view, std::uint32_t word);
// futex_atomic_op_inuser(): stores 32 bits, gives the old ones.
std::uint32_t exchange_word(Step& step, std::uint32_t word, std::uint32_t value);
std::string word_name(const View& view, std::uint32_t word);

// ---- Waiters ------------------------------------------------------------------------------------

// futex_queue(): the caller's entry number `slot`, at the tail.
void queue_waiter(Step& step, std::uint32_t word, std::uint32_t slot, std::uint32_t bitset);
// futex_unqueue(): false if a waker had unlinked the entry, so that the wake is ours. Takes the
// lock of whichever word the waiter was requeued to.
bool unqueue_waiter(Step& step, std::uint32_t slot);

// futex_do_wait() looks without the lock whether a waker has unlinked the thread, and if so does
// not sleep. It can then return before the wake reaches it, while the task is still on the waker's
// list.
bool may_leave_early(const View& view, ThreadId thread, std::uint32_t slot);
// Tells traces that the thread sleeps on the word, unless it comes back at once.
void note_sleep(Step& step, std::uint32_t word, bool comes_back);

// A timeout argument that the kernel takes.
bool is_valid_timeout(const View& view, std::int64_t nanoseconds);
// Starts the caller's timer, unless it is for ever or already over; true if it is already over.
bool start_timeout(Step& step, std::int64_t nanoseconds, bool absolute);

// ---- Wakers -------------------------------------------------------------------------------------

// The end of every waking call: the tasks to wake, then the result. Part of a frame.
struct Waking {
  kernel::WakeQ tasks;
  std::int64_t result = 0;
};

// futex_wake_mark(): unlinks the waiter and remembers its task, or its descriptor. True if it
// counts.
bool wake_mark(Step& step, EntryId waiter, Waking& waking);
// Unlinks up to `count` waiters of the word, at least one: the kernel counts before it compares.
void wake_waiters(Step& step, std::uint32_t word, std::uint32_t bitset, std::int32_t count,
                  Waking& waking);
// After the lock is dropped: goes on to wake_up_q(), or returns when there is nobody to wake.
Progress drop_lock(Step& step, std::uint32_t word, Waking& waking);
// Descriptors first, then wake_up_q(): one a step; returns after the last.
Progress wake_next(Step& step, Waking& waking);

// futex.requeue-counts-late: waiters that were moved but not counted yet.
inline constexpr std::uint16_t kUncounted = 0x100;  // Entry::flags
bool counts_nobody(const View& view, std::uint32_t word);

// ---- Static futures -----------------------------------------------------------------------------

template <class Visit>
void for_each_word(const PossibleValues& words, Visit visit) {
  WAKESIM_ASSERT(!words.is_any);
  for (std::int64_t i = 0; i < words.count; ++i) visit(static_cast<WordId>(words.first + i));
}

void effects_of_waiting(Effects& effects, const PossibleValues& words);
void effects_of_timeout(Effects& effects, const PossibleValues& timeout);
void effects_of_waking(Effects& effects, const PossibleValues& words);

// ---- Rows ---------------------------------------------------------------------------------------

inline constexpr Parameter kWord = {.name = "word", .type = ParameterType::Word};

CallRow wait_row();
CallRow wait_bitset_row();
CallRow waitv_row();
CallRow wake_row();
CallRow wake_bitset_row();
CallRow wake_op_row();
CallRow requeue_row();
CallRow cmp_requeue_row();

}  // namespace wakesim::futex
