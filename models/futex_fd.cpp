#include "models/futex_fd.h"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/file.h"
#include "models/futex_bucket.h"
#include "models/signal.h"
#include "models/switches.h"
#include "sim/assert.h"
#include "sim/program/step.h"
#include "sim/program/system.h"

namespace wakesim {
namespace {

using file::FileId;
using file::OpenFile;

// The futex_q of a file, and its f_owner.
struct DescriptorState {
  std::uint32_t owner;   // 1 + the thread that opened it, or 0: nobody gets a signal.
  std::uint32_t signal;  // f_owner.signum
  std::uint32_t waker;   // 1 + the thread that took it off the queue and has yet to tell, or 0.
  std::uint32_t order;   // Of those that this waker has to tell.
};
static_assert(std::has_unique_object_representations_v<DescriptorState>);

struct Descriptor {
  EntryId waiter{};  // Of the class of `state`.
  Cell<DescriptorState> state;
  kernel::WaitQueue pollers;  // futex_q::waiters
};

// Every descriptor that may exist; none if there is no such note.
struct Descriptors {
  std::vector<ObjectId> all;
};
constexpr std::string_view kKey = "futex_fd";

constexpr std::int64_t kSignalMax = 64;  // _NSIG

const std::vector<ObjectId>& all_descriptors(const View& view) {
  static const std::vector<ObjectId> none;
  const auto known = view.system().singletons.find(kKey);
  return known == view.system().singletons.end() ? none
                                                 : view.object<Descriptors>(known->second).all;
}

const Descriptor& descriptor_of(const View& view, ObjectId id) {
  return view.object<Descriptor>(id);
}
const Descriptor& descriptor_of(const Effects& effects, ObjectId id) {
  return effects.object<Descriptor>(id);
}

ClassId class_of(const Effects& effects, ListId list) {
  return effects.system().layout.lists[index(list)].cls;
}

// ---- The file -----------------------------------------------------------------------------------

kernel::WaitQueue poll_queue(const View& view, const OpenFile& open) {
  return descriptor_of(view, open.object).pollers;
}

std::uint32_t poll_loads(const View&, const OpenFile&) { return 1; }

// Follows futex_poll() behind its poll_wait(): off the queue means woken, once and for all. Asked
// without the bucket lock: who takes it off wakes the pollers afterwards.
std::uint32_t poll_load(const View& view, const OpenFile& open, std::uint32_t) {
  const bool is_queued = kernel::is_linked(view, descriptor_of(view, open.object).waiter);
  const bool is_ready = !is_queued && !view.is_on(id(Switch::FutexFdPollForgetsIn));
  return is_ready ? file::kIn | file::kRdNorm : 0u;
}

void poll_effects(Effects& effects, const OpenFile& open) {
  const Descriptor& descriptor = descriptor_of(effects, open.object);
  effects.reads(descriptor.state);
  effects.enqueues(descriptor.pollers.list);
}

// Follows futex_close(). A waker that has it in hand finds nobody to tell: the kernel's close waits
// for the bucket lock instead, and then nobody polls.
void release(Step& step, const OpenFile& open) {
  const Descriptor& descriptor = descriptor_of(step, open.object);
  step.write(descriptor.state, DescriptorState{});
  if (step.is_on(id(Switch::FutexFdCloseStaysQueued))) return;
  if (kernel::is_linked(step, descriptor.waiter)) {
    kernel::remove_wait_queue(step, descriptor.waiter);
  }
}

// On whichever word's queue it stands by then.
void release_effects(Effects& effects, const OpenFile& open) {
  effects.writes(descriptor_of(effects, open.object).state);
  for (const Word& word : effects.system().words) {
    if (word.has_list) effects.writes(class_of(effects, word.list));
  }
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
  const Descriptor& descriptor = descriptor_of(step, file::open_file(step, file).object);
  // futex_fd.close-stays-queued
  if (kernel::is_linked(step, descriptor.waiter)) {
    kernel::remove_wait_queue(step, descriptor.waiter);
  }
  const bool has_owner = call.signal > 0 && is_signal;
  step.write(descriptor.state,
             DescriptorState{.owner = has_owner ? index(step.thread()) + 1 : 0,
                             .signal = has_owner ? static_cast<std::uint32_t>(call.signal) : 0,
                             .waker = 0,
                             .order = 0});
  const kernel::EntryOptions options{.function = kernel::WakeFunction::FutexQ,
                                     .key = futex::kMatchAny,
                                     .value = index(file::open_file(step, file).object)};
  kernel::add_wait_queue_entry_tail(step,
                                    {.list = step.list_of_word(static_cast<WordId>(call.word))},
                                    descriptor.waiter, options);
  return step.finish(number);
}

std::string_view call_phase(const Call&) { return "queue, install number"; }

std::string call_subject(const View& view, const std::byte* frame) {
  return futex::word_name(view, reinterpret_cast<const Call*>(frame)->word);
}

void call_effects(Effects& effects, std::span<const PossibleValues> arguments) {
  for (const OpenFile* open : file::open_effects(effects, operations())) {
    const Descriptor& descriptor = descriptor_of(effects, open->object);
    release_effects(effects, *open);
    futex::for_each_word(arguments[0], [&](WordId word) {
      effects.links(descriptor.waiter, effects.list_of_word(word));
    });
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

namespace futex {

bool is_descriptor(const View& view, EntryId waiter) { return view.owner(waiter) == kNoThread; }

bool mark_descriptor(Step& step, EntryId waiter) {
  const Descriptor& descriptor =
      descriptor_of(step, static_cast<ObjectId>(step.entry(waiter).value));
  kernel::remove_wait_queue(step, waiter);
  DescriptorState state = step.read(descriptor.state);
  const std::uint32_t waker = index(step.thread()) + 1;
  std::uint32_t order = 0;
  for (const ObjectId other : all_descriptors(step)) {
    const DescriptorState marked = step.read(descriptor_of(step, other).state);
    if (marked.waker == waker) order = std::max(order, marked.order + 1);
  }
  state.waker = waker;
  state.order = order;
  step.write(descriptor.state, state);
  return !step.is_on(id(Switch::FutexFdDoesNotCount));
}

bool has_marked(const View& view, ThreadId waker) {
  const auto& all = all_descriptors(view);
  return std::any_of(all.begin(), all.end(), [&](ObjectId id) {
    return view.read(descriptor_of(view, id).state).waker == index(waker) + 1;
  });
}

namespace {

// send_sigio(): to the process of the thread that opened the descriptor, if that is still there.
void send_signal(Step& step, const DescriptorState& state) {
  if (state.owner == 0 || step.is_on(id(Switch::FutexFdSendsNoSignal))) return;
  if (!signals::has_signals(step)) return;  // Nobody could take it.
  const auto owner = static_cast<ThreadId>(state.owner - 1);
  if (step.has_ended(owner)) return;
  if (step.is_on(id(Switch::FutexFdSignalsThread))) {
    signals::send_to_thread(step, owner, state.signal);
  } else {
    signals::send_to_process(step, state.signal);
  }
}

}  // namespace

// The next one in the order of the queue; none if those that were left have been closed meanwhile.
void tell_descriptor(Step& step) {
  const Descriptor* next = nullptr;
  DescriptorState state{};
  for (const ObjectId id : all_descriptors(step)) {
    const Descriptor& descriptor = descriptor_of(step, id);
    const DescriptorState marked = step.read(descriptor.state);
    if (marked.waker != index(step.thread()) + 1) continue;
    if (next != nullptr && state.order < marked.order) continue;
    next = &descriptor;
    state = marked;
  }
  if (next == nullptr) return;
  DescriptorState told = state;
  told.waker = 0;
  told.order = 0;
  step.write(next->state, told);
  send_signal(step, state);
  if (!step.is_on(id(Switch::FutexFdWakesNobody))) {
    kernel::wake_up(step, next->pollers, {.exclusive = 0});
  }
}

void effects_of_telling(Effects& effects) {
  const View view = effects.records();
  if (all_descriptors(view).empty()) return;
  for (const ObjectId id : all_descriptors(view)) {
    const Descriptor& descriptor = descriptor_of(effects, id);
    effects.writes(descriptor.state);
    effects.wakes(descriptor.pollers.list);
  }
  if (!signals::has_signals(view)) return;
  signals::effects_of_sending(effects, {.first = signals::kProcess, .count = 1});
}

void effects_of_moving_descriptors(Effects& effects, WordId to) {
  for (const ObjectId id : all_descriptors(effects.records())) {
    effects.links(descriptor_of(effects, id).waiter, effects.list_of_word(to));
  }
}

}  // namespace futex

// ---- While the scenario is loaded ---------------------------------------------------------------

void make_futex_fd_pool(Builder& builder) {
  const std::size_t count = builder.call_sites("futex_fd");
  if (count == 0) return;
  Descriptors descriptors;
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name = "futex_fd() no. " + std::to_string(i + 1);
    Descriptor descriptor;
    descriptor.state = builder.add_cell(name, DescriptorState{});
    descriptor.waiter = builder.add_entry(descriptor.state.cls, {});
    descriptor.pollers = kernel::make_wait_queue(builder, "pollers of " + name);
    const ObjectId object = builder.emplace(name, descriptor);
    kernel::set_subject(builder, builder.record<Descriptor>(object).pollers, object);
    descriptors.all.push_back(object);
    OpenFile open;
    open.name = name;
    open.operations = &operations();
    open.object = object;
    file::add_to_pool(builder, open);
  }
  builder.set_singleton(kKey, builder.emplace(std::string(kKey), std::move(descriptors)));
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
