// Bytes as 32-bit lanes, and back.
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

// Stores the low byte of each lane.
inline void store_bytes(Vec<int32_t> lanes, uint8_t* to) {
#if defined(__AVX512F__)
  _mm_storeu_si128((__m128i*)to, _mm512_maskz_cvtepi32_epi8(0xffff, (__m512i)lanes.raw));
#elif defined(__AVX2__)
  const __m256i each = _mm256_and_si256((__m256i)lanes.raw, _mm256_set1_epi32(0xff));
  const __m128i pairs =
      _mm_packs_epi32(_mm256_castsi256_si128(each), _mm256_extracti128_si256(each, 1));
  _mm_storel_epi64((__m128i*)to, _mm_packus_epi16(pairs, pairs));
#else
  for (int i = 0; i < Vec<int32_t>::kLanes; i++) to[i] = static_cast<uint8_t>(lanes.raw[i]);
#endif
}

}  // namespace sx::SX_ISA
