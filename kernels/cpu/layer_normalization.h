// One row of a layer normalisation: y = (s - mean) / sqrt(variance + epsilon) * scale + shift with
// s = x + skip + bias. Three passes over a row in the cache: the sum (and s, if anything is added),
// the distances from the mean, the result; a single pass over x and x * x would cancel where the
// mean is large.
#pragma once
#include <algorithm>
#include <cmath>

#include "cpu/simd/vec.h"

namespace sx::SX_ISA {

using F = Vec<float>;

constexpr int64_t kBlock = 4096;  // elements per partial sum; these are added in double

// One row and what goes with it; null where it is absent. s is null where it is x.
struct NormalizedRow {
  const float *x, *skip, *bias, *scale, *shift;
  float *y, *s, *mean, *inverse;
};

inline double store_sum(const NormalizedRow& row, int64_t n) {
  double total = 0;
  for (int64_t from = 0; from < n; from += kBlock) {
    F part[4] = {0.f, 0.f, 0.f, 0.f};
    each_vector(row.x + from, std::min(kBlock, n - from), 0.f, [&](int chain, int64_t k, F v) {
      const int64_t i = from + k;
      if (row.skip) v += F::load_first(row.skip + i, n - i);
      if (row.bias) v += F::load_first(row.bias + i, n - i);
      if (row.s) v.store_first(row.s + i, n - i);
      part[chain] += v;
    });
    total += sum((part[0] + part[1]) + (part[2] + part[3]));
  }
  return total;
}

struct Moments {
  double first, second;
};

// The mean distance of s from `centre`, and the mean of its square.
inline Moments moments(const float* s, int64_t n, F centre) {
  Moments total = {0, 0};
  for (int64_t from = 0; from < n; from += kBlock) {
    F first[4] = {0.f, 0.f, 0.f, 0.f};
    F second[4] = {0.f, 0.f, 0.f, 0.f};
    each_vector(s + from, std::min(kBlock, n - from), 0.f, [&](int chain, int64_t k, F v) {
      const F distance = (v - centre).keep_first(n - from - k);
      first[chain] += distance;
      second[chain] = fma(distance, distance, second[chain]);
    });
    total.first += sum((first[0] + first[1]) + (first[2] + first[3]));
    total.second += sum((second[0] + second[1]) + (second[2] + second[3]));
  }
  return {total.first / n, total.second / n};
}

inline void normalize(const NormalizedRow& row, int64_t n, double epsilon, bool rms) {
  const double sum = row.s || !rms ? store_sum(row, n) : 0;
  const float* s = row.s ? row.s : row.x;
  // The distances from the rounded mean are nearly exact, and their own mean says how far it is
  // off.
  const float centre = rms ? 0 : float(sum / n);
  auto [off, square] = moments(s, n, centre);
  if (rms) off = 0;
  const double inverse = 1 / std::sqrt(std::max(square - off * off, 0.0) + epsilon);
  const F rest = float(off), factor = float(inverse);
  each_vector(s, n, 0.f, [&](int, int64_t i, F v) {
    F r = (v - centre - rest) * factor * F::load_first(row.scale + i, n - i);
    if (row.shift) r += F::load_first(row.shift + i, n - i);
    r.store_first(row.y + i, n - i);
  });
  if (row.mean) *row.mean = float(centre + off);
  if (row.inverse) *row.inverse = float(inverse);
}

}  // namespace sx::SX_ISA
