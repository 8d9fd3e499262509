// lab.matmul.1: a thread for each number of the result.
// a [m, k], b [k, n], y [m, n], float32.
// Threads that follow each other take rows that follow each other: a warp's 32 loads of a lie in 32
// places far apart, and each brings 32 bytes of which 4 are used. Not yet measured on a GPU. The
// definition.
#include "cuda/lab/matmul/matmul.h"

namespace sx::cuda {
namespace {

constexpr int kTile = 32;

__global__ void __launch_bounds__(kTile* kTile) matmul_naive_kernel(MatMul p) {
  const int64_t row = p.first_row(kTile, kTile) + threadIdx.x;
  const int64_t column = p.first_column(kTile) + threadIdx.y;
  float sum = 0;
  for (int64_t d = 0; d < p.k; d++) sum += p.a_at(row, d) * p.b_at(d, column);
  p.set(row, column, sum);
}

void matmul(const Arguments& args) {
  const MatMul p = MatMul::of(args);
  launch(args, matmul_naive_kernel,
         {.blocks = p.tiles(kTile, kTile), .threads = dim3(kTile, kTile)}, p);
}

SX_KERNEL("lab.matmul.1", matmul);

}  // namespace
}  // namespace sx::cuda
