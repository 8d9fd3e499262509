// lab.matmul.5: 16 bytes at a time, from global memory and from shared memory; 8 x 8 numbers a
// thread. a [m, k], b [k, n], y [m, n], float32. A quarter of step 4's instructions load, and
// larger tiles read half as much of them: a lies transposed in shared memory, so that a thread's
// rows are neighbours as well. Not yet measured on a GPU. NVIDIA, "CUDA Pro Tip: Increase
// Performance with Vectorized Memory Access"; CUTLASS's thread tile.
#include "cuda/device/shared.h"
#include "cuda/lab/matmul/words.h"

namespace sx::cuda {
namespace {

__global__ void __launch_bounds__(kThreads) matmul_vectorised_kernel(MatMul p, bool whole) {
  auto& shared = shared_memory<Tiles>();
  const int thread_row = int(threadIdx.x) / kSide, thread_column = int(threadIdx.x) % kSide;
  const int64_t row = p.first_row(kTile, kTile), column = p.first_column(kTile);
  Sums sums;
  Words words;
  for (int64_t depth = 0; depth < p.k; depth += kDepth) {
    words.load(p, row, column, depth, whole);
    words.store(shared);
    __syncthreads();
    sums.add(shared, thread_row, thread_column);
    __syncthreads();
  }
  sums.store(p, row, column, thread_row, thread_column);
}

void matmul(const Arguments& args) {
  const MatMul p = MatMul::of(args);
  launch(args, matmul_vectorised_kernel,
         {.blocks = p.tiles(kTile, kTile), .threads = kThreads, .shared_bytes = sizeof(Tiles)}, p,
         has_whole_words(p));
}

SX_KERNEL("lab.matmul.5", matmul);

}  // namespace
}  // namespace sx::cuda
