// lrn.f32: y[n, c, i] = x[n, c, i] / (bias + factor * sum of x[n, j, i]^2)^beta, j from c - before
// to c + behind. x and y are [batch, channels, inner]. A vector of positions goes through all
// channels; the squares are summed anew for each, since a running sum would drift.
#include "cpu/simd/math.h"
#include "kernel.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t batch, channels, inner, before, behind;
  double factor, beta, bias;  // factor = alpha / size
};

using V = Vec<float>;

void lrn_f32(const Arguments& args) {
  const auto p = args.params_as<Params>();
  const V factor(static_cast<float>(p.factor)), beta(static_cast<float>(-p.beta)),
      bias(static_cast<float>(p.bias));
  const int64_t blocks = (p.inner + V::kLanes - 1) / V::kLanes;
  args.parallel(
      p.batch * blocks, std::max<int64_t>(1, 1024 / std::max<int64_t>(1, p.channels)),
      [&](int64_t begin, int64_t end, int) {
        for (int64_t i = begin; i < end; i++) {
          const int64_t at = i % blocks * V::kLanes, rest = p.inner - at;
          const int64_t plane = i / blocks * p.channels;
          const float* x = args.data<const float>(0) + plane * p.inner + at;
          float* y = args.data<float>(1) + plane * p.inner + at;
          for (int64_t c = 0; c < p.channels; c++) {
            V squares(0.f);
            const int64_t last = std::min(p.channels - 1, c + p.behind);
            for (int64_t j = std::max<int64_t>(0, c - p.before); j <= last; j++) {
              const V v = V::load_first(x + j * p.inner, rest);
              squares = fma(v, v, squares);
            }
            const V power = exp(beta * log(fma(squares, factor, bias)));
            (V::load_first(x + c * p.inner, rest) * power).store_first(y + c * p.inner, rest);
          }
        }
      });
}

SX_KERNEL("lrn.f32", lrn_f32);

}  // namespace
}  // namespace sx::SX_ISA
