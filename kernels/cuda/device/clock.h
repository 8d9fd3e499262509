// The time in nanoseconds, the same on all threads of a device; how finely it moves is the
// hardware's (a microsecond is usual). On the simulated GPU it moves while all that live only poll.
#pragma once
#include "cuda/device/platform.h"

namespace sx::cuda {

#ifdef SX_SIM

inline uint64_t nanoseconds() { return sim::nanoseconds(); }

#else

__device__ __forceinline__ uint64_t nanoseconds() {
  uint64_t now;
  asm volatile("mov.u64 %0, %%globaltimer;" : "=l"(now));
  return now;
}

#endif

}  // namespace sx::cuda
