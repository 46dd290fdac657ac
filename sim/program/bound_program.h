// A thread's program bound to the thread's places in the state: what every step asks for, in one
// cache line or two. In System's tables the same facts are four dependent loads away.

#pragma once

#include <cstddef>
#include <cstdint>

#include "sim/program/system.h"

namespace wakesim {

struct BoundProgram {
  const Code* code = nullptr;
  const Instruction* instructions = nullptr;    // The fused copy.
  const std::uint64_t* live = nullptr;          // By instruction.
  const std::uint16_t* statement_of = nullptr;  // By instruction.
  std::uint8_t* covered = nullptr;              // By statement; null: nobody asks.
  std::uint32_t block = 0;                      // Places in the state.
  std::uint32_t locals = 0;
  std::uint32_t locals_count = 0;
  std::uint32_t frame = 0;
  std::uint32_t activations = 0;
  ClassId run_class{};
  ClassId end_class{};
  bool is_observed = false;
  bool is_interruptible = false;
  bool is_buffered = false;  // Plain loads and stores go through a store buffer.
};

// An expression over a whole state has no places of its own.
inline BoundProgram bind_expression(const Code& code) {
  BoundProgram program;
  program.code = &code;
  program.instructions = code.fused.data();
  return program;
}

inline BoundProgram bind_thread(const System& system, ThreadId thread) {
  const ThreadLayout& layout = system.layout.threads[index(thread)];
  BoundProgram program = bind_expression(system.code_of(thread));
  program.live = program.code->live.data();
  program.statement_of = program.code->statement_of.data();
  program.block = layout.block;
  program.locals = layout.locals;
  program.locals_count = layout.locals_count;
  program.frame = layout.frame;
  program.activations = layout.activations;
  program.run_class = layout.run_class;
  program.end_class = layout.end_class;
  program.is_observed = system.threads[index(thread)].is_observed;
  program.is_interruptible = system.threads[index(thread)].is_interruptible;
  program.is_buffered = system.memory == MemoryModel::Tso && system.buffer_capacity > 0;
  return program;
}

}  // namespace wakesim
