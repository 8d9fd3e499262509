// Blocks of one launch, which run in any order, and what they tell each other. Tensors x and y: see
// broken.h. One mistake each: two blocks touch a word, a fence is missing, a scope is too narrow.
// Not yet measured on a GPU, and not to be run on one.
// The pattern is that of NVIDIA's sample threadFenceReduction: the last block that comes finds what
// all have left.
#include "broken.h"
#include "cuda/device/scoped.h"

namespace sx::cuda::broken {
namespace {

constexpr int kBlocks = 4;

template <bool kBroken>
__global__ void __launch_bounds__(32) two_blocks_write(float* x, float* y) {
  const int t = threadIdx.x;
  y[(kBroken ? 0 : blockIdx.x * 32) + t] = x[t];
}
SX_TWINS("two_blocks_write", two_blocks_write, {.blocks = kBlocks, .threads = 32});

template <bool kBroken>
__global__ void __launch_bounds__(32) add_without_atomic(float* x, float*) {
  auto* counts = reinterpret_cast<int*>(x);
  if (kBroken)
    counts[0] += 1;
  else
    reduce_add<Scope::kDevice>(counts, 1);
}
SX_TWINS("add_without_atomic", add_without_atomic, {.blocks = kBlocks, .threads = 32});

template <bool kBroken>
__global__ void __launch_bounds__(32) add_without_atomic_in_block(float* x, float*) {
  auto* counts = reinterpret_cast<int*>(x);
  if (kBroken)
    counts[0] += 1;
  else
    reduce_add<Scope::kBlock>(counts, 1);
}
SX_TWINS("add_without_atomic_in_block", add_without_atomic_in_block, {.blocks = 1, .threads = 64});

// Block 0 leaves a value and sets a flag, for which block 1 waits.
template <bool kFenced, Scope kScope>
__device__ void pass_by_fence(float* x, float* y) {
  auto* flag = reinterpret_cast<uint32_t*>(x);
  if (blockIdx.x == 0) {
    y[0] = x[1];
    if (kFenced) fence<kScope>();
    store_relaxed<Scope::kDevice>(flag, 1u);
  } else {
    while (load_relaxed<Scope::kDevice>(flag) != 1) {
    }
    fence<Scope::kDevice>();
    y[1] = y[0];
  }
}

template <bool kBroken>
__global__ void __launch_bounds__(1) missing_fence(float* x, float* y) {
  pass_by_fence<!kBroken, Scope::kDevice>(x, y);
}
SX_TWINS("missing_fence", missing_fence, {.blocks = 2, .threads = 1, .cooperative = true});

template <bool kBroken>
__global__ void __launch_bounds__(1) narrow_fence(float* x, float* y) {
  pass_by_fence<true, kBroken ? Scope::kBlock : Scope::kDevice>(x, y);
}
SX_TWINS("narrow_fence", narrow_fence, {.blocks = 2, .threads = 1, .cooperative = true});

// Each block leaves a value and counts itself; the last one adds all up.
template <bool kBroken>
__global__ void __launch_bounds__(1) narrow_atomic(float* x, float* y) {
  y[blockIdx.x] = x[1 + blockIdx.x];
  const uint32_t before =
      atomic_add < kBroken ? Scope::kBlock : Scope::kDevice > (reinterpret_cast<uint32_t*>(x), 1u);
  if (before % kBlocks != kBlocks - 1) return;
  float sum = 0;
  for (int i = 0; i < kBlocks; i++) sum += y[i];
  y[kBlocks] = sum;
}
SX_TWINS("narrow_atomic", narrow_atomic, {.blocks = kBlocks, .threads = 1});

// The flag is released, but by a thread that does not know what the others wrote.
template <bool kBroken>
__global__ void __launch_bounds__(64) missing_sync_before_flag(float* x, float* y) {
  auto* flag = reinterpret_cast<uint32_t*>(x);
  const int t = threadIdx.x;
  if (blockIdx.x == 0) {
    y[t] = x[t + 64];
    if (!kBroken) __syncthreads();
    if (t == 0) store_release<Scope::kDevice>(flag, 1u);
  } else {
    if (t == 0)
      while (load_acquire<Scope::kDevice>(flag) != 1) {
      }
    __syncthreads();
    y[64 + t] = y[t];
  }
}
SX_TWINS("missing_sync_before_flag", missing_sync_before_flag,
         {.blocks = 2, .threads = 64, .cooperative = true});

}  // namespace
}  // namespace sx::cuda::broken
