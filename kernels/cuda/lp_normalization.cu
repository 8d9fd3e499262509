// lp_normalization.T: y[o, i, k] = x[o, i, k] / norm of x[o, :, k], the 1-norm or the 2-norm; 0
// where it is 0. x and y are [outer, n, inner] of float32, float16 or bfloat16; y may be x. The
// norm accumulates in double. A warp or a block takes a row, which it reads twice, the second time
// from a cache; where inner > 1 neighbouring threads take neighbouring columns. Not yet measured on
// a GPU. The forms of softmax.cu.
#include "cuda/device/block.h"
#include "cuda/device/shared.h"
#include "cuda/launch.h"

namespace sx::cuda {
namespace {

struct Params {
  int64_t outer, n, inner, p;
};

constexpr int kThreads = 256;

__device__ double term(double x, bool square) { return square ? x * x : fabs(x); }

__device__ double scale_of(double sum, bool square) {
  const double norm = square ? sqrt(sum) : sum;
  return norm == 0 ? 0 : 1 / norm;
}

// blockDim.x threads a row: a warp, with eight rows a block, or all of the block.
template <class T>
__global__ void __launch_bounds__(kThreads)
    rows_kernel(const T* x, T* y, int64_t rows, int64_t n, bool square) {
  const int64_t row = int64_t{blockIdx.x} * blockDim.y + threadIdx.y;
  if (row >= rows) return;
  const auto add = [](double a, double b) { return a + b; };
  double sum = 0;
  for (int64_t i = threadIdx.x; i < n; i += blockDim.x)
    sum += term(load_as(x[row * n + i]), square);
  sum = blockDim.x == kWarpSize ? warp_reduce(sum, add)
                                : block_reduce(sum, add, shared_memory<BlockScratch<double>>());
  const double scale = scale_of(sum, square);
  for (int64_t i = threadIdx.x; i < n; i += blockDim.x)
    y[row * n + i] = store_as<T>(float(load_as(x[row * n + i]) * scale));
}

template <class T>
__global__ void __launch_bounds__(kThreads)
    columns_kernel(const T* x, T* y, int64_t columns, int64_t n, int64_t inner, bool square) {
  const int64_t column = int64_t{blockIdx.x} * kThreads + threadIdx.x;
  if (column >= columns) return;
  const int64_t first = column / inner * n * inner + column % inner;
  double sum = 0;
  for (int64_t i = 0; i < n; i++) sum += term(load_as(x[first + i * inner]), square);
  const double scale = scale_of(sum, square);
  for (int64_t i = 0; i < n; i++)
    y[first + i * inner] = store_as<T>(float(load_as(x[first + i * inner]) * scale));
}

template <class T>
void lp_normalization(const Arguments& args) {
  const auto [outer, n, inner, p] = args.params_as<Params>();
  const T* x = args.data<const T>(0);
  T* y = args.data<T>(1);
  const bool square = p == 2;
  if (outer * n * inner == 0) return;
  if (inner > 1) {
    launch(args, columns_kernel<T>,
           {.blocks = blocks_for(outer * inner, kThreads), .threads = kThreads}, x, y,
           outer * inner, n, inner, square);
    return;
  }
  const uint32_t along_y = n <= 1024 ? kThreads / kWarpSize : 1;
  launch(args, rows_kernel<T>,
         {.blocks = blocks_for(outer, along_y),
          .threads = dim3(kThreads / along_y, along_y),
          .shared_bytes = sizeof(BlockScratch<double>)},
         x, y, outer, n, square);
}

SX_KERNEL("lp_normalization.f32", lp_normalization<float>);
SX_KERNEL("lp_normalization.f16", lp_normalization<half>);
SX_KERNEL("lp_normalization.bf16", lp_normalization<bfloat16>);

}  // namespace
}  // namespace sx::cuda
