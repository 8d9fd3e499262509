// max_pool.T and average_pool.T: the largest element and the mean of each window.
// x is [planes, input], y is [planes, output] of float32, float16 or bfloat16; a NaN is larger than
// any number. A thread an output, neighbours along the last axis; what windows share comes from the
// cache. Taps outside are left out before the loops, not in them. Not yet measured on a GPU. The
// parameters are those of kernels/cpu/pool.cpp, which goes axis by axis instead.
#include "cuda/pool.h"

namespace sx::cuda {
namespace {

struct Params {
  int64_t planes;
  PoolGeometry geometry;
};

constexpr int kThreads = 256;

template <class T, bool kMax>
__global__ void __launch_bounds__(kThreads)
    pool_kernel(const T* x, T* y, int64_t count, PoolGeometry p) {
  const int64_t step = int64_t{gridDim.x} * kThreads;
  for (int64_t at = int64_t{blockIdx.x} * kThreads + threadIdx.x; at < count; at += step) {
    const int64_t q = at % p.output[2], rest = at / p.output[2];
    const int64_t o[3] = {rest / p.output[1] % p.output[0], rest % p.output[1], q};
    const Taps down(p, 0, o[0]), middle(p, 1, o[1]), across(p, 2, o[2]);
    const T* plane = x + rest / p.output[1] / p.output[0] * (p.input[0] * p.input[1] * p.input[2]);
    float a = kMax ? -kInfinity : 0.f;
    for (int64_t i = down.first; i < down.last; i++)
      for (int64_t j = middle.first; j < middle.last; j++) {
        const int64_t row = (o[0] * p.stride[0] - p.begin[0] + i * p.dilation[0]) * p.input[1] +
                            (o[1] * p.stride[1] - p.begin[1] + j * p.dilation[1]);
        const T* from = plane + row * p.input[2] + (q * p.stride[2] - p.begin[2]);
        for (int64_t k = across.first; k < across.last; k++) {
          const float v = load_as(from[k * p.dilation[2]]);
          a = kMax ? max_or_nan(a, v) : a + v;
        }
      }
    if (!kMax) a /= averaged_taps(p, o);
    y[at] = store_as<T>(a);
  }
}

template <class T, bool kMax>
void pool(const Arguments& args) {
  const auto p = args.params_as<Params>();
  const int64_t count = p.planes * p.geometry.outputs();
  launch(args, pool_kernel<T, kMax>,
         {.blocks = striding_blocks(args, count, kThreads), .threads = kThreads},
         args.data<const T>(0), args.data<T>(1), count, p.geometry);
}

SX_KERNEL("max_pool.f32", pool<float, true>);
SX_KERNEL("max_pool.f16", pool<half, true>);
SX_KERNEL("max_pool.bf16", pool<bfloat16, true>);
SX_KERNEL("average_pool.f32", pool<float, false>);
SX_KERNEL("average_pool.f16", pool<half, false>);
SX_KERNEL("average_pool.bf16", pool<bfloat16, false>);

}  // namespace
}  // namespace sx::cuda
