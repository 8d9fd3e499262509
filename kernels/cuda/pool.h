// What the poolings share: the taps of a window that meet the input, or what is counted of its
// padding.
#pragma once
#include "cuda/device/math.h"
#include "cuda/launch.h"

namespace sx::cuda {

// The slots of Java's Pooling.
struct PoolGeometry {
  int64_t input[3], output[3], kernel[3], stride[3], dilation[3], begin[3], end[3];
  int64_t count_pads;  // average: 1 if padding counts into the divisor

  int64_t outputs() const { return output[0] * output[1] * output[2]; }
};

// The taps [first, last) that meet elements [from, to) at position o of axis i.
struct Taps {
  int64_t first, last;
  __device__ Taps(const PoolGeometry& p, int i, int64_t o, int64_t from, int64_t to) {
    const int64_t d = p.dilation[i], start = o * p.stride[i] - p.begin[i];
    first = start >= from ? 0 : min((from - start + d - 1) / d, p.kernel[i]);
    last = start >= to ? first : min(max((to - start + d - 1) / d, first), p.kernel[i]);
  }
  __device__ Taps(const PoolGeometry& p, int i, int64_t o) : Taps(p, i, o, 0, p.input[i]) {}
};

// What a sum over the window at o is divided by.
__device__ __forceinline__ float averaged_taps(const PoolGeometry& p, const int64_t (&o)[3]) {
  int64_t taps = 1;
#pragma unroll
  for (int i = 0; i < 3; i++) {
    const Taps counted =
        p.count_pads ? Taps(p, i, o[i], -p.begin[i], p.input[i] + p.end[i]) : Taps(p, i, o[i]);
    taps *= counted.last - counted.first;
  }
  return float(taps);
}

}  // namespace sx::cuda
