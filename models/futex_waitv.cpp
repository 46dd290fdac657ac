// futex_waitv(2): kernel/futex/waitwake.c, futex_wait_multiple().

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>

#include "models/futex_bucket.h"
#include "models/switches.h"
#include "sim/assert.h"
#include "sim/program/builder.h"

namespace wakesim::futex {
namespace {

// A futex_waitv() in flight. Words are queued, and left, one lock hold after the other.
//
//   Queueing 0 .. n-1 -- word i differs --> Unqueueing 0 .. i-1 --> the highest woken, or EAGAIN
//      |
//      v
//   Asleep -- a wake, the timer, or a waker that was faster than schedule()
//      |
//      v
//   Unqueueing 0 .. n-1 -- some word was woken --> the highest such index
//      |------------------ timer fired --> ETIMEDOUT
//      +------------------ woken for no reason --> Queueing
struct FutexWaitv {
  enum class At : std::uint8_t { Queueing, Asleep, Unqueueing };

  std::int64_t timeout;  // Nanoseconds; kForever once the timer runs.
  std::uint32_t thread;
  At at;
  std::uint8_t count;     // Of words.
  std::uint8_t position;  // The next word to queue or to leave.
  std::uint8_t queued;    // Of words, when Unqueueing began; less than count after a mismatch.
  std::uint8_t woken;     // 1 + the highest index found woken, or 0.
  bool is_over;           // The timeout was 0: the timer never ran.
  bool is_too_many;       // More words than futex_waitv() takes.
  std::array<std::uint8_t, 5> zero;
};
static_assert(std::has_unique_object_representations_v<FutexWaitv>);
static_assert(sizeof(FutexWaitv) % 8 == 0);  // The waiters stand right behind.

using At = FutexWaitv::At;

struct Waiter {
  std::uint32_t word;
  std::uint32_t value;
};
static_assert(std::has_unique_object_representations_v<Waiter>);

constexpr std::size_t kWaitersMax = 128;  // FUTEX_WAITV_MAX

Waiter waiter_at(const FutexWaitv& wait, std::size_t position) {
  Waiter waiter;
  std::memcpy(&waiter,
              reinterpret_cast<const std::byte*>(&wait) + sizeof(wait) + position * sizeof(waiter),
              sizeof(waiter));
  return waiter;
}

void set_waiter(FutexWaitv& wait, std::size_t position, Waiter waiter) {
  std::memcpy(reinterpret_cast<std::byte*>(&wait) + sizeof(wait) + position * sizeof(waiter),
              &waiter, sizeof(waiter));
}

// Arguments: the timeout, then word and value of each waiter.
void begin_waitv(Step& step, std::span<const std::int64_t> arguments, FutexWaitv& wait) {
  const std::uint32_t count = step.pair_count();
  wait = {.timeout = arguments[0],
          .thread = index(step.thread()),
          .at = At::Queueing,
          .count = static_cast<std::uint8_t>(count > kWaitersMax ? 0 : count),
          .position = 0,
          .queued = 0,
          .woken = 0,
          .is_over = false,
          .is_too_many = count > kWaitersMax,
          .zero = {}};
  for (std::size_t i = 0; i < count; ++i) {
    set_waiter(wait, i,
               {.word = static_cast<std::uint32_t>(arguments[1 + 2 * i]),
                .value = static_cast<std::uint32_t>(arguments[2 + 2 * i])});
  }
}

bool is_timed_out(const View& view, const FutexWaitv& wait) {
  return wait.is_over || kernel::timer_fired(view, static_cast<ThreadId>(wait.thread));
}

// futex_sleep_multiple() looks at all waiters without their locks before it calls schedule().
bool may_come_back(const View& view, const FutexWaitv& wait) {
  const auto thread = static_cast<ThreadId>(wait.thread);
  if (kernel::is_running(view, thread) || is_timed_out(view, wait)) return true;
  for (std::uint32_t i = 0; i < wait.count; ++i) {
    if (may_leave_early(view, thread, i)) return true;
  }
  return false;
}

bool waitv_enabled(const View& view, const FutexWaitv& wait) {
  switch (wait.at) {
    case At::Queueing:
    case At::Unqueueing:
      return true;
    case At::Asleep:
      return may_come_back(view, wait);
  }
  WAKESIM_UNREACHABLE();
}

Progress leave(Step& step, std::int64_t result) {
  kernel::disarm_timeout(step);
  return step.finish(result);
}

// What futex_unqueue_multiple() leads to.
Progress finish_unqueueing(Step& step, FutexWaitv& wait) {
  const bool is_mismatch = wait.queued < wait.count;
  const bool wake_loses =
      (is_mismatch && step.is_on(id(Switch::FutexWaitvMismatchBeatsWake))) ||
      (is_timed_out(step, wait) && step.is_on(id(Switch::FutexWaitvTimeoutBeatsWake)));
  if (wait.woken != 0 && !wake_loses) return leave(step, wait.woken - 1);
  if (is_mismatch) return leave(step, -EAGAIN);
  if (is_timed_out(step, wait)) return leave(step, -ETIMEDOUT);
  if (kernel::signal_pending(step, step.thread())) return leave(step, kernel::kRestartSys);
  wait.at = At::Queueing;
  wait.position = 0;
  wait.queued = 0;
  return Progress::Continues;
}

// futex_unqueue_multiple(), one word.
Progress unqueue_next(Step& step, FutexWaitv& wait) {
  const bool keeps_first = wait.woken != 0 && step.is_on(id(Switch::FutexWaitvLowestIndex));
  if (!unqueue_waiter(step, wait.position) && !keeps_first) {
    wait.woken = static_cast<std::uint8_t>(wait.position + 1);
  }
  ++wait.position;
  return wait.position < wait.queued ? Progress::Continues : finish_unqueueing(step, wait);
}

void start_unqueueing(FutexWaitv& wait, std::uint8_t queued) {
  wait.at = At::Unqueueing;
  wait.position = 0;
  wait.queued = queued;
}

// futex_wait_multiple(): the timer starts first, then the state is set, once for all words.
void enter(Step& step, FutexWaitv& wait) {
  if (wait.timeout != kForever) {
    wait.is_over = start_timeout(step, wait.timeout, true);
    wait.timeout = kForever;
  }
  kernel::set_current_state(step, kernel::kTaskInterruptible);
}

// futex_wait_multiple_setup(), one word: compare and queue in one lock hold.
Progress queue_next(Step& step, FutexWaitv& wait) {
  const bool is_valid =
      wait.count != 0 && !wait.is_too_many && is_valid_timeout(step, wait.timeout);
  const bool is_nothing = wait.count == 0 && !wait.is_too_many;
  if (is_nothing && step.is_on(id(Switch::FutexWaitvTakesNothing))) return step.finish(0);
  if (!is_valid) return step.finish(-EINVAL);
  if (wait.position == 0) enter(step, wait);
  const Waiter waiter = waiter_at(wait, wait.position);
  const bool compares = wait.position == 0 || !step.is_on(id(Switch::FutexWaitvComparesFirst));
  if (compares && read_word(step, waiter.word) != waiter.value) {
    kernel::set_current_state(step, kernel::kTaskRunning);
    const std::uint8_t queued = wait.position;
    start_unqueueing(wait, queued);
    return queued == 0 ? finish_unqueueing(step, wait) : Progress::Continues;
  }
  queue_waiter(step, waiter.word, wait.position, kMatchAny);
  if (++wait.position < wait.count) return Progress::Continues;
  wait.at = At::Asleep;
  note_sleep(step, waiter_at(wait, 0).word, may_come_back(step, wait));
  return Progress::Continues;
}

// The end of the sleep, and the first word to leave.
Progress come_back(Step& step, FutexWaitv& wait) {
  kernel::set_current_state(step, kernel::kTaskRunning);
  start_unqueueing(wait, wait.count);
  return unqueue_next(step, wait);
}

Progress step_waitv(Step& step, FutexWaitv& wait) {
  WAKESIM_ASSERT(waitv_enabled(step, wait));
  switch (wait.at) {
    case At::Queueing:
      return queue_next(step, wait);
    case At::Asleep:
      return come_back(step, wait);
    case At::Unqueueing:
      return unqueue_next(step, wait);
  }
  WAKESIM_UNREACHABLE();
}

std::string_view waitv_phase(const FutexWaitv& wait) {
  switch (wait.at) {
    case At::Queueing:
      return "compare and queue";
    case At::Asleep:
    case At::Unqueueing:
      return "unqueue";
  }
  WAKESIM_UNREACHABLE();
}

void return_empty(Step& step, std::byte* frame) {
  const auto& wait = *reinterpret_cast<const FutexWaitv*>(frame);
  for (std::uint32_t i = 0; i < wait.count; ++i) unqueue_waiter(step, i);
  kernel::set_current_state(step, kernel::kTaskRunning);
  leave(step, 0);
}

std::string subject(const View& view, const std::byte* frame) {
  const auto& wait = *reinterpret_cast<const FutexWaitv*>(frame);
  std::string names;
  for (std::size_t i = 0; i < wait.count; ++i) {
    if (i > 0) names += ' ';
    names += word_name(view, waiter_at(wait, i).word);
  }
  return names;
}

void effects_of_waitv(Effects& effects, std::span<const PossibleValues> arguments) {
  effects.sleeps();
  effects_of_timeout(effects, arguments[0]);
  for (std::size_t i = 1; i < arguments.size(); i += 2) effects_of_waiting(effects, arguments[i]);
}

}  // namespace

CallRow waitv_row() {
  CallRow row;
  row.name = "futex_waitv";
  row.parameters = {{.name = "waiters",
                     .type = ParameterType::Pairs,
                     .pair = "wait",
                     .pair_first = ParameterType::Word},
                    {.name = "timeout",
                     .type = ParameterType::Duration,
                     .is_optional = true,
                     .fallback = kForever}};
  row.about =
      "Sleeps on several words, each of which must have its value; gives the index of one that was "
      "woken. The timeout is absolute.";
  row.source = "kernel/futex/waitwake.c, futex_wait_multiple(); futex_waitv(2)";
  row.errors = {{"EAGAIN", "a word does not have its value, and no word queued before was woken"},
                {"ETIMEDOUT", "the deadline has passed and no word was woken"},
                {"EINTR", "a handler has run; SA_RESTART makes the call again"},
                {"EINVAL", "no words, more than 128, or a negative deadline"}};
  row.wakes = "nobody";
  row.tail_bytes = sizeof(Waiter);
  row.entries_per_pair = 1;
  row.may_return_empty = true;
  row.return_empty = return_empty;
  bind_frame<FutexWaitv, begin_waitv, waitv_enabled, step_waitv, waitv_phase>(row);
  row.subject = subject;
  row.effects = effects_of_waitv;
  return row;
}

}  // namespace wakesim::futex
