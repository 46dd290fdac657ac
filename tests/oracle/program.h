// A small concurrent program as plain data: what the naive world runs and the generator draws.
//
// Part of the oracle: written from the manual pages, includes nothing of models/ or sim/.

#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace oracle {

using Value = std::int64_t;

// A constant, or a local of the thread that executes.
struct Operand {
  bool is_local = false;
  Value value = 0;  // The constant, or the number of the local.
};

inline Operand constant(Value value) { return {false, value}; }
inline Operand local(int number) { return {true, number}; }

enum class Comparison : std::uint8_t { Equal, NotEqual, Less, Greater };

// Of futex waits and wakes that do not use bitsets: FUTEX_BITSET_MATCH_ANY.
inline constexpr Value kAnyBit = 0xffffffff;

// How long a call may wait.
enum class Wait : std::uint8_t {
  Forever,
  AtMost,    // A finite timeout: it may fire whenever the thread sleeps.
  NotAtAll,  // timeout=0
};

// poll(2)'s numbers.
inline constexpr Value kIn = 0x001;
inline constexpr Value kOut = 0x004;
inline constexpr Value kErr = 0x008;
inline constexpr Value kHup = 0x010;

// One descriptor of a poll or a select and what is asked of it.
struct Watch {
  enum class Source : std::uint8_t { Eventfd, PipeReadEnd, PipeWriteEnd };
  Source source = Source::Eventfd;
  int object = 0;
  Value events = kIn;
};

struct Operation {
  enum class Kind : std::uint8_t {
    // Words: one access to shared memory each. The atomic ones give the old value.
    Load,             // destination = words[object]
    Store,            // words[object] = a
    FetchAdd,         // words[object] += a
    Exchange,         // words[object] = a
    CompareExchange,  // if (words[object] == a) words[object] = b
    Fence,
    Await,   // wait until words[object] COMPARISON a
    Atomic,  // all of `body` in one step: Load, Store, FetchAdd; an Await in front is its guard
    // Locals and control flow.
    Set,             // destination = a
    Add,             // destination = a + b
    Choose,          // destination = any of a..b (constants)
    Jump,            // goto target
    JumpUnless,      // if (!(a COMPARISON b)) goto target
    JumpUnlessWord,  // if (!(words[object] COMPARISON b)) goto target
    Join,            // wait until thread `object` has ended
    // futex(2).
    FutexWait,        // on words[object], if it is a, for wakes that share a bit with b
    FutexWake,        // at most a waiters of words[object] that share a bit with b
    FutexWakeOp,      // words[second] += c; wake a of words[object], and if the old value of
                      // words[second] was 0, also b of words[second]
    FutexCmpRequeue,  // if words[object] is c: wake a, move b waiters to words[second]
    // eventfd(2), pipe(7).
    EventfdRead,
    EventfdWrite,  // a
    PipeRead,      // at most a bytes
    PipeWrite,     // a bytes
    PipeCloseReadEnd,
    PipeCloseWriteEnd,
    // poll(2), select(2).
    Poll,
    Select,
    // A plain mutex, and a queue of items that nobody waits for.
    Lock,
    Trylock,
    Unlock,
    Push,   // There must be room.
    Pop,    // Gives the oldest item, or -EAGAIN.
    Front,  // The same, and leaves it there.
    Drain,  // Takes everything; gives the number of items.
    Length,
  };

  Kind kind = Kind::Fence;
  int object = -1;  // Which word, eventfd, ...: each sort of object is numbered from 0.
  int second = -1;
  Operand a = {};
  Operand b = {};
  Operand c = {};
  Comparison comparison = Comparison::Equal;
  int destination = -1;  // The local that takes the result, or -1.
  std::size_t target = 0;
  Wait wait = Wait::Forever;
  std::vector<Operation> body = {};
  std::vector<Watch> watches = {};
  std::vector<int> revents = {};  // Locals that take each watch's events; empty: nobody asks.
  int position = 0;  // Names the place in the program, for a thread that is stuck here.
};

struct EventfdSpec {
  std::uint64_t count = 0;
  bool is_semaphore = false;
  bool is_nonblocking = false;
};

struct PipeSpec {
  Value capacity = 65536;
  bool is_nonblocking = false;
};

// What makes an outcome.
struct Observation {
  enum class Kind : std::uint8_t { Word, Local, Position };
  Kind kind = Kind::Word;
  int thread = -1;
  int number = 0;  // Of the word or local.
};

// The position of a thread that has ended.
inline constexpr int kEnded = 99;

struct ThreadProgram {
  std::vector<Operation> operations = {};
  int locals = 0;
};

struct Program {
  std::vector<std::uint32_t> words = {};
  std::vector<EventfdSpec> eventfds = {};
  std::vector<PipeSpec> pipes = {};
  std::vector<Value> queue_capacities = {};
  int mutexes = 0;
  std::vector<ThreadProgram> threads = {};
  std::vector<Observation> observed = {};
  bool is_tso = false;  // x86-TSO: plain stores go through a store buffer per thread.
};

}  // namespace oracle
