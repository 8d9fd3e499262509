// How the weights of a convolution on blocks are packed: panels of filters, and the channels of a
// group in the blocks that they lie in.
#pragma once
#include <algorithm>

#include "cpu/conv_tile.h"

namespace sx::SX_ISA {
namespace {

// The filters of a group in panels of kPanel, the last of kBlock if that is enough.
struct Panels {
  int64_t filters;

  int64_t padded() const { return round_up(filters, kBlock); }
  int64_t count() const { return (padded() + kPanel - 1) / kPanel; }
  int64_t width(int64_t i) const { return std::min<int64_t>(kPanel, padded() - i * kPanel); }
};

// Calls visit(channel, count) for each part of group g's channels that lies in one block, counted
// from the group's first.
template <class Visit>
void each_block(int64_t g, int64_t channels, Visit&& visit) {
  for (int64_t c = 0; c < channels;) {
    const int64_t count = std::min(kBlock - (g * channels + c) % kBlock, channels - c);
    visit(c, count);
    c += count;
  }
}

}  // namespace
}  // namespace sx::SX_ISA
