#include "models/cancel.h"

#include <cerrno>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "models/switches.h"
#include "sim/assert.h"
#include "sim/program/builder.h"
#include "sim/program/system.h"

namespace wakesim::cancel {
namespace {

// struct pthread::cancelhandling, and musl's fields of the same meaning.
enum Bit : std::uint32_t {
  kDisabled = 0x01,  // CANCELSTATE
  kAsync = 0x02,     // CANCELTYPE
  kCanceled = 0x04,  // CANCELED: there is a request.
  kExiting = 0x08,   // EXITING: the cleanup blocks run.
  // SIGCANCEL is acted on where the thread stands. glibc up to 2.40: LIBC_CANCEL_ASYNC() for the
  // length of a call. glibc 2.41: a call that the kernel has rewound is about to be made again.
  kInWindow = 0x10,
  kMasked = 0x20,  // musl's PTHREAD_CANCEL_MASKED: a request makes calls give ECANCELED.
};

// Above the bits: kInWindow of what the handlers that run have interrupted, the innermost lowest.
constexpr int kOuterShift = 8;
constexpr std::uint32_t kOuterWindow = 1u << kOuterShift;
constexpr std::uint32_t kOuterMask = ~(kOuterWindow - 1);

// Arguments and results of pthread_setcancelstate(); only musl has the last.
constexpr std::int64_t kEnableState = 0;
constexpr std::int64_t kDisableState = 1;
constexpr std::int64_t kMaskedState = 2;
constexpr std::int64_t kAsynchronousType = 1;  // Of pthread_setcanceltype().

struct Cancellation {
  std::vector<Cell<std::uint32_t>> words;  // By ThreadId.
};

constexpr std::string_view kKey = "cancellation";

// libc.cancellation
enum Library : int { kPcRange = 0, kAsyncWindow = 1, kMusl = 2 };

int library(const View& view) { return view.dialect(id(Switch::LibcCancellation)); }

const Cancellation* find(const System& system, const auto& access) {
  const auto known = system.singletons.find(kKey);
  return known == system.singletons.end() ? nullptr
                                          : &access.template object<Cancellation>(known->second);
}

std::uint32_t word_of(const View& view, ThreadId thread) {
  const Cancellation* all = find(view.system(), view);
  return all == nullptr ? 0 : view.read(all->words[index(thread)]);
}

void set_bits(Step& step, std::uint32_t set, std::uint32_t clear) {
  const Cancellation* all = find(step.system(), step);
  if (all == nullptr) return;
  const auto& cell = all->words[index(step.thread())];
  step.write(cell, (step.read(cell) & ~clear) | set);
}

bool is_enabled_and_canceled(const View& view, std::uint32_t word) {
  if (view.is_on(id(Switch::CancelIgnoresDisable))) word &= ~std::uint32_t{kDisabled};
  const bool cleans_up = (word & kExiting) != 0;
  if (cleans_up && view.is_on(id(Switch::CancelCleanupIsCancelled))) word = kCanceled;
  return (word & (kDisabled | kMasked | kExiting | kCanceled)) == kCanceled;
}

bool is_masked_and_canceled(const View& view, std::uint32_t word) {
  if (view.is_on(id(Switch::CancelMaskedIsDisabled))) return false;
  return (word & (kDisabled | kMasked | kExiting | kCanceled)) == (kMasked | kCanceled);
}

bool is_close(const CallRow& row) { return row.name == "close"; }

// While cancellation is masked, musl leaves out close(), and what is no system call:
// pthread_testcancel(), and pthread_join(), which disables cancellation unless it is enabled.
bool may_refuse(const CallRow& row) {
  return !is_close(row) && row.name != "join" && row.name != "pthread_testcancel";
}

// musl's __cancel() in that state: one call gives ECANCELED, later ones go on as usual.
PointAnswer refuse(Step& step) {
  set_bits(step, kDisabled, kMasked);
  return {PointAnswer::Kind::Refuses, -ECANCELED};
}

constexpr PointAnswer kGoOn{PointAnswer::Kind::GoesOn, 0};
constexpr PointAnswer kUnwind{PointAnswer::Kind::Unwinds, 0};

// musl looks for a request in these only; its pthread_setcancelstate() stores and does not look.
bool tests_for_request(const CallRow& row) {
  return row.name == "cancel" || row.name == "pthread_setcanceltype";
}

}  // namespace

void make_cancellation(Builder& builder) {
  Cancellation all;
  for (std::size_t t = 0; t < builder.thread_count(); ++t) {
    const std::string name = builder.thread_name(static_cast<ThreadId>(t));
    all.words.push_back(builder.add_cell("cancellation of " + name, std::uint32_t{0}));
  }
  builder.set_singleton(kKey, builder.emplace("cancellation", std::move(all)));
}

namespace {

bool acts_where_it_stands(const View& view, std::uint32_t word) {
  if (view.is_on(id(Switch::CancelActsAnywhere))) return true;
  return (word & kAsync) != 0 && !view.is_on(id(Switch::CancelNeverAsync));
}

}  // namespace

// glibc 2.41: sigcancel_handler() compares the program counter with the range between the test of
// the flag and the system call. A call that the kernel rewinds is in it; one that has done
// something is not. musl does the same, and sends itself the signal once more where it does not
// act, blocked in the interrupted context, so that it is seen again when that context is left.
PointAnswer act_on_signal(Step& step, const CallEnd* call, bool is_rewound) {
  const std::uint32_t word = word_of(step, step.thread());
  const bool is_masked = is_masked_and_canceled(step, word);
  if (!is_enabled_and_canceled(step, word) && !is_masked) return kGoOn;
  if (acts_where_it_stands(step, word)) return kUnwind;
  const bool is_at_point = call != nullptr && call->is_cancellation_point && is_rewound;
  switch (library(step)) {
    case kAsyncWindow:
      return (word & kInWindow) != 0 ? kUnwind : kGoOn;
    case kPcRange:
      if (call == nullptr) return (word & kInWindow) != 0 ? kUnwind : kGoOn;
      return is_at_point ? kUnwind : kGoOn;
    case kMusl:
      if (is_at_point && !is_masked) return kUnwind;
      signals::block(step, signals::kSigCancel);
      if (is_at_point && may_refuse(*call->row)) return refuse(step);
      signals::send_to_thread(step, step.thread(), signals::kSigCancel);
      return kGoOn;
  }
  WAKESIM_UNREACHABLE();
}

bool is_requested(const View& view, ThreadId thread) {
  if (view.is_on(id(Switch::CancelPointsDoNotLook))) return false;
  return is_enabled_and_canceled(view, word_of(view, thread));
}

namespace {

// The planted mistakes that make a point of what is none.
bool is_wrong_point(const View& view, const CallRow& row) {
  if (row.name == "lock") return view.is_on(id(Switch::CancelLockIsAPoint));
  if (row.name == "cancel") return view.is_on(id(Switch::CancelSelfActs));
  return row.name == "pthread_setcancelstate" && view.is_on(id(Switch::CancelEnableActs));
}

}  // namespace

bool acts_at_once(const View& view, ThreadId thread, const CallEnd& call) {
  const std::uint32_t word = word_of(view, thread);
  if (!is_enabled_and_canceled(view, word)) return false;
  if (is_wrong_point(view, *call.row)) return true;
  if ((word & kAsync) == 0) return false;
  const bool is_type = call.row->name == "pthread_setcanceltype";
  if (is_type && view.is_on(id(Switch::CancelTypeDoesNotLook))) return false;
  return library(view) != kMusl || tests_for_request(*call.row);
}

// Both glibcs decide by where SIGCANCEL finds the thread, and in a handler that is somewhere else.
// In 2.41 the handler's program counter is not in the range, so a request that comes there is left
// lying, also when the call below is then made again, behind its test. Up to 2.40 the window stays
// open.
void handler_entered(Step& step, const CallEnd* call, bool is_rewound) {
  if (library(step) == kMusl) return;
  const std::uint32_t word = word_of(step, step.thread());
  bool is_in_window = (word & kInWindow) != 0;
  if (library(step) == kPcRange && call != nullptr) {
    is_in_window = call->is_cancellation_point && is_rewound;
  }
  const std::uint32_t outer = ((word & kOuterMask) << 1) | (is_in_window ? kOuterWindow : 0);
  const std::uint32_t kept = library(step) == kAsyncWindow ? word & kInWindow : 0;
  set_bits(step, outer | kept, kOuterMask | kInWindow);
}

void handler_left(Step& step) {
  if (library(step) == kMusl) return;
  const std::uint32_t word = word_of(step, step.thread());
  const std::uint32_t outer = ((word & kOuterMask) >> 1) & kOuterMask;
  set_bits(step, outer, kOuterMask | kInWindow);
  if ((word & kOuterWindow) != 0) set_bits(step, kInWindow, 0);
}

// Up to 2.40 the window is closed by an instruction behind the system call: a step.
bool holds_back(const View& view, ThreadId thread, const CallEnd& call) {
  if (acts_at_once(view, thread, call)) return true;
  return call.is_cancellation_point && (word_of(view, thread) & kInWindow) != 0;
}

// The test in front of the system call. What comes between it and the call acts as if it had come
// before, so the two are one step.
PointAnswer before_point(Step& step, const CallRow& row) {
  const std::uint32_t word = word_of(step, step.thread());
  if (library(step) == kPcRange && (word & kInWindow) != 0) {
    set_bits(step, 0, kInWindow);  // Made again behind the test.
    return kGoOn;
  }
  if (is_requested(step, step.thread())) return kUnwind;
  if (is_masked_and_canceled(step, word) && may_refuse(row)) return refuse(step);
  if (library(step) == kAsyncWindow && (word & (kDisabled | kExiting)) == 0) {
    set_bits(step, kInWindow, 0);
  }
  return kGoOn;
}

// A call that gives up with EINTR has done nothing; close() is another matter (musl).
PointAnswer after_point(Step& step, const CallEnd& call) {
  const std::uint32_t word = word_of(step, step.thread());
  // LIBC_CANCEL_RESET() puts back what was there: in a handler, the window of the call below.
  if ((word & kInWindow) != 0 && (word & kOuterWindow) == 0) set_bits(step, 0, kInWindow);
  if (library(step) == kAsyncWindow || call.result != -EINTR) return kGoOn;
  if (step.is_on(id(Switch::CancelEintrGoesOn))) return kGoOn;
  if (library(step) == kMusl && is_close(*call.row)) return kGoOn;
  if (is_enabled_and_canceled(step, word)) return kUnwind;
  if (is_masked_and_canceled(step, word) && may_refuse(*call.row)) return refuse(step);
  return kGoOn;
}

void unwinding(Step& step) { set_bits(step, kDisabled | kExiting, kInWindow | kOuterMask); }

void effects(Effects& effects) {
  const Cancellation* all = find(effects.system(), effects);
  if (all != nullptr) effects.writes(all->words[index(effects.thread())]);
}

// ---- Calls --------------------------------------------------------------------------------------

namespace {

using Arguments = std::span<const std::int64_t>;

// Does pthread_cancel() send the signal? musl always; glibc not to a thread that has cancellation
// disabled, and up to 2.40 only where SIGCANCEL would be acted on at once: some calls give EINTR
// after any handler.
bool is_sent_to(const View& view, std::uint32_t word) {
  if (view.is_on(id(Switch::CancelSendsNoSignal))) return false;
  if (library(view) == kMusl) return true;
  if ((word & kDisabled) != 0) return view.is_on(id(Switch::CancelSentToDisabled));
  if (library(view) == kPcRange || view.is_on(id(Switch::CancelSentToEverybody))) return true;
  return (word & (kAsync | kInWindow)) != 0;
}

// pthread_cancel(): the request, then the signal.
struct Cancel {
  enum class At : std::uint8_t { Requesting, Signalling };

  std::int64_t target;
  At at;
  std::uint8_t zero[7];
};
static_assert(std::has_unique_object_representations_v<Cancel>);

void begin_cancel(Step&, Arguments arguments, Cancel& call) {
  call = {.target = arguments[0], .at = Cancel::At::Requesting, .zero = {}};
}
bool cancel_enabled(const View&, const Cancel&) { return true; }

Progress step_cancel(Step& step, Cancel& call) {
  const bool is_thread =
      call.target >= 0 && call.target < static_cast<std::int64_t>(step.thread_count());
  if (!is_thread) return step.finish(ESRCH);
  const auto thread = static_cast<ThreadId>(call.target);
  switch (call.at) {
    case Cancel::At::Requesting: {
      if (step.has_ended(thread)) {
        return step.finish(step.is_on(id(Switch::CancelEndedIsEsrch)) ? ESRCH : 0);
      }
      const auto& cell = find(step.system(), step)->words[index(thread)];
      const std::uint32_t word = step.read(cell);
      const bool drops = step.is_on(id(Switch::CancelDropsDisabledRequest));
      if ((word & kDisabled) != 0 && drops) return step.finish(0);
      step.write(cell, word | kCanceled);
      const bool is_known = (word & kCanceled) != 0 && library(step) != kMusl;
      const bool is_sent = is_sent_to(step, word);
      if (is_known || !is_sent || thread == step.thread()) return step.finish(0);
      call.at = Cancel::At::Signalling;
      return Progress::Continues;
    }
    case Cancel::At::Signalling:
      signals::send_to_thread(step, thread, signals::kSigCancel);
      return step.finish(0);
  }
  WAKESIM_UNREACHABLE();
}

std::string_view cancel_phase(const Cancel& call) {
  switch (call.at) {
    case Cancel::At::Requesting:
      return "set request";
    case Cancel::At::Signalling:
      return "send SIGCANCEL";
  }
  WAKESIM_UNREACHABLE();
}

void cancel_effects(Effects& effects, std::span<const PossibleValues> arguments) {
  signals::effects_of_sending(effects, arguments[0]);
  const Cancellation* all = find(effects.system(), effects);
  for (std::size_t t = 0; t < all->words.size(); ++t) {
    effects.writes(all->words[t]);
    effects.reads(effects.system().layout.threads[t].end_class);
  }
}

// One atomic change of the thread's own word, which gives what was there before.
struct Change {
  std::int64_t value;
};

void begin_change(Step&, Arguments arguments, Change& call) { call = {arguments[0]}; }
bool change_enabled(const View&, const Change&) { return true; }

// With a request there, and asynchronous, the thread is cancelled at once; holds_back() sees to
// that.
Progress step_type(Step& step, Change& call) {
  if (call.value != 0 && call.value != 1) return step.finish(EINVAL);
  const std::uint32_t word = word_of(step, step.thread());
  constexpr std::uint32_t kNone = 0;
  set_bits(step, call.value != 0 ? std::uint32_t{kAsync} : kNone,
           call.value != 0 ? kNone : std::uint32_t{kAsync});
  return step.finish((word & kAsync) != 0 ? kAsynchronousType : 0);
}

std::int64_t state_of(std::uint32_t word) {
  if ((word & kDisabled) != 0) return kDisableState;
  return (word & kMasked) != 0 ? kMaskedState : kEnableState;
}

Progress step_state(Step& step, Change& call) {
  const std::int64_t last = library(step) == kMusl ? kMaskedState : kDisableState;
  if (call.value < 0 || call.value > last) return step.finish(EINVAL);
  const std::uint32_t word = word_of(step, step.thread());
  const std::uint32_t masked = call.value == kMaskedState ? kMasked : 0u;
  set_bits(step, call.value == kDisableState ? kDisabled : masked, kDisabled | kMasked);
  return step.finish(state_of(word));
}

std::string_view change_phase(const Change&) { return "change"; }

struct TestCancel {
  std::int64_t zero;
};

void begin_test(Step&, Arguments, TestCancel& call) { call = {0}; }
bool test_enabled(const View&, const TestCancel&) { return true; }
Progress step_test(Step& step, TestCancel&) { return step.finish(0); }
std::string_view test_phase(const TestCancel&) { return "test"; }

void own_effects(Effects& effects, std::span<const PossibleValues>) { cancel::effects(effects); }

std::int64_t was_cancelled(Step& step, Arguments arguments) {
  const auto target = arguments[0];
  const bool is_thread = target >= 0 && target < static_cast<std::int64_t>(step.thread_count());
  if (!is_thread) return 0;
  return (word_of(step, static_cast<ThreadId>(target)) & kExiting) != 0 ? 1 : 0;
}

void look_effects(Effects& effects, std::span<const PossibleValues>) {
  const Cancellation* all = find(effects.system(), effects);
  if (all == nullptr) return;
  for (const auto& word : all->words) effects.reads(word);
}

CallRow cancel_row() {
  CallRow row;
  row.name = "cancel";
  row.parameters = {{.name = "thread", .type = ParameterType::Thread}};
  row.about =
      "Asks a thread to end: deferred, at its next cancellation point, unless it chose "
      "otherwise.";
  row.source = "pthread_cancel(3); nptl/pthread_cancel.c, musl src/thread/pthread_cancel.c";
  row.wakes = "the thread, through SIGCANCEL, if it sleeps interruptibly";
  row.unwinds_threads = true;
  row.cost = Cost::SystemCall;
  bind_frame<Cancel, begin_cancel, cancel_enabled, step_cancel, cancel_phase>(row);
  row.effects = cancel_effects;
  return row;
}

template <Progress (*run)(Step&, Change&)>
CallRow change_row(std::string_view name, std::string_view parameter, std::string_view about) {
  CallRow row;
  row.name = name;
  row.parameters = {{.name = parameter, .type = ParameterType::Flags}};
  row.about = about;
  row.source = "pthread_setcancelstate(3)";
  row.errors = {{"EINVAL", "there is no such value; returned as a positive number"}};
  row.wakes = "nobody";
  row.cost = Cost::Atomic;
  row.lets_be_unwound = run == step_type;
  bind_frame<Change, begin_change, change_enabled, run, change_phase>(row);
  row.effects = own_effects;
  return row;
}

CallRow test_row() {
  CallRow row;
  row.name = "pthread_testcancel";
  row.result = ResultShape::Nothing;
  row.about = "A cancellation point and nothing else.";
  row.source = "pthread_testcancel(3)";
  row.wakes = "nobody";
  row.is_cancellation_point = true;
  row.cost = Cost::User;
  bind_frame<TestCancel, begin_test, test_enabled, step_test, test_phase>(row);
  row.effects = own_effects;
  return row;
}

CallRow look_row() {
  CallRow row;
  row.name = "cancelled";
  row.parameters = {{.name = "thread", .type = ParameterType::Thread}};
  row.about = "Has the thread acted on a cancellation?";
  row.source = "for properties";
  row.primitive = was_cancelled;
  row.is_pure = true;
  row.effects = look_effects;
  return row;
}

}  // namespace
}  // namespace wakesim::cancel

namespace wakesim {

ModelTable cancel_model() {
  using namespace cancel;
  ModelTable table;
  table.name = "cancellation";
  table.about = "Thread cancellation: points, state, type, cleanup.";
  table.calls = {cancel_row(), test_row(),
                 change_row<step_state>(
                     "pthread_setcancelstate", "state",
                     "Disables, enables or (musl) masks cancellation; gives the old state. Masked, "
                     "one cancellation point gives -ECANCELED in place of ending the thread."),
                 change_row<step_type>("pthread_setcanceltype", "type",
                                       "Asynchronous or deferred; gives the old type."),
                 look_row()};
  table.constants = {{"PTHREAD_CANCEL_ENABLE", kEnableState},
                     {"PTHREAD_CANCEL_DISABLE", kDisableState},
                     {"PTHREAD_CANCEL_MASKED", kMaskedState},
                     {"PTHREAD_CANCEL_DEFERRED", 0},
                     {"PTHREAD_CANCEL_ASYNCHRONOUS", kAsynchronousType},
                     {"PTHREAD_CANCELED", -1}};
  SwitchRow library;
  library.id = id(Switch::LibcCancellation);
  library.name = "libc.cancellation";
  library.values = {"pc-range", "async-window", "musl"};
  library.about =
      "How a cancellation point is left: by the program counter when the signal comes (glibc "
      "2.41), "
      "anywhere while the call is under way (glibc up to 2.40), or as musl does.";
  library.source = "nptl/cancellation.c before and after 89b53077d2a5; musl syscall_cp.s";
  table.switches = {
      library,
      planted_mistake(Switch::CancelDropsDisabledRequest, "cancellation.drops-disabled-request",
                      "A request to a thread that has cancellation disabled is forgotten."),
      planted_mistake(Switch::CancelIgnoresDisable, "cancellation.ignores-disable",
                      "A thread is cancelled though it has cancellation disabled."),
      planted_mistake(Switch::CancelEnableActs, "cancellation.enable-acts",
                      "pthread_setcancelstate() is a cancellation point."),
      planted_mistake(Switch::CancelActsAnywhere, "cancellation.acts-anywhere",
                      "A deferred thread is cancelled wherever SIGCANCEL finds it."),
      planted_mistake(Switch::CancelNeverAsync, "cancellation.never-async",
                      "An asynchronous thread is cancelled at cancellation points only."),
      planted_mistake(Switch::CancelTypeDoesNotLook, "cancellation.type-does-not-look",
                      "pthread_setcanceltype() leaves a request that is there for later."),
      planted_mistake(Switch::CancelSendsNoSignal, "cancellation.sends-no-signal",
                      "pthread_cancel() does not wake the thread."),
      planted_mistake(Switch::CancelPointsDoNotLook, "cancellation.points-do-not-look",
                      "A cancellation point does not look for requests before it begins."),
      planted_mistake(
          Switch::CancelEintrGoesOn, "cancellation.eintr-goes-on",
          "A cancellation point that comes back with EINTR does not look for requests."),
      planted_mistake(Switch::CancelLockIsAPoint, "cancellation.lock-is-a-point",
                      "pthread_mutex_lock() is a cancellation point."),
      planted_mistake(Switch::CancelSelfActs, "cancellation.self-acts",
                      "A thread that cancels itself ends there."),
      planted_mistake(Switch::CancelEndedIsEsrch, "cancellation.ended-is-esrch",
                      "pthread_cancel() of a thread that has ended gives ESRCH."),
      planted_mistake(Switch::CancelMaskedIsDisabled, "cancellation.masked-is-disabled",
                      "musl: while cancellation is masked, calls go on as if it were disabled."),
      planted_mistake(
          Switch::CancelSentToEverybody, "cancellation.sent-to-everybody",
          "glibc up to 2.40: SIGCANCEL is sent to threads that are at no cancellation point."),
      planted_mistake(Switch::CancelSentToDisabled, "cancellation.sent-to-disabled",
                      "glibc: SIGCANCEL is sent to threads that have cancellation disabled."),
      planted_mistake(Switch::CancelCleanupIsCancelled, "cancellation.cleanup-is-cancelled",
                      "A thread that is being cancelled is cancelled again in its cleanup."),
  };
  return table;
}

}  // namespace wakesim
