// What the convolutions share: a tile of the input laid out so that every tap of the kernel reads
// contiguous elements, whatever the strides, dilations and pads are, and the product of packed
// weights with it.
//
// Along each axis, tap t meets padded input o * stride + t * dilation. The input is split into
// `phases` by its position modulo the stride, so that for a fixed tap the positions o, o + 1, ...
// lie side by side: element (t * dilation) / stride + o of phase (t * dilation) % stride. A tile
// [rows, middle, columns] of positions is numbered through, with the few columns in between that
// are nobody's output; so a tap is one offset into the tile, and the convolution is a matrix
// product whose right-hand rows are found by these offsets. Nothing is unrolled (im2col).
#pragma once
#include <algorithm>
#include <cstdint>
#include <cstring>

#include "activation.h"
#include "kernel.h"

namespace sx::SX_ISA {
namespace {

#if defined(__AVX512F__)
constexpr int kRows = 8;  // 8 x 3 vectors of sums, 3 of input: 27 of 32 registers
#else
constexpr int kRows = 4;  // 4 x 3 vectors of sums, 3 of input, 1 of weights: all 16 registers
#endif
using Vector = Vec<float>;
constexpr int kLanes = Vector::kLanes;
constexpr int kVectors = 3;
constexpr int kColumns = kVectors * kLanes;
// Packed filters and scratch are laid out for the widest, whatever the instruction set;
// ConvolutionKernel.java knows these numbers too.
constexpr int kPackedRows = 8;
constexpr int kLine = 16;  // floats of a cache line
constexpr int kSlack = 4 * kLine;
static_assert(kPackedRows % kRows == 0 && kSlack >= 4 * kLanes);

inline int64_t round_up(int64_t n, int64_t to) { return (n + to - 1) / to * to; }

struct Axis {
  int64_t input, output, kernel, stride, dilation, begin;

  int64_t reach() const { return (kernel - 1) * dilation + 1; }
  int64_t phases() const { return std::min(stride, reach()); }
  // Elements of one phase that `positions` positions read.
  int64_t length(int64_t positions) const { return positions + (reach() - 1) / stride; }
};

// Three axes, outermost first; the middle one is never cut. Params of all convolutions hold them
// field by field.
struct Geometry {
  int64_t input[3], output[3], kernel[3], stride[3], dilation[3], begin[3];

  Axis axis(int i) const {
    return {input[i], output[i], kernel[i], stride[i], dilation[i], begin[i]};
  }
  int64_t inputs() const { return input[0] * input[1] * input[2]; }
  int64_t outputs() const { return output[0] * output[1] * output[2]; }
  int64_t taps() const { return kernel[0] * kernel[1] * kernel[2]; }
};

// Copies a run without a call.
inline void copy_run(const float* from, int64_t count, float* to) {
  for (int64_t i = 0; i < count; i += kLanes)
    Vector::load_first(from + i, count - i).store_first(to + i, count - i);
}

template <int Stride>
inline void copy_strided(const float* __restrict from, int64_t count, float* __restrict to) {
  for (int64_t i = 0; i < count; i++) to[i] = from[i * Stride];
}

// Elements [from, end) of a strided row, zeros in front of and behind them.
inline void load_row(const float* x, int64_t stride, int64_t from, int64_t end, int64_t count,
                     float* to) {
  for (int64_t i = 0; i < from; i++) to[i] = 0;
  if (stride == 1)
    copy_run(x + from, end - from, to + from);
  else if (stride == 2)
    copy_strided<2>(x + 2 * from, end - from, to + from);
  else
    for (int64_t i = from; i < end; i++) to[i] = x[i * stride];
  for (int64_t i = end; i < count; i++) to[i] = 0;
}

// A tile of up to rows x output[1] x columns positions of the output.
struct Tile {
  Axis axis[3];
  int64_t length[3];  // elements of a phase along each axis
  int64_t lead;       // elements in front of a row, so that input element 0 is aligned
  int64_t plane;      // elements of one channel

  // `aligned`: rows are a whole number of cache lines, for kernels that go along rows.
  Tile(const Geometry& g, int64_t rows, int64_t columns, bool aligned)
      : axis{g.axis(0), g.axis(1), g.axis(2)},
        lead(aligned && g.stride[2] == 1 ? -g.begin[2] & (kLine - 1) : 0) {
    const int64_t positions[3] = {rows, g.output[1], columns};
    plane = 1;
    for (int i = 0; i < 3; i++) {
      length[i] = axis[i].length(positions[i]);
      if (i == 2 && aligned) length[i] = round_up(lead + length[i], kLine);
      plane *= length[i] * axis[i].phases();
    }
  }

  // Where the first position meets tap (t0, t1, t2).
  int64_t tap(int64_t t0, int64_t t1, int64_t t2) const {
    const int64_t t[3] = {t0, t1, t2};
    int64_t phase = 0, shift = 0;
    for (int i = 0; i < 3; i++) {
      phase = phase * axis[i].phases() + t[i] * axis[i].dilation % axis[i].stride;
      shift = shift * length[i] + t[i] * axis[i].dilation / axis[i].stride;
    }
    return phase * length[0] * length[1] * length[2] + shift + lead;
  }

  // The offset of every tap.
  void taps(int32_t* to) const {
    for (int64_t t0 = 0; t0 < axis[0].kernel; t0++)
      for (int64_t t1 = 0; t1 < axis[1].kernel; t1++)
        for (int64_t t2 = 0; t2 < axis[2].kernel; t2++)
          *to++ = static_cast<int32_t>(tap(t0, t1, t2));
  }

  // Lays out one channel for the tile whose first position is (row, 0, column).
  void load(const float* x, int64_t row, int64_t column, float* to) const {
    const int64_t start[3] = {row * axis[0].stride - axis[0].begin, -axis[1].begin,
                              column * axis[2].stride - axis[2].begin};
    for (int64_t f0 = 0; f0 < axis[0].phases(); f0++)
      for (int64_t f1 = 0; f1 < axis[1].phases(); f1++)
        for (int64_t f2 = 0; f2 < axis[2].phases(); f2++) {
          // Elements [from, end) of `count` in a row of this phase lie inside the input.
          const int64_t s = axis[2].stride, first = start[2] + f2, count = length[2] - lead;
          const int64_t from = std::clamp<int64_t>((s - 1 - first) / s, 0, count);
          const int64_t end = std::clamp((axis[2].input - first + s - 1) / s, from, count);
          for (int64_t i0 = 0; i0 < length[0]; i0++)
            for (int64_t i1 = 0; i1 < length[1]; i1++, to += length[2]) {
              const int64_t at0 = start[0] + f0 + i0 * axis[0].stride,
                            at1 = start[1] + f1 + i1 * axis[1].stride;
              const bool inside =
                  at0 >= 0 && at0 < axis[0].input && at1 >= 0 && at1 < axis[1].input && from < end;
              const float* line = x + (at0 * axis[1].input + at1) * axis[2].input + first;
              float* row = to + lead;
              if (!inside)
                std::fill_n(row, count, 0.0f);
              else
                load_row(line, s, from, end, count, row);
            }
        }
  }
};

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
