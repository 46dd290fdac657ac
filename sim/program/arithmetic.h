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
      return left == right;
    case Op::NotEqual:
      return left != right;
    case Op::Less:
      return left < right;
    case Op::LessEqual:
      return left <= right;
    case Op::Greater:
      return left > right;
    case Op::GreaterEqual:
      return left >= right;
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
