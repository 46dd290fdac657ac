#include "sim/explore/mapping.h"

#include <sys/mman.h>

#include "sim/assert.h"

namespace wakesim {
namespace {

// From here on, pages of 2 MiB: a table touched at random misses the TLB less often.
constexpr std::uint64_t kHugePagesFrom = 4u << 20;

}  // namespace

Mapping::Mapping(std::uint64_t bytes) : bytes_(bytes) {
  data_ = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  WAKESIM_ASSERT(data_ != MAP_FAILED);
  if (bytes >= kHugePagesFrom) madvise(data_, bytes, MADV_HUGEPAGE);
}

Mapping::~Mapping() { munmap(data_, bytes_); }

void Mapping::grow(std::uint64_t bytes) {
  data_ = mremap(data_, bytes_, bytes, MREMAP_MAYMOVE);
  WAKESIM_ASSERT(data_ != MAP_FAILED);
  bytes_ = bytes;
  if (bytes >= kHugePagesFrom) madvise(data_, bytes, MADV_HUGEPAGE);
}

}  // namespace wakesim
