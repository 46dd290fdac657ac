// FUTEX_WAIT and FUTEX_WAIT_BITSET: kernel/futex/waitwake.c.

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "models/futex_bucket.h"
#include "models/switches.h"
#include "sim/assert.h"
#include "sim/program/builder.h"

namespace wakesim::futex {
namespace {

// A futex_wait() in flight.
//
//   Comparing -- word != val --> EAGAIN
//      |
//      v  queued at the tail, state INTERRUPTIBLE
//   Asleep -- unlinked by a waker --> 0            A wake wins over the timeout.
//      |----- still linked, timer fired --> ETIMEDOUT
//      +----- still linked, woken for no reason --> Comparing, with the same val
//
// Asleep stands for two moments: about to call schedule(), and off the CPU. Which of the two it was
// shows only when a waker unlinks the thread: may_leave_early(). With futex.sleep-apart they are
// two states, GoingToSleep and OffCpu.
struct FutexWait {
  enum class At : std::uint8_t {
    Comparing,
    Compared,  // futex.compare-outside-lock: compared, not queued yet.
    Asleep,
    GoingToSleep,
    OffCpu,
  };

  std::int64_t timeout;  // Nanoseconds; kForever once the timer runs.
  std::uint32_t word;
  std::uint32_t value;
  std::uint32_t bitset;
  std::uint32_t thread;
  At at;
  bool is_absolute;
  bool is_over;  // The timeout was 0: the timer never ran.
  std::array<std::uint8_t, 5> zero;
};
static_assert(std::has_unique_object_representations_v<FutexWait>);

using At = FutexWait::At;

void begin_wait(Step& step, std::span<const std::int64_t> arguments, FutexWait& wait) {
  wait = {.timeout = arguments[2],
          .word = static_cast<std::uint32_t>(arguments[0]),
          .value = static_cast<std::uint32_t>(arguments[1]),
          .bitset = kMatchAny,
          .thread = index(step.thread()),
          .at = At::Comparing,
          .is_absolute = false,
          .is_over = false,
          .zero = {}};
}

void begin_wait_bitset(Step& step, std::span<const std::int64_t> arguments, FutexWait& wait) {
  wait = {.timeout = arguments[3],
          .word = static_cast<std::uint32_t>(arguments[0]),
          .value = static_cast<std::uint32_t>(arguments[1]),
          .bitset = static_cast<std::uint32_t>(arguments[2]),
          .thread = index(step.thread()),
          .at = At::Comparing,
          .is_absolute = !step.is_on(id(Switch::FutexBitsetTimeoutRelative)),
          .is_over = false,
          .zero = {}};
}

bool is_timed_out(const View& view, const FutexWait& wait) {
  return wait.is_over || kernel::timer_fired(view, static_cast<ThreadId>(wait.thread));
}

bool wait_enabled(const View& view, const FutexWait& wait) {
  const auto thread = static_cast<ThreadId>(wait.thread);
  switch (wait.at) {
    case At::Comparing:
    case At::Compared:
    case At::GoingToSleep:
      return true;
    case At::OffCpu:
      return kernel::is_running(view, thread);
    case At::Asleep:
      return kernel::is_running(view, thread) || is_timed_out(view, wait) ||
             may_leave_early(view, thread, 0);
  }
  WAKESIM_UNREACHABLE();
}

Progress leave(Step& step, std::int64_t result) {
  kernel::disarm_timeout(step);
  return step.finish(result);
}

// futex_wait_setup(), second half: still under the lock. The timer is started by futex_do_wait()
// just after the lock is dropped; until the thread goes to sleep nobody can tell.
Progress queue(Step& step, FutexWait& wait) {
  kernel::set_current_state(step, kernel::kTaskInterruptible);
  queue_waiter(step, wait.word, 0, wait.bitset);
  if (wait.timeout != kForever) {
    wait.is_over = start_timeout(step, wait.timeout, wait.is_absolute);
    wait.timeout = kForever;
  }
  wait.at = step.is_on(id(Switch::FutexSleepApart)) ? At::GoingToSleep : At::Asleep;
  note_sleep(step, wait.word, wait.is_over);
  return Progress::Continues;
}

// futex_wait_setup(): from the read of the word until the waiter is queued the lock is held, so a
// waker that changed the word before it takes the lock is either seen here or finds us there.
Progress compare_and_queue(Step& step, FutexWait& wait) {
  const bool has_bits = wait.bitset != 0 || step.is_on(id(Switch::FutexTakesEmptyBitset));
  const bool is_invalid = !has_bits || !is_valid_timeout(step, wait.timeout);
  if (is_invalid && !step.is_on(id(Switch::FutexComparesFirst))) return leave(step, -EINVAL);
  const bool compares = !step.is_on(id(Switch::FutexNoCompare));
  if (compares && read_word(step, wait.word) != wait.value) return leave(step, -EAGAIN);
  if (is_invalid) return leave(step, -EINVAL);
  if (step.is_on(id(Switch::FutexCompareOutsideLock))) {
    wait.at = At::Compared;
    return Progress::Continues;
  }
  return queue(step, wait);
}

// The end of futex_do_wait(), futex_unqueue() and the end of __futex_wait().
Progress unqueue(Step& step, FutexWait& wait) {
  const auto thread = static_cast<ThreadId>(wait.thread);
  kernel::set_current_state(step, kernel::kTaskRunning);
  const bool was_woken = !unqueue_waiter(step, 0);
  const bool timed_out = is_timed_out(step, wait);
  const bool is_interrupted = kernel::signal_pending(step, thread);
  const bool wake_loses = (timed_out && step.is_on(id(Switch::FutexTimeoutBeatsWake))) ||
                          (is_interrupted && step.is_on(id(Switch::FutexSignalBeatsWake)));
  if (was_woken && !wake_loses) return leave(step, 0);
  if (timed_out) return leave(step, step.is_on(id(Switch::FutexTimeoutIsSuccess)) ? 0 : -ETIMEDOUT);
  if (is_interrupted) {
    const bool has_timer = step.run(thread).timer != kernel::kTimerOff;
    if (has_timer && !step.is_on(id(Switch::FutexTimeoutRestarts))) {
      return leave(step, kernel::kRestartBlock);
    }
    const bool never_restarts = step.is_on(id(Switch::FutexNeverRestarts));
    return leave(step, never_restarts ? kernel::kRestartNoHand : kernel::kRestartSys);
  }
  if (step.is_on(id(Switch::FutexSpuriousReturns))) return leave(step, 0);
  wait.at = At::Comparing;  // Spurious: the same value again. The timer keeps running.
  return Progress::Continues;
}

// futex_do_wait(): looks without the lock whether a waker or the timer was faster than schedule().
Progress go_to_sleep(Step& step, FutexWait& wait) {
  const bool was_woken = !kernel::is_linked(step, kernel::my_entry(step));
  if (was_woken || is_timed_out(step, wait)) return unqueue(step, wait);
  wait.at = At::OffCpu;
  return Progress::Continues;
}

Progress step_wait(Step& step, FutexWait& wait) {
  WAKESIM_ASSERT(wait_enabled(step, wait));
  switch (wait.at) {
    case At::Comparing:
      return compare_and_queue(step, wait);
    case At::Compared:
      return queue(step, wait);
    case At::GoingToSleep:
      return go_to_sleep(step, wait);
    case At::Asleep:
    case At::OffCpu:
      return unqueue(step, wait);
  }
  WAKESIM_UNREACHABLE();
}

std::string_view wait_phase(const FutexWait& wait) {
  switch (wait.at) {
    case At::Comparing:
      return "compare and queue";
    case At::Compared:
      return "queue";
    case At::GoingToSleep:
      return "go to sleep";
    case At::Asleep:
    case At::OffCpu:
      return "unqueue";
  }
  WAKESIM_UNREACHABLE();
}

// As after a wake that somebody else's business caused: off the queue, 0.
void return_empty(Step& step, std::byte*) {
  unqueue_waiter(step, 0);
  kernel::set_current_state(step, kernel::kTaskRunning);
  leave(step, 0);
}

std::string subject(const View& view, const std::byte* frame) {
  return word_name(view, reinterpret_cast<const FutexWait*>(frame)->word);
}

template <std::size_t Timeout>
void effects_of_wait(Effects& effects, std::span<const PossibleValues> arguments) {
  effects.sleeps();
  effects_of_waiting(effects, arguments[0]);
  effects_of_timeout(effects, arguments[Timeout]);
}

constexpr Parameter kValue = {.name = "val"};
constexpr Parameter kTimeout = {
    .name = "timeout", .type = ParameterType::Duration, .is_optional = true, .fallback = kForever};
constexpr Parameter kCancellable = {.name = "cancellable",
                                    .type = ParameterType::Keyword,
                                    .is_optional = true,
                                    .makes_cancellation_point = true};

CallRow waiting_row() {
  CallRow row;
  row.wakes = "nobody";
  row.entries = 1;
  row.may_return_empty = true;
  row.return_empty = return_empty;
  row.subject = subject;
  return row;
}

}  // namespace

CallRow wait_row() {
  CallRow row = waiting_row();
  row.name = "futex_wait";
  row.parameters = {kWord, kValue, kTimeout, kCancellable};
  row.about =
      "Sleeps on the word if it still has this value; 0 when woken. The timeout is relative.";
  row.source = "kernel/futex/waitwake.c, futex_wait(); futex(2), FUTEX_WAIT";
  row.errors = {{"EAGAIN",
                 "the word does not have the value val, or has it no more when the "
                 "thread was woken for no reason and looks again"},
                {"ETIMEDOUT", "the timeout is over and nobody woke the thread"},
                {"EINTR", "a handler has run; without a timeout SA_RESTART makes the call again"},
                {"EINVAL", "the timeout is negative"}};
  bind_frame<FutexWait, begin_wait, wait_enabled, step_wait, wait_phase>(row);
  row.effects = effects_of_wait<2>;
  return row;
}

CallRow wait_bitset_row() {
  CallRow row = waiting_row();
  row.name = "futex_wait_bitset";
  row.parameters = {kWord, kValue, {.name = "bitset"}, kTimeout, kCancellable};
  row.about =
      "futex_wait for wakes whose bitset shares a bit with this one; the timeout is absolute.";
  row.source = "kernel/futex/waitwake.c, futex_wait(); futex(2), FUTEX_WAIT_BITSET";
  row.errors = {{"EAGAIN", "the word does not have the value val"},
                {"ETIMEDOUT", "the deadline has passed and nobody woke the thread"},
                {"EINTR", "a handler has run; without a timeout SA_RESTART makes the call again"},
                {"EINVAL", "bitset is 0, or the deadline is negative"}};
  bind_frame<FutexWait, begin_wait_bitset, wait_enabled, step_wait, wait_phase>(row);
  row.effects = effects_of_wait<3>;
  return row;
}

}  // namespace wakesim::futex
