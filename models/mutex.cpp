#include "models/mutex.h"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "sim/assert.h"
#include "sim/program/builder.h"
#include "sim/program/step.h"
#include "sim/state/layout.h"

namespace wakesim {
namespace {

struct Mutex {
  Cell<std::uint32_t> owner;  // 1 + thread, or 0 while it is free.
};

// A lock() in flight. There is one state, waiting for the owner to go; the guard is all there is.
struct Lock {
  std::uint64_t mutex;
};
static_assert(std::has_unique_object_representations_v<Lock>);

const Mutex& mutex_at(const View& view, std::int64_t handle) {
  return view.object<Mutex>(static_cast<ObjectId>(handle));
}

std::uint32_t owner_of(const View& view, const Lock& lock) {
  return view.read(mutex_at(view, static_cast<std::int64_t>(lock.mutex)).owner);
}

std::uint32_t as_owner(ThreadId thread) { return index(thread) + 1; }

std::int64_t create(Builder& builder, const std::string& name, std::span<const std::int64_t>) {
  return index(builder.emplace(name, Mutex{builder.add_cell(name, std::uint32_t{0})}));
}

std::string display(const View& view, std::int64_t handle) {
  const std::uint32_t owner = view.read(mutex_at(view, handle).owner);
  if (owner == 0) return "free";
  return "held by " + std::string(view.thread_name(static_cast<ThreadId>(owner - 1)));
}

void begin_lock(Step&, std::span<const std::int64_t> arguments, Lock& lock) {
  lock.mutex = static_cast<std::uint64_t>(arguments[0]);
}

bool lock_enabled(const View& view, const Lock& lock) { return owner_of(view, lock) == 0; }

Progress step_lock(Step& step, Lock& lock) {
  WAKESIM_ASSERT(lock_enabled(step, lock));
  const Mutex& mutex = mutex_at(step, static_cast<std::int64_t>(lock.mutex));
  step.write(mutex.owner, as_owner(step.thread()));
  return step.finish(0);
}

std::string_view lock_phase(const Lock&) { return "waiting for the owner"; }

// A thread that locks what it holds waits for itself: a cycle of one.
std::int64_t lock_owner(const View& view, const std::byte* frame) {
  const auto& lock = *reinterpret_cast<const Lock*>(frame);
  return static_cast<std::int64_t>(owner_of(view, lock)) - 1;
}

bool lock_condition(const View& view, const std::byte* frame) {
  return lock_enabled(view, *reinterpret_cast<const Lock*>(frame));
}

std::string lock_subject(const View& view, const std::byte* frame) {
  const auto& lock = *reinterpret_cast<const Lock*>(frame);
  return std::string(view.object_name(static_cast<ObjectId>(lock.mutex)));
}

// A failed attempt is only a read.
std::int64_t trylock(Step& step, std::span<const std::int64_t> arguments) {
  const Mutex& mutex = mutex_at(step, arguments[0]);
  if (step.read(mutex.owner) != 0) return 0;
  step.write(mutex.owner, as_owner(step.thread()));
  return 1;
}

std::int64_t unlock(Step& step, std::span<const std::int64_t> arguments) {
  const Mutex& mutex = mutex_at(step, arguments[0]);
  if (step.read(mutex.owner) != as_owner(step.thread())) {
    step.fault(Fault::InvalidUse, "unlock of a mutex that the thread does not hold");
    return 0;
  }
  step.write(mutex.owner, std::uint32_t{0});
  return 0;
}

std::int64_t holds(Step& step, std::span<const std::int64_t> arguments) {
  const std::uint32_t owner = step.read(mutex_at(step, arguments[1]).owner);
  return static_cast<std::int64_t>(owner) == arguments[0] + 1 && owner != 0 ? 1 : 0;
}

template <std::size_t Argument, bool IsWriter>
void effects(Effects& effects, std::span<const PossibleValues> arguments) {
  const PossibleValues& mutexes = arguments[Argument];
  WAKESIM_ASSERT(!mutexes.is_any);
  for (std::int64_t i = 0; i < mutexes.count; ++i) {
    const auto id = static_cast<ObjectId>(mutexes.first + i);
    if (IsWriter) {
      effects.writes(effects.object<Mutex>(id).owner);
    } else {
      effects.reads(effects.object<Mutex>(id).owner);
    }
  }
}

constexpr Parameter kMutex = {.name = "m", .type = ParameterType::Object, .kinds = "mutex"};

CallRow lock_row() {
  CallRow call;
  call.name = "lock";
  call.parameters = {kMutex};
  call.about = "Waits until the mutex is free and takes it, in one step. Gives 0.";
  call.source = "pthread_mutex_lock(3p), of an ideal mutex";
  call.wakes = "nobody";
  call.cost = Cost::Atomic;
  call.is_guarded = true;
  bind_frame<Lock, begin_lock, lock_enabled, step_lock, lock_phase>(call);
  call.condition = lock_condition;
  call.waits_for_owner = lock_owner;
  call.subject = lock_subject;
  call.effects = effects<0, true>;
  return call;
}

CallRow trylock_row() {
  CallRow call;
  call.name = "trylock";
  call.parameters = {kMutex};
  call.about = "Takes the mutex if it is free: 1 if taken, else 0 (also if the caller holds it).";
  call.source = "pthread_mutex_trylock(3p), of an ideal mutex";
  call.wakes = "nobody";
  call.cost = Cost::Atomic;
  call.primitive = trylock;
  call.effects = effects<0, true>;
  return call;
}

CallRow unlock_row() {
  CallRow call;
  call.name = "unlock";
  call.parameters = {kMutex};
  call.about = "Frees the mutex and gives 0; by a thread that does not hold it, an invalid use.";
  call.source = "pthread_mutex_unlock(3p), of an ideal mutex";
  call.wakes = "nobody in particular: whoever is in lock() may take it, in any order";
  call.cost = Cost::Atomic;
  call.primitive = unlock;
  call.effects = effects<0, true>;
  return call;
}

CallRow holds_row() {
  CallRow call;
  call.name = "holds";
  call.parameters = {{.name = "t", .type = ParameterType::Thread}, kMutex};
  call.about = "1 if thread t owns the mutex, else 0: an observation, not an operation.";
  call.source = "wakesim";
  call.wakes = "nobody";
  call.cost = Cost::Free;
  call.primitive = holds;
  call.is_pure = true;
  call.effects = effects<1, false>;
  return call;
}

}  // namespace

ModelTable mutex_model() {
  ModelTable table;
  table.name = "mutex";
  table.about = "An ideal mutex, for the parts of a program that are not in question.";
  table.objects = {{
      .kind = "mutex",
      .about = "Free, or owned by one thread.",
      .source = "pthread_mutex_lock(3p)",
      .create = create,
      .display = display,
  }};
  table.calls = {lock_row(), trylock_row(), unlock_row(), holds_row()};
  return table;
}

}  // namespace wakesim
