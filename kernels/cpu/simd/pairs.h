// Sums of products of 16-bit numbers, two at a time, in 32-bit lanes that wrap around.
#pragma once
#include "cpu/simd/vec.h"

namespace sx::SX_ISA {

// sums[i] + x[2i] * y[2i] + x[2i + 1] * y[2i + 1], each lane of x and y being two int16.
inline Vec<int32_t> add_pairs(Vec<int32_t> sums, Vec<int32_t> x, Vec<int32_t> y) {
  using Raw = Vec<int32_t>::Raw;
#if defined(__AVX512BW__)
  const Raw products = (Raw)_mm512_madd_epi16((__m512i)x.raw, (__m512i)y.raw);
#elif defined(__AVX2__)
  const Raw products = (Raw)_mm256_madd_epi16((__m256i)x.raw, (__m256i)y.raw);
#elif defined(__SSE2__)
  const Raw products = (Raw)_mm_madd_epi16((__m128i)x.raw, (__m128i)y.raw);
#else
  Raw products;
  for (int i = 0; i < Vec<int32_t>::kLanes; i++)
    products[i] = int16_t(x.raw[i]) * int16_t(y.raw[i]) + (x.raw[i] >> 16) * (y.raw[i] >> 16);
#endif
  return sums.raw + products;
}

}  // namespace sx::SX_ISA
