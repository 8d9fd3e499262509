// gemm.* where one operand, x, has 16 rows or columns at most, and the other, the weights, has its
// depth side by side: b as [n, k], or on the left a as [m, k]. float32, float16 and bfloat16,
// summed up in float. The weights are read once, at the speed of memory: a block takes two or four
// of their rows, its warps take turns along the depth with 16 bytes a lane, x comes from the cache;
// lanes and then warps are added up in a fixed order. Not yet measured on a GPU. The usual form of
// a matrix-vector product; NVIDIA, "Faster Parallel Reductions on Kepler", for the sum over lanes.
#include <algorithm>

#include "cuda/device/shared.h"
#include "cuda/device/warp.h"
#include "cuda/gemm.h"

namespace sx::cuda {
namespace {

// Rows of the weights for which x is read once; more would need too many registers.
template <int kSkinny>
constexpr int kRowsFor = kSkinny > 4 ? 2 : 4;
constexpr int kMostWarps = 8;
constexpr int kMostSkinny = 16;

// What a warp reads of a row at a time.
template <class T>
struct Chunk {
  static constexpr int kWidth = 16 / sizeof(T);
  static constexpr int kDepth = kWidth * kWarpSize;
  Packed<T, kWidth> values;

  // Lanes hold neighbours, or, where those cannot be read at once, elements a warp apart; 0 from
  // `end` on.
  __device__ __forceinline__ void load(const T* from, int64_t step, int64_t depth, int64_t end,
                                       bool neighbours, bool packed) {
    const int64_t first = depth + (neighbours ? lane_index() * kWidth : lane_index());
    const int64_t apart = neighbours ? 1 : kWarpSize;
    if (packed && first + kWidth <= end) {
      values = load_packed<kWidth>(from + first);
      return;
    }
#pragma unroll
    for (int i = 0; i < kWidth; i++)
      values[i] = first + i * apart < end ? from[(first + i * apart) * step] : store_as<T>(0.f);
  }
};

template <int kSkinny>
struct Shared {
  float of_warp[kMostWarps][kRowsFor<kSkinny> * kSkinny];
};

// left: the weights are a, and x is b. skinny <= kSkinny.
template <class T, int kSkinny>
__global__ void __launch_bounds__(kMostWarps* kWarpSize, 2)
    gemv_rows_kernel(const __grid_constant__ GemmProblem<T> p, bool left, int skinny) {
  constexpr int kRows = kRowsFor<kSkinny>;
  auto& shared = shared_memory<Shared<kSkinny>>();
  const GemmTile tile =
      left ? p.tile(blockIdx.x, kRows, kMostSkinny) : p.tile(blockIdx.x, kMostSkinny, kRows);
  const T* const a = p.a + p.offset(tile.matrix, p.a_stack);
  const T* const b = p.b + p.offset(tile.matrix, p.b_stack);
  const int64_t w_row = left ? p.a_row : p.b_column, x_row = left ? p.b_column : p.a_row;
  const T* const w = left ? a + tile.row * w_row : b + tile.column * w_row;
  const T* const x = left ? b : a;
  const int64_t x_depth = left ? p.b_depth : p.a_depth;
  const int64_t rows_left = left ? p.m - tile.row : p.n - tile.column;
  const bool w_packed = left ? p.a_aligned : p.b_aligned;
  const bool x_packed = w_packed && x_depth == 1 && (left ? p.b_aligned : p.a_aligned);
  const int warps = int(blockDim.x) / kWarpSize, warp = warp_index();

  float sums[kRows][kSkinny] = {};
  for (int64_t depth = tile.depth + warp * Chunk<T>::kDepth; depth < tile.depth_end;
       depth += warps * Chunk<T>::kDepth) {
    Chunk<T> weights[kRows];
#pragma unroll
    for (int r = 0; r < kRows; r++)  // behind the last row that again, for nothing
      weights[r].load(w + (r < rows_left ? r : rows_left - 1) * w_row, 1, depth, tile.depth_end,
                      w_packed, w_packed);
#pragma unroll
    for (int s = 0; s < kSkinny; s++) {
      if (s >= skinny) break;
      Chunk<T> other;
      other.load(x + s * x_row, x_depth, depth, tile.depth_end, w_packed, x_packed);
#pragma unroll
      for (int i = 0; i < Chunk<T>::kWidth; i++)
#pragma unroll
        for (int r = 0; r < kRows; r++)
          sums[r][s] += load_as(weights[r].values[i]) * load_as(other.values[i]);
    }
  }
#pragma unroll
  for (int s = 0; s < kSkinny; s++) {
    if (s >= skinny) break;
#pragma unroll
    for (int r = 0; r < kRows; r++) {
      const float sum = warp_sum(sums[r][s]);
      if (lane_index() == 0) shared.of_warp[warp][r * kSkinny + s] = sum;
    }
  }
  __syncthreads();
  for (int i = int(threadIdx.x); i < kRows * kSkinny; i += int(blockDim.x)) {
    const int r = i / kSkinny, s = i % kSkinny;
    if (s >= skinny || r >= rows_left) continue;
    float sum = 0;
    for (int from = 0; from < warps; from++) sum += shared.of_warp[from][i];
    finish_sum(p, sum, tile, left ? tile.row + r : s, left ? s : tile.column + r);
  }
}

template <int kSkinny, class T>
void run(const Arguments& args, const GemmProblem<T>& p, bool left) {
  constexpr int kRows = kRowsFor<kSkinny>;
  const int64_t chunks = (p.split_depth + Chunk<T>::kDepth - 1) / Chunk<T>::kDepth;
  const auto warps = static_cast<uint32_t>(std::clamp<int64_t>(chunks, 1, kMostWarps));
  launch(args, gemv_rows_kernel<T, kSkinny>,
         {.blocks = blocks_for(left ? p.tiles(kRows, kMostSkinny) : p.tiles(kMostSkinny, kRows), 1),
          .threads = warps * kWarpSize,
          .shared_bytes = sizeof(Shared<kSkinny>)},
         p, left, static_cast<int>(left ? p.n : p.m));
}

}  // namespace

template <class T>
void gemv_rows(const Arguments& args, const GemmProblem<T>& p, bool left) {
  const int64_t skinny = left ? p.n : p.m;
  if (skinny == 1)
    run<1>(args, p, left);
  else if (skinny <= 4)
    run<4>(args, p, left);
  else
    run<kMostSkinny>(args, p, left);
}

template void gemv_rows(const Arguments&, const GemmProblem<float>&, bool);
template void gemv_rows(const Arguments&, const GemmProblem<half>&, bool);
template void gemv_rows(const Arguments&, const GemmProblem<bfloat16>&, bool);

}  // namespace sx::cuda
