#include "properties/leak.h"

#include <algorithm>
#include <cstring>

#include "models/queue.h"
#include "sim/program/system.h"

namespace wakesim {
namespace {

// A local whose value the thread may still read.
bool is_live(const Code& code, std::uint16_t pc, std::uint32_t local) {
  const std::uint64_t* live = code.live.data() + std::size_t{pc} * code.live_words;
  return (live[local >> 6] >> (local & 63) & 1) != 0;
}

bool holds(const Executor& executor, const std::byte* state, ThreadId thread, std::int64_t number) {
  const System& system = executor.system();
  const ThreadLayout& layout = system.layout.threads[index(thread)];
  const Code& code = system.code_of(thread);
  const std::uint16_t pc = executor.pc(state, thread);
  for (std::uint32_t local = 0; local < layout.locals_count; ++local) {
    if (!is_live(code, pc, local)) continue;
    std::int64_t value = 0;
    std::memcpy(&value, state + layout.locals + 8 * local, sizeof(value));
    if (value == number) return true;
  }
  return false;
}

bool is_shared(const View& view, std::int64_t number) {
  const std::size_t words = view.system().words.size();
  for (std::size_t word = 0; word < words; ++word) {
    if (view.load(static_cast<WordId>(word)) == number) return true;
  }
  return is_queued(view, number);
}

// Could a thread that is left still get at the number?
bool may_be_closed(const Executor& executor, const std::byte* state, std::int64_t number) {
  bool is_anybody_left = false;
  for (std::size_t t = 0; t < executor.system().thread_count(); ++t) {
    const auto thread = static_cast<ThreadId>(t);
    if (executor.has_ended(state, thread)) continue;
    is_anybody_left = true;
    if (holds(executor, state, thread, number)) return true;
  }
  return is_anybody_left && is_shared(View(executor.system(), state, nullptr), number);
}

bool is_open(const std::vector<file::OpenDescriptor>& open, std::int64_t number) {
  return std::any_of(open.begin(), open.end(),
                     [number](const auto& descriptor) { return descriptor.number == number; });
}

}  // namespace

std::vector<file::OpenDescriptor> leaked_descriptors(const Executor& executor,
                                                     const std::byte* state) {
  const View view(executor.system(), state, nullptr);
  if (file::is_table_constant(view)) return {};
  std::vector<file::OpenDescriptor> open = file::open_descriptors(view);
  std::erase_if(open, [&](const file::OpenDescriptor& descriptor) {
    return descriptor.is_declared || may_be_closed(executor, state, descriptor.number);
  });
  return open;
}

const TraceStep* opening_step(const Executor& executor, const Trace& trace, std::int64_t number) {
  const System& system = executor.system();
  const TraceStep* opened = nullptr;
  StepRecord initial;
  std::vector<std::byte> state = executor.initial_state(initial);
  bool was_open = false;
  for (const TraceStep& step : trace.steps) {
    StepRecord record;
    executor.step(state.data(), step.move, record);
    const bool is_now =
        is_open(file::open_descriptors(View(system, state.data(), nullptr)), number);
    if (is_now && !was_open) opened = &step;
    was_open = is_now;
  }
  return opened;
}

}  // namespace wakesim
