// What models tell the engine about themselves: one table per kernel object.
//
// Names in scenarios, the JSON Schema, `wakesim models`, docs and error messages all come from
// these rows. The engine knows no kernel object; models/catalogue.cpp is the only list of them.

#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "sim/ids.h"

namespace wakesim {

class Builder;
class Effects;
class Step;
class View;

// What may stand in a parameter's place.
enum class ParameterType : std::uint8_t {
  Word,        // A word of shared memory; the model gets its WordId.
  Words,       // Of an object: a word or an array of words declared above; see WordRange.
  Object,      // An object of Parameter::kinds; the model gets the handle that `create` returned.
  Descriptor,  // A declared object that has a descriptor, or a number; the model gets the number.
  Integer,     // Any expression over locals and constants.
  Flags,       // The same; shown with names.
  Duration,    // 10ms, inf or 0; nanoseconds, kForever for `inf`.
  Thread,      // A thread's name or a local with its id; the model gets the ThreadId, or -1.
  Pairs,       // Any number of `x=v` or `watch(x, v)`; see Parameter::pair.
  Keyword,     // A bare name (`cancellable`): 1 if it is written, else 0.
};

inline constexpr std::int64_t kForever = -1;  // The timeout `inf`.

// The words that stand in the place of a Words parameter: consecutive, none if it was not written.
struct WordRange {
  WordId first{};
  std::uint32_t count = 0;

  static WordRange of(std::int64_t argument) {
    const auto bits = static_cast<std::uint64_t>(argument);
    return {static_cast<WordId>(bits & 0xffffffff), static_cast<std::uint32_t>(bits >> 32)};
  }
  std::int64_t as_argument() const {
    return static_cast<std::int64_t>(std::uint64_t{count} << 32 | index(first));
  }
  WordId operator[](std::uint32_t i) const { return static_cast<WordId>(index(first) + i); }
};

// What is wrong with an argument, and what to write; no problem if `problem` is empty.
struct Misuse {
  std::string problem;
  std::string hint;
};

struct Parameter {
  std::string_view name;
  ParameterType type = ParameterType::Integer;
  bool is_optional = false;
  std::int64_t fallback = 0;  // The value when an optional parameter is not written.
  std::string_view kinds;     // Object, Descriptor: kinds that may stand here, space separated.
                              // Empty: any object, any descriptor.
  std::string_view pair;      // Pairs: the word that builds one, "watch" or "wait".
  bool makes_cancellation_point = false;  // Keyword: written, it makes the call one.
  ParameterType pair_first = ParameterType::Descriptor;
  // Pairs: a third value, `watch(x, v, NAME=w)`. Where it is not written it is the first's, in a
  // call kUnwrittenOption.
  std::string_view pair_option;
  bool is_repeated = false;  // The last one of a function of constants: any number may stand there.
  // Looks at a constant, `text` as it is written, that can never do anything sensible here. Null:
  // every number may stand here. What the kernel refuses with an error is not for this.
  Misuse (*misuse)(std::string_view text, std::int64_t value) = nullptr;
};

inline constexpr std::int64_t kUnwrittenOption = INT64_MIN;

// What a call gives its caller.
enum class ResultShape : std::uint8_t {
  Nothing,
  Value,
  List,  // r.n, and r[i].FIELD for each pair or each of `maxevents` entries.
};

enum class Progress : std::uint8_t { Continues, Returned };

// How long a step takes in timed runs; the machine's cost table has the nanoseconds.
enum class Cost : std::uint8_t { User, Atomic, SystemCall, KernelStep, Free };

// What the call must report now, or also an edge that it has reported and will not report again.
enum class Watched : std::uint8_t { MustReport, ReportedToo };

// One errno value and when it is returned.
struct ErrnoRule {
  std::string_view name;
  std::string_view condition;
};

// The values that an argument may have, as far as the program text tells.
struct PossibleValues {
  std::int64_t first = 0;
  std::int64_t count = 0;  // first .. first + count - 1.
  bool is_any = false;     // Nothing is known.

  bool is_single() const { return !is_any && count == 1; }
};

struct ConstantRow {
  std::string_view name;
  std::int64_t value;
};

struct CallRow {
  std::string_view name;
  std::vector<Parameter> parameters;
  ResultShape result = ResultShape::Value;
  bool returns_errno = true;               // A negative result is an error number.
  std::vector<ConstantRow> named_results;  // Results that have names of their own.
  std::vector<std::string_view> fields;    // Of one entry of a List.
  std::string_view entries_parameter;  // List: the Pairs or the count that says how many entries.

  // Documentation, printed by `wakesim models`.
  std::string_view about;   // One sentence.
  std::string_view source;  // Kernel function or manual page.
  std::vector<ErrnoRule> errors;
  std::string_view wakes;  // In words: whom, in which order.
  bool is_cancellation_point = false;
  // Null, or: only a call with so many pairs that asks for so many entries is one; and when, in
  // words.
  bool (*is_point_if)(const View& records, std::uint32_t pairs, std::uint32_t entries) = nullptr;
  std::string_view point_when;
  bool lets_be_unwound = false;  // Behind it the caller may be ended between any two steps.
  bool unwinds_threads = false;  // Its first argument names a thread that it may end.

  Cost cost = Cost::SystemCall;  // Of its first step; later steps are KernelStep.

  // A *primitive* is one step without a frame or a guard; it may stand in an expression and in
  // `atomic:`. Null for a call.
  std::int64_t (*primitive)(Step& step, std::span<const std::int64_t> arguments) = nullptr;
  bool is_pure = false;  // A primitive that changes nothing.

  // A function of constants is worked out while the scenario is loaded. Null for all others.
  std::int64_t (*constant)(std::span<const std::int64_t> arguments) = nullptr;

  // The parameter that a function of constants has in this place, or null.
  const Parameter* parameter_of(std::size_t place) const {
    if (place < parameters.size()) return &parameters[place];
    const bool goes_on = !parameters.empty() && parameters.back().is_repeated;
    return goes_on ? &parameters.back() : nullptr;
  }

  // A *call* has a frame. The frame's bytes are zero before `begin`.
  std::size_t frame_bytes = 0;       // Without the tail.
  std::size_t tail_bytes = 0;        // For each pair, or entry of the result if there are more.
  std::size_t entries = 0;           // Wait entries that the caller needs, and
  std::size_t entries_per_pair = 0;  // for each pair.
  void (*begin)(Step& step, std::span<const std::int64_t> arguments, std::byte* frame) = nullptr;
  bool (*enabled)(const View& view, const std::byte* frame) = nullptr;
  Progress (*step)(Step& step, std::byte* frame) = nullptr;
  // What the thread is about to do: the name of the frame's state, for traces.
  std::string_view (*phase)(const std::byte* frame) = nullptr;
  // The first step has a guard of its own (lock, join): `begin` runs on a scratch frame to ask.
  bool is_guarded = false;
  // A call that may return without what the caller wants (futex_wait, poll): the value it returns
  // "as when nothing happened". The lost-wakeup probe rests on it.
  bool may_return_empty = false;
  void (*return_empty)(Step& step, std::byte* frame) = nullptr;
  // Calls that return only with what they wait for: does it hold now?
  bool (*condition)(const View& view, const std::byte* frame) = nullptr;
  // Of a call that asks only what is on a list: does something that it watches hold, whatever the
  // list says? The name of the first that does, or "". Asked on a copy of the state.
  std::string (*ready)(Step& step, const std::byte* frame, Watched watched) = nullptr;
  // For the judge of owner cycles: the thread that must act before this call can go on, or -1.
  std::int64_t (*waits_for_owner)(const View& view, const std::byte* frame) = nullptr;
  // The object in question, for messages: a name such as `seq` or `efd`.
  std::string (*subject)(const View& view, const std::byte* frame) = nullptr;

  // Everything that the call may ever do with these arguments.
  void (*effects)(Effects& effects, std::span<const PossibleValues> arguments) = nullptr;
};

struct ObjectRow {
  std::string_view kind;
  std::vector<Parameter> parameters;
  std::string_view about;
  std::string_view source;
  std::size_t descriptors = 0;  // 0: not a descriptor; 2: `p[0]` and `p[1]`.
  // Creates one object and returns its handle: the descriptor's number (of the first of two), or
  // whatever the model's calls expect. Handles of an array's elements must be consecutive.
  // Behind the arguments stand the pairs, flattened; what they name was declared earlier.
  std::int64_t (*create)(Builder& builder, const std::string& name,
                         std::span<const std::int64_t> arguments) = nullptr;
  // The object's state in a few characters, for traces: "0", "2 waiting: a b".
  std::string (*display)(const View& view, std::int64_t handle) = nullptr;
  // Hardware that works for the object beside the threads: a timer, a disk. Each object has one of
  // its own, an actor that makes this guarded call, with the object as argument, for ever. Its name
  // is "DEVICE_NAME of OBJECT"; no program can make the call.
  const CallRow* device = nullptr;
  std::string_view device_name;
};

struct SwitchRow {
  SwitchId id{};
  std::string_view name;                 // "futex.compare-outside-lock"
  std::vector<std::string_view> values;  // values[0] is the default; "off" and "on" for a flag.
  std::string_view about;
  std::string_view source;
  bool is_bug = false;  // Then it is a mutant too: some property must catch it.
};

// A kernel or libc name: a set of switches.
struct DialectRow {
  std::string_view name;  // "linux-6.18"
  std::string_view about;
  std::vector<std::pair<SwitchId, int>> settings;
};

// One model's table.
struct ModelTable {
  std::string_view name;  // "futex"
  std::string_view about;
  std::vector<ObjectRow> objects;
  std::vector<CallRow> calls;
  std::vector<ConstantRow> constants;
  std::vector<SwitchRow> switches;
};

// Work that a step of a call leaves behind and that must be done before the call goes on or
// returns: a frame on top of the call's own, with steps of its own. Step::open_subframe() begins
// it; it is over when `step` says Returned. The models share one kind.
struct SubframeRow {
  bool (*enabled)(const View& view, ThreadId thread, const std::byte* bytes) = nullptr;
  Progress (*step)(Step& step, std::byte* bytes) = nullptr;
  std::string_view (*phase)(const std::byte* bytes) = nullptr;
};

// What an interrupted thread does next.
struct Interruption {
  enum class Kind : std::uint8_t {
    Nothing,  // Goes on where it was.
    Handler,  // Runs a handler, then goes on where it was.
    Unwind,   // Runs the `cleanup:` blocks around it, innermost first, and ends.
  };
  Kind kind = Kind::Nothing;
  std::uint32_t handler = 0;  // Index into Code::handlers.
  std::uint64_t cookie = 0;   // For handler_returned().
  // The call that was interrupted, if there is one: it is made again, or returns this.
  bool restarts_call = false;
  std::int64_t result = 0;
};

// A call that is over, but whose caller has not got the result yet.
struct CallEnd {
  const CallRow* row = nullptr;
  bool is_cancellation_point = false;  // This call of it.
  std::int64_t result = 0;
};

// What becomes of a call at a cancellation point.
struct PointAnswer {
  enum class Kind : std::uint8_t {
    GoesOn,   // As if there were no request.
    Unwinds,  // The thread runs its `cleanup:` blocks and ends.
    Refuses,  // The caller gets `result` instead of the call's own.
  };
  Kind kind = Kind::GoesOn;
  std::int64_t result = 0;
};

// Who may interrupt threads, and when. The engine abandons and resumes calls, runs handlers and
// cleanup blocks; the models decide.
struct InterruptHooks {
  // A number, `text` as it is written, that no handler can be for.
  Misuse (*misuse_as_handled)(std::string_view text, std::int64_t value) = nullptr;
  // Something is there to be taken. Between two lines of the program it may be taken at any time.
  bool (*is_pending)(const View& view, ThreadId thread) = nullptr;
  // Must take() be asked before the caller gets the result?
  bool (*holds_back)(const View& view, ThreadId thread, const CallEnd& call) = nullptr;
  // Takes it, in the calling thread. `call` is null between two lines.
  Interruption (*take)(Step& step, const CallEnd* call) = nullptr;
  void (*handler_returned)(Step& step, std::uint64_t cookie) = nullptr;
  // At cancellation points: before the call is made, and before the caller gets its result.
  PointAnswer (*before_point)(Step& step, const CallRow& call) = nullptr;
  PointAnswer (*after_point)(Step& step, const CallEnd& call) = nullptr;
  // The thread is about to run its cleanup blocks, and then to end.
  void (*unwinding)(Step& step) = nullptr;
  // What an interrupt would do, for traces: "SIGUSR1 is delivered".
  std::string (*describe)(const View& view, ThreadId thread) = nullptr;
  // All of the above, for an interruptible thread.
  void (*effects)(Effects& effects) = nullptr;
};

// How C spells what a scenario writes otherwise; for hints.
struct SpellingRow {
  std::string_view name;    // "pthread_cancel"
  std::string_view here;    // "cancel($1)": $1 is the first argument, $* all of them. Or
  std::string_view advice;  // a sentence, where another call would not say it.
};

// What the engine asks of the models as a whole.
struct Hooks {
  // Once before and once after the scenario's objects are created.
  void (*before_objects)(Builder& builder) = nullptr;
  void (*after_objects)(Builder& builder) = nullptr;
  // The timer that `thread` armed is due (hrtimer_wakeup).
  void (*timer_fired)(Step& step, ThreadId thread) = nullptr;
  // Takes a thread out of the call it is in, as if it had never been made: off every queue,
  // running. For judges that ask on a copy of the state what the thread would do elsewhere.
  void (*abandon_call)(Step& step, ThreadId thread) = nullptr;
  // Wakes a sleeping thread for no reason; may_wake_spuriously says whether it sleeps.
  void (*wake_spuriously)(Step& step, ThreadId thread) = nullptr;
  bool (*may_wake_spuriously)(const View& view, ThreadId thread) = nullptr;
  SubframeRow subframe;
  InterruptHooks interrupts;
};

struct Catalogue {
  std::vector<ModelTable> models;
  std::vector<DialectRow> kernels;  // [0] is the default.
  std::vector<DialectRow> libcs;
  std::vector<SpellingRow> spellings;
  // What constants lose here: EPOLLIN is written IN.
  std::vector<std::string_view> dropped_prefixes;
  Hooks hooks;
};

// ---- Wrappers that give the rows above typed frames -------------------------------------------

// Frames are compared as bytes, so they must not have any that nobody sets.
template <class Frame>
concept FrameType = std::is_trivially_copyable_v<Frame> &&
                    std::has_unique_object_representations_v<Frame> && alignof(Frame) <= 8;

// Fills in the untyped function pointers of a call:
//   bind_frame<FutexWait, begin_wait, wait_enabled, step_wait, wait_phase>(row)
template <FrameType Frame, void (*Begin)(Step&, std::span<const std::int64_t>, Frame&),
          bool (*Enabled)(const View&, const Frame&), Progress (*Run)(Step&, Frame&),
          std::string_view (*Phase)(const Frame&)>
void bind_frame(CallRow& row) {
  row.frame_bytes = (sizeof(Frame) + 7) / 8 * 8;
  row.begin = [](Step& step, std::span<const std::int64_t> arguments, std::byte* frame) {
    Begin(step, arguments, *reinterpret_cast<Frame*>(frame));
  };
  row.enabled = [](const View& view, const std::byte* frame) {
    return Enabled(view, *reinterpret_cast<const Frame*>(frame));
  };
  row.step = [](Step& step, std::byte* frame) {
    return Run(step, *reinterpret_cast<Frame*>(frame));
  };
  row.phase = [](const std::byte* frame) { return Phase(*reinterpret_cast<const Frame*>(frame)); };
}

}  // namespace wakesim
