// lab.matmul.6: the next tiles are on their way while the current ones are multiplied.
// a [m, k], b [k, n], y [m, n], float32.
// Step 5 waits for memory at every step of the depth. Here loads are issued before the products and
// stored behind them, into a second buffer, and one barrier a step is enough. Not yet measured on a
// GPU. NVIDIA's CUTLASS, "Efficient GEMM in CUDA", software pipelining. gemm_simt.cu is this, for
// any layout, with an epilogue.
#include "cuda/device/shared.h"
#include "cuda/lab/matmul/words.h"

namespace sx::cuda {
namespace {

struct Shared {
  Tiles buffers[2];
};

__global__ void __launch_bounds__(kThreads) matmul_double_buffered_kernel(MatMul p, bool whole) {
  auto& shared = shared_memory<Shared>();
  const int thread_row = int(threadIdx.x) / kSide, thread_column = int(threadIdx.x) % kSide;
  const int64_t row = p.first_row(kTile, kTile), column = p.first_column(kTile);
  Sums sums;
  Words words;
  words.load(p, row, column, 0, whole);
  int current = 0;
  for (int64_t depth = 0; depth < p.k; depth += kDepth, current ^= 1) {
    // Whoever still multiplies does so in the other buffer: all have passed the barrier behind
    // which this one was left.
    words.store(shared.buffers[current]);
    __syncthreads();
    words.load(p, row, column, depth + kDepth, whole);
    sums.add(shared.buffers[current], thread_row, thread_column);
  }
  sums.store(p, row, column, thread_row, thread_column);
}

void matmul(const Arguments& args) {
  const MatMul p = MatMul::of(args);
  launch(args, matmul_double_buffered_kernel,
         {.blocks = p.tiles(kTile, kTile), .threads = kThreads, .shared_bytes = sizeof(Shared)}, p,
         has_whole_words(p));
}

SX_KERNEL("lab.matmul.6", matmul);

}  // namespace
}  // namespace sx::cuda
