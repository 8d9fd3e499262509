// Sums of products of bytes, four at a time, in 32-bit lanes that wrap around: unsigned bytes of x
// by signed bytes of w. One instruction where there is VNNI; elsewhere, bytes of even and of odd
// places are widened to pairs of 16 bits, whose products do not saturate as those of bytes would.
#pragma once
#include "cpu/simd/pairs.h"

namespace sx::SX_ISA {

using Ints = Vec<int32_t>;

#if defined(__AVX512VNNI__)

struct SignedQuads {
  Ints bytes;

  explicit SignedQuads(Ints b) : bytes(b) {}
};

struct UnsignedQuads {
  Ints bytes;

  explicit UnsignedQuads(Ints b) : bytes(b) {}
};

inline Ints add_quads(Ints sums, UnsignedQuads x, SignedQuads w) {
  return Ints::Raw(
      _mm512_dpbusd_epi32((__m512i)sums.raw, (__m512i)x.bytes.raw, (__m512i)w.bytes.raw));
}

#else

struct SignedQuads {
  Ints even, odd;

  explicit SignedQuads(Ints b) {
    typedef int16_t Shorts __attribute__((vector_size(kVectorBytes)));
    even = Ints::Raw(((Shorts)b.raw << 8) >> 8);
    odd = Ints::Raw((Shorts)b.raw >> 8);
  }
};

struct UnsignedQuads {
  Ints even, odd;

  explicit UnsignedQuads(Ints b) {
    typedef uint16_t Shorts __attribute__((vector_size(kVectorBytes)));
    even = Ints::Raw((Shorts)b.raw & 0xff);
    odd = Ints::Raw((Shorts)b.raw >> 8);
  }
};

inline Ints add_quads(Ints sums, UnsignedQuads x, SignedQuads w) {
  return add_pairs(add_pairs(sums, x.even, w.even), x.odd, w.odd);
}

#endif

// The four bytes at x in every lane.
inline Ints broadcast_quad(const uint8_t* x) {
  int32_t quad;
  std::memcpy(&quad, x, sizeof quad);
  return Ints(quad);
}

// And combined with `flip`.
inline Ints broadcast_quad(const uint8_t* x, Ints flip) {
  return Ints::Raw(broadcast_quad(x).raw ^ flip.raw);
}

// A lane for each of Ints::kLanes bytes at x: that byte and those at the same place `step`,
// 2 * step and 3 * step bytes further on.
inline Ints interleave(const uint8_t* x, int64_t step) {
#if defined(__AVX512BW__)
  __m512i rows;
  if (step == 16) {
    rows = _mm512_loadu_si512(x);
  } else {
    const auto row = [&](int i) { return _mm_loadu_si128((const __m128i*)(x + i * step)); };
    rows = _mm512_inserti32x4(
        _mm512_inserti32x4(_mm512_inserti32x4(_mm512_castsi128_si512(row(0)), row(1), 1), row(2),
                           2),
        row(3), 3);
  }
  const Ints::Raw lanes = (Ints::Raw)rows;
  const auto quarters =
      __builtin_shufflevector(lanes, lanes, 0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
  const __m512i columns = _mm512_set4_epi32(0x0f0b0703, 0x0e0a0602, 0x0d090501, 0x0c080400);
  return Ints::Raw(_mm512_maskz_shuffle_epi8(~0ull, (__m512i)quarters, columns));
#elif defined(__SSE2__)
  __m128i row[4] = {};
  for (int i = 0; i < 4; i++) std::memcpy(&row[i], x + i * step, Ints::kLanes);
  const __m128i low = _mm_unpacklo_epi8(row[0], row[1]), high = _mm_unpacklo_epi8(row[2], row[3]);
#if defined(__AVX2__)
  return Ints::Raw(_mm256_set_m128i(_mm_unpackhi_epi16(low, high), _mm_unpacklo_epi16(low, high)));
#else
  return Ints::Raw(_mm_unpacklo_epi16(low, high));
#endif
#else
  uint8_t bytes[4 * Ints::kLanes];
  for (int i = 0; i < 4 * Ints::kLanes; i++) bytes[i] = x[i % 4 * step + i / 4];
  Ints lanes;
  std::memcpy(&lanes.raw, bytes, sizeof bytes);
  return lanes;
#endif
}

}  // namespace sx::SX_ISA
