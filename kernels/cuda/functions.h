// The functions of elementwise operators that fused chains have, too: each is written once, so that
// both give the same bits.
#pragma once
#include "cuda/elementwise.h"

namespace sx::cuda {
namespace {

// Unsigned, and wide enough that C++ does not promote it to a signed type: there wrapping is
// defined.
template <class T>
using Wrapping = std::conditional_t<!std::is_integral_v<T>, T,
                                    std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>>;

#define SX_OPERATION(Name, expression)        \
  struct Name {                               \
    template <class T>                        \
    __device__ T operator()(T a, T b) const { \
      using W = Wrapping<T>;                  \
      return static_cast<T>(expression);      \
    }                                         \
  }

SX_OPERATION(Add, W(a) + W(b));
SX_OPERATION(Sub, W(a) - W(b));
SX_OPERATION(Mul, W(a) * W(b));
SX_OPERATION(Max, W(a) != W(a) || a > b ? a : b);  // NaN if either is
SX_OPERATION(Min, W(a) != W(a) || a < b ? a : b);

template <class T>
__device__ bool is_minus_one(T b) {
  return std::is_signed_v<T> && b == static_cast<T>(-1);
}

struct Div {
  template <class T>
  __device__ T operator()(T a, T b) const {
    if constexpr (std::is_integral_v<T>)
      return is_minus_one(b) ? T(-Wrapping<T>(a))
                             : T(a / b);  // the smallest integer has no quotient by -1
    else
      return a / b;
  }
};

template <class T>
using Unsigned = std::make_unsigned_t<T>;

template <class T>
__device__ T negated(T x) {
  if constexpr (std::is_integral_v<T>)
    return static_cast<T>(Unsigned<T>{0} - Unsigned<T>(x));  // the smallest integer stays
  else
    return -x;
}

#define SX_FUNCTION(Name, is_long, R, expression) \
  struct Name {                                   \
    static constexpr bool kLong = is_long;        \
    template <class T>                            \
    __device__ R operator()(T x) const {          \
      return expression;                          \
    }                                             \
  }

SX_FUNCTION(Neg, false, T, negated(x));
SX_FUNCTION(Reciprocal, false, T, 1 / x);
SX_FUNCTION(Sqrt, false, T, std::sqrt(x));
SX_FUNCTION(Exp, true, T, std::exp(x));
SX_FUNCTION(Log, true, T, std::log(x));
SX_FUNCTION(Tanh, true, T, std::tanh(x));
SX_FUNCTION(Erf, true, T, std::erf(x));

struct Abs {
  template <class T>
  __device__ T operator()(T x) const {
    if constexpr (std::is_integral_v<T>)
      return x < 0 ? negated(x) : x;
    else
      return std::fabs(x);
  }
};

// NaN if x is.
template <class T>
__device__ T at_least(double bound, T x) {
  return x < T(bound) ? T(bound) : x;
}
template <class T>
__device__ T at_most(double bound, T x) {
  return x > T(bound) ? T(bound) : x;
}

struct Relu {
  template <class T>
  __device__ T operator()(T x) const {
    return x < 0 ? T{0} : x;
  }
};

struct LeakyRelu {
  double alpha;
  template <class T>
  __device__ T operator()(T x) const {
    return x < 0 ? T(alpha) * x : x;
  }
};

struct HardSigmoid {
  double alpha, beta;
  template <class T>
  __device__ T operator()(T x) const {
    return at_least(0, at_most(1, T(alpha) * x + T(beta)));
  }
};

struct HardSwish {
  template <class T>
  __device__ T operator()(T x) const {
    return x * at_least(0, at_most(1, x * T(1 / 6.0) + T(0.5)));
  }
};

struct Sigmoid {
  static constexpr bool kLong = true;
  template <class T>
  __device__ T operator()(T x) const {
    return 1 / (1 + std::exp(-x));
  }
};

struct Swish {
  static constexpr bool kLong = true;
  double alpha;
  template <class T>
  __device__ T operator()(T x) const {
    return x / (std::exp(T(-alpha) * x) + 1);
  }
};

struct Softplus {
  static constexpr bool kLong = true;
  template <class T>
  __device__ T operator()(T x) const {
    return at_least(0, x) + std::log1p(std::exp(-std::fabs(x)));
  }
};

// x Phi(x) = max(0, x) - t Phi(-t) with t = |x|. The logarithm of Phi(-t) is nearly a parabola: a
// polynomial of degree 10 makes 1e-7 of it, so that one exp does for both branches, and small
// results on the left keep their digits.
struct Gelu {
  static constexpr bool kLong = true;
  __device__ float operator()(float x) const {
    constexpr float p[] = {-9.265857e-09f,  3.0795243e-07f,  -4.360873e-06f, 3.2986987e-05f,
                           -0.00012018008f, -0.00016535819f, 0.0050374637f,  -0.03651817f,
                           -0.31824368f,    -0.7978939f,     -0.69314694f};
    const float t = at_most(14.5, std::fabs(x));  // there the second term is 0
    float log_phi = 0;
#pragma unroll
    for (float c : p) log_phi = log_phi * t + c;
    return at_least(0, x) - t * std::exp(log_phi);
  }
  __device__ double operator()(double x) const {
    const double a = at_least(-40, x);
    return a * 0.5 * std::erfc(a * -0.70710678118654752);
  }
};

// 1 + tanh(u) = 2 / (1 + exp(-2u)).
struct GeluTanh {
  static constexpr bool kLong = true;
  template <class T>
  __device__ T operator()(T x) const {
    const T a = at_least(-30, x);
    return a / (std::exp(a * (a * a * T(-0.07135481627260025) + T(-1.5957691216057308))) + 1);
  }
};

}  // namespace
}  // namespace sx::cuda
