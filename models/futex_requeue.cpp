// FUTEX_REQUEUE and FUTEX_CMP_REQUEUE: kernel/futex/requeue.c.

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "models/futex_bucket.h"
#include "models/futex_pollable.h"
#include "models/switches.h"
#include "sim/assert.h"
#include "sim/program/builder.h"

namespace wakesim::futex {
namespace {

// A futex_requeue() in flight.
//
//   Requeueing -- nobody to wake --> number woken and moved
//      |
//      v  both locks dropped
//   Waking -- one task a step, the last one --> the same
struct FutexRequeue {
  enum class At : std::uint8_t {
    Requeueing,
    Waking,
    CountingLate,  // futex.requeue-counts-late: moved waiters are not counted yet.
  };

  Waking waking;
  std::uint32_t word;
  std::uint32_t word2;
  std::int32_t wake;
  std::int32_t requeue;
  std::uint32_t value;
  At at;
  bool compares;
  std::array<std::uint8_t, 2> zero;
};
static_assert(std::has_unique_object_representations_v<FutexRequeue>);

using At = FutexRequeue::At;

void begin_requeue(Step&, std::span<const std::int64_t> arguments, FutexRequeue& requeue) {
  requeue = {.waking = {},
             .word = static_cast<std::uint32_t>(arguments[0]),
             .word2 = static_cast<std::uint32_t>(arguments[1]),
             .wake = as_int(arguments[2]),
             .requeue = as_int(arguments[3]),
             .value = 0,
             .at = At::Requeueing,
             .compares = false,
             .zero = {}};
}

void begin_cmp_requeue(Step& step, std::span<const std::int64_t> arguments, FutexRequeue& requeue) {
  begin_requeue(step, arguments, requeue);
  requeue.value = static_cast<std::uint32_t>(arguments[4]);
  requeue.compares = true;
}

bool requeue_enabled(const View&, const FutexRequeue&) { return true; }

// requeue_futex(): to the other bucket's tail. Onto the same word nothing moves.
void move_waiter(Step& step, EntryId waiter, const FutexRequeue& requeue) {
  const bool is_same = requeue.word == requeue.word2;
  if (is_same && !step.is_on(id(Switch::FutexRequeueOntoItselfMoves))) return;
  if (step.is_on(id(Switch::FutexRequeueMovesNobody))) return;
  const ListId target = step.list_of_word(static_cast<WordId>(requeue.word2));
  step.remove(step.list_of_word(static_cast<WordId>(requeue.word)), waiter);
  if (step.is_on(id(Switch::FutexRequeueToHead))) {
    step.push_front(target, waiter);
  } else {
    step.push_back(target, waiter);
  }
  if (!step.is_on(id(Switch::FutexRequeueCountsLate))) return;
  Entry record = step.entry(waiter);
  record.flags |= kUncounted;
  step.set_entry(waiter, record);
}

// The walk of futex_requeue() over the first word's waiters, under both locks.
void wake_and_move(Step& step, FutexRequeue& requeue) {
  const ListId list = step.list_of_word(static_cast<WordId>(requeue.word));
  std::int64_t moved = 0;
  EntryId waiter = step.first(list);
  while (waiter != kNoEntry) {
    const EntryId next = step.next(list, waiter);
    const bool may_wake =
        requeue.waking.result < requeue.wake || step.is_on(id(Switch::FutexRequeueWakesAll));
    const bool may_move = moved < requeue.requeue || step.is_on(id(Switch::FutexRequeueMovesAll));
    if (!may_wake && !may_move) break;
    const bool moves_first = step.is_on(id(Switch::FutexRequeueMovesFirst));
    if (may_wake && !(moves_first && may_move)) {
      wake_mark(step, waiter, requeue.waking);
    } else {
      move_waiter(step, waiter, requeue);
      ++moved;
    }
    waiter = next;
  }
  if (!step.is_on(id(Switch::FutexRequeueCountsWoken))) requeue.waking.result += moved;
}

Progress wake_and_requeue(Step& step, FutexRequeue& requeue) {
  const bool is_negative = requeue.wake < 0 || requeue.requeue < 0;
  if (is_negative && !step.is_on(id(Switch::FutexRequeueTakesNegative))) {
    return step.finish(-EINVAL);
  }
  const bool compares = requeue.compares && !step.is_on(id(Switch::FutexCmpRequeueNoCompare));
  if (compares && read_word(step, requeue.word) != requeue.value) return step.finish(-EAGAIN);
  wake_and_move(step, requeue);
  requeue.at = At::Waking;
  return drop_lock(step, requeue.word, requeue.waking);
}

// The mutant futex.requeue-counts-late: woken tasks run before the moved waiters are counted, and a
// waker that finds the count 0 does not take the lock.
Progress count_late(Step& step, const FutexRequeue& requeue) {
  const ListId list = step.list_of_word(static_cast<WordId>(requeue.word2));
  for (EntryId e = step.first(list); e != kNoEntry; e = step.next(list, e)) {
    Entry record = step.entry(e);
    record.flags &= static_cast<std::uint16_t>(~kUncounted);
    step.set_entry(e, record);
  }
  return step.finish(requeue.waking.result);
}

Progress step_requeue(Step& step, FutexRequeue& requeue) {
  const bool counts_late = step.is_on(id(Switch::FutexRequeueCountsLate));
  switch (requeue.at) {
    case At::Requeueing: {
      const Progress progress = wake_and_requeue(step, requeue);
      const bool has_moved = requeue.at == At::Waking && progress == Progress::Returned;
      if (!counts_late || !has_moved) return progress;
      requeue.at = At::CountingLate;
      return Progress::Continues;
    }
    case At::Waking: {
      const Progress progress = wake_next(step, requeue.waking);
      if (!counts_late || progress == Progress::Continues) return progress;
      requeue.at = At::CountingLate;
      return Progress::Continues;
    }
    case At::CountingLate:
      return count_late(step, requeue);
  }
  WAKESIM_UNREACHABLE();
}

std::string_view requeue_phase(const FutexRequeue& requeue) {
  switch (requeue.at) {
    case At::Requeueing:
      return "unlink and move waiters";
    case At::Waking:
      return "wake";
    case At::CountingLate:
      return "count the moved waiters";
  }
  WAKESIM_UNREACHABLE();
}

std::string subject(const View& view, const std::byte* frame) {
  return word_name(view, reinterpret_cast<const FutexRequeue*>(frame)->word);
}

template <bool Compares>
void effects_of_requeue(Effects& effects, std::span<const PossibleValues> arguments) {
  effects_of_waking(effects, arguments[0]);
  for_each_word(arguments[0], [&](WordId word) {
    if (Compares) effects.reads_word(word);
    for_each_word(arguments[1], [&](WordId word2) {
      effects.moves(effects.list_of_word(word), effects.list_of_word(word2));
      effects_of_moving_pollables(effects, word2);
    });
  });
}

}  // namespace

CallRow requeue_row() {
  CallRow row;
  row.name = "futex_requeue";
  row.parameters = {kWord,
                    {.name = "word2", .type = ParameterType::Word},
                    {.name = "wake", .is_optional = true, .fallback = 1},
                    {.name = "requeue", .is_optional = true, .fallback = 1}};
  row.about =
      "Wakes up to `wake` sleepers of word and moves up to `requeue` more to sleep on word2. Gives "
      "the number of both.";
  row.source = "kernel/futex/requeue.c, futex_requeue(); futex(2), FUTEX_REQUEUE";
  row.errors = {{"EINVAL", "wake or requeue is negative"}};
  row.wakes = "the longest waiting first; the next ones move, in order, behind word2's sleepers";
  bind_frame<FutexRequeue, begin_requeue, requeue_enabled, step_requeue, requeue_phase>(row);
  row.subject = subject;
  row.effects = effects_of_requeue<false>;
  return row;
}

CallRow cmp_requeue_row() {
  CallRow row = requeue_row();
  row.name = "futex_cmp_requeue";
  row.parameters.push_back({.name = "val"});
  row.about = "futex_requeue, if word still has the value val.";
  row.source = "kernel/futex/requeue.c, futex_requeue(); futex(2), FUTEX_CMP_REQUEUE";
  row.errors = {{"EAGAIN", "the word does not have the value val"},
                {"EINVAL", "wake or requeue is negative"}};
  bind_frame<FutexRequeue, begin_cmp_requeue, requeue_enabled, step_requeue, requeue_phase>(row);
  row.effects = effects_of_requeue<true>;
  return row;
}

}  // namespace wakesim::futex
