// The blocks of a cluster: who they are, the barrier that they share, and each other's shared
// memory. sm_90; before that a block is a cluster of its own.
#pragma once
#include "cuda/device/shared.h"
#ifdef SX_SIM
#include "sim/engines.h"
#endif

namespace sx::cuda {

#ifdef SX_SIM

inline uint32_t cluster_rank() { return sim::current->block->cluster_rank; }
inline uint32_t cluster_size() { return sim::config.cluster; }
inline void cluster_arrive() { sim::cluster_arrive(); }
inline void cluster_wait() { sim::cluster_wait(); }

template <class T>
T* map_shared(T* p, uint32_t rank) {
  return static_cast<T*>(sim::peer_shared(p, rank, "mapa"));
}

#elif defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 900

__device__ __forceinline__ uint32_t cluster_rank() { return 0; }
__device__ __forceinline__ uint32_t cluster_size() { return 1; }
__device__ __forceinline__ void cluster_arrive() {}
__device__ __forceinline__ void cluster_wait() { __syncthreads(); }

template <class T>
__device__ __forceinline__ T* map_shared(T* p, uint32_t) {
  return p;
}

#else

__device__ __forceinline__ uint32_t cluster_rank() {
  uint32_t rank;
  asm("mov.u32 %0, %%cluster_ctarank;" : "=r"(rank));
  return rank;
}
__device__ __forceinline__ uint32_t cluster_size() {
  uint32_t size;
  asm("mov.u32 %0, %%cluster_nctarank;" : "=r"(size));
  return size;
}

// Every thread of every block arrives, and waits later: what was written before the one is seen
// after the other.
__device__ __forceinline__ void cluster_arrive() {
  asm volatile("barrier.cluster.arrive.release;" ::: "memory");
}
__device__ __forceinline__ void cluster_wait() {
  asm volatile("barrier.cluster.wait.acquire;" ::: "memory");
}

// Where `p` of this block's shared memory is in block `rank` of the cluster; for ordinary loads and
// stores. That block must not end before they are done: a last cluster_sync() keeps it.
template <class T>
__device__ __forceinline__ T* map_shared(T* p, uint32_t rank) {
  uint64_t there;
  asm("mapa.u64 %0, %1, %2;" : "=l"(there) : "l"(p), "r"(rank));
  return reinterpret_cast<T*>(there);
}

#endif

__device__ __forceinline__ void cluster_sync() {
  cluster_arrive();
  cluster_wait();
}

}  // namespace sx::cuda
