#include "models/thread.h"

#include "models/cancel.h"
#include "sim/program/builder.h"
#include "sim/program/step.h"
#include "sim/program/system.h"

namespace wakesim {
namespace {

struct Join {
  std::uint32_t thread;
  ThreadId self;
};

void begin_join(Step& step, std::span<const std::int64_t> arguments, Join& join) {
  join = {static_cast<std::uint32_t>(arguments[0]), step.thread()};
}

// A thread that is cancelled while it waits comes here once more, and is unwound.
bool join_enabled(const View& view, const Join& join) {
  if (cancel::is_requested(view, join.self)) return true;
  if (join.thread >= view.thread_count()) return true;  // No such thread: -ESRCH at once.
  return view.is_over(static_cast<ThreadId>(join.thread));
}

Progress step_join(Step& step, Join& join) {
  constexpr std::int64_t kNoSuchThread = -3;  // -ESRCH
  if (join.thread >= step.thread_count()) return step.finish(kNoSuchThread);
  WAKESIM_ASSERT(step.is_over(static_cast<ThreadId>(join.thread)));
  return step.finish(step.return_value(static_cast<ThreadId>(join.thread)));
}

std::string_view join_phase(const Join&) { return "wait for the thread's end"; }

void join_effects(Effects& effects, std::span<const PossibleValues> arguments) {
  cancel::effects(effects);
  const Layout& layout = effects.system().layout;
  const PossibleValues& who = arguments[0];
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(layout.threads.size()); ++i) {
    if (!who.is_any && (i < who.first || i >= who.first + who.count)) continue;
    effects.reads(layout.threads[static_cast<std::size_t>(i)].end_class);
    effects.reads(layout.threads[static_cast<std::size_t>(i)].buffer_class);
  }
}

std::int64_t join_owner(const View&, const std::byte* frame) {
  return reinterpret_cast<const Join*>(frame)->thread;
}

}  // namespace

ModelTable thread_model() {
  ModelTable table;
  table.name = "thread";
  table.about = "Waiting for the end of a thread.";
  CallRow join;
  join.name = "join";
  Parameter who;
  who.name = "thread";
  who.type = ParameterType::Thread;
  join.parameters = {who};
  join.about = "Waits until the thread has ended and gives the value of its `return`.";
  join.source = "pthread_join(3)";
  join.errors = {{"ESRCH", "a number that is no thread's"}};
  join.returns_errno = false;
  join.named_results = {{"PTHREAD_CANCELED", -1}};
  join.is_cancellation_point = true;
  join.is_guarded = true;
  bind_frame<Join, begin_join, join_enabled, step_join, join_phase>(join);
  join.waits_for_owner = join_owner;
  join.effects = join_effects;
  table.calls.push_back(std::move(join));
  return table;
}

}  // namespace wakesim
