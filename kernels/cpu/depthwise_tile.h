// Tiles of positions of a convolution in which each channel has a filter of its own, on blocks.
#pragma once
#include "cpu/blocks.h"

namespace sx::SX_ISA {
namespace {

constexpr int kTile = 8;  // positions: as many sums as hide the latency of an addition
constexpr int kVectors = kBlock / kLanes;

struct Tap {
  int32_t x, w;  // floats from the first position's, and from the block's first weight
};

// What a tile needs; positions are x_step and y_step floats apart.
struct Sums {
  const float *x, *w, *bias, *z;
  float* y;
  int64_t x_step, y_step;
  const Tap* taps;
  int64_t tap_count;
  float low, high;
};

template <int kCount>
void sum_tile(const Sums& t) {
  for (int v = 0; v < kVectors; v++) {
    const int at = v * kLanes;
    Vector sum[kCount];
#pragma GCC unroll 8
    for (int p = 0; p < kCount; p++) sum[p] = Vector::load(t.bias + at);
    if (t.z)
#pragma GCC unroll 8
      for (int p = 0; p < kCount; p++) sum[p] += Vector::load(t.z + p * t.y_step + at);
    for (const Tap *tap = t.taps, *end = tap + t.tap_count; tap != end; tap++) {
      const Vector w = Vector::load(t.w + tap->w + at);
      const float* x = t.x + tap->x + at;
#pragma GCC unroll 8
      for (int p = 0; p < kCount; p++) sum[p] += Vector::load(x + p * t.x_step) * w;
    }
#pragma GCC unroll 8
    for (int p = 0; p < kCount; p++)
      min(Vector(t.high), max(Vector(t.low), sum[p])).store(t.y + p * t.y_step + at);
  }
}

void sum_tile(int64_t count, const Sums& t) {
  static constexpr void (*kVariants[kTile])(const Sums&) = {sum_tile<1>, sum_tile<2>, sum_tile<3>,
                                                            sum_tile<4>, sum_tile<5>, sum_tile<6>,
                                                            sum_tile<7>, sum_tile<8>};
  kVariants[count - 1](t);
}

}  // namespace
}  // namespace sx::SX_ISA
