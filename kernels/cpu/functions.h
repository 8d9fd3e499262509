// The functions of elementwise operators that fused chains have, too: each is written once, so that
// both give the same bits.
#pragma once
#include "cpu/unary.h"

namespace sx::SX_ISA {
namespace {

// Unsigned, and wide enough that C++ does not promote it to a signed type: there wrapping is
// defined.
template <class T>
using Wrapping = std::conditional_t<sizeof(T) == 8, uint64_t, uint32_t>;

struct Add {
  template <class T>
  T operator()(T a, T b) const {
    if constexpr (std::is_integral_v<T>)
      return static_cast<T>(Wrapping<T>(a) + Wrapping<T>(b));
    else
      return a + b;
  }
};

struct Sub {
  template <class T>
  T operator()(T a, T b) const {
    if constexpr (std::is_integral_v<T>)
      return static_cast<T>(Wrapping<T>(a) - Wrapping<T>(b));
    else
      return a - b;
  }
};

struct Mul {
  template <class T>
  T operator()(T a, T b) const {
    if constexpr (std::is_integral_v<T>)
      return static_cast<T>(Wrapping<T>(a) * Wrapping<T>(b));
    else
      return a * b;
  }
};

template <class T>
bool is_minus_one(T b) {
  return std::is_signed_v<T> && b == static_cast<T>(-1);
}

struct Div {
  template <class T>
  T operator()(T a, T b) const {
    if constexpr (std::is_integral_v<T>) {
      // The smallest integer has no quotient by -1, and the processor traps.
      return is_minus_one(b) ? static_cast<T>(-Wrapping<T>(a)) : static_cast<T>(a / b);
    } else {
      return a / b;
    }
  }
};

// A NaN in either operand wins, as in NumPy's maximum.
struct Max {
  template <class T>
  T operator()(T a, T b) const {
    return a > b || a != a ? a : b;
  }
};

struct Min {
  template <class T>
  T operator()(T a, T b) const {
    return a < b || a != a ? a : b;
  }
};

template <class T>
using Unsigned = typename std::make_unsigned<T>::type;

struct Abs : Plain {
  template <class T>
  T operator()(T x) const {
    if constexpr (std::is_unsigned_v<T>)
      return x;
    else if constexpr (std::is_integral_v<T>)
      return x < 0 ? static_cast<T>(Unsigned<T>{0} - Unsigned<T>(x)) : x;
    else
      return std::abs(x);
  }
};

struct Neg : Plain {
  template <class T>
  T operator()(T x) const {
    if constexpr (std::is_integral_v<T>)
      return static_cast<T>(Unsigned<T>{0} - Unsigned<T>(x));
    else
      return -x;
  }
};

struct Reciprocal : Plain {
  template <class T>
  T operator()(T x) const {
    return 1 / x;
  }
};

// A function of the C library that the compiler has an instruction for, and one of simd/math.h.
#define SX_INSTRUCTION(Name, function) \
  struct Name : Plain {                \
    template <class T>                 \
    T operator()(T x) const {          \
      return std::function(x);         \
    }                                  \
  }
#define SX_VECTORISED(Name, function) \
  struct Name : Vectorised {          \
    template <class V>                \
    V operator()(V x) const {         \
      return function(x);             \
    }                                 \
  }

SX_INSTRUCTION(Sqrt, sqrt);
SX_VECTORISED(Exp, exp);
SX_VECTORISED(Log, log);
SX_VECTORISED(Tanh, tanh);
SX_VECTORISED(Erf, erf);

struct Relu : Plain {
  template <class T>
  T operator()(T x) const {
    return x < 0 ? T{0} : x;
  }
};

struct LeakyRelu : Vectorised {
  double alpha;
  template <class V>
  V operator()(V x) const {
    return select(x < V(0), V(alpha) * x, x);
  }
};

struct HardSigmoid : Vectorised {
  double alpha, beta;
  template <class V>
  V operator()(V x) const {
    return max(V(0), min(V(1), V(alpha) * x + V(beta)));
  }
};

struct HardSwish : Vectorised {
  template <class V>
  V operator()(V x) const {
    return x * max(V(0), min(V(1), x * V(1 / 6.0) + V(0.5)));
  }
};

struct Sigmoid : Vectorised {
  template <class V>
  V operator()(V x) const {
    return sigmoid(x);
  }
};

struct Swish : Vectorised {
  double alpha;
  template <class V>
  V operator()(V x) const {
    return x / (exp(V(-alpha) * x) + V(1));
  }
};

struct Softplus : Vectorised {
  template <class V>
  V operator()(V x) const {
    return max(V(0), x) + log1p(exp(-abs(x)));
  }
};

struct Gelu : Vectorised {
  Vec<float> operator()(Vec<float> x) const { return gelu(x); }
  double operator()(double x) const {
    const double a = max(-40.0, x);
    return a * 0.5 * std::erfc(a * -0.70710678118654752);
  }
};

// 1 + tanh(u) = 2 / (1 + exp(-2u)).
struct GeluTanh : Vectorised {
  template <class V>
  V operator()(V x) const {
    const V a = max(V(-30), x);
    return a / (exp(a * (a * a * V(-0.07135481627260025) + V(-1.5957691216057308))) + V(1));
  }
};

template <class T>
struct Clip {
  T lowest, highest;
  T operator()(T x, T) const {
    const T raised = x < lowest ? lowest : x;
    return raised > highest ? highest : raised;
  }
};

}  // namespace
}  // namespace sx::SX_ISA
