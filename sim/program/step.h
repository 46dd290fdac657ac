// The only way to the state: a View reads it, a Step changes it, and both record what they touch.
//
// Accessors return values, never references, so nothing is read or written behind the footprint's
// back. A Step belongs to one transition: it must not be kept.

#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "sim/assert.h"
#include "sim/ids.h"
#include "sim/program/catalogue.h"
#include "sim/state/footprint.h"
#include "sim/state/layout.h"

namespace wakesim {

struct System;

// A thread's private words at the start of its block. Only its own steps and `interrupt` touch
// them.
struct ThreadBlock {
  std::uint16_t pc;        // Next instruction; while in a call, the call's own.
  std::uint8_t in_call;    // A frame is active.
  std::uint8_t has_ended;  // Its class is end(t): join and properties read it.
  std::uint8_t is_held;    // Its `start:` has not been true yet. Class start(t).
  std::uint8_t exit;       // Exit: on its way back to the program.
  std::uint8_t depth;      // Interrupted activations, innermost last.
  std::uint8_t zero;
};
static_assert(std::has_unique_object_representations_v<ThreadBlock>);

// Between the end of a call, or of a handler, and the next line of the program.
enum class Exit : std::uint8_t {
  None,
  Call,     // The call has returned; its result is kept aside.
  Program,  // There is no call, but something to be taken.
};

// Where a handler interrupted the program. Private to its thread.
struct Activation {
  std::int64_t result;  // Of the call that was interrupted.
  std::uint64_t cookie;
  std::uint16_t pc;
  std::uint8_t has_result;
  std::uint8_t zero[5];
};
static_assert(std::has_unique_object_representations_v<Activation>);

// Stands before the models' bytes of a subframe. Private to its thread.
struct SubframeHead {
  std::int64_t result;      // What the call returns when the subframe is over, if it has returned.
  std::uint8_t is_open;     // There is a subframe.
  std::uint8_t has_result;  // The call itself is over.
  std::uint8_t zero[6];
};
static_assert(std::has_unique_object_representations_v<SubframeHead>);

// What others may change about a thread: the running/sleeping word and flags that wakers store.
// The engine hands it to the models and does not read it itself.
struct TaskRun {
  std::uint8_t state;  // models/kernel.h: TASK_RUNNING = 0, ...
  std::uint8_t flags;  // models/kernel.h.
  std::uint8_t timer;  // 0: none, 1: armed, 2: fired. Changed through arm_timer() only.
  std::uint8_t zero;
  std::uint32_t detail;  // For the model of the call in flight.
};
static_assert(sizeof(TaskRun) == 8 && std::has_unique_object_representations_v<TaskRun>);

// A place in a list. `next` and `previous` are used by the timed layout only, else zero.
struct Entry {
  std::uint32_t key;       // Readiness bits, a bitset: the model's.
  std::uint16_t function;  // Wake callback, numbered by models/kernel.h; 0: not linked.
  std::uint16_t flags;     // EXCLUSIVE, ...
  std::uint32_t value;     // For the callback: an object, a slot.
  std::uint32_t list;      // 1 + the list it is on, or 0. Set by the list functions.
};
static_assert(sizeof(Entry) == 16 && std::has_unique_object_representations_v<Entry>);

// Bytes that an entry takes. In the timed layout its links stand behind it.
std::uint32_t entry_bytes(LayoutKind kind);

// No entry, no item.
inline constexpr EntryId kNoEntry = static_cast<EntryId>(~std::uint32_t{0});

// What a timer's nanoseconds mean.
enum class TimerKind : std::uint8_t {
  Relative,  // From now on.
  Absolute,  // From the start of the run.
  Periodic,  // After it went off last: from now on, so long at most.
};

// A default property that a step itself can break.
enum class Fault : std::uint8_t { None, FailedAssert, InvalidUse, Leak, Bound };

// What a step tells besides changing the state.
struct StepRecord {
  // Not constexpr: from a constant, compilers fill the whole with one instruction that takes longer
  // than many a step.
  StepRecord() {}

  Footprint footprint;
  std::uint32_t choices = 1;  // How many alternatives the step had; all get explored.
  Fault fault = Fault::None;
  std::uint16_t fault_pc = 0;        // Where, in the actor's program.
  const char* fault_text = nullptr;  // Static text for InvalidUse.
  bool is_blocked_for_good = false;  // `assume` was false.
  bool bound_reached = false;        // A store buffer was full, ...
  bool run_changed = false;          // Some thread was put to sleep or woken.
  // The thread that stepped can take its next step whatever others do. False: it has to be asked.
  bool goes_on = false;
  // Timed runs only: the step armed or disarmed the timer of `timer_owner`, and whom it woke.
  bool timer_armed = false;
  bool timer_disarmed = false;
  TimerKind armed_kind = TimerKind::Relative;
  ThreadId timer_owner{};
  std::int64_t armed_ns = 0;
  std::vector<ThreadId>* woken = nullptr;
  std::int64_t work_ns = 0;      // What its `work` lines add up to.
  std::uint32_t lines = 0;       // Lines begun, local ones included.
  std::uint32_t vain_wakes = 0;  // Wakes that found nobody.
  // Random runs only: not 0 makes the step take choice `draw % choices` instead of the move's.
  std::uint32_t draw = 0;
  // Judges ask whether a thread leaves a region of its program: instructions [begin, end).
  std::uint16_t region_begin = 0;
  std::uint16_t region_end = 0;
  bool left_region = false;
  std::uint16_t left_at = 0;  // The jump that left.
};

// One thing worth drawing that happened during a step.
struct StepEvent {
  enum class Kind : std::uint8_t {
    Woke,         // `thread` was asleep and is not any more.
    WokeNobody,   // A wake on `subject` found nobody.
    WokeRunning,  // A wake found `thread` running: nothing remembers it.
    Slept,        // The actor went to sleep.
    TimedOut,     // The timer of `thread` fired.
    Returned,     // `call`, written as `subject`, returned `value`.
    Value,        // Word `subject` had the value, or the primitive `call` gave it.
    Branch,       // A condition was true (1) or false (0).
  };
  Kind kind;
  ThreadId thread{};
  std::int64_t value = 0;
  std::string subject;
  const CallRow* call = nullptr;
};

// Read-only access.
class View {
 public:
  View(const System& system, const std::byte* state, Footprint* footprint)
      : system_(system), state_(state), footprint_(footprint) {}

  const System& system() const { return system_; }
  const std::byte* state() const { return state_; }
  Footprint* footprint() const { return footprint_; }

  template <class T>
  T read(Cell<T> cell) const {
    note_read(cell.cls);
    return peek<T>(cell.offset);
  }

  // Words, whatever their width; values are signed 64-bit.
  std::int64_t load(WordId word) const;
  ClassId class_of(WordId word) const;
  ListId list_of_word(WordId word) const;  // Its futex queue; some call must have named the word.

  // Lists. Order is front to back. All of these read the list's class.
  std::uint32_t size(ListId list) const;
  EntryId first(ListId list) const;                // kNoEntry if empty.
  EntryId next(ListId list, EntryId entry) const;  // kNoEntry after the last.
  bool contains(ListId list, EntryId entry) const;

  // Entries and run words: class run(owner), or the class that an object's entry was given.
  Entry entry(EntryId entry) const;
  ThreadId owner(EntryId entry) const;  // kNoThread if an object owns it.
  EntryId entry_of(ThreadId thread, std::uint32_t slot) const;
  std::uint32_t entry_count(ThreadId thread) const;
  // The thread's entry for this list that outlives calls; some call must have named the list.
  EntryId kept_entry(ThreadId thread, ListId list) const;
  TaskRun run(ThreadId thread) const;

  bool has_ended(ThreadId thread) const;  // Reads end(t).
  // Ended, and nothing is left in its store buffer. Reads end(t) and the buffer.
  bool is_over(ThreadId thread) const;
  std::int64_t return_value(ThreadId thread) const;  // Of `return v`; 0 without. Reads end(t).
  // May the device's timer go off? It is armed, and no timer of the same clock is due before it;
  // in timed runs the strategy knows the time and asks only then.
  bool timer_is_due(ThreadId device) const;
  // Search only: is the thread's timer armed, and none due before it?
  bool timer_is_first(ThreadId thread) const;
  std::string_view thread_name(ThreadId thread) const;
  std::size_t thread_count() const;

  // Records outside the state, made by Builder::emplace.
  template <class T>
  const T& object(ObjectId id) const {
    return *static_cast<const T*>(object_record(id));
  }
  std::string_view object_name(ObjectId id) const;

  int dialect(SwitchId id) const;  // Index into SwitchRow::values.
  bool is_on(SwitchId id) const { return dialect(id) != 0; }

  // Adds a read that no accessor made (a guard's, say).
  void note_read(ClassId cls) const {
    if (footprint_ != nullptr) footprint_->reads.add(cls);
  }

 protected:
  template <class T>
  T peek(std::uint32_t offset) const {
    static_assert(std::is_trivially_copyable_v<T>);
    T value;
    std::memcpy(&value, state_ + offset, sizeof(T));
    return value;
  }
  const void* object_record(ObjectId id) const;

  const System& system_;
  const std::byte* state_;
  Footprint* footprint_;
};

class Step : public View {
 public:
  Step(const System& system, std::byte* state, StepRecord& record, ThreadId thread,
       std::uint32_t choice, std::vector<StepEvent>* events)
      : View(system, state, &record.footprint),
        bytes_(state),
        record_(record),
        thread_(thread),
        choice_(choice),
        events_(events) {}

  // Whose step this is; for a timer or a flush, whose timer or buffer.
  ThreadId thread() const { return thread_; }

  template <class T>
  void write(Cell<T> cell, const T& value) {
    note_write(cell.cls);
    poke(cell.offset, value);
  }
  void store(WordId word, std::int64_t value);

  void push_front(ListId list, EntryId entry);
  void push_back(ListId list, EntryId entry);
  void insert_before(ListId list, EntryId position, EntryId entry);  // kNoEntry: at the back.
  void remove(ListId list, EntryId entry);                           // Must be on it.
  void set_entry(EntryId entry, const Entry& value);                 // Keeps `list`.
  void set_run(ThreadId thread, const TaskRun& value);

  // What the kernel leaves open: 0 .. count-1, decided by the strategy. At most once a step.
  std::uint32_t choose(std::uint32_t count);

  // The calling thread's timer: one per thread. Durations in nanoseconds; a due timer calls
  // Hooks::timer_fired. `absolute` deadlines are measured from the start of the run.
  void arm_timer(std::int64_t nanoseconds, bool absolute = false);
  void disarm_timer();
  // The same for a device's timer, which is at work for whoever asked for it. A due one must be
  // disarmed by the device before it is armed anew.
  void arm_timer_of(ThreadId device, std::int64_t nanoseconds, TimerKind kind);
  void disarm_timer_of(ThreadId device);

  // Ends a call: `return step.finish(-EAGAIN);`
  Progress finish(std::int64_t result) {
    result_ = result;
    return Progress::Returned;
  }
  // The bytes of the calling thread's subframe; opens it if it is not open (zeroed, then).
  std::byte* open_subframe();
  bool has_subframe() const;

  // A field of entry `index` of a List result; call before finish().
  void set_result(std::uint32_t index, std::uint32_t field, std::int64_t value);
  std::int64_t result() const { return result_; }

  // The behind-the-frame array of `Pairs` calls lives right after the frame; its element count.
  std::uint32_t pair_count() const { return pair_count_; }

  // The modelled program did something it must not (`text` is static).
  void fault(Fault kind, const char* text);
  // A bound that the verdict must name.
  void note_bound();

  // Traces only; free otherwise. The name of a subject is made only when somebody listens.
  bool is_traced() const { return events_ != nullptr; }
  void note(StepEvent event) {
    if (events_ != nullptr) events_->push_back(std::move(event));
  }

  void note_write(ClassId cls) { record_.footprint.writes.add(cls); }
  void note_vain_wake() { ++record_.vain_wakes; }
  StepRecord& record() { return record_; }

 private:
  friend class Executor;
  friend class Interpreter;

  void forget_timer(ThreadId owner);
  void poke_entry(EntryId entry, const Entry& record);

  template <class T>
  void poke(std::uint32_t offset, const T& value) {
    static_assert(std::has_unique_object_representations_v<T>);
    std::memcpy(bytes_ + offset, &value, sizeof(T));
  }

  std::byte* bytes_;
  StepRecord& record_;
  ThreadId thread_;
  // Not next to each other: gcc would read both with one load from the caller's Move, which was
  // just stored in parts, and the processor would wait for these (a tenth of a random execution).
  std::uint32_t pair_count_ = 0;
  std::uint32_t choice_;
  std::int64_t result_ = 0;
  std::uint32_t result_slot_ = ~std::uint32_t{0};  // Local that takes a List result, or none.
  std::uint32_t result_stride_ = 0;
  std::vector<StepEvent>* events_;
};

}  // namespace wakesim
