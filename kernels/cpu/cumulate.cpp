// cum_sum, cum_prod: y[o, i, k] = x[o, 0, k] + ... + x[o, i, k], or their product; without x[o, i,
// k] itself if `exclusive`, from the last i down if `reverse`. x and y are [outer, n, inner]; y may
// be x. Floats accumulate in double, integers wrap. Columns keep their totals in a strip while rows
// go by.
#include <algorithm>

#include "kernel.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t outer, n, inner, exclusive, reverse;
};

constexpr int64_t kStrip = 64;

template <class T>
using Wide = std::conditional_t<std::is_floating_point_v<T>, double, uint64_t>;

template <class T, bool kProduct>
void cumulate_row(const T* x, T* y, const Params& p) {
  Wide<T> total = kProduct;
  for (int64_t step = 0; step < p.n; step++) {
    const int64_t i = p.reverse ? p.n - 1 - step : step;
    const Wide<T> before = total;
    total = kProduct ? before * Wide<T>(x[i]) : before + Wide<T>(x[i]);
    y[i] = T(p.exclusive ? before : total);
  }
}

template <class T, bool kProduct>
void cumulate_strip(const T* x, T* y, int64_t width, const Params& p) {
  Wide<T> total[kStrip];
  std::fill_n(total, width, Wide<T>(kProduct));
  for (int64_t step = 0; step < p.n; step++) {
    const int64_t row = (p.reverse ? p.n - 1 - step : step) * p.inner;
    for (int64_t k = 0; k < width; k++) {
      const Wide<T> before = total[k];
      total[k] = kProduct ? before * Wide<T>(x[row + k]) : before + Wide<T>(x[row + k]);
      y[row + k] = T(p.exclusive ? before : total[k]);
    }
  }
}

template <class T, bool kProduct>
void cumulate(const Arguments& args) {
  const auto p = args.params_as<Params>();
  const T* x = args.data<const T>(0);
  T* y = args.data<T>(1);
  if (p.n == 0) return;
  const int64_t strips = (p.inner + kStrip - 1) / kStrip;
  const int64_t work = p.n * std::min(kStrip, std::max<int64_t>(1, p.inner));
  args.parallel(
      p.outer * strips, std::max<int64_t>(1, 8192 / work), [&](int64_t begin, int64_t end, int) {
        for (int64_t s = begin; s < end; s++) {
          const int64_t column = s % strips * kStrip;
          const int64_t at = s / strips * p.n * p.inner + column;
          if (p.inner == 1)
            cumulate_row<T, kProduct>(x + at, y + at, p);
          else
            cumulate_strip<T, kProduct>(x + at, y + at, std::min(kStrip, p.inner - column), p);
        }
      });
}

SX_KERNEL("cum_sum.f32", cumulate<float, false>);
SX_KERNEL("cum_sum.f64", cumulate<double, false>);
SX_KERNEL("cum_sum.i32", cumulate<int32_t, false>);
SX_KERNEL("cum_sum.i64", cumulate<int64_t, false>);
SX_KERNEL("cum_prod.f32", cumulate<float, true>);
SX_KERNEL("cum_prod.f64", cumulate<double, true>);
SX_KERNEL("cum_prod.i32", cumulate<int32_t, true>);
SX_KERNEL("cum_prod.i64", cumulate<int64_t, true>);

}  // namespace
}  // namespace sx::SX_ISA
