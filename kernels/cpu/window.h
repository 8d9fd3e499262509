// A window that slides over three axes, and a tile of its input laid out so that every tap reads
// contiguous elements, whatever the strides, dilations and pads are. What convolutions and poolings
// share.
//
// Along each axis, tap t meets padded input o * stride + t * dilation. The input is split into
// `phases` by its position modulo the stride, so that for a fixed tap the positions o, o + 1, ...
// lie side by side: element (t * dilation) / stride + o of phase (t * dilation) % stride. A tap is
// one offset into the tile.
#pragma once
#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "cpu/simd/vec.h"
#include "kernel.h"

namespace sx::SX_ISA {
namespace {

using Vector = Vec<float>;
constexpr int kLanes = Vector::kLanes;
constexpr int kLine = 16;  // floats of a cache line
constexpr int kSlack =
    4 * kLine;  // floats behind a tile that vectors may read; ConvolutionKernel.java knows it too
static_assert(kSlack >= 4 * kLanes);

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

  // Whether no tap meets padding.
  bool reads_inside() const {
    for (int i = 0; i < 3; i++)
      if (begin[i] != 0 || (output[i] - 1) * stride[i] + axis(i).reach() > input[i]) return false;
    return true;
  }
};

// Copies a run without a call.
inline void copy_run(const float* from, int64_t count, float* to) {
  for (int64_t i = 0; i < count; i += kLanes)
    Vector::load_first(from + i, count - i).store_first(to + i, count - i);
}

// Elements of the input as floats: x - zero.
template <class T>
struct Source {
  const T* data;
  float zero = 0;

  Source operator+(int64_t n) const { return {data + n, zero}; }
};

template <int Stride, class T>
inline void copy_strided(Source<T> x, int64_t count, float* __restrict to) {
  const T* __restrict from = x.data;
  for (int64_t i = 0; i < count; i++) to[i] = static_cast<float>(from[i * Stride]) - x.zero;
}

// Elements [from, end) of a strided row, padding in front of and behind them.
template <class T>
inline void load_row(Source<T> x, int64_t stride, int64_t from, int64_t end, int64_t count,
                     float pad, float* to) {
  for (int64_t i = 0; i < from; i++) to[i] = pad;
  if constexpr (std::is_same_v<T, float>) {
    if (stride == 1) copy_run(x.data + from, end - from, to + from);
  } else {
    if (stride == 1) copy_strided<1>(x + from, end - from, to + from);
  }
  if (stride == 2) copy_strided<2>(x + 2 * from, end - from, to + from);
  if (stride > 2)
    for (int64_t i = from; i < end; i++) to[i] = static_cast<float>(x.data[i * stride]) - x.zero;
  for (int64_t i = end; i < count; i++) to[i] = pad;
}

// The taps [first, last) that meet elements [from, to) at position o.
struct Taps {
  int64_t first, last;

  Taps(const Axis& axis, int64_t o, int64_t from, int64_t to) {
    const int64_t d = axis.dilation, start = o * axis.stride - axis.begin;
    first = start >= from ? 0 : std::min((from - start + d - 1) / d, axis.kernel);
    last = start >= to ? first : std::clamp((to - start + d - 1) / d, first, axis.kernel);
  }
  Taps(const Axis& axis, int64_t o) : Taps(axis, o, 0, axis.input) {}
  bool operator==(const Taps&) const = default;
};

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
  void load(const float* x, int64_t row, int64_t column, float* to, float pad = 0) const {
    load(Source<float>{x}, row, column, to, pad);
  }

  template <class T>
  void load(Source<T> x, int64_t row, int64_t column, float* to, float pad = 0) const {
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
              const auto line = x + ((at0 * axis[1].input + at1) * axis[2].input + first);
              float* row = to + lead;
              if (!inside)
                std::fill_n(row, count, pad);
              else
                load_row(line, s, from, end, count, pad, row);
            }
        }
  }
};

// All tiles of a launch: each of `images` cut into tiles of up to tile_rows x tile_columns
// positions.
struct TileGrid {
  int64_t images, tile_rows, tile_columns, rows, columns;

  TileGrid(const Geometry& g, int64_t images, int64_t tile_rows, int64_t tile_columns)
      : images(g.output[1] == 0 ? 0 : images),
        tile_rows(tile_rows),
        tile_columns(tile_columns),
        rows((g.output[0] + tile_rows - 1) / tile_rows),
        columns((g.output[2] + tile_columns - 1) / tile_columns) {}

  int64_t count() const { return images * rows * columns; }

  struct Place {
    int64_t image, row, column;  // the first position
  };
  Place at(int64_t i) const {
    return {i / columns / rows, i / columns % rows * tile_rows, i % columns * tile_columns};
  }
};

}  // namespace
}  // namespace sx::SX_ISA
