// conv_transpose_direct.T: y[n, m, i * stride - begin + t * dilation] += w[c, m, t] * x[n, c, i],
// from bias b[m]; T float32, float16 or bfloat16, summed in float32. x is [batch, group * channels,
// input], w is [group * channels, filters, kernel], y is [batch, group * filters, output]. Seen
// from an output: the matrix product of implicit_gemm.h, in which taps that no element of x meets
// count as zeros; with a stride of s most of the s * s products are such. Not yet measured on a
// GPU. Dumoulin and Visin, "A guide to convolution arithmetic", arXiv 1603.07285.
#include "cuda/implicit_gemm.h"

namespace sx::cuda {
namespace {

struct Params {
  int64_t batch, group, channels, filters;
  int64_t input[3], output[3], begin[3], kernel[3], stride[3], dilation[3];
};

template <class T>
struct Transposed {
  using Sum = float;

  int64_t group, filters, depth, positions;
  int64_t channels, inputs, outputs, taps;
  Geometry geometry;
  Numbering numbering;
  Divisor by_taps, by_stride[3];
  const T *x, *w, *bias;
  T* y;

  __device__ float weight(int64_t g, int64_t f, int64_t k) const {
    const int64_t c = by_taps.divide(k);
    return load_as(w[((g * channels + c) * filters + f) * taps + k]);
  }
  __device__ OutputPlace place(int64_t position) const { return numbering.place(position); }
  __device__ float input(int64_t g, const OutputPlace& place, int64_t k) const {
    int64_t tap[3];
    int64_t offset = (place.image * group + g) * channels + numbering.channel(k, tap);
    for (int i = 0; i < 3; i++) {
      int64_t between = place.at[i] + geometry.begin[i] - tap[i] * geometry.dilation[i];
      if (between < 0) return 0;
      const int64_t at = by_stride[i].divide(between);
      if (between != 0 || at >= geometry.input[i]) return 0;
      offset = offset * geometry.input[i] + at;
    }
    return load_as(x[offset]);
  }
  __device__ void finish(int64_t g, int64_t f, int64_t position, float sum) const {
    const auto [image, at] = numbering.place(position);
    const int64_t m = g * filters + f;
    y[(image * group * filters + m) * outputs +
      (at[0] * geometry.output[1] + at[1]) * geometry.output[2] + at[2]] =
        store_as<T>(bias ? sum + load_as(bias[m]) : sum);
  }
};

template <class T>
void conv_transpose_direct(const Arguments& args) {
  const auto p = args.params_as<Params>();
  Geometry g;
  for (int i = 0; i < 3; i++) {
    g.input[i] = p.input[i];
    g.output[i] = p.output[i];
    g.kernel[i] = p.kernel[i];
    g.stride[i] = p.stride[i];
    g.dilation[i] = p.dilation[i];
    g.begin[i] = p.begin[i];
  }
  const Divisor by_stride[3] = {Divisor(p.stride[0]), Divisor(p.stride[1]), Divisor(p.stride[2])};
  implicit_gemm(args, Transposed<T>{p.group,
                                    p.filters,
                                    p.channels * g.taps(),
                                    p.batch * g.outputs(),
                                    p.channels,
                                    g.inputs(),
                                    g.outputs(),
                                    g.taps(),
                                    g,
                                    Numbering(g),
                                    Divisor(g.taps()),
                                    {by_stride[0], by_stride[1], by_stride[2]},
                                    args.data<const T>(0),
                                    args.data<const T>(1),
                                    args.has(2) ? args.data<const T>(2) : nullptr,
                                    args.data<T>(3)});
}

SX_KERNEL("conv_transpose_direct.f32", conv_transpose_direct<float>);
SX_KERNEL("conv_transpose_direct.f16", conv_transpose_direct<half>);
SX_KERNEL("conv_transpose_direct.bf16", conv_transpose_direct<bfloat16>);

}  // namespace
}  // namespace sx::cuda
