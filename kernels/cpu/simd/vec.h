// Vec<T>: one register full of T, as wide as the instruction set that a kernel is compiled for has.
// Arithmetic is GCC's vector extension; the few things that it has no word for are intrinsics here.
// A multiplication followed by an addition becomes one fused instruction where there is one.
#pragma once
#include <cstdint>
#include <cstring>
#include <utility>
#if defined(__SSE2__)
#include <immintrin.h>
#endif

namespace sx::SX_ISA {

#if defined(__AVX512F__)
constexpr int kVectorBytes = 64;
#elif defined(__AVX2__)
constexpr int kVectorBytes = 32;
#else
constexpr int kVectorBytes = 16;
#endif

template <class T>
struct VectorOf {
  typedef T Type __attribute__((vector_size(kVectorBytes)));
};

template <class T>
struct Vec {
  static constexpr int kLanes = kVectorBytes / sizeof(T);
  using Raw = typename VectorOf<T>::Type;
  Raw raw;

  Vec() = default;
  Vec(Raw lanes) : raw(lanes) {}        // NOLINT: both are meant to be implicit
  Vec(T value) : raw(value - Raw{}) {}  // NOLINT: subtracting keeps -0

  static Vec load(const T* from) {
    Vec v;
    std::memcpy(&v.raw, from, sizeof v.raw);
    return v;
  }
  void store(T* to) const { std::memcpy(to, &raw, sizeof raw); }

  // All lanes, or the first `count` if that is less: then the others are `otherwise`, and not
  // touched in memory.
  static Vec load_first(const T* from, int64_t count, T otherwise = 0) {
    return count >= kLanes ? load(from) : load_masked(from, count, otherwise);
  }
  void store_first(T* to, int64_t count) const {
    if (count >= kLanes)
      store(to);
    else
      store_masked(to, count);
  }

  // The first `count` lanes; the others become 0.
  Vec keep_first(int64_t count) const {
    if (count >= kLanes) return *this;
    T lanes[kLanes];
    store(lanes);
    return load_masked(lanes, count, 0);
  }

  friend Vec operator+(Vec a, Vec b) { return a.raw + b.raw; }
  friend Vec operator-(Vec a, Vec b) { return a.raw - b.raw; }
  friend Vec operator*(Vec a, Vec b) { return a.raw * b.raw; }
  friend Vec operator/(Vec a, Vec b) { return a.raw / b.raw; }
  friend Vec operator-(Vec a) { return -a.raw; }
  Vec& operator+=(Vec b) { return *this = *this + b; }
  Vec& operator*=(Vec b) { return *this = *this * b; }
  T operator[](int lane) const { return raw[lane]; }

 private:
  static Vec load_masked(const T* from, int count, T otherwise);
  void store_masked(T* to, int count) const;
};

template <class T>
inline Vec<T> Vec<T>::load_masked(const T* from, int count, T otherwise) {
  T lanes[kLanes];
  for (int i = 0; i < kLanes; i++) lanes[i] = i < count ? from[i] : otherwise;
  return load(lanes);
}

template <class T>
inline void Vec<T>::store_masked(T* to, int count) const {
  T lanes[kLanes];
  store(lanes);
  for (int i = 0; i < count; i++) to[i] = lanes[i];
}

#if defined(__AVX512F__)
template <>
inline Vec<float> Vec<float>::load_masked(const float* from, int count, float otherwise) {
  return Raw(_mm512_mask_loadu_ps(_mm512_set1_ps(otherwise), (1u << count) - 1, from));
}

template <>
inline void Vec<float>::store_masked(float* to, int count) const {
  _mm512_mask_storeu_ps(to, (1u << count) - 1, raw);
}
#elif defined(__AVX2__)
inline __m256i first_lanes(int count) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(count), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}

template <>
inline Vec<float> Vec<float>::load_masked(const float* from, int count, float otherwise) {
  const __m256i first = first_lanes(count);
  return Raw(_mm256_blendv_ps(_mm256_set1_ps(otherwise), _mm256_maskload_ps(from, first),
                              _mm256_castsi256_ps(first)));
}

template <>
inline void Vec<float>::store_masked(float* to, int count) const {
  _mm256_maskstore_ps(to, first_lanes(count), raw);
}
#endif

// a * b + c.
template <class T>
inline Vec<T> fma(Vec<T> a, Vec<T> b, Vec<T> c) {
  return a.raw * b.raw + c.raw;
}

// a > b ? a : b, so that b comes out if one is NaN.
template <class T>
inline Vec<T> max(Vec<T> a, Vec<T> b) {
  return typename Vec<T>::Raw(a.raw > b.raw ? a.raw : b.raw);
}

// a < b ? a : b, so that b comes out if one is NaN.
template <class T>
inline Vec<T> min(Vec<T> a, Vec<T> b) {
  return typename Vec<T>::Raw(a.raw < b.raw ? a.raw : b.raw);
}

#if defined(__AVX512F__)  // GCC compares into a mask and blends; the plain intrinsics make it warn
template <>
inline Vec<float> max(Vec<float> a, Vec<float> b) {
  return Vec<float>::Raw(_mm512_maskz_max_ps(0xffff, a.raw, b.raw));
}
template <>
inline Vec<float> min(Vec<float> a, Vec<float> b) {
  return Vec<float>::Raw(_mm512_maskz_min_ps(0xffff, a.raw, b.raw));
}
#endif

// The lanes folded by halves: the same tree for every use, log2(kLanes) roundings deep. combine
// takes vectors of any length.
template <class T, int N, class V, class F, int... K>
inline T fold_lanes(V v, F&& combine, std::integer_sequence<int, K...>) {
  const auto low = __builtin_shufflevector(v, v, K...);
  const auto high = __builtin_shufflevector(v, v, (K + N / 2)...);
  const auto half = combine(low, high);
  if constexpr (N > 4)
    return fold_lanes<T, N / 2>(half, combine, std::make_integer_sequence<int, N / 4>());
  else
    return combine(half, __builtin_shufflevector(half, half, 1, 0))[0];
}

template <class T, class F>
inline T fold(Vec<T> v, F&& combine) {
  constexpr int kLanes = Vec<T>::kLanes;
  if constexpr (kLanes == 2)
    return combine(v.raw, __builtin_shufflevector(v.raw, v.raw, 1, 0))[0];
  else
    return fold_lanes<T, kLanes>(v.raw, combine, std::make_integer_sequence<int, kLanes / 2>());
}

template <class T>
inline T sum(Vec<T> v) {
  return fold(v, [](auto a, auto b) { return a + b; });
}

template <class T>
inline T max(Vec<T> v) {
  return fold(v, [](auto a, auto b) { return a > b ? a : b; });
}

// Calls step(chain, i, x[i, i + kLanes)) for all of x[0, n), the last vector filled up with
// `otherwise`; `chain` goes from 0 to 3, for four independent accumulators.
template <class T, class Step>
inline void each_vector(const T* x, int64_t n, T otherwise, Step&& step) {
  constexpr int kLanes = Vec<T>::kLanes;
  int64_t i = 0;
  for (; i + 4 * kLanes <= n; i += 4 * kLanes)
    for (int chain = 0; chain < 4; chain++)
      step(chain, i + chain * kLanes, Vec<T>::load(x + i + chain * kLanes));
  for (int chain = 0; i < n; i += kLanes, chain++)
    step(chain, i, Vec<T>::load_first(x + i, n - i, otherwise));
}

// e to the x, 1.01 ulp at most; 0 below the smallest subnormal, infinity above the largest float,
// NaN for NaN. x = n ln 2 + r with |r| <= ln 2 / 2; e^r is a polynomial (coefficients: S. Moshier's
// Cephes); 2^n goes in by the exponent, in two halves, so that subnormal results are right.
inline Vec<float> exp(Vec<float> x) {
  constexpr float kRound = 0x1.8p23f;  // adding it leaves the nearest integer in the low bits
  x = max(Vec<float>(-104.f), min(Vec<float>(89.f), x));
  const Vec<float> shifted = fma(x, Vec<float>(0x1.715476p0f), Vec<float>(kRound));
  const Vec<float> n = shifted - kRound;
  Vec<float> r = fma(n, Vec<float>(-0x1.62e4p-1f), x);
  r = fma(n, Vec<float>(-0x1.7f7d1cp-20f), r);
  Vec<float> p = fma(r, Vec<float>(1.9875691500e-4f), Vec<float>(1.3981999507e-3f));
  p = fma(p, r, Vec<float>(8.3334519073e-3f));
  p = fma(p, r, Vec<float>(4.1665795894e-2f));
  p = fma(p, r, Vec<float>(1.6666665459e-1f));
  p = fma(p, r, Vec<float>(5.0000001201e-1f));
  p = fma(p, r * r, r) + 1.f;
#if defined(__AVX512F__)
  return Vec<float>::Raw(_mm512_maskz_scalef_ps(0xffff, p.raw, n.raw));
#else
  typedef int32_t Ints __attribute__((vector_size(kVectorBytes)));
  Ints power;
  std::memcpy(&power, &shifted.raw, sizeof power);
  power -= 0x4b400000;  // the bits of kRound
  const Ints half = power >> 1;
  const Ints first = (half + 127) << 23;
  const Ints second = (power - half + 127) << 23;
  Vec<float> a, b;
  std::memcpy(&a.raw, &first, sizeof first);
  std::memcpy(&b.raw, &second, sizeof second);
  return p * a * b;
#endif
}

}  // namespace sx::SX_ISA
