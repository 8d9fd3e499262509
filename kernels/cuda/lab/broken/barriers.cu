// Threads of a block that pass each other data, or do not meet where they should. Tensors x and y:
// see broken.h. One mistake each: a barrier is missing, is reached by too few, or counts wrong. Not
// yet measured on a GPU, and not to be run on one. The mistakes are those of NVIDIA's
// compute-sanitizer manual, racecheck and synccheck.
#include "broken.h"
#include "cuda/device/named_barrier.h"
#include "cuda/device/warp.h"

namespace sx::cuda::broken {
namespace {

constexpr int kThreads = 128;

struct Shared {
  float values[kThreads];
};
constexpr size_t kBytes = sizeof(Shared);

template <bool kBroken>
__global__ void __launch_bounds__(kThreads) missing_syncthreads(float* x, float* y) {
  auto& shared = shared_memory<Shared>();
  const int t = threadIdx.x;
  shared.values[t] = x[t];
  if (!kBroken) __syncthreads();
  y[t] = shared.values[kThreads - 1 - t];
}
SX_TWINS("missing_syncthreads", missing_syncthreads,
         {.blocks = 1, .threads = kThreads, .shared_bytes = kBytes});

// The second barrier: the next round's writes come behind this round's reads.
template <bool kBroken>
__global__ void __launch_bounds__(kThreads) missing_second_syncthreads(float* x, float* y) {
  auto& shared = shared_memory<Shared>();
  const int t = threadIdx.x;
  float sum = 0;
  for (int round = 0; round < 2; round++) {
    shared.values[t] = x[round * kThreads + t];
    __syncthreads();
    sum += shared.values[kThreads - 1 - t];
    if (!kBroken) __syncthreads();
  }
  y[t] = sum;
}
SX_TWINS("missing_second_syncthreads", missing_second_syncthreads,
         {.blocks = 1, .threads = kThreads, .shared_bytes = kBytes});

// Shuffles do not order memory.
template <bool kBroken>
__global__ void __launch_bounds__(32) missing_syncwarp(float* x, float* y) {
  auto& shared = shared_memory<Shared>();
  const int t = threadIdx.x;
  shared.values[t] = x[t];
  const float sum = warp_sum(x[t]);
  if (!kBroken) sync_warp();
  y[t] = shared.values[31 - t] + sum;
}
SX_TWINS("missing_syncwarp", missing_syncwarp,
         {.blocks = 1, .threads = 32, .shared_bytes = kBytes});

template <bool kBroken>
__global__ void __launch_bounds__(kThreads) barrier_in_branch(float* x, float* y) {
  const int t = threadIdx.x;
  if (kBroken ? t < 64 : true) named_barrier_sync(1, kThreads);
  y[t] = x[t];
}
SX_TWINS("barrier_in_branch", barrier_in_branch, {.blocks = 1, .threads = kThreads});

// Half of the block meets at a barrier that one half counts wrong.
template <bool kBroken>
__global__ void __launch_bounds__(kThreads) wrong_barrier_count(float* x, float* y) {
  auto& shared = shared_memory<Shared>();
  const int t = threadIdx.x;
  shared.values[t] = x[t];
  named_barrier_sync(1 + t / 64, kBroken && t % 64 >= 32 ? 32 : 64);
  y[t] = shared.values[t / 64 * 64 + (t + 32) % 64];
}
SX_TWINS("wrong_barrier_count", wrong_barrier_count,
         {.blocks = 1, .threads = kThreads, .shared_bytes = kBytes});

// Two barriers, of which each half waits at one for the other half.
template <bool kBroken>
__global__ void __launch_bounds__(64) crossed_barriers(float* x, float* y) {
  const int t = threadIdx.x;
  const uint32_t first = kBroken && t >= 32 ? 2 : 1;
  named_barrier_sync(first, 64);
  named_barrier_sync(3 - first, 64);
  y[t] = x[t];
}
SX_TWINS("crossed_barriers", crossed_barriers, {.blocks = 1, .threads = 64});

template <bool kBroken>
__global__ void __launch_bounds__(32) divergent_collective(float* x, float* y) {
  const int t = threadIdx.x;
  float sum = x[t];
  if (kBroken && t >= 16)
    sum += shuffle_down(sum, 1);
  else
    sum += shuffle_xor(sum, 1);
  y[t] = sum;
}
SX_TWINS("divergent_collective", divergent_collective, {.blocks = 1, .threads = 32});

template <bool kBroken>
__global__ void __launch_bounds__(32) lane_missing_from_mask(float* x, float* y) {
  const int t = threadIdx.x;
  y[t] = shuffle_xor(x[t], 1, kBroken ? kFullWarp & ~(1u << 7) : kFullWarp);
}
SX_TWINS("lane_missing_from_mask", lane_missing_from_mask, {.blocks = 1, .threads = 32});

template <bool kBroken>
__global__ void __launch_bounds__(32) exited_lane_in_mask(float* x, float* y) {
  const int t = threadIdx.x;
  if (t >= 16) return;
  y[t] = shuffle_xor(x[t], 1, kBroken ? kFullWarp : 0xffffu);
}
SX_TWINS("exited_lane_in_mask", exited_lane_in_mask, {.blocks = 1, .threads = 32});

}  // namespace
}  // namespace sx::cuda::broken
