#include "models/poll.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "models/file.h"
#include "models/kernel.h"
#include "models/signal.h"
#include "models/switches.h"
#include "sim/assert.h"
#include "sim/program/builder.h"
#include "sim/program/step.h"

namespace wakesim {
namespace {

using file::FileId;
using file::OpenFile;

// No modelled file has two queues, so a descriptor needs one wait entry.
constexpr std::size_t kQueuesPerFile = 1;

// What the three sets of select() mean, fs/select.c.
constexpr std::uint32_t kReadable =
    file::kIn | file::kRdNorm | file::kRdBand | file::kHup | file::kErr | file::kNval;
constexpr std::uint32_t kWritable =
    file::kOut | file::kWrNorm | file::kWrBand | file::kErr | file::kNval;
constexpr std::uint32_t kExceptional = file::kPri | file::kNval;

// A call in flight.
//
//   (select: CheckingSets -->) Lookup --> Linking --> Loading --> Fput --+--> next descriptor
//                                ^        (while nothing is ready)       |
//                                |                                       +--> pass over:
//   Asleep <-- SettingState <----|------- nothing ready, time left ------+
//      |                         |                                       |
//      +-- woken or triggered ---+                                       +--> Freeing --> returned
//
// Lookup and Fput are steps only where numbers are opened or closed during the run.
struct PollCall {
  enum class At : std::uint8_t {
    CheckingSets,  // max_select_fd()
    Lookup,        // fdget()
    Linking,       // poll_wait()
    Loading,       // The rest of the file's poll method.
    Fput,          // fdput()
    SettingState,  // set_current_state() in poll_schedule_timeout()
    Asleep,        // schedule_hrtimeout_range(), and what follows it
    Freeing,       // poll_freewait()
    Done,
  };

  std::int64_t result;
  ThreadId thread;
  std::uint32_t pairs;
  std::uint32_t position;  // The pair being looked at; while Freeing, one past the next to free.
  FileId file;             // Of that pair.
  file::Asked asked;
  At at;
  bool is_select;
  bool may_link;  // The queueing function is set.
  bool is_timed_out;
  bool has_timer;
  bool is_counted;  // Files have references.
  std::array<std::uint8_t, 2> zero;
};
static_assert(std::has_unique_object_representations_v<PollCall>);
static_assert(sizeof(PollCall) % 8 == 0);  // The pairs stand right behind it.

using At = PollCall::At;

// One watched descriptor. For select they are sorted by number, as do_select() visits them.
struct PollPair {
  std::int32_t number;
  std::uint16_t events;  // As written; for select the sets it is in.
  std::uint16_t revents;
  std::uint32_t held;   // 1 + the file whose queue this pair's entry is on, or 0.
  std::uint32_t place;  // In the program's order.
};
static_assert(std::has_unique_object_representations_v<PollPair>);

std::span<PollPair> pairs_of(PollCall& call) {
  return {reinterpret_cast<PollPair*>(&call + 1), call.pairs};
}

std::span<const PollPair> pairs_of(const PollCall& call) {
  return {reinterpret_cast<const PollPair*>(&call + 1), call.pairs};
}

// ---- Masks --------------------------------------------------------------------------------------

// select asks each number once, whatever sets it is in: a group is the pairs of one number.
std::uint32_t group_end(const PollCall& call, std::uint32_t begin) {
  const auto pairs = pairs_of(call);
  std::uint32_t end = begin + 1;
  if (!call.is_select) return end;
  while (end < call.pairs && pairs[end].number == pairs[begin].number) ++end;
  return end;
}

// What each of the three sets stands for. The rest of the masks are here for the mutants.
struct SelectMasks {
  std::uint32_t readable = kReadable;
  std::uint32_t writable = kWritable;
  std::uint32_t exceptional = kExceptional;
};

SelectMasks select_masks(const View& view) {
  SelectMasks masks;
  if (view.is_on(id(Switch::PollSelectHupNotReadable))) masks.readable &= ~file::kHup;
  if (view.is_on(id(Switch::PollSelectErrNotReadable))) masks.readable &= ~file::kErr;
  if (view.is_on(id(Switch::PollSelectHupIsWritable))) masks.writable |= file::kHup;
  if (view.is_on(id(Switch::PollSelectErrIsExceptional))) masks.exceptional |= file::kErr;
  return masks;
}

std::uint32_t select_sets(const View& view, std::uint32_t mask, std::uint32_t asked) {
  const SelectMasks masks = select_masks(view);
  std::uint32_t sets = 0;
  if ((mask & masks.readable) != 0) sets |= file::kIn;
  if ((mask & masks.writable) != 0) sets |= file::kOut;
  if ((mask & masks.exceptional) != 0) sets |= file::kPri;
  return sets & asked;
}

// What is reported of a poll's descriptor, asked for or not.
std::uint32_t always_reported(const View& view) {
  return view.is_on(id(Switch::PollErrHupIfAsked)) ? 0 : file::kErr | file::kHup;
}

// Which events a wake must have to concern this pair (do_pollfd(), select_poll_one()).
std::uint32_t key_of(const View& view, const PollCall& call, std::uint32_t begin) {
  const auto pairs = pairs_of(call);
  if (!call.is_select) return pairs[begin].events | always_reported(view);
  std::uint32_t key = kExceptional;
  for (std::uint32_t i = begin; i < group_end(call, begin); ++i) {
    if ((pairs[i].events & file::kIn) != 0) key |= kReadable;
    if ((pairs[i].events & file::kOut) != 0) key |= kWritable;
  }
  return key;
}

std::uint32_t count_bits(std::uint32_t bits) {
  std::uint32_t count = 0;
  for (; bits != 0; bits &= bits - 1) ++count;
  return count;
}

// poll() counts descriptors, select() bits.
std::uint32_t count_ready(const View& view, const PollCall& call, std::uint32_t revents) {
  if (call.is_select) return count_bits(revents);
  if (view.is_on(id(Switch::PollCountsBits))) return count_bits(revents);
  const bool is_nothing = revents == file::kNval && view.is_on(id(Switch::PollNvalNotCounted));
  return revents != 0 && !is_nothing ? 1 : 0;
}

// One descriptor has been asked. After a ready one the rest are still asked, but not queued on.
void record_mask(const View& view, PollCall& call, std::uint32_t mask) {
  const auto pairs = pairs_of(call);
  const std::uint32_t end = group_end(call, call.position);
  std::uint32_t ready = 0;
  for (std::uint32_t i = call.position; i < end; ++i) {
    const std::uint32_t events = pairs[i].events;
    const std::uint32_t wanted = events | always_reported(view) | file::kNval;
    const std::uint32_t revents = call.is_select ? select_sets(view, mask, events) : mask & wanted;
    pairs[i].revents = static_cast<std::uint16_t>(revents);
    ready += count_ready(view, call, revents);
  }
  const bool counts_once = call.is_select && view.is_on(id(Switch::PollSelectCountsDescriptors));
  if (counts_once) ready = std::min(ready, 1u);
  call.result += ready;
  if (ready != 0) call.may_link = false;
  call.asked = {};
  call.file = file::kNoFile;
  call.position = end;
}

// ---- A pass -------------------------------------------------------------------------------------

bool holds_entries(const PollCall& call) {
  const auto pairs = pairs_of(call);
  return std::any_of(pairs.begin(), pairs.end(), [](const PollPair& p) { return p.held != 0; });
}

void leave(PollCall& call) {
  call.position = call.pairs;
  call.at = holds_entries(call) ? At::Freeing : At::Done;
}

// What is known of a number that is not open.
std::uint32_t nval_mask(const View& view, const PollCall& call) {
  const bool is_nothing = call.is_select && view.is_on(id(Switch::PollSelectNvalIsNothing));
  return is_nothing ? 0u : std::uint32_t{file::kNval};
}

// DEFAULT_POLLMASK: a file without a poll method is always ready.
std::uint32_t default_mask(const View& view) {
  return view.is_on(id(Switch::PollNoMethodIsNotReady))
             ? 0
             : file::kIn | file::kOut | file::kRdNorm | file::kWrNorm;
}

// The file's method begins: poll_wait() first, while queueing is on.
void enter_method(const View& view, PollCall& call) {
  const bool looks_first = view.is_on(id(Switch::PollChecksBeforeLinking));
  call.at = call.may_link && !looks_first ? At::Linking : At::Loading;
}

// A signal counts only if nothing is ready, and even where no sleep was asked for.
bool signal_matters(const View& view, const PollCall& call) {
  if (view.is_on(id(Switch::PollSignalFirst))) return true;
  if (call.is_timed_out && view.is_on(id(Switch::PollZeroTimeoutIgnoresSignal))) return false;
  return call.result == 0;
}

// Goes on to the next descriptor that needs a step, or to what follows the pass. Everything passed
// over depends on nothing that can change.
void advance(const View& view, PollCall& call) {
  const auto pairs = pairs_of(call);
  while (call.position < call.pairs) {
    PollPair& pair = pairs[call.position];
    if (call.result > 0 && view.is_on(id(Switch::PollStopsAtFirstReady))) break;
    const bool is_ignored = !call.is_select && !view.is_on(id(Switch::PollNegativeIsClosed));
    if (pair.number < 0 && is_ignored) {  // By poll() only.
      ++call.position;
      continue;
    }
    if (call.is_counted) {
      call.at = At::Lookup;
      return;
    }
    const FileId id = file::lookup(view, pair.number);
    if (id == file::kNoFile) {
      record_mask(view, call, nval_mask(view, call));
      continue;
    }
    if (file::open_file(view, id).operations->poll.queue == nullptr) {
      record_mask(view, call, default_mask(view));
      continue;
    }
    call.file = id;
    enter_method(view, call);
    return;
  }
  call.may_link = false;  // Never queue twice.
  if (signal_matters(view, call) && kernel::signal_pending(view, call.thread)) {
    call.result =
        view.is_on(id(Switch::PollRestarts)) ? kernel::kRestartSys : kernel::kRestartNoHand;
  }
  if (call.result != 0 || call.is_timed_out) {
    const bool is_error = call.result == 0 && view.is_on(id(Switch::PollTimeoutIsAnError));
    if (is_error) call.result = -ETIMEDOUT;
    leave(call);
  } else {
    call.at = At::SettingState;
  }
}

void begin_pass(const View& view, PollCall& call) {
  call.position = 0;
  advance(view, call);
}

// A method has given its mask, or there was none to ask. The look-up's reference is dropped, unless
// it is the one that this pair's entry keeps.
void finish_pair(const View& view, PollCall& call, std::uint32_t mask) {
  const std::uint32_t held = pairs_of(call)[call.position].held;
  const FileId id = call.file;
  record_mask(view, call, mask);
  if (call.is_counted && id != file::kNoFile && held != index(id) + 1) {
    call.file = id;
    call.at = At::Fput;
    return;
  }
  advance(view, call);
}

void step_lookup(Step& step, PollCall& call) {
  const PollPair& pair = pairs_of(call)[call.position];
  const bool is_known = pair.held != 0 && step.is_on(wakesim::id(Switch::PollLooksUpOnce));
  const FileId id = is_known ? static_cast<FileId>(pair.held - 1) : file::lookup(step, pair.number);
  if (id == file::kNoFile) {
    finish_pair(step, call, nval_mask(step, call));
    return;
  }
  // The entry of an earlier pass holds this very file: one more reference, dropped before anybody
  // could tell, is left out.
  if (pair.held != index(id) + 1) file::take_reference(step, id);
  call.file = id;
  if (file::open_file(step, id).operations->poll.queue == nullptr) {
    finish_pair(step, call, default_mask(step));
    return;
  }
  enter_method(step, call);
}

// __pollwait(): at the head and not exclusive, under the queue's lock. Two turns where the method
// has something to store first.
void step_linking(Step& step, PollCall& call) {
  const OpenFile& open = file::open_file(step, call.file);
  const file::PollMethod& method = open.operations->poll;
  if (method.announce != nullptr && method.announce(step, open)) return;
  const kernel::WaitQueue queue = method.queue(step, open);
  if (!kernel::may_lock(step, call.thread, queue)) return;  // A walk is under way: wait for it.
  const EntryId entry = kernel::my_entry(step, call.position);
  const kernel::EntryOptions options{.function = kernel::WakeFunction::Pollwake,
                                     .key = key_of(step, call, call.position)};
  if (step.is_on(id(Switch::PollLinksExclusive))) {
    kernel::add_wait_queue_exclusive_head(step, queue, entry, options);
  } else if (step.is_on(id(Switch::PollLinksAtTail))) {
    kernel::add_wait_queue_entry_tail(step, queue, entry, options);
  } else {
    kernel::add_wait_queue(step, queue, entry, options);
  }
  pairs_of(call)[call.position].held = index(call.file) + 1;
  if (step.is_on(id(Switch::PollChecksBeforeLinking))) {
    finish_pair(step, call, call.asked.mask);
  } else {
    call.at = At::Loading;
  }
}

bool is_ready(const View& view, const PollCall& call, std::uint32_t mask) {
  if (!call.is_select) return (mask & key_of(view, call, call.position)) != 0;
  const auto pairs = pairs_of(call);
  for (std::uint32_t i = call.position; i < group_end(call, call.position); ++i) {
    if (select_sets(view, mask, pairs[i].events) != 0) return true;
  }
  return false;
}

void step_loading(Step& step, PollCall& call) {
  const OpenFile& open = file::open_file(step, call.file);
  const auto mask = file::ask(step, open, call.asked);
  if (!mask) return;
  const bool links_late = step.is_on(id(Switch::PollChecksBeforeLinking)) && call.may_link;
  if (links_late && !is_ready(step, call, *mask)) {
    call.asked.mask = *mask;
    call.at = At::Linking;
    return;
  }
  finish_pair(step, call, *mask);
}

// ---- Sleeping -----------------------------------------------------------------------------------

void clear_triggered(Step& step) {
  TaskRun run = step.run(step.thread());
  run.flags &= static_cast<std::uint8_t>(~kernel::kTriggered);
  step.set_run(step.thread(), run);
}

// Names of what is watched, for messages: "efd, p[0]".
std::string poll_subject(const View& view, const std::byte* frame) {
  const auto& call = *reinterpret_cast<const PollCall*>(frame);
  std::vector<PollPair> pairs(pairs_of(call).begin(), pairs_of(call).end());
  std::sort(pairs.begin(), pairs.end(),
            [](const PollPair& a, const PollPair& b) { return a.place < b.place; });
  std::string text;
  for (const PollPair& pair : pairs) {
    if (!text.empty()) text += ", ";
    FileId id = pair.held != 0 ? static_cast<FileId>(pair.held - 1) : file::kNoFile;
    if (id == file::kNoFile) id = file::declared_file(view, pair.number);
    text += id == file::kNoFile ? "descriptor " + std::to_string(pair.number)
                                : file::open_file(view, id).name;
  }
  return text;
}

bool may_go_on(const View& view, const PollCall& call) {
  const TaskRun run = view.run(call.thread);
  if (kernel::is_running(view, call.thread) || run.timer == kernel::kTimerFired) return true;
  return (run.flags & kernel::kTriggered) != 0 && !view.is_on(id(Switch::PollNoTriggered));
}

void step_setting_state(Step& step, PollCall& call) {
  if (step.is_on(id(Switch::PollClearsTriggeredLate))) clear_triggered(step);
  kernel::set_current_state(step, kernel::kTaskInterruptible);
  call.at = At::Asleep;
  if (step.is_traced() && !may_go_on(step, call)) {
    step.note({StepEvent::Kind::Slept, call.thread, 0,
               poll_subject(step, reinterpret_cast<const std::byte*>(&call))});
  }
}

// The rest of poll_schedule_timeout(). `triggered` is cleared before the next pass looks: a wake
// from here on will be remembered again.
void step_asleep(Step& step, PollCall& call) {
  const bool is_over = kernel::timer_fired(step, call.thread);
  if (is_over || step.is_on(id(Switch::PollTrustsWakes))) call.is_timed_out = true;
  kernel::set_current_state(step, kernel::kTaskRunning);
  if (!step.is_on(id(Switch::PollClearsTriggeredLate))) clear_triggered(step);
  if (is_over && step.is_on(id(Switch::PollNoPassAfterTimeout))) {
    leave(call);
    return;
  }
  begin_pass(step, call);
}

// ---- The end ------------------------------------------------------------------------------------

// free_poll_entry(), from the last to the first. A wake that finds an entry of a poller that only
// has to leave yet does nothing that anybody could see (the poller runs, the entry is not
// exclusive), so it does not matter when an entry goes: one step for all, and without `triggered`,
// which dies with the call. Dropping a file does matter: then each is a step.
void step_freeing(Step& step, PollCall& call) {
  const auto pairs = pairs_of(call);
  bool is_dropped = false;
  while (call.position > 0 && !is_dropped) {
    --call.position;
    PollPair& pair = pairs[call.position];
    if (pair.held == 0) continue;
    const EntryId entry = kernel::my_entry(step, call.position);
    if (kernel::is_linked(step, entry)) kernel::remove_wait_queue(step, entry);
    if (call.is_counted) {
      if (file::fput(step, static_cast<FileId>(pair.held - 1)) == Progress::Continues) {
        ++call.position;
        return;
      }
      is_dropped = true;
    }
    pair.held = 0;
  }
  if (holds_entries(call)) return;
  clear_triggered(step);
  call.position = 0;
  call.at = At::Done;
}

Progress finish(Step& step, PollCall& call) {
  if (call.has_timer) kernel::disarm_timeout(step);
  // restore_saved_sigmask_unless(): a handler runs under the temporary mask.
  const bool is_interrupted =
      call.result == kernel::kRestartNoHand || call.result == kernel::kRestartSys;
  const bool keeps_mask = is_interrupted || step.is_on(id(Switch::PollKeepsSigmask));
  if (!keeps_mask) signals::restore_mask(step);
  for (const PollPair& pair : pairs_of(call)) {
    step.set_result(pair.place, 0, pair.number);
    step.set_result(pair.place, 1, pair.revents);
  }
  return step.finish(call.result);
}

// max_select_fd(): any set bit of a closed descriptor, before anything is polled.
void step_checking_sets(const View& view, PollCall& call) {
  const auto pairs = pairs_of(call);
  const bool is_bad = std::any_of(pairs.begin(), pairs.end(), [&](const PollPair& pair) {
    return file::lookup(view, pair.number) == file::kNoFile;
  });
  if (is_bad && !view.is_on(id(Switch::PollSelectSkipsCheck))) {
    call.result = -EBADF;
    call.at = At::Done;
    return;
  }
  begin_pass(view, call);
}

// ---- The calls ----------------------------------------------------------------------------------

struct Variant {
  bool is_select;
  bool has_timespec;  // Negative times are errors, not "for ever".
  bool has_mask;      // Takes a signal mask for its length.

  // Arguments before the pairs.
  constexpr std::size_t scalars() const { return has_mask ? 2 : 1; }
};

// Whether the call gets a time that cannot be.
bool is_invalid(const View& view, std::int64_t timeout, bool has_timespec) {
  const bool is_negative = has_timespec && timeout < 0 && timeout != kForever;
  return is_negative && !view.is_on(id(Switch::PollTakesNegativeTimespec));
}

// The argument, but for mutants.
std::int64_t timeout_of(const View& view, std::int64_t timeout, bool has_timespec) {
  const bool is_negative = !has_timespec && timeout < 0 && timeout != kForever;
  return is_negative && view.is_on(id(Switch::PollNegativeTimeoutIsZero)) ? 0 : timeout;
}

template <Variant variant>
void begin_poll(Step& step, std::span<const std::int64_t> arguments, PollCall& call) {
  const std::int64_t timeout = timeout_of(step, arguments[0], variant.has_timespec);
  const std::uint32_t count = step.pair_count();
  constexpr std::size_t kScalars = variant.scalars();
  WAKESIM_ASSERT(arguments.size() == kScalars + 2 * std::size_t{count});
  call = PollCall{};
  call.thread = step.thread();
  call.pairs = count;
  call.file = file::kNoFile;
  call.is_select = variant.is_select;
  call.is_counted = !file::is_table_constant(step);
  const auto pairs = pairs_of(call);
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::int64_t number = arguments[kScalars + 2 * i];
    pairs[i] = {.number = number < 0 || number > INT32_MAX ? -1 : static_cast<std::int32_t>(number),
                .events = static_cast<std::uint16_t>(arguments[kScalars + 1 + 2 * i]),
                .revents = 0,
                .held = 0,
                .place = i};
  }
  if (is_invalid(step, timeout, variant.has_timespec)) {
    call.result = -EINVAL;
    call.at = At::Done;
    return;
  }
  // set_user_sigmask(), before the first pass: no signal falls between the mask and the sleep.
  const bool takes_mask = variant.has_mask && !step.is_on(id(Switch::PollIgnoresSigmask));
  if (takes_mask) signals::set_temporary_mask(step, arguments[1]);
  // The deadline counts from the entry of the call, so the timer runs from here on; should it fire
  // during the first pass, the call does not sleep.
  if (timeout > 0) kernel::arm_timeout(step, timeout);
  call.has_timer = timeout > 0;
  call.is_timed_out = timeout == 0 && !step.is_on(id(Switch::PollZeroTimeoutSleeps));
  call.may_link = !call.is_timed_out;
  if (variant.is_select) {
    std::stable_sort(pairs.begin(), pairs.end(),
                     [](const PollPair& a, const PollPair& b) { return a.number < b.number; });
  }
  const Switch backwards =
      variant.is_select ? Switch::PollSelectBackwards : Switch::PollArrayBackwards;
  if (step.is_on(id(backwards))) std::reverse(pairs.begin(), pairs.end());
  if (variant.is_select) {
    call.at = At::CheckingSets;
    if (!call.is_counted) step_checking_sets(step, call);
  } else {
    begin_pass(step, call);
  }
}

bool may_lock_queue(const View& view, const PollCall& call, FileId id) {
  const OpenFile& open = file::open_file(view, id);
  return kernel::may_lock(view, call.thread, open.operations->poll.queue(view, open));
}

// Each queue that still holds an entry of the call is locked to take it off.
bool may_free(const View& view, const PollCall& call) {
  const auto pairs = pairs_of(call);
  return std::all_of(pairs.begin(), pairs.end(), [&](const PollPair& pair) {
    if (pair.held == 0) return true;
    const auto id = static_cast<FileId>(pair.held - 1);
    return may_lock_queue(view, call, id) && file::may_fput(view, call.thread, id);
  });
}

bool poll_enabled(const View& view, const PollCall& call) {
  switch (call.at) {
    case At::CheckingSets:
    case At::Lookup:
    case At::SettingState:
    case At::Done:
      return true;
    case At::Fput:
      return file::may_fput(view, call.thread, call.file);
    case At::Loading:
      return file::may_ask(view, call.thread, file::open_file(view, call.file));
    case At::Linking:
      return may_lock_queue(view, call, call.file);
    case At::Freeing:
      return may_free(view, call);
    case At::Asleep:
      return may_go_on(view, call);
  }
  WAKESIM_UNREACHABLE();
}

Progress step_poll(Step& step, PollCall& call) {
  switch (call.at) {
    case At::CheckingSets:
      step_checking_sets(step, call);
      break;
    case At::Lookup:
      step_lookup(step, call);
      break;
    case At::Linking:
      step_linking(step, call);
      break;
    case At::Loading:
      step_loading(step, call);
      break;
    case At::Fput:
      if (file::fput(step, call.file) == Progress::Continues) break;
      call.file = file::kNoFile;
      advance(step, call);
      break;
    case At::SettingState:
      step_setting_state(step, call);
      break;
    case At::Asleep:
      step_asleep(step, call);
      break;
    case At::Freeing:
      step_freeing(step, call);
      break;
    case At::Done:
      break;
  }
  return call.at == At::Done ? finish(step, call) : Progress::Continues;
}

std::string_view poll_phase(const PollCall& call) {
  switch (call.at) {
    case At::CheckingSets:
      return "check sets";
    case At::Lookup:
      return "fdget";
    case At::Linking:
      return "link";
    case At::Loading:
      return "check";
    case At::Fput:
      return "fput";
    case At::SettingState:
      return "set state";
    case At::Asleep:
      return "asleep";
    case At::Freeing:
      return "freewait";
    case At::Done:
      return "return";
  }
  WAKESIM_UNREACHABLE();
}

// As after a timeout whose last pass found nothing.
void return_empty(Step& step, std::byte* frame) {
  PollCall& call = *reinterpret_cast<PollCall*>(frame);
  WAKESIM_ASSERT(call.at == At::Asleep);
  kernel::set_current_state(step, kernel::kTaskRunning);
  leave(call);
  while (call.at == At::Freeing) step_freeing(step, call);
  finish(step, call);
}

template <Variant variant>
void poll_effects(Effects& effects, std::span<const PossibleValues> arguments) {
  if (variant.has_mask) {
    signals::effects_of_mask(effects);
  } else {
    signals::effects_on_oneself(effects);
  }
  for (std::size_t i = variant.scalars(); i < arguments.size(); i += 2) {
    for (const OpenFile* open : file::lookup_effects(effects, arguments[i])) {
      const file::PollMethod& method = open->operations->poll;
      if (method.effects != nullptr) method.effects(effects, *open);
    }
  }
  effects.sleeps();
  const PossibleValues& timeout = arguments[0];
  const bool never_armed = timeout.is_single() && (timeout.first == 0 || timeout.first == kForever);
  if (!never_armed) effects.arms_timer();
}

template <Variant variant>
CallRow poll_row(std::string_view name) {
  CallRow row;
  row.name = name;
  row.parameters = {{.name = "watches",
                     .type = ParameterType::Pairs,
                     .pair = "watch",
                     .pair_first = ParameterType::Descriptor},
                    {.name = "timeout",
                     .type = ParameterType::Duration,
                     .is_optional = true,
                     .fallback = kForever}};
  if (variant.has_mask) {
    row.parameters.push_back({.name = "sigmask",
                              .type = ParameterType::Flags,
                              .is_optional = true,
                              .fallback = -1,
                              .misuse = signals::misuse_as_set});
  }
  row.result = ResultShape::List;
  row.fields = {"fd", "revents"};
  row.entries_parameter = "watches";
  row.wakes = "nobody";
  row.is_cancellation_point = true;
  row.tail_bytes = sizeof(PollPair);
  row.entries_per_pair = kQueuesPerFile;
  bind_frame<PollCall, begin_poll<variant>, poll_enabled, step_poll, poll_phase>(row);
  row.may_return_empty = true;
  row.return_empty = return_empty;
  row.subject = poll_subject;
  row.effects = poll_effects<variant>;
  return row;
}

CallRow poll_only_row() {
  CallRow row =
      poll_row<Variant{.is_select = false, .has_timespec = false, .has_mask = false}>("poll");
  row.about = "Waits until a watched descriptor is ready; gives how many are, and r[i].revents.";
  row.source = "do_poll() and do_sys_poll() in fs/select.c; poll(2)";
  row.errors = {{"EINTR", "a handler has run"}};
  return row;
}

CallRow ppoll_row() {
  CallRow row =
      poll_row<Variant{.is_select = false, .has_timespec = true, .has_mask = true}>("ppoll");
  row.about = "poll() with a timespec and a signal mask for its length.";
  row.source = "do_poll() in fs/select.c; ppoll(2)";
  row.errors = {{"EINVAL", "the timeout is negative"}, {"EINTR", "a handler has run"}};
  return row;
}

template <bool has_mask>
CallRow select_row(std::string_view name, std::string_view about, std::string_view source) {
  CallRow row =
      poll_row<Variant{.is_select = true, .has_timespec = true, .has_mask = has_mask}>(name);
  row.about = about;
  row.source = source;
  row.errors = {{"EBADF", "a watched descriptor is closed when the call begins"},
                {"EINVAL", "the timeout is negative"},
                {"EINTR", "a handler has run"}};
  return row;
}

}  // namespace

ModelTable poll_model() {
  ModelTable table;
  table.name = "poll";
  table.about = "poll, ppoll, select and pselect: waiting for any of several descriptors.";
  table.calls = {poll_only_row(), ppoll_row(),
                 select_row<false>(
                     "select", "Waits until a bit of its three sets holds; gives how many bits do.",
                     "do_select() in fs/select.c; select(2)"),
                 select_row<true>("pselect", "select() with a signal mask for its length.",
                                  "do_select() in fs/select.c; pselect(2)")};
  table.constants = {
      {"IN", file::kIn},         {"PRI", file::kPri},       {"OUT", file::kOut},
      {"ERR", file::kErr},       {"HUP", file::kHup},       {"NVAL", file::kNval},
      {"RDNORM", file::kRdNorm}, {"RDBAND", file::kRdBand}, {"WRNORM", file::kWrNorm},
      {"WRBAND", file::kWrBand}, {"RDHUP", file::kRdHup}};
  table.switches = {
      planted_mistake(
          Switch::PollClearsTriggeredLate, "poll.clears-triggered-late",
          "`triggered` is cleared after the pass instead of before it: a wake during the pass is "
          "forgotten."),
      planted_mistake(
          Switch::PollChecksBeforeLinking, "poll.checks-before-linking",
          "The condition is read before the entry is queued: a change in between wakes nobody."),
      planted_mistake(Switch::PollNoTriggered, "poll.no-triggered",
                      "Nothing remembers a wake that comes between the look and the sleep."),
      planted_mistake(
          Switch::PollRestarts, "poll.restarts",
          "SA_RESTART makes a poll or select that was interrupted again, as if it were a read."),
      planted_mistake(Switch::PollTrustsWakes, "poll.trusts-wakes",
                      "A poll that is woken and finds nothing returns 0."),
      planted_mistake(Switch::PollNoPassAfterTimeout, "poll.no-pass-after-timeout",
                      "A poll whose time is over returns 0 without another look."),
      planted_mistake(Switch::PollZeroTimeoutSleeps, "poll.zero-timeout-sleeps",
                      "A timeout of 0 is none."),
      planted_mistake(Switch::PollNegativeTimeoutIsZero, "poll.negative-timeout-is-zero",
                      "A negative timeout of poll is 0, not for ever."),
      planted_mistake(Switch::PollTakesNegativeTimespec, "poll.takes-negative-timespec",
                      "A negative timeout of ppoll, select and pselect is no error."),
      planted_mistake(Switch::PollStopsAtFirstReady, "poll.stops-at-first-ready",
                      "The descriptors behind the first ready one are not asked."),
      planted_mistake(Switch::PollArrayBackwards, "poll.array-backwards",
                      "poll asks the last descriptor of the array first."),
      planted_mistake(Switch::PollSelectBackwards, "poll.select-backwards",
                      "select asks the highest descriptor first."),
      planted_mistake(Switch::PollLooksUpOnce, "poll.looks-up-once",
                      "A number is looked up in the first pass only."),
      planted_mistake(Switch::PollNegativeIsClosed, "poll.negative-is-closed",
                      "A negative descriptor is reported as POLLNVAL."),
      planted_mistake(Switch::PollNvalNotCounted, "poll.nval-not-counted",
                      "POLLNVAL does not count."),
      planted_mistake(Switch::PollErrHupIfAsked, "poll.err-hup-if-asked",
                      "POLLERR and POLLHUP are reported only to who asks for them."),
      planted_mistake(Switch::PollCountsBits, "poll.counts-bits",
                      "poll counts events, not descriptors."),
      planted_mistake(Switch::PollNoMethodIsNotReady, "poll.no-method-is-not-ready",
                      "A file without a poll method is never ready."),
      planted_mistake(Switch::PollSelectSkipsCheck, "poll.select-skips-check",
                      "select does not look for closed descriptors before it begins."),
      planted_mistake(Switch::PollSelectCountsDescriptors, "poll.select-counts-descriptors",
                      "select counts a descriptor once, whatever sets it is in."),
      planted_mistake(Switch::PollSelectNvalIsNothing, "poll.select-nval-is-nothing",
                      "A descriptor that is closed during select is in no set."),
      planted_mistake(Switch::PollSelectHupNotReadable, "poll.select-hup-not-readable",
                      "A hang-up is not readable."),
      planted_mistake(Switch::PollSelectHupIsWritable, "poll.select-hup-is-writable",
                      "A hang-up is writable."),
      planted_mistake(Switch::PollSelectErrNotReadable, "poll.select-err-not-readable",
                      "An error is not readable."),
      planted_mistake(Switch::PollSelectErrIsExceptional, "poll.select-err-is-exceptional",
                      "An error is exceptional."),
      planted_mistake(Switch::PollIgnoresKey, "poll.ignores-key",
                      "A wake wakes pollers of other events as well."),
      planted_mistake(Switch::PollNeedsKey, "poll.needs-key",
                      "A wake without a key wakes no poller."),
      planted_mistake(Switch::PollLinksExclusive, "poll.links-exclusive",
                      "Pollers are exclusive: a wake reaches one of them."),
      planted_mistake(Switch::PollLinksAtTail, "poll.links-at-tail", "Pollers queue at the tail."),
      planted_mistake(Switch::PollSignalFirst, "poll.signal-first",
                      "A signal is looked for before what is ready."),
      planted_mistake(Switch::PollZeroTimeoutIgnoresSignal, "poll.zero-timeout-ignores-signal",
                      "A poll that does not sleep does not look for signals."),
      planted_mistake(Switch::PollIgnoresSigmask, "poll.ignores-sigmask",
                      "ppoll and pselect forget their signal mask."),
      planted_mistake(Switch::PollKeepsSigmask, "poll.keeps-sigmask",
                      "ppoll and pselect leave their signal mask in force."),
      planted_mistake(Switch::PollTimeoutIsAnError, "poll.timeout-is-an-error",
                      "A poll whose time is over gives ETIMEDOUT."),
  };
  return table;
}

}  // namespace wakesim
