// instance_normalization.f32: y = (x - mean) / sqrt(variance + epsilon) * scale[c] + bias[c], plane
// by plane. x and y are [planes, inner] with plane i of channel i % channels; y may be x. The
// passes of a layer normalisation (layer_normalization.h), with one scale and bias for the plane.
#include "kernel.h"
#include "layer_normalization.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t planes, channels, inner;
  double epsilon;
};

// The sum of f(x) in float32, element i in lane i % 8, whatever the instruction set.
template <class Of>
float sum_in_lanes(const float* x, int64_t n, Of f) {
  constexpr int64_t kLanes = 8;
  float sums[kLanes] = {};
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes)
    for (int64_t k = 0; k < kLanes; k++) sums[k] += f(x[i + k]);
  float sum =
      ((sums[0] + sums[4]) + (sums[2] + sums[6])) + ((sums[1] + sums[5]) + (sums[3] + sums[7]));
  for (; i < n; i++) sum += f(x[i]);
  return sum;
}

// What a plane is shifted by (a float and what it lacks) and multiplied by.
struct Moments {
  float centre, rest, inverse;
};

// Nearly exact: the distances from the rounded mean are, and their own mean says how far it is off.
Moments exact_moments(const float* x, int64_t n, double epsilon) {
  NormalizedRow row{};
  row.x = x;
  const float centre = static_cast<float>(store_sum(row, n) / n);
  const auto [off, square] = moments(x, n, centre);
  const double inverse = 1 / std::sqrt(std::max(square - off * off, 0.0) + epsilon);
  return {centre, static_cast<float>(off), static_cast<float>(inverse)};
}

// Planes of so many elements are summed in float32 alone. Over hundreds of thousands of elements
// the rounding of that sum shows in the output of a deep network, and what such networks (style
// transfer) are compared with was computed by this very sum, which is ONNX Runtime's.
constexpr int64_t kLargePlane = 1 << 14;

Moments float_moments(const float* x, int64_t n, double epsilon) {
  const float mean = sum_in_lanes(x, n, [](float v) { return v; }) / n;
  const float square = sum_in_lanes(x, n, [mean](float v) { return (v - mean) * (v - mean); });
  return {mean, 0, 1 / std::sqrt(square / n + static_cast<float>(epsilon))};
}

void instance_normalization_f32(const Arguments& args) {
  const auto p = args.params_as<Params>();
  const int64_t n = p.inner;
  if (n == 0) return;
  const auto of = n < kLargePlane ? exact_moments : float_moments;
  args.parallel(
      p.planes, std::max<int64_t>(1, (1 << 14) / n), [&](int64_t begin, int64_t end, int) {
        for (int64_t i = begin; i < end; i++) {
          const float* x = args.data<const float>(0) + i * n;
          float* y = args.data<float>(3) + i * n;
          const auto [centre, rest, inverse] = of(x, n, p.epsilon);
          const F factor(inverse * args.data<const float>(1)[i % p.channels]);
          const F bias(args.data<const float>(2)[i % p.channels]), middle(centre), off(rest);
          each_vector(x, n, 0.f, [&](int, int64_t k, F v) {
            fma(v - middle - off, factor, bias).store_first(y + k, n - k);
          });
        }
      });
}

SX_KERNEL("instance_normalization.f32", instance_normalization_f32);

}  // namespace
}  // namespace sx::SX_ISA
