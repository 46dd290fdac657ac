// Findings in the words of the program.

#include <algorithm>
#include <cctype>
#include <cstring>

#include "properties/judges.h"
#include "properties/leak.h"
#include "properties/owners.h"
#include "properties/wait_condition.h"
#include "sim/program/system.h"

namespace wakesim {
namespace {

// The call or line that a thread stands at, and the object it is about.
struct Place {
  std::string call;
  std::string object;
  Location where;
};

Place place_of(const Executor& executor, const std::byte* state, ThreadId thread) {
  const System& system = executor.system();
  const Code& code = system.code_of(thread);
  const std::uint16_t pc = executor.pc(state, thread);
  Place place;
  const Statement& statement = code.statements[code.statement_of[pc]];
  place.call = statement.text;
  place.where = statement.where;
  if (const CallSite* site = executor.call_site(state, thread)) {
    place.call = site->row->name;
    if (site->row->subject != nullptr) {
      place.object =
          site->row->subject(View(system, state, nullptr), executor.frame(state, thread));
    }
  }
  return place;
}

// The last wake that another actor made on the object while the thread could not hear it.
const TraceStep* missed_wake(const Trace& trace, const std::string& thread,
                             const std::string& object) {
  const TraceStep* missed = nullptr;
  for (const TraceStep& step : trace.steps) {
    if (step.actor == thread) continue;
    for (const TraceWake& wake : step.wakes) {
      const bool found_nobody = wake.kind == TraceWake::Kind::WokeNobody && wake.subject == object;
      const bool found_running = wake.kind == TraceWake::Kind::WokeRunning && wake.thread == thread;
      if (found_nobody || found_running) missed = &step;
    }
  }
  return missed;
}

std::string step_name(const TraceStep& step) {
  return "step " + std::to_string(step.number) + " (" + step.actor + ", line " +
         std::to_string(step.where.line) + ")";
}

bool is_word_of(const std::string& text, const std::string& name) {
  const auto is_part = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_';
  };
  for (std::size_t at = text.find(name); at != std::string::npos; at = text.find(name, at + 1)) {
    const std::size_t end = at + name.size();
    if ((at == 0 || !is_part(text[at - 1])) && (end == text.size() || !is_part(text[end]))) {
      return true;
    }
  }
  return false;
}

// Does a step of the thread change something that the condition speaks of?
bool changes_part_of(const TraceStep& step, const std::string& thread,
                     const std::string& condition) {
  return std::any_of(step.changed.begin(), step.changed.end(), [&](const ObjectValue& value) {
    const bool is_local = value.object.rfind(thread + ".", 0) == 0;
    return is_word_of(condition, is_local ? value.object.substr(thread.size() + 1) : value.object);
  });
}

// The signal whose handler made the condition true before the thread went to sleep: too early to
// end that sleep.
std::string early_interrupt(const Trace& trace, const std::string& thread,
                            const std::string& condition, const TraceStep& slept) {
  const TraceStep* interrupt = nullptr;
  const TraceStep* early = nullptr;
  for (const TraceStep& step : trace.steps) {
    if (step.number >= slept.number) break;
    if (trace.threads[index(step.move.actor.thread)] != thread) continue;
    if (!step.interrupt.empty()) interrupt = &step;
    if (interrupt != nullptr && changes_part_of(step, thread, condition)) early = interrupt;
  }
  if (early == nullptr) return {};
  return early->interrupt + " to " + thread + " in step " + std::to_string(early->number) +
         ", before it goes to sleep at step " + std::to_string(slept.number) +
         ", and a signal ends only a sleep that has begun.";
}

std::string story(const Trace& trace, const std::string& thread, const std::string& object,
                  const std::string& condition) {
  const TraceStep* slept = nullptr;
  for (const TraceStep& step : trace.steps) {
    if (step.actor == thread && step.result == "asleep") slept = &step;
  }
  if (slept == nullptr) return {};
  const std::string sleeps = thread + " went to sleep at step " + std::to_string(slept->number);
  if (std::string early = early_interrupt(trace, thread, condition, *slept); !early.empty()) {
    return early;
  }
  const TraceStep* missed = missed_wake(trace, thread, object);
  if (missed == nullptr) return sleeps + "; no later step wakes it.";
  if (missed->number < slept->number) {
    return "The wake of " + step_name(*missed) + " found nobody asleep, and a wake is not " +
           "remembered: " + sleeps + ".";
  }
  return sleeps + "; the wake of " + step_name(*missed) + " did not reach it.";
}

void describe_lost(const Executor& executor, const std::byte* state, const Finding& finding,
                   const Trace& trace, Violation& violation) {
  const ThreadInfo& info = executor.system().threads[index(finding.thread)];
  const WaitCondition condition = wait_condition(executor, state, finding.thread,
                                                 {info.is_daemon_by_hand ? Probe::Off : Probe::On});
  violation.sentence = info.name + " sleeps for ever, although " + condition.text;
  violation.cause = story(trace, info.name, violation.object, condition.text);
}

void describe_late(const Executor& executor, const std::byte* state, const Finding& finding,
                   const Trace& trace, Violation& violation) {
  const WaitCondition condition =
      wait_condition(executor, state, finding.thread, {Probe::SleepsAgain});
  violation.sentence = violation.thread + " goes on only because its timeout fires, although " +
                       (condition.holds ? condition.text : violation.object + " is ready");
  violation.cause = story(trace, violation.thread, violation.object, condition.text);
}

void describe_deadlock(const Executor& executor, const std::byte* state, const Finding& finding,
                       Violation& violation) {
  const auto cycle = owner_cycle(executor, state, finding.thread);
  std::string text;
  for (const ThreadId thread : cycle) {
    text += executor.system().threads[index(thread)].name + " -> ";
  }
  text += violation.thread;
  violation.sentence = cycle.size() == 1
                           ? violation.thread + " waits for itself"
                           : std::to_string(cycle.size()) + " threads wait for each other";
  violation.cause = "Who waits for whom: " + text + ".";
}

void describe_stuck(const Executor& executor, const std::byte* state, const Finding& finding,
                    Violation& violation) {
  const std::int64_t owner = owner_of(executor, state, finding.thread);
  violation.sentence = violation.thread + " waits for ever in `" +
                       place_of(executor, state, finding.thread).call + "`";
  if (owner >= 0) {
    const ThreadInfo& holder = executor.system().threads[static_cast<std::size_t>(owner)];
    violation.cause =
        "It needs what " + holder.name + " holds, and " + holder.name + " will not let go of it.";
    return;
  }
  violation.cause =
      "What it waits for does not hold, and nobody who is left can make it true or wake it.";
}

void describe_leak(const Executor& executor, const std::byte* state, const Finding& finding,
                   const Trace& trace, Violation& violation) {
  for (const file::OpenDescriptor& leaked : leaked_descriptors(executor, state)) {
    if (leaked.opener != finding.thread) continue;
    violation.object = leaked.name;
    violation.sentence = violation.thread + " leaks descriptor " + std::to_string(leaked.number) +
                         " (" + leaked.name + ")";
    violation.cause = "Nobody is left who could close it.";
    if (const TraceStep* opened = opening_step(executor, trace, leaked.number)) {
      violation.where = opened->where;
      violation.cause = "`" + opened->text + "` opened it in " + step_name(*opened) +
                        ", and nobody is left who could close it.";
    }
    return;
  }
}

// The last call of the thread that came back because of a signal.
std::string interrupted_call(const Trace& trace, const std::string& thread) {
  const TraceStep* call = nullptr;
  for (const TraceStep& step : trace.steps) {
    if (step.actor == thread && step.result.rfind("-EINTR", 0) == 0) call = &step;
  }
  if (call == nullptr) return {};
  return " A signal ended a call with -EINTR in step " + std::to_string(call->number) + " (line " +
         std::to_string(call->where.line) + ").";
}

void describe_fault(const Executor& executor, const Finding& finding, const Trace& trace,
                    Violation& violation) {
  (void)executor;
  if (trace.steps.empty()) return;
  const TraceStep& last = trace.steps.back();
  violation.where = last.fault_where.line != 0 ? last.fault_where : last.where;
  if (finding.property == "no-failed-assert") {
    violation.sentence = violation.thread + ": `" + last.fault_text + "` fails";
    violation.cause = "Step " + std::to_string(last.number) + " breaks it." +
                      interrupted_call(trace, violation.thread);
  } else {
    violation.sentence = violation.thread + ": " + last.result + " in `" + last.text + "`";
    violation.cause = "Step " + std::to_string(last.number) + " does it.";
  }
}

void describe_property(const System& system, const Finding& finding, const Trace& trace,
                       Violation& violation) {
  for (const CompiledProperty& property : system.properties) {
    if (property.name != finding.property) continue;
    violation.where = property.where;
    const std::string at = trace.steps.empty()
                               ? "from the start"
                               : "after step " + std::to_string(trace.steps.back().number);
    switch (property.kind) {
      case ast::Property::Kind::Always:
        violation.sentence = "`" + property.text + "` does not always hold";
        violation.cause = "It is false " + at + ".";
        return;
      case ast::Property::Kind::Never:
        violation.sentence = "`" + property.text + "` can come true";
        violation.cause = "It is true " + at + ".";
        return;
      case ast::Property::Kind::Finally:
        violation.sentence = "`" + property.text + "` is false at the end";
        violation.cause = "Nothing can happen any more " + at + ", and it does not hold.";
        return;
      case ast::Property::Kind::Sometimes:
      case ast::Property::Kind::Eventually:
      case ast::Property::Kind::LeadsTo:
        return;
    }
  }
}

std::string default_properties() {
  std::string names;
  for (const std::string_view name : kDefaultProperties) {
    names += (names.empty() ? "" : ", ") + std::string(name);
  }
  return names;
}

}  // namespace

Violation DefaultJudge::describe(const Executor& executor, const std::byte* state,
                                 const Finding& finding, const Trace& trace) const {
  Violation violation;
  violation.property = finding.property;
  if (finding.has_thread) {
    violation.thread = executor.system().threads[index(finding.thread)].name;
    const Place place = place_of(executor, state, finding.thread);
    violation.object = place.object;
    violation.where = place.where;
  }
  if (finding.property == "no-lost-wakeup") {
    describe_lost(executor, state, finding, trace, violation);
  } else if (finding.property == "no-late-wakeup") {
    describe_late(executor, state, finding, trace, violation);
  } else if (finding.property == "no-deadlock") {
    describe_deadlock(executor, state, finding, violation);
  } else if (finding.property == "no-stuck-thread") {
    describe_stuck(executor, state, finding, violation);
  } else if (finding.property == "no-leak") {
    describe_leak(executor, state, finding, trace, violation);
  } else if (finding.property == "no-failed-assert" || finding.property == "no-invalid-use") {
    describe_fault(executor, finding, trace, violation);
  } else {
    describe_property(executor.system(), finding, trace, violation);
  }
  return violation;
}

void check_property_names(const System& system, Diagnostics& diagnostics) {
  std::vector<std::string> known(std::begin(kDefaultProperties), std::end(kDefaultProperties));
  const std::size_t defaults = known.size();
  for (const CompiledProperty& property : system.properties) known.push_back(property.name);
  const auto check = [&](const std::string& name, const Location& where, std::size_t count) {
    const auto end = known.begin() + static_cast<std::ptrdiff_t>(count);
    if (std::find(known.begin(), end, name) != end) return;
    const std::string guess = closest_name(name, known);
    diagnostics.error(
        where, "there is no property `" + name + "`",
        guess.empty() ? "default properties: " + default_properties() : "write  " + guess);
  };
  if (system.instance.judge) {
    for (const auto& judged : *system.instance.judge) check(judged.name, judged.where, defaults);
  }
  for (const std::string& name : system.instance.expect.violated) {
    check(name, system.instance.expect.where, known.size());
  }
}

}  // namespace wakesim
