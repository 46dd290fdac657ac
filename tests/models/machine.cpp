#include "tests/models/machine.h"

#include <gtest/gtest.h>

#include <cstdlib>
#include <cstring>

#include "models/catalogue.h"
#include "sim/explore/verify.h"
#include "sim/program/compiler.h"
#include "sim/scenario/loader.h"

namespace wakesim::testing {
namespace {

std::string bytes_of(const std::vector<std::byte>& state) {
  return {reinterpret_cast<const char*>(state.data()), state.size()};
}

// Takes the step and checks that it told the truth about what it touches.
void take_checked(const Executor& executor, std::vector<std::byte>& state, Move move,
                  StepRecord& record, std::vector<StepEvent>* events) {
  const std::vector<std::byte> before = state;
  executor.step(state.data(), move, record, events);
  verify_step(executor, before.data(), state.data(), move, record);
}

std::string describe_end(const Executor& executor, const std::vector<std::byte>& state) {
  const System& system = executor.system();
  std::string text;
  for (const CompiledObservation& observation : system.observations) {
    if (!text.empty()) text += ' ';
    const std::int64_t value =
        executor.evaluate(state.data(), system.expressions[observation.code]);
    text += observation.key + "=" + std::to_string(value);
  }
  for (std::uint32_t i = 0; i < system.thread_count(); ++i) {
    const bool is_done =
        executor.has_ended(state.data(), static_cast<ThreadId>(i)) || system.threads[i].is_device;
    if (is_done) continue;
    if (!text.empty()) text += ' ';
    text += "stuck " + system.threads[i].name;
  }
  return text;
}

}  // namespace

std::unique_ptr<System> compile_body(const std::string& body) {
  const std::string text = "wakesim: 1\nname: test/model\nabout: A test.\n" + body;
  Diagnostics diagnostics;
  const ast::File file = load_scenario("test.yaml", text, {}, diagnostics);
  std::unique_ptr<System> system;
  if (!diagnostics.has_errors() && !file.instances.empty()) {
    system = compile(file.instances[0], file.sources, catalogue(), {}, diagnostics);
  }
  if (system != nullptr) return system;
  std::string report;
  for (const Diagnostic& one : diagnostics.all()) report += render(one, file.sources) + "\n";
  ADD_FAILURE() << report << text;
  std::abort();
}

Machine::Machine(const std::string& body)
    : system_(compile_body(body)),
      executor_(std::make_unique<Executor>(*system_)),
      state_(executor_->initial_state(record_)) {}

ThreadId Machine::thread(std::string_view name) const {
  for (std::uint32_t i = 0; i < system_->thread_count(); ++i) {
    if (system_->threads[i].name == name) return static_cast<ThreadId>(i);
  }
  ADD_FAILURE() << "no thread " << name;
  std::abort();
}

void Machine::take(Move move) {
  record_ = {};
  events_.clear();
  ASSERT_TRUE(executor_->enabled(state_.data(), move.actor))
      << system_->threads[index(move.actor.thread)].name;
  take_checked(*executor_, state_, move, record_, &events_);
}

void Machine::step(std::string_view name, int times) {
  for (int i = 0; i < times; ++i) take({{ActorKind::Thread, thread(name)}, 0});
}

void Machine::run(std::string_view name) {
  while (enabled(name)) step(name);
}

void Machine::fire_timer(std::string_view name) { take({{ActorKind::Timer, thread(name)}, 0}); }

void Machine::wake_spuriously(std::string_view name) {
  take({{ActorKind::Spurious, thread(name)}, 0});
}

void Machine::interrupt(std::string_view name) { take({{ActorKind::Interrupt, thread(name)}, 0}); }

void Machine::return_empty(std::string_view name) {
  record_ = {};
  executor_->return_empty(state_.data(), thread(name), record_);
}

bool Machine::enabled(std::string_view name) const {
  return executor_->enabled(state_.data(), {ActorKind::Thread, thread(name)});
}

bool Machine::asleep(std::string_view name) const {
  return executor_->is_asleep(state_.data(), thread(name));
}

bool Machine::ended(std::string_view name) const {
  return executor_->has_ended(state_.data(), thread(name));
}

bool Machine::timer_may_fire(std::string_view name) const {
  return system_->timers_offset != 0 &&
         executor_->enabled(state_.data(), {ActorKind::Timer, thread(name)});
}

bool Machine::may_interrupt(std::string_view name) const {
  return executor_->enabled(state_.data(), {ActorKind::Interrupt, thread(name)});
}

std::int64_t Machine::value(std::string_view key) const {
  for (const CompiledObservation& observation : system_->observations) {
    if (observation.key != key) continue;
    return executor_->evaluate(state_.data(), system_->expressions[observation.code]);
  }
  ADD_FAILURE() << "not observed: " << key;
  return 0;
}

std::string Machine::shown(std::string_view name) const {
  const View view(*system_, state_.data(), nullptr);
  for (const DeclaredObject& object : system_->objects) {
    if (object.shape.name_of(0) == name) return object.row->display(view, object.handle);
  }
  ADD_FAILURE() << "no object " << name;
  return {};
}

std::string Machine::phase(std::string_view name) const {
  const CallSite* site = executor_->call_site(state_.data(), thread(name));
  if (site == nullptr) return {};
  return std::string(site->row->phase(executor_->frame(state_.data(), thread(name))));
}

std::string Machine::subject(std::string_view name) const {
  const CallSite* site = executor_->call_site(state_.data(), thread(name));
  if (site == nullptr || site->row->subject == nullptr) return {};
  const View view(*system_, state_.data(), nullptr);
  return site->row->subject(view, executor_->frame(state_.data(), thread(name)));
}

std::string Machine::events() const {
  std::string text;
  for (const StepEvent& event : events_) {
    const std::string& name = system_->threads[index(event.thread)].name;
    std::string one;
    switch (event.kind) {
      case StepEvent::Kind::Woke:
        one = "woke " + name;
        break;
      case StepEvent::Kind::WokeNobody:
        one = "woke nobody on " + event.subject;
        break;
      case StepEvent::Kind::WokeRunning:
        one = "found " + name + " running";
        break;
      case StepEvent::Kind::Slept:
        one = "slept on " + event.subject;
        break;
      case StepEvent::Kind::TimedOut:
        one = "timer of " + name;
        break;
      case StepEvent::Kind::Returned:
        one = "returned " + std::to_string(event.value);
        break;
      case StepEvent::Kind::Branch:
      case StepEvent::Kind::Value:
        one = "value " + std::to_string(event.value);
        break;
    }
    text += (text.empty() ? "" : ", ") + one;
  }
  return text;
}

std::set<std::string> outcomes(const std::string& body) {
  const auto system = compile_body(body);
  const Executor executor(*system);
  StepRecord record;
  std::vector<std::vector<std::byte>> todo{executor.initial_state(record)};
  std::set<std::string> seen{bytes_of(todo[0])};
  std::set<std::string> ends;
  while (!todo.empty()) {
    const std::vector<std::byte> state = std::move(todo.back());
    todo.pop_back();
    bool is_end = true;
    for (const Actor actor : executor.actors()) {
      if (!executor.enabled(state.data(), actor)) continue;
      if (actor.kind == ActorKind::Thread) is_end = false;
      std::uint32_t choices = 1;
      for (std::uint32_t choice = 0; choice < choices; ++choice) {
        std::vector<std::byte> next = state;
        StepRecord step;
        take_checked(executor, next, {actor, choice}, step, nullptr);
        choices = step.choices;
        if (step.fault != Fault::None) {
          ends.insert(step.fault_text == nullptr ? "fault" : step.fault_text);
          continue;
        }
        if (seen.insert(bytes_of(next)).second) todo.push_back(std::move(next));
      }
      // A timer that can still fire keeps a state from being an end; a spurious wake does not.
      if (actor.kind == ActorKind::Timer) is_end = false;
    }
    if (is_end) ends.insert(describe_end(executor, state));
  }
  return ends;
}

}  // namespace wakesim::testing
