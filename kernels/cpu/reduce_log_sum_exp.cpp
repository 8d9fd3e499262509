// reduce_log_sum_exp.f32: y[o, k] = ln of the sum over i of exp(x[o, i, k]).
// x is [outer, n, inner] with the middle axis reduced, y is [outer, inner].
// As max + ln of the sum of exp(x - max), in two passes over what is in the cache; an infinite
// maximum is left in place, so that it comes out as it is. Partial sums of 64 additions are added
// in double.
#include <algorithm>
#include <cmath>

#include "cpu/simd/vec.h"
#include "kernel.h"

namespace sx::SX_ISA {
namespace {

using F = Vec<float>;
constexpr int kLanes = F::kLanes;

struct Params {
  int64_t outer, n, inner;
};

constexpr int64_t kBlock = 4096;  // elements of a row per partial sum
constexpr int64_t kRows = 64;     // elements of a column per partial sum

float finite_or_zero(float largest) { return std::isfinite(largest) ? largest : 0; }

float of_row(const float* x, int64_t n) {
  F top[4] = {-INFINITY, -INFINITY, -INFINITY, -INFINITY};
  each_vector(x, n, -INFINITY, [&](int chain, int64_t, F v) { top[chain] = max(top[chain], v); });
  const float shift = finite_or_zero(max(max(max(top[0], top[1]), max(top[2], top[3]))));
  double total = 0;
  for (int64_t from = 0; from < n; from += kBlock) {
    F part[4] = {0.f, 0.f, 0.f, 0.f};
    each_vector(x + from, std::min(kBlock, n - from), -INFINITY,
                [&](int chain, int64_t, F v) { part[chain] += exp(v - shift); });
    total += sum((part[0] + part[1]) + (part[2] + part[3]));
  }
  return float(shift + std::log(total));
}

// Up to kLanes neighbouring columns.
void of_columns(const float* x, float* y, int64_t n, int64_t inner, int64_t width) {
  F top = -INFINITY;
  for (int64_t i = 0; i < n; i++) top = max(top, F::load_first(x + i * inner, width));
  float lanes[kLanes];
  top.store(lanes);
  for (float& lane : lanes) lane = finite_or_zero(lane);
  const F shift = F::load(lanes);
  double total[kLanes] = {};
  for (int64_t from = 0; from < n; from += kRows) {
    F part = 0.f;
    for (int64_t i = from; i < std::min(n, from + kRows); i++)
      part += exp(F::load_first(x + i * inner, width) - shift);
    for (int k = 0; k < kLanes; k++) total[k] += part[k];
  }
  for (int64_t k = 0; k < width; k++) y[k] = float(lanes[k] + std::log(total[k]));
}

void reduce_log_sum_exp_f32(const Arguments& args) {
  const auto [outer, n, inner] = args.params_as<Params>();
  const float* x = args.data<const float>(0);
  float* y = args.data<float>(1);
  const int64_t grain = std::max<int64_t>(1, 4096 / std::max<int64_t>(1, n));
  if (inner == 1) {
    args.parallel(outer, grain, [&](int64_t begin, int64_t end, int) {
      for (int64_t o = begin; o < end; o++) y[o] = of_row(x + o * n, n);
    });
    return;
  }
  const int64_t strips = (inner + kLanes - 1) / kLanes;
  args.parallel(outer * strips, std::max<int64_t>(1, grain / kLanes),
                [&](int64_t begin, int64_t end, int) {
                  for (int64_t s = begin; s < end; s++) {
                    const int64_t o = s / strips, k = s % strips * kLanes;
                    of_columns(x + o * n * inner + k, y + o * inner + k, n, inner,
                               std::min<int64_t>(kLanes, inner - k));
                  }
                });
}

SX_KERNEL("reduce_log_sum_exp.f32", reduce_log_sum_exp_f32);

}  // namespace
}  // namespace sx::SX_ISA
