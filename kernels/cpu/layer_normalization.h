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
  const float *x = nullptr, *skip = nullptr, *bias = nullptr, *scale = nullptr, *shift = nullptr;
  float *y = nullptr, *s = nullptr, *mean = nullptr, *inverse = nullptr;
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

// y = (s - centre - rest) * inverse: the mean is centre + rest, without the rounding of either.
struct Statistics {
  float centre, rest, inverse;
};

// Of s[0, n), which add up to about `sum`; for RMS, the mean is taken as 0.
inline Statistics statistics_of(const float* s, int64_t n, double sum, double epsilon, bool rms) {
  // The distances from the rounded mean are nearly exact, and their own mean says how far it is
  // off.
  const float centre = rms ? 0 : float(sum / n);
  auto [off, square] = moments(s, n, centre);
  if (rms) off = 0;
  const double variance = std::max(square - off * off, 0.0);
  return {centre, float(off), float(1 / std::sqrt(variance + epsilon))};
}

inline void normalize(const NormalizedRow& row, int64_t n, double epsilon, bool rms) {
  const double sum = row.s || !rms ? store_sum(row, n) : 0;
  const float* s = row.s ? row.s : row.x;
  const Statistics statistics = statistics_of(s, n, sum, epsilon, rms);
  const F centre = statistics.centre, rest = statistics.rest, inverse = statistics.inverse;
  each_vector(s, n, 0.f, [&](int, int64_t i, F v) {
    F r = (v - centre - rest) * inverse * F::load_first(row.scale + i, n - i);
    if (row.shift) r += F::load_first(row.shift + i, n - i);
    r.store_first(row.y + i, n - i);
  });
  if (row.mean) *row.mean = statistics.centre + statistics.rest;
  if (row.inverse) *row.inverse = statistics.inverse;
}

}  // namespace sx::SX_ISA
