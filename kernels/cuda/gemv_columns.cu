// gemm.* where a has 16 rows at most, and the weights b lie as [k, n], their columns side by side.
// float32, float16 and bfloat16, summed up in float. b is read once, at the speed of memory: a lane
// owns 16 bytes of columns (8 where it has 16 rows of sums), the eight warps of a block take turns
// along the depth, four rows of b on their way at a time; a lies in shared memory, and is
// broadcast. In the end the warps' sums are added up in a fixed order. Not yet measured on a GPU.
// The column-wise form of a matrix-vector product, with the depth shared by the warps so that all
// of memory is kept busy.
#include "cuda/device/shared.h"
#include "cuda/device/warp.h"
#include "cuda/gemm.h"

namespace sx::cuda {
namespace {

constexpr int kWarps = 8;
constexpr int kThreads = kWarps * kWarpSize;
constexpr int kChunk = 256;  // of the depth, for which a lies in shared memory
constexpr int kAhead = 4;    // rows of b that a warp waits for at the same time
constexpr int kMostSkinny = 16;

template <class T, int kSkinny>
struct Columns {
  static constexpr int kWidth = sizeof(T) == 4 || kSkinny > 8 ? 4 : 8;  // of a lane
  static constexpr int kTile = kWidth * kWarpSize;
  union Shared {
    float a[kChunk][kSkinny];
    float sums[kWarps / 2][kSkinny][kTile];  // when all is multiplied
  };
};

template <class T, int kSkinny>
__global__ void __launch_bounds__(kThreads)
    gemv_columns_kernel(const __grid_constant__ GemmProblem<T> p) {
  using S = Columns<T, kSkinny>;
  constexpr int kWidth = S::kWidth;
  auto& shared = shared_memory<typename S::Shared>();
  const GemmTile tile = p.tile(blockIdx.x, kMostSkinny, S::kTile);
  const int warp = warp_index(), thread = int(threadIdx.x), rows = int(p.m);
  // A lane's columns are neighbours, or, where those cannot be read at once, a warp apart.
  const bool packed = p.b_aligned && tile.column + S::kTile <= p.n;
  const int first = packed ? lane_index() * kWidth : lane_index(), apart = packed ? 1 : kWarpSize;
  const T* const a = p.a + p.offset(tile.matrix, p.a_stack);
  const T* const b = p.b + p.offset(tile.matrix, p.b_stack) + tile.column + first;

  float sums[kSkinny][kWidth] = {};
  for (int64_t depth = tile.depth; depth < tile.depth_end; depth += kChunk) {
    const int64_t rest = tile.depth_end - depth;
    const int depths = rest < kChunk ? int(rest) : kChunk;
    __syncthreads();
    for (int i = thread; i < kChunk * kSkinny; i += kThreads) {
      const int d = i % kChunk, row = i / kChunk;
      shared.a[d][row] =
          d < depths && row < rows ? load_as(a[row * p.a_row + (depth + d) * p.a_depth]) : 0.f;
    }
    __syncthreads();
    for (int d = warp * kAhead; d < depths; d += kWarps * kAhead) {
      Packed<T, kWidth> weights[kAhead];
#pragma unroll
      for (int u = 0; u < kAhead; u++) {
        const T* const from = b + (depth + d + u) * p.b_depth;
        if (packed && d + u < depths) {
          weights[u] = load_packed<kWidth>(from);
        } else {
#pragma unroll
          for (int i = 0; i < kWidth; i++)
            weights[u][i] = d + u < depths && tile.column + first + i * apart < p.n
                                ? from[i * apart]
                                : store_as<T>(0.f);
        }
      }
#pragma unroll
      for (int u = 0; u < kAhead; u++)
#pragma unroll
        for (int s = 0; s < kSkinny; s++) {
          const float left = shared.a[d + u][s];
#pragma unroll
          for (int i = 0; i < kWidth; i++) sums[s][i] += left * load_as(weights[u][i]);
        }
    }
  }
  // Half of the warps hand their sums to the other half, until one has them all.
#pragma unroll 1
  for (int half = kWarps / 2; half >= 1; half /= 2) {
    __syncthreads();
    if (warp >= half && warp < 2 * half) {
#pragma unroll
      for (int s = 0; s < kSkinny; s++)
#pragma unroll
        for (int i = 0; i < kWidth; i++)
          shared.sums[warp - half][s][first + i * apart] = sums[s][i];
    }
    __syncthreads();
    if (warp < half) {
#pragma unroll
      for (int s = 0; s < kSkinny; s++)
#pragma unroll
        for (int i = 0; i < kWidth; i++) sums[s][i] += shared.sums[warp][s][first + i * apart];
    }
  }
  if (warp == 0) {  // over what it has just read itself
#pragma unroll
    for (int s = 0; s < kSkinny; s++)
#pragma unroll
      for (int i = 0; i < kWidth; i++) shared.sums[0][s][first + i * apart] = sums[s][i];
  }
  __syncthreads();
  finish_tile(p, &shared.sums[0][0][0], kSkinny, S::kTile, S::kTile, tile, thread, kThreads);
}

template <int kSkinny, class T>
void run(const Arguments& args, const GemmProblem<T>& p) {
  using S = Columns<T, kSkinny>;
  launch(args, gemv_columns_kernel<T, kSkinny>,
         {.blocks = blocks_for(p.tiles(kMostSkinny, S::kTile), 1),
          .threads = kThreads,
          .shared_bytes = sizeof(typename S::Shared)},
         p);
}

}  // namespace

template <class T>
void gemv_columns(const Arguments& args, const GemmProblem<T>& p) {
  if (p.m == 1)
    run<1>(args, p);
  else if (p.m <= 4)
    run<4>(args, p);
  else
    run<kMostSkinny>(args, p);
}

template void gemv_columns(const Arguments&, const GemmProblem<float>&);
template void gemv_columns(const Arguments&, const GemmProblem<half>&);
template void gemv_columns(const Arguments&, const GemmProblem<bfloat16>&);

}  // namespace sx::cuda
