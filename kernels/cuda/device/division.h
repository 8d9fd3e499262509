// Division of indices by numbers that the host knows: a product and a shift in place of the hundred
// instructions that a division of 64 bits takes. Granlund and Montgomery, "Division by Invariant
// Integers using Multiplication", 1994.
#pragma once
#include "cuda/device/platform.h"

namespace sx::cuda {

#ifdef SX_SIM
inline uint64_t high_product(uint64_t a, uint64_t b) {
  return uint64_t((unsigned __int128){a} * b >> 64);
}
#else
__device__ __forceinline__ uint64_t high_product(uint64_t a, uint64_t b) {
  return __umul64hi(a, b);
}
#endif

// Divides 0 <= i < 2^63 by 1 <= divisor < 2^62.
struct Division {
  int64_t divisor = 1;
  uint64_t magic = 1;  // 2^64 (2^shift - divisor) / divisor + 1
  int shift = 0;       // the least with 2^shift >= divisor

  Division() = default;
  explicit Division(int64_t by) : divisor(by) {
    while ((int64_t{1} << shift) < divisor) shift++;
    const uint64_t above = (uint64_t{1} << shift) - uint64_t(divisor);
    magic = uint64_t(((unsigned __int128){above} << 64) / uint64_t(divisor)) + 1;
  }

  __device__ __forceinline__ int64_t quotient(int64_t i) const {
    return int64_t((high_product(magic, uint64_t(i)) + uint64_t(i)) >> shift);
  }
};

}  // namespace sx::cuda
