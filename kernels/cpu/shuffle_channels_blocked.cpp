// shuffle_channels_blocked.f32: channel i * group + g of y is channel g * (channels / group) + i of
// x, both [batch, channels / 16, positions, 16], lanes behind the last channel 0. Idea: where a
// block's 16 lanes come from is worked out once, and serves all of its positions; a vector of
// AVX-512 is put together of one permuted vector for each block that lanes come from. Measured in a
// whole model: bench/results. After ShuffleNet, arXiv 1707.01083.
#include <bit>

#include "cpu/blocks.h"

#ifdef __AVX512F__
#include <immintrin.h>
#endif

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t batch, channels, positions, group;
};

// The lanes of a block of y, each from a lane of a block of x. Both are the first position's;
// further ones follow in steps of a block.
class Lanes {
 public:
  void add(int lane, const float* block, int32_t from) {
    int i = 0;
    while (i < count_ && block_[i] != block) i++;
    if (i == count_) block_[count_++] = block;
    mask_[i] |= 1u << lane;
    from_[i][lane] = from;
  }

  void copy(int64_t positions, float* y) const {
    for (int64_t at = 0; at < positions * kBlock; at += kBlock) copy_block(at, y + at);
  }

 private:
  void copy_block(int64_t at, float* y) const {
#ifdef __AVX512F__
    __m512 lanes = _mm512_setzero_ps();
    for (int i = 0; i < count_; i++)
      lanes =
          _mm512_mask_permutexvar_ps(lanes, static_cast<__mmask16>(mask_[i]),
                                     _mm512_load_si512(from_[i]), _mm512_loadu_ps(block_[i] + at));
    _mm512_storeu_ps(y, lanes);
#else
    std::fill_n(y, kBlock, 0.0f);
    for (int i = 0; i < count_; i++)
      for (uint32_t left = mask_[i]; left != 0; left &= left - 1) {
        const int lane = std::countr_zero(left);
        y[lane] = block_[i][at + from_[i][lane]];
      }
#endif
  }

  int count_ = 0;
  const float* block_[kBlock];
  uint32_t mask_[kBlock] = {};
  alignas(64) int32_t from_[kBlock][kBlock] = {};
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
                    const int64_t image = block / blocks, channel = block % blocks * kBlock;
                    Lanes lanes;
                    for (int64_t to = channel; to < std::min(channel + kBlock, p.channels); to++) {
                      const int64_t from = to % p.group * (p.channels / p.group) + to / p.group;
                      const int64_t x = (image * blocks + from / kBlock) * p.positions + first;
                      lanes.add(int(to % kBlock), args.data<const float>(0) + x * kBlock,
                                int32_t(from % kBlock));
                    }
                    lanes.copy(std::min(kPart, p.positions - first),
                               args.data<float>(1) + (block * p.positions + first) * kBlock);
                  }
                });
}

SX_KERNEL("shuffle_channels_blocked.f32", shuffle_channels_blocked_f32);

}  // namespace
}  // namespace sx::SX_ISA
