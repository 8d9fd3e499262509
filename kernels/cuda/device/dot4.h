// Products of four signed bytes at a time, in 32-bit words.
#pragma once
#include "cuda/device/platform.h"

namespace sx::cuda {

#ifdef SX_SIM

// c + a0 b0 + a1 b1 + a2 b2 + a3 b3, wrapping around.
inline int dot4(uint32_t a, uint32_t b, int c) {
  uint32_t sum = uint32_t(c);
  for (int i = 0; i < 32; i += 8) sum += uint32_t(int(int8_t(a >> i)) * int(int8_t(b >> i)));
  return int(sum);
}

// Byte i of the result is byte (selector >> 4 i) & 7 of the eight bytes x, y.
inline uint32_t select_bytes(uint32_t x, uint32_t y, uint32_t selector) {
  const uint64_t both = uint64_t(y) << 32 | x;
  uint32_t result = 0;
  for (int i = 0; i < 4; i++)
    result |= uint32_t(both >> 8 * (selector >> 4 * i & 7) & 0xff) << 8 * i;
  return result;
}

#else

__device__ __forceinline__ int dot4(uint32_t a, uint32_t b, int c) {
  return __dp4a(static_cast<int>(a), static_cast<int>(b), c);
}
__device__ __forceinline__ uint32_t select_bytes(uint32_t x, uint32_t y, uint32_t selector) {
  return __byte_perm(x, y, selector);
}

#endif

// Four words as rows of a 4 x 4 matrix of bytes, to its columns.
__device__ __forceinline__ void transpose_bytes(uint32_t (&w)[4]) {
  const uint32_t even01 = select_bytes(w[0], w[1], 0x6240),
                 odd01 = select_bytes(w[0], w[1], 0x7351);
  const uint32_t even23 = select_bytes(w[2], w[3], 0x6240),
                 odd23 = select_bytes(w[2], w[3], 0x7351);
  // even01 holds bytes 0 and 2 of both rows: w0.0 w1.0 w0.2 w1.2
  w[0] = select_bytes(even01, even23, 0x5410);
  w[1] = select_bytes(odd01, odd23, 0x5410);
  w[2] = select_bytes(even01, even23, 0x7632);
  w[3] = select_bytes(odd01, odd23, 0x7632);
}

}  // namespace sx::cuda
