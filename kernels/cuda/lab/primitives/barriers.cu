// primitive.mbarrier.*, primitive.cluster.*, primitive.named_barrier: who waits for whom, seen by
// what has been written when the wait is over. primitive.register_budget: warpgroups that hand
// registers on still compute. Rounds of a ring with more phases than stages, so that both parities
// come up often. Every value in the outputs is one hand-over. Not kernels to measure. Source: PTX
// ISA, "mbarrier", "barrier.cluster", "bar", "setmaxnreg".
#include "cuda/device/cluster.h"
#include "cuda/device/mbarrier.h"
#include "cuda/device/named_barrier.h"
#include "cuda/device/register_budget.h"
#include "cuda/device/warp.h"
#include "primitive.h"

namespace sx::cuda::primitive {
namespace {

// --- a producer warp and a consumer warp around a ring of three stages ---
struct Ring {
  static constexpr int kStages = 3;
  int values[kStages][32];
  Barrier full[kStages], empty[kStages];
};

__global__ void __launch_bounds__(64) ring_kernel(Outputs out) {
#if SX_SM90
  auto& ring = shared_memory<Ring>();
  if (threadIdx.x == 0) {
    for (int s = 0; s < Ring::kStages; s++) {
      ring.full[s].init(32);
      ring.empty[s].init(1);
    }
    fence_barrier_init();
  }
  __syncthreads();
  const int lane = int(threadIdx.x) % 32;
  for (int round = 0; round < 64; round++) {
    const int s = round % Ring::kStages, parity = round / Ring::kStages & 1;
    if (threadIdx.x < 32) {
      ring.empty[s].wait(parity ^ 1);
      ring.values[s][lane] = round * 100 + lane;
      ring.full[s].arrive();
    } else {
      while (!ring.full[s].try_wait(parity)) {
      }
      out.set(round * 32 + lane, float(ring.values[s][31 - lane]), float(round * 100 + 31 - lane));
      sync_warp();
      if (lane == 0) ring.empty[s].arrive();
    }
  }
#endif
}

void ring(const Arguments& args) {
  launch(args, ring_kernel, {.blocks = 1, .threads = 64, .shared_bytes = sizeof(Ring)},
         outputs_of(args, 90));
}
SX_KERNEL("primitive.mbarrier.ring", ring);

// --- arrivals of several, announced bytes that never come as bytes but as arrivals, and use after
// invalidation ---
struct Twice {
  Barrier barrier;
  int value;
};

__global__ void __launch_bounds__(64) counts_kernel(Outputs out) {
#if SX_SM90
  auto& shared = shared_memory<Twice>();
  const int t = int(threadIdx.x);
  for (int round = 0; round < 8; round++) {
    if (t == 0) {
      shared.barrier.init(uint32_t(3 + round));
      shared.value = 0;
      fence_barrier_init();
    }
    __syncthreads();
    if (t == 32) {
      shared.barrier.arrive();
      shared.value = round + 1;
      shared.barrier.arrive(uint32_t(2 + round));
    }
    shared.barrier.wait(0);
    out.set(round * 64 + t, float(shared.value), float(round + 1));
    __syncthreads();
    if (t == 0) shared.barrier.invalidate();
  }
#endif
}

void counts(const Arguments& args) {
  launch(args, counts_kernel, {.blocks = 1, .threads = 64, .shared_bytes = sizeof(Twice)},
         outputs_of(args, 90));
}
SX_KERNEL("primitive.mbarrier.counts", counts);

// --- a cluster of four: each block writes into the next one's shared memory, by barrier or by
// mbarrier ---
struct Neighbour {
  Barrier barrier;
  int values[64];
};

template <bool kMbarrier>
__global__ void __launch_bounds__(64) neighbour_kernel(Outputs out) {
#if SX_SM90
  auto& shared = shared_memory<Neighbour>();
  const int t = int(threadIdx.x);
  const uint32_t rank = cluster_rank(), size = cluster_size(), next = (rank + 1) % size;
  if (t == 0) {
    shared.barrier.init(64);
    fence_barrier_init();
  }
  shared.values[t] = -1;
  cluster_sync();
  map_shared(shared.values, next)[t] = int(rank) * 64 + t;
  if (kMbarrier) {
    shared.barrier.arrive_at(next);
    shared.barrier.wait_cluster(0);
  } else {
    cluster_sync();
  }
  const int from = int((rank + size - 1) % size);
  out.set(int(blockIdx.x) * 64 + t, float(shared.values[63 - t]), float(from * 64 + 63 - t));
  out.set(1024 + int(blockIdx.x) * 64 + t, float(size), 4);
  cluster_sync();  // nobody ends while it is written to
#endif
}

template <bool kMbarrier>
void neighbour(const Arguments& args) {
  launch(args, neighbour_kernel<kMbarrier>,
         {.blocks = 8, .threads = 64, .shared_bytes = sizeof(Neighbour), .cluster = 4},
         outputs_of(args, 90));
}
SX_KERNEL("primitive.cluster.barrier", neighbour<false>);
SX_KERNEL("primitive.cluster.mbarrier", neighbour<true>);

// --- two pairs of warps, each with a barrier of its own that one only arrives at ---
struct Pairs {
  int values[2][32];
};

__global__ void __launch_bounds__(128) pairs_kernel(Outputs out) {
  auto& shared = shared_memory<Pairs>();
  const int pair = int(threadIdx.x) / 64, lane = int(threadIdx.x) % 32;
  const bool writes = threadIdx.x / 32 % 2 == 0;
  for (int round = 0; round < 16; round++) {
    if (writes) {
      shared.values[pair][lane] = round * 1000 + pair * 100 + lane;
      named_barrier_arrive(1 + pair, 64);
      named_barrier_sync(3 + pair, 64);
    } else {
      named_barrier_sync(1 + pair, 64);
      out.set(round * 64 + pair * 32 + lane, float(shared.values[pair][31 - lane]),
              float(round * 1000 + pair * 100 + 31 - lane));
      named_barrier_sync(3 + pair, 64);
    }
  }
}

void pairs(const Arguments& args) {
  launch(args, pairs_kernel, {.blocks = 1, .threads = 128, .shared_bytes = sizeof(Pairs)},
         outputs_of(args));
}
SX_KERNEL("primitive.named_barrier", pairs);

// --- registers from one warpgroup to two others ---
__global__ void __launch_bounds__(384, 1) registers_kernel(Outputs out) {
#if SX_SM90
  if (threadIdx.x < 128)
    keep_registers<24>();
  else
    take_registers<240>();
  out.set(int(threadIdx.x), float(threadIdx.x * 3), float(threadIdx.x * 3));
#endif
}

void registers(const Arguments& args) {
  launch(args, registers_kernel, {.blocks = 1, .threads = 384}, outputs_of(args, 90));
}
SX_KERNEL("primitive.register_budget", registers);

}  // namespace
}  // namespace sx::cuda::primitive
