// What the convolutions share: the product of packed weights with a tile of the input laid out as
// window.h says. The positions [rows, middle, columns] of a tile are numbered through, with the few
// columns in between that are nobody's output; so a convolution is a matrix product whose
// right-hand rows are found by the taps' offsets. Nothing is unrolled (im2col).
#pragma once
#include "cpu/activation.h"
#include "cpu/window.h"

namespace sx::SX_ISA {
namespace {

#if defined(__AVX512F__)
constexpr int kRows = 8;  // 8 x 3 vectors of sums, 3 of input: 27 of 32 registers
#else
constexpr int kRows = 4;  // 4 x 3 vectors of sums, 3 of input, 1 of weights: all 16 registers
#endif
constexpr int kVectors = 3;
constexpr int kColumns = kVectors * kLanes;
constexpr int kPackedRows =
    8;  // filters are packed for the widest; ConvolutionKernel.java knows it too
static_assert(kPackedRows % kRows == 0 && kSlack >= kColumns);

// out[r][j] = bias[r] + sum over k of a[k][r] * x[offset[k] + j], for Rows filters and Vectors *
// kLanes positions. a is [depth, kRows], out has rows of kColumns.
template <int Rows, int Vectors>
void multiply(const float* a, const float* bias, const float* x, const int32_t* offset,
              int64_t depth, float* out) {
  Vector sum[Rows][Vectors];
#pragma GCC unroll 8
  for (int r = 0; r < Rows; r++)
#pragma GCC unroll 3
    for (int v = 0; v < Vectors; v++) sum[r][v] = Vector(bias[r]);
  for (int64_t k = 0; k < depth; k++, a += kRows) {
    const float* row = x + offset[k];
    Vector b[Vectors];
#pragma GCC unroll 3
    for (int v = 0; v < Vectors; v++) b[v] = Vector::load(row + v * kLanes);
#pragma GCC unroll 8
    for (int r = 0; r < Rows; r++)
#pragma GCC unroll 3
      for (int v = 0; v < Vectors; v++) sum[r][v] += b[v] * Vector(a[r]);
  }
#pragma GCC unroll 8
  for (int r = 0; r < Rows; r++)
#pragma GCC unroll 3
    for (int v = 0; v < Vectors; v++) sum[r][v].store(out + r * kColumns + v * kLanes);
}

using Multiply = void (*)(const float*, const float*, const float*, const int32_t*, int64_t,
                          float*);

// The variant for this many filters and positions: no more work than the last, partial tile needs.
inline Multiply multiply_for(int64_t rows, int64_t columns) {
  static constexpr Multiply kVariants[4][kVectors] = {
      {multiply<1, 1>, multiply<1, 2>, multiply<1, 3>},
      {multiply<2, 1>, multiply<2, 2>, multiply<2, 3>},
      {multiply<4, 1>, multiply<4, 2>, multiply<4, 3>},
      {multiply<kRows, 1>, multiply<kRows, 2>, multiply<kRows, 3>},
  };
  return kVariants[rows > 4 ? 3 : rows > 2 ? 2 : rows - 1][(columns - 1) / kLanes];
}

// A run of positions of a tile that lie side by side (or a stride apart) in the output.
struct Run {
  int64_t from, count, to;
};

// The numbered positions [first, first + count) of a tile as runs in the output plane; returns how
// many.
inline int runs(const Geometry& g, const Tile& tile, int64_t row, int64_t rows, int64_t column,
                int64_t columns, int64_t first, int64_t count, Run* out) {
  int n = 0;
  for (int64_t p = first; p < first + count;) {
    const int64_t q = p % tile.length[2], m = p / tile.length[2] % tile.length[1],
                  r = p / tile.length[2] / tile.length[1];
    if (r >= rows) break;
    if (m < g.output[1] && q < columns) {
      const int64_t run = std::min(columns - q, first + count - p);
      out[n++] = {p - first, run, ((row + r) * g.output[1] + m) * g.output[2] + column + q};
    }
    p += tile.length[2] - q;
  }
  return n;
}

}  // namespace
}  // namespace sx::SX_ISA
