#include "models/futex_bucket.h"

#include "models/futex_pollable.h"
#include "models/switches.h"
#include "sim/assert.h"
#include "sim/program/builder.h"
#include "sim/program/system.h"

namespace wakesim::futex {
namespace {

ListId bucket(const View& view, std::uint32_t word) {
  return view.list_of_word(static_cast<WordId>(word));
}

// The waiter that the next wake goes to: the oldest, or with futex.wake-lifo the youngest.
EntryId pick_waiter(const View& view, ListId list, std::uint32_t bitset) {
  EntryId picked = kNoEntry;
  for (EntryId e = view.first(list); e != kNoEntry; e = view.next(list, e)) {
    const bool matches = (view.entry(e).key & bitset) != 0;
    if (!matches && !view.is_on(id(Switch::FutexIgnoresBitset))) continue;
    picked = e;
    if (!view.is_on(id(Switch::FutexWakeLifo))) break;
  }
  return picked;
}

bool is_over(const View& view, ThreadId waker, const Waking& waking) {
  return kernel::is_empty(waking.tasks) && !has_marked(view, waker);
}

Progress finish_waking(Step& step, const Waking& waking) {
  return step.finish(step.is_on(id(Switch::FutexResultIsZero)) ? 0 : waking.result);
}

}  // namespace

std::int32_t as_int(std::int64_t argument) { return static_cast<std::int32_t>(argument); }

std::uint32_t read_word(const View& view, std::uint32_t word) {
  return static_cast<std::uint32_t>(view.load(static_cast<WordId>(word)));
}

std::uint32_t exchange_word(Step& step, std::uint32_t word, std::uint32_t value) {
  const std::int64_t old = step.load(static_cast<WordId>(word));
  // Of a 64-bit word a futex is the low half. In 32 bits the kernel's arithmetic wraps.
  constexpr auto kLow = std::int64_t{0xffffffff};
  const bool is_wide = step.system().words[word].type == WordType::Unsigned64;
  const auto narrow = static_cast<std::int64_t>(static_cast<std::int32_t>(value));
  step.store(static_cast<WordId>(word), is_wide ? (old & ~kLow) | value : narrow);
  return static_cast<std::uint32_t>(old);
}

std::string word_name(const View& view, std::uint32_t word) {
  return view.system().words[word].name;
}

void queue_waiter(Step& step, std::uint32_t word, std::uint32_t slot, std::uint32_t bitset) {
  kernel::add_wait_queue_entry_tail(step, {.list = bucket(step, word)},
                                    kernel::my_entry(step, slot),
                                    {.function = kernel::WakeFunction::FutexQ, .key = bitset});
}

bool unqueue_waiter(Step& step, std::uint32_t slot) {
  const EntryId waiter = kernel::my_entry(step, slot);
  if (!kernel::is_linked(step, waiter)) return false;
  kernel::remove_wait_queue(step, waiter);
  return true;
}

bool may_leave_early(const View& view, ThreadId thread, std::uint32_t slot) {
  const bool wake_is_coming = (view.run(thread).flags & kernel::kOnWakeQ) != 0;
  return wake_is_coming && !kernel::is_linked(view, view.entry_of(thread, slot));
}

void note_sleep(Step& step, std::uint32_t word, bool comes_back) {
  if (comes_back || !step.is_traced()) return;
  step.note({StepEvent::Kind::Slept, step.thread(), 0, word_name(step, word)});
}

bool is_valid_timeout(const View& view, std::int64_t nanoseconds) {
  if (view.is_on(id(Switch::FutexTakesNegativeTimeout))) return true;
  return nanoseconds >= 0 || nanoseconds == kForever;
}

bool start_timeout(Step& step, std::int64_t nanoseconds, bool absolute) {
  if (nanoseconds > 0) kernel::arm_timeout(step, nanoseconds, absolute);
  return nanoseconds == 0 && !step.is_on(id(Switch::FutexZeroTimeoutSleeps));
}

bool wake_mark(Step& step, EntryId waiter, Waking& waking) {
  if (is_pollable(step, waiter)) {
    const bool counts = mark_pollable(step, waiter);
    if (counts) ++waking.result;
    return counts;
  }
  kernel::remove_wait_queue(step, waiter);
  ++waking.result;
  const bool is_dropped = waking.result == 2 && step.is_on(id(Switch::FutexWakeDropsSecond));
  if (!is_dropped) kernel::wake_q_add(step, waking.tasks, step.owner(waiter));
  return true;
}

void wake_waiters(Step& step, std::uint32_t word, std::uint32_t bitset, std::int32_t count,
                  Waking& waking) {
  const ListId list = bucket(step, word);
  std::int32_t woken = 0;
  if (count == 0 && step.is_on(id(Switch::FutexZeroWakesNobody))) return;
  do {
    const EntryId waiter = pick_waiter(step, list, bitset);
    if (waiter == kNoEntry) return;
    if (wake_mark(step, waiter, waking)) ++woken;
  } while (woken < count || step.is_on(id(Switch::FutexWakesAll)));
}

Progress drop_lock(Step& step, std::uint32_t word, Waking& waking) {
  if (waking.result == 0) step.note_vain_wake();
  if (waking.result == 0 && step.is_traced()) {
    step.note({StepEvent::Kind::WokeNobody, {}, 0, word_name(step, word)});
  }
  if (step.is_on(id(Switch::FutexWakesUnderLock))) {
    while (!kernel::is_empty(waking.tasks)) kernel::wake_up_first(step, waking.tasks);
  }
  const bool ends = is_over(step, step.thread(), waking);
  return ends ? finish_waking(step, waking) : Progress::Continues;
}

Progress wake_next(Step& step, Waking& waking) {
  if (has_marked(step, step.thread())) {
    tell_pollable(step);
  } else if (!kernel::is_empty(waking.tasks)) {
    kernel::wake_up_first(step, waking.tasks);
  }
  const bool ends = is_over(step, step.thread(), waking);
  return ends ? finish_waking(step, waking) : Progress::Continues;
}

bool counts_nobody(const View& view, std::uint32_t word) {
  if (!view.is_on(id(Switch::FutexRequeueCountsLate))) return false;
  const ListId list = bucket(view, word);
  for (EntryId e = view.first(list); e != kNoEntry; e = view.next(list, e)) {
    if ((view.entry(e).flags & kUncounted) == 0) return false;
  }
  return true;
}

void effects_of_waiting(Effects& effects, const PossibleValues& words) {
  for_each_word(words, [&](WordId word) {
    effects.reads_word(word);
    effects.enqueues(effects.list_of_word(word));
  });
}

void effects_of_timeout(Effects& effects, const PossibleValues& timeout) {
  const bool is_never_armed = timeout.is_single() && timeout.first <= 0;
  if (!is_never_armed) effects.arms_timer();
}

void effects_of_waking(Effects& effects, const PossibleValues& words) {
  for_each_word(words, [&](WordId word) { effects.wakes(effects.list_of_word(word)); });
  effects_of_telling(effects);
}

}  // namespace wakesim::futex
