// gemm.f16, .bf16 on Hopper's tensor cores: operands of which either axis is adjacent, in rows that
// begin at multiples of 16 bytes. gemm_bf16x6 uses the same kernel, with operands of three planes.
// As many blocks as processors walk over the tiles. One thread has TMA bring 128 bytes of depth at
// a time into a ring of stages; one or two warpgroups multiply them by wgmma, 64 rows each, and
// finish their sums while the next tile comes in. Two blocks of a cluster that need the same part
// of b load half of it each, for both. Not yet measured on a GPU. Ideas: CUTLASS 3's
// warp-specialised kernels; pranjalssh/fast.cu; DeepGEMM (promotion of sums).
#pragma once
#include <numeric>

#include "cuda/device/register_budget.h"
#include "cuda/device/shared.h"
#include "cuda/device/tma.h"
#include "cuda/device/warp.h"
#include "cuda/device/wgmma.h"
#include "cuda/gemm.h"
#include "cuda/pipeline.h"

namespace sx::cuda::sm90 {

constexpr int kWarpgroup = 128;
constexpr int kFinished = 32;  // columns of sums that a warp finishes at a time

// What a kernel is made of; others derive from it.
template <int kRows_, int kColumns_, int kStages_>
struct Shape {
  static constexpr int kRows = kRows_, kColumns = kColumns_;  // of a tile
  static constexpr int kStages = kStages_;
  static constexpr Major kA = Major::kK, kB = Major::kK;
  static constexpr int kCluster = 1;       // blocks, neighbours in a column of tiles
  static constexpr int kBlocks = 1;        // of a processor
  static constexpr int kDepthBytes = 128;  // of a stage
  static constexpr int kPlanes = 1;        // of each operand
  static constexpr int kPromote =
      0;  // the depth after which sums leave the tensor core for float32 additions; 0: never
  static constexpr int kUsers = kRows / 64;  // warpgroups
  static constexpr int kThreads = (1 + kUsers) * kWarpgroup;
  // A processor's registers are shared out again: those that the filler does not need go to the
  // users.
  static constexpr int kFillerRegisters = 56, kUserRegisters = kUsers == 1 ? 200 : 224;
};

// A stage's part of an operand, `kOuter` of a's rows or b's columns. It comes in pieces: k-major,
// all of it or a block's share of it; mn-major, 128 bytes along the outer axis each.
template <class E, class S, Major kMajor, int kOuter, int kShares>
struct Operand {
  static constexpr int kDepth = S::kDepthBytes / sizeof(E);
  static constexpr int kPieceOuter = kMajor == Major::kK ? kOuter / kShares : 128 / int(sizeof(E));
  static constexpr int kPieces = kOuter / kPieceOuter;
  static constexpr int kPieceBytes = kPieceOuter * S::kDepthBytes;
  static constexpr int kPlaneBytes = kOuter * S::kDepthBytes;
  static constexpr int kRowBytes = kMajor == Major::kK ? S::kDepthBytes : 128;
  static constexpr Swizzle kSwizzle = Swizzle(kRowBytes);
  static_assert(kPieces % kShares == 0 && kPieceOuter <= 256);

  static __device__ __forceinline__ void load(unsigned char* to, const TensorMap& map,
                                              Barrier& barrier, int64_t outer, int64_t depth,
                                              int64_t matrix, int share) {
#pragma unroll
    for (int i = 0; i < kPieces / kShares; i++) {
      const int piece = i * kShares + share;
      const int32_t along_k = int32_t(depth), along_outer = int32_t(outer) + piece * kPieceOuter;
      const int32_t at[3] = {kMajor == Major::kK ? along_k : along_outer,
                             kMajor == Major::kK ? along_outer : along_k, int32_t(matrix)};
      if constexpr (kShares > 1)
        tma_multicast(to + piece * kPieceBytes, map, barrier, at, (1 << kShares) - 1);
      else
        tma_load(to + piece * kPieceBytes, map, barrier, at);
    }
  }

  // Of the part from row or column `outer` on.
  static __device__ __forceinline__ Descriptor descriptor(const unsigned char* plane, int outer) {
    if constexpr (kMajor == Major::kK) return k_major(plane + outer * S::kDepthBytes, kSwizzle);
    return make_descriptor(plane + outer / kPieceOuter * kPieceBytes, kSwizzle, kPieceBytes,
                           8 * kRowBytes);
  }
  static constexpr int kStepBytes =
      kMajor == Major::kK ? 32 : 32 / int(sizeof(E)) * 128;  // to the next wgmma's depth
};

template <class E, class S>
struct Shared {
  using A = Operand<E, S, S::kA, S::kRows, 1>;
  using B = Operand<E, S, S::kB, S::kColumns, S::kCluster>;
  struct Stage {
    alignas(1024) unsigned char a[S::kPlanes * A::kPlaneBytes];
    alignas(1024) unsigned char b[S::kPlanes * B::kPlaneBytes];
  } stages[S::kStages];
  float sums[4 * S::kUsers][16][kFinished + 8];  // a warp's pairs of sums are in different banks
  Ring<S::kStages, S::kCluster> ring;
};

// How tensor maps count matrices: matrix i of the stack is number offset / unit, and a plane
// follows `planes` matrices later.
struct Operands {
  TensorMap a, b;
  int64_t a_unit, b_unit;
  int32_t a_plane, b_plane;
};

template <class T, class E, class S>
__device__ __forceinline__ void fill(const GemmProblem<T>& p, const Operands& operands,
                                     Shared<E, S>& shared) {
  using A = typename Shared<E, S>::A;
  using B = typename Shared<E, S>::B;
  const int share = S::kCluster > 1 ? int(cluster_rank()) : 0;
  typename Ring<S::kStages, S::kCluster>::Place place;
  const int64_t tiles = p.tiles(S::kRows, S::kColumns);
  for (int64_t i = blockIdx.x; i < tiles; i += gridDim.x) {
    const GemmTile tile = p.tile(i, S::kRows, S::kColumns);
    const int64_t a_matrix = p.offset(tile.matrix, p.a_stack) / operands.a_unit;
    const int64_t b_matrix = p.offset(tile.matrix, p.b_stack) / operands.b_unit;
    for (int64_t depth = tile.depth; depth < tile.depth_end; depth += A::kDepth, place.advance()) {
      Barrier& full = shared.ring.begin_fill(place, S::kPlanes * (A::kPlaneBytes + B::kPlaneBytes));
      auto& stage = shared.stages[place.stage];
#pragma unroll
      for (int plane = 0; plane < S::kPlanes; plane++) {
        A::load(stage.a + plane * A::kPlaneBytes, operands.a, full, tile.row, depth,
                a_matrix + plane * operands.a_plane, 0);
        B::load(stage.b + plane * B::kPlaneBytes, operands.b, full, tile.column, depth,
                b_matrix + plane * operands.b_plane, share);
      }
    }
  }
}

// Queues the products of a stage: with one plane a b; with three, which are the leading, middle and
// last bits of numbers, those of the six pairs that matter, the smallest first.
template <class E, class S>
__device__ __forceinline__ void multiply(float (&sums)[S::kColumns / 2],
                                         const typename Shared<E, S>::Stage& stage, int user,
                                         bool accumulate) {
  using A = typename Shared<E, S>::A;
  using B = typename Shared<E, S>::B;
  constexpr int kPairs = S::kPlanes == 1 ? 1 : 6;
  constexpr int kLeft[] = {0, 2, 1, 0, 1, 0}, kRight[] = {2, 0, 1, 1, 0, 0};
  static_assert(S::kPlanes == 1 || S::kPlanes == 3);
#pragma unroll
  for (int pair = 0; pair < kPairs; pair++) {
    const int left = S::kPlanes == 1 ? 0 : kLeft[pair], right = S::kPlanes == 1 ? 0 : kRight[pair];
    const Descriptor a = A::descriptor(stage.a + left * A::kPlaneBytes, user * 64);
    const Descriptor b = B::descriptor(stage.b + right * B::kPlaneBytes, 0);
#pragma unroll
    for (int step = 0; step < S::kDepthBytes / 32; step++)
      wgmma<S::kColumns, E, S::kA, S::kB>(sums, a + step * A::kStepBytes, b + step * B::kStepBytes,
                                          accumulate || pair > 0 || step > 0);
  }
  wgmma_commit();
}

// The sums of a warpgroup's 64 rows of a tile.
template <class E, class S>
__device__ __forceinline__ void add_up(float (&sums)[S::kColumns / 2], Shared<E, S>& shared,
                                       typename Ring<S::kStages, S::kCluster>::Place& place,
                                       int64_t steps, int user) {
  if constexpr (S::kPromote == 0) {
    int before = 0;  // the stage that the last step has read
    for (int64_t step = 0; step < steps; step++, place.advance()) {
      shared.ring.wait_full(place);
      fence_operand(sums);
      wgmma_fence();
      multiply<E, S>(sums, shared.stages[place.stage], user, step > 0);
      wgmma_wait<1>();
      if (step > 0) shared.ring.release(before);
      before = place.stage;
    }
    wgmma_wait<0>();
    fence_operand(sums);
    shared.ring.release(before);
  } else {
    constexpr int kSteps = S::kPromote / Shared<E, S>::A::kDepth;
    float part[S::kColumns / 2];
#pragma unroll
    for (float& sum : sums) sum = 0;
    for (int64_t step = 0; step < steps; step += kSteps) {
      const int count = steps - step < kSteps ? int(steps - step) : kSteps;
      int stages[kSteps];
#pragma unroll
      for (int i = 0; i < kSteps; i++) {
        if (i >= count) break;
        shared.ring.wait_full(place);
        fence_operand(part);
        wgmma_fence();
        multiply<E, S>(part, shared.stages[place.stage], user, i > 0);
        stages[i] = place.stage;
        place.advance();
      }
      wgmma_wait<0>();
      fence_operand(part);
#pragma unroll
      for (int i = 0; i < kSteps; i++)
        if (i < count) shared.ring.release(stages[i]);
#pragma unroll
      for (int i = 0; i < S::kColumns / 2; i++) sums[i] += part[i];
    }
  }
}

// A warp lays 16 rows by 32 columns at a time into shared memory, and finishes them.
template <class T, class E, class S>
__device__ __forceinline__ void finish(const GemmProblem<T>& p,
                                       const float (&sums)[S::kColumns / 2], Shared<E, S>& shared,
                                       GemmTile tile, int user) {
  const int warp = warp_index() % 4, lane = lane_index();
  auto& staged = shared.sums[user * 4 + warp];
  tile.row += user * 64 + warp * 16;
#pragma unroll 1
  for (int first = 0; first < S::kColumns; first += kFinished) {
    sync_warp();
#pragma unroll
    for (int column = 0; column < S::kColumns; column += 8) {
      if (column / kFinished * kFinished != first) continue;
#pragma unroll
      for (int h = 0; h < 2; h++)
        store_packed<float, 2>(&staged[h * 8 + lane / 4][column % kFinished + lane % 4 * 2],
                               {sums[column / 2 + h * 2], sums[column / 2 + h * 2 + 1]});
    }
    sync_warp();
    finish_tile(p, &staged[0][0], 16, kFinished, kFinished + 8, tile, lane, kWarpSize);
    tile.column += kFinished;
  }
}

// The block's tiles: one thread calls fill(shared), which fills the ring for all of them, and the
// others use it.
template <class E, class S, class T, class Fill>
__device__ __forceinline__ void reckon_tiles(const GemmProblem<T>& p, Fill fill) {
  auto& shared = shared_memory<Shared<E, S>>();
  if (threadIdx.x == 0) shared.ring.init(S::kUsers);
  if constexpr (S::kCluster > 1)
    cluster_sync();
  else
    __syncthreads();

  const int user = int(threadIdx.x) / kWarpgroup - 1;
  if (user < 0) {
    keep_registers<S::kFillerRegisters>();
    if (threadIdx.x == 0) fill(shared);
  } else {
    take_registers<S::kUserRegisters>();
    typename Ring<S::kStages, S::kCluster>::Place place;
    const int64_t tiles = p.tiles(S::kRows, S::kColumns);
    for (int64_t i = blockIdx.x; i < tiles; i += gridDim.x) {
      const GemmTile tile = p.tile(i, S::kRows, S::kColumns);
      constexpr int kDepth = Shared<E, S>::A::kDepth;
      float sums[S::kColumns / 2];
      add_up<E, S>(sums, shared, place, (tile.depth_end - tile.depth + kDepth - 1) / kDepth, user);
      finish<T, E, S>(p, sums, shared, tile, user);
    }
  }
  // Shared memory stays while the other block may write to it.
  if constexpr (S::kCluster > 1) cluster_sync();
}

template <class T, class E, class S>
__global__ void __launch_bounds__(S::kThreads, S::kBlocks)
    gemm_sm90_kernel(const __grid_constant__ GemmProblem<T> p,
                     const __grid_constant__ Operands operands) {
#if SX_SM90
  if (p.is_unwanted()) return;
  if (threadIdx.x == 0) {
    prefetch_tensor_map(operands.a);
    prefetch_tensor_map(operands.b);
  }
  reckon_tiles<E, S>(p, [&](Shared<E, S>& shared) { fill<T, E, S>(p, operands, shared); });
#endif
}

// An operand as a tensor map of [matrices, rows, adjacent]; `outer` is a's m or b's n.
template <class E, class S, Major kMajor, int kOuter, int kShares>
TensorMap map_operand(const E* data, TensorType type, int64_t outer, int64_t depth, int64_t stride,
                      int64_t matrices, int64_t matrix_stride) {
  using O = Operand<E, S, kMajor, kOuter, kShares>;
  constexpr bool kAlongK = kMajor == Major::kK;
  return make_tensor_map(
      BoxMap{{.type = type,
              .data = data,
              .rank = 3,
              .sizes = {kAlongK ? depth : outer, kAlongK ? outer : depth, matrices},
              .strides = {1, stride, matrix_stride},
              .swizzle = O::kSwizzle},
             {kAlongK ? O::kDepth : O::kPieceOuter, kAlongK ? O::kPieceOuter : O::kDepth, 1}});
}

// The common divisor of the strides along a stack, and how many matrices of that distance there may
// be. A stride of one row is what a single one has.
struct StackMap {
  int64_t unit = 0, matrices = 1;

  StackMap(const int64_t (&sizes)[kStackAxes], const int64_t (&strides)[kStackAxes]) {
    int64_t last = 0;
    for (int i = 0; i < kStackAxes; i++) {
      if (sizes[i] == 1) continue;
      unit = std::gcd(unit, strides[i]);
      last += (sizes[i] - 1) * strides[i];
    }
    if (unit == 0) unit = 64;
    matrices = last / unit + 1;
  }
};

// As many blocks as there is room for, at most.
template <class E, class S, class T>
Grid persistent_grid(const Arguments& args, const GemmProblem<T>& p) {
  static_assert(sizeof(Shared<E, S>) <= (228 / S::kBlocks - 1) * 1024,
                "a processor of capability 9.0 has 228 KB, of which each block takes one");
  const int64_t most =
      int64_t{stream_of(args).device.processors} * S::kBlocks / S::kCluster * S::kCluster;
  return {.blocks = static_cast<uint32_t>(std::min(p.tiles(S::kRows, S::kColumns), most)),
          .threads = static_cast<uint32_t>(S::kThreads),
          .shared_bytes = sizeof(Shared<E, S>),
          .cluster = static_cast<uint32_t>(S::kCluster)};
}

template <class S, class E, class T>
void run(const Arguments& args, const GemmProblem<T>& p, const Operands& operands) {
  launch(args, gemm_sm90_kernel<T, E, S>, persistent_grid<E, S>(args, p), p, operands);
}

template <class S, class T>
void run(const Arguments& args, const GemmProblem<T>& p) {
  constexpr TensorType kType =
      std::is_same_v<T, half> ? TensorType::kFloat16 : TensorType::kBfloat16;
  const StackMap a(p.stack, p.a_stack), b(p.stack, p.b_stack);
  // The stride of an only row may be anything.
  const auto stride = [](int64_t count, int64_t s) { return count == 1 ? int64_t{64} : s; };
  constexpr bool kAlongKA = S::kA == Major::kK, kAlongKB = S::kB == Major::kK;
  run<S, T>(args, p,
            {map_operand<T, S, S::kA, S::kRows, 1>(
                 p.a, kType, p.m, p.k, kAlongKA ? stride(p.m, p.a_row) : stride(p.k, p.a_depth),
                 a.matrices, a.unit),
             map_operand<T, S, S::kB, S::kColumns, S::kCluster>(
                 p.b, kType, p.n, p.k, kAlongKB ? stride(p.n, p.b_column) : stride(p.k, p.b_depth),
                 b.matrices, b.unit),
             a.unit, b.unit, 0, 0});
}

}  // namespace sx::cuda::sm90
