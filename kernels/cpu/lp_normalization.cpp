// lp_normalization.f32: y[o, i, k] = x[o, i, k] / norm of x[o, :, k], the 1-norm or the 2-norm; 0
// where it is 0. x and y are [outer, n, inner]; y may be x. The norm accumulates in double. Along
// the last axis a row is read twice, in the cache; elsewhere a strip of columns is.
#include <algorithm>
#include <cmath>

#include "kernel.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t outer, n, inner, p;
};

constexpr int64_t kStrip = 32;  // columns that go together; for a row: chains of its sum

double term(double x, bool square) { return square ? x * x : std::abs(x); }

double scale_of(double sum, bool square) {
  const double norm = square ? std::sqrt(sum) : sum;
  return norm == 0 ? 0 : 1 / norm;
}

void normalize_row(const float* x, float* y, int64_t n, bool square) {
  double sums[kStrip] = {};
  int64_t i = 0;
  for (; i + kStrip <= n; i += kStrip)
    for (int64_t k = 0; k < kStrip; k++) sums[k] += term(x[i + k], square);
  for (int64_t k = 0; i < n; i++, k++) sums[k] += term(x[i], square);
  for (int64_t half = kStrip / 2; half > 0; half /= 2)
    for (int64_t k = 0; k < half; k++) sums[k] += sums[k + half];
  const double scale = scale_of(sums[0], square);
  for (i = 0; i < n; i++) y[i] = float(x[i] * scale);
}

void normalize_strip(const float* x, float* y, int64_t n, int64_t inner, int64_t width,
                     bool square) {
  double sums[kStrip] = {};
  for (int64_t i = 0; i < n; i++)
    for (int64_t k = 0; k < width; k++) sums[k] += term(x[i * inner + k], square);
  for (double& s : sums) s = scale_of(s, square);
  for (int64_t i = 0; i < n; i++)
    for (int64_t k = 0; k < width; k++) y[i * inner + k] = float(x[i * inner + k] * sums[k]);
}

void lp_normalization_f32(const Arguments& args) {
  const auto [outer, n, inner, p] = args.params_as<Params>();
  const float* x = args.data<const float>(0);
  float* y = args.data<float>(1);
  const bool square = p == 2;
  const int64_t strips = (inner + kStrip - 1) / kStrip;
  const int64_t work = std::max<int64_t>(1, n * std::min(kStrip, inner));
  args.parallel(outer * strips, std::max<int64_t>(1, 8192 / work),
                [&, n = n, inner = inner](int64_t begin, int64_t end, int) {
                  for (int64_t s = begin; s < end; s++) {
                    const int64_t k = s % strips * kStrip;
                    const int64_t at = s / strips * n * inner + k;
                    if (inner == 1)
                      normalize_row(x + at, y + at, n, square);
                    else
                      normalize_strip(x + at, y + at, n, inner, std::min(kStrip, inner - k),
                                      square);
                  }
                });
}

SX_KERNEL("lp_normalization.f32", lp_normalization_f32);

}  // namespace
}  // namespace sx::SX_ISA
