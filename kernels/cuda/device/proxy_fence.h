// Shared and global memory as TMA and wgmma see it, the async proxy: what a thread has written
// itself, they see only behind such a fence, which the writer executes before the barrier that
// tells the issuer. sm_90.
#pragma once
#include "cuda/device/platform.h"
#ifdef SX_SIM
#include "sim/engines.h"
#endif

namespace sx::cuda {

#ifdef SX_SIM

inline void fence_async_shared() { sim::proxy_fence(true, false); }
inline void fence_async_global() { sim::proxy_fence(false, true); }
inline void fence_async() { sim::proxy_fence(true, true); }

#else

__device__ __forceinline__ void fence_async_shared() {
  asm volatile("fence.proxy.async.shared::cta;" ::: "memory");
}
__device__ __forceinline__ void fence_async_global() {
  asm volatile("fence.proxy.async.global;" ::: "memory");
}
__device__ __forceinline__ void fence_async() { asm volatile("fence.proxy.async;" ::: "memory"); }

#endif

}  // namespace sx::cuda
