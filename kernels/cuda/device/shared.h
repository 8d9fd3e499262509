// A block's shared memory: one struct per kernel, whose size the launcher passes as
// Grid::shared_bytes.
#pragma once
#include "cuda/device/platform.h"

namespace sx::cuda {

#ifdef SX_SIM

template <class T>
T& shared_memory() {
  sim::Block& block = *sim::current->block;
  if (sizeof(T) > block.shared_bytes)
    sim::fail("the kernel uses %zu bytes of shared memory, its launch gave %zu", sizeof(T),
              block.shared_bytes);
  return *reinterpret_cast<T*>(block.shared);
}

// The 32-bit address that PTX names a place in shared memory by.
inline uint32_t shared_address(const void* p) { return sim::shared_address(p); }

#else

extern __shared__ __align__(1024) unsigned char sx_shared_bytes[];

template <class T>
__device__ __forceinline__ T& shared_memory() {
  static_assert(alignof(T) <= 1024, "shared memory is aligned to 1024 bytes");
  return *reinterpret_cast<T*>(sx_shared_bytes);
}

__device__ __forceinline__ uint32_t shared_address(const void* p) {
  return static_cast<uint32_t>(__cvta_generic_to_shared(p));
}

#endif

}  // namespace sx::cuda
