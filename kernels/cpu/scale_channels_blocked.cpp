// scale_channels_blocked.f32: y = f(x * scale[c] + shift[c]) for x, y [batch, channels / 16,
// positions, 16] and a scale and a shift for each channel; y may be x. What is left of a
// BatchNormalization that no convolution took in. Idea: one pass, a vector of either for a block.
#include "cpu/activation.h"
#include "cpu/blocks.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t batch, channels, positions;
  Activation activation;
};

void scale_channels_blocked_f32(const Arguments& args) {
  const auto p = args.params_as<Params>();
  const int64_t blocks = (p.channels + kBlock - 1) / kBlock;
  args.parallel(
      p.batch * blocks, std::max<int64_t>(1, (1 << 13) / std::max<int64_t>(1, p.positions)),
      [&](int64_t begin, int64_t end, int) {
        with_activation(p.activation, [&](auto f) {
          for (int64_t i = begin; i < end; i++) {
            const int64_t c = i % blocks * kBlock, there = p.channels - c;
            const float* x = args.data<const float>(0) + i * p.positions * kBlock;
            float* y = args.data<float>(3) + i * p.positions * kBlock;
            for (int lane = 0; lane < kBlock; lane += kLanes) {
              const int64_t count = std::clamp<int64_t>(there - lane, 0, kLanes);
              const Vector scale = Vector::load_first(args.data<const float>(1) + c + lane, count);
              const Vector shift = Vector::load_first(args.data<const float>(2) + c + lane, count);
              for (int64_t at = lane; at < p.positions * kBlock; at += kBlock)
                f(fma(Vector::load(x + at), scale, shift)).store(y + at);
            }
          }
        });
      });
}

SX_KERNEL("scale_channels_blocked.f32", scale_channels_blocked_f32);

}  // namespace
}  // namespace sx::SX_ISA
