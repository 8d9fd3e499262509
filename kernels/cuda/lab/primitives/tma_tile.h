// What the conformance tests of TMA share: a tensor whose elements everybody knows, which is the
// second output, a tile in shared memory with its barrier, and where swizzles put what arrives.
#pragma once
#include "cuda/device/mbarrier.h"
#include "primitive.h"

namespace sx::cuda::primitive {

constexpr int kThreads = 128;

// A tile, and the barrier that its load signals.
struct Shared {
  alignas(1024) unsigned char tile[16 * 1024];
  Barrier barrier;
};

__device__ inline Shared& shared_with_barrier() {
  auto& shared = shared_memory<Shared>();
  if (threadIdx.x == 0) {
    shared.barrier.init(1);
    fence_barrier_init();
  }
  __syncthreads();
  return shared;
}

__device__ inline int swizzled(int byte, int span) {
  return byte ^ (byte >> 7 & (span / 16 - 1)) << 4;
}

// Element i is i + 1, so that none is the zero of outside.
__device__ inline float element(int64_t i) { return float(i % 251 + 1); }

namespace {  // every file has its own

template <class T>
__global__ void __launch_bounds__(256) fill_kernel(T* data, int count) {
  for (int i = int(blockIdx.x * 256 + threadIdx.x); i < count; i += int(gridDim.x) * 256)
    data[i] = store_as<T>(element(i));
}

template <class T>
void fill(const Arguments& args, T* data) {
  launch(args, fill_kernel<T>, {.blocks = 4, .threads = 256}, data,
         int(kValues * sizeof(float) / sizeof(T)));
}

}  // namespace
}  // namespace sx::cuda::primitive
