// float16 and bfloat16 as they lie in memory, and their conversion from and to float: rounded to
// nearest, ties to even.
#pragma once
#if defined(__F16C__)
#include <immintrin.h>
#endif
#include <bit>
#include <cstdint>

namespace sx::SX_ISA {
namespace {

struct Half {
  uint16_t bits;
};

struct BFloat16 {
  uint16_t bits;
};

inline float widen(BFloat16 x) { return std::bit_cast<float>(uint32_t{x.bits} << 16); }

inline BFloat16 narrow_bfloat16(float x) {
  const uint32_t bits = std::bit_cast<uint32_t>(x);
  const uint32_t rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
  // Adding would carry a NaN into infinity or the sign.
  return {static_cast<uint16_t>(x != x ? bits >> 16 | 0x40 : rounded)};
}

inline float widen(Half x) {
  const uint32_t magnitude = x.bits & 0x7fff;
  // As a float the exponent is too small by 127 - 15; multiplying also normalises subnormal
  // numbers.
  const float value = std::bit_cast<float>(magnitude << 13) * 0x1p112f;
  const uint32_t bits =
      magnitude >= 0x7c00 ? 0x7f800000u | magnitude << 13 : std::bit_cast<uint32_t>(value);
  return std::bit_cast<float>(bits | uint32_t{x.bits} << 16 >> 31 << 31);
}

inline Half narrow_half(float x) {
  const uint32_t bits = std::bit_cast<uint32_t>(x);
  const uint32_t magnitude = bits & 0x7fffffff;
  uint32_t half;
  if (magnitude >= 0x47800000) {  // 2^16: infinite, or NaN
    half = magnitude > 0x7f800000 ? 0x7e00 : 0x7c00;
  } else if (magnitude <
             0x38800000) {  // 2^-14: adding 2^-1 rounds at 2^-24, the step of subnormal halves
    half = std::bit_cast<uint32_t>(std::bit_cast<float>(magnitude) + 0.5f) - 0x3f000000;
  } else {
    half = (magnitude - 0x38000000 + 0xfff + (magnitude >> 13 & 1)) >> 13;
  }
  return {static_cast<uint16_t>(half | bits >> 31 << 15)};
}

// Rows are functions of their own: one copy for all kernels of a file.
[[gnu::noinline]] inline void widen(const BFloat16* x, float* y, int64_t n) {
  for (int64_t i = 0; i < n; i++) y[i] = widen(x[i]);
}

[[gnu::noinline]] inline void narrow(const float* x, BFloat16* y, int64_t n) {
  for (int64_t i = 0; i < n; i++) y[i] = narrow_bfloat16(x[i]);
}

[[gnu::noinline]] inline void widen(const Half* x, float* y, int64_t n) {
  int64_t i = 0;
#if defined(__F16C__)
  for (; i + 8 <= n; i += 8)
    _mm256_storeu_ps(y + i,
                     _mm256_cvtph_ps(_mm_loadu_si128(reinterpret_cast<const __m128i*>(x + i))));
#endif
  for (; i < n; i++) y[i] = widen(x[i]);
}

[[gnu::noinline]] inline void narrow(const float* x, Half* y, int64_t n) {
  int64_t i = 0;
#if defined(__F16C__)
  for (; i + 8 <= n; i += 8)
    _mm_storeu_si128(reinterpret_cast<__m128i*>(y + i),
                     _mm256_cvtps_ph(_mm256_loadu_ps(x + i), _MM_FROUND_TO_NEAREST_INT));
#endif
  for (; i < n; i++) y[i] = narrow_half(x[i]);
}

}  // namespace
}  // namespace sx::SX_ISA
