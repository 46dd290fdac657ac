#include "models/futex.h"

#include <limits>

#include "models/futex_bucket.h"
#include "models/switches.h"

namespace wakesim {
namespace {

SwitchRow flag(Switch value, std::string_view name, std::string_view about,
               std::string_view source) {
  SwitchRow row;
  row.id = id(value);
  row.name = name;
  row.values = {"off", "on"};
  row.about = about;
  row.source = source;
  return row;
}

SwitchRow mutant(Switch value, std::string_view name, std::string_view about,
                 std::string_view source) {
  SwitchRow row = flag(value, name, about, source);
  row.is_bug = true;
  return row;
}

std::vector<SwitchRow> switches() {
  return {
      mutant(Switch::FutexCompareOutsideLock, "futex.compare-outside-lock",
             "The word is compared first and the waiter queued later: a wake in between finds "
             "nobody.",
             "unikraft pull request 1763; asterinas issue 1587"),
      mutant(Switch::FutexNoCompare, "futex.no-compare",
             "Waiters are queued whatever the word is, as FUTEX_FD did.",
             "futex(2): FUTEX_FD, removed in Linux 2.6.26"),
      mutant(Switch::FutexRequeueCountsLate, "futex.requeue-counts-late",
             "Moved waiters are counted on their new word only after those woken may run; wakers "
             "look at the count without the lock.",
             "Linux commit 69cd9eba3886, \"futex: avoid race between requeue and wake\" (3.15)"),
      flag(
          Switch::FutexWakeLifo, "futex.wake-lifo",
          "The waiter that came last is woken first. futex(2) promises no order, so a program must "
          "live with it.",
          "futex(2): \"No guarantee is provided about which waiters are awoken\""),
      mutant(Switch::FutexWakeDropsSecond, "futex.wake-drops-second",
             "The second waiter that a call unlinks is never woken.", "wakesim"),
      mutant(Switch::FutexWakeBeforeUnlink, "futex.wake-before-unlink",
             "futex_wake wakes waiters while they are still queued, and unlinks later whoever then "
             "stands there.",
             "wakesim"),
      mutant(Switch::FutexTimeoutBeatsWake, "futex.timeout-beats-wake",
             "A waiter that was woken and whose timer then fired says ETIMEDOUT: the wake is gone.",
             "wakesim"),
      flag(Switch::FutexSleepApart, "futex.sleep-apart",
           "The call of schedule() in futex_wait is a step of its own. More states, the same "
           "results.",
           "kernel/futex/waitwake.c, futex_do_wait()"),
      planted_mistake(Switch::FutexWakesAll, "futex.wakes-all",
                      "A wake takes every waiter, whatever number it is for."),
      planted_mistake(Switch::FutexZeroWakesNobody, "futex.zero-wakes-nobody",
                      "futex_wake(w, 0) wakes nobody."),
      planted_mistake(Switch::FutexResultIsZero, "futex.result-is-zero",
                      "Wakes and requeues return 0."),
      planted_mistake(Switch::FutexIgnoresBitset, "futex.ignores-bitset",
                      "A wake takes waiters that have no bit in common with it."),
      planted_mistake(Switch::FutexPlainWakeTakesOneBit, "futex.plain-wake-takes-one-bit",
                      "FUTEX_WAKE takes waiters whose bitset has the highest bit, not all."),
      planted_mistake(Switch::FutexTakesEmptyBitset, "futex.takes-empty-bitset",
                      "A bitset of 0 is no error."),
      planted_mistake(Switch::FutexSpuriousReturns, "futex.spurious-returns",
                      "A waiter whose task is woken while it is still queued returns 0."),
      planted_mistake(Switch::FutexTimeoutIsSuccess, "futex.timeout-is-success",
                      "A wait whose time is over returns 0."),
      planted_mistake(Switch::FutexSignalBeatsWake, "futex.signal-beats-wake",
                      "A waiter that was woken and has a signal returns EINTR: the wake is gone."),
      planted_mistake(Switch::FutexZeroTimeoutSleeps, "futex.zero-timeout-sleeps",
                      "A timeout of 0 is none."),
      planted_mistake(Switch::FutexTakesNegativeTimeout, "futex.takes-negative-timeout",
                      "A negative timeout is no error: it is for ever."),
      planted_mistake(Switch::FutexComparesFirst, "futex.compares-first",
                      "The word is compared before bitset and timeout are looked at."),
      planted_mistake(Switch::FutexBitsetTimeoutRelative, "futex.bitset-timeout-relative",
                      "The timeout of FUTEX_WAIT_BITSET counts from the call."),
      planted_mistake(Switch::FutexWakesUnderLock, "futex.wakes-under-lock",
                      "A waker wakes before it drops the lock: no wake comes late."),
      planted_mistake(Switch::FutexRequeueMovesFirst, "futex.requeue-moves-first",
                      "The first waiters are moved, and those behind them woken."),
      planted_mistake(Switch::FutexRequeueMovesAll, "futex.requeue-moves-all",
                      "A requeue moves every waiter that it does not wake."),
      planted_mistake(Switch::FutexRequeueWakesAll, "futex.requeue-wakes-all",
                      "A requeue wakes every waiter and moves none."),
      planted_mistake(Switch::FutexRequeueCountsWoken, "futex.requeue-counts-woken",
                      "A requeue returns the number of those woken only."),
      planted_mistake(Switch::FutexRequeueToHead, "futex.requeue-to-head",
                      "Moved waiters stand in front of those who wait on the second word."),
      planted_mistake(Switch::FutexRequeueMovesNobody, "futex.requeue-moves-nobody",
                      "Moved waiters are counted and stay where they are."),
      planted_mistake(Switch::FutexRequeueOntoItselfMoves, "futex.requeue-onto-itself-moves",
                      "A requeue onto the same word sends waiters to the tail."),
      planted_mistake(Switch::FutexCmpRequeueNoCompare, "futex.cmp-requeue-no-compare",
                      "FUTEX_CMP_REQUEUE does not compare."),
      planted_mistake(Switch::FutexRequeueTakesNegative, "futex.requeue-takes-negative",
                      "A negative number of waiters is 0, no error."),
      planted_mistake(Switch::FutexWakeOpAlwaysSets, "futex.wake-op-always-sets",
                      "FUTEX_WAKE_OP stores its operand whatever the operation is."),
      planted_mistake(Switch::FutexWakeOpNoShift, "futex.wake-op-no-shift",
                      "FUTEX_OP_OPARG_SHIFT is forgotten."),
      planted_mistake(Switch::FutexWakeOpUnsignedOperand, "futex.wake-op-unsigned-operand",
                      "The 12 bits of an operand have no sign."),
      planted_mistake(Switch::FutexWakeOpAlwaysEqual, "futex.wake-op-always-equal",
                      "Every comparison of FUTEX_WAKE_OP is ==."),
      planted_mistake(Switch::FutexWakeOpComparesNew, "futex.wake-op-compares-new",
                      "FUTEX_WAKE_OP compares the new value of the second word."),
      planted_mistake(Switch::FutexWakeOpComparesUnsigned, "futex.wake-op-compares-unsigned",
                      "FUTEX_WAKE_OP compares without sign."),
      planted_mistake(Switch::FutexWakeOpWakesBoth, "futex.wake-op-wakes-both",
                      "FUTEX_WAKE_OP wakes on the second word whatever the comparison says."),
      planted_mistake(Switch::FutexWakeOpTakesAnyOp, "futex.wake-op-takes-any-op",
                      "An unknown operation of FUTEX_WAKE_OP stores its operand."),
      planted_mistake(Switch::FutexWakeOpChecksCmpFirst, "futex.wake-op-checks-cmp-first",
                      "An unknown comparison is found before the word has changed."),
      planted_mistake(Switch::FutexWaitvLowestIndex, "futex.waitv-lowest-index",
                      "futex_waitv returns the first of the words that were woken."),
      planted_mistake(
          Switch::FutexWaitvMismatchBeatsWake, "futex.waitv-mismatch-beats-wake",
          "A word that differs is EAGAIN although a word before it was woken: the wake is gone."),
      planted_mistake(Switch::FutexWaitvComparesFirst, "futex.waitv-compares-first",
                      "Only the first word of futex_waitv is compared."),
      planted_mistake(Switch::FutexWaitvTakesNothing, "futex.waitv-takes-nothing",
                      "futex_waitv of no words returns 0."),
      planted_mistake(Switch::FutexWaitvTimeoutBeatsWake, "futex.waitv-timeout-beats-wake",
                      "futex_waitv says ETIMEDOUT although a word was woken: the wake is gone."),
      planted_mistake(Switch::FutexNeverRestarts, "futex.never-restarts",
                      "SA_RESTART does not make an interrupted wait again."),
      planted_mistake(Switch::FutexTimeoutRestarts, "futex.timeout-restarts",
                      "SA_RESTART makes an interrupted wait with a timeout again."),
  };
}

}  // namespace

ModelTable futex_model() {
  ModelTable table;
  table.name = "futex";
  table.about =
      "Sleeping on words of shared memory. Every word is one; there is nothing to declare.";
  table.calls = {futex::wait_row(),    futex::wait_bitset_row(), futex::waitv_row(),
                 futex::wake_row(),    futex::wake_bitset_row(), futex::wake_op_row(),
                 futex::requeue_row(), futex::cmp_requeue_row()};
  table.constants = {
      {"FUTEX_BITSET_MATCH_ANY", futex::kMatchAny},
      {"INT_MAX", std::numeric_limits<std::int32_t>::max()},
      {"FUTEX_OP_SET", 0},
      {"FUTEX_OP_ADD", 1},
      {"FUTEX_OP_OR", 2},
      {"FUTEX_OP_ANDN", 3},
      {"FUTEX_OP_XOR", 4},
      {"FUTEX_OP_OPARG_SHIFT", 8},
      {"FUTEX_OP_CMP_EQ", 0},
      {"FUTEX_OP_CMP_NE", 1},
      {"FUTEX_OP_CMP_LT", 2},
      {"FUTEX_OP_CMP_LE", 3},
      {"FUTEX_OP_CMP_GT", 4},
      {"FUTEX_OP_CMP_GE", 5},
  };
  table.switches = switches();
  return table;
}

}  // namespace wakesim
