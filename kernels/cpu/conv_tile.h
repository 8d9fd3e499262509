// A tile of sums of a convolution on blocks: positions of a row by two blocks of filters, all in
// registers while their products are summed. The input is broadcast, the filters are vectors.
#pragma once
#include "cpu/blocks.h"

namespace sx::SX_ISA {
namespace {

#if defined(__AVX512F__)
constexpr int kPositions = 14;  // 14 x 2 vectors of sums, 2 of weights, 1 of input: 31 of 32
constexpr int kPanel = 32;      // filters of a tile
#elif defined(__AVX2__)
constexpr int kPositions = 6;  // 6 x 2 vectors of sums, 2 of weights, 1 of input: 15 of 16
constexpr int kPanel = 16;
#else
constexpr int kPositions = 3;  // 3 x 4 vectors of sums, which leaves 4
constexpr int kPanel = 16;
#endif
constexpr int kLargestPanel = 32;  // of all instruction sets

// Products whose operands of the input lie side by side: `length` of them from `offset` on.
struct Run {
  int32_t offset, length;
};

// A tile of sums: y[p][f] = clamp(start[p][f] + sum over k of x[offset(k) + p * step] * w[k][f])
// for positions p of a row, or of two, and the filters f of a panel, which lie in blocks of 16.
struct Sums {
  const float* w;   // [depth, width of the panel]
  const float* x;   // of the first position
  const Run* runs;  // the products
  int64_t run_count;
  int64_t step;       // floats of x from position to position
  int64_t row = 0;    // and from the first row to the second
  const float* bias;  // of the panel
  const float* z;     // more to start from, or null; blocks z_block apart
  int64_t z_block;
  float* y;  // blocks y_block apart
  int64_t y_block;
  float low, high;
  // Weights that will be needed soon, a line of them fetched for each product; or null.
  const float* ahead = nullptr;
};

// Where vector v of a panel's position lies: its block and lane.
inline int64_t panel_place(int v, int64_t block) {
  return v * kLanes / kBlock * block + v * kLanes % kBlock;
}

// kCount positions in kRows rows. kWidth: filters; kStep: floats from position to position, or 0 if
// only the launch knows.
template <int kCount, int kRows, int kWidth, int kStep>
void sum_tile(const Sums& t) {
  constexpr int kColumns = kCount / kRows;
  constexpr int kVectors = kWidth / kLanes;
  const int64_t step = kStep ? kStep : t.step;
  Vector sum[kCount][kVectors];
#pragma GCC unroll 14
  for (int p = 0; p < kCount; p++)
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; v++) sum[p][v] = Vector::load(t.bias + v * kLanes);
  if (t.z)
#pragma GCC unroll 14
    for (int p = 0; p < kCount; p++)
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; v++)
        sum[p][v] += Vector::load(t.z + panel_place(v, t.z_block) + p * kBlock);
  const float* w = t.w;
  const float* ahead = t.ahead ? t.ahead : w;
  const int64_t line = t.ahead ? kLine : 0;
  for (const Run *run = t.runs, *end = run + t.run_count; run != end; run++) {
    const float* x = t.x + run->offset;
    for (const float* last = x + run->length; x != last; x++, w += kWidth, ahead += line) {
      __builtin_prefetch(ahead);
      const float* const second = x + t.row;
      Vector a[kVectors];
#pragma GCC unroll 4
      for (int v = 0; v < kVectors; v++) a[v] = Vector::load(w + v * kLanes);
#pragma GCC unroll 14
      for (int p = 0; p < kCount; p++) {
        const Vector b(p < kColumns ? x[p * step] : second[(p - kColumns) * step]);
#pragma GCC unroll 4
        for (int v = 0; v < kVectors; v++) sum[p][v] += a[v] * b;
      }
    }
  }
  const Vector low(t.low), high(t.high);
#pragma GCC unroll 14
  for (int p = 0; p < kCount; p++)
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; v++)
      min(high, max(low, sum[p][v])).store(t.y + panel_place(v, t.y_block) + p * kBlock);
}

using SumTile = void (*)(const Sums&);

// For 1, 2, … columns.
template <int kRows, int kWidth, int kStep, int... kColumns>
inline SumTile sum_tile_of(int64_t columns, std::integer_sequence<int, kColumns...>) {
  static constexpr SumTile kVariants[] = {
      sum_tile<(kColumns + 1) * kRows, kRows, kWidth, kStep>...};
  return kVariants[columns - 1];
}

template <int kRows, int kWidth>
inline SumTile sum_tile_of(int64_t columns, int64_t step) {
  const std::make_integer_sequence<int, kPositions / kRows> counts;
  switch (step) {  // of plain inputs and of blocks, with a stride of 1 or 2
    case 1:
      return sum_tile_of<kRows, kWidth, 1>(columns, counts);
    case 2:
      return sum_tile_of<kRows, kWidth, 2>(columns, counts);
    case kBlock:
      return sum_tile_of<kRows, kWidth, kBlock>(columns, counts);
    case 2 * kBlock:
      return sum_tile_of<kRows, kWidth, 2 * kBlock>(columns, counts);
    default:
      return sum_tile_of<kRows, kWidth, 0>(columns, counts);
  }
}

// The variant for this many positions, at most kPositions, of kPanel or kBlock filters.
inline SumTile sum_tile_for(int64_t count, int64_t width, int64_t step) {
  return width == kPanel ? sum_tile_of<1, kPanel>(count, step)
                         : sum_tile_of<1, kBlock>(count, step);
}

// The variant for two rows of this many positions, together at most kPositions.
inline SumTile sum_two_rows_for(int64_t columns, int64_t width, int64_t step) {
  return width == kPanel ? sum_tile_of<2, kPanel>(columns, step)
                         : sum_tile_of<2, kBlock>(columns, step);
}

}  // namespace
}  // namespace sx::SX_ISA
