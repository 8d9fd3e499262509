// primitive.banks.*: a warp writes to shared memory and reads what it has written, once each, by a
// pattern of which everybody knows how many of its lanes meet in a bank. BankConflictsTest compares
// that with what the checked simulator counts. Not kernels to measure. Source: NVIDIA, "CUDA C++
// Programming Guide", shared memory.
#include "cuda/device/memory.h"
#include "cuda/device/warp.h"
#include "primitive.h"

namespace sx::cuda::primitive {
namespace {

// N floats at a time, the lanes' kStride times that apart; 0: all read what lane 0 has written.
template <int N, int kStride>
__global__ void __launch_bounds__(32) banks_kernel(Outputs out) {
  struct Shared {
    Packed<float, N> values[31 * kStride + 1];
  };
  auto& shared = shared_memory<Shared>();
  const int lane = lane_index();
  Packed<float, N> mine;
#pragma unroll
  for (int i = 0; i < N; i++) mine[i] = float(lane + i + 1);
  if (kStride > 0 || lane == 0) store_packed(&shared.values[lane * kStride].values[0], mine);
  sync_warp();
  const auto found = load_packed<N>(&shared.values[lane * kStride].values[0]);
#pragma unroll
  for (int i = 0; i < N; i++)
    out.set(lane * N + i, found[i], float((kStride > 0 ? lane : 0) + i + 1));
}

template <int N, int kStride>
void banks(const Arguments& args) {
  launch(args, banks_kernel<N, kStride>,
         {.blocks = 1, .threads = 32, .shared_bytes = (31 * kStride + 1) * N * sizeof(float)},
         outputs_of(args));
}

SX_KERNEL("primitive.banks.broadcast", banks<1, 0>);
SX_KERNEL("primitive.banks.stride_1", banks<1, 1>);
SX_KERNEL("primitive.banks.stride_2", banks<1, 2>);
SX_KERNEL("primitive.banks.stride_3", banks<1, 3>);
SX_KERNEL("primitive.banks.stride_16", banks<1, 16>);
SX_KERNEL("primitive.banks.stride_32", banks<1, 32>);
SX_KERNEL("primitive.banks.stride_33", banks<1, 33>);
SX_KERNEL("primitive.banks.pairs", banks<2, 1>);
SX_KERNEL("primitive.banks.pairs_stride_2", banks<2, 2>);
SX_KERNEL("primitive.banks.quads", banks<4, 1>);
SX_KERNEL("primitive.banks.quads_stride_2", banks<4, 2>);
SX_KERNEL("primitive.banks.quads_stride_8", banks<4, 8>);

}  // namespace
}  // namespace sx::cuda::primitive
