// cast.FROM.TO: y = x in another type: pairs of f32, f64, f16, bf16, i32, i64, i8, u8 and bool.
// x and y have one shape; y may be x where the types are equally wide.
// One conversion an element in the loop of elementwise.h; floats become integers saturated to 64
// bits, then wrapped. Not yet measured on a GPU. The rules are those of kernels/cpu/cast.cpp.
#include <limits>

#include "cuda/elementwise.h"

namespace sx::cuda {
namespace {

// A byte that is true unless it is 0.
struct Bool {
  uint8_t byte;
};

template <class T>
__device__ int64_t saturated(T x) {
  if (x != x) return 0;
  if (x >= T(0x1p63)) return std::numeric_limits<int64_t>::max();
  if (x <= T(-0x1p63)) return std::numeric_limits<int64_t>::min();
  return static_cast<int64_t>(x);
}

// The float below or above x that is odd where x is no float: rounding it again gives what rounding
// x at once would.
__device__ inline float rounded_to_odd(double x) {
  const float nearest = static_cast<float>(x);
  const bool outwards = std::fabs(static_cast<double>(nearest)) > std::fabs(x);
  const bool inexact = static_cast<double>(nearest) != x;
  return __uint_as_float((__float_as_uint(nearest) - outwards) | inexact);
}

template <class To>
struct Convert {
  template <class From>
  __device__ Compute<To> operator()(From x) const {
    if constexpr (std::is_same_v<From, Bool>)
      return Convert<To>{}(x.byte != 0 ? 1 : 0);
    else if constexpr (std::is_same_v<To, Bool>)
      return Bool{x != 0};
    else if constexpr (sizeof(To) == 2 && !std::is_same_v<From, float>)
      return rounded_to_odd(static_cast<double>(x));
    else if constexpr (std::is_floating_point_v<From> && std::is_integral_v<To>)
      return static_cast<To>(saturated(x));
    else
      return static_cast<Compute<To>>(x);
  }
};

template <class From, class To>
void cast(const Arguments& args) {
  map(args, Convert<To>{}, args.data<const From>(0), args.data<To>(1), args.size(0));
}

// A pair of equal types is a copy, and has another kernel.
#define SX_CASTS_FROM(key, From)                        \
  SX_KERNEL("cast." key ".f32", cast<From, float>);     \
  SX_KERNEL("cast." key ".f64", cast<From, double>);    \
  SX_KERNEL("cast." key ".f16", cast<From, half>);      \
  SX_KERNEL("cast." key ".bf16", cast<From, bfloat16>); \
  SX_KERNEL("cast." key ".i32", cast<From, int32_t>);   \
  SX_KERNEL("cast." key ".i64", cast<From, int64_t>);   \
  SX_KERNEL("cast." key ".i8", cast<From, int8_t>);     \
  SX_KERNEL("cast." key ".u8", cast<From, uint8_t>);    \
  SX_KERNEL("cast." key ".bool", cast<From, Bool>)

SX_CASTS_FROM("f32", float);
SX_CASTS_FROM("f64", double);
SX_CASTS_FROM("f16", half);
SX_CASTS_FROM("bf16", bfloat16);
SX_CASTS_FROM("i32", int32_t);
SX_CASTS_FROM("i64", int64_t);
SX_CASTS_FROM("i8", int8_t);
SX_CASTS_FROM("u8", uint8_t);
SX_CASTS_FROM("bool", Bool);

}  // namespace
}  // namespace sx::cuda
