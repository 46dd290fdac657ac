// The interpreter's copy of a program differs in opcodes only, and only where a whole run of one
// statement stands.

#include "sim/program/fusion.h"

#include <gtest/gtest.h>

namespace wakesim {
namespace {

constexpr std::uint8_t kStart = kLineStart | kStatement;

std::vector<Op> opcodes(const std::vector<Instruction>& program) {
  std::vector<Op> result;
  for (const Instruction& in : fuse(program)) result.push_back(in.op);
  return result;
}

TEST(Fusion, TakesTheLongestRun) {
  using enum Op;
  EXPECT_EQ(opcodes({{Local, kStart}, {Number}, {Equal}, {JumpIfZero, 0, 0, 9}, {End, kStart}}),
            (std::vector<Op>{LocalCompareJump, NumberCompare, Equal, JumpIfZero, End}));
  EXPECT_EQ(opcodes({{Local, kStart}, {Number}, {Subtract}, {StoreLocal}}),
            (std::vector<Op>{LocalSubtractStore, Number, Subtract, StoreLocal}));
  EXPECT_EQ(opcodes({{Number, kStart}, {Number}, {CompareExchange}, {StoreLocal}}),
            (std::vector<Op>{NumbersCompareExchange, Number, CompareExchange, StoreLocal}));
}

TEST(Fusion, KeepsOperandsAndFlags) {
  const std::vector<Instruction> program = {{Op::Local, kStart, 3}, {Op::JumpIfZero, 0, 0, 7}};
  const std::vector<Instruction> fused = fuse(program);
  EXPECT_EQ(fused[0].op, Op::LocalJump);
  EXPECT_EQ(fused[0].flags, kStart);
  EXPECT_EQ(fused[0].a, 3);
  EXPECT_EQ(fused[1].op, Op::JumpIfZero);
  EXPECT_EQ(fused[1].b, 7);
}

TEST(Fusion, StopsAtTheNextStatement) {
  using enum Op;
  EXPECT_EQ(opcodes({{Number, kStart}, {StoreLocal, kStatement}}),
            (std::vector<Op>{Number, StoreLocal}));
}

TEST(Fusion, LeavesIndexedWordsAlone) {
  using enum Op;
  EXPECT_EQ(opcodes({{Number, kStart}, {Store, 0, 5, 2}}), (std::vector<Op>{Number, Store}));
  EXPECT_EQ(opcodes({{Number, kStart}, {Number}, {CompareExchange, 0, 5, 2}}),
            (std::vector<Op>{Number, Number, CompareExchange}));
}

}  // namespace
}  // namespace wakesim
