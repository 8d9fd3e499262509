// lab.matmul.4: a thread reckons 4 x 4 numbers, from 4 numbers of a and 4 of b that it holds in
// registers. a [m, k], b [k, n], y [m, n], float32. Shared memory is read half a time for each
// product, where step 3 reads it twice; 16 independent sums keep the pipeline of multiplications
// full. Not yet measured on a GPU. Volkov, "Better Performance at Lower Occupancy".
#include "cuda/device/shared.h"
#include "cuda/lab/matmul/matmul.h"

namespace sx::cuda {
namespace {

constexpr int kTile = 64, kEach = 4, kDepth = 16, kThreads = 256;
constexpr int kSide = kTile / kEach;  // threads across

struct Shared {
  float a[kTile][kDepth + 1];  // the odd pitch keeps rows out of one bank
  float b[kDepth][kTile];
};

__global__ void __launch_bounds__(kThreads) matmul_register_tile_kernel(MatMul p) {
  auto& shared = shared_memory<Shared>();
  const int thread = int(threadIdx.x);
  const int thread_row = thread / kSide, thread_column = thread % kSide;
  const int64_t row = p.first_row(kTile, kTile), column = p.first_column(kTile);
  float sums[kEach][kEach] = {};
  for (int64_t depth = 0; depth < p.k; depth += kDepth) {
    for (int i = thread; i < kTile * kDepth; i += kThreads) {
      shared.a[i / kDepth][i % kDepth] = p.a_at(row + i / kDepth, depth + i % kDepth);
      shared.b[i / kTile][i % kTile] = p.b_at(depth + i / kTile, column + i % kTile);
    }
    __syncthreads();
#pragma unroll
    for (int d = 0; d < kDepth; d++) {
      float down[kEach], across[kEach];
#pragma unroll
      for (int i = 0; i < kEach; i++) {
        down[i] = shared.a[thread_row + i * kSide][d];  // 16 apart: lanes meet no bank twice
        across[i] = shared.b[d][thread_column + i * kSide];
      }
#pragma unroll
      for (int i = 0; i < kEach; i++)
#pragma unroll
        for (int j = 0; j < kEach; j++) sums[i][j] += down[i] * across[j];
    }
    __syncthreads();
  }
#pragma unroll
  for (int i = 0; i < kEach; i++)
#pragma unroll
    for (int j = 0; j < kEach; j++)
      p.set(row + thread_row + i * kSide, column + thread_column + j * kSide, sums[i][j]);
}

void matmul(const Arguments& args) {
  const MatMul p = MatMul::of(args);
  launch(args, matmul_register_tile_kernel,
         {.blocks = p.tiles(kTile, kTile), .threads = kThreads, .shared_bytes = sizeof(Shared)}, p);
}

SX_KERNEL("lab.matmul.4", matmul);

}  // namespace
}  // namespace sx::cuda
