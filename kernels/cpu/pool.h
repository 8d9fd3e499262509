// What the poolings share: parameters, and how elements of a window are combined.
#pragma once
#include <cmath>

#include "cpu/window.h"

namespace sx::SX_ISA {
namespace {

struct PoolParams {
  int64_t planes;
  Geometry geometry;
  int64_t end[3];
  int64_t count_pads;  // average: 1 if padding counts into the divisor
};

struct Max {
  static constexpr float kStart = -INFINITY;
  static Vector combine(Vector a, Vector x) {
    return Vector::Raw(a.raw == a.raw ? max(a, x).raw : a.raw);  // the maximum is x if one is NaN
  }
};

struct Sum {
  static constexpr float kStart = 0;
  static Vector combine(Vector a, Vector x) { return a + x; }
};

// The number of elements at position o of axis i that a mean is taken of.
inline int64_t mean_of(const PoolParams& p, int i, int64_t o) {
  const Geometry& g = p.geometry;
  const Taps taps =
      p.count_pads ? Taps(g.axis(i), o, -g.begin[i], g.input[i] + p.end[i]) : Taps(g.axis(i), o);
  return taps.last - taps.first;
}

}  // namespace
}  // namespace sx::SX_ISA
