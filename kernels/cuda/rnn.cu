// rnn_direct.T: h' = f(W x + R h + b). x [T, B, I] -> y [T, directions, B, H] and the last h
// [directions, B, H], or with the batch in front; float32, float16 or bfloat16, computed in
// float32. recurrent.h has the idea: W's products first, then a cluster of blocks walks the steps,
// states in shared memory. Not yet measured on a GPU.
// No source but the definition.
#include "cuda/recurrent.h"

namespace sx::cuda {
namespace {

struct RnnCell {
  static constexpr const char* kName = "RNN: ";
  static constexpr int kGates = 1;
  static constexpr int kFunctions = 1;
  static constexpr bool kHasC = false;
  static constexpr int kBuffers = 2;
  __device__ static bool adds_recurrent_bias(int, int64_t) { return true; }

  template <class Walk>
  __device__ static void step(Walk& walk) {
    walk.each_unit([&](int unit) {
      float x[1], sums[1];
      walk.from_x(unit, x);
      walk.from_state(0, unit, walk.h, sums);
      walk.put_state(unit, walk.activate(0, x[0] + sums[0]));
    });
    walk.advance();
  }
};

SX_KERNEL("rnn_direct.f32", recurrent<RnnCell, float>);
SX_KERNEL("rnn_direct.f16", recurrent<RnnCell, half>);
SX_KERNEL("rnn_direct.bf16", recurrent<RnnCell, bfloat16>);

}  // namespace
}  // namespace sx::cuda
