// Memory that the GPUs of a machine share by multicast: behind one address stands a copy on each of
// them, and the switch between them adds the copies up while reading, or writes to all. 16 bytes at
// a time; order and scope are relaxed, system: pair them with fence<Scope::kSystem>(). sm_90.
#pragma once
#include "cuda/device/half.h"
#include "cuda/device/memory.h"
#ifdef SX_SIM
#include "sim/multicast.h"
#endif

namespace sx::cuda {

// What multimem moves in one access, computed in float32.
template <class T>
using Multi = Packed<T, 16 / sizeof(T)>;

#ifdef SX_SIM

namespace detail {
template <class T>
constexpr sim::AddAs kAddAs = std::is_same_v<T, half>       ? sim::AddAs::kFloat16
                              : std::is_same_v<T, bfloat16> ? sim::AddAs::kBfloat16
                                                            : sim::AddAs::kFloat32;
}

template <class T>
Multi<T> multimem_sum(const T* p) {
  Multi<T> sum;
  sim::multimem_sum(&sum, p, detail::kAddAs<T>);
  return sum;
}
template <class T>
void multimem_store(T* p, const Multi<T>& value) {
  sim::multimem_store(p, &value);
}
template <class T>
void multimem_add(T* p, const Multi<T>& value) {
  sim::multimem_add(p, &value, detail::kAddAs<T>);
}

#else

namespace detail {
struct Words {
  uint32_t w[4];
};
template <class T>
constexpr bool kMulti =
    std::is_same_v<T, float> || std::is_same_v<T, half> || std::is_same_v<T, bfloat16>;
}  // namespace detail

// The sum of all copies.
template <class T>
__device__ __forceinline__ Multi<T> multimem_sum(const T* p) {
  static_assert(detail::kMulti<T>, "float, half or bfloat16");
  detail::Words v;
#define SX_SUM(type)                                                                       \
  asm volatile("multimem.ld_reduce.relaxed.sys.global.add" type " {%0, %1, %2, %3}, [%4];" \
               : "=r"(v.w[0]), "=r"(v.w[1]), "=r"(v.w[2]), "=r"(v.w[3])                    \
               : "l"(p)                                                                    \
               : "memory")
  if constexpr (std::is_same_v<T, float>) {
    float f[4];
    asm volatile("multimem.ld_reduce.relaxed.sys.global.add.v4.f32 {%0, %1, %2, %3}, [%4];"
                 : "=f"(f[0]), "=f"(f[1]), "=f"(f[2]), "=f"(f[3])
                 : "l"(p)
                 : "memory");
    memcpy(&v, f, sizeof v);
  } else if constexpr (std::is_same_v<T, half>) {
    SX_SUM(".acc::f32.v4.f16x2");
  } else {
    SX_SUM(".acc::f32.v4.bf16x2");
  }
#undef SX_SUM
  Multi<T> sum;
  memcpy(&sum, &v, sizeof sum);
  return sum;
}

// The value into every copy.
template <class T>
__device__ __forceinline__ void multimem_store(T* p, const Multi<T>& value) {
  float f[4];
  memcpy(f, &value, sizeof f);
  asm volatile("multimem.st.relaxed.sys.global.v4.f32 [%0], {%1, %2, %3, %4};" ::"l"(p), "f"(f[0]),
               "f"(f[1]), "f"(f[2]), "f"(f[3])
               : "memory");
}

// The value added to every copy.
template <class T>
__device__ __forceinline__ void multimem_add(T* p, const Multi<T>& value) {
  static_assert(detail::kMulti<T>, "float, half or bfloat16");
  detail::Words v;
  memcpy(&v, &value, sizeof v);
#define SX_ADD(type)                                                                               \
  asm volatile("multimem.red.relaxed.sys.global.add.v4." type " [%0], {%1, %2, %3, %4};" ::"l"(p), \
               "r"(v.w[0]), "r"(v.w[1]), "r"(v.w[2]), "r"(v.w[3])                                  \
               : "memory")
  if constexpr (std::is_same_v<T, float>) {
    float f[4];
    memcpy(f, &value, sizeof f);
    asm volatile("multimem.red.relaxed.sys.global.add.v4.f32 [%0], {%1, %2, %3, %4};" ::"l"(p),
                 "f"(f[0]), "f"(f[1]), "f"(f[2]), "f"(f[3])
                 : "memory");
  } else if constexpr (std::is_same_v<T, half>) {
    SX_ADD("f16x2");
  } else {
    SX_ADD("bf16x2");
  }
#undef SX_ADD
}

#endif

}  // namespace sx::cuda
