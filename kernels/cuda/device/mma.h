// mma.sync: d [16, 8] += a [16, depth] b [depth, 8], by a warp. The depth is 32 bytes of the
// operands' type: 16 of float16 and bfloat16, 8 of tf32, 32 of int8 and uint8. In 32-bit words,
// which lie along the depth, lane 4 g + t has
//   a: word t of rows g and g + 8, word t + 4 of rows g and g + 8
//   b: words t and t + 4 of column g
//   d: elements 2 t and 2 t + 1 of row g, then of row g + 8.
// Sums are float, or int32 for integers. All lanes of a full warp call it.
#pragma once
#include "cuda/device/half.h"
#include "cuda/device/platform.h"

namespace sx::cuda {

template <class T>
struct MmaType {
  static constexpr int kDepth = 32 / sizeof(T);
  using Sum = float;
};
template <>
struct MmaType<tf32> {
  static constexpr int kDepth = 8;
  using Sum = float;
};
template <>
struct MmaType<int8_t> {
  static constexpr int kDepth = 32;
  using Sum = int32_t;
};
template <>
struct MmaType<uint8_t> : MmaType<int8_t> {};

#ifdef SX_SIM

namespace detail {
enum class MmaElement { kFloat16, kBfloat16, kTf32, kInt8, kUint8 };
void mma(void* d, const uint32_t* a, const uint32_t* b, MmaElement a_type, MmaElement b_type);

template <class T>
constexpr MmaElement mma_element() {
  if constexpr (std::is_same_v<T, half>) return MmaElement::kFloat16;
  if constexpr (std::is_same_v<T, bfloat16>) return MmaElement::kBfloat16;
  if constexpr (std::is_same_v<T, tf32>) return MmaElement::kTf32;
  if constexpr (std::is_same_v<T, int8_t>) return MmaElement::kInt8;
  if constexpr (std::is_same_v<T, uint8_t>) return MmaElement::kUint8;
}
}  // namespace detail

template <class A, class B = A>
void mma(typename MmaType<A>::Sum (&d)[4], const uint32_t (&a)[4], const uint32_t (&b)[2]) {
  static_assert(std::is_same_v<A, B> ||
                (sizeof(A) == 1 && sizeof(B) == 1 && std::is_integral_v<A>));
  detail::mma(d, a, b, detail::mma_element<A>(), detail::mma_element<B>());
}

// Rounded to the 10 bits of fraction that tf32 has, to nearest, ties away from zero.
inline uint32_t to_tf32(float x) {
  const uint32_t bits = __builtin_bit_cast(uint32_t, x);
  return (bits & 0x7f800000) == 0x7f800000 ? bits : (bits + 0x1000) & 0xffffe000u;
}

#else

#define SX_MMA(shape_and_types, letter)                                                 \
  asm volatile("mma.sync.aligned." shape_and_types                                      \
               " {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, {%0, %1, %2, %3};"       \
               : "+" letter(d[0]), "+" letter(d[1]), "+" letter(d[2]), "+" letter(d[3]) \
               : "r"(a[0]), "r"(a[1]), "r"(a[2]), "r"(a[3]), "r"(b[0]), "r"(b[1]))

template <class A, class B = A>
__device__ __forceinline__ void mma(typename MmaType<A>::Sum (&d)[4], const uint32_t (&a)[4],
                                    const uint32_t (&b)[2]) {
  if constexpr (std::is_same_v<A, half> && std::is_same_v<B, half>)
    SX_MMA("m16n8k16.row.col.f32.f16.f16.f32", "f");
  else if constexpr (std::is_same_v<A, bfloat16> && std::is_same_v<B, bfloat16>)
    SX_MMA("m16n8k16.row.col.f32.bf16.bf16.f32", "f");
  else if constexpr (std::is_same_v<A, tf32> && std::is_same_v<B, tf32>)
    SX_MMA("m16n8k8.row.col.f32.tf32.tf32.f32", "f");
  else if constexpr (std::is_same_v<A, int8_t> && std::is_same_v<B, int8_t>)
    SX_MMA("m16n8k32.row.col.s32.s8.s8.s32", "r");
  else if constexpr (std::is_same_v<A, int8_t> && std::is_same_v<B, uint8_t>)
    SX_MMA("m16n8k32.row.col.s32.s8.u8.s32", "r");
  else if constexpr (std::is_same_v<A, uint8_t> && std::is_same_v<B, int8_t>)
    SX_MMA("m16n8k32.row.col.s32.u8.s8.s32", "r");
  else {
    static_assert(std::is_same_v<A, uint8_t> && std::is_same_v<B, uint8_t>,
                  "the tensor core has no such product");
    SX_MMA("m16n8k32.row.col.s32.u8.u8.s32", "r");
  }
}

#undef SX_MMA

__device__ __forceinline__ uint32_t to_tf32(float x) {
  uint32_t bits;
  asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(bits) : "f"(x));
  return bits;
}

#endif

}  // namespace sx::cuda
