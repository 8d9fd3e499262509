// lrn.T: y[n, c, i] = x[n, c, i] / (bias + factor * sum of x[n, j, i]^2)^beta, j from c - before to
// c + behind. x and y are [batch, channels, inner] of float32, float16 or bfloat16. A thread an
// element; the neighbours in other channels come from the cache. Not yet measured on a GPU. The
// squares are summed anew for each element, as in kernels/cpu/lrn.cpp, since a running sum would
// drift.
#include "cuda/launch.h"

namespace sx::cuda {
namespace {

struct Params {
  int64_t batch, channels, inner, before, behind;
  double factor, beta, bias;  // factor = alpha / size
};

constexpr int kThreads = 256;

template <class T>
__global__ void __launch_bounds__(kThreads) lrn_kernel(const T* x, T* y, Params p) {
  const int64_t count = p.batch * p.channels * p.inner, stride = int64_t{gridDim.x} * kThreads;
  for (int64_t i = int64_t{blockIdx.x} * kThreads + threadIdx.x; i < count; i += stride) {
    const int64_t c = i / p.inner % p.channels;
    const int64_t last = min(p.channels - 1, c + p.behind);
    float squares = 0;
    for (int64_t j = max(int64_t{0}, c - p.before); j <= last; j++) {
      const float v = load_as(x[i + (j - c) * p.inner]);
      squares += v * v;
    }
    y[i] = store_as<T>(load_as(x[i]) *
                       powf(squares * float(p.factor) + float(p.bias), -float(p.beta)));
  }
}

template <class T>
void lrn(const Arguments& args) {
  const auto p = args.params_as<Params>();
  launch(args, lrn_kernel<T>,
         {.blocks = striding_blocks(args, p.batch * p.channels * p.inner, kThreads),
          .threads = kThreads},
         args.data<const T>(0), args.data<T>(1), p);
}

SX_KERNEL("lrn.f32", lrn<float>);
SX_KERNEL("lrn.f16", lrn<half>);
SX_KERNEL("lrn.bf16", lrn<bfloat16>);

}  // namespace
}  // namespace sx::cuda
