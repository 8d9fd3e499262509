// lab.matmul.8: a thread that only asks for copies, and warpgroups that only multiply.
// a [m, k], b [k, n], bfloat16, y [m, n], float32; n and k are multiples of 8, and k is above 0.
// TMA copies a whole tile for one thread, wgmma reads both operands from shared memory, and
// mbarriers say when a stage is full and when it is empty: nobody computes an address, and no
// barrier stops all. Not yet measured on a GPU. CUTLASS 3's warp-specialised kernels;
// pranjalssh/fast.cu. gemm_sm90.h is this, with wider tiles, for which registers are shared out
// again, in clusters.
#include <algorithm>

#include "cuda/device/shared.h"
#include "cuda/device/tma.h"
#include "cuda/device/warp.h"
#include "cuda/device/wgmma.h"
#include "cuda/lab/matmul/matmul.h"
#include "cuda/pipeline.h"

namespace sx::cuda {
namespace {

constexpr int kTile = 128, kDepth = 64, kStages = 4;
constexpr int kUsers = kTile / 64;  // warpgroups, of 64 rows each
constexpr int kThreads = kUsers * 128 + kWarpSize;
constexpr int kColumns = 64;  // of a part of b's tile: 128 bytes, as wide as the swizzle's pattern

struct Shared {
  struct Stage {
    alignas(1024) bfloat16 a[kTile][kDepth];
    alignas(1024) bfloat16 b[kTile / kColumns][kDepth][kColumns];
  } stages[kStages];
  Ring<kStages, 1> ring;
};

__device__ void fill(const MatMulOf<bfloat16>& p, const TensorMap& a, const TensorMap& b,
                     int32_t row, int32_t column, Shared& shared) {
  RingPlace<kStages> place;
  for (int32_t depth = 0; depth < p.k; depth += kDepth, place.advance()) {
    Barrier& full = shared.ring.begin_fill(place, sizeof(Shared::Stage));
    auto& stage = shared.stages[place.stage];
    tma_load(stage.a, a, full, {depth, row});
#pragma unroll
    for (int i = 0; i < kTile / kColumns; i++)
      tma_load(stage.b[i], b, full, {column + i * kColumns, depth});
  }
}

// Queues 64 of the depth, 16 in each wgmma: 32 bytes of a's rows, 16 rows of b.
__device__ __forceinline__ void multiply(float (&sums)[kTile / 2], const Shared::Stage& stage,
                                         int user, bool accumulate) {
  const Descriptor a = k_major(stage.a[user * 64], Swizzle::k128);
  const Descriptor b = make_descriptor(stage.b, Swizzle::k128, sizeof stage.b[0], 8 * 128);
#pragma unroll
  for (int d = 0; d < kDepth; d += 16)
    wgmma<kTile, bfloat16, Major::kK, Major::kMn>(sums, a + d * 2, b + d * 128,
                                                  accumulate || d > 0);
  wgmma_commit();
}

__global__ void __launch_bounds__(kThreads)
    matmul_hopper_kernel(MatMulOf<bfloat16> p, const __grid_constant__ TensorMap a,
                         const __grid_constant__ TensorMap b) {
#if SX_SM90
  auto& shared = shared_memory<Shared>();
  const int64_t row = p.first_row(kTile, kTile), column = p.first_column(kTile);
  if (threadIdx.x == 0) shared.ring.init(kUsers);
  __syncthreads();

  const int user = int(threadIdx.x) / 128;
  if (user == kUsers) {
    if (lane_index() == 0) fill(p, a, b, int32_t(row), int32_t(column), shared);
    return;
  }
  float sums[kTile / 2];
  RingPlace<kStages> place;
  int before = 0;  // the stage that the last step has read
  for (int64_t depth = 0; depth < p.k; depth += kDepth, place.advance()) {
    shared.ring.wait_full(place);
    fence_operand(sums);
    wgmma_fence();
    multiply(sums, shared.stages[place.stage], user, depth > 0);
    wgmma_wait<1>();  // all but these
    if (depth > 0) shared.ring.release(before);
    before = place.stage;
  }
  wgmma_wait<0>();
  fence_operand(sums);

  const int first = user * 64 + warp_index() % 4 * 16 + lane_index() / 4;
#pragma unroll
  for (int i = 0; i < kTile / 2; i += 2)
    p.set_pair(row + first + i / 2 % 2 * 8, column + i / 4 * 8 + lane_index() % 4 * 2, sums[i],
               sums[i + 1]);
#endif
}

// Boxes of rows of 128 bytes of a matrix [rows, columns].
TensorMap map_matrix(const bfloat16* data, int64_t rows, int64_t columns, int box_rows) {
  return make_tensor_map(BoxMap{{.type = TensorType::kBfloat16,
                                 .data = data,
                                 .rank = 2,
                                 .sizes = {columns, rows},
                                 .strides = {1, columns},
                                 .swizzle = Swizzle::k128},
                                {64, box_rows}});
}

void matmul(const Arguments& args) {
  if (stream_of(args).device.capability != 90)
    throw Unsupported("Hopper's instructions need compute capability 9.0");
  const auto p = MatMulOf<bfloat16>::of(args);
  p.require_chunks();
  if (std::max({p.m, p.n, p.k}) > int64_t{1} << 30)
    throw std::invalid_argument("TMA's coordinates have 32 bits: m, n or k is too large");
  const uint32_t tiles = p.tiles(kTile, kTile);
  if (tiles == 0) return;  // there are no maps of nothing
  launch(args, matmul_hopper_kernel,
         {.blocks = tiles, .threads = kThreads, .shared_bytes = sizeof(Shared)}, p,
         map_matrix(p.a, p.m, p.k, kTile), map_matrix(p.b, p.k, p.n, kDepth));
}

SX_KERNEL("lab.matmul.8", matmul);

}  // namespace
}  // namespace sx::cuda
