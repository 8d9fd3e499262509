// The functions that a fused operator applies to its result; Activation.java has the definitions.
#pragma once
#include "cpu/simd/math.h"

namespace sx::SX_ISA {

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

// Calls body(f) with the function as a functor of a vector, so that body's loops are compiled for
// each. Arguments of min and max stand so that NaN stays NaN.
template <class Body>
inline void with_activation(const Activation& activation, Body&& body) {
  using V = Vec<float>;
  const V a(static_cast<float>(activation.a)), b(static_cast<float>(activation.b));
  switch (activation.kind) {
    case Activation::kRelu:
      return body([](V x) { return max(V(0.f), x); });
    case Activation::kClip:
      return body([a, b](V x) { return min(b, max(a, x)); });
    case Activation::kLeakyRelu:
      return body([a](V x) { return select(x.raw < 0.f, a * x, x); });
    case Activation::kSigmoid:
      return body([](V x) { return sigmoid(x); });
    case Activation::kHardSigmoid:
      return body([a, b](V x) { return max(V(0.f), min(V(1.f), fma(a, x, b))); });
    case Activation::kHardSwish:
      return body([](V x) { return x * max(V(0.f), min(V(1.f), fma(x, V(1.f / 6), V(.5f)))); });
    case Activation::kSilu:
      return body([](V x) { return x / (exp(x * -1.f) + 1.f); });
    case Activation::kTanh:
      return body([](V x) { return tanh(x); });
    case Activation::kGelu:
      return body([](V x) { return gelu(x); });
    case Activation::kGeluTanh:  // in terms of exp
      return body([](V x) {
        const V bounded = max(V(-30.f), x);
        return bounded / (exp(bounded * (bounded * bounded * -.0713548128f - 1.59576912f)) + 1.f);
      });
    case Activation::kMish:
      return body([](V x) { return mish(x); });
    default:
      return body([](V x) { return x; });
  }
}

}  // namespace sx::SX_ISA
