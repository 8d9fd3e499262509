// conv_grad_weight.* for groups of up to four filters, as in a depthwise convolution: a block
// reckons up to 16 columns (taps of channels) of one filter over a part of the positions. Its
// threads go along these side by side, each with a sum for every column, so that dy is read once
// for all of them, and x out of the first-level cache but for the first tap; the block adds up its
// threads' sums in a fixed order. Not yet measured on a GPU. The idea is common, as in PyTorch's
// DepthwiseConv2d.cu.
#include <algorithm>

#include "cuda/conv_grad_weight.h"
#include "cuda/device/shared.h"
#include "cuda/device/warp.h"

namespace sx::cuda {
namespace {

constexpr int kMostThreads = 256;
constexpr int kColumns = 16;

template <class T>
struct Shared {
  GradColumn<T> columns[kColumns];
  float sums[kMostThreads / kWarpSize][kColumns];
};

template <class T>
__global__ void __launch_bounds__(kMostThreads, 3)
    conv_grad_weight_narrow_kernel(const __grid_constant__ GradProblem<T> p) {
  auto& shared = shared_memory<Shared<T>>();
  const GemmTile tile = p.tile(blockIdx.x, 1, kColumns);
  if (threadIdx.x < kColumns) {
    const int64_t column = tile.column + threadIdx.x;
    shared.columns[threadIdx.x] = p.column(tile.matrix, column < p.n ? column : 0);
  }
  __syncthreads();

  const int count = p.n - tile.column < kColumns ? int(p.n - tile.column) : kColumns;
  float sums[kColumns] = {};
  for (int64_t position = tile.depth + threadIdx.x; position < tile.depth_end;
       position += blockDim.x) {
    const GradPlace place = p.place(position);
    const float gradient = load_as(*GradRow<T>(p, tile.matrix, tile.row, position).get());
#pragma unroll
    for (int c = 0; c < kColumns; c++) {
      if (c >= count) continue;
      const T* const x = p.meets(shared.columns[c], place);
      if (x) sums[c] += gradient * load_as(*x);
    }
  }

#pragma unroll
  for (int c = 0; c < kColumns; c++) {
    const float sum = warp_sum(sums[c]);
    if (lane_index() == 0) shared.sums[warp_index()][c] = sum;
  }
  __syncthreads();
  if (int(threadIdx.x) >= count) return;
  float sum = 0;
  for (int w = 0; w < int(blockDim.x) / kWarpSize; w++) sum += shared.sums[w][threadIdx.x];
  finish_sum(p, sum, tile, tile.row, tile.column + threadIdx.x);
}

}  // namespace

template <class T>
void conv_grad_weight_narrow(const Arguments& args, const GradProblem<T>& p) {
  const int64_t warps = (p.split_depth + kWarpSize - 1) / kWarpSize;
  const int threads =
      kWarpSize * static_cast<int>(std::clamp<int64_t>(warps, 1, kMostThreads / kWarpSize));
  launch(args, conv_grad_weight_narrow_kernel<T>,
         {.blocks = blocks_for(p.tiles(1, kColumns), 1),
          .threads = static_cast<uint32_t>(threads),
          .shared_bytes = sizeof(Shared<T>)},
         p);
}

template void conv_grad_weight_narrow(const Arguments&, const GradProblem<float>&);
template void conv_grad_weight_narrow(const Arguments&, const GradProblem<half>&);
template void conv_grad_weight_narrow(const Arguments&, const GradProblem<bfloat16>&);

}  // namespace sx::cuda
