// A compiled scenario: everything that does not change during a run.

#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "sim/ids.h"
#include "sim/program/catalogue.h"
#include "sim/program/instruction.h"
#include "sim/program/shape.h"
#include "sim/program/step.h"
#include "sim/scenario/ast.h"
#include "sim/state/footprint.h"
#include "sim/state/layout.h"
#include "sim/trace/trace.h"

namespace wakesim {

inline constexpr std::uint32_t kNoLocal = ~std::uint32_t{0};

enum class MemoryModel : std::uint8_t { Sc, Tso };

enum class WordType : std::uint8_t { Unsigned32, Unsigned64, Signed32, Thread };

struct Word {
  std::string name;  // "sig[1]"
  std::uint32_t offset = 0;
  ClassId cls{};
  WordType type = WordType::Unsigned32;
  bool has_list = false;
  ListId list{};
};

// A declared object, or array of objects, that is not made of words.
struct DeclaredObject {
  Shape shape;
  const ObjectRow* row = nullptr;
  std::int64_t handle = 0;  // Of the first.
};

struct ObjectRecord {
  std::string name;
  std::shared_ptr<void> record;
};

struct Statement {
  std::string text;
  Location where;
};

// Where a call's argument comes from: instructions [begin, end) push it, and without running them
// it is known to lie in `range`.
struct ArgumentSource {
  std::uint16_t begin = 0;
  std::uint16_t end = 0;
  PossibleValues range;
};

// One place in the program where a model is called.
struct CallSite {
  const CallRow* row = nullptr;
  std::uint32_t arguments = 0;  // On the stack, pairs flattened behind the parameters.
  std::uint32_t pairs = 0;
  std::uint32_t result_local =
      ~std::uint32_t{0};  // List results: where `n` goes, entries behind it.
  std::uint32_t result_entries = 0;
  std::uint32_t frame_bytes = 0;
  bool is_cancellation_point = false;
  std::vector<ArgumentSource> sources;
  std::string text;  // "futex_wait(seq, s)"
};

// A predicate over threads, evaluated in one step: asleep, blocked, ended.
struct PredicateSite {
  enum class Kind : std::uint8_t { Asleep, Blocked, Ended };
  Kind kind = Kind::Asleep;
  std::vector<ThreadId> threads;       // All must satisfy it.
  std::optional<std::string> subject;  // asleep(t, x): in a call on x.
};

// A region of code that tells what a sleep inside it is waiting for.
struct WaitRegion {
  enum class Kind : std::uint8_t { WaitsFor, Loop };
  Kind kind = Kind::Loop;
  std::uint16_t begin = 0;  // Instructions [begin, end); a loop is left when the pc is outside.
  std::uint16_t end = 0;
  bool has_exit = false;        // A loop that can be left by break, return or its guard.
  bool is_counted = false;      // `repeat`: its exit is no wait condition.
  std::uint16_t condition = 0;  // WaitsFor: code that pushes the condition, then End.
  std::string text;             // "avail > 0", as written; for a loop its exit.
};

// Why a jump leaves its loop: the condition that must hold, as a person would write it.
struct ExitReason {
  std::uint16_t jump = 0;
  std::string text;
};

// `on SIGNAL:`. Its instructions stand behind the program's own end.
struct HandlerCode {
  std::int64_t number = 0;  // Which; the models know what it means.
  bool restarts = false;    // `restart`: calls that can are made again.
  std::uint16_t entry = 0;
};

inline constexpr std::uint32_t kNoCleanup = ~std::uint32_t{0};

// `try:` ... `cleanup:`.
struct CleanupCode {
  std::uint16_t begin = 0;  // Instructions [begin, end) are the body.
  std::uint16_t end = 0;
  std::uint16_t entry = 0;
  std::uint32_t outer = kNoCleanup;  // The one around it.
};

struct LocalInfo {
  std::string name;      // Empty: the compiler's own.
  bool is_kept = false;  // Observed: never cleared as dead.
  // For showing values: the last call in the program whose result it takes, and whether it takes
  // other values too that might be negative.
  const CallRow* call = nullptr;
  bool takes_others = false;
};

// The program of one declared thread; members of a group share it.
struct Code {
  std::vector<Instruction> instructions;
  std::vector<Instruction> fused;  // The interpreter's copy; see fusion.h.
  std::vector<std::int64_t> constants;
  std::vector<Statement> statements;
  std::vector<std::uint16_t> statement_of;  // By instruction.
  std::vector<CallSite> sites;
  std::vector<PredicateSite> predicates;
  std::vector<WaitRegion> regions;  // Outer before inner.
  std::vector<ExitReason> exits;
  std::vector<LocalInfo> locals;
  std::vector<std::uint64_t> live;  // By instruction, `live_words` words each.
  std::uint32_t live_words = 0;
  bool can_end = true;                    // Some End is reachable.
  std::uint32_t return_local = kNoLocal;  // Where `return value` leaves its value.
  std::uint32_t call_counter = kNoLocal;  // System calls begun, where somebody asks for them.
  std::vector<HandlerCode> handlers;
  std::vector<CleanupCode> cleanups;  // Outer before inner.
  std::uint16_t handlers_begin = 0;   // Instructions from here on are handlers'.
  std::uint16_t unwound_end = 0;      // Where a thread ends that was unwound.
};

struct ThreadInfo {
  std::string name;   // "waiter[1]"
  std::string group;  // "waiter"
  std::uint32_t member = 0;
  std::uint32_t code = 0;                   // Index into System::codes.
  std::vector<std::int64_t> member_values;  // `with:` constants.
  std::vector<std::pair<std::uint32_t, std::int64_t>> initial_locals;
  bool is_service = false;  // May sleep at the end.
  bool is_daemon_by_hand = false;
  bool is_interrupt = false;
  bool is_device = false;         // No thread at all: see ObjectRow::device.
  bool is_interruptible = false;  // Has handlers, or may be unwound.
  bool is_unwindable = false;
  std::uint32_t start = kNoLocal;  // Index into System::expressions of its `start:`.
  bool is_observed = false;        // A predicate of some program looks at it.
  Location where;
};

// What a thread may still do from an instruction on: its static future.
struct Future {
  Footprint footprint;
};

struct CompiledProperty {
  ast::Property::Kind kind = ast::Property::Kind::Always;
  std::string name;
  std::string text;
  std::uint32_t code = 0;  // Index into System::expressions.
  std::uint32_t consequence = 0;
  Location where;
};

struct CompiledObservation {
  std::string key;
  std::uint32_t code = 0;
};

// An object's wait entry, as far as static futures go: what its callback may do, and where it may
// be linked.
struct EntryRelay {
  std::vector<ClassId> written;
  ClassSet read;  // And not written.
  std::vector<ListId> woken;
  std::vector<ListId> lists;
};

struct System {
  const Catalogue* catalogue = nullptr;
  ast::Instance instance;
  SourceFiles sources;

  MemoryModel memory = MemoryModel::Sc;
  std::int64_t cpus = 1;
  std::int64_t spurious = 0;
  std::string kernel;
  std::string libc;
  std::vector<int> dialect;  // By SwitchId.

  Layout layout;
  std::vector<std::byte> initial;

  std::vector<Word> words;
  std::vector<DeclaredObject> objects;
  std::vector<ObjectRecord> records;  // By ObjectId; [0] is unused.
  std::map<std::string, ObjectId, std::less<>> singletons;

  std::vector<EntryRelay> relays;                    // By EntryId; objects' entries only.
  std::vector<std::function<void(Step&)>> at_start;  // Run on the initial state.
  std::uint32_t subframe_bytes = 0;                  // Of each thread, without its head.

  std::vector<ThreadInfo> threads;
  std::vector<Code> codes;
  std::vector<Code> expressions;  // Properties and observations: straight-line code, then End.
  std::vector<CompiledProperty> properties;
  std::vector<CompiledObservation> observations;
  std::vector<ThreadId> held;  // Threads with a `start:`.

  // By thread, then instruction. Empty in the timed layout.
  std::vector<std::vector<Future>> futures;

  // Armed timers in the order of arming: a count and thread numbers + 1; one TimerSlot per thread.
  std::uint32_t timers_offset = 0;  // 0: no call arms a timer.
  ClassId clock_class{};
  std::uint32_t spurious_offset = 0;  // Spurious wakes left; 0: none allowed.
  ClassId spurious_class{};
  std::uint32_t buffer_capacity = 0;  // Store-buffer entries per thread under TSO.
  bool buffer_is_exact = true;        // No execution can need more.

  std::uint64_t digest = 0;  // Of everything that determines the executions.

  const Code& code_of(ThreadId thread) const { return codes[threads[index(thread)].code]; }
  std::size_t thread_count() const { return threads.size(); }
};

// One store-buffer entry under TSO.
struct BufferedStore {
  std::uint32_t word;  // 1 + WordId; 0: empty.
  std::uint32_t zero;
  std::int64_t value;
};
static_assert(std::has_unique_object_representations_v<BufferedStore>);

struct TimerSlot {
  std::int64_t nanoseconds;
  TimerKind kind;
  std::uint8_t zero[7];
};
static_assert(std::has_unique_object_representations_v<TimerSlot>);

}  // namespace wakesim
