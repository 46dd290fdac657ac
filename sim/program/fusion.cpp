#include "sim/program/fusion.h"

#include <span>

#include "sim/program/arithmetic.h"

namespace wakesim {
namespace {

// The longest run that starts at the first instruction and is known, as its opcode. `run` is that
// instruction and those behind it that belong to the same statement.
Op fused(std::span<const Instruction> run) {
  const Op head = run[0].op;
  const auto is = [run](std::size_t i, Op op) { return i < run.size() && run[i].op == op; };
  const auto is_store = [&](std::size_t i) {
    return (is(i, Op::Store) || is(i, Op::StoreLocked)) && run[i].a == 0;
  };
  const auto is_compared = [run](std::size_t i) {
    return i < run.size() && is_comparison(run[i].op);
  };
  if (is(0, Op::Local) && is(1, Op::Number)) {
    if (is_compared(2) && is(3, Op::JumpIfZero)) return Op::LocalCompareJump;
    if (is_compared(2) && is(3, Op::StoreLocal)) return Op::LocalCompareStore;
    if (is(2, Op::Subtract) && is(3, Op::StoreLocal)) return Op::LocalSubtractStore;
    if (is(2, Op::Add) && is(3, Op::StoreLocal)) return Op::LocalAddStore;
  }
  if (is(0, Op::Local) && is(1, Op::JumpIfZero)) return Op::LocalJump;
  if (is(0, Op::Number)) {
    if (is(1, Op::StoreLocal)) return Op::NumberStoreLocal;
    if (is_store(1)) return Op::NumberStore;
    if (is_compared(1)) return Op::NumberCompare;
    if (is(1, Op::Number) && is(2, Op::CompareExchange) && run[2].a == 0)
      return Op::NumbersCompareExchange;
  }
  return head;
}

}  // namespace

std::vector<Instruction> fuse(const std::vector<Instruction>& program) {
  std::vector<Instruction> result = program;
  for (std::size_t pc = 0; pc < program.size(); ++pc) {
    std::size_t end = pc + 1;
    while (end < program.size() && (program[end].flags & (kLineStart | kStatement)) == 0) ++end;
    result[pc].op = fused({program.data() + pc, end - pc});
  }
  return result;
}

}  // namespace wakesim
