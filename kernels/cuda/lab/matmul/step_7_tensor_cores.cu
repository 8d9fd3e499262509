// lab.matmul.7: a warp multiplies small matrices on a tensor core, in place of threads that
// multiply numbers. a [m, k], b [k, n], bfloat16, y [m, n], float32; n and k are multiples of 8,
// and k is above 0. One mma.sync is 16 x 8 x 16 products; ldmatrix hands its operands to the lanes,
// and b's, whose columns are adjacent, transposed. Tiles come by cp.async, three stages ahead, past
// the registers that the sums need. Not yet measured on a GPU. NVIDIA's CUTLASS, "Efficient GEMM in
// CUDA", multistage. gemm_sm80.h is this, for any layout, with an epilogue.
#include "cuda/device/cp_async.h"
#include "cuda/device/ldmatrix.h"
#include "cuda/device/mma.h"
#include "cuda/device/shared.h"
#include "cuda/lab/matmul/matmul.h"

namespace sx::cuda {
namespace {

constexpr int kTile = 128, kDepth = 32, kStages = 4, kThreads = 128;
constexpr int kChunk = 8;         // numbers that are copied at a time, 16 bytes
constexpr int kHalf = kTile / 2;  // the four warps are 2 x 2
constexpr int kDown = kHalf / 16, kAcross = kHalf / 8;  // products of a warp

struct Shared {
  struct {
    // A chunk more in each row: the 8 rows that ldmatrix reads together are in different banks.
    bfloat16 a[kTile][kDepth + kChunk], b[kDepth][kTile + kChunk];
  } stages[kStages];
};

// Queues copies of the numbers from (`row`, `column`) on, as many as `to` has room for, of a matrix
// [rows, columns]; what is outside of it becomes 0.
template <int kRows, int kPitch>
__device__ void copy_tile(bfloat16 (&to)[kRows][kPitch], const bfloat16* from, int64_t row,
                          int64_t column, int64_t rows, int64_t columns) {
  constexpr int kChunks = kPitch / kChunk - 1;  // of a row
#pragma unroll
  for (int i = 0; i < kRows * kChunks / kThreads; i++) {
    const int at = i * kThreads + int(threadIdx.x);
    const int64_t r = row + at / kChunks, c = column + at % kChunks * kChunk;
    const bool inside = r < rows && c < columns;
    copy_async<16>(&to[at / kChunks][at % kChunks * kChunk], inside ? from + r * columns + c : from,
                   inside ? 16 : 0);
  }
}

__global__ void __launch_bounds__(kThreads, 2) matmul_tensor_cores_kernel(MatMulOf<bfloat16> p) {
  auto& shared = shared_memory<Shared>();
  const int lane = lane_index();
  const int warp_row = warp_index() / 2 * kHalf, warp_column = warp_index() % 2 * kHalf;
  const int64_t row = p.first_row(kTile, kTile), column = p.first_column(kTile);
  const auto copy = [&](int64_t depth, int stage) {
    if (depth < p.k) {
      copy_tile(shared.stages[stage].a, p.a, row, depth, p.m, p.k);
      copy_tile(shared.stages[stage].b, p.b, depth, column, p.k, p.n);
    }
    commit_copies();  // an empty group counts as well
  };

  float sums[kDown][kAcross][4] = {};
  for (int stage = 0; stage < kStages - 1; stage++) copy(stage * kDepth, stage);
  int stage = 0;
  for (int64_t depth = 0; depth < p.k; depth += kDepth, stage = (stage + 1) % kStages) {
    wait_copies<kStages - 2>();
    __syncthreads();  // this stage is there for all, and all have left the one that is filled now
    copy(depth + (kStages - 1) * kDepth, (stage + kStages - 1) % kStages);
    const auto& [a, b] = shared.stages[stage];
#pragma unroll
    for (int d = 0; d < kDepth; d += 16) {
      uint32_t left[kDown][4], right[kAcross / 2][4];
#pragma unroll
      for (int i = 0; i < kDown; i++)  // 16 rows, then the same for the other 8 of the depth
        load_matrices<false>(left[i], &a[warp_row + i * 16 + lane % 16][d + lane / 16 * 8]);
#pragma unroll
      for (int j = 0; j < kAcross / 2; j++)  // all 16 of the depth, then the same 8 columns on
        load_matrices<true>(right[j], &b[d + lane % 16][warp_column + j * 16 + lane / 16 * 8]);
#pragma unroll
      for (int i = 0; i < kDown; i++)
#pragma unroll
        for (int j = 0; j < kAcross; j++)
          mma<bfloat16>(sums[i][j], left[i],
                        {right[j / 2][j % 2 * 2], right[j / 2][j % 2 * 2 + 1]});
    }
  }
  wait_all_copies();
#pragma unroll
  for (int i = 0; i < kDown; i++)
#pragma unroll
    for (int j = 0; j < kAcross; j++)
#pragma unroll
      for (int h = 0; h < 2; h++)
        p.set_pair(row + warp_row + i * 16 + h * 8 + lane / 4,
                   column + warp_column + j * 8 + lane % 4 * 2, sums[i][j][2 * h],
                   sums[i][j][2 * h + 1]);
}

void matmul(const Arguments& args) {
  const auto p = MatMulOf<bfloat16>::of(args);
  p.require_chunks();
  launch(args, matmul_tensor_cores_kernel,
         {.blocks = p.tiles(kTile, kTile), .threads = kThreads, .shared_bytes = sizeof(Shared)}, p);
}

SX_KERNEL("lab.matmul.7", matmul);

}  // namespace
}  // namespace sx::cuda
