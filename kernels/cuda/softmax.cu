// softmax.T: y[o, i, k] = exp(x[o, i, k] - max) / sum over j of exp(x[o, j, k] - max), axis i;
// log_softmax.T: its logarithm. x and y are [outer, n, inner] of float32, float16 or bfloat16,
// computed in float32; y may be x. A row of up to 1024 stays in the registers of a warp; a longer
// one is read twice by a block, which keeps a running maximum and sum; where inner > 1 neighbouring
// threads take neighbouring columns. Not yet measured on a GPU. The running sum is Milakov and
// Gimelshein's, "Online normalizer calculation for softmax", arXiv 1805.02867.
#include "cuda/device/block.h"
#include "cuda/device/math.h"
#include "cuda/device/shared.h"
#include "cuda/launch.h"
#include "cuda/log_sum.h"

namespace sx::cuda {
namespace {

struct Params {
  int64_t outer, n, inner;
};

constexpr int kThreads = 256;
constexpr int kRowsPerBlock = kThreads / kWarpSize;  // of short rows, one a warp

// A row that is minus infinity throughout has no softmax: 0 / 0.
template <bool kLog>
struct Finish {
  float largest, by;
  __device__ explicit Finish(LogSum p) : largest(p.largest), by(kLog ? logf(p.sum) : 1 / p.sum) {}
  __device__ float operator()(float x) const {
    return kLog ? x - largest - by : expf(x - largest) * by;
  }
};

template <class T, bool kLog, int kPerLane>
__global__ void __launch_bounds__(kThreads)
    short_rows_kernel(const T* x, T* y, int64_t rows, int n) {
  const int64_t row = int64_t{blockIdx.x} * kRowsPerBlock + warp_index();
  if (row >= rows) return;
  const int lane = lane_index();
  float v[kPerLane];
  float largest = -kInfinity;
#pragma unroll
  for (int k = 0; k < kPerLane; k++) {
    const int i = k * kWarpSize + lane;
    v[k] = i < n ? load_as(x[row * n + i]) : -kInfinity;
    largest = max_or_nan(largest, v[k]);
  }
  largest = warp_reduce(largest, max_or_nan);
  float sum = 0;
#pragma unroll
  for (int k = 0; k < kPerLane; k++) sum += k * kWarpSize + lane < n ? expf(v[k] - largest) : 0.f;
  const Finish<kLog> finish({largest, warp_sum(sum)});
#pragma unroll
  for (int k = 0; k < kPerLane; k++) {
    const int i = k * kWarpSize + lane;
    if (i < n) y[row * n + i] = store_as<T>(finish(v[k]));
  }
}

template <class T, bool kLog>
__global__ void __launch_bounds__(kThreads) long_rows_kernel(const T* x, T* y, int64_t n) {
  auto& scratch = shared_memory<BlockScratch<LogSum>>();
  const T* from = x + blockIdx.x * n;
  LogSum mine;
  for (int64_t i = threadIdx.x; i < n; i += kThreads) mine.add(load_as(from[i]));
  const Finish<kLog> finish(block_reduce(mine, combine, scratch));
  for (int64_t i = threadIdx.x; i < n; i += kThreads)
    y[blockIdx.x * n + i] = store_as<T>(finish(load_as(from[i])));
}

template <class T, bool kLog>
__global__ void __launch_bounds__(kThreads)
    columns_kernel(const T* x, T* y, int64_t columns, int64_t n, int64_t inner) {
  const int64_t column = int64_t{blockIdx.x} * kThreads + threadIdx.x;
  if (column >= columns) return;
  const int64_t first = column / inner * n * inner + column % inner;
  LogSum all;
  for (int64_t i = 0; i < n; i++) all.add(load_as(x[first + i * inner]));
  const Finish<kLog> finish(all);
  for (int64_t i = 0; i < n; i++)
    y[first + i * inner] = store_as<T>(finish(load_as(x[first + i * inner])));
}

template <class T, bool kLog, int kPerLane>
void short_rows(const Arguments& args, const Params& p) {
  if constexpr (kPerLane < 32) {
    if (p.n > kPerLane * kWarpSize) return short_rows<T, kLog, 2 * kPerLane>(args, p);
  }
  launch(args, short_rows_kernel<T, kLog, kPerLane>,
         {.blocks = blocks_for(p.outer, kRowsPerBlock), .threads = kThreads}, args.data<const T>(0),
         args.data<T>(1), p.outer, int(p.n));
}

template <class T, bool kLog>
void softmax(const Arguments& args) {
  const auto p = args.params_as<Params>();
  if (p.outer * p.n * p.inner == 0) return;
  const T* x = args.data<const T>(0);
  T* y = args.data<T>(1);
  if (p.inner > 1)
    launch(args, columns_kernel<T, kLog>,
           {.blocks = blocks_for(p.outer * p.inner, kThreads), .threads = kThreads}, x, y,
           p.outer * p.inner, p.n, p.inner);
  else if (p.n <= 1024)
    short_rows<T, kLog, 1>(args, p);
  else
    launch(args, long_rows_kernel<T, kLog>,
           {.blocks = blocks_for(p.outer, 1),
            .threads = kThreads,
            .shared_bytes = sizeof(BlockScratch<LogSum>)},
           x, y, p.n);
}

SX_KERNEL("softmax.f32", softmax<float, false>);
SX_KERNEL("softmax.f16", softmax<half, false>);
SX_KERNEL("softmax.bf16", softmax<bfloat16, false>);
SX_KERNEL("log_softmax.f32", softmax<float, true>);
SX_KERNEL("log_softmax.f16", softmax<half, true>);
SX_KERNEL("log_softmax.bf16", softmax<bfloat16, true>);

}  // namespace
}  // namespace sx::cuda
