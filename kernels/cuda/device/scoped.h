// Loads, stores and atomics with an order and a scope: how threads of different blocks, and of
// different GPUs, tell each other that data is there. Values of 4 or 8 bytes. Scope::kCluster needs
// sm_90.
//
//   fence<Scope::kDevice>() or store_release<Scope::kDevice>(flag, 1) on one side,
//   while (load_acquire<Scope::kDevice>(flag) != 1) {} on the other.
#pragma once
#include <type_traits>

#include "cuda/device/platform.h"
#ifdef SX_SIM
#include "sim/scoped.h"
#endif

namespace sx::cuda {

#ifdef SX_SIM

using sim::Scope;

// Messages of the checked build name the line that calls.
#define SX_PART_OF_CALLER [[gnu::always_inline]] inline

template <Scope kScope, class T>
SX_PART_OF_CALLER T load_relaxed(const T* p) {
  return sim::scoped_load(p, sim::Order::kRelaxed, kScope);
}
template <Scope kScope, class T>
SX_PART_OF_CALLER T load_acquire(const T* p) {
  return sim::scoped_load(p, sim::Order::kAcquire, kScope);
}
template <Scope kScope, class T>
SX_PART_OF_CALLER void store_relaxed(T* p, T value) {
  sim::scoped_store(p, value, sim::Order::kRelaxed, kScope);
}
template <Scope kScope, class T>
SX_PART_OF_CALLER void store_release(T* p, T value) {
  sim::scoped_store(p, value, sim::Order::kRelease, kScope);
}
template <Scope kScope, class T>
SX_PART_OF_CALLER T atomic_add(T* p, T value) {
  return sim::scoped_update(p, sim::Order::kAcquireRelease, kScope,
                            [=](T old) { return T(old + value); });
}
template <Scope kScope, class T>
SX_PART_OF_CALLER void reduce_add(T* p, T value) {
  sim::scoped_update(p, sim::Order::kRelaxed, kScope, [=](T old) { return T(old + value); });
}
template <Scope kScope, class T>
SX_PART_OF_CALLER void reduce_add_release(T* p, T value) {
  sim::scoped_update(p, sim::Order::kRelease, kScope, [=](T old) { return T(old + value); });
}
template <Scope kScope, class T>
SX_PART_OF_CALLER T atomic_exchange(T* p, T value) {
  return sim::scoped_update(p, sim::Order::kAcquireRelease, kScope, [=](T) { return value; });
}
template <Scope kScope, class T>
SX_PART_OF_CALLER T atomic_compare_exchange(T* p, T expected, T value) {
  return sim::scoped_update(p, sim::Order::kAcquireRelease, kScope,
                            [=](T old) { return old == expected ? value : old; });
}
template <Scope kScope>
SX_PART_OF_CALLER void fence() {
  sim::scoped_fence(kScope);
}

#undef SX_PART_OF_CALLER

#else

enum class Scope { kBlock, kCluster, kDevice, kSystem };

#define SX_BY_SCOPE(F, ...)                                           \
  if constexpr (kScope == Scope::kBlock) F("cta", __VA_ARGS__);       \
  if constexpr (kScope == Scope::kCluster) F("cluster", __VA_ARGS__); \
  if constexpr (kScope == Scope::kDevice) F("gpu", __VA_ARGS__);      \
  if constexpr (kScope == Scope::kSystem) F("sys", __VA_ARGS__)

namespace detail {
// The bits of a value, in the register that PTX wants.
template <class T>
using Bits = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;
template <class To, class From>
__device__ __forceinline__ To bits_as(From value) {
  static_assert(sizeof(To) == sizeof(From), "values of 4 or 8 bytes");
  To result;
  memcpy(&result, &value, sizeof result);
  return result;
}
}  // namespace detail

#define SX_LOAD(scope, order)                                                               \
  if constexpr (sizeof(T) == 8)                                                             \
    asm volatile("ld." order "." scope ".b64 %0, [%1];" : "=l"(value) : "l"(p) : "memory"); \
  else                                                                                      \
    asm volatile("ld." order "." scope ".b32 %0, [%1];" : "=r"(value) : "l"(p) : "memory")
template <Scope kScope, class T>
__device__ __forceinline__ T load_relaxed(const T* p) {
  detail::Bits<T> value;
  SX_BY_SCOPE(SX_LOAD, "relaxed");
  return detail::bits_as<T>(value);
}
template <Scope kScope, class T>
__device__ __forceinline__ T load_acquire(const T* p) {
  detail::Bits<T> value;
  SX_BY_SCOPE(SX_LOAD, "acquire");
  return detail::bits_as<T>(value);
}

#define SX_STORE(scope, order)                                                           \
  if constexpr (sizeof(T) == 8)                                                          \
    asm volatile("st." order "." scope ".b64 [%0], %1;" ::"l"(p), "l"(bits) : "memory"); \
  else                                                                                   \
    asm volatile("st." order "." scope ".b32 [%0], %1;" ::"l"(p), "r"(bits) : "memory")
template <Scope kScope, class T>
__device__ __forceinline__ void store_relaxed(T* p, T value) {
  const auto bits = detail::bits_as<detail::Bits<T> >(value);
  SX_BY_SCOPE(SX_STORE, "relaxed");
}
template <Scope kScope, class T>
__device__ __forceinline__ void store_release(T* p, T value) {
  const auto bits = detail::bits_as<detail::Bits<T> >(value);
  SX_BY_SCOPE(SX_STORE, "release");
}

// Sums of unsigned numbers are those of signed ones.
#define SX_ADD(scope, order)                                      \
  if constexpr (std::is_same_v<T, float>)                         \
    asm volatile("atom." order "." scope ".add.f32 %0, [%1], %2;" \
                 : "=f"(old)                                      \
                 : "l"(p), "f"(value)                             \
                 : "memory");                                     \
  else if constexpr (sizeof(T) == 8)                              \
    asm volatile("atom." order "." scope ".add.u64 %0, [%1], %2;" \
                 : "=l"(old)                                      \
                 : "l"(p), "l"(value)                             \
                 : "memory");                                     \
  else                                                            \
    asm volatile("atom." order "." scope ".add.u32 %0, [%1], %2;" \
                 : "=r"(old)                                      \
                 : "l"(p), "r"(value)                             \
                 : "memory")
template <Scope kScope, class T>
__device__ __forceinline__ T atomic_add(T* p, T value) {
  T old;
  SX_BY_SCOPE(SX_ADD, "acq_rel");
  return old;
}
#define SX_REDUCE(scope, order)                                                                \
  if constexpr (std::is_same_v<T, float>)                                                      \
    asm volatile("red." order "." scope ".add.f32 [%0], %1;" ::"l"(p), "f"(value) : "memory"); \
  else if constexpr (sizeof(T) == 8)                                                           \
    asm volatile("red." order "." scope ".add.u64 [%0], %1;" ::"l"(p), "l"(value) : "memory"); \
  else                                                                                         \
    asm volatile("red." order "." scope ".add.u32 [%0], %1;" ::"l"(p), "r"(value) : "memory")
template <Scope kScope, class T>
__device__ __forceinline__ void reduce_add(T* p, T value) {
  SX_BY_SCOPE(SX_REDUCE, "relaxed");
}
template <Scope kScope, class T>
__device__ __forceinline__ void reduce_add_release(T* p, T value) {
  SX_BY_SCOPE(SX_REDUCE, "release");
}

#define SX_EXCHANGE(scope, unused)                               \
  if constexpr (sizeof(T) == 8)                                  \
    asm volatile("atom.acq_rel." scope ".exch.b64 %0, [%1], %2;" \
                 : "=l"(old)                                     \
                 : "l"(p), "l"(bits)                             \
                 : "memory");                                    \
  else                                                           \
    asm volatile("atom.acq_rel." scope ".exch.b32 %0, [%1], %2;" \
                 : "=r"(old)                                     \
                 : "l"(p), "r"(bits)                             \
                 : "memory")
template <Scope kScope, class T>
__device__ __forceinline__ T atomic_exchange(T* p, T value) {
  const auto bits = detail::bits_as<detail::Bits<T> >(value);
  detail::Bits<T> old;
  SX_BY_SCOPE(SX_EXCHANGE, 0);
  return detail::bits_as<T>(old);
}
#define SX_COMPARE(scope, unused)                                   \
  if constexpr (sizeof(T) == 8)                                     \
    asm volatile("atom.acq_rel." scope ".cas.b64 %0, [%1], %2, %3;" \
                 : "=l"(old)                                        \
                 : "l"(p), "l"(from), "l"(bits)                     \
                 : "memory");                                       \
  else                                                              \
    asm volatile("atom.acq_rel." scope ".cas.b32 %0, [%1], %2, %3;" \
                 : "=r"(old)                                        \
                 : "l"(p), "r"(from), "r"(bits)                     \
                 : "memory")
template <Scope kScope, class T>
__device__ __forceinline__ T atomic_compare_exchange(T* p, T expected, T value) {
  const auto from = detail::bits_as<detail::Bits<T> >(expected);
  const auto bits = detail::bits_as<detail::Bits<T> >(value);
  detail::Bits<T> old;
  SX_BY_SCOPE(SX_COMPARE, 0);
  return detail::bits_as<T>(old);
}

#define SX_FENCE(scope, unused) asm volatile("fence.acq_rel." scope ";" ::: "memory")
template <Scope kScope>
__device__ __forceinline__ void fence() {
  SX_BY_SCOPE(SX_FENCE, 0);
}

#undef SX_FENCE
#undef SX_COMPARE
#undef SX_EXCHANGE
#undef SX_REDUCE
#undef SX_ADD
#undef SX_STORE
#undef SX_LOAD
#undef SX_BY_SCOPE

#endif

}  // namespace sx::cuda
