// Copies and products that go on by themselves: cp.async, TMA, wgmma, and the mbarriers that tell
// when they are done. Tensors x and y: see broken.h. One mistake each: something is not waited for,
// or not made visible, or counted wrong. Not yet measured on a GPU, and not to be run on one. The
// rules are those of the PTX ISA, "Async proxy", "mbarrier" and "Asynchronous Warpgroup Level
// Matrix Instructions".
#include "broken.h"
#include "cuda/device/cluster.h"
#include "cuda/device/cp_async.h"
#include "cuda/device/proxy_fence.h"
#include "cuda/device/tma.h"
#include "cuda/device/wgmma.h"

namespace sx::cuda::broken {
namespace {

constexpr int kThreads = 128;
constexpr int kTile = 256;  // floats
constexpr uint32_t kTileBytes = kTile * sizeof(float);

struct Shared {
  alignas(1024) float values[4 * kTile];
  Barrier full[2], empty[2];
};
constexpr Grid kGrid{.blocks = 1, .threads = kThreads, .shared_bytes = sizeof(Shared)};

__device__ void init(Barrier& barrier, uint32_t arrivals) {
  if (threadIdx.x == 0) {
    barrier.init(arrivals);
    fence_barrier_init();
  }
  __syncthreads();
}

template <bool kBroken>
__global__ void __launch_bounds__(kThreads) missing_copy_wait(float* x, float* y) {
  auto& shared = shared_memory<Shared>();
  const int t = threadIdx.x;
  copy_async<4>(shared.values + t, x + t);
  commit_copies();
  if (!kBroken) wait_copies<0>();
  __syncthreads();
  y[t] = shared.values[kThreads - 1 - t];
}
SX_TWINS("missing_copy_wait", missing_copy_wait, kGrid);

// Who waits for its own copies does not know of the others'.
template <bool kBroken>
__global__ void __launch_bounds__(kThreads) missing_barrier_behind_copies(float* x, float* y) {
  auto& shared = shared_memory<Shared>();
  const int t = threadIdx.x;
  copy_async<4>(shared.values + t, x + t);
  wait_all_copies();
  if (!kBroken) __syncthreads();
  y[t] = shared.values[kThreads - 1 - t];
}
SX_TWINS("missing_barrier_behind_copies", missing_barrier_behind_copies, kGrid);

template <bool kBroken>
__global__ void __launch_bounds__(kThreads) wrong_parity(float* x, float* y) {
  auto& shared = shared_memory<Shared>();
  init(shared.full[0], 1);
  if (threadIdx.x == 0) {
    shared.full[0].arrive_expecting(kTileBytes);
    bulk_load(shared.values, x, kTileBytes, shared.full[0]);
  }
  shared.full[0].wait(kBroken ? 1 : 0);
  y[threadIdx.x] = shared.values[threadIdx.x];
}
SX_TWINS("wrong_parity", wrong_parity, kGrid, 90);

template <bool kBroken>
__global__ void __launch_bounds__(kThreads) wrong_bytes(float* x, float* y) {
  auto& shared = shared_memory<Shared>();
  init(shared.full[0], 1);
  if (threadIdx.x == 0) {
    shared.full[0].arrive_expecting(kTileBytes + (kBroken ? 16 : 0));
    bulk_load(shared.values, x, kTileBytes, shared.full[0]);
  }
  shared.full[0].wait(0);
  y[threadIdx.x] = shared.values[threadIdx.x];
}
SX_TWINS("wrong_bytes", wrong_bytes, kGrid, 90);

template <bool kBroken>
__global__ void __launch_bounds__(kThreads) missing_mbarrier_wait(float* x, float* y) {
  auto& shared = shared_memory<Shared>();
  init(shared.full[0], 1);
  if (threadIdx.x == 0) {
    shared.full[0].arrive_expecting(kTileBytes);
    bulk_load(shared.values, x, kTileBytes, shared.full[0]);
  }
  if (!kBroken || threadIdx.x < 96) shared.full[0].wait(0);
  y[threadIdx.x] = shared.values[threadIdx.x];
}
SX_TWINS("missing_mbarrier_wait", missing_mbarrier_wait, kGrid, 90);

template <bool kBroken>
__global__ void __launch_bounds__(kThreads) missing_proxy_fence(float* x, float* y) {
  auto& shared = shared_memory<Shared>();
  shared.values[threadIdx.x] = x[threadIdx.x];
  if (!kBroken) fence_async_shared();
  __syncthreads();
  if (threadIdx.x != 0) return;
  bulk_store(y, shared.values, kThreads * sizeof(float));
  commit_bulk();
  wait_bulk<0>();
}
SX_TWINS("missing_proxy_fence", missing_proxy_fence, kGrid, 90);

template <bool kBroken>
__global__ void __launch_bounds__(kThreads) missing_wait_for_store(float* x, float* y) {
  auto& shared = shared_memory<Shared>();
  for (int round = 0; round < 2; round++) {
    shared.values[threadIdx.x] = x[round * kThreads + threadIdx.x];
    fence_async_shared();
    __syncthreads();
    if (threadIdx.x == 0) {
      bulk_store(y + round * kThreads, shared.values, kThreads * sizeof(float));
      commit_bulk();
      if (!kBroken) wait_bulk_read<0>();
    }
    __syncthreads();
  }
  if (threadIdx.x == 0) wait_bulk<0>();
}
SX_TWINS("missing_wait_for_store", missing_wait_for_store, kGrid, 90);

// A ring of two stages: the producer may not fill a stage that is still read.
template <bool kBroken>
__global__ void __launch_bounds__(kThreads) missing_empty_wait(float* x, float* y) {
  auto& shared = shared_memory<Shared>();
  for (Barrier& barrier : shared.full) init(barrier, 1);
  for (Barrier& barrier : shared.empty) init(barrier, kThreads - 32);
  constexpr int kRounds = 8;
  if (threadIdx.x < 32) {
    if (threadIdx.x != 0) return;
    for (int i = 0; i < kRounds; i++) {
      if (!kBroken && i >= 2) shared.empty[i % 2].wait((i / 2 - 1) & 1);
      shared.full[i % 2].arrive_expecting(kTileBytes);
      bulk_load(shared.values + i % 2 * kTile, x + i * kTile, kTileBytes, shared.full[i % 2]);
    }
  } else {
    float sum = 0;
    for (int i = 0; i < kRounds; i++) {
      shared.full[i % 2].wait(i / 2 & 1);
      sum += shared.values[i % 2 * kTile + threadIdx.x];
      shared.empty[i % 2].arrive();
    }
    y[threadIdx.x] = sum;
  }
}
SX_TWINS("missing_empty_wait", missing_empty_wait, kGrid, 90);

enum class Omitted { kNothing, kFence, kWait, kProxyFence };

// 64 x 8 = 64 x 16 times 16 x 8, of ones.
template <Omitted kOmitted>
__device__ void product(float* y) {
#if SX_SM90
  auto& shared = shared_memory<Shared>();
  auto* tiles = reinterpret_cast<bfloat16*>(shared.values);
  for (int i = threadIdx.x; i < 64 * 16 + 8 * 16; i += kThreads) tiles[i] = to_bfloat16(1);
  if (kOmitted != Omitted::kProxyFence) fence_async_shared();
  __syncthreads();
  float d[4] = {1, 1, 1, 1};
  fence_operand(d);
  if (kOmitted != Omitted::kFence) wgmma_fence();
  wgmma<8, bfloat16>(d, make_descriptor(tiles, Swizzle::kNone, 128, 256),
                     make_descriptor(tiles + 64 * 16, Swizzle::kNone, 128, 256));
  wgmma_commit();
  if (kOmitted != Omitted::kWait) wgmma_wait<0>();
  fence_operand(d);
  y[threadIdx.x] = d[0];
  if (kOmitted == Omitted::kWait) wgmma_wait<0>();
#endif
}

template <bool kBroken>
__global__ void __launch_bounds__(kThreads) missing_wgmma_fence(float*, float* y) {
  product<kBroken ? Omitted::kFence : Omitted::kNothing>(y);
}
SX_TWINS("missing_wgmma_fence", missing_wgmma_fence, kGrid, 90);

template <bool kBroken>
__global__ void __launch_bounds__(kThreads) early_accumulator(float*, float* y) {
  product<kBroken ? Omitted::kWait : Omitted::kNothing>(y);
}
SX_TWINS("early_accumulator", early_accumulator, kGrid, 90);

template <bool kBroken>
__global__ void __launch_bounds__(kThreads) missing_proxy_fence_for_wgmma(float*, float* y) {
  product<kBroken ? Omitted::kProxyFence : Omitted::kNothing>(y);
}
SX_TWINS("missing_proxy_fence_for_wgmma", missing_proxy_fence_for_wgmma, kGrid, 90);

template <bool kBroken>
__global__ void __launch_bounds__(kThreads) missing_cluster_sync(float* x, float* y) {
  auto& shared = shared_memory<Shared>();
  const int t = threadIdx.x, rank = int(cluster_rank());
  shared.values[t] = x[rank * kThreads + t];
  __syncthreads();
  if (!kBroken) cluster_sync();
  y[rank * kThreads + t] = map_shared(shared.values, uint32_t(1 - rank))[t];
  cluster_sync();
}
SX_TWINS("missing_cluster_sync", missing_cluster_sync,
         {.blocks = 2, .threads = kThreads, .shared_bytes = sizeof(Shared), .cluster = 2}, 90);

}  // namespace
}  // namespace sx::cuda::broken
