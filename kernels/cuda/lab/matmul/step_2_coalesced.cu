// lab.matmul.2: threads that follow each other take columns that follow each other.
// a [m, k], b [k, n], y [m, n], float32.
// One line is different from step 1: a warp's loads of b and its stores lie side by side, and
// become one access of 128 bytes; its loads of a are one number, which all lanes get. Not yet
// measured on a GPU. NVIDIA, "How to Access Global Memory Efficiently in CUDA C/C++ Kernels".
#include "cuda/lab/matmul/matmul.h"

namespace sx::cuda {
namespace {

constexpr int kTile = 32;

__global__ void __launch_bounds__(kTile* kTile) matmul_coalesced_kernel(MatMul p) {
  const int64_t row = p.first_row(kTile, kTile) + threadIdx.y;
  const int64_t column = p.first_column(kTile) + threadIdx.x;
  float sum = 0;
  for (int64_t d = 0; d < p.k; d++) sum += p.a_at(row, d) * p.b_at(d, column);
  p.set(row, column, sum);
}

void matmul(const Arguments& args) {
  const MatMul p = MatMul::of(args);
  launch(args, matmul_coalesced_kernel,
         {.blocks = p.tiles(kTile, kTile), .threads = dim3(kTile, kTile)}, p);
}

SX_KERNEL("lab.matmul.2", matmul);

}  // namespace
}  // namespace sx::cuda
