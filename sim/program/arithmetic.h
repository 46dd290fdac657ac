// What the operators of the scenario language compute, on signed 64-bit values.

#pragma once

#include <cstdint>

#include "sim/assert.h"
#include "sim/program/instruction.h"

namespace wakesim {

inline std::int64_t shift_left(std::int64_t value, std::int64_t by) {
  if (by < 0 || by > 63) return 0;
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(value) << by);
}

inline std::int64_t shift_right(std::int64_t value, std::int64_t by) {
  if (by < 0 || by > 63) return value < 0 ? -1 : 0;
  return value >> by;
}

// Wraps like the hardware; overflow of locals is not the modelled program's mistake.
inline std::int64_t wrap(std::uint64_t value) { return static_cast<std::int64_t>(value); }

inline bool is_comparison(Op op) { return op >= Op::Equal && op <= Op::GreaterEqual; }

// Without a branch on the operator: bit 0 stands for less, 1 for equal, 2 for greater.
inline std::int64_t compare(Op op, std::int64_t left, std::int64_t right) {
  static constexpr std::uint8_t kTrueFor[] = {0b010, 0b101, 0b001, 0b011, 0b100, 0b110};
  static_assert(static_cast<int>(Op::GreaterEqual) - static_cast<int>(Op::Equal) == 5);
  const int order = 1 + (left > right) - (left < right);
  return kTrueFor[static_cast<int>(op) - static_cast<int>(Op::Equal)] >> order & 1;
}

inline std::int64_t apply_binary(Op op, std::int64_t left, std::int64_t right) {
  const auto a = static_cast<std::uint64_t>(left);
  const auto b = static_cast<std::uint64_t>(right);
  switch (op) {
    case Op::Add:
      return wrap(a + b);
    case Op::Subtract:
      return wrap(a - b);
    case Op::Multiply:
      return wrap(a * b);
    case Op::Divide:
      return right == -1 ? wrap(0 - a) : left / right;
    case Op::Remainder:
      return right == -1 ? 0 : left % right;
    case Op::ShiftLeft:
      return shift_left(left, right);
    case Op::ShiftRight:
      return shift_right(left, right);
    case Op::BitAnd:
      return wrap(a & b);
    case Op::BitOr:
      return wrap(a | b);
    case Op::BitXor:
      return wrap(a ^ b);
    case Op::Equal:
    case Op::NotEqual:
    case Op::Less:
    case Op::LessEqual:
    case Op::Greater:
    case Op::GreaterEqual:
      return compare(op, left, right);
    case Op::And:
      return left != 0 && right != 0;
    case Op::Or:
      return left != 0 || right != 0;
    default:
      break;
  }
  WAKESIM_UNREACHABLE();
}

inline std::int64_t apply_fetch(Op op, std::int64_t old, std::int64_t operand) {
  const auto a = static_cast<std::uint64_t>(old);
  const auto b = static_cast<std::uint64_t>(operand);
  switch (op) {
    case Op::FetchAdd:
      return wrap(a + b);
    case Op::FetchSub:
      return wrap(a - b);
    case Op::FetchAnd:
      return wrap(a & b);
    case Op::FetchOr:
      return wrap(a | b);
    case Op::FetchXor:
      return wrap(a ^ b);
    default:
      break;
  }
  WAKESIM_UNREACHABLE();
}

}  // namespace wakesim
