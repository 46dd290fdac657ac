#include "models/futex_fd.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "models/file.h"
#include "models/futex_bucket.h"
#include "models/futex_pollable.h"
#include "models/kernel.h"
#include "models/switches.h"
#include "sim/program/step.h"

namespace wakesim {
namespace {

using file::FileId;
using file::OpenFile;

constexpr std::int64_t kSignalMax = 64;  // _NSIG

// ---- The file -----------------------------------------------------------------------------------

kernel::WaitQueue poll_queue(const View& view, const OpenFile& open) {
  return futex::pollable_of(view, open.object).pollers;
}

std::uint32_t poll_loads(const View&, const OpenFile&) { return 1; }

// Follows futex_poll() behind its poll_wait(): off the queue means woken, once and for all. Asked
// without the bucket lock: who takes it off wakes the pollers afterwards.
std::uint32_t poll_load(const View& view, const OpenFile& open, std::uint32_t) {
  const bool is_ready = futex::is_fired(view, futex::pollable_of(view, open.object)) &&
                        !view.is_on(id(Switch::FutexFdPollForgetsIn));
  return is_ready ? file::kIn | file::kRdNorm : 0u;
}

void poll_effects(Effects& effects, const OpenFile& open) {
  const futex::Pollable& pollable = futex::pollable_of(effects, open.object);
  effects.reads(pollable.state);
  effects.enqueues(pollable.pollers.list);
}

// Follows futex_close(). The kernel's close waits for the bucket lock, and then nobody polls; here
// a waker that has it in hand finds nobody to tell.
void release(Step& step, const OpenFile& open) {
  if (step.is_on(id(Switch::FutexFdCloseStaysQueued))) return;
  futex::disarm(step, futex::pollable_of(step, open.object));
}

void release_effects(Effects& effects, const OpenFile& open) {
  futex::effects_of_disarming(effects, open.object);
}

// No read and no write method, and the file is not open for either.
const file::FileOperations& operations() {
  static const file::FileOperations& registered = file::register_kind([] {
    file::FileOperations result;
    result.kind = "futex_fd";
    result.poll = {poll_queue, nullptr, poll_loads, poll_load, poll_effects};
    result.release = release;
    result.release_effects = release_effects;
    return result;
  }());
  return registered;
}

// ---- FUTEX_FD -----------------------------------------------------------------------------------

struct Call {
  std::uint32_t word;
  std::int32_t signal;
};
static_assert(std::has_unique_object_representations_v<Call>);

void begin_call(Step&, std::span<const std::int64_t> arguments, Call& call) {
  const std::int64_t signal = std::clamp<std::int64_t>(arguments[1], -1, kSignalMax + 1);
  call = {.word = static_cast<std::uint32_t>(arguments[0]),
          .signal = static_cast<std::int32_t>(signal)};
}

bool call_enabled(const View&, const Call&) { return true; }

// Queued first, and then the number leads to the file. Until it does nobody can poll, and a wake
// that comes between the two is one that comes right behind both.
Progress step_call(Step& step, Call& call) {
  const bool is_signal = call.signal >= 0 && call.signal <= kSignalMax;
  if (!is_signal && !step.is_on(id(Switch::FutexFdTakesAnySignal))) return step.finish(-EINVAL);
  const FileId file = file::find_unused(step, operations());
  const std::int64_t number = file == file::kNoFile ? -EMFILE : file::install(step, file, 0);
  if (number < 0) {
    step.note_bound();  // The model's pool is smaller than the kernel's limit.
    return step.finish(number);
  }
  const ObjectId object = file::open_file(step, file).object;
  futex::disarm(step, futex::pollable_of(step, object));  // futex_fd.close-stays-queued
  futex::PollableState state{.is_armed = 1};
  if (is_signal && call.signal > 0) {
    state.owner = index(step.thread()) + 1;
    state.signal = static_cast<std::uint32_t>(call.signal);
  }
  futex::arm(step, object, call.word, state);
  return step.finish(number);
}

std::string_view call_phase(const Call&) { return "queue, install number"; }

std::string call_subject(const View& view, const std::byte* frame) {
  return futex::word_name(view, reinterpret_cast<const Call*>(frame)->word);
}

void call_effects(Effects& effects, std::span<const PossibleValues> arguments) {
  for (const OpenFile* open : file::open_effects(effects, operations())) {
    futex::for_each_word(
        arguments[0], [&](WordId word) { futex::effects_of_arming(effects, open->object, word); });
  }
}

CallRow call_row() {
  CallRow row;
  row.name = "futex_fd";
  row.parameters = {futex::kWord, {.name = "signal", .is_optional = true}};
  row.about =
      "Opens a descriptor that waits on the word, whatever its value: readable once a wake has "
      "taken it.";
  row.source = "futex_fd() in kernel/futex.c, Linux 2.6.25; futex(2), FUTEX_FD";
  row.errors = {{"EINVAL", "signal is no signal's number"},
                {"EMFILE", "no number is free; the bound follows from the calls in the program"}};
  row.wakes = "nobody";
  bind_frame<Call, begin_call, call_enabled, step_call, call_phase>(row);
  row.subject = call_subject;
  row.effects = call_effects;
  return row;
}

}  // namespace

// ---- While the scenario is loaded ---------------------------------------------------------------

void make_futex_fd_pool(Builder& builder) {
  const std::size_t count = builder.call_sites("futex_fd");
  for (std::size_t i = 0; i < count; ++i) {
    OpenFile open;
    open.name = "futex_fd() no. " + std::to_string(i + 1);
    open.operations = &operations();
    open.object = futex::make_pollable(builder, open.name);
    file::add_to_pool(builder, open);
  }
}

ModelTable futex_fd_model() {
  ModelTable table;
  table.name = "futex_fd";
  table.about = "FUTEX_FD: a descriptor that waits on a word, without a look at it.";
  table.calls = {call_row()};
  table.switches = {
      planted_mistake(Switch::FutexFdWakesNobody, "futex_fd.wakes-nobody",
                      "A wake takes the descriptor off the queue and wakes nobody who polls it."),
      planted_mistake(Switch::FutexFdPollForgetsIn, "futex_fd.poll-forgets-in",
                      "A descriptor that was woken is not readable."),
      planted_mistake(Switch::FutexFdDoesNotCount, "futex_fd.does-not-count",
                      "A descriptor that was woken does not count: the next waiter is woken too."),
      planted_mistake(Switch::FutexFdCloseStaysQueued, "futex_fd.close-stays-queued",
                      "A descriptor that is closed stays on the word's queue."),
      planted_mistake(Switch::FutexFdSendsNoSignal, "futex_fd.sends-no-signal",
                      "The signal that the call asked for is not sent."),
      planted_mistake(Switch::FutexFdSignalsThread, "futex_fd.signals-thread",
                      "The signal goes to the thread that opened the descriptor."),
      planted_mistake(Switch::FutexFdTakesAnySignal, "futex_fd.takes-any-signal",
                      "A number that is no signal is no error: nothing is sent."),
  };
  return table;
}

}  // namespace wakesim
