// softmax.f32: y[o, i, k] = exp(x[o, i, k] - max) / sum over j of exp(x[o, j, k] - max), axis i.
// x and y are [outer, n, inner]; y may be x.
// Three passes over a row, which stays in the cache: the largest, exponentials and their sum, the
// division. Where inner > 1, a strip of columns goes through the passes together, so that memory is
// still read in order.
#include <algorithm>
#include <cmath>

#include "kernel.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t outer, n, inner;
};

void softmax_row(const float* x, float* y, int64_t n) {
  float largest = -INFINITY;
  for (int64_t i = 0; i < n; i++) largest = std::max(largest, x[i]);
  float sum = 0;
  for (int64_t i = 0; i < n; i++) sum += y[i] = std::exp(x[i] - largest);
  for (int64_t i = 0; i < n; i++) y[i] /= sum;
}

constexpr int64_t kStrip = 64;

void softmax_strip(const float* x, float* y, int64_t n, int64_t inner, int64_t width) {
  float largest[kStrip], sum[kStrip];
  std::fill_n(largest, width, -INFINITY);
  std::fill_n(sum, width, 0.f);
  for (int64_t i = 0; i < n; i++)
    for (int64_t k = 0; k < width; k++) largest[k] = std::max(largest[k], x[i * inner + k]);
  for (int64_t i = 0; i < n; i++)
    for (int64_t k = 0; k < width; k++)
      sum[k] += y[i * inner + k] = std::exp(x[i * inner + k] - largest[k]);
  for (int64_t i = 0; i < n; i++)
    for (int64_t k = 0; k < width; k++) y[i * inner + k] /= sum[k];
}

void softmax_f32(const Arguments& args) {
  const auto [outer, n, inner] = args.params_as<Params>();
  const float* x = args.data<const float>(0);
  float* y = args.data<float>(1);
  if (n == 0) return;
  const int64_t grain = std::max<int64_t>(1, 8192 / n);
  if (inner == 1) {
    args.parallel(outer, grain, [&](int64_t begin, int64_t end, int) {
      for (int64_t o = begin; o < end; o++) softmax_row(x + o * n, y + o * n, n);
    });
    return;
  }
  const int64_t strips = (inner + kStrip - 1) / kStrip;
  args.parallel(outer * strips, std::max<int64_t>(1, grain / kStrip),
                [&](int64_t begin, int64_t end, int) {
                  for (int64_t s = begin; s < end; s++) {
                    const int64_t from = s % strips * kStrip;
                    const int64_t at = s / strips * n * inner + from;
                    softmax_strip(x + at, y + at, n, inner, std::min(kStrip, inner - from));
                  }
                });
}

SX_KERNEL("softmax.f32", softmax_f32);

}  // namespace
}  // namespace sx::SX_ISA
