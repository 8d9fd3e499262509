// lstm_direct.T: i, o, f = f(W x + R h + P c + b), g = g(Wc x + Rc h + bc), c' = f c + i g, h' = o
// h(c'), with any of ONNX's functions. x [T, B, I] -> y [T, directions, B, H] and the last h and c
// [directions, B, H], or with the batch in front; float32, float16 or bfloat16, computed in
// float32. recurrent.h has the idea: W's products first, then a cluster of blocks walks the steps,
// states in shared memory. Not yet measured on a GPU. No source but the definition.
#include "cuda/recurrent.h"

namespace sx::cuda {
namespace {

struct LstmCell {
  static constexpr const char* kName = "LSTM: ";
  static constexpr int kGates = 4;      // i, o, f, c
  static constexpr int kFunctions = 3;  // f, g, h
  static constexpr bool kHasC = true;
  static constexpr int kBuffers = 2;
  __device__ static bool adds_recurrent_bias(int, int64_t) { return true; }

  // The variant: one gate for both, f = 1 - i.
  template <class Walk>
  __device__ static void step(Walk& walk) {
    walk.each_unit([&](int unit) {
      float x[kGates], sums[kGates];
      walk.from_x(unit, x);
      const float before = walk.c(unit);
      float peephole[3] = {};  // of i, o, f
      if (walk.g.peepholes)
#pragma unroll
        for (int i = 0; i < 3; i++)
          peephole[i] = load_as(walk.g.peepholes[(walk.d * 3 + i) * walk.g.hidden + unit]);
      walk.from_state(0, unit, walk.h, sums);
      const float i = walk.activate(0, x[0] + sums[0] + peephole[0] * before);
      const float f =
          walk.g.variant ? 1 - i : walk.activate(0, x[2] + sums[2] + peephole[2] * before);
      const float after = f * before + i * walk.activate(1, x[3] + sums[3]);
      const float o = walk.activate(0, x[1] + sums[1] + peephole[1] * after);
      walk.put_c(unit, after);
      walk.put_state(unit, o * walk.activate(2, after));
    });
    walk.advance();
  }
};

SX_KERNEL("lstm_direct.f32", recurrent<LstmCell, float>);
SX_KERNEL("lstm_direct.f16", recurrent<LstmCell, half>);
SX_KERNEL("lstm_direct.bf16", recurrent<LstmCell, bfloat16>);

}  // namespace
}  // namespace sx::cuda
