// CUDA C++ as g++ understands it: qualifiers, built-in variables, vector types, and the functions
// of CUDA's own headers that kernels may call by name. Everything else stands in
// kernels/cuda/device with both of its forms.
#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

#include "sim/cuda_runtime.h"
#include "sim/sim.h"

#define __global__ static
#define __device__
#define __host__
#define __forceinline__ inline
#define __grid_constant__
#define __launch_bounds__(...)
#define __cluster_dims__(...)

#define threadIdx (::sim::current->index)
#define blockIdx (::sim::current->block->index)
#define blockDim (::sim::block_dim)
#define gridDim (::sim::grid_dim)

struct dim3 {
  uint32_t x, y, z;
  constexpr dim3(uint32_t x = 1, uint32_t y = 1, uint32_t z = 1) : x(x), y(y), z(z) {}
};

template <class T>
struct alignas(2 * sizeof(T)) SimVector2 {
  T x, y;
};
template <class T>
struct alignas(4 * sizeof(T) > 16 ? 16 : 4 * sizeof(T)) SimVector4 {
  T x, y, z, w;
};
using float2 = SimVector2<float>;
using float4 = SimVector4<float>;
using double2 = SimVector2<double>;
using int2 = SimVector2<int>;
using int4 = SimVector4<int>;
using uint2 = SimVector2<unsigned>;
using uint4 = SimVector4<unsigned>;
inline float2 make_float2(float x, float y) { return {x, y}; }
inline float4 make_float4(float x, float y, float z, float w) { return {x, y, z, w}; }
inline int4 make_int4(int x, int y, int z, int w) { return {x, y, z, w}; }
inline uint2 make_uint2(unsigned x, unsigned y) { return {x, y}; }
inline uint4 make_uint4(unsigned x, unsigned y, unsigned z, unsigned w) { return {x, y, z, w}; }

inline void __syncthreads() { sim::barrier_sync(0, 0); }
inline int __syncthreads_count(int value) { return sim::barrier_reduce(value, 0); }
inline int __syncthreads_and(int value) { return sim::barrier_reduce(value, 1); }
inline int __syncthreads_or(int value) { return sim::barrier_reduce(value, 2); }
[[noreturn]] inline void __trap() { sim::trap(); }

inline int __popc(unsigned x) { return __builtin_popcount(x); }
inline int __clz(int x) { return x ? __builtin_clz(unsigned(x)) : 32; }
inline int __ffs(int x) { return __builtin_ffs(x); }
inline float rsqrtf(float x) { return 1 / std::sqrt(x); }
inline double rsqrt(double x) { return 1 / std::sqrt(x); }
inline float normcdff(float x) { return 0.5f * std::erfc(-x * 0.70710678f); }
inline int __float_as_int(float x) { return __builtin_bit_cast(int, x); }
inline unsigned __float_as_uint(float x) { return __builtin_bit_cast(unsigned, x); }
inline float __int_as_float(int x) { return __builtin_bit_cast(float, x); }
inline float __uint_as_float(unsigned x) { return __builtin_bit_cast(float, x); }
using std::max;
using std::min;
