// FUTEX_WAKE, FUTEX_WAKE_BITSET and FUTEX_WAKE_OP: kernel/futex/waitwake.c.

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <optional>
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

// A futex_wake() in flight.
//
//   Marking -- nobody there --> 0
//      |
//      v  waiters unlinked, lock dropped
//   Waking -- one task a step, the last one --> number of waiters
struct FutexWake {
  enum class At : std::uint8_t {
    Marking,
    Waking,
    UnlinkingLate,  // futex.wake-before-unlink: woken, still on the queue.
  };

  Waking waking;
  std::uint32_t word;
  std::uint32_t bitset;
  std::int32_t count;
  At at;
  std::array<std::uint8_t, 3> zero;
};
static_assert(std::has_unique_object_representations_v<FutexWake>);

using At = FutexWake::At;

void begin_wake(Step& step, std::span<const std::int64_t> arguments, FutexWake& wake) {
  const bool takes_one_bit = step.is_on(id(Switch::FutexPlainWakeTakesOneBit));
  wake = {.waking = {},
          .word = static_cast<std::uint32_t>(arguments[0]),
          .bitset = takes_one_bit ? std::uint32_t{1} << 31 : kMatchAny,
          .count = as_int(arguments[1]),
          .at = At::Marking,
          .zero = {}};
}

void begin_wake_bitset(Step&, std::span<const std::int64_t> arguments, FutexWake& wake) {
  wake = {.waking = {},
          .word = static_cast<std::uint32_t>(arguments[0]),
          .bitset = static_cast<std::uint32_t>(arguments[2]),
          .count = as_int(arguments[1]),
          .at = At::Marking,
          .zero = {}};
}

template <class Frame>
bool always_enabled(const View&, const Frame&) {
  return true;
}

// The mutant futex.wake-before-unlink: the tasks run while they still look queued.
Progress wake_first(Step& step, FutexWake& wake) {
  const ListId list = step.list_of_word(static_cast<WordId>(wake.word));
  for (EntryId e = step.first(list); e != kNoEntry; e = step.next(list, e)) {
    if ((step.entry(e).key & wake.bitset) == 0 || is_pollable(step, e)) continue;
    kernel::try_to_wake_up(step, step.owner(e), kernel::kTaskNormal);
    if (++wake.waking.result >= wake.count) break;
  }
  wake.at = At::UnlinkingLate;
  return wake.waking.result == 0 ? step.finish(0) : Progress::Continues;
}

Progress unlink_late(Step& step, const FutexWake& wake) {
  const ListId list = step.list_of_word(static_cast<WordId>(wake.word));
  EntryId entry = step.first(list);
  for (std::int64_t left = wake.waking.result; left > 0 && entry != kNoEntry; --left) {
    const EntryId next = step.next(list, entry);
    kernel::remove_wait_queue(step, entry);
    entry = next;
  }
  return step.finish(wake.waking.result);
}

// futex_wake(), up to the unlock. Its first, lockless look at the `waiters` counter is in the same
// step: a waiter raises the counter before it reads the word, so who finds 0 has been overtaken by
// nobody who can sleep on the old value.
Progress mark(Step& step, FutexWake& wake) {
  const bool has_bits = wake.bitset != 0 || step.is_on(id(Switch::FutexTakesEmptyBitset));
  if (!has_bits) return step.finish(-EINVAL);
  if (step.is_on(id(Switch::FutexWakeBeforeUnlink))) return wake_first(step, wake);
  if (!counts_nobody(step, wake.word)) {
    wake_waiters(step, wake.word, wake.bitset, wake.count, wake.waking);
  }
  wake.at = At::Waking;
  return drop_lock(step, wake.word, wake.waking);
}

Progress step_wake(Step& step, FutexWake& wake) {
  switch (wake.at) {
    case At::Marking:
      return mark(step, wake);
    case At::Waking:
      return wake_next(step, wake.waking);
    case At::UnlinkingLate:
      return unlink_late(step, wake);
  }
  WAKESIM_UNREACHABLE();
}

std::string_view wake_phase(const FutexWake& wake) {
  switch (wake.at) {
    case At::Marking:
      return "unlink waiters";
    case At::Waking:
      return "wake";
    case At::UnlinkingLate:
      return "unlink late";
  }
  WAKESIM_UNREACHABLE();
}

std::string wake_subject(const View& view, const std::byte* frame) {
  return word_name(view, reinterpret_cast<const FutexWake*>(frame)->word);
}

void effects_of_wake(Effects& effects, std::span<const PossibleValues> arguments) {
  effects_of_waking(effects, arguments[0]);
}

// ---- FUTEX_WAKE_OP ------------------------------------------------------------------------------

enum Operation : std::int64_t { kSet = 0, kAdd = 1, kOr = 2, kAndn = 3, kXor = 4, kShift = 8 };
enum Comparison : std::int64_t { kEqual, kNotEqual, kLess, kLessEqual, kGreater, kGreaterEqual };

// A futex_wake_op() in flight: the word changes and all waiters are unlinked under both locks.
struct FutexWakeOp {
  Waking waking;
  std::uint32_t word;
  std::uint32_t word2;
  std::int32_t count;
  std::int32_t count2;
  std::int16_t operand;  // 12 bits, as the kernel packs them.
  std::int16_t compared;
  std::uint8_t operation;
  std::uint8_t comparison;
  std::uint8_t is_waking;
  std::uint8_t zero;
};
static_assert(std::has_unique_object_representations_v<FutexWakeOp>);

// FUTEX_OP() has 12 bits for each number; the kernel extends their sign.
std::int16_t twelve_bits(const View& view, std::int64_t argument) {
  const std::int64_t low = argument & 0xfff;
  const bool is_negative = low >= 0x800 && !view.is_on(id(Switch::FutexWakeOpUnsignedOperand));
  return static_cast<std::int16_t>(is_negative ? low - 0x1000 : low);
}

void begin_wake_op(Step& step, std::span<const std::int64_t> arguments, FutexWakeOp& wake) {
  wake = {.waking = {},
          .word = static_cast<std::uint32_t>(arguments[0]),
          .word2 = static_cast<std::uint32_t>(arguments[1]),
          .count = as_int(arguments[2]),
          .count2 = as_int(arguments[3]),
          .operand = twelve_bits(step, arguments[5]),
          .compared = twelve_bits(step, arguments[7]),
          .operation = static_cast<std::uint8_t>(arguments[4] & 0xf),
          .comparison = static_cast<std::uint8_t>(arguments[6] & 0xf),
          .is_waking = 0,
          .zero = 0};
}

std::optional<std::uint32_t> apply(std::uint8_t operation, std::int16_t operand,
                                   std::uint32_t old) {
  const auto plain = static_cast<std::uint32_t>(static_cast<std::int32_t>(operand));
  const std::uint32_t value = (operation & kShift) != 0 ? 1u << (plain & 31) : plain;
  switch (operation & ~kShift) {
    case kSet:
      return value;
    case kAdd:
      return old + value;
    case kOr:
      return old | value;
    case kAndn:
      return old & ~value;
    case kXor:
      return old ^ value;
    default:
      return std::nullopt;
  }
}

std::optional<bool> compare(std::uint8_t comparison, std::int64_t old, std::int64_t compared) {
  switch (comparison) {
    case kEqual:
      return old == compared;
    case kNotEqual:
      return old != compared;
    case kLess:
      return old < compared;
    case kLessEqual:
      return old <= compared;
    case kGreater:
      return old > compared;
    case kGreaterEqual:
      return old >= compared;
    default:
      return std::nullopt;
  }
}

// What the mutants of the operation make of it.
std::uint8_t operation_of(const View& view, const FutexWakeOp& wake) {
  std::uint8_t operation = wake.operation;
  const bool is_known = (operation & ~kShift) <= kXor;
  const bool sets = view.is_on(id(Switch::FutexWakeOpAlwaysSets)) && is_known;
  const bool takes_any = view.is_on(id(Switch::FutexWakeOpTakesAnyOp)) && !is_known;
  if (sets || takes_any) operation = static_cast<std::uint8_t>(kSet | (operation & kShift));
  if (view.is_on(id(Switch::FutexWakeOpNoShift))) operation &= static_cast<std::uint8_t>(~kShift);
  return operation;
}

// Does the second word's old value pass the comparison? Nothing if that is unknown.
std::optional<bool> passes(const View& view, const FutexWakeOp& wake, std::uint32_t old) {
  std::uint8_t comparison = wake.comparison;
  const bool is_known = comparison <= kGreaterEqual;
  if (is_known && view.is_on(id(Switch::FutexWakeOpWakesBoth))) return true;
  if (is_known && view.is_on(id(Switch::FutexWakeOpAlwaysEqual))) comparison = kEqual;
  if (view.is_on(id(Switch::FutexWakeOpComparesUnsigned))) {
    return compare(comparison, std::int64_t{old},
                   static_cast<std::uint32_t>(std::int32_t{wake.compared}));
  }
  return compare(comparison, static_cast<std::int32_t>(old), wake.compared);
}

// futex_wake_op(), up to the unlock.
Progress operate_and_mark(Step& step, FutexWakeOp& wake) {
  const std::uint32_t old = read_word(step, wake.word2);
  const auto value = apply(operation_of(step, wake), wake.operand, old);
  if (!value) return step.finish(-ENOSYS);
  const bool compares_new = step.is_on(id(Switch::FutexWakeOpComparesNew));
  const auto holds = passes(step, wake, compares_new ? *value : old);
  if (!holds && step.is_on(id(Switch::FutexWakeOpChecksCmpFirst))) return step.finish(-ENOSYS);
  // An unknown comparison is found out only after the word has changed.
  exchange_word(step, wake.word2, *value);
  if (!holds) return step.finish(-ENOSYS);
  wake_waiters(step, wake.word, kMatchAny, wake.count, wake.waking);
  if (*holds) wake_waiters(step, wake.word2, kMatchAny, wake.count2, wake.waking);
  wake.is_waking = 1;
  return drop_lock(step, wake.word, wake.waking);
}

Progress step_wake_op(Step& step, FutexWakeOp& wake) {
  return wake.is_waking != 0 ? wake_next(step, wake.waking) : operate_and_mark(step, wake);
}

std::string_view wake_op_phase(const FutexWakeOp& wake) {
  return wake.is_waking != 0 ? "wake" : "change the word, unlink waiters";
}

std::string wake_op_subject(const View& view, const std::byte* frame) {
  return word_name(view, reinterpret_cast<const FutexWakeOp*>(frame)->word);
}

void effects_of_wake_op(Effects& effects, std::span<const PossibleValues> arguments) {
  effects_of_waking(effects, arguments[0]);
  effects_of_waking(effects, arguments[1]);
  for_each_word(arguments[1], [&](WordId word) { effects.writes_word(word); });
}

constexpr Parameter kCount = {.name = "n"};

}  // namespace

CallRow wake_row() {
  CallRow row;
  row.name = "futex_wake";
  row.parameters = {kWord, kCount};
  row.about = "Wakes up to n threads that sleep on the word and gives their number; n=0 wakes one.";
  row.source = "kernel/futex/waitwake.c, futex_wake(); futex(2), FUTEX_WAKE";
  row.wakes = "the longest waiting first, one by one after the lock is dropped";
  bind_frame<FutexWake, begin_wake, always_enabled, step_wake, wake_phase>(row);
  row.subject = wake_subject;
  row.effects = effects_of_wake;
  return row;
}

CallRow wake_bitset_row() {
  CallRow row = wake_row();
  row.name = "futex_wake_bitset";
  row.parameters = {kWord, kCount, {.name = "bitset"}};
  row.about = "futex_wake for waiters whose bitset shares a bit with this one.";
  row.source = "kernel/futex/waitwake.c, futex_wake(); futex(2), FUTEX_WAKE_BITSET";
  row.errors = {{"EINVAL", "bitset is 0"}};
  bind_frame<FutexWake, begin_wake_bitset, always_enabled, step_wake, wake_phase>(row);
  return row;
}

CallRow wake_op_row() {
  CallRow row;
  row.name = "futex_wake_op";
  row.parameters = {kWord,
                    {.name = "word2", .type = ParameterType::Word},
                    {.name = "wake"},
                    {.name = "wake2"},
                    {.name = "op"},
                    {.name = "oparg"},
                    {.name = "cmp"},
                    {.name = "cmparg"}};
  row.about =
      "Changes word2, wakes up to `wake` sleepers of word, and if the old word2 compares true up "
      "to "
      "`wake2` of word2, all under both locks. Gives the number woken.";
  row.source = "kernel/futex/waitwake.c, futex_wake_op(); futex(2), FUTEX_WAKE_OP";
  row.errors = {{"ENOSYS", "op or cmp is unknown; with an unknown cmp word2 has changed already"}};
  row.wakes = "sleepers of word, then of word2, each the longest waiting first";
  bind_frame<FutexWakeOp, begin_wake_op, always_enabled, step_wake_op, wake_op_phase>(row);
  row.subject = wake_op_subject;
  row.effects = effects_of_wake_op;
  return row;
}

}  // namespace wakesim::futex
