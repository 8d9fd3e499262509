// group_normalization.f32: y = (x - mean) / sqrt(variance + epsilon) * scale + shift, with mean and
// variance over each group of each sample: `channels` planes of `plane` neighbours.
// x and y are [samples, groups, channels, plane], y may be x; scale and shift hold one value for
// each channel of each group, or one for each group if `per_group`.
#include "kernel.h"
#include "layer_normalization.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t samples, groups, channels, plane, per_group;
  double epsilon;
};

void group_normalization_f32(const Arguments& args) {
  const auto p = args.params_as<Params>();
  const float* x = args.data<const float>(0);
  const float* scale = args.data<const float>(1);
  const float* shift = args.data<const float>(2);
  float* y = args.data<float>(3);
  const int64_t n = p.channels * p.plane;
  if (n == 0) return;
  args.parallel(p.samples * p.groups, std::max<int64_t>(1, 8192 / n),
                [&](int64_t begin, int64_t end, int) {
                  for (int64_t g = begin; g < end; g++) {
                    const float* group = x + g * n;
                    const double sum = store_sum({.x = group}, n);
                    const Statistics statistics = statistics_of(group, n, sum, p.epsilon, false);
                    const F centre = statistics.centre, rest = statistics.rest;
                    for (int64_t c = 0; c < p.channels; c++) {
                      const int64_t at = p.per_group ? g % p.groups : g % p.groups * p.channels + c;
                      const F factor = statistics.inverse * scale[at];
                      const F offset = shift[at];
                      float* to = y + g * n + c * p.plane;
                      each_vector(group + c * p.plane, p.plane, 0.f, [&](int, int64_t i, F v) {
                        fma(v - centre - rest, factor, offset).store_first(to + i, p.plane - i);
                      });
                    }
                  }
                });
}

SX_KERNEL("group_normalization.f32", group_normalization_f32);

}  // namespace
}  // namespace sx::SX_ISA
