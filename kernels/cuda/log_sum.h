// Sums of exponentials without overflow, as softmax and its kind need them: one pass, with a
// running maximum. Milakov and Gimelshein's "Online normalizer calculation for softmax", arXiv
// 1805.02867.
#pragma once
#include "cuda/device/math.h"

namespace sx::cuda {

// The largest value so far, and the sum of exp(value - largest).
struct LogSum {
  float largest = -kInfinity, sum = 0;

  __device__ void add(float x) {
    const float top = max_or_nan(largest, x);
    sum = sum * rescale(largest, top) + rescale(x, top);
    largest = top;
  }

  // exp(x - top); 0 where both are minus infinity, since nothing has been added yet.
  static __device__ float rescale(float x, float top) {
    return x == -kInfinity ? 0.f : expf(x - top);
  }
};

__device__ inline LogSum combine(LogSum a, LogSum b) {
  const float top = max_or_nan(a.largest, b.largest);
  return {top, a.sum * LogSum::rescale(a.largest, top) + b.sum * LogSum::rescale(b.largest, top)};
}

}  // namespace sx::cuda
