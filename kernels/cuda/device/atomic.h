// What threads do to one word at the same time. Of integers only: the order of floats' sums would
// show in results.
#pragma once
#include "cuda/device/platform.h"

namespace sx::cuda {

// Adds to a word in shared memory; what it was before.
__device__ __forceinline__ int add_shared(int* to, int value) {
#ifdef SX_SIM
  return __atomic_fetch_add(to, value, __ATOMIC_RELAXED);
#else
  return atomicAdd(to, value);
#endif
}

}  // namespace sx::cuda
