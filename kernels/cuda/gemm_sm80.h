// gemm.f16, .bf16, and float32 as tf32, on the tensor cores of sm_80 and later: operands of which
// either axis is adjacent, in rows that begin at multiples of 16 bytes. A block of four warps, 2 x
// 2, reckons a tile of 128 x 128 or 64 x 64 sums, each warp a quarter of it in registers. Four
// stages of 64 bytes of depth come by cp.async, which fills with zeros what is outside; ldmatrix
// takes them, and mma.sync multiplies. Chunks of 16 bytes lie permuted in shared memory, so that
// neither the copies nor ldmatrix meet a bank twice. Not yet measured on a GPU. CUTLASS, "Efficient
// GEMM in CUDA", multistage; the permutation is that of its "swizzle".
#pragma once
#include "cuda/device/cp_async.h"
#include "cuda/device/ldmatrix.h"
#include "cuda/device/mma.h"
#include "cuda/device/shared.h"
#include "cuda/gemm.h"

namespace sx::cuda::sm80 {

constexpr int kThreads = 128;
constexpr int kStages = 4;
constexpr int kChunkBytes = 16;
constexpr int kDepthBytes = 64;  // of a stage

// How a stage's part of an operand lies in shared memory: rows of adjacent elements, which are
// depths of one row of a or column of b (kDepthAdjacent), or the other way round. `outer` is a's
// row or b's column in the tile.
template <class T, int kTile, bool kDepthAdjacent>
struct Layout {
  static constexpr int kEach = kChunkBytes / sizeof(T);  // elements of a chunk
  static constexpr int kDepth = kDepthBytes / sizeof(T);
  static constexpr int kRows = kDepthAdjacent ? kTile : kDepth;
  static constexpr int kAcross = (kDepthAdjacent ? kDepth : kTile) / kEach;  // chunks of a row
  static constexpr int kChunks = kRows * kAcross;

  // Where a chunk lies, in bytes. What a warp takes at a time, 8 rows of one chunk, or with tf32 4
  // rows of two, is in different banks.
  static __device__ __forceinline__ int place(int row, int chunk) {
    const int permuted = chunk ^ (kDepthAdjacent   ? row / 2 % 4
                                  : sizeof(T) == 2 ? row % 8
                                                   : row % 4 * 2);
    return (row * kAcross + permuted) * kChunkBytes;
  }
};

// Brings an operand's tile into shared memory, a stage at a time; a thread copies kCopies chunks of
// each.
template <class T, int kTile, bool kDepthAdjacent>
class Copier {
  using L = Layout<T, kTile, kDepthAdjacent>;
  static constexpr int kCopies = L::kChunks / kThreads;
  static constexpr int kRowStep =
      kThreads / L::kAcross;  // rows between a thread's chunks, which leaves their permutation

 public:
  // `first` is the tile's first element at depth 0; `outers` rows or columns are inside.
  __device__ Copier(const T* first, int64_t outer_stride, int64_t depth_stride, int64_t outers,
                    int64_t depth)
      : row_(int(threadIdx.x) / L::kAcross),
        element_(int(threadIdx.x) % L::kAcross * L::kEach),
        place_(L::place(row_, int(threadIdx.x) % L::kAcross)),
        inside_(first),
        outers_(outers < kTile ? int(outers) : kTile),
        step_(kRowStep * (kDepthAdjacent ? outer_stride : depth_stride)),
        advance_(L::kDepth * depth_stride),
        at_(first + (kDepthAdjacent ? row_ * outer_stride + depth + element_
                                    : (depth + row_) * depth_stride + element_)) {}

  // Queues the copies of the next stage, of which `depths` are left, which may be none.
  __device__ __forceinline__ void copy(unsigned char* stage, int64_t depths) {
    const int depth = depths < L::kDepth ? int(depths) : L::kDepth;
    const int rows = kDepthAdjacent ? outers_ : depth;
    const int elements = (kDepthAdjacent ? depth : outers_) - element_;
    const int bytes = elements <= 0         ? 0
                      : elements < L::kEach ? elements * int(sizeof(T))
                                            : kChunkBytes;
#pragma unroll
    for (int i = 0; i < kCopies; i++) {
      const bool inside = row_ + i * kRowStep < rows && bytes > 0;
      copy_async<kChunkBytes>(stage + place_ + i * kThreads * kChunkBytes,
                              inside ? at_ + i * step_ : inside_, inside ? bytes : 0);
    }
    at_ += advance_;
  }

 private:
  const int row_, element_, place_;
  const T* const inside_;  // an address that may be named where nothing is read
  const int outers_;
  const int64_t step_, advance_;
  const T* at_;
};

// Four matrices of 8 x 16 bytes for mma.h: kOuterFirst orders them as a's fragment (both halves of
// 16 rows, then the other half of the depth), otherwise as two of b's. `step` counts 32 bytes of
// depth.
template <class T, int kTile, bool kDepthAdjacent, bool kOuterFirst>
__device__ __forceinline__ void load_fragment(uint32_t (&to)[4], const unsigned char* stage,
                                              int outer, int step) {
  using L = Layout<T, kTile, kDepthAdjacent>;
  const int lane = lane_index(), matrix = lane / 8;
  const int outer_half = kOuterFirst ? matrix % 2 : matrix / 2,
            depth_half = kOuterFirst ? matrix / 2 : matrix % 2;
  if constexpr (kDepthAdjacent) {
    load_matrices<false>(
        to, stage + L::place(outer + outer_half * 8 + lane % 8, 2 * step + depth_half));
  } else if constexpr (sizeof(T) == 2) {
    load_matrices<true>(
        to, stage + L::place(16 * step + depth_half * 8 + lane % 8, outer / L::kEach + outer_half));
  } else {  // ldmatrix transposes 16 bits only
#pragma unroll
    for (int i = 0; i < 4; i++) {
      const int column = outer + (kOuterFirst ? i % 2 : i / 2) * 8 + lane / 4;
      const int depth = 8 * step + (kOuterFirst ? i / 2 : i % 2) * 4 + lane % 4;
      to[i] = *reinterpret_cast<const uint32_t*>(stage + L::place(depth, column / L::kEach) +
                                                 column % L::kEach * 4);
    }
  }
  if constexpr (sizeof(T) == 4) {
#pragma unroll
    for (uint32_t& word : to) word = to_tf32(__uint_as_float(word));
  }
}

template <int kRows, int kColumns>
struct Shared {
  static constexpr int kPitch = kColumns + 8;  // a warp's pairs of sums are in different banks
  union {
    struct {
      unsigned char a[kRows * kDepthBytes], b[kColumns * kDepthBytes];
    } stages[kStages];
    float sums[kRows / 2][kPitch];
  };
};

// Multiplies and finishes a tile, whose stages a and b copy.
template <class M, int kRows, int kColumns, bool kADepthAdjacent, bool kBDepthAdjacent, class T,
          class A, class B>
__device__ __forceinline__ void reckon_tile(const GemmProblem<T>& p, const GemmTile& tile, A& a,
                                            B& b) {
  constexpr int kHalf = kRows / 2, kHalfAcross = kColumns / 2;  // a warp's rows and columns
  constexpr int kDown = kHalf / 16, kAcross = kHalfAcross / 8;
  constexpr int kDepth = kDepthBytes / sizeof(T);
  auto& shared = shared_memory<Shared<kRows, kColumns>>();
  const int warp_row = warp_index() / 2 * kHalf, warp_column = warp_index() % 2 * kHalfAcross;

  int64_t to_copy = tile.depth_end - tile.depth;
  const auto copy = [&](int stage) {
    if (to_copy > 0) {
      a.copy(shared.stages[stage].a, to_copy);
      b.copy(shared.stages[stage].b, to_copy);
    }
    to_copy -= kDepth;
    commit_copies();
  };

  float sums[kDown][kAcross][4] = {};
#pragma unroll
  for (int stage = 0; stage < kStages - 1; stage++) copy(stage);
  int stage = 0;
  for (int64_t depth = tile.depth; depth < tile.depth_end; depth += kDepth) {
    wait_copies<kStages - 2>();
    __syncthreads();
    copy((stage + kStages - 1) % kStages);  // what the last step has read
#pragma unroll
    for (int step = 0; step < kDepthBytes / 32; step++) {
      uint32_t left[kDown][4], right[kAcross / 2][4];
#pragma unroll
      for (int i = 0; i < kDown; i++)
        load_fragment<T, kRows, kADepthAdjacent, true>(left[i], shared.stages[stage].a,
                                                       warp_row + i * 16, step);
#pragma unroll
      for (int j = 0; j < kAcross / 2; j++)
        load_fragment<T, kColumns, kBDepthAdjacent, false>(right[j], shared.stages[stage].b,
                                                           warp_column + j * 16, step);
#pragma unroll
      for (int i = 0; i < kDown; i++)
#pragma unroll
        for (int j = 0; j < kAcross; j++)
          mma<M>(sums[i][j], left[i], {right[j / 2][j % 2 * 2], right[j / 2][j % 2 * 2 + 1]});
    }
    stage = (stage + 1) % kStages;
  }

  wait_all_copies();
  // The upper half of the tile, then the lower.
#pragma unroll 1
  for (int half = 0; half < kRows; half += kHalf) {
    __syncthreads();
    if (warp_row == half) {
#pragma unroll
      for (int i = 0; i < kDown; i++)
#pragma unroll
        for (int j = 0; j < kAcross; j++)
#pragma unroll
          for (int h = 0; h < 2; h++)
            store_packed<float, 2>(&shared.sums[i * 16 + h * 8 + lane_index() / 4]
                                               [warp_column + j * 8 + lane_index() % 4 * 2],
                                   {sums[i][j][2 * h], sums[i][j][2 * h + 1]});
    }
    __syncthreads();
    GemmTile part = tile;
    part.row += half;
    finish_tile(p, &shared.sums[0][0], kHalf, kColumns, shared.kPitch, part, int(threadIdx.x),
                kThreads);
  }
}

template <class T, class M, int kTile, bool kADepthAdjacent, bool kBDepthAdjacent>
__global__ void __launch_bounds__(kThreads, 2)
    gemm_sm80_kernel(const __grid_constant__ GemmProblem<T> p) {
  const GemmTile tile = p.tile(blockIdx.x, kTile, kTile);
  Copier<T, kTile, kADepthAdjacent> a(p.a + p.offset(tile.matrix, p.a_stack) + tile.row * p.a_row,
                                      p.a_row, p.a_depth, p.m - tile.row, tile.depth);
  Copier<T, kTile, kBDepthAdjacent> b(
      p.b + p.offset(tile.matrix, p.b_stack) + tile.column * p.b_column, p.b_column, p.b_depth,
      p.n - tile.column, tile.depth);
  reckon_tile<M, kTile, kTile, kADepthAdjacent, kBDepthAdjacent>(p, tile, a, b);
}

template <class T, class M, int kTile>
void run(const Arguments& args, const GemmProblem<T>& p) {
  static_assert(sizeof(Shared<kTile, kTile>) <= 99 * 1024, "what capability 8.6 and 8.9 have");
  const auto kernel = p.a_depth == 1   ? p.b_depth == 1 ? gemm_sm80_kernel<T, M, kTile, true, true>
                                                        : gemm_sm80_kernel<T, M, kTile, true, false>
                        : p.b_depth == 1 ? gemm_sm80_kernel<T, M, kTile, false, true>
                                       : gemm_sm80_kernel<T, M, kTile, false, false>;
  launch(args, kernel,
         {.blocks = blocks_for(p.tiles(kTile, kTile), 1),
          .threads = kThreads,
          .shared_bytes = sizeof(Shared<kTile, kTile>)},
         p);
}

}  // namespace sx::cuda::sm80
