// What the search asks about states; properties/ answers.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "sim/explore/result.h"
#include "sim/ids.h"
#include "sim/program/executor.h"

namespace wakesim {

// The properties that every scenario has; of several broken ones the first here makes the headline,
// and the scenario's own come behind them.
inline constexpr std::string_view kDefaultProperties[] = {
    "no-lost-wakeup",   "no-deadlock", "no-stuck-thread", "no-late-wakeup",
    "no-failed-assert", "no-leak",     "no-invalid-use"};
// The first so many are about a thread that waits for ever.
inline constexpr std::size_t kWaitingProperties = 3;

// The place of a property among them; behind the last for others.
std::size_t headline_rank(std::string_view property);

// A broken property, found in one state.
struct Finding {
  std::string property;
  ThreadId thread{};
  bool has_thread = false;
};

// Is it about a thread that waits for ever?
bool is_about_waiting(const Finding& finding);

// Why a state is judged.
enum class Occasion : std::uint8_t {
  Rest,        // No actor is enabled.
  Bottom,      // A state of a bottom component: others run for ever, and nobody can leave.
  TimersOnly,  // Only timers can still do something: a timeout is about to end somebody's wait.
};

class Judge {
 public:
  virtual ~Judge() = default;

  // Threads that are doomed in this state: asleep or blocked, and no live actor can end it. For a
  // bottom component the search has already intersected over its states.
  virtual std::vector<Finding> at_rest(const Executor& executor, const std::byte* state,
                                       const std::vector<ThreadId>& doomed,
                                       Occasion occasion) const = 0;

  // Describes a finding of at_rest(), or of the search itself (an assertion, a user's property), in
  // the words of the program. `trace` is the run that shows it.
  virtual Violation describe(const Executor& executor, const std::byte* state,
                             const Finding& finding, const Trace& trace) const = 0;

  // Does the property apply (`judge:` of the scenario), and to this thread?
  virtual bool applies(const System& system, const std::string& property,
                       const ThreadId* thread) const = 0;
};

}  // namespace wakesim
