// float16 and bfloat16 as kernels see them: stored in 16 bits, computed with as float. Conversions
// round to nearest even.
#pragma once
#include <type_traits>

#include "cuda/device/platform.h"
#ifndef SX_SIM
#include <cuda_bf16.h>
#include <cuda_fp16.h>
#endif

namespace sx::cuda {

#ifdef SX_SIM

struct half {
  uint16_t bits;
};
struct bfloat16 {
  uint16_t bits;
};

inline float to_float(half x) { return float(__builtin_bit_cast(_Float16, x.bits)); }
inline float to_float(bfloat16 x) { return __builtin_bit_cast(float, uint32_t(x.bits) << 16); }

inline half to_half(float x) { return {__builtin_bit_cast(uint16_t, _Float16(x))}; }
inline bfloat16 to_bfloat16(float x) {
  const uint32_t bits = __builtin_bit_cast(uint32_t, x);
  if (x != x) return {0x7fff};  // what cvt.rn.bf16.f32 gives
  return {uint16_t((bits + 0x7fff + (bits >> 16 & 1)) >> 16)};
}

#else

using half = __half;
using bfloat16 = __nv_bfloat16;

__device__ __forceinline__ float to_float(half x) { return __half2float(x); }
__device__ __forceinline__ float to_float(bfloat16 x) { return __bfloat162float(x); }
__device__ __forceinline__ half to_half(float x) { return __float2half_rn(x); }
__device__ __forceinline__ bfloat16 to_bfloat16(float x) { return __float2bfloat16_rn(x); }

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
