// A ring of stages in shared memory between one thread that has TMA fill them, and warpgroups that
// use them. sm_90.
#pragma once
#include "cuda/device/cluster.h"
#include "cuda/device/mbarrier.h"

namespace sx::cuda {

// Where a side is: the stage, and the parity of the phase in which it is filled and emptied now.
template <int kStages>
struct RingPlace {
  int stage = 0;
  uint32_t parity = 0;

  __device__ __forceinline__ void advance() {
    if (++stage < kStages) return;
    stage = 0;
    parity ^= 1;
  }
};

// The barriers of a ring, in shared memory. `kCluster` blocks fill each other's stages, so that a
// stage is empty when the users of all of them have left it.
template <int kStages, int kCluster>
struct Ring {
  using Place = RingPlace<kStages>;
  Barrier full[kStages], empty[kStages];

  // By one thread, before a barrier of the block or cluster. `users` are warpgroups of one block.
  __device__ void init(int users) {
    for (int stage = 0; stage < kStages; stage++) {
      full[stage].init(1);
      empty[stage].init(users * kCluster);
    }
    fence_barrier_init();
  }

  // The filler's side: waits for an empty stage, into which `bytes` will come.
  __device__ __forceinline__ Barrier& begin_fill(const Place& place, uint32_t bytes) {
    kCluster > 1 ? empty[place.stage].wait_cluster(place.parity ^ 1)
                 : empty[place.stage].wait(place.parity ^ 1);
    full[place.stage].arrive_expecting(bytes);
    return full[place.stage];
  }

  // A user's side: every thread waits, and one warpgroup's threads say together that they have read
  // the stage.
  __device__ __forceinline__ void wait_full(const Place& place) {
    full[place.stage].wait(place.parity);
  }
  __device__ __forceinline__ void release(int stage) {
    const int thread = int(threadIdx.x) % 128;
    if constexpr (kCluster > 1) {
      if (thread < kCluster) empty[stage].arrive_at(thread);
    } else {
      if (thread == 0) empty[stage].arrive();
    }
  }
};

}  // namespace sx::cuda
