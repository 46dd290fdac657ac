#include "sim/state/fingerprint.h"

#define XXH_INLINE_ALL
#include <xxhash.h>

namespace wakesim {

Fingerprint fingerprint(const std::byte* state, std::size_t bytes) {
  const XXH128_hash_t hash = XXH3_128bits(state, bytes);
  return {hash.low64, hash.high64};
}

}  // namespace wakesim
