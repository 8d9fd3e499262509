// lab.matmul.3: a block reads a tile of a and one of b into shared memory, and uses each number 32
// times. a [m, k], b [k, n], y [m, n], float32. Global memory is read 32 times less often than in
// step 2; what remains is two loads from shared memory for each product. Not yet measured on a GPU.
// NVIDIA, "CUDA C++ Programming Guide", shared memory.
#include "cuda/device/shared.h"
#include "cuda/lab/matmul/matmul.h"

namespace sx::cuda {
namespace {

constexpr int kTile = 32;

struct Shared {
  float a[kTile][kTile], b[kTile][kTile];
};

__global__ void __launch_bounds__(kTile* kTile) matmul_shared_tile_kernel(MatMul p) {
  auto& shared = shared_memory<Shared>();
  const int x = int(threadIdx.x), y = int(threadIdx.y);
  const int64_t row = p.first_row(kTile, kTile) + y;
  const int64_t column = p.first_column(kTile) + x;
  float sum = 0;
  for (int64_t depth = 0; depth < p.k; depth += kTile) {
    shared.a[y][x] = p.a_at(row, depth + x);
    shared.b[y][x] = p.b_at(depth + y, column);
    __syncthreads();  // the tiles are there
    for (int d = 0; d < kTile; d++) sum += shared.a[y][d] * shared.b[d][x];
    __syncthreads();  // nobody needs them any more
  }
  p.set(row, column, sum);
}

void matmul(const Arguments& args) {
  const MatMul p = MatMul::of(args);
  launch(args, matmul_shared_tile_kernel,
         {.blocks = p.tiles(kTile, kTile),
          .threads = dim3(kTile, kTile),
          .shared_bytes = sizeof(Shared)},
         p);
}

SX_KERNEL("lab.matmul.3", matmul);

}  // namespace
}  // namespace sx::cuda
