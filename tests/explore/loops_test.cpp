// Which instructions can lie on a cycle of states.

#include "sim/explore/loops.h"

#include <gtest/gtest.h>

namespace wakesim {
namespace {

// An instruction that goes on to the next, one that may also jump, and one that only jumps.
Instruction next() { return {Op::Fence}; }
Instruction maybe(std::int32_t to) { return {Op::JumpIfZero, 0, 0, to}; }
Instruction back(std::int32_t to) { return {Op::Jump, 0, 0, to}; }

Code program(std::vector<Instruction> instructions, std::vector<WaitRegion> loops) {
  Code code;
  code.instructions = std::move(instructions);
  code.regions = std::move(loops);
  return code;
}

WaitRegion loop(std::uint16_t begin, std::uint16_t end, bool is_counted) {
  WaitRegion region;
  region.begin = begin;
  region.end = end;
  region.is_counted = is_counted;
  return region;
}

std::vector<bool> in_loop(const Code& code) {
  std::vector<bool> result;
  for (const std::uint32_t number : endless_loops(code)) result.push_back(number != 0);
  return result;
}

TEST(EndlessLoops, CountedLoopIsNone) {
  const Code code = program({next(), maybe(4), next(), back(1), {Op::End}}, {loop(1, 4, true)});
  EXPECT_EQ(in_loop(code), (std::vector<bool>{false, false, false, false, false}));
}

TEST(EndlessLoops, WhileInsideRepeatIsAllThatRepeatHolds) {
  const Code code = program({maybe(6), next(), maybe(5), next(), back(2), back(0), {Op::End}},
                            {loop(0, 6, true), loop(2, 5, false)});
  EXPECT_EQ(in_loop(code), (std::vector<bool>{false, false, true, true, true, false, false}));
}

// The outer loop enters the inner one anew, which sets its counter back.
TEST(EndlessLoops, RepeatInsideForeverBelongsToIt) {
  const Code code = program({next(), maybe(4), next(), back(1), back(0), {Op::End}},
                            {loop(0, 5, false), loop(1, 4, true)});
  EXPECT_EQ(in_loop(code), (std::vector<bool>{true, true, true, true, true, false}));
}

TEST(EndlessLoops, RepeatInsideRepeatIsNone) {
  const Code code = program({maybe(6), next(), maybe(5), next(), back(2), back(0), {Op::End}},
                            {loop(0, 6, true), loop(2, 5, true)});
  EXPECT_EQ(in_loop(code), std::vector<bool>(7, false));
}

TEST(EndlessLoops, TwoLoopsOneAfterTheOtherHaveDifferentNumbers) {
  const Code code = program({maybe(2), back(0), maybe(4), back(2), {Op::End}},
                            {loop(0, 2, false), loop(2, 4, false)});
  const auto loops = endless_loops(code);
  EXPECT_EQ(loops[0], loops[1]);
  EXPECT_EQ(loops[2], loops[3]);
  EXPECT_NE(loops[0], loops[2]);
}

}  // namespace
}  // namespace wakesim
