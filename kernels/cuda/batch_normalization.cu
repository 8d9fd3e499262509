// batch_normalization.T: y = (x - mean[c]) * scale[c] / sqrt(variance[c] + epsilon) + bias[c].
// x and y are [batch, channels, inner], the others [channels]; all of one float type, computed in
// float32; y may be x. The four numbers of a channel broadcast (elementwise.h); its factor is
// computed anew for each element, which memory is slow enough to hide, instead of in a launch of
// its own. Not yet measured on a GPU. The formula is that of kernels/cpu/batch_normalization.cpp.
#include "cuda/elementwise.h"

namespace sx::cuda {
namespace {

struct Params {
  int64_t batch, channels, inner;
  double epsilon;
};

struct Normalize {
  static constexpr bool kLong = true;
  float epsilon;
  __device__ float operator()(float x, float scale, float bias, float mean, float variance) const {
    return (x - mean) * (scale / std::sqrt(variance + epsilon)) + bias;
  }
};

template <class T>
void batch_normalization(const Arguments& args) {
  const auto p = args.params_as<Params>();
  Layout<5> layout;
  layout.add(p.inner, {1, 0, 0, 0, 0});
  layout.add(p.channels, {p.inner, 1, 1, 1, 1});
  layout.add(p.batch, {p.inner * p.channels, 0, 0, 0, 0});
  layout.finish();
  elementwise(args, Normalize{float(p.epsilon)}, layout, args.data<T>(5), args.data<const T>(0),
              args.data<const T>(1), args.data<const T>(2), args.data<const T>(3),
              args.data<const T>(4));
}

SX_KERNEL("batch_normalization.f32", batch_normalization<float>);
SX_KERNEL("batch_normalization.f16", batch_normalization<half>);
SX_KERNEL("batch_normalization.bf16", batch_normalization<bfloat16>);

}  // namespace
}  // namespace sx::cuda
