// The scenario's statements as instructions for a small stack machine.
//
// A *line* is what the scenario's author wrote as one line: it starts at an instruction with
// kLineStart and runs to the next one. Everything in it is one step, except that a call stops
// inside its line until it returns. Jumps between lines belong to the line before them.

#pragma once

#include <cstdint>

namespace wakesim {

enum class Op : std::uint8_t {
  // Values. `b` is the number itself, or an index.
  Number,       // push b
  Constant,     // push constants[b]
  Local,        // push local a
  LocalAt,      // pop i, push local a + i (i < b, else a fault)
  ThreadLocal,  // push local a of thread b (properties and observations)
  Member,       // push the thread's `with:` value a
  Self,         // push the thread's id: 1 + its number, so that 0 is nobody
  StoreLocal,   // pop into local a
  StoreReturn,  // pop into local a, which `join` reads
  Pop,
  CountCall,  // one more in local a, up to kCallsCountedMax
  // Operators.
  Negate,
  Not,
  Complement,
  Add,
  Subtract,
  Multiply,
  Divide,
  Remainder,
  ShiftLeft,
  ShiftRight,
  BitAnd,
  BitOr,
  BitXor,
  Equal,
  NotEqual,
  Less,
  LessEqual,
  Greater,
  GreaterEqual,
  And,
  Or,
  Bound,  // top of stack must be in 0 .. b-1, else a fault; scale it by a
  // Shared memory. `b` is the first word; if a > 0, an index below the operands picks one of a.
  Load,
  Store,
  StoreLocked,
  Exchange,
  CompareExchange,
  FetchAdd,
  FetchSub,
  FetchAnd,
  FetchOr,
  FetchXor,
  Fence,
  // Control.
  Jump,        // to b
  JumpIfZero,  // pop; to b
  Guard,       // pop; the line is enabled only if it is not zero
  Assert,
  Assume,     // pop
  Choose,     // push b + (one of a alternatives)
  Call,       // sites[b]
  Primitive,  // sites[b]; pushes the result
  Predicate,  // predicates[b]; pushes 0 or 1
  End,
  Work,           // pop; in timed runs the thread uses its CPU for so many nanoseconds
  HandlerReturn,  // A handler is over: back to where it interrupted the program.
  Unwind,         // A cleanup block is over: on to the one around cleanups[a].
  // Runs of the instructions above. Only in the interpreter's copy of a program; see fusion.h.
  LocalCompareJump,        // Local, Number, comparison, JumpIfZero
  LocalCompareStore,       // Local, Number, comparison, StoreLocal
  LocalAddStore,           // Local, Number, Add, StoreLocal
  LocalSubtractStore,      // Local, Number, Subtract, StoreLocal
  LocalJump,               // Local, JumpIfZero
  NumberStoreLocal,        // Number, StoreLocal
  NumberStore,             // Number, Store or StoreLocked without an index
  NumberCompare,           // Number, comparison
  NumbersCompareExchange,  // Number, Number, CompareExchange
};

// Instruction::flags.
enum InstructionFlag : std::uint8_t {
  kLineStart = 0x01,
  kVisible = 0x02,      // The line touches shared state, calls or chooses: it is a step of its own.
  kGuarded = 0x04,      // The line has a Guard; disabled while that is false.
  kDrains = 0x08,       // TSO: the line needs an empty store buffer.
  kBuffers = 0x10,      // TSO: the line appends to the store buffer.
  kStatement = 0x20,    // A statement starts here (also inside `atomic:`).
  kGuardedCall = 0x40,  // The line ends in a call whose first step has a guard.
};

struct Instruction {
  Op op = Op::End;
  std::uint8_t flags = 0;
  std::uint16_t a = 0;
  std::int32_t b = 0;
};
static_assert(sizeof(Instruction) == 8);

// A system call beyond these is not counted, and the search is bounded. Without an end a loop of
// calls would have endlessly many states.
inline constexpr std::int64_t kCallsCountedMax = 255;

// Values on the stack at once, at most; arguments of one call included.
inline constexpr int kStackMax = 1024;

}  // namespace wakesim
