#include "sim/state/layout.h"

namespace wakesim {

std::uint32_t Layout::reserve(std::uint32_t size, std::uint32_t alignment, ClassId cls) {
  const std::uint32_t offset = (bytes + alignment - 1) / alignment * alignment;
  bytes = offset + size;
  ranges.push_back({cls, offset, size});
  return offset;
}

}  // namespace wakesim
