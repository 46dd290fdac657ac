#include "models/futex_pollable.h"

#include <algorithm>
#include <vector>

#include "models/futex_bucket.h"
#include "models/signal.h"
#include "models/switches.h"
#include "sim/program/system.h"

namespace wakesim::futex {
namespace {

// All that there are; none if there is no such note.
struct Pollables {
  std::vector<ObjectId> all;
};
constexpr std::string_view kKey = "futex pollables";

const std::vector<ObjectId>& all_pollables(const View& view) {
  static const std::vector<ObjectId> none;
  const auto known = view.system().singletons.find(kKey);
  return known == view.system().singletons.end() ? none : view.object<Pollables>(known->second).all;
}

// send_sigio(): to the process of the thread that opened the descriptor, if that is still there.
void send_signal(Step& step, const PollableState& state) {
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

ObjectId make_pollable(Builder& builder, const std::string& name) {
  if (builder.singleton(kKey) == ObjectId{}) {
    builder.set_singleton(kKey, builder.emplace(std::string(kKey), Pollables{}));
  }
  Pollable pollable;
  pollable.state = builder.add_cell(name, PollableState{});
  pollable.waiter = builder.add_entry(pollable.state.cls, {}, {});
  pollable.pollers = kernel::make_wait_queue(builder, "pollers of " + name);
  const ObjectId object = builder.emplace(name, pollable);
  kernel::set_subject(builder, builder.record<Pollable>(object).pollers, object);
  builder.record<Pollables>(builder.singleton(kKey)).all.push_back(object);
  return object;
}

bool is_fired(const View& view, const Pollable& pollable) {
  return view.read(pollable.state).is_armed != 0 && !kernel::is_linked(view, pollable.waiter);
}

void arm(Step& step, ObjectId id, std::uint32_t word, const PollableState& state) {
  const Pollable& pollable = pollable_of(step, id);
  step.write(pollable.state, state);
  const kernel::EntryOptions options{
      .function = kernel::WakeFunction::FutexQ, .key = kMatchAny, .value = index(id)};
  kernel::add_wait_queue_entry_tail(step, {.list = step.list_of_word(static_cast<WordId>(word))},
                                    pollable.waiter, options);
}

void disarm(Step& step, const Pollable& pollable) {
  step.write(pollable.state, PollableState{});
  if (kernel::is_linked(step, pollable.waiter)) kernel::remove_wait_queue(step, pollable.waiter);
}

void effects_of_arming(Effects& effects, ObjectId id, WordId word) {
  effects_of_disarming(effects, id);
  effects.links(pollable_of(effects, id).waiter, effects.list_of_word(word));
}

void effects_of_disarming(Effects& effects, ObjectId id) {
  const System& system = effects.system();
  effects.writes(pollable_of(effects, id).state);
  for (const Word& word : system.words) {
    if (word.has_list) effects.writes(system.layout.lists[index(word.list)].cls);
  }
}

bool is_pollable(const View& view, EntryId waiter) { return view.owner(waiter) == kNoThread; }

bool mark_pollable(Step& step, EntryId waiter) {
  const Pollable& pollable = pollable_of(step, static_cast<ObjectId>(step.entry(waiter).value));
  kernel::remove_wait_queue(step, waiter);
  PollableState state = step.read(pollable.state);
  const std::uint32_t waker = index(step.thread()) + 1;
  std::uint32_t order = 0;
  for (const ObjectId other : all_pollables(step)) {
    const PollableState marked = step.read(pollable_of(step, other).state);
    if (marked.waker == waker) order = std::max(order, marked.order + 1);
  }
  state.waker = waker;
  state.order = order;
  step.write(pollable.state, state);
  return !step.is_on(id(Switch::FutexFdDoesNotCount));
}

bool has_marked(const View& view, ThreadId waker) {
  const auto& all = all_pollables(view);
  return std::any_of(all.begin(), all.end(), [&](ObjectId id) {
    return view.read(pollable_of(view, id).state).waker == index(waker) + 1;
  });
}

// None is left if they were all closed meanwhile.
void tell_pollable(Step& step) {
  const Pollable* next = nullptr;
  PollableState state{};
  for (const ObjectId id : all_pollables(step)) {
    const Pollable& pollable = pollable_of(step, id);
    const PollableState marked = step.read(pollable.state);
    if (marked.waker != index(step.thread()) + 1) continue;
    if (next != nullptr && state.order < marked.order) continue;
    next = &pollable;
    state = marked;
  }
  if (next == nullptr) return;
  PollableState told = state;
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
  if (all_pollables(view).empty()) return;
  for (const ObjectId id : all_pollables(view)) {
    effects.writes(pollable_of(effects, id).state);
    effects.wakes(pollable_of(effects, id).pollers.list);
  }
  if (!signals::has_signals(view)) return;
  signals::effects_of_sending(effects, {.first = signals::kProcess, .count = 1});
}

void effects_of_moving_pollables(Effects& effects, WordId to) {
  for (const ObjectId id : all_pollables(effects.records())) {
    effects.links(pollable_of(effects, id).waiter, effects.list_of_word(to));
  }
}

}  // namespace wakesim::futex
