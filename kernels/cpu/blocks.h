// Channels in blocks: a tensor [N, C, spatial...] lies as [N, C / 16, spatial..., 16], the last
// block filled up with lanes that nobody may read anything into. A vector is (part of) a block, so
// that no size of an image wastes lanes, and neighbours are never shuffled. ChannelBlocks.java.
#pragma once
#include "cpu/window.h"

namespace sx::SX_ISA {
namespace {

constexpr int kBlock = 16;  // channels; ChannelBlocks.java knows it too

}  // namespace
}  // namespace sx::SX_ISA
