// batch_normalization.f32: y = (x - mean[c]) * scale[c] / sqrt(variance[c] + epsilon) + bias[c].
// x and y are [batch, channels, inner], the others [channels]; y may be x.
// The factor of each channel first, then one pass: along planes, or along channels where a plane is
// a single element.
#include <cmath>

#include "cpu/simd/vec.h"
#include "kernel.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t batch, channels, inner;
  double epsilon;
};

using V = Vec<float>;

void batch_normalization_f32(const Arguments& args) {
  const auto p = args.params_as<Params>();
  const float *x = args.data<const float>(0), *scale = args.data<const float>(1),
              *bias = args.data<const float>(2), *mean = args.data<const float>(3),
              *variance = args.data<const float>(4);
  float* y = args.data<float>(5);
  auto* factor = reinterpret_cast<float*>(args.scratch);
  for (int64_t c = 0; c < p.channels; c++)
    factor[c] = static_cast<float>(scale[c] / std::sqrt(variance[c] + p.epsilon));
  const bool flat = p.inner == 1;
  const int64_t rows = flat ? p.batch : p.batch * p.channels, n = flat ? p.channels : p.inner;
  args.parallel(rows, std::max<int64_t>(1, (1 << 15) / std::max<int64_t>(1, n)),
                [&](int64_t begin, int64_t end, int) {
                  for (int64_t r = begin; r < end; r++) {
                    const int64_t c = flat ? 0 : r % p.channels;
                    const V m(mean[c]), f(factor[c]), b(bias[c]);
                    each_vector(x + r * n, n, 0.f, [&](int, int64_t i, V v) {
                      const V result = flat ? fma(v - V::load_first(mean + i, n - i),
                                                  V::load_first(factor + i, n - i),
                                                  V::load_first(bias + i, n - i))
                                            : fma(v - m, f, b);
                      result.store_first(y + r * n + i, n - i);
                    });
                  }
                });
}

SX_KERNEL("batch_normalization.f32", batch_normalization_f32);

}  // namespace
}  // namespace sx::SX_ISA
