#include "models/sleep.h"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "models/kernel.h"
#include "sim/assert.h"
#include "sim/program/builder.h"
#include "sim/program/step.h"

namespace wakesim {
namespace {

// A nanosleep() in flight.
//
//   Entering -- timer started, state INTERRUPTIBLE --> Asleep
//   Asleep -- timer fired --> 0
//     ^ |
//     +-+ woken by something else: asleep again, the timer runs on
struct Nanosleep {
  enum class At : std::uint8_t { Entering, Asleep };

  std::int64_t duration;
  std::uint32_t thread;
  At at;
  std::array<std::uint8_t, 3> zero;
};
static_assert(std::has_unique_object_representations_v<Nanosleep>);

using At = Nanosleep::At;

void begin_sleep(Step& step, std::span<const std::int64_t> arguments, Nanosleep& sleep) {
  sleep = {
      .duration = arguments[0], .thread = index(step.thread()), .at = At::Entering, .zero = {}};
}

bool sleep_enabled(const View& view, const Nanosleep& sleep) {
  switch (sleep.at) {
    case At::Entering:
      return true;
    case At::Asleep:
      return kernel::is_running(view, static_cast<ThreadId>(sleep.thread));
  }
  WAKESIM_UNREACHABLE();
}

void go_to_sleep(Step& step) {
  kernel::set_current_state(step, kernel::kTaskInterruptible);
  if (step.is_traced()) step.note({StepEvent::Kind::Slept, step.thread(), 0, {}});
}

// do_nanosleep(), first half of the loop.
Progress enter(Step& step, Nanosleep& sleep) {
  if (sleep.duration < 0 && sleep.duration != kForever) return step.finish(-EINVAL);
  if (sleep.duration == 0) return step.finish(0);
  kernel::arm_timeout(step, sleep.duration);
  sleep.duration = kForever;  // The timer knows.
  sleep.at = At::Asleep;
  go_to_sleep(step);
  return Progress::Continues;
}

// Second half: back to sleep while the timer has not fired. The kernel sets the state before it
// looks at the timer again, so the two can be one step.
Progress come_back(Step& step) {
  const bool is_over = kernel::timer_fired(step, step.thread());
  const bool is_interrupted = !is_over && kernel::signal_pending(step, step.thread());
  if (!is_over && !is_interrupted) {
    go_to_sleep(step);
    return Progress::Continues;
  }
  kernel::set_current_state(step, kernel::kTaskRunning);
  kernel::disarm_timeout(step);
  return step.finish(is_interrupted ? kernel::kRestartBlock : 0);
}

Progress step_sleep(Step& step, Nanosleep& sleep) {
  WAKESIM_ASSERT(sleep_enabled(step, sleep));
  switch (sleep.at) {
    case At::Entering:
      return enter(step, sleep);
    case At::Asleep:
      return come_back(step);
  }
  WAKESIM_UNREACHABLE();
}

std::string_view sleep_phase(const Nanosleep& sleep) {
  switch (sleep.at) {
    case At::Entering:
      return "go to sleep";
    case At::Asleep:
      return "come back";
  }
  WAKESIM_UNREACHABLE();
}

// It returns only with its time over.
bool condition(const View& view, const std::byte* frame) {
  const auto& sleep = *reinterpret_cast<const Nanosleep*>(frame);
  return kernel::timer_fired(view, static_cast<ThreadId>(sleep.thread));
}

void effects(Effects& effects, std::span<const PossibleValues> arguments) {
  effects.sleeps();
  if (!arguments[0].is_single() || arguments[0].first > 0) effects.arms_timer();
}

CallRow nanosleep_row() {
  CallRow row;
  row.name = "nanosleep";
  row.parameters = {{.name = "duration", .type = ParameterType::Duration}};
  row.about = "Sleeps for the duration and gives 0; `inf` sleeps for ever, 0 not at all.";
  row.source = "kernel/time/hrtimer.c, hrtimer_nanosleep(); nanosleep(2)";
  row.errors = {{"EINVAL", "the duration is negative"}, {"EINTR", "a handler has run"}};
  row.wakes = "nobody";
  row.is_cancellation_point = true;
  bind_frame<Nanosleep, begin_sleep, sleep_enabled, step_sleep, sleep_phase>(row);
  row.condition = condition;
  row.effects = effects;
  return row;
}

}  // namespace

ModelTable sleep_model() {
  ModelTable table;
  table.name = "sleep";
  table.about = "Sleeping for a time.";
  table.calls = {nanosleep_row()};
  return table;
}

}  // namespace wakesim
