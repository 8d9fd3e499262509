// log, tanh, erf and sigmoid of a Vec<float>, for every float: infinities, NaN and subnormal
// numbers included. exp is in vec.h. Largest errors, against double on every 211th float: log 1.1
// ulp, tanh 1.3, erf 1.2, sigmoid 2.3, with and without fused multiply-add. The polynomials are
// minimax fits (Remez) of the functions named beside them.
#pragma once
#include <array>
#include <bit>
#include <cmath>

#include "cpu/simd/vec.h"

namespace sx::SX_ISA {

using IntLanes = VectorOf<int32_t>::Type;

inline IntLanes bits_of(Vec<float> x) { return std::bit_cast<IntLanes>(x.raw); }
inline Vec<float> from_bits(IntLanes bits) { return std::bit_cast<Vec<float>::Raw>(bits); }

// when[i] ? a[i] : b[i]; `when` is a comparison of Vec<float>::raw.
inline Vec<float> select(IntLanes when, Vec<float> a, Vec<float> b) {
  return Vec<float>::Raw(when ? a.raw : b.raw);
}

inline Vec<float> abs(Vec<float> x) { return from_bits(bits_of(x) & 0x7fffffff); }

// |x| with the sign of `sign`.
inline Vec<float> copysign(Vec<float> x, Vec<float> sign) {
  return from_bits((bits_of(x) & 0x7fffffff) | (bits_of(sign) & int32_t(0x80000000)));
}

inline Vec<float> to_float(IntLanes n) {
  return Vec<float>::Raw(__builtin_convertvector(n, Vec<float>::Raw));
}

// c[0] + c[1] x + c[2] x^2 + ...
template <size_t N>
inline Vec<float> polynomial(Vec<float> x, const std::array<float, N>& c) {
  Vec<float> sum(c[N - 1]);
#pragma GCC unroll 16
  for (int i = int(N) - 2; i >= 0; i--) sum = fma(sum, x, Vec<float>(c[i]));
  return sum;
}

// The natural logarithm. x = 2^k m with sqrt(1/2) <= m < sqrt(2); log m = f - f^2 / 2 + f^3 p(f), f
// = m - 1.
inline Vec<float> log(Vec<float> x) {
  constexpr std::array<float, 9> p = {0x1.555548p-2f,  -0x1.000006p-2f, 0x1.99a4b6p-3f,
                                      -0x1.555c4ep-3f, 0x1.233768p-3f,  -0x1.fc2208p-4f,
                                      0x1.e6f06ap-4f,  -0x1.de3c16p-4f, 0x1.1457aap-4f};
  const auto subnormal = x.raw < 0x1p-126f;  // and all that is not positive
  const Vec<float> scaled = select(subnormal, x * 0x1p23f, x);
  const IntLanes above = bits_of(scaled) - 0x3f3504f3;  // the bits of sqrt(1/2)
  const Vec<float> k = to_float(above >> 23) - select(subnormal, Vec<float>(23.f), Vec<float>(0.f));
  const Vec<float> f = from_bits((above & 0x007fffff) + 0x3f3504f3) - 1.f;
  const Vec<float> square = f * f;
  Vec<float> y = square * f * polynomial(f, p);
  y = fma(k, Vec<float>(-0x1.05c61p-29f), y);  // ln 2 = 0x1.62e43p-1 - 0x1.05c61p-29
  y = fma(square, Vec<float>(-.5f), y) + f;
  y = fma(k, Vec<float>(0x1.62e43p-1f), y);
  y = select(x.raw < __builtin_inff(), y, x);  // +infinity and NaN are themselves
  y = select(x.raw < 0.f, Vec<float>(__builtin_nanf("")), y);
  return select(x.raw == 0.f, Vec<float>(-__builtin_inff()), y);
}

// tanh |x| = |x| + |x|^3 p(x^2) for small x, else 1 - 2 / (exp 2|x| + 1).
inline Vec<float> tanh(Vec<float> x) {
  constexpr std::array<float, 6> p = {-0x1.555552p-2f, 0x1.11101ep-3f,  -0x1.b9e042p-5f,
                                      0x1.62eee6p-6f,  -0x1.08f326p-7f, 0x1.0df410p-9f};
  const Vec<float> size = abs(x);
  const Vec<float> square = x * x;
  const Vec<float> small = fma(square * size, polynomial(square, p), size);
  const Vec<float> large = 1.f - Vec<float>(2.f) / (exp(size + size) + 1.f);
  return copysign(select(size.raw < .65f, small, large), x);
}

// erf |x| = |x| + |x| p(x^2) for small x, else 1 - exp(|x| q(|x|)).
inline Vec<float> erf(Vec<float> x) {
  constexpr std::array<float, 7> p = {0x1.06eba8p-3f,  -0x1.812742p-2f, 0x1.ce2e0ap-4f,
                                      -0x1.b80e90p-6f, 0x1.54c7f6p-8f,  -0x1.aa3f30p-11f,
                                      0x1.5cd4b2p-14f};
  constexpr std::array<float, 8> q = {-0x1.20e8c4p+0f, -0x1.4570aep-1f, -0x1.af27eep-4f,
                                      0x1.737e2ep-6f,  -0x1.800f82p-9f, 0x1.9ff06ap-15f,
                                      0x1.7e5e1ep-15f, -0x1.4b66bap-18f};
  const Vec<float> size = abs(x);
  const Vec<float> small = fma(size, polynomial(x * x, p), size);
  const Vec<float> bounded = min(Vec<float>(4.f), size);  // erf 4 rounds to 1
  const Vec<float> large = 1.f - exp(bounded * polynomial(bounded, q));
  return copysign(select(size.raw < .93f, small, large), x);
}

// 1 / (1 + exp -x), through exp -|x| on both sides: the far left keeps its subnormal results.
inline Vec<float> sigmoid(Vec<float> x) {
  const Vec<float> e = exp(-abs(x));
  return select(x.raw < 0.f, e, Vec<float>(1.f)) / (e + 1.f);
}

// x Phi(x) = max(0, x) - t Phi(-t) with t = |x|. The logarithm of Phi(-t) is nearly a parabola: a
// polynomial of degree 10 makes 1e-7 of it, so that one exp does for both branches, and small
// results on the left keep their digits.
inline Vec<float> gelu(Vec<float> x) {
  constexpr std::array<float, 11> p = {-0.69314694f,    -0.7978939f,    -0.31824368f,
                                       -0.03651817f,    0.0050374637f,  -0.00016535819f,
                                       -0.00012018008f, 3.2986987e-05f, -4.360873e-06f,
                                       3.0795243e-07f,  -9.265857e-09f};
  const Vec<float> t = min(Vec<float>(14.5f), abs(x));  // there the second term is 0
  return max(Vec<float>(0.f), x) - t * exp(polynomial(t, p));
}

// log(1 + x) for x >= 0, 1.7 ulp.
inline Vec<float> log1p(Vec<float> x) {
  const Vec<float> u = x + 1.f;
  return log(u) + (x - (u - 1.f)) / u;  // the second term is what the addition lost
}

// exp(x) - 1, 1 ulp: as exp, but the 1 is subtracted from the power of two, so that small results
// keep their digits. Half the power is used, because 2^128 is no float.
inline Vec<float> expm1(Vec<float> x) {
  constexpr float kRound = 0x1.8p23f;
  constexpr std::array<float, 6> p = {5.0000001201e-1f, 1.6666665459e-1f, 4.1665795894e-2f,
                                      8.3334519073e-3f, 1.3981999507e-3f, 1.9875691500e-4f};
  const Vec<float> a = min(Vec<float>(89.f), max(Vec<float>(-86.f), x));
  const Vec<float> shifted = fma(a, Vec<float>(0x1.715476p0f), Vec<float>(kRound));
  const Vec<float> n = shifted - kRound;
  Vec<float> r = fma(n, Vec<float>(-0x1.62e4p-1f), a);
  r = fma(n, Vec<float>(-0x1.7f7d1cp-20f), r);
  const Vec<float> y = fma(polynomial(r, p), r * r, r);
  const Vec<float> half = from_bits((bits_of(shifted) - 0x4b400000 + 126) << 23);
  return fma(half, y, half - 0.5f) * 2.f;
}

// The same words for double, so that one formula serves both.
using std::erf;
using std::exp;
using std::expm1;
using std::log;
using std::log1p;
using std::tanh;
inline IntLanes operator<(Vec<float> a, Vec<float> b) { return a.raw < b.raw; }
inline IntLanes operator>(Vec<float> a, Vec<float> b) { return a.raw > b.raw; }
inline double select(bool when, double a, double b) { return when ? a : b; }
inline double abs(double x) { return std::abs(x); }
inline double min(double a, double b) { return a < b ? a : b; }
inline double max(double a, double b) { return a > b ? a : b; }
inline double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

// x tanh(log(1 + e)) with e = exp(x). The tanh is n / (n + 2) with n = e (e + 2); beyond 20 it
// is 1.
template <class V>
inline V mish(V x) {
  const V e = exp(min(V(20), x));
  const V n = e * (e + V(2));
  return x * (n / (n + V(2)));
}

}  // namespace sx::SX_ISA
