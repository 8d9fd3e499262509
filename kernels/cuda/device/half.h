// float16 and bfloat16 as kernels see them: stored in 16 bits, computed with as float. Conversions
// round to nearest even.
#pragma once
#include <type_traits>

#include "cuda/device/platform.h"

namespace sx::cuda {

// Types of our own: CUDA's headers for theirs take a second to compile, in every file.
struct half {
  uint16_t bits;
};
struct bfloat16 {
  uint16_t bits;
};

#ifdef SX_SIM

inline float to_float(half x) { return float(__builtin_bit_cast(_Float16, x.bits)); }
inline float to_float(bfloat16 x) { return __builtin_bit_cast(float, uint32_t(x.bits) << 16); }
inline half to_half(float x) { return {__builtin_bit_cast(uint16_t, _Float16(x))}; }
inline bfloat16 to_bfloat16(float x) {
  const uint32_t bits = __builtin_bit_cast(uint32_t, x);
  if (x != x) return {0x7fff};  // what cvt.rn.bf16.f32 gives
  return {uint16_t((bits + 0x7fff + (bits >> 16 & 1)) >> 16)};
}

#else

__device__ __forceinline__ float to_float(half x) {
  float y;
  asm("cvt.f32.f16 %0, %1;" : "=f"(y) : "h"(x.bits));
  return y;
}
__device__ __forceinline__ half to_half(float x) {
  half y;
  asm("cvt.rn.f16.f32 %0, %1;" : "=h"(y.bits) : "f"(x));
  return y;
}
__device__ __forceinline__ bfloat16 to_bfloat16(float x) {
  bfloat16 y;
  asm("cvt.rn.bf16.f32 %0, %1;" : "=h"(y.bits) : "f"(x));
  return y;
}

__device__ __forceinline__ float to_float(bfloat16 x) {
  float y;  // a move: as integers, its 16 bits and 16 zeros would take another register
  asm("mov.b32 %0, {0, %1};" : "=f"(y) : "h"(x.bits));
  return y;
}

#endif

__device__ __forceinline__ float to_float(float x) { return x; }

struct tf32 {};  // float32, of which the tensor cores take 10 bits of mantissa

// The type that a value of T is computed in.
template <class T>
struct ComputeType {
  using type = T;
};
template <>
struct ComputeType<half> {
  using type = float;
};
template <>
struct ComputeType<bfloat16> {
  using type = float;
};
template <class T>
using Compute = typename ComputeType<T>::type;

// A stored value to the type it is computed in, and back.
template <class T>
__device__ __forceinline__ Compute<T> load_as(T x) {
  if constexpr (sizeof(Compute<T>) == sizeof(T))
    return x;
  else
    return to_float(x);
}

template <class T>
__device__ __forceinline__ T store_as(Compute<T> x) {
  if constexpr (std::is_same_v<T, half>)
    return to_half(x);
  else if constexpr (std::is_same_v<T, bfloat16>)
    return to_bfloat16(x);
  else
    return x;
}

}  // namespace sx::cuda
