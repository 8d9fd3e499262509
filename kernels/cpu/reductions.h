// What ScatterElements and ScatterND do where an update meets what is there.
#pragma once
#include <type_traits>

#include "move.h"

// Registers kernel<T, Replace> by width, and the reductions for float32 and int64.
#define SX_SCATTER_KERNELS(key, kernel)                 \
  SX_KERNEL(key ".b1", kernel<uint8_t, Replace>);       \
  SX_KERNEL(key ".b2", kernel<uint16_t, Replace>);      \
  SX_KERNEL(key ".b4", kernel<uint32_t, Replace>);      \
  SX_KERNEL(key ".b8", kernel<uint64_t, Replace>);      \
  SX_KERNEL(key ".f32.add", kernel<float, Add>);        \
  SX_KERNEL(key ".f32.mul", kernel<float, Multiply>);   \
  SX_KERNEL(key ".f32.max", kernel<float, Larger>);     \
  SX_KERNEL(key ".f32.min", kernel<float, Smaller>);    \
  SX_KERNEL(key ".i64.add", kernel<int64_t, Add>);      \
  SX_KERNEL(key ".i64.mul", kernel<int64_t, Multiply>); \
  SX_KERNEL(key ".i64.max", kernel<int64_t, Larger>);   \
  SX_KERNEL(key ".i64.min", kernel<int64_t, Smaller>)

namespace sx::SX_ISA {

// Integers wrap around, so they are added and multiplied without a sign.
template <class T>
using Wrapping = typename std::conditional_t<std::is_integral_v<T>, std::make_unsigned<T>,
                                             std::type_identity<T>>::type;

struct Replace {
  template <class T>
  T operator()(T, T b) const {
    return b;
  }
};

struct Add {
  template <class T>
  T operator()(T a, T b) const {
    return T(Wrapping<T>(a) + Wrapping<T>(b));
  }
};

struct Multiply {
  template <class T>
  T operator()(T a, T b) const {
    return T(Wrapping<T>(a) * Wrapping<T>(b));
  }
};

// NaN is larger and smaller than anything.
struct Larger {
  template <class T>
  T operator()(T a, T b) const {
    return a > b || a != a ? a : b;
  }
};

struct Smaller {
  template <class T>
  T operator()(T a, T b) const {
    return a < b || a != a ? a : b;
  }
};

}  // namespace sx::SX_ISA
