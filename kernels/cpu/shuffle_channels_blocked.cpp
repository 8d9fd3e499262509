// shuffle_channels_blocked.f32: channel i * group + g of y is channel g * (channels / group) + i of
// x, both [batch, channels / 16, positions, 16], lanes behind the last channel 0. Idea: where a
// block's 16 lanes come from is worked out once, and serves all of its positions. Measured in a
// whole model: bench/results. After ShuffleNet, arXiv 1707.01083.
#include "cpu/blocks.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t batch, channels, positions, group;
};

void shuffle_channels_blocked_f32(const Arguments& args) {
  const auto p = args.params_as<Params>();
  const int64_t blocks = (p.channels + kBlock - 1) / kBlock;
  constexpr int64_t kPart = 1024;  // positions
  const int64_t parts = (p.positions + kPart - 1) / kPart;
  const int64_t work = std::max<int64_t>(1, std::min(p.positions, kPart));
  args.parallel(p.batch * blocks * parts, std::max<int64_t>(1, (1 << 11) / work),
                [&](int64_t begin, int64_t end, int) {
                  for (int64_t i = begin; i < end; i++) {
                    const int64_t block = i / parts, first = i % parts * kPart;
                    const int64_t channel = block % blocks * kBlock;
                    const int64_t there = std::min<int64_t>(kBlock, p.channels - channel);
                    const float* from[kBlock];
                    for (int64_t lane = 0; lane < there; lane++) {
                      const int64_t c = (channel + lane) % p.group * (p.channels / p.group) +
                                        (channel + lane) / p.group;
                      const int64_t source = block / blocks * blocks + c / kBlock;
                      from[lane] = args.data<const float>(0) +
                                   (source * p.positions + first) * kBlock + c % kBlock;
                    }
                    float* y = args.data<float>(1) + (block * p.positions + first) * kBlock;
                    const int64_t count = std::min(kPart, p.positions - first);
                    for (int64_t at = 0; at < count * kBlock; at += kBlock)
                      for (int64_t lane = 0; lane < kBlock; lane++)
                        y[at + lane] = lane < there ? from[lane][at] : 0.0f;
                  }
                });
}

SX_KERNEL("shuffle_channels_blocked.f32", shuffle_channels_blocked_f32);

}  // namespace
}  // namespace sx::SX_ISA
