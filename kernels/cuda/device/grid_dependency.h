// For kernels launched with Grid::overlaps, which may begin while the kernel in front is still at
// work. Nothing where the architecture is older than sm_90, or the launch does not overlap.
#pragma once
#include "cuda/device/platform.h"

namespace sx::cuda {

#ifdef SX_SIM

// The simulator runs one kernel after the other.
inline void wait_for_previous_kernel() {}
inline void let_next_kernel_begin() {}

#else

// Returns when the kernel in front has ended and its writes are seen: before the first access of
// what it reads or writes.
__device__ __forceinline__ void wait_for_previous_kernel() {
#if __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.wait;" ::: "memory");
#endif
}
// The next kernel may begin once all blocks have come here or ended. It sees writes only after its
// own wait.
__device__ __forceinline__ void let_next_kernel_begin() {
#if __CUDA_ARCH__ >= 900
  asm volatile("griddepcontrol.launch_dependents;" ::: "memory");
#endif
}

#endif

}  // namespace sx::cuda
