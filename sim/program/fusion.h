// Common runs of instructions as one instruction, for speed: each instruction executed costs a
// jump that the processor often predicts wrongly.
//
// The interpreter's copy of a program differs from the program in opcodes only. Where a run begins
// stands the fused opcode; its operands stay where they are, in the instructions that follow, and
// a jump into the middle of a run finds what it always found. Whoever analyses or watches a program
// (traces, judges) uses the plain one.

#pragma once

#include <vector>

#include "sim/program/instruction.h"

namespace wakesim {

std::vector<Instruction> fuse(const std::vector<Instruction>& program);

}  // namespace wakesim
