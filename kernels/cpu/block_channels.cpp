// block_channels.f32, .u8: x [batch, channels, positions] to y [batch, channels / 16, positions,
// 16], lanes behind the last channel 0; unblock_channels is the way back.
#include "cpu/block_copy.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t batch, channels, positions;

  int64_t blocks() const { return (channels + kBlock - 1) / kBlock; }
};

// Calls move(plain, channels, blocked, count, positions) for each block of channels, on `count`
// positions. Threads share the positions, as convolutions share rows.
template <class Move>
void each_block(const Arguments& args, Move&& move) {
  const auto p = args.params_as<Params>();
  constexpr int64_t kPart = 1024;  // positions: 64 KiB on either side
  const int64_t parts = round_up((p.positions + kPart - 1) / kPart, args.pool().threads());
  const int64_t blocks = p.batch * p.blocks();
  const auto start = [&](int64_t part) {
    return part == parts ? p.positions : part * p.positions / parts / kBlock * kBlock;
  };
  args.parallel(blocks * parts, 1, [&](int64_t begin, int64_t end, int) {
    for (int64_t i = begin; i < end; i++) {
      const int64_t block = i % blocks, first = start(i / blocks);
      const int64_t n = block / p.blocks(), c = block % p.blocks() * kBlock;
      move((n * p.channels + c) * p.positions + first, std::min<int64_t>(kBlock, p.channels - c),
           (block * p.positions + first) * kBlock, start(i / blocks + 1) - first, p.positions);
    }
  });
}

template <class T>
void block_channels(const Arguments& args) {
  each_block(args, [&](int64_t plain, int64_t channels, int64_t blocked, int64_t count,
                       int64_t positions) {
    to_block(args.data<const T>(0) + plain, positions, channels, count, args.data<T>(1) + blocked);
  });
}

template <class T>
void unblock_channels(const Arguments& args) {
  each_block(args, [&](int64_t plain, int64_t channels, int64_t blocked, int64_t count,
                       int64_t positions) {
    from_block(args.data<const T>(0) + blocked, channels, count, args.data<T>(1) + plain,
               positions);
  });
}

SX_KERNEL("block_channels.f32", block_channels<float>);
SX_KERNEL("block_channels.u8", block_channels<uint8_t>);
SX_KERNEL("block_channels.i8", block_channels<uint8_t>);
SX_KERNEL("unblock_channels.f32", unblock_channels<float>);
SX_KERNEL("unblock_channels.u8", unblock_channels<uint8_t>);
SX_KERNEL("unblock_channels.i8", unblock_channels<uint8_t>);

}  // namespace
}  // namespace sx::SX_ISA
