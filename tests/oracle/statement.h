// Structured programs: what the generator draws, turned into operations with jumps for the naive
// world and into scenario text.

#pragma once

#include <string>
#include <vector>

#include "tests/oracle/program.h"

namespace oracle {

// The left side of a condition is a word or a local, the right side a constant.
struct Condition {
  bool is_word = false;
  int number = 0;
  Comparison comparison = Comparison::Equal;
  Value value = 0;
};

struct Statement {
  enum class Kind : std::uint8_t {
    Plain,    // operation
    AddTo,    // words[operation.object] += operation.a in two lines: a load, then a store
    If,       // condition, body, otherwise
    BreakIf,  // condition; leaves the innermost loop
    Repeat,   // count, body
    Forever,  // body, which leaves by a BreakIf
  };

  Kind kind = Kind::Plain;
  Operation operation = {};
  Condition condition = {};
  int count = 0;
  std::vector<Statement> body = {};
  std::vector<Statement> otherwise = {};
};
using Block = std::vector<Statement>;

// A thread before it is lowered. Locals 0 .. locals-1 are `r0`, `r1`, ... in the text.
struct StructuredThread {
  Block body;
  int locals = 0;
};

// May the thread be stuck in it? Such an operation has a position of its own, which the text
// assigns to the local `place` right before.
bool can_block(const Operation& operation, const Program& program);

// Adds hidden locals for counters and temporaries behind the visible ones.
ThreadProgram lower(const StructuredThread& thread);

// Everything of the scenario; `program` has objects and observations.
std::string scenario_text(const std::string& name, const Program& program,
                          const std::vector<StructuredThread>& threads);

}  // namespace oracle
