// Winograd's transformations for kernels of three taps along one axis, F(4, 3) and F(2, 3): what
// conv_winograd.cpp does along both axes. kOut outputs by kIn products of kIn inputs.
#pragma once
#include "cpu/geometry.h"

namespace sx::SX_ISA {
namespace {

template <int kOut>
struct Winograd;

// The points 0, +-3/4, +-3/2 and infinity.
template <>
struct Winograd<4> {
  static constexpr int kOut = 4, kIn = 6;
  static constexpr float kA = 0.75f, kB = 1.5f;
  static constexpr float kAA = kA * kA, kBB = kB * kB;

  // d to B' d: products over the other points, as polynomials.
  static void transform_input(const Vector (&d)[kIn], Vector (&t)[kIn]) {
    const Vector even_a = d[4] - d[2] * Vector(kBB),
                 odd_a = (d[3] - d[1] * Vector(kBB)) * Vector(kA);
    const Vector even_b = d[4] - d[2] * Vector(kAA),
                 odd_b = (d[3] - d[1] * Vector(kAA)) * Vector(kB);
    t[0] = d[0] * Vector(kAA * kBB) + (d[4] - d[2] * Vector(kAA + kBB));
    t[1] = even_a + odd_a;
    t[2] = even_a - odd_a;
    t[3] = even_b + odd_b;
    t[4] = even_b - odd_b;
    t[5] = d[1] * Vector(kAA * kBB) + (d[5] - d[3] * Vector(kAA + kBB));
  }

  // m to A' m: powers of the points.
  static void transform_output(const Vector (&m)[kIn], Vector (&y)[kOut]) {
    const Vector sum_a = m[1] + m[2], difference_a = m[1] - m[2];
    const Vector sum_b = m[3] + m[4], difference_b = m[3] - m[4];
    y[0] = m[0] + sum_a + sum_b;
    y[1] = difference_a * Vector(kA) + difference_b * Vector(kB);
    y[2] = sum_a * Vector(kAA) + sum_b * Vector(kBB);
    y[3] = difference_a * Vector(kA * kAA) + difference_b * Vector(kB * kBB) + m[5];
  }

  // g to G g: the powers again, over the products of differences.
  static void transform_filter(const double (&g)[3], double (&t)[kIn]) {
    constexpr double a = kA, b = kB, of_a = 2 * a * a * (a * a - b * b),
                     of_b = -of_a * b * b / (a * a);
    t[0] = g[0] / (a * a * b * b);
    t[1] = (g[0] + g[1] * a + g[2] * a * a) / of_a;
    t[2] = (g[0] - g[1] * a + g[2] * a * a) / of_a;
    t[3] = (g[0] + g[1] * b + g[2] * b * b) / of_b;
    t[4] = (g[0] - g[1] * b + g[2] * b * b) / of_b;
    t[5] = g[2];
  }
};

// The points 0, +-1 and infinity.
template <>
struct Winograd<2> {
  static constexpr int kOut = 2, kIn = 4;

  static void transform_input(const Vector (&d)[kIn], Vector (&t)[kIn]) {
    t[0] = d[0] - d[2];
    t[1] = d[1] + d[2];
    t[2] = d[2] - d[1];
    t[3] = d[3] - d[1];
  }

  static void transform_output(const Vector (&m)[kIn], Vector (&y)[kOut]) {
    y[0] = m[0] + m[1] + m[2];
    y[1] = m[1] - m[2] + m[3];
  }

  static void transform_filter(const double (&g)[3], double (&t)[kIn]) {
    t[0] = g[0];
    t[1] = (g[0] + g[1] + g[2]) / 2;
    t[2] = (g[0] - g[1] + g[2]) / 2;
    t[3] = g[2];
  }
};

}  // namespace
}  // namespace sx::SX_ISA
