// Unsigned bytes as 32-bit lanes.
#pragma once
#include "cpu/simd/vec.h"

namespace sx::SX_ISA {

// The kBytes bytes at `from`; lanes beyond them are 0.
template <int kBytes>
inline Vec<int32_t> widen_bytes(const uint8_t* from) {
  static_assert(kBytes <= Vec<int32_t>::kLanes);
  using Raw = Vec<int32_t>::Raw;
#if defined(__SSE2__)
  __m128i bytes = _mm_setzero_si128();
  std::memcpy(&bytes, from, kBytes);
#if defined(__AVX512F__)
  return Raw(_mm512_maskz_cvtepu8_epi32(0xffff, bytes));
#elif defined(__AVX2__)
  return Raw(_mm256_cvtepu8_epi32(bytes));
#else
  const __m128i zero = _mm_setzero_si128();
  return Raw(_mm_unpacklo_epi16(_mm_unpacklo_epi8(bytes, zero), zero));
#endif
#else
  Raw lanes{};
  for (int i = 0; i < kBytes; i++) lanes[i] = from[i];
  return lanes;
#endif
}

}  // namespace sx::SX_ISA
