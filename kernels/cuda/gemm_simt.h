// gemm.* without tensor cores: float32 by float32's rules, float64, integers, and any layout in 16
// bits. A block reckons a tile of 128 x 128, 64 x 64 or 32 x 32 sums; a thread 8 x 8 or 4 x 4 of
// them in registers, as pieces of 4 x 4, so that it reads shared memory by 16 bytes and a warp's
// reads meet no bank twice. The next tiles of a and b come from global memory while the current
// ones are multiplied; two buffers, one barrier a step. Not yet measured on a GPU. Boehm, "How to
// Optimize a CUDA Matmul Kernel for cuBLAS-like Performance"; NVIDIA's CUTLASS, "Efficient GEMM in
// CUDA".
#pragma once
#include "cuda/device/shared.h"
#include "cuda/device/warp.h"
#include "cuda/gemm.h"

namespace sx::cuda::simt {

constexpr int kPiece = 4;  // rows and columns of sums that lie together
constexpr int kPad = 4;    // keeps columns of a tile out of one bank

// A tile of a (outer = rows) or of b (outer = columns) on its way to shared memory, where it lies
// as [depth][outer].
template <class T, int kOuter, int kDepth, int kThreads>
class Loader {
 public:
  using C = Compute<T>;

  // From the tile's first row and depth on, of so many rows.
  __device__ Loader(const T* from, int64_t outer_stride, int64_t depth_stride, int64_t outers,
                    bool aligned)
      : outer_stride_(outer_stride),
        depth_stride_(depth_stride),
        along_depth_(depth_stride == 1),
        packed_(aligned && (along_depth_ || outer_stride == 1)) {
#pragma unroll
    for (int g = 0; g < kGroups; g++) {
      at_[g] = from + outer(g) * outer_stride + depth(g) * depth_stride;
      const int64_t left = outers - outer(g);
      outers_left_[g] = left < 0 ? 0 : left > kGroup ? kGroup : int(left);
    }
  }

  // Begins to read a tile, behind which so much depth is left at its beginning, and moves on.
  __device__ __forceinline__ void load(int64_t left) {
#pragma unroll
    for (int g = 0; g < kGroups; g++) {
      const int64_t depths = left - depth(g);
      const int64_t count = along_depth_ ? (outers_left_[g] > 0 ? depths : 0)
                            : depths > 0 ? outers_left_[g]
                                         : 0;
      if (packed_ && count >= kGroup) {
        const auto values = load_packed<kGroup>(at_[g]);
#pragma unroll
        for (int i = 0; i < kGroup; i++) held_[g][i] = load_as(values[i]);
      } else {
#pragma unroll
        for (int i = 0; i < kGroup; i++)
          held_[g][i] = i < count ? load_as(at_[g][along_depth_ ? i : i * outer_stride_]) : C(0);
      }
      at_[g] += kDepth * depth_stride_;
    }
  }

  __device__ __forceinline__ void store(C (&to)[kDepth][kOuter + kPad]) const {
#pragma unroll
    for (int g = 0; g < kGroups; g++)
#pragma unroll
      for (int i = 0; i < kGroup; i++)
        if (along_depth_)
          to[depth(g) + i][outer(g)] = held_[g][i];
        else
          to[depth(g)][outer(g) + i] = held_[g][i];
  }

 private:
  static constexpr int kGroup = 16 / sizeof(T) < 4 ? 16 / sizeof(T) : 4;  // elements side by side
  static constexpr int kGroups = kOuter * kDepth / kGroup / kThreads;
  static_assert(kGroups * kGroup * kThreads == kOuter * kDepth, "every thread loads as much");

  // Where group g of this thread lies in the tile: neighbours in memory are neighbours in a warp.
  __device__ __forceinline__ int outer(int g) const {
    const int group = g * kThreads + int(threadIdx.x);
    return along_depth_ ? group / (kDepth / kGroup) : group % (kOuter / kGroup) * kGroup;
  }
  __device__ __forceinline__ int depth(int g) const {
    const int group = g * kThreads + int(threadIdx.x);
    return along_depth_ ? group % (kDepth / kGroup) * kGroup : group / (kOuter / kGroup);
  }

  const int64_t outer_stride_, depth_stride_;
  const bool along_depth_, packed_;
  const T* at_[kGroups];
  int outers_left_[kGroups];
  C held_[kGroups][kGroup];
};

// A square tile, of which a thread has kEach x kEach sums.
template <class T, int kTile_, int kEach_, int kDepth_>
struct Shape {
  using C = Compute<T>;
  static constexpr int kTile = kTile_, kEach = kEach_, kDepth = kDepth_;
  static constexpr int kSide = kTile / kEach;  // threads down and across
  static constexpr int kThreads = kSide * kSide;
  static constexpr int kPitch = kTile + kPad;

  // The row or column in the tile of a thread's i-th one.
  static __device__ constexpr int place(int i, int thread) {
    return i / kPiece * kSide * kPiece + thread * kPiece + i % kPiece;
  }

  struct Tiles {
    C a[2][kDepth][kPitch], b[2][kDepth][kPitch];
  };
  struct Shared {
    union {
      Tiles tiles;
      C sums[kTile][kPitch];  // when all is multiplied
    };
    GemmTile tile;  // until then; registers are few
  };
};

// Multiplies and finishes a tile, of which a and b load what is kDepth deep. A sum is one of
// partial sums of kBlock products each, if that is not 0.
template <class S, int kBlock, class T, class A, class B>
__device__ __forceinline__ void reckon_tile(const GemmProblem<T>& p, const GemmTile& tile, A& a,
                                            B& b) {
  using C = Compute<T>;
  constexpr int kEach = S::kEach;
  auto& shared = shared_memory<typename S::Shared>();
  if (threadIdx.x == 0) shared.tile = tile;
  // A warp is 4 x 8 threads: its reads of a and of b are one access each.
  constexpr int kWarpsAcross = S::kSide / 8;
  const int thread_row = warp_index() / kWarpsAcross * 4 + lane_index() / 8;
  const int thread_column = warp_index() % kWarpsAcross * 8 + lane_index() % 8;

  C sums[kEach][kEach] = {};
  C whole[kBlock > 0 ? kEach : 1][kBlock > 0 ? kEach : 1] = {};
  const auto end_block = [&] {
#pragma unroll
    for (int i = 0; i < kEach; i++)
#pragma unroll
      for (int j = 0; j < kEach; j++)
        if constexpr (kBlock > 0) {
          whole[i][j] += sums[i][j];
          sums[i][j] = 0;
        }
  };
  int64_t left = tile.depth_end - tile.depth;
  int in_block = 0;
  a.load(left);
  b.load(left);
  for (int buffer = 0; left > 0; buffer ^= 1) {
    a.store(shared.tiles.a[buffer]);
    b.store(shared.tiles.b[buffer]);
    __syncthreads();
    left -= S::kDepth;
    a.load(left);  // nothing but zeros behind the last
    b.load(left);
#pragma unroll
    for (int d = 0; d < S::kDepth; d++) {
      C down[kEach], across[kEach];
#pragma unroll
      for (int i = 0; i < kEach; i++) {
        down[i] = shared.tiles.a[buffer][d][S::place(i, thread_row)];
        across[i] = shared.tiles.b[buffer][d][S::place(i, thread_column)];
      }
#pragma unroll
      for (int i = 0; i < kEach; i++)
#pragma unroll
        for (int j = 0; j < kEach; j++) sums[i][j] += down[i] * across[j];
    }
    if constexpr (kBlock > 0) {
      in_block += S::kDepth;
      if (in_block < kBlock) continue;
      in_block = 0;
      end_block();
    }
  }
  if constexpr (kBlock > 0) end_block();

  __syncthreads();
#pragma unroll
  for (int i = 0; i < kEach; i++)
#pragma unroll
    for (int j = 0; j < kEach; j++) {
      C sum = sums[i][j];
      if constexpr (kBlock > 0) sum = whole[i][j];
      shared.sums[S::place(i, thread_row)][S::place(j, thread_column)] = sum;
    }
  __syncthreads();
  finish_tile(p, &shared.sums[0][0], S::kTile, S::kTile, S::kPitch, shared.tile, int(threadIdx.x),
              S::kThreads);
}

}  // namespace sx::cuda::simt
