// The functions that a fused operator applies to its result; Activation.java has the definitions.
#pragma once
#include <type_traits>

#include "cuda/device/math.h"

namespace sx::cuda {

// Three slots of a kernel's parameters.
struct Activation {
  enum Kind : int64_t {
    kNone,
    kRelu,
    kClip,
    kLeakyRelu,
    kSigmoid,
    kHardSigmoid,
    kHardSwish,
    kSilu,
    kTanh,
    kGelu,
    kGeluTanh,
    kMish
  };
  int64_t kind;
  double a, b;
};

// max(low, x) and min(high, x) of which NaN stays NaN.
template <class T>
__device__ __forceinline__ T at_least(T x, T low) {
  return x < low ? low : x;
}
template <class T>
__device__ __forceinline__ T at_most(T x, T high) {
  return x > high ? high : x;
}

template <class T>
__device__ __forceinline__ T exp_of(T x) {
  if constexpr (std::is_same_v<T, float>)
    return expf(x);
  else
    return exp(x);
}

template <class T>
__device__ __forceinline__ T sigmoid(T x) {
  return T(1) / (T(1) + exp_of(-x));
}

// x Φ(x); by erfc, which keeps the small values of x far below 0.
template <class T>
__device__ __forceinline__ T gelu(T x) {
  if (x < T(-40)) return T(0);  // minus infinity as well
  if constexpr (std::is_same_v<T, float>)
    return x * .5f * erfcf(x * -.707106781f);
  else
    return x * .5 * erfc(x * -.70710678118654752);
}

// x / 2 (1 + tanh(√(2/π) (x + 0.044715 x³))) = x sigmoid(2 √(2/π) (x + 0.044715 x³))
template <class T>
__device__ __forceinline__ T gelu_tanh(T x) {
  if (x < T(-40)) return T(0);
  return x * sigmoid(x * (T(1.5957691216057308) + T(1.5957691216057308 * 0.044715) * x * x));
}

// x tanh(log(1 + e)) with e = exp(x). The tanh is n / (n + 2) with n = e (e + 2); beyond 20 it
// is 1.
template <class T>
__device__ __forceinline__ T mish(T x) {
  const T e = exp_of(at_most(x, T(20)));
  const T n = e * (e + T(2));
  return x * (n / (n + T(2)));
}

// Calls body(f) with the function as a functor; integers have none.
template <class T, class Body>
__device__ __forceinline__ void with_activation(const Activation& activation, Body&& body) {
  if constexpr (std::is_floating_point_v<T>) {
    const T a = static_cast<T>(activation.a), b = static_cast<T>(activation.b);
    switch (activation.kind) {
      case Activation::kRelu:
        return body([](T x) { return at_least(x, T(0)); });
      case Activation::kClip:
        return body([=](T x) { return at_most(at_least(x, a), b); });
      case Activation::kLeakyRelu:
        return body([=](T x) { return x < T(0) ? a * x : x; });
      case Activation::kSigmoid:
        return body([](T x) { return sigmoid(x); });
      case Activation::kHardSigmoid:
        return body([=](T x) { return at_least(at_most(a * x + b, T(1)), T(0)); });
      case Activation::kHardSwish:
        return body([](T x) { return x * at_least(at_most(x * T(1. / 6) + T(.5), T(1)), T(0)); });
      case Activation::kSilu:
        return body([](T x) { return x * sigmoid(x); });
      case Activation::kTanh:
        return body([](T x) {
          if constexpr (std::is_same_v<T, float>)
            return tanhf(x);
          else
            return tanh(x);
        });
      case Activation::kGelu:
        return body([](T x) { return gelu(x); });
      case Activation::kGeluTanh:
        return body([](T x) { return gelu_tanh(x); });
      case Activation::kMish:
        return body([](T x) { return mish(x); });
      default:
        break;
    }
  }
  body([](T x) { return x; });
}

template <class T, int N>
__device__ __forceinline__ void activate(const Activation& activation, T (&x)[N]) {
  with_activation<T>(activation, [&](auto f) {
#pragma unroll
    for (T& value : x) value = f(value);
  });
}

}  // namespace sx::cuda
