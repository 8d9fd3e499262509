// The functions of a recurrent cell's gates and states.
#pragma once
#include "cuda/activation.h"

namespace sx::cuda {

// CellActivation.java has the definitions, in this order.
struct CellFunction {
  enum Kind : int64_t {
    kRelu,
    kTanh,
    kSigmoid,
    kAffine,
    kLeakyRelu,
    kThresholdedRelu,
    kScaledTanh,
    kHardSigmoid,
    kElu,
    kSoftsign,
    kSoftplus
  };
  int64_t kind;
  double alpha, beta;

  // Of x between -clip and clip; NaN stays.
  __device__ float operator()(float x, float clip) const {
    const float a = float(alpha), b = float(beta);
    x = at_least(at_most(x, clip), -clip);
    switch (kind) {
      case kRelu:
        return at_least(x, 0.f);
      case kTanh:
        return tanhf(x);
      case kSigmoid:
        return sigmoid(x);
      case kAffine:
        return a * x + b;
      case kLeakyRelu:
        return x >= 0 ? x : a * x;
      case kThresholdedRelu:
        return x >= a ? x : 0.f;
      case kScaledTanh:
        return a * tanhf(b * x);
      case kHardSigmoid:
        return at_most(at_least(a * x + b, 0.f), 1.f);
      case kElu:
        return x >= 0 ? x : a * expm1f(x);
      case kSoftsign:
        return x / (1 + fabsf(x));
      default:
        return at_least(x, 0.f) + log1pf(expf(-fabsf(x)));
    }
  }
};

}  // namespace sx::cuda
