// pow.A (b of the same type) and pow.A.B: c = a^b in a's type.
// a and b broadcast to c, which may be one of them that has its type.
// A single exponent that is 2, 3, 1/2, -1/2 or -1, as in nearly every model, becomes products,
// roots and quotients; others call the C library. Integers to integer powers are squared and
// multiplied.
#include <cmath>
#include <limits>

#include "cpu/unary.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t trailing;  // axes of size 1 to append to b
};

struct FloatPower {
  template <class A, class B>
  A operator()(A a, B b) const {
    if constexpr (std::is_floating_point_v<A>) {
      // Not in float where b has more digits.
      using T =
          std::conditional_t<std::is_same_v<A, float> && std::is_same_v<B, float>, float, double>;
      return static_cast<A>(std::pow(static_cast<T>(a), static_cast<T>(b)));
    } else {
      const double power = std::pow(static_cast<double>(a), static_cast<double>(b));
      if (power != power) return 0;
      if (power >= 0x1p63) return static_cast<A>(std::numeric_limits<int64_t>::max());
      if (power <= -0x1p63) return static_cast<A>(std::numeric_limits<int64_t>::min());
      return static_cast<A>(static_cast<int64_t>(power));
    }
  }
};

struct IntegerPower {
  template <class A, class B>
  A operator()(A a, B b) const {
    if (b < 0) return a == 1 ? A{1} : a == -1 ? static_cast<A>(b % 2 == 0 ? 1 : -1) : A{0};
    uint64_t result = 1, square = static_cast<uint64_t>(a);
    for (uint64_t rest = static_cast<uint64_t>(b); rest != 0; rest >>= 1, square *= square)
      if (rest & 1) result *= square;
    return static_cast<A>(result);
  }
};

struct Square : Plain {
  template <class T>
  T operator()(T a) const {
    return a * a;
  }
};

struct Cube : Plain {
  template <class T>
  T operator()(T a) const {
    return a * a * a;
  }
};

// Unlike a root, the power 1/2 of -0 is 0, and that of -inf is inf.
struct Root : Plain {
  template <class T>
  T operator()(T a) const {
    return a == -std::numeric_limits<T>::infinity() ? -a : std::sqrt(a) + 0;
  }
};

struct InverseRoot : Plain {
  template <class T>
  T operator()(T a) const {
    return 1 / Root{}(a);
  }
};

struct Inverse : Plain {
  template <class T>
  T operator()(T a) const {
    return 1 / a;
  }
};

// One exponent for all: the result has a's elements in a's order.
template <class F, class A>
void each(const Arguments& args) {
  const A* a = args.data<const A>(0);
  A* c = args.data<A>(2);
  args.parallel(args.size(2), F::kGrain, [&](int64_t begin, int64_t end, int) {
    unary_row(F{}, a + begin, c + begin, end - begin);
  });
}

template <class F, class A, class B>
void pairs(const Arguments& args) {
  binary<F, A, A, B>(args, F{}, 0, 1, 2, args.params_as<Params>().trailing, Scalar::kGrain);
}

template <class B>
double single_exponent(const Arguments& args) {
  if (args.size(1) != 1) return NAN;
  const B b = *args.data<const B>(1);
  if constexpr (std::is_same_v<typename Computed<B>::type, B>)
    return static_cast<double>(b);
  else
    return widen(b);
}

template <class A, class B = A>
void pow(const Arguments& args) {
  if constexpr (std::is_integral_v<A> && std::is_integral_v<B>) {
    pairs<IntegerPower, A, B>(args);
  } else {
    if constexpr (!std::is_integral_v<A>) {
      const double exponent = single_exponent<B>(args);
      if (exponent == 2) return each<Square, A>(args);
      if (exponent == 3) return each<Cube, A>(args);
      if (exponent == 0.5) return each<Root, A>(args);
      if (exponent == -0.5) return each<InverseRoot, A>(args);
      if (exponent == -1) return each<Inverse, A>(args);
    }
    pairs<FloatPower, A, B>(args);
  }
}

SX_KERNEL("pow.f32", pow<float>);
SX_KERNEL("pow.f32.f64", pow<float, double>);
SX_KERNEL("pow.f32.i32", pow<float, int32_t>);
SX_KERNEL("pow.f32.i64", pow<float, int64_t>);
SX_KERNEL("pow.f64", pow<double>);
SX_KERNEL("pow.f64.f32", pow<double, float>);
SX_KERNEL("pow.f64.i32", pow<double, int32_t>);
SX_KERNEL("pow.f64.i64", pow<double, int64_t>);
SX_KERNEL("pow.f16", pow<Half>);
SX_KERNEL("pow.bf16", pow<BFloat16>);
SX_KERNEL("pow.i32", pow<int32_t>);
SX_KERNEL("pow.i32.i64", pow<int32_t, int64_t>);
SX_KERNEL("pow.i32.f32", pow<int32_t, float>);
SX_KERNEL("pow.i64", pow<int64_t>);
SX_KERNEL("pow.i64.i32", pow<int64_t, int32_t>);
SX_KERNEL("pow.i64.f32", pow<int64_t, float>);

}  // namespace
}  // namespace sx::SX_ISA
