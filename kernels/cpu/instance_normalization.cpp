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

void instance_normalization_f32(const Arguments& args) {
  const auto p = args.params_as<Params>();
  const int64_t n = p.inner;
  if (n == 0) return;
  args.parallel(
      p.planes, std::max<int64_t>(1, (1 << 14) / n), [&](int64_t begin, int64_t end, int) {
        for (int64_t i = begin; i < end; i++) {
          const float* x = args.data<const float>(0) + i * n;
          float* y = args.data<float>(3) + i * n;
          NormalizedRow row{};
          row.x = x;
          // The distances from the rounded mean are nearly exact, and their own mean says how far
          // it is off.
          const float centre = static_cast<float>(store_sum(row, n) / n);
          const auto [off, square] = moments(x, n, centre);
          const double inverse = 1 / std::sqrt(std::max(square - off * off, 0.0) + p.epsilon);
          const F factor(static_cast<float>(inverse * args.data<const float>(1)[i % p.channels]));
          const F bias(args.data<const float>(2)[i % p.channels]), rest(static_cast<float>(off));
          each_vector(x, n, 0.f, [&](int, int64_t k, F v) {
            fma(v - centre - rest, factor, bias).store_first(y + k, n - k);
          });
        }
      });
}

SX_KERNEL("instance_normalization.f32", instance_normalization_f32);

}  // namespace
}  // namespace sx::SX_ISA
