// max_pool_channels_last.T and average_pool_channels_last.T: the largest element and the mean of
// each window, of float32, float16 or bfloat16. x is [batch, input, channels], y is [batch, output,
// channels]; a NaN is larger than any number. A thread has 16 bytes of channels of an output, or
// one channel where they are no multiple of that; what windows share comes from the cache. Taps
// outside are left out before the loops. Not yet measured on a GPU; bound by memory. pool.cu with
// its axes in another order.
#include "cuda/device/divisor.h"
#include "cuda/device/memory.h"
#include "cuda/pool.h"

namespace sx::cuda {
namespace {

struct Params {
  int64_t batch, channels;
  PoolGeometry geometry;
};

constexpr int kThreads = 256;

// How a thread's number is taken apart: [image, output, vectors of channels].
struct Places {
  Divisor vectors, output[3];

  Places(const PoolGeometry& p, int64_t vectors) : vectors(vectors) {
    for (int i = 0; i < 3; i++) output[i] = Divisor(p.output[i]);
  }
};

template <class T, int N, bool kMax>
__global__ void __launch_bounds__(kThreads, 3)
    pool_channels_last_kernel(const T* x, T* y, int64_t count, int64_t channels,
                              const __grid_constant__ PoolGeometry p,
                              const __grid_constant__ Places places) {
  const int64_t step = int64_t{gridDim.x} * kThreads;
  for (int64_t at = int64_t{blockIdx.x} * kThreads + threadIdx.x; at < count; at += step) {
    int64_t vector = at, image = places.vectors.divide(vector), o[3];
#pragma unroll
    for (int i = 2; i >= 0; i--) {
      o[i] = image;
      image = places.output[i].divide(o[i]);
    }
    const Taps down(p, 0, o[0]), middle(p, 1, o[1]), across(p, 2, o[2]);
    float a[N];
#pragma unroll
    for (float& value : a) value = kMax ? -kInfinity : 0.f;
    for (int64_t i = down.first; i < down.last; i++)
      for (int64_t j = middle.first; j < middle.last; j++) {
        const int64_t row =
            (image * p.input[0] + o[0] * p.stride[0] - p.begin[0] + i * p.dilation[0]) *
                p.input[1] +
            (o[1] * p.stride[1] - p.begin[1] + j * p.dilation[1]);
        const T* from =
            x + (row * p.input[2] + o[2] * p.stride[2] - p.begin[2]) * channels + vector * N;
        for (int64_t k = across.first; k < across.last; k++) {
          const auto values = load_packed<N>(from + k * p.dilation[2] * channels);
#pragma unroll
          for (int c = 0; c < N; c++) {
            const float v = load_as(values[c]);
            a[c] = kMax ? max_or_nan(a[c], v) : a[c] + v;
          }
        }
      }
    const float taps = kMax ? 1.f : averaged_taps(p, o);
    Packed<T, N> result;
#pragma unroll
    for (int c = 0; c < N; c++) result[c] = store_as<T>(kMax ? a[c] : a[c] / taps);
    store_packed(y + at * N, result);
  }
}

template <int N, bool kMax, class T>
void run(const Arguments& args, const Params& p, const T* x, T* y) {
  const int64_t vectors = p.channels / N, count = p.batch * p.geometry.outputs() * vectors;
  if (count == 0) return;
  launch(args, pool_channels_last_kernel<T, N, kMax>,
         {.blocks = striding_blocks(args, count, kThreads), .threads = kThreads}, x, y, count,
         p.channels, p.geometry, Places(p.geometry, vectors));
}

template <class T, bool kMax>
void pool(const Arguments& args) {
  constexpr int64_t kWord = 16 / sizeof(T);
  const auto p = args.params_as<Params>();
  const T* const x = args.data<const T>(0);
  T* const y = args.data<T>(1);
  const bool aligned = p.channels % kWord == 0 && reinterpret_cast<uintptr_t>(x) % 16 == 0 &&
                       reinterpret_cast<uintptr_t>(y) % 16 == 0;
  aligned ? run<kWord, kMax>(args, p, x, y) : run<1, kMax>(args, p, x, y);
}

SX_KERNEL("max_pool_channels_last.f32", pool<float, true>);
SX_KERNEL("max_pool_channels_last.f16", pool<half, true>);
SX_KERNEL("max_pool_channels_last.bf16", pool<bfloat16, true>);
SX_KERNEL("average_pool_channels_last.f32", pool<float, false>);
SX_KERNEL("average_pool_channels_last.f16", pool<half, false>);
SX_KERNEL("average_pool_channels_last.bf16", pool<bfloat16, false>);

}  // namespace
}  // namespace sx::cuda
