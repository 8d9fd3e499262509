// A block's shared memory: one struct per kernel, whose size the launcher passes as Grid::shared_bytes.
#pragma once
#include "cuda/device/platform.h"

namespace sx::cuda {

#ifdef SX_SIM

template <class T>
T& shared_memory() {
  sim::Block& block = *sim::current->block;
  if (sizeof(T) > block.shared_bytes)
    sim::fail("the kernel uses %zu bytes of shared memory, its launch gave %zu", sizeof(T), block.shared_bytes);
  return *reinterpret_cast<T*>(block.shared);
}

#else

extern __shared__ __align__(1024) unsigned char sx_shared_bytes[];

template <class T>
__device__ __forceinline__ T& shared_memory() {
  static_assert(alignof(T) <= 1024, "shared memory is aligned to 1024 bytes");
  return *reinterpret_cast<T*>(sx_shared_bytes);
}

#endif

}  // namespace sx::cuda
