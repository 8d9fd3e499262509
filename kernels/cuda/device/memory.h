// Loads and stores of global memory with a word about the cache.
#pragma once
#include <type_traits>

#include "cuda/device/platform.h"

namespace sx::cuda {

#ifdef SX_SIM

// Read once: do not keep it in the cache.
template <class T>
T load_streaming(const T* p) {
  return *p;
}
template <class T>
void store_streaming(T* p, T value) {
  *p = value;
}
// Not written by anybody while the kernel runs.
template <class T>
T load_constant(const T* p) {
  return *p;
}

#else

// What CUDA's functions take for a T: they do not know our 16-bit floats.
template <class T>
using Word = std::conditional_t<std::is_class_v<T> && sizeof(T) == 2, uint16_t, T>;

template <class T>
__device__ __forceinline__ T load_streaming(const T* p) {
  return __builtin_bit_cast(T, __ldcs(reinterpret_cast<const Word<T>*>(p)));
}
template <class T>
__device__ __forceinline__ void store_streaming(T* p, T value) {
  __stcs(reinterpret_cast<Word<T>*>(p), __builtin_bit_cast(Word<T>, value));
}
template <class T>
__device__ __forceinline__ T load_constant(const T* p) {
  return __builtin_bit_cast(T, __ldg(reinterpret_cast<const Word<T>*>(p)));
}

#endif

// N values of T in one access of N * sizeof(T) bytes; the address must be a multiple of that.
template <class T, int N>
struct alignas(N * sizeof(T)) Packed {
  static_assert(N * sizeof(T) <= 16, "one access moves up to 16 bytes");
  T values[N];
  __device__ __forceinline__ T& operator[](int i) { return values[i]; }
  __device__ __forceinline__ const T& operator[](int i) const { return values[i]; }
};

template <int N, class T>
__device__ __forceinline__ Packed<T, N> load_packed(const T* p) {
  return *reinterpret_cast<const Packed<T, N>*>(p);
}
template <class T, int N>
__device__ __forceinline__ void store_packed(T* p, const Packed<T, N>& value) {
  *reinterpret_cast<Packed<T, N>*>(p) = value;
}

}  // namespace sx::cuda
