// Barriers for some warps of a block: sync waits for `threads` arrivals, a multiple of 32; arrive
// only counts. Number 0 is
// __syncthreads's; 1 to 15 are free.
#pragma once
#include "cuda/device/platform.h"

namespace sx::cuda {

#ifdef SX_SIM

inline void named_barrier_sync(uint32_t id, uint32_t threads) { sim::barrier_sync(id, threads); }
inline void named_barrier_arrive(uint32_t id, uint32_t threads) {
  sim::barrier_arrive(id, threads);
}

#else

__device__ __forceinline__ void named_barrier_sync(uint32_t id, uint32_t threads) {
  asm volatile("bar.sync %0, %1;" ::"r"(id), "r"(threads) : "memory");
}
__device__ __forceinline__ void named_barrier_arrive(uint32_t id, uint32_t threads) {
  asm volatile("bar.arrive %0, %1;" ::"r"(id), "r"(threads) : "memory");
}

#endif

}  // namespace sx::cuda
