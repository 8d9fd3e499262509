// conv_direct.T: y[n, m, o] = f(b[m] + sum over c, t of w[m, c, t] * x[n, c, o * stride - begin + t
// * dilation] + z[n, m, o]), or f(...) + z; T float32, float16 or bfloat16, summed in float32. x is
// [batch, group * channels, input], w is [group * filters, channels, kernel], y and z are [batch,
// group * filters, output]. A matrix product whose right side is gathered on the way into shared
// memory, see implicit_gemm.h; with up to four filters in a group, as in a depthwise convolution, a
// thread an output. Without tensor cores. Not yet measured on a GPU. Chetlur et al., cuDNN, arXiv
// 1410.0759.
#include "cuda/activation.h"
#include "cuda/implicit_gemm.h"

namespace sx::cuda {
namespace {

struct Params {
  int64_t batch, group, channels, filters;
  Geometry geometry;
  int64_t add_last;  // 1: y = f(...) + z
  Activation activation;
};

template <class T>
struct Convolution {
  using Sum = float;

  int64_t group, filters, depth, positions;
  Params p;
  Numbering numbering;
  int64_t inputs, outputs;
  const T *x, *w, *bias, *z;
  T* y;

  __device__ float weight(int64_t g, int64_t f, int64_t k) const {
    return load_as(w[(g * filters + f) * depth + k]);
  }
  __device__ OutputPlace place(int64_t position) const { return numbering.place(position); }
  __device__ float input(int64_t g, const OutputPlace& place, int64_t k) const {
    const int64_t offset = input_offset(p.geometry, numbering, place, k);
    return offset < 0 ? 0.f : load_as(x[(place.image * group + g) * p.channels * inputs + offset]);
  }
  __device__ void finish(int64_t g, int64_t f, int64_t position, float sum) const {
    const auto [image, at] = numbering.place(position);
    const int64_t m = g * filters + f;
    const int64_t to = (image * group * filters + m) * outputs +
                       (at[0] * p.geometry.output[1] + at[1]) * p.geometry.output[2] + at[2];
    const float residual = z ? load_as(z[to]) : 0.f;
    if (bias) sum += load_as(bias[m]);
    if (z && !p.add_last) sum += residual;
    with_activation<float>(p.activation, [&](auto f_of) { sum = f_of(sum); });
    y[to] = store_as<T>(z && p.add_last ? sum + residual : sum);
  }
};

template <class T>
void conv_direct(const Arguments& args) {
  const auto p = args.params_as<Params>();
  const Geometry& g = p.geometry;
  implicit_gemm(args,
                Convolution<T>{p.group, p.filters, p.channels * g.taps(), p.batch * g.outputs(), p,
                               Numbering(g), g.inputs(), g.outputs(), args.data<const T>(0),
                               args.data<const T>(1), args.has(2) ? args.data<const T>(2) : nullptr,
                               args.has(3) ? args.data<const T>(3) : nullptr, args.data<T>(4)});
}

SX_KERNEL("conv_direct.f32", conv_direct<float>);
SX_KERNEL("conv_direct.f16", conv_direct<half>);
SX_KERNEL("conv_direct.bf16", conv_direct<bfloat16>);

}  // namespace
}  // namespace sx::cuda
