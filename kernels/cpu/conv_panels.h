// How the weights of a convolution on blocks are packed: panels of whole blocks of filters of one
// group, and the channels that it reads in the blocks that they lie in.
#pragma once
#include <algorithm>

#include "cpu/conv_tile.h"

namespace sx::SX_ISA {
namespace {

// A panel gives filters [from, end), counted over all groups, of the blocks [block, block + width);
// the weights of the other filters of these blocks are zeros, and their sums go nowhere.
struct Panel {
  int64_t group, block, width, from, end;
  int64_t weights;  // of one product, in front of it
};

// The filters of each group in panels of kPanel, or of kBlock where that is enough. Where groups
// end within blocks, panels are made of the blocks of the output that a group has filters of.
struct Panels {
  int64_t group, filters;  // filters of one group

  // Of a group, with room for as many blocks as any group has filters of.
  int64_t padded() const {
    return group == 1 || filters % kBlock == 0 ? round_up(filters, kBlock)
                                               : (filters + 2 * kBlock - 2) / kBlock * kBlock;
  }
  int64_t of_group() const { return (padded() + kPanel - 1) / kPanel; }
  int64_t count() const { return group * of_group(); }

  // Panel i; nothing is in it where end <= from.
  Panel at(int64_t i) const {
    const int64_t g = i / of_group(), first = i % of_group() * kPanel, start = g * filters;
    const int64_t block = start / kBlock * kBlock + first;
    const int64_t from = std::max(block, start), end = std::min(block + kPanel, start + filters);
    return {g,    block, round_up(std::max<int64_t>(end - block, 0), kBlock),
            from, end,   g * padded() + first};
  }
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
