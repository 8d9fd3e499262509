// pow.A (b of the same type) and pow.A.B: c = a^b in a's type.
// a and b broadcast to c, which may be one of them that has its type.
// The exponents 2, 3 and 1/2, as in nearly every model, are products and a root; where b is a
// single number all threads take the same branch. Integers to integer powers are squared and
// multiplied. Not yet measured on a GPU. The rules are those of kernels/cpu/pow.cpp.
#include <limits>

#include "cuda/elementwise.h"

namespace sx::cuda {
namespace {

struct Params {
  int64_t trailing;  // axes of size 1 to append to b
};

// Unlike a root, the power 1/2 of -0 is 0, and that of -inf is inf.
template <class T>
__device__ T power(T a, T b) {
  if (b == 2) return a * a;
  if (b == 3) return a * a * a;
  if (b == T(0.5)) return a == -T(INFINITY) ? -a : std::sqrt(a) + 0;
  return std::pow(a, b);
}

struct FloatPower {
  static constexpr bool kLong = true;
  template <class A, class B>
  __device__ A operator()(A a, B b) const {
    if constexpr (std::is_floating_point_v<A>) {
      // Not in float where b has more digits.
      using T =
          std::conditional_t<std::is_same_v<A, float> && std::is_same_v<B, float>, float, double>;
      return static_cast<A>(power<T>(a, b));
    } else {
      const double result = std::pow(static_cast<double>(a), static_cast<double>(b));
      if (result != result) return 0;
      if (result >= 0x1p63) return static_cast<A>(std::numeric_limits<int64_t>::max());
      if (result <= -0x1p63) return static_cast<A>(std::numeric_limits<int64_t>::min());
      return static_cast<A>(static_cast<int64_t>(result));
    }
  }
};

struct IntegerPower {
  static constexpr bool kLong = true;
  template <class A, class B>
  __device__ A operator()(A a, B b) const {
    if (b < 0) return a == 1 ? A{1} : a == -1 ? static_cast<A>(b % 2 == 0 ? 1 : -1) : A{0};
    uint64_t result = 1, square = static_cast<uint64_t>(a);
    for (uint64_t rest = static_cast<uint64_t>(b); rest != 0; rest >>= 1, square *= square)
      if (rest & 1) result *= square;
    return static_cast<A>(result);
  }
};

template <class A, class B = A>
void pow(const Arguments& args) {
  constexpr bool kIntegers = std::is_integral_v<A> && std::is_integral_v<B>;
  using F = std::conditional_t<kIntegers, IntegerPower, FloatPower>;
  binary<A, A, B>(args, F{}, 0, 1, 2, args.params_as<Params>().trailing);
}

SX_KERNEL("pow.f32", pow<float>);
SX_KERNEL("pow.f32.f64", pow<float, double>);
SX_KERNEL("pow.f32.i32", pow<float, int32_t>);
SX_KERNEL("pow.f32.i64", pow<float, int64_t>);
SX_KERNEL("pow.f64", pow<double>);
SX_KERNEL("pow.f64.f32", pow<double, float>);
SX_KERNEL("pow.f64.i32", pow<double, int32_t>);
SX_KERNEL("pow.f64.i64", pow<double, int64_t>);
SX_KERNEL("pow.f16", pow<half>);
SX_KERNEL("pow.bf16", pow<bfloat16>);
SX_KERNEL("pow.i32", pow<int32_t>);
SX_KERNEL("pow.i32.i64", pow<int32_t, int64_t>);
SX_KERNEL("pow.i32.f32", pow<int32_t, float>);
SX_KERNEL("pow.i64", pow<int64_t>);
SX_KERNEL("pow.i64.i32", pow<int64_t, int32_t>);
SX_KERNEL("pow.i64.f32", pow<int64_t, float>);

}  // namespace
}  // namespace sx::cuda
