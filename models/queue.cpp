#include "models/queue.h"

#include <cerrno>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "sim/assert.h"
#include "sim/program/builder.h"
#include "sim/program/step.h"
#include "sim/program/system.h"
#include "sim/state/layout.h"

namespace wakesim {
namespace {

// More is a mistake in the scenario: every place is part of every state.
constexpr std::int64_t kCapacityMax = 65536;
constexpr std::int64_t kShownMax = 8;

// In the state the items are dense and in order, and unused places are zero: equal queues have
// equal bytes, however they came about. All cells share one conflict class.
struct Queue {
  Cell<std::int64_t> length;
  std::vector<Cell<std::int64_t>> items;
};

const Queue& queue_at(const View& view, std::int64_t handle) {
  return view.object<Queue>(static_cast<ObjectId>(handle));
}

std::int64_t create(Builder& builder, const std::string& name,
                    std::span<const std::int64_t> arguments) {
  const std::int64_t capacity = arguments[0];
  Queue queue;
  if (capacity < 1 || capacity > kCapacityMax) {
    builder.error("a queue holds 1 to 65536 items, not " + std::to_string(capacity));
  } else {
    const ClassId cls = builder.add_class(name);
    queue.length = builder.add_cell(std::int64_t{0}, cls);
    for (std::int64_t i = 0; i < capacity; ++i) {
      queue.items.push_back(builder.add_cell(std::int64_t{0}, cls));
    }
  }
  return index(builder.emplace(name, std::move(queue)));
}

std::string display(const View& view, std::int64_t handle) {
  const Queue& queue = queue_at(view, handle);
  const std::int64_t length = view.read(queue.length);
  std::string text = "[";
  for (std::int64_t i = 0; i < length && i < kShownMax; ++i) {
    if (i > 0) text += ' ';
    text += std::to_string(view.read(queue.items[static_cast<std::size_t>(i)]));
  }
  if (length > kShownMax) text += " ...";
  return text + "]";
}

// Takes the item at `position` out; what stands behind it moves up.
void erase(Step& step, const Queue& queue, std::int64_t length, std::size_t position) {
  const auto last = static_cast<std::size_t>(length - 1);
  for (std::size_t i = position; i < last; ++i) {
    step.write(queue.items[i], step.read(queue.items[i + 1]));
  }
  step.write(queue.items[last], std::int64_t{0});
  step.write(queue.length, length - 1);
}

std::int64_t push(Step& step, std::span<const std::int64_t> arguments) {
  const Queue& queue = queue_at(step, arguments[0]);
  const std::int64_t length = step.read(queue.length);
  if (static_cast<std::size_t>(length) == queue.items.size()) {
    step.fault(Fault::InvalidUse, "push on a full queue");
    return 0;
  }
  step.write(queue.items[static_cast<std::size_t>(length)], arguments[1]);
  step.write(queue.length, length + 1);
  return 0;
}

std::int64_t pop(Step& step, std::span<const std::int64_t> arguments) {
  const Queue& queue = queue_at(step, arguments[0]);
  const std::int64_t length = step.read(queue.length);
  if (length == 0) return -EAGAIN;
  const std::int64_t value = step.read(queue.items[0]);
  erase(step, queue, length, 0);
  return value;
}

std::int64_t front(Step& step, std::span<const std::int64_t> arguments) {
  const Queue& queue = queue_at(step, arguments[0]);
  return step.read(queue.length) == 0 ? -EAGAIN : step.read(queue.items[0]);
}

std::int64_t drain(Step& step, std::span<const std::int64_t> arguments) {
  const Queue& queue = queue_at(step, arguments[0]);
  const std::int64_t length = step.read(queue.length);
  if (length == 0) return 0;
  for (std::size_t i = 0; i < static_cast<std::size_t>(length); ++i) {
    step.write(queue.items[i], std::int64_t{0});
  }
  step.write(queue.length, std::int64_t{0});
  return length;
}

std::int64_t remove(Step& step, std::span<const std::int64_t> arguments) {
  const Queue& queue = queue_at(step, arguments[0]);
  const std::int64_t length = step.read(queue.length);
  for (std::size_t i = 0; i < static_cast<std::size_t>(length); ++i) {
    if (step.read(queue.items[i]) != arguments[1]) continue;
    erase(step, queue, length, i);
    return 1;
  }
  return 0;
}

std::int64_t len(Step& step, std::span<const std::int64_t> arguments) {
  return step.read(queue_at(step, arguments[0]).length);
}

template <bool IsWriter>
void effects(Effects& effects, std::span<const PossibleValues> arguments) {
  const PossibleValues& queues = arguments[0];
  WAKESIM_ASSERT(!queues.is_any);
  for (std::int64_t i = 0; i < queues.count; ++i) {
    const auto id = static_cast<ObjectId>(queues.first + i);
    if (IsWriter) {
      effects.writes(effects.object<Queue>(id).length);
    } else {
      effects.reads(effects.object<Queue>(id).length);
    }
  }
}

using Primitive = std::int64_t (*)(Step&, std::span<const std::int64_t>);

CallRow row(std::string_view name, std::string_view about, Primitive primitive) {
  CallRow call;
  call.name = name;
  call.about = about;
  call.source = "a std::deque under a lock";
  call.parameters = {{.name = "q", .type = ParameterType::Object, .kinds = "queue"}};
  call.primitive = primitive;
  call.effects = effects<true>;
  call.wakes = "nobody: a queue is plain memory";
  call.cost = Cost::User;
  return call;
}

CallRow with_value(CallRow call) {
  call.parameters.push_back({.name = "v"});
  return call;
}

CallRow pure(CallRow call) {
  call.is_pure = true;
  call.effects = effects<false>;
  return call;
}

CallRow empty_is_eagain(CallRow call) {
  call.errors = {{"EAGAIN", "the queue is empty"}};
  return call;
}

}  // namespace

ModelTable queue_model() {
  ModelTable table;
  table.name = "queue";
  table.about = "A bounded FIFO of numbers, a data structure of the program.";
  table.objects = {{
      .kind = "queue",
      .parameters = {{.name = "capacity"}},
      .about = "A FIFO of 64-bit numbers. Every operation is one step.",
      .source = "a std::deque under a lock",
      .create = create,
      .display = display,
  }};
  table.calls = {
      with_value(row("push", "Appends v and gives 0; on a full queue it is an invalid use.", push)),
      empty_is_eagain(row("pop", "Takes the oldest item out and gives it.", pop)),
      pure(empty_is_eagain(row("front", "Gives the oldest item and leaves it.", front))),
      row("drain", "Empties the queue and gives the number of items it held.", drain),
      with_value(
          row("remove", "Takes out the oldest item that equals v: 1, or 0 if none.", remove)),
      pure(row("len", "Gives the number of items.", len)),
  };
  return table;
}

bool is_queued(const View& view, std::int64_t value) {
  for (const DeclaredObject& object : view.system().objects) {
    if (object.row->kind != "queue") continue;
    const auto end = object.handle + static_cast<std::int64_t>(object.shape.count());
    for (std::int64_t handle = object.handle; handle < end; ++handle) {
      const Queue& queue = queue_at(view, handle);
      const std::int64_t length = view.read(queue.length);
      for (std::int64_t i = 0; i < length; ++i) {
        if (view.read(queue.items[static_cast<std::size_t>(i)]) == value) return true;
      }
    }
  }
  return false;
}

}  // namespace wakesim
