// image_scaler.f32: y[n, c, i] = x[n, c, i] * scale + bias[c]; also ONNX's Affine.
// x and y are [batch, channels, inner]; y may be x. Parameters: batch, channels, inner, scale, then
// the biases.
#include <bit>

#include "cpu/simd/vec.h"
#include "kernel.h"

namespace sx::SX_ISA {
namespace {

using V = Vec<float>;

void image_scaler_f32(const Arguments& args) {
  if (args.params.size() < 4 || args.params.size() < 4 + static_cast<uint64_t>(args.params[1]))
    throw std::invalid_argument("image_scaler: a bias is missing");
  const int64_t planes = args.params[0] * args.params[1], channels = args.params[1],
                n = args.params[2];
  const V scale(static_cast<float>(std::bit_cast<double>(args.params[3])));
  args.parallel(
      planes, std::max<int64_t>(1, (1 << 15) / std::max<int64_t>(1, n)),
      [&](int64_t begin, int64_t end, int) {
        for (int64_t i = begin; i < end; i++) {
          const V bias(static_cast<float>(std::bit_cast<double>(args.params[4 + i % channels])));
          float* y = args.data<float>(1) + i * n;
          each_vector(args.data<const float>(0) + i * n, n, 0.f,
                      [&](int, int64_t k, V v) { fma(v, scale, bias).store_first(y + k, n - k); });
        }
      });
}

SX_KERNEL("image_scaler.f32", image_scaler_f32);

}  // namespace
}  // namespace sx::SX_ISA
