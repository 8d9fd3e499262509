// A tile of sums of a convolution of bytes on blocks, as in conv_tile.h: positions of a row by
// filters in registers, four channels of a position broadcast at a time, sums back to bytes at the
// end.
#pragma once
#include "cpu/requantize.h"

namespace sx::SX_ISA {
namespace {

#if defined(__AVX512VNNI__)
constexpr int kPositions = 14;  // 14 x 2 vectors of sums, 2 of weights, 1 of input: 31 of 32
constexpr int kPanel = 32;      // filters of a tile
#elif defined(__AVX512F__)
constexpr int kPositions = 12;  // 12 x 2 vectors of sums, 4 of weights, 2 of input: 30 of 32
constexpr int kPanel = 32;
#elif defined(__AVX2__)
constexpr int kPositions = 4;  // 4 x 2 vectors of sums, 4 of weights, 2 of input: 14 of 16
constexpr int kPanel = 16;
#else
constexpr int kPositions = 2;  // what does not fit into registers is in the cache
constexpr int kPanel = 16;
#endif

// Products whose operands of the input lie side by side: `length` of them from `offset` on.
struct Run {
  int32_t offset, length;
};

// A tile of sums: start[f] + sum over k of x[offset(k) + p * step] * w[k][f] for positions p of a
// row and the filters f of a panel, which lie in blocks.
struct Sums {
  const int8_t* w;   // [depth / 4, width of the panel, 4]
  const uint8_t* x;  // of the first position
  const Run* runs;   // the products
  int64_t run_count;
  int64_t step;             // bytes of x from position to position
  Ints flip;                // what quads of x are combined with
  FilterScales<kPanel> of;  // the panel's
  uint8_t* y;               // blocks y_block apart
  int64_t y_block;
};

// kWidth: filters; kStep: bytes from position to position, or 0 if only the launch knows.
template <int kCount, int kWidth, int kStep>
void sum_tile(const Sums& t, const Requantize& requantize) {
  constexpr int kVectors = kWidth / kLanes;
  const int64_t step = kStep ? kStep : t.step;
  const Ints flip = t.flip;
  Ints sum[kCount][kVectors];
#pragma GCC unroll 14
  for (int p = 0; p < kCount; p++)
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; v++) sum[p][v] = Ints::load(t.of.start + v * kLanes);
  const int8_t* w = t.w;
  for (const Run *run = t.runs, *end = run + t.run_count; run != end; run++) {
    const uint8_t* x = t.x + run->offset;
    for (const uint8_t* last = x + run->length; x != last; x += 4, w += 4 * kWidth) {
      const auto weights = [&](int v) {
        return SignedQuads(Ints::load(reinterpret_cast<const int32_t*>(w) + v * kLanes));
      };
      const SignedQuads a[] = {weights(0), weights(kVectors > 1 ? 1 : 0),
                               weights(kVectors > 2 ? 2 : 0), weights(kVectors > 2 ? 3 : 0)};
#pragma GCC unroll 14
      for (int p = 0; p < kCount; p++) {
        const UnsignedQuads b(broadcast_quad(x + p * step, flip));
#pragma GCC unroll 4
        for (int v = 0; v < kVectors; v++) sum[p][v] = add_quads(sum[p][v], b, a[v]);
      }
    }
  }
  const Requantize back = requantize;
#pragma GCC unroll 4
  for (int v = 0; v < kVectors; v++) {
    const Vector factor = Vector::load(t.of.factor + v * kLanes);
    uint8_t* y = t.y + v * kLanes / kBlock * t.y_block + v * kLanes % kBlock;
#pragma GCC unroll 14
    for (int p = 0; p < kCount; p++) back.store(sum[p][v], factor, y + p * kBlock);
  }
}

using SumTile = void (*)(const Sums&, const Requantize&);

template <int kWidth, int kStep, int... kCount>
inline SumTile sum_tile_of(int64_t count, std::integer_sequence<int, kCount...>) {
  static constexpr SumTile kVariants[] = {sum_tile<kCount + 1, kWidth, kStep>...};
  return kVariants[count - 1];
}

// The variant for this many positions, at most kPositions, of kPanel or kBlock filters.
inline SumTile sum_tile_for(int64_t count, int64_t width, int64_t step) {
  const std::make_integer_sequence<int, kPositions> counts;
  if (width == kPanel)
    return step == kBlock ? sum_tile_of<kPanel, kBlock>(count, counts)
                          : sum_tile_of<kPanel, 0>(count, counts);
  return step == kBlock ? sum_tile_of<kBlock, kBlock>(count, counts)
                        : sum_tile_of<kBlock, 0>(count, counts);
}

}  // namespace
}  // namespace sx::SX_ISA
