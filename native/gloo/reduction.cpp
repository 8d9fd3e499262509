#include "reduction.h"

#include <stdexcept>
#include <string>
#include <type_traits>

#include "cpu/simd/half.h"
#include "sx/gloo.h"

namespace sx::gloo_engine {
namespace {

using SX_ISA::BFloat16;
using SX_ISA::Half;

struct Sum {
  template <class T>
  T operator()(T a, T b) const {
    return a + b;
  }
};

struct Product {
  template <class T>
  T operator()(T a, T b) const {
    return a * b;
  }
};

// NaN is less than everything for Min and greater than everything for Max: it spreads to the
// result.
struct Min {
  template <class T>
  T operator()(T a, T b) const {
    return a < b || a != a ? a : b;
  }
};

struct Max {
  template <class T>
  T operator()(T a, T b) const {
    return a > b || a != a ? a : b;
  }
};

template <class Op, class T>
T combine(T a, T b) {
  if constexpr (std::is_same_v<T, Half>) {
    return SX_ISA::narrow_half(Op()(SX_ISA::widen(a), SX_ISA::widen(b)));
  } else if constexpr (std::is_same_v<T, BFloat16>) {
    return SX_ISA::narrow_bfloat16(Op()(SX_ISA::widen(a), SX_ISA::widen(b)));
  } else if constexpr (std::is_integral_v<T> &&
                       (std::is_same_v<Op, Sum> || std::is_same_v<Op, Product>)) {
    using Wrapping = std::make_unsigned_t<T>;  // signed overflow would be undefined
    return static_cast<T>(Op()(static_cast<Wrapping>(a), static_cast<Wrapping>(b)));
  } else {
    return Op()(a, b);
  }
}

template <class Op, class T>
void reduce(void* c, const void* a, const void* b, size_t n) {
  auto* to = static_cast<T*>(c);
  auto* left = static_cast<const T*>(a);
  auto* right = static_cast<const T*>(b);
  if (to == left) {  // Gloo's usual case; with one array less the compiler finds its vectors
    for (size_t i = 0; i < n; i++) to[i] = combine<Op>(to[i], right[i]);
  } else {
#pragma GCC ivdep
    for (size_t i = 0; i < n; i++) to[i] = combine<Op>(left[i], right[i]);
  }
}

template <class T>
Reduction with_elements(int32_t reduction) {
  switch (reduction) {
    case SX_GLOO_SUM:
      return {reduce<Sum, T>, sizeof(T)};
    case SX_GLOO_PRODUCT:
      return {reduce<Product, T>, sizeof(T)};
    case SX_GLOO_MIN:
      return {reduce<Min, T>, sizeof(T)};
    case SX_GLOO_MAX:
      return {reduce<Max, T>, sizeof(T)};
    default:
      throw std::invalid_argument("there is no reduction " + std::to_string(reduction));
  }
}

}  // namespace

Reduction reduction_of(int32_t dtype, int32_t reduction) {
  switch (dtype) {
    case 1:
      return with_elements<float>(reduction);
    case 6:
      return with_elements<int32_t>(reduction);
    case 7:
      return with_elements<int64_t>(reduction);
    case 10:
      return with_elements<Half>(reduction);
    case 11:
      return with_elements<double>(reduction);
    case 16:
      return with_elements<BFloat16>(reduction);
    default:
      throw std::invalid_argument("elements of type " + std::to_string(dtype) + " are not reduced");
  }
}

}  // namespace sx::gloo_engine
