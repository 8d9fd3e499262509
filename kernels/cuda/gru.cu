// gru_direct.T: z, r = f(W x + R h + b), n = g(Wh x + Rh (r h) + bh), h' = (1 - z) n + z h; with
// linear_before_reset n = g(Wh x + bwh + r (Rh h + brh)). x [T, B, I] -> y [T, directions, B, H]
// and the last h [directions, B, H], or with the batch in front; float32, float16 or bfloat16,
// computed in float32. As lstm.cu; Rh waits for r, so that a step has two phases unless
// linear_before_reset. Not yet measured on a GPU. No source but the definition.
#include "cuda/recurrent.h"

namespace sx::cuda {
namespace {

struct GruCell {
  static constexpr const char* kName = "GRU: ";
  static constexpr int kGates = 3;      // z, r, h
  static constexpr int kFunctions = 2;  // f, g
  static constexpr bool kHasC = false;
  static constexpr int kBuffers = 3;  // the third one has r h
  __device__ static bool adds_recurrent_bias(int gate, int64_t linear_before_reset) {
    return gate < 2 || !linear_before_reset;
  }

  template <class Walk>
  __device__ static void step(Walk& walk) {
    if (walk.g.variant)
      linear_step(walk);
    else
      reset_step(walk);
    walk.advance();
  }

 private:
  template <class Walk>
  __device__ static void linear_step(Walk& walk) {
    walk.each_unit([&](int unit) {
      float x[kGates], sums[kGates];
      walk.from_x(unit, x);
      const float bias = walk.g.bias(walk.d, kGates + 2, unit);
      walk.from_state(0, unit, walk.h, sums);
      const float z = walk.activate(0, x[0] + sums[0]);
      const float r = walk.activate(0, x[1] + sums[1]);
      mix(walk, unit, z, walk.activate(1, x[2] + r * (sums[2] + bias)));
    });
  }

  template <class Walk>
  __device__ static void reset_step(Walk& walk) {
    walk.each_unit([&](int unit) {
      float x[kGates], sums[1];
      walk.from_x(unit, x);
      walk.from_state(1, unit, walk.h, sums);
      walk.put(walk.more, unit, walk.activate(0, x[1] + sums[0]) * walk.state(unit));
    });
    walk.sync();
    walk.each_unit([&](int unit) {
      float x[kGates], of_h[1], of_reset[1];
      walk.from_x(unit, x);
      walk.from_state(0, unit, walk.h, of_h);
      walk.from_state(2, unit, walk.more, of_reset);
      mix(walk, unit, walk.activate(0, x[0] + of_h[0]), walk.activate(1, x[2] + of_reset[0]));
    });
  }

  template <class Walk>
  __device__ static void mix(Walk& walk, int unit, float z, float n) {
    walk.put_state(unit, (1 - z) * n + z * walk.state(unit));
  }
};

SX_KERNEL("gru_direct.f32", recurrent<GruCell, float>);
SX_KERNEL("gru_direct.f16", recurrent<GruCell, half>);
SX_KERNEL("gru_direct.bf16", recurrent<GruCell, bfloat16>);

}  // namespace
}  // namespace sx::cuda
