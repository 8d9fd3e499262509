// gemm.* without tensor cores: float32 by float32's rules, float64, integers, and any layout in 16 bits.
// A block reckons a tile of 128 x 128, 64 x 64 or 32 x 32 sums; a thread 8 x 8 or 4 x 4 of them in registers, as pieces of
// 4 x 4, so that it reads shared memory by 16 bytes and a warp's reads meet no bank twice.
// The next tiles of a and b come from global memory while the current ones are multiplied; two buffers, one barrier a step.
// Not yet measured on a GPU.
// Boehm, "How to Optimize a CUDA Matmul Kernel for cuBLAS-like Performance"; NVIDIA's CUTLASS, "Efficient GEMM in CUDA".
#include "cuda/device/shared.h"
#include "cuda/device/warp.h"
#include "cuda/gemm.h"

namespace sx::cuda {
namespace {

constexpr int kPiece = 4;  // rows and columns of sums that lie together
constexpr int kPad = 4;    // keeps columns of a tile out of one bank

// A tile of a (outer = rows) or of b (outer = columns) on its way to shared memory, where it lies as [depth][outer].
template <class T, int kOuter, int kDepth, int kThreads>
class Loader {
 public:
  using C = Compute<T>;

  // The operand's matrix, from its tile's first row on.
  __device__ Loader(const T* from, int64_t outer_stride, int64_t depth_stride, int64_t outers, bool aligned,
                    int64_t depth_begin, int64_t depth_end)
      : depth_end_(depth_end),
        along_depth_(depth_stride == 1),
        step_(along_depth_ ? depth_stride : outer_stride),
        advance_(kDepth * depth_stride),
        packed_(aligned && step_ == 1) {
#pragma unroll
    for (int g = 0; g < kGroups; g++) {
      const int group = g * kThreads + int(threadIdx.x);
      constexpr int kAcross = kDepth / kGroup, kDown = kOuter / kGroup;
      outer_[g] = along_depth_ ? group / kAcross : group % kDown * kGroup;
      depth_[g] = along_depth_ ? group % kAcross * kGroup : group / kDown;
      at_[g] = from + outer_[g] * outer_stride + (depth_begin + depth_[g]) * depth_stride;
      const int64_t left = outers - outer_[g];
      outers_left_[g] = left < 0 ? 0 : left > kGroup ? kGroup : int(left);
    }
  }

  // Begins to read the tile whose first depth is this, and moves on.
  __device__ __forceinline__ void load(int64_t depth) {
#pragma unroll
    for (int g = 0; g < kGroups; g++) {
      const int64_t depths = depth_end_ - depth - depth_[g];
      const int64_t count = along_depth_ ? (outers_left_[g] > 0 ? depths : 0) : depths > 0 ? outers_left_[g] : 0;
      if (packed_ && count >= kGroup) {
        const auto values = load_packed<kGroup>(at_[g]);
#pragma unroll
        for (int i = 0; i < kGroup; i++) held_[g][i] = load_as(values[i]);
      } else {
#pragma unroll
        for (int i = 0; i < kGroup; i++) held_[g][i] = i < count ? load_as(at_[g][i * step_]) : C(0);
      }
      at_[g] += advance_;
    }
  }

  __device__ __forceinline__ void store(C (&to)[kDepth][kOuter + kPad]) const {
#pragma unroll
    for (int g = 0; g < kGroups; g++)
#pragma unroll
      for (int i = 0; i < kGroup; i++)
        if (along_depth_)
          to[depth_[g] + i][outer_[g]] = held_[g][i];
        else
          to[depth_[g]][outer_[g] + i] = held_[g][i];
  }

 private:
  static constexpr int kGroup = 16 / sizeof(T) < 4 ? 16 / sizeof(T) : 4;  // elements side by side
  static constexpr int kGroups = kOuter * kDepth / kGroup / kThreads;
  static_assert(kGroups * kGroup * kThreads == kOuter * kDepth, "every thread loads as much");

  const int64_t depth_end_;
  const bool along_depth_;
  const int64_t step_, advance_;
  const bool packed_;
  const T* at_[kGroups];
  int outer_[kGroups], depth_[kGroups], outers_left_[kGroups];
  C held_[kGroups][kGroup];
};

// A square tile, of which a thread has kEach x kEach sums.
template <class T, int kTile, int kEach, int kDepth>
struct Simt {
  using C = Compute<T>;
  static constexpr int kSide = kTile / kEach;  // threads down and across
  static constexpr int kThreads = kSide * kSide;
  static constexpr int kPieces = kEach / kPiece;
  static constexpr int kPitch = kTile + kPad;
  // Rows of sums that are laid into shared memory at a time.
  static constexpr int kStage = 4 * kDepth < kTile ? 4 * kDepth : kTile;

  struct Tiles {
    C a[2][kDepth][kPitch], b[2][kDepth][kPitch];
  };
  union Shared {
    Tiles tiles;
    C sums[kStage][kPitch];
  };
};

template <class T, int kTile, int kEach, int kDepth>
__global__ void __launch_bounds__(Simt<T, kTile, kEach, kDepth>::kThreads, 2)
    gemm_simt_kernel(const __grid_constant__ GemmProblem<T> p) {
  using S = Simt<T, kTile, kEach, kDepth>;
  using C = Compute<T>;
  auto& shared = shared_memory<typename S::Shared>();
  const GemmTile tile = p.tile(blockIdx.x, kTile, kTile);
  // A warp is 4 x 8 threads: its reads of a and of b are one access each.
  constexpr int kWarpsAcross = S::kSide / 8;
  const int thread_row = warp_index() / kWarpsAcross * 4 + lane_index() / 8;
  const int thread_column = warp_index() % kWarpsAcross * 8 + lane_index() % 8;

  Loader<T, kTile, kDepth, S::kThreads> a(p.a + p.offset(tile.matrix, p.a_stack) + tile.row * p.a_row, p.a_row,
                                          p.a_depth, p.m - tile.row, p.a_aligned, tile.depth, tile.depth_end);
  Loader<T, kTile, kDepth, S::kThreads> b(p.b + p.offset(tile.matrix, p.b_stack) + tile.column * p.b_column, p.b_column,
                                          p.b_depth, p.n - tile.column, p.b_aligned, tile.depth, tile.depth_end);
  C sums[kEach][kEach] = {};
  a.load(tile.depth);
  b.load(tile.depth);
  int buffer = 0;
  for (int64_t depth = tile.depth; depth < tile.depth_end; depth += kDepth, buffer ^= 1) {
    a.store(shared.tiles.a[buffer]);
    b.store(shared.tiles.b[buffer]);
    __syncthreads();
    a.load(depth + kDepth);  // nothing but zeros behind the last
    b.load(depth + kDepth);
#pragma unroll
    for (int d = 0; d < kDepth; d++) {
      C left[kEach], right[kEach];
#pragma unroll
      for (int i = 0; i < kEach; i++) {
        const int piece = i / kPiece * S::kSide * kPiece + i % kPiece;
        left[i] = shared.tiles.a[buffer][d][piece + thread_row * kPiece];
        right[i] = shared.tiles.b[buffer][d][piece + thread_column * kPiece];
      }
#pragma unroll
      for (int i = 0; i < kEach; i++)
#pragma unroll
        for (int j = 0; j < kEach; j++) sums[i][j] += left[i] * right[j];
    }
  }

#pragma unroll 1
  for (int stage = 0; stage < kTile; stage += S::kStage) {
    __syncthreads();
#pragma unroll
    for (int i = 0; i < kEach; i++) {
      const int row = i / kPiece * S::kSide * kPiece + thread_row * kPiece + i % kPiece - stage;
      if (row < 0 || row >= S::kStage) continue;
#pragma unroll
      for (int j = 0; j < kEach; j++)
        shared.sums[row][j / kPiece * S::kSide * kPiece + thread_column * kPiece + j % kPiece] = sums[i][j];
    }
    __syncthreads();
    GemmTile part = tile;
    part.row += stage;
    finish_tile(p, &shared.sums[0][0], S::kStage, kTile, S::kPitch, part, int(threadIdx.x), S::kThreads);
  }
}

template <int kTile, int kEach, int kDepth, class T>
void run(const Arguments& args, const GemmProblem<T>& p) {
  using S = Simt<T, kTile, kEach, kDepth>;
  launch(args, gemm_simt_kernel<T, kTile, kEach, kDepth>,
         {.blocks = blocks_for(p.tiles(kTile, kTile), 1),
          .threads = S::kThreads,
          .shared_bytes = sizeof(typename S::Shared)},
         p);
}

}  // namespace

template <class T>
void gemm_simt(const Arguments& args, const GemmProblem<T>& p, int rows, int columns) {
  if (rows != columns || (rows != 128 && rows != 64 && rows != 32))
    throw std::invalid_argument("there are tiles of 128, 64 and 32 a side, not of " + std::to_string(rows) + " x " +
                                std::to_string(columns));
  if constexpr (sizeof(Compute<T>) == 4 && !std::is_integral_v<T>) {
    if (rows == 128) return run<128, 8, 8>(args, p);
  }
  rows == 32 ? run<32, 4, 16>(args, p) : run<64, 4, 16>(args, p);
}

template void gemm_simt(const Arguments&, const GemmProblem<float>&, int, int);
template void gemm_simt(const Arguments&, const GemmProblem<double>&, int, int);
template void gemm_simt(const Arguments&, const GemmProblem<half>&, int, int);
template void gemm_simt(const Arguments&, const GemmProblem<bfloat16>&, int, int);
template void gemm_simt(const Arguments&, const GemmProblem<uint32_t>&, int, int);
template void gemm_simt(const Arguments&, const GemmProblem<uint64_t>&, int, int);

}  // namespace sx::cuda
