#include "models/pipe.h"

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

using file::OpenFile;

constexpr std::uint32_t kPage = 4096;
constexpr std::int64_t kCapacityMax = 1 << 20;  // /proc/sys/fs/pipe-max-size
constexpr std::int64_t kCountMax = 0x7ffff000;  // MAX_RW_COUNT
constexpr std::uint32_t kReadEnd = 0;
constexpr std::uint32_t kWriteEnd = 1;

// How much is in the ring besides the pages' lengths.
struct RingState {
  std::uint16_t used;    // Pages with data: `head - tail`.
  std::uint16_t offset;  // Bytes already read from the oldest page.
};
static_assert(std::has_unique_object_representations_v<RingState>);

// Open files of each end. An end has one, whatever numbers lead to it.
struct Ends {
  std::uint16_t readers;
  std::uint16_t writers;
};
static_assert(std::has_unique_object_representations_v<Ends>);

// The ring is kept dense, the oldest page first and unused places zero, so that equal contents are
// equal bytes. The kernel's buffers carry an offset each; only the oldest one's can differ from 0.
struct Pipe {
  Cell<RingState> ring;
  std::vector<Cell<std::uint16_t>> lengths;  // By page, in the ring's class.
  Cell<Ends> ends;
  Cell<std::uint8_t> poll_usage;
  kernel::WaitQueue readers;  // rd_wait
  kernel::WaitQueue writers;  // wr_wait
};

const Pipe& pipe_of(const View& view, ObjectId id) { return view.object<Pipe>(id); }
const Pipe& pipe_of(const Effects& effects, ObjectId id) { return effects.object<Pipe>(id); }

bool is_empty(const View& view, const Pipe& pipe) { return view.read(pipe.ring).used == 0; }
bool is_full(const View& view, const Pipe& pipe) {
  return view.read(pipe.ring).used == pipe.lengths.size();
}

// pipe_readable(), pipe_writable(): what a sleeper looks at without the mutex. They are two loads;
// as one step it is exact, since the sleeper is queued and every change that makes one true wakes.
bool is_at_end(const View& view, const Pipe& pipe) {
  return view.read(pipe.ends).writers == 0 && !view.is_on(id(Switch::PipeNoEndOfFile));
}
bool is_readable(const View& view, const Pipe& pipe) {
  return !is_empty(view, pipe) || is_at_end(view, pipe);
}
bool is_writable(const View& view, const Pipe& pipe) {
  return !is_full(view, pipe) || view.read(pipe.ends).readers == 0;
}

bool waits_are_exclusive(const View& view) { return view.dialect(id(Switch::PipeWaits)) == 0; }
bool has_poll_usage(const View& view) { return view.dialect(id(Switch::PipePollUsage)) == 0; }

// wake_up_interruptible_sync_poll(): one exclusive waiter, and every poller in front of it.
void wake_readers(Step& step, const Pipe& pipe) {
  kernel::wake_up(
      step, pipe.readers,
      {.exclusive = 1, .mode = kernel::kTaskInterruptible, .key = file::kIn | file::kRdNorm});
}
void wake_writers(Step& step, const Pipe& pipe) {
  kernel::wake_up(
      step, pipe.writers,
      {.exclusive = 1, .mode = kernel::kTaskInterruptible, .key = file::kOut | file::kWrNorm});
}

// ---- The ring -----------------------------------------------------------------------------------

std::uint32_t bytes_in(const View& view, const Pipe& pipe) {
  std::uint32_t bytes = 0;
  const RingState ring = view.read(pipe.ring);
  for (std::uint32_t i = 0; i < ring.used; ++i) bytes += view.read(pipe.lengths[i]);
  return bytes;
}

// The oldest page is used up: the others move up.
void release_page(Step& step, const Pipe& pipe) {
  RingState ring = step.read(pipe.ring);
  for (std::uint32_t i = 1; i < ring.used; ++i) {
    step.write(pipe.lengths[i - 1], step.read(pipe.lengths[i]));
  }
  --ring.used;
  ring.offset = 0;
  step.write(pipe.lengths[ring.used], std::uint16_t{0});
  step.write(pipe.ring, ring);
}

struct Taken {
  std::uint32_t bytes = 0;
  bool was_full = false;  // A page was used up while the ring was full.
};

// Takes up to `count` bytes, the oldest first.
Taken take_bytes(Step& step, const Pipe& pipe, std::uint32_t count) {
  Taken taken;
  while (taken.bytes < count && !is_empty(step, pipe)) {
    const std::uint16_t length = step.read(pipe.lengths[0]);
    const auto chunk =
        static_cast<std::uint16_t>(std::min<std::uint32_t>(length, count - taken.bytes));
    taken.bytes += chunk;
    if (chunk == length) {
      taken.was_full |= is_full(step, pipe) || step.is_on(id(Switch::PipeEveryReadWakes));
      release_page(step, pipe);
      if (step.is_on(id(Switch::PipeReadStopsAtPage))) break;
    } else {
      RingState ring = step.read(pipe.ring);
      ring.offset = static_cast<std::uint16_t>(ring.offset + chunk);
      step.write(pipe.ring, ring);
      step.write(pipe.lengths[0], static_cast<std::uint16_t>(length - chunk));
    }
  }
  return taken;
}

// The part of a write that goes into the newest page: all of what does not fill pages, or nothing.
std::uint32_t merge_bytes(Step& step, const Pipe& pipe, std::uint32_t count) {
  const RingState ring = step.read(pipe.ring);
  std::uint32_t chunk = count % kPage;
  if (chunk == 0 || ring.used == 0 || step.is_on(id(Switch::PipeNeverMerges))) return 0;
  const auto& newest = pipe.lengths[ring.used - 1u];
  const bool has_offset = ring.used == 1 && !step.is_on(id(Switch::PipeMergeForgetsOffset));
  const std::uint32_t offset = has_offset ? ring.offset : 0;
  const std::uint32_t length = step.read(newest);
  if (step.is_on(id(Switch::PipeSplitsSmallWrites))) {
    chunk = std::min(chunk, kPage - offset - length);
  }
  if (offset + length + chunk > kPage) return 0;
  step.write(newest, static_cast<std::uint16_t>(length + chunk));
  return chunk;
}

// Fills free pages. Returns how many bytes went.
std::uint32_t append_pages(Step& step, const Pipe& pipe, std::uint32_t count) {
  std::uint32_t appended = 0;
  while (appended < count && !is_full(step, pipe)) {
    const std::uint32_t chunk = std::min(kPage, count - appended);
    RingState ring = step.read(pipe.ring);
    step.write(pipe.lengths[ring.used], static_cast<std::uint16_t>(chunk));
    ++ring.used;
    step.write(pipe.ring, ring);
    appended += chunk;
  }
  return appended;
}

// ---- wait_event_interruptible_exclusive() ------------------------------------------------------

// The parts of the wait that a read and a write have in common.
//
//   Linking --> Looking -- condition holds, still queued --> Unlinking --> condition held
//      ^           |                  \-- a wake took the entry off -----> condition held
//      |           v
//      +------- Asleep -- condition holds (as above)
//      | woken for nothing
//      +--> Interrupted -- condition holds --> condition held
//                      \-- else --> Failed
enum class Wait : std::uint8_t { None, Linking, Looking, Asleep, Unlinking, Interrupted, Failed };

struct Sleeper {
  const kernel::WaitQueue& queue;
  bool (*condition)(const View&, const Pipe&);
};

// Where the wait goes when it has seen its condition. Without an entry finish_wait() stores RUNNING
// over RUNNING: no step.
Wait after_condition(Step& step) {
  return kernel::is_linked(step, kernel::my_entry(step)) ? Wait::Unlinking : Wait::None;
}

// pipe.interrupted-swallows-wake: the signal is seen by a thread that is queued and ready to be
// woken.
bool swallows_wake(const View& view) { return view.is_on(id(Switch::PipeSwallowsWake)); }

// pipe.signal-first: whoever has a signal does not look.
bool looks_away(const Step& step) {
  return step.is_on(id(Switch::PipeSignalFirst)) && kernel::signal_pending(step, step.thread());
}

// One step of the wait; None when it is over.
Wait step_wait(Step& step, const Pipe& pipe, Wait at, Sleeper sleeper) {
  switch (at) {
    case Wait::None:
    case Wait::Failed:
      break;
    case Wait::Linking:
      // prepare_to_wait_event(): with a signal there, off the queue, so that no wake is swallowed.
      if (kernel::signal_pending(step, step.thread()) && !swallows_wake(step)) {
        if (kernel::is_linked(step, kernel::my_entry(step))) {
          kernel::finish_wait(step, kernel::my_entry(step));
        }
        return Wait::Interrupted;
      }
      if (waits_are_exclusive(step)) {
        kernel::prepare_to_wait_exclusive(step, sleeper.queue, kernel::my_entry(step),
                                          kernel::kTaskInterruptible);
      } else {
        kernel::prepare_to_wait(step, sleeper.queue, kernel::my_entry(step),
                                kernel::kTaskInterruptible);
      }
      return step.is_on(id(Switch::PipeLooksBeforeLinking)) ? Wait::Asleep : Wait::Looking;
    case Wait::Looking:
      if (sleeper.condition(step, pipe)) return after_condition(step);
      if (swallows_wake(step) && kernel::signal_pending(step, step.thread())) {
        return Wait::Interrupted;
      }
      if (step.is_traced() && !kernel::is_running(step, step.thread())) {
        step.note({StepEvent::Kind::Slept, step.thread(), 0,
                   std::string(step.object_name(sleeper.queue.subject))});
      }
      return Wait::Asleep;
    case Wait::Asleep:  // schedule(), then a second look
      if (looks_away(step)) return Wait::Linking;
      return sleeper.condition(step, pipe) ? after_condition(step) : Wait::Linking;
    case Wait::Unlinking:
      kernel::finish_wait(step, kernel::my_entry(step));
      return Wait::None;
    case Wait::Interrupted:  // The condition wins over the signal.
      if (swallows_wake(step)) {
        if (!kernel::may_lock(step, step.thread(), sleeper.queue)) return at;
        if (kernel::is_linked(step, kernel::my_entry(step))) {
          kernel::finish_wait(step, kernel::my_entry(step));
        }
        return Wait::Failed;
      }
      if (looks_away(step)) return Wait::Failed;
      return sleeper.condition(step, pipe) ? Wait::None : Wait::Failed;
  }
  WAKESIM_UNREACHABLE();
}

// Linking and unlinking take the queue's lock.
bool wait_enabled(const View& view, ThreadId thread, const kernel::WaitQueue& queue, Wait at) {
  switch (at) {
    case Wait::None:
    case Wait::Looking:
    case Wait::Interrupted:
    case Wait::Failed:
      return true;
    case Wait::Linking:
    case Wait::Unlinking:
      return kernel::may_lock(view, thread, queue);
    case Wait::Asleep:
      return kernel::is_running(view, thread);
  }
  WAKESIM_UNREACHABLE();
}

std::string_view wait_phase(Wait at) {
  switch (at) {
    case Wait::None:
      return "locked";
    case Wait::Linking:
      return "link";
    case Wait::Looking:
      return "check";
    case Wait::Asleep:
      return "asleep";
    case Wait::Unlinking:
      return "finish wait";
    case Wait::Interrupted:
    case Wait::Failed:
      return "signal: check";
  }
  WAKESIM_UNREACHABLE();
}

// ---- read ---------------------------------------------------------------------------------------

// A read(2) in flight.
//
//   Locked -- data, end of file or nonblocking --> WakingWriters --> WakingReaders --> returned
//      |  ^                                        (each only where there is a reason)
//      v  |
//   Waiting: the wait above
struct PipeRead {
  enum class At : std::uint8_t { Trivial, Locked, Waiting, WakingWriters, WakingReaders };

  ObjectId object;
  std::uint32_t count;  // Asked for.
  std::int32_t result;
  At at;
  Wait wait;
  bool is_nonblocking;
  bool wakes_next_reader;
};
static_assert(std::has_unique_object_representations_v<PipeRead>);

bool is_nonblocking(const View& view, const file::Request& request) {
  if (view.is_on(id(Switch::PipeNonblockSleeps))) return false;
  return (request.flags & file::kNonblock) != 0;
}

void begin_read(Step& step, const OpenFile& file, const file::Request& request, PipeRead& read) {
  const std::int64_t count = request.value == file::kUnwritten ? 1 : request.value;
  read = {.object = file.object,
          .count = static_cast<std::uint32_t>(std::clamp<std::int64_t>(count, 0, kCountMax)),
          .result = count < 0 ? -EINVAL : 0,
          .at = count <= 0 ? PipeRead::At::Trivial : PipeRead::At::Locked,
          .wait = Wait::None,
          .is_nonblocking = is_nonblocking(step, request),
          .wakes_next_reader = false};
}

// Follows anon_pipe_read() from one mutex_lock() to the mutex_unlock(). A reader that slept was
// woken alone; if it leaves data behind, it owes the next one a wake.
Progress read_locked(Step& step, PipeRead& read, const Pipe& pipe) {
  const Taken taken = take_bytes(step, pipe, read.count);
  read.result = static_cast<std::int32_t>(taken.bytes);
  if (taken.bytes == 0 && !is_at_end(step, pipe)) {
    const bool gives_up = read.wakes_next_reader && step.is_on(id(Switch::PipeWokenReturns));
    if (!read.is_nonblocking && !gives_up) {
      read.at = PipeRead::At::Waiting;
      read.wait = Wait::Linking;
      return Progress::Continues;
    }
    read.result = -EAGAIN;
  }
  if (is_empty(step, pipe)) read.wakes_next_reader = false;
  if (taken.was_full && !step.is_on(id(Switch::PipeReadWakesNobody))) {
    read.at = PipeRead::At::WakingWriters;
  } else if (read.wakes_next_reader) {
    read.at = PipeRead::At::WakingReaders;
  } else {
    return step.finish(read.result);
  }
  return Progress::Continues;
}

Progress step_read(Step& step, PipeRead& read) {
  using At = PipeRead::At;
  const Pipe& pipe = pipe_of(step, read.object);
  switch (read.at) {
    case At::Trivial:
      return step.finish(read.result);
    case At::Locked:
      return read_locked(step, read, pipe);
    case At::Waiting:
      read.wait = step_wait(step, pipe, read.wait, {pipe.readers, is_readable});
      if (read.wait == Wait::Failed) return step.finish(kernel::kRestartSys);
      if (read.wait != Wait::None) return Progress::Continues;
      read.wakes_next_reader = !step.is_on(id(Switch::PipeNoHandOff));
      read.at = At::Locked;
      return Progress::Continues;
    case At::WakingWriters:
      wake_writers(step, pipe);
      if (!read.wakes_next_reader) return step.finish(read.result);
      read.at = At::WakingReaders;
      return Progress::Continues;
    case At::WakingReaders:
      wake_readers(step, pipe);
      return step.finish(read.result);
  }
  WAKESIM_UNREACHABLE();
}

bool read_enabled(const View& view, ThreadId thread, const PipeRead& read) {
  return wait_enabled(view, thread, pipe_of(view, read.object).readers, read.wait);
}

std::string_view read_phase(const PipeRead& read) {
  using At = PipeRead::At;
  switch (read.at) {
    case At::Trivial:
      return "nothing to do";
    case At::Locked:
      return "locked";
    case At::Waiting:
      return wait_phase(read.wait);
    case At::WakingWriters:
      return "wake writers";
    case At::WakingReaders:
      return "wake next reader";
  }
  WAKESIM_UNREACHABLE();
}

bool read_condition(const View& view, const PipeRead& read) {
  return is_readable(view, pipe_of(view, read.object));
}

// ---- write --------------------------------------------------------------------------------------

// A write(2) in flight.
//
//   Locked -- all written, no readers or nonblocking --> WakingReaders --> WakingWriters -->
//   returned
//      |                                                 (each only where there is a reason)
//      +-- full --> WakingBeforeWait --> Waiting --> Relocked -- as Locked, without merging
struct PipeWrite {
  enum class At : std::uint8_t {
    Trivial,
    Locked,
    WakingBeforeWait,
    Waiting,
    Relocked,
    WakingReaders,
    WakingWriters,
  };

  ObjectId object;
  std::uint32_t count;  // Asked for.
  std::uint32_t written;
  std::int32_t error;  // Why it stopped, if nothing was written.
  At at;
  Wait wait;
  bool is_nonblocking;
  bool was_empty;
  bool wakes_next_writer;
  std::array<std::uint8_t, 3> zero;
};
static_assert(std::has_unique_object_representations_v<PipeWrite>);

void begin_write(Step& step, const OpenFile& file, const file::Request& request, PipeWrite& write) {
  const std::int64_t count = request.value;
  write = {.object = file.object,
           .count = static_cast<std::uint32_t>(std::clamp<std::int64_t>(count, 0, kCountMax)),
           .written = 0,
           .error = count < 0 ? -EINVAL : 0,
           .at = count <= 0 ? PipeWrite::At::Trivial : PipeWrite::At::Locked,
           .wait = Wait::None,
           .is_nonblocking = is_nonblocking(step, request),
           .was_empty = false,
           .wakes_next_writer = false,
           .zero = {}};
}

Progress finish_write(Step& step, const PipeWrite& write) {
  const bool is_forgotten = write.error == -EPIPE && step.is_on(id(Switch::PipeEpipeBeatsCount));
  const bool has_count = write.written > 0 && !is_forgotten;
  return step.finish(has_count ? static_cast<std::int64_t>(write.written) : write.error);
}

// What follows the last mutex_unlock().
Progress leave_write(Step& step, PipeWrite& write, const Pipe& pipe) {
  if (is_full(step, pipe)) write.wakes_next_writer = false;
  if (write.was_empty || has_poll_usage(step)) {
    write.at = PipeWrite::At::WakingReaders;
  } else if (write.wakes_next_writer) {
    write.at = PipeWrite::At::WakingWriters;
  } else {
    return finish_write(step, write);
  }
  return Progress::Continues;
}

// No reader is left. SIGPIPE comes whether or not a part was written.
void break_pipe(Step& step, PipeWrite& write) {
  const bool is_quiet = step.is_on(id(Switch::PipeNoSigpipe));
  if (signals::has_signals(step) && !is_quiet) {
    signals::send_to_thread(step, step.thread(), signals::kSigPipe);
  }
  write.error = step.is_on(id(Switch::PipeNoEpipe)) ? 0 : -EPIPE;
}

// pipe.long-write-whole-or-not: a write that is longer than what is free is refused.
bool is_refused(const View& view, const PipeWrite& write, const Pipe& pipe) {
  if (!write.is_nonblocking || !view.is_on(id(Switch::PipeLongWriteWhole))) return false;
  const std::uint32_t used = view.read(pipe.ring).used;
  return write.count > (pipe.lengths.size() - used) * kPage;
}

// Follows anon_pipe_write() from one mutex_lock() to the mutex_unlock().
Progress write_locked(Step& step, PipeWrite& write, const Pipe& pipe) {
  const bool is_first = write.at == PipeWrite::At::Locked;
  const bool has_readers = step.read(pipe.ends).readers != 0;
  if (!is_first || has_readers) write.was_empty = is_empty(step, pipe);
  if (!has_readers) {
    break_pipe(step, write);
    return leave_write(step, write, pipe);
  }
  if (!is_refused(step, write, pipe)) {
    if (is_first) write.written = merge_bytes(step, pipe, write.count);
    write.written += append_pages(step, pipe, write.count - write.written);
  }
  if (write.written == write.count) return leave_write(step, write, pipe);
  const bool stops = write.written > 0 && step.is_on(id(Switch::PipeBlockingWritePartial));
  if (write.is_nonblocking || stops) {
    write.error = -EAGAIN;
    return leave_write(step, write, pipe);
  }
  if (kernel::signal_pending(step, step.thread())) {
    write.error = kernel::kRestartSys;
    return leave_write(step, write, pipe);
  }
  const bool tells = write.was_empty && !step.is_on(id(Switch::PipeFullWriterTellsNobody));
  write.at = tells ? PipeWrite::At::WakingBeforeWait : PipeWrite::At::Waiting;
  write.wait = tells ? Wait::None : Wait::Linking;
  return Progress::Continues;
}

bool wakes_readers(const View& view, const PipeWrite& write, const Pipe& pipe) {
  if (view.is_on(id(Switch::PipeWriteWakesNobody))) return false;
  return write.was_empty || view.read(pipe.poll_usage) != 0 ||
         view.is_on(id(Switch::PipeEveryWriteWakes));
}

Progress step_write(Step& step, PipeWrite& write) {
  using At = PipeWrite::At;
  const Pipe& pipe = pipe_of(step, write.object);
  switch (write.at) {
    case At::Trivial:
      return finish_write(step, write);
    case At::Locked:
    case At::Relocked:
      return write_locked(step, write, pipe);
    case At::WakingBeforeWait:
      wake_readers(step, pipe);
      write.at = At::Waiting;
      write.wait = Wait::Linking;
      return Progress::Continues;
    case At::Waiting:
      write.wait = step_wait(step, pipe, write.wait, {pipe.writers, is_writable});
      if (write.wait == Wait::Failed) write.wait = Wait::None;  // Looked at again under the mutex.
      if (write.wait != Wait::None) return Progress::Continues;
      write.wakes_next_writer = !step.is_on(id(Switch::PipeNoHandOff));
      write.at = At::Relocked;
      return Progress::Continues;
    case At::WakingReaders:
      // poll_usage is loaded after the unlock. It never goes back to 0, so loading it and walking
      // the queue are one step.
      if (wakes_readers(step, write, pipe)) wake_readers(step, pipe);
      if (!write.wakes_next_writer) return finish_write(step, write);
      write.at = At::WakingWriters;
      return Progress::Continues;
    case At::WakingWriters:
      wake_writers(step, pipe);
      return finish_write(step, write);
  }
  WAKESIM_UNREACHABLE();
}

bool write_enabled(const View& view, ThreadId thread, const PipeWrite& write) {
  return wait_enabled(view, thread, pipe_of(view, write.object).writers, write.wait);
}

std::string_view write_phase(const PipeWrite& write) {
  using At = PipeWrite::At;
  switch (write.at) {
    case At::Trivial:
      return "nothing to do";
    case At::Locked:
    case At::Relocked:
      return "locked";
    case At::Waiting:
      return wait_phase(write.wait);
    case At::WakingBeforeWait:
    case At::WakingReaders:
      return "wake readers";
    case At::WakingWriters:
      return "wake next writer";
  }
  WAKESIM_UNREACHABLE();
}

bool write_condition(const View& view, const PipeWrite& write) {
  return is_writable(view, pipe_of(view, write.object));
}

// Reads and writes do the same things but for the queue that they sleep on.
void transfer_effects(Effects& effects, const OpenFile& file) {
  const Pipe& pipe = pipe_of(effects, file.object);
  effects.writes(pipe.ring);
  effects.reads(pipe.ends);
  effects.reads(pipe.poll_usage);
  effects.enqueues(file.end == kReadEnd ? pipe.readers.list : pipe.writers.list);
  effects.wakes(pipe.readers.list);
  effects.wakes(pipe.writers.list);
  signals::effects_on_oneself(effects);  // SIGPIPE goes to the writer itself.
}

// ---- poll, release ------------------------------------------------------------------------------

kernel::WaitQueue poll_queue(const View& view, const OpenFile& file) {
  const Pipe& pipe = pipe_of(view, file.object);
  return file.end == kReadEnd ? pipe.readers : pipe.writers;
}

// pipe_poll() stores `poll_usage` each time; only the first store changes anything.
bool poll_announce(Step& step, const OpenFile& file) {
  const Pipe& pipe = pipe_of(step, file.object);
  if (!has_poll_usage(step) || step.read(pipe.poll_usage) != 0) return false;
  step.write(pipe.poll_usage, std::uint8_t{1});
  return true;
}

// head and tail come with one load, the other end's count with another. As long as nobody can close
// an end the second is a constant.
std::uint32_t poll_loads(const View& view, const OpenFile&) {
  return file::is_table_constant(view) ? 1 : 2;
}

std::uint32_t ring_mask(const View& view, const Pipe& pipe, bool is_read_end) {
  const Switch forgets = is_read_end ? Switch::PipePollForgetsIn : Switch::PipePollForgetsOut;
  const bool is_ready = is_read_end ? !is_empty(view, pipe) : !is_full(view, pipe);
  if (!is_ready || view.is_on(id(forgets))) return 0;
  return is_read_end ? file::kIn | file::kRdNorm : file::kOut | file::kWrNorm;
}

std::uint32_t ends_mask(const View& view, const Pipe& pipe, bool is_read_end) {
  const Switch forgets = is_read_end ? Switch::PipePollForgetsHup : Switch::PipePollForgetsErr;
  const Ends ends = view.read(pipe.ends);
  const bool is_alone = is_read_end ? ends.writers == 0 : ends.readers == 0;
  if (!is_alone || view.is_on(id(forgets))) return 0;
  if (!is_read_end) return file::kErr;
  const bool is_readable = view.is_on(id(Switch::PipeHangupIsReadable));
  return is_readable ? file::kHup | file::kIn : std::uint32_t{file::kHup};
}

std::uint32_t poll_load(const View& view, const OpenFile& file, std::uint32_t which) {
  const Pipe& pipe = pipe_of(view, file.object);
  const bool is_read_end = file.end == kReadEnd;
  const bool is_swapped =
      poll_loads(view, file) == 2 && view.is_on(id(Switch::PipeLooksAtWritersFirst));
  const bool is_ring = (which == 0) != is_swapped;
  return is_ring ? ring_mask(view, pipe, is_read_end) : ends_mask(view, pipe, is_read_end);
}

void poll_effects(Effects& effects, const OpenFile& file) {
  const Pipe& pipe = pipe_of(effects, file.object);
  effects.reads(pipe.ring);
  effects.reads(pipe.ends);
  effects.writes(pipe.poll_usage);
  effects.enqueues(file.end == kReadEnd ? pipe.readers.list : pipe.writers.list);
}

// Follows pipe_release(): if the other end is still there, everybody on both queues is told, under
// the mutex, so the walks are one step with the count.
void release(Step& step, const OpenFile& file) {
  const Pipe& pipe = pipe_of(step, file.object);
  Ends ends = step.read(pipe.ends);
  if (file.end == kReadEnd) --ends.readers;
  if (file.end == kWriteEnd) --ends.writers;
  step.write(pipe.ends, ends);
  if ((ends.readers == 0) == (ends.writers == 0)) return;
  const std::uint32_t exclusive = step.is_on(id(Switch::PipeCloseWakesOne)) ? 1 : 0;
  const kernel::WakeOptions options{.exclusive = exclusive, .mode = kernel::kTaskInterruptible};
  kernel::wake_up(step, pipe.readers, options);
  kernel::wake_up(step, pipe.writers, options);
}

void release_effects(Effects& effects, const OpenFile& file) {
  const Pipe& pipe = pipe_of(effects, file.object);
  effects.writes(pipe.ends);
  effects.wakes(pipe.readers.list);
  effects.wakes(pipe.writers.list);
}

std::int64_t pending(const View& view, const OpenFile& file) {
  return bytes_in(view, pipe_of(view, file.object));
}

void pending_effects(Effects& effects, const OpenFile& file) {
  effects.reads(pipe_of(effects, file.object).ring);
}

file::FileOperations common_operations(std::string_view kind) {
  file::FileOperations result;
  result.kind = kind;
  result.poll = {poll_queue, poll_announce, poll_loads, poll_load, poll_effects};
  result.release = release;
  result.release_effects = release_effects;
  result.pending = pending;
  result.pending_effects = pending_effects;
  return result;
}

const file::FileOperations& read_end() {
  static const file::FileOperations& registered = file::register_kind([] {
    file::FileOperations result = common_operations("pipe, read end");
    result.read = file::make_transfer<PipeRead, begin_read, read_enabled, step_read, read_phase,
                                      read_condition>(transfer_effects);
    return result;
  }());
  return registered;
}

const file::FileOperations& write_end() {
  static const file::FileOperations& registered = file::register_kind([] {
    file::FileOperations result = common_operations("pipe, write end");
    result.write = file::make_transfer<PipeWrite, begin_write, write_enabled, step_write,
                                       write_phase, write_condition>(transfer_effects);
    return result;
  }());
  return registered;
}

// ---- The object ---------------------------------------------------------------------------------

// round_pipe_size(): whole pages, a power of two of them.
std::size_t pages_of(const Builder& builder, std::int64_t capacity) {
  if (builder.is_on(id(Switch::PipeCapacityNotRounded))) {
    return static_cast<std::size_t>((capacity + kPage - 1) / kPage);
  }
  std::size_t pages = 1;
  while (static_cast<std::int64_t>(pages * kPage) < capacity) pages *= 2;
  return pages;
}

OpenFile make_end(const std::string& name, ObjectId object, std::uint32_t end,
                  std::uint32_t flags) {
  OpenFile file;
  file.name = name + "[" + std::to_string(end) + "]";
  file.operations = end == kReadEnd ? &read_end() : &write_end();
  file.object = object;
  file.end = end;
  file.flags = flags;
  return file;
}

std::int64_t create(Builder& builder, const std::string& name,
                    std::span<const std::int64_t> arguments) {
  const std::int64_t flags = arguments[0];
  const std::int64_t capacity = std::clamp<std::int64_t>(arguments[1], 1, kCapacityMax);
  if ((flags & ~std::int64_t{file::kNonblock | file::kCloseOnExec}) != 0) {
    builder.error("a pipe takes the flags O_NONBLOCK and O_CLOEXEC");
  }
  if (capacity != arguments[1]) {
    builder.error("a pipe holds 1 to 1048576 bytes, not " + std::to_string(arguments[1]));
  }
  Pipe pipe;
  const ClassId ring = builder.add_class(name);
  pipe.ring = builder.add_cell(RingState{}, ring);
  for (std::size_t i = 0; i < pages_of(builder, capacity); ++i) {
    pipe.lengths.push_back(builder.add_cell(std::uint16_t{0}, ring));
  }
  pipe.ends = builder.add_cell("ends of " + name, Ends{1, 1});
  pipe.poll_usage = builder.add_cell("poll_usage of " + name, std::uint8_t{0});
  pipe.readers = kernel::make_wait_queue(builder, "readers of " + name);
  pipe.writers = kernel::make_wait_queue(builder, "writers of " + name);
  const ObjectId object = builder.emplace(name, std::move(pipe));
  kernel::set_subject(builder, builder.record<Pipe>(object).readers, object);
  kernel::set_subject(builder, builder.record<Pipe>(object).writers, object);

  const auto open_flags = static_cast<std::uint32_t>(flags);
  const std::int64_t first =
      file::open_at_load(builder, make_end(name, object, kReadEnd, open_flags));
  file::open_at_load(builder, make_end(name, object, kWriteEnd, open_flags));
  return first;
}

std::string display(const View& view, std::int64_t handle) {
  const OpenFile& file = file::open_file(view, file::declared_file(view, handle));
  const Pipe& pipe = pipe_of(view, file.object);
  const Ends ends = view.read(pipe.ends);
  std::string text = std::to_string(bytes_in(view, pipe)) + " B";
  if (is_full(view, pipe)) text += ", full";
  if (ends.writers == 0) text += ", no writer";
  if (ends.readers == 0) text += ", no reader";
  return text;
}

ObjectRow object_row() {
  ObjectRow row;
  row.kind = "pipe";
  row.parameters = {{.name = "flags", .type = ParameterType::Flags, .is_optional = true},
                    {.name = "capacity", .is_optional = true, .fallback = 65536}};
  row.about = "A pipe: p[0] is the read end, p[1] the write end; capacity in bytes, whole pages.";
  row.source = "fs/pipe.c; pipe(2), pipe(7)";
  row.descriptors = 2;
  row.create = create;
  row.display = display;
  return row;
}

SwitchRow make_switch(Switch which, std::string_view name, std::vector<std::string_view> values,
                      std::string_view about, std::string_view source) {
  SwitchRow row;
  row.id = id(which);
  row.name = name;
  row.values = std::move(values);
  row.about = about;
  row.source = source;
  return row;
}

SwitchRow as_bug(SwitchRow row) {
  row.is_bug = true;
  return row;
}

}  // namespace

ModelTable pipe_model() {
  ModelTable table;
  table.name = "pipe";
  table.about = "Bytes between two descriptors, in pages.";
  table.objects = {object_row()};
  table.switches = {
      as_bug(make_switch(Switch::PipeCloseWakesOne, "pipe.close-wakes-one", {"off", "on"},
                         "Closing the last end of a side wakes one exclusive waiter, not all.",
                         "Linux 5.6-rc, from 0ddad21d3e99 until 6551d5c56eb0 (\"pipe: make sure to "
                         "wake up everybody when the last reader/writer closes\")")),
      as_bug(make_switch(Switch::PipeNoHandOff, "pipe.no-hand-off", {"off", "on"},
                         "A reader or writer that was woken alone passes the wake on to nobody.",
                         "the rule of 0ddad21d3e99 (\"pipe: use exclusive waits when reading or "
                         "writing\") left out")),
      make_switch(Switch::PipeWaits, "pipe.waits", {"exclusive", "all"},
                  "Whether blocked readers and writers are woken one at a time, or all at once.",
                  "all: before 0ddad21d3e99, Linux 5.6"),
      make_switch(Switch::PipePollUsage, "pipe.poll-usage", {"on", "off"},
                  "Whether every write to a pipe that was ever polled wakes readers, or only a "
                  "write to an empty pipe.",
                  "off: Linux 5.5 (1b6b26ae7053) to 5.13; on since 3a34b13a88ca and 3b844826b6c6"),
      as_bug(make_switch(Switch::PipeSwallowsWake, "pipe.interrupted-swallows-wake", {"off", "on"},
                         "An exclusive waiter that is interrupted leaves with a wake that came "
                         "meanwhile.",
                         "the rule of prepare_to_wait_event() left out; abort_exclusive_wait() "
                         "until Linux 4.10")),
      planted_mistake(Switch::PipeReadStopsAtPage, "pipe.read-stops-at-page",
                      "A read takes what one page holds, however much it asked for."),
      planted_mistake(Switch::PipeNoEndOfFile, "pipe.no-end-of-file",
                      "A read of an empty pipe without writers sleeps."),
      planted_mistake(Switch::PipeNonblockSleeps, "pipe.nonblock-sleeps",
                      "O_NONBLOCK is forgotten: the call sleeps."),
      planted_mistake(Switch::PipeLooksBeforeLinking, "pipe.looks-before-linking",
                      "A sleeper does not look again when it is queued."),
      planted_mistake(Switch::PipeWokenReturns, "pipe.woken-returns",
                      "A reader that is woken and finds the pipe empty returns EAGAIN."),
      planted_mistake(Switch::PipeWriteWakesNobody, "pipe.write-wakes-nobody",
                      "A write wakes no reader."),
      planted_mistake(Switch::PipeReadWakesNobody, "pipe.read-wakes-nobody",
                      "A read that makes room wakes no writer."),
      planted_mistake(Switch::PipeEveryWriteWakes, "pipe.every-write-wakes",
                      "A write to a pipe with data wakes a reader, polled or not."),
      planted_mistake(Switch::PipeEveryReadWakes, "pipe.every-read-wakes",
                      "A read that uses up a page wakes a writer though the pipe was not full."),
      planted_mistake(Switch::PipeFullWriterTellsNobody, "pipe.full-writer-tells-nobody",
                      "A writer that fills the pipe sleeps without waking a reader."),
      planted_mistake(Switch::PipeNeverMerges, "pipe.never-merges",
                      "A write begins a new page always."),
      planted_mistake(Switch::PipeMergeForgetsOffset, "pipe.merge-forgets-offset",
                      "The part of a page that was read counts as room."),
      planted_mistake(Switch::PipeSplitsSmallWrites, "pipe.splits-small-writes",
                      "A write of up to PIPE_BUF bytes may be cut."),
      planted_mistake(Switch::PipeLongWriteWhole, "pipe.long-write-whole-or-not",
                      "A long write is done whole or gives EAGAIN, like a short one."),
      planted_mistake(Switch::PipeBlockingWritePartial, "pipe.blocking-write-partial",
                      "A blocking write returns what went when the pipe is full."),
      planted_mistake(Switch::PipeNoEpipe, "pipe.no-epipe", "A write without readers returns 0."),
      planted_mistake(Switch::PipeNoSigpipe, "pipe.no-sigpipe",
                      "A write without readers sends no SIGPIPE."),
      planted_mistake(Switch::PipeEpipeBeatsCount, "pipe.epipe-beats-count",
                      "A write that has lost its readers half-way returns EPIPE."),
      planted_mistake(Switch::PipePollForgetsIn, "pipe.poll-forgets-in",
                      "poll() never finds data."),
      planted_mistake(Switch::PipePollForgetsOut, "pipe.poll-forgets-out",
                      "poll() never finds room."),
      planted_mistake(Switch::PipePollForgetsHup, "pipe.poll-forgets-hup",
                      "poll() does not report that no writer is left."),
      planted_mistake(Switch::PipePollForgetsErr, "pipe.poll-forgets-err",
                      "poll() does not report that no reader is left."),
      planted_mistake(Switch::PipeHangupIsReadable, "pipe.hangup-is-readable",
                      "poll() reports POLLIN with every POLLHUP."),
      planted_mistake(Switch::PipeLooksAtWritersFirst, "pipe.looks-at-writers-first",
                      "poll() looks for writers first and for data then."),
      planted_mistake(Switch::PipeSignalFirst, "pipe.signal-first",
                      "A sleeper that finds a signal does not look for data or room."),
      planted_mistake(Switch::PipeCapacityNotRounded, "pipe.capacity-not-rounded",
                      "A pipe has as many pages as its capacity needs."),
  };
  return table;
}

}  // namespace wakesim
