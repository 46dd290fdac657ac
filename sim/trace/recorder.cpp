#include "sim/trace/recorder.h"

#include <algorithm>

#include "sim/program/result_text.h"
#include "sim/scenario/text.h"
#include "sim/schedule/token.h"

namespace wakesim {
namespace {

constexpr const char* kConditions[] = {"if ", "else if ", "while "};

class Recorder {
 public:
  explicit Recorder(const Executor& executor) : executor_(executor), system_(executor.system()) {}

  Recording run(const Schedule& schedule) {
    Recording result;
    StepRecord initial;
    std::vector<std::byte> state = executor_.initial_state(initial);
    Trace& trace = result.trace;
    for (const ThreadInfo& thread : system_.threads) trace.threads.push_back(thread.name);
    trace.legend = actor_legend(executor_);
    std::vector<ObjectValue> shown = objects(state.data());
    std::vector<ObjectValue> locals = all_locals(state.data());
    trace.initial = shown;
    Actor previous{};
    bool has_previous = false;
    for (const Move& move : schedule) {
      if (!fits(state.data(), move)) break;
      TraceStep step = describe_before(state.data(), move);
      step.number = static_cast<std::uint32_t>(++result.moves_taken);
      step.is_preemption = has_previous && move.actor.kind == ActorKind::Thread &&
                           previous != move.actor && executor_.enabled(state.data(), previous);
      trace.preemptions += step.is_preemption ? 1 : 0;
      StepRecord record;
      std::vector<StepEvent> events;
      executor_.step(state.data(), move, record, &events);
      result.fault = record.fault;
      add_result(step, state.data(), move, record, events);
      std::vector<ObjectValue> shown_now = objects(state.data());
      std::vector<ObjectValue> locals_now = all_locals(state.data());
      add_changes(step, shown, shown_now);
      add_changes(step, locals, locals_now);
      shown = std::move(shown_now);
      locals = std::move(locals_now);
      trace.steps.push_back(std::move(step));
      if (move.actor.kind == ActorKind::Thread) {
        previous = move.actor;
        has_previous = true;
      }
    }
    trace.token = write_token(
        executor_,
        {schedule.begin(), schedule.begin() + static_cast<std::ptrdiff_t>(result.moves_taken)});
    result.final_state = std::move(state);
    return result;
  }

 private:
  bool fits(const std::byte* state, const Move& move) const {
    if (!executor_.enabled(state, move.actor)) return false;
    if (move.choice == 0) return true;
    // A choice that the step does not have does not fit either.
    std::vector<std::byte> copy(state, state + system_.layout.bytes);
    StepRecord record;
    executor_.step(copy.data(), {move.actor, 0}, record);
    return move.choice < record.choices;
  }

  TraceStep describe_before(const std::byte* state, const Move& move) const {
    TraceStep step;
    step.move = move;
    const std::size_t t = index(move.actor.thread);
    const std::string& name = system_.threads[t].name;
    switch (move.actor.kind) {
      case ActorKind::Thread: {
        step.actor = name;
        const Code& code = system_.code_of(move.actor.thread);
        const Statement& statement =
            code.statements[code.statement_of[executor_.pc(state, move.actor.thread)]];
        step.where = statement.where;
        step.text = statement.text;
        step.phase = std::string(executor_.phase(state, move.actor.thread));
        if (executor_.takes_interrupt(state, move.actor.thread)) {
          step.interrupt = interrupt_text(state, move.actor.thread);
          step.text = step.interrupt;
          step.phase.clear();
        }
        break;
      }
      case ActorKind::Timer:
        step.actor = "timer of " + name;
        step.text = "the timeout of " + name + " fires";
        break;
      case ActorKind::Flush: {
        step.actor = "flush of " + name;
        BufferedStore oldest;
        std::memcpy(&oldest, state + system_.layout.threads[t].buffer, sizeof(oldest));
        step.text = "store buffer: " + system_.words[oldest.word - 1].name + " = " +
                    std::to_string(oldest.value);
        break;
      }
      case ActorKind::Spurious:
        step.actor = "spurious wake of " + name;
        step.text = name + " is woken for no reason";
        break;
      case ActorKind::Interrupt:
        step.actor = "interrupt of " + name;
        step.interrupt = interrupt_text(state, move.actor.thread);
        step.text = step.interrupt;
        break;
    }
    return step;
  }

  std::string interrupt_text(const std::byte* state, ThreadId thread) const {
    return system_.catalogue->hooks.interrupts.describe(View(system_, state, nullptr), thread);
  }

  static bool is_condition(const TraceStep& step) {
    if (!step.phase.empty()) return false;
    return std::any_of(std::begin(kConditions), std::end(kConditions),
                       [&step](const char* head) { return step.text.rfind(head, 0) == 0; });
  }

  // `r = seq` and `fetch_add(seq, 1)` have the value that is read for a result; of all other lines
  // the value is that of a part: "a is 1".
  static bool is_whole_result(const TraceStep& step, const StepEvent& event) {
    const std::size_t equals = step.text.find(" = ");
    const std::string right =
        equals == std::string::npos ? step.text : step.text.substr(equals + 3);
    if (event.call != nullptr) return right == event.subject;
    const bool is_operation =
        right.back() == ')' && is_identifier(right.substr(0, right.find('(')));
    return is_operation || right == event.subject ||
           right.find_first_of(" ()") == std::string::npos;
  }

  void add_value(TraceStep& step, const StepEvent& event) const {
    if (is_condition(step)) return;  // Shows how it came out.
    const std::string value = event.call != nullptr
                                  ? result_text(*system_.catalogue, event.call, event.value)
                                  : std::to_string(event.value);
    if (is_whole_result(step, event)) {
      if (step.result.empty()) step.result = value;
      return;
    }
    // What a line of several reads has read, as far as there is room.
    constexpr std::size_t kShownMax = 40;
    const std::string part = event.subject + " is " + value;
    if (step.result.find(part) != std::string::npos || step.result.size() > kShownMax) return;
    step.result += (step.result.empty() ? "" : ", ") + part;
  }

  void add_result(TraceStep& step, const std::byte* state, const Move& move,
                  const StepRecord& record, const std::vector<StepEvent>& events) const {
    bool has_branch = false;
    for (const StepEvent& event : events) {
      const std::string who = index(event.thread) < system_.thread_count()
                                  ? system_.threads[index(event.thread)].name
                                  : std::string();
      switch (event.kind) {
        case StepEvent::Kind::Woke:
          step.wakes.push_back({TraceWake::Kind::Woke, who, event.subject});
          break;
        case StepEvent::Kind::WokeNobody:
          step.wakes.push_back({TraceWake::Kind::WokeNobody, "", event.subject});
          break;
        case StepEvent::Kind::WokeRunning:
          step.wakes.push_back({TraceWake::Kind::WokeRunning, who, event.subject});
          break;
        case StepEvent::Kind::Returned:
          step.result = result_text(*system_.catalogue, event.call, event.value);
          // The handler is over and lets the call return that it interrupted.
          if (step.text.rfind("return from ", 0) == 0) step.text += ": " + event.subject;
          break;
        case StepEvent::Kind::Value:
          add_value(step, event);
          break;
        case StepEvent::Kind::Branch:
          // The first condition of an `if` or `while` is its own; later ones are local lines'.
          if (!has_branch && is_condition(step)) step.result = event.value != 0 ? "yes" : "no";
          has_branch = true;
          break;
        case StepEvent::Kind::Slept:
        case StepEvent::Kind::TimedOut:
          break;
      }
    }
    if (record.fault == Fault::FailedAssert) {
      const Code& code = system_.code_of(move.actor.thread);
      const Statement& failed = code.statements[code.statement_of[record.fault_pc]];
      step.fault_text = failed.text;
      step.fault_where = failed.where;
      const bool is_own = failed.where == step.where;
      const std::string before = step.result.empty() ? "" : step.result + ", ";
      step.result = before + (is_own ? "fails" : failed.text + " fails");
    }
    if (record.fault == Fault::InvalidUse) step.result = record.fault_text;
    const bool is_thread = move.actor.kind == ActorKind::Thread;
    if (is_thread && executor_.is_asleep(state, move.actor.thread)) step.result = "asleep";
    if (record.is_blocked_for_good) step.result = "stops here";
  }

  ObjectValue number(std::string name, std::int64_t value) const {
    return {std::move(name), std::to_string(value), value, true};
  }

  std::vector<ObjectValue> objects(const std::byte* state) const {
    const View view(system_, state, nullptr);
    std::vector<ObjectValue> result;
    for (std::size_t i = 0; i < system_.words.size(); ++i) {
      const Word& word = system_.words[i];
      result.push_back(number(word.name, view.load(static_cast<WordId>(i))));
      if (word.has_list)
        result.push_back({"queue of " + word.name, names(view, word.list), 0, false});
    }
    for (const DeclaredObject& object : system_.objects) {
      if (object.row->display == nullptr) continue;
      const auto stride =
          static_cast<std::int64_t>(std::max<std::size_t>(1, object.row->descriptors));
      const std::size_t count = object.shape.count();
      for (std::size_t i = 0; i < count; ++i) {
        const std::int64_t handle = object.handle + stride * static_cast<std::int64_t>(i);
        result.push_back({object.shape.name_of(i), object.row->display(view, handle), 0, false});
      }
    }
    for (std::size_t t = 0; t < system_.thread_count() && system_.buffer_capacity > 0; ++t) {
      result.push_back({"buffer of " + system_.threads[t].name, buffered(state, t), 0, false});
    }
    return result;
  }

  std::string names(const View& view, ListId list) const {
    std::string text;
    for (EntryId e = view.first(list); e != kNoEntry; e = view.next(list, e)) {
      if (view.owner(e) == kNoThread) continue;
      text += (text.empty() ? "" : " ") + std::string(view.thread_name(view.owner(e)));
    }
    return text.empty() ? "-" : text;
  }

  std::string buffered(const std::byte* state, std::size_t thread) const {
    std::string text;
    for (std::uint32_t i = 0; i < system_.buffer_capacity; ++i) {
      BufferedStore entry;
      std::memcpy(&entry, state + system_.layout.threads[thread].buffer + i * sizeof(entry),
                  sizeof(entry));
      if (entry.word == 0) break;
      text += (text.empty() ? "" : ", ") + system_.words[entry.word - 1].name + "=" +
              std::to_string(entry.value);
    }
    return text.empty() ? "-" : text;
  }

  std::vector<ObjectValue> all_locals(const std::byte* state) const {
    std::vector<ObjectValue> result;
    for (std::size_t t = 0; t < system_.thread_count(); ++t) {
      const Code& code = system_.codes[system_.threads[t].code];
      for (std::size_t i = 0; i < code.locals.size(); ++i) {
        if (code.locals[i].name.empty()) continue;
        std::int64_t value;
        std::memcpy(&value, state + system_.layout.threads[t].locals + 8 * i, sizeof(value));
        result.push_back(number(system_.threads[t].name + "." + code.locals[i].name, value));
        result.back().shown = local_text(system_, code.locals[i], value);
      }
    }
    return result;
  }

  static void add_changes(TraceStep& step, const std::vector<ObjectValue>& before,
                          const std::vector<ObjectValue>& after) {
    for (std::size_t i = 0; i < after.size(); ++i) {
      if (before[i].shown != after[i].shown) step.changed.push_back(after[i]);
    }
  }

  const Executor& executor_;
  const System& system_;
};

}  // namespace

Recording record(const Executor& executor, const Schedule& schedule) {
  return Recorder(executor).run(schedule);
}

}  // namespace wakesim
