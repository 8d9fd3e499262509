// Barriers in shared memory that count arrivals and bytes: what TMA signals, and producers and
// consumers wait for. A phase is over when all of both have come; phases have parity 0, 1, 0, … A
// barrier is initialised by one thread, which then calls fence_barrier_init(), and is used behind
// the __syncthreads or the cluster barrier that follows. sm_90.
#pragma once
#include "cuda/device/shared.h"
#ifdef SX_SIM
#include "sim/engines.h"
#endif

namespace sx::cuda {

struct alignas(8) Barrier {
  uint64_t state;

  __device__ void init(uint32_t arrivals);
  __device__ void invalidate();

  __device__ void arrive(uint32_t arrivals = 1);
  __device__ void expect_bytes(uint32_t bytes);
  __device__ void arrive_expecting(uint32_t bytes);
  // At the same barrier of another block of the cluster.
  __device__ void arrive_at(uint32_t block_rank);

  // Whether the phase of this parity is over; may be false a little longer. A fresh barrier has
  // just ended parity 1.
  __device__ bool try_wait(uint32_t parity) const;
  __device__ void wait(uint32_t parity) const;
  // For what other blocks of the cluster have written before they arrived.
  __device__ void wait_cluster(uint32_t parity) const;
};

#ifdef SX_SIM

inline void Barrier::init(uint32_t arrivals) { sim::mbarrier_init(this, arrivals); }
inline void Barrier::invalidate() { sim::mbarrier_invalidate(this); }
inline void Barrier::arrive(uint32_t arrivals) { sim::mbarrier_arrive(this, arrivals); }
inline void Barrier::expect_bytes(uint32_t bytes) { sim::mbarrier_expect(this, bytes); }
inline void Barrier::arrive_expecting(uint32_t bytes) { sim::mbarrier_arrive(this, 1, bytes); }
inline void Barrier::arrive_at(uint32_t block_rank) {
  sim::mbarrier_arrive(sim::peer_shared(this, block_rank, "mbarrier.arrive"), 1, 0, true);
}
inline bool Barrier::try_wait(uint32_t parity) const {
  return sim::mbarrier_try_wait(this, parity, false);
}
inline void Barrier::wait(uint32_t parity) const { sim::mbarrier_wait(this, parity, false); }
inline void Barrier::wait_cluster(uint32_t parity) const { sim::mbarrier_wait(this, parity, true); }

inline void fence_barrier_init() { sim::mbarrier_init_fence(); }

#else

__device__ __forceinline__ void Barrier::init(uint32_t arrivals) {
  asm volatile("mbarrier.init.shared::cta.b64 [%0], %1;" ::"r"(shared_address(this)), "r"(arrivals)
               : "memory");
}
__device__ __forceinline__ void Barrier::invalidate() {
  asm volatile("mbarrier.inval.shared::cta.b64 [%0];" ::"r"(shared_address(this)) : "memory");
}
__device__ __forceinline__ void Barrier::arrive(uint32_t arrivals) {
  asm volatile("mbarrier.arrive.shared::cta.b64 _, [%0], %1;" ::"r"(shared_address(this)),
               "r"(arrivals)
               : "memory");
}
__device__ __forceinline__ void Barrier::expect_bytes(uint32_t bytes) {
  asm volatile(
      "mbarrier.expect_tx.relaxed.cta.shared::cta.b64 [%0], %1;" ::"r"(shared_address(this)),
      "r"(bytes)
      : "memory");
}
__device__ __forceinline__ void Barrier::arrive_expecting(uint32_t bytes) {
  asm volatile("mbarrier.arrive.expect_tx.shared::cta.b64 _, [%0], %1;" ::"r"(shared_address(this)),
               "r"(bytes)
               : "memory");
}
__device__ __forceinline__ void Barrier::arrive_at(uint32_t block_rank) {
  asm volatile(
      "{\n"
      ".reg .b32 there;\n"
      "mapa.shared::cluster.u32 there, %0, %1;\n"
      "mbarrier.arrive.release.cluster.shared::cluster.b64 _, [there];\n"
      "}" ::"r"(shared_address(this)),
      "r"(block_rank)
      : "memory");
}

#define SX_TRY_WAIT(scope, over, parity)       \
  asm volatile(                                \
      "{\n"                                    \
      ".reg .pred over;\n"                     \
      "mbarrier.try_wait.parity" scope         \
      ".shared::cta.b64 over, [%1], %2;\n"     \
      "selp.b32 %0, 1, 0, over;\n"             \
      "}"                                      \
      : "=r"(over)                             \
      : "r"(shared_address(this)), "r"(parity) \
      : "memory")
__device__ __forceinline__ bool Barrier::try_wait(uint32_t parity) const {
  uint32_t over;
  SX_TRY_WAIT("", over, parity);
  return over;
}
__device__ __forceinline__ void Barrier::wait(uint32_t parity) const {
  while (!try_wait(parity)) {
  }
}
__device__ __forceinline__ void Barrier::wait_cluster(uint32_t parity) const {
  uint32_t over;
  do {
    SX_TRY_WAIT(".acquire.cluster", over, parity);
  } while (!over);
}
#undef SX_TRY_WAIT

__device__ __forceinline__ void fence_barrier_init() {
  asm volatile("fence.mbarrier_init.release.cluster;" ::: "memory");
}

#endif

}  // namespace sx::cuda
