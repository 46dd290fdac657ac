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
