// A window that slides over three axes, and a tile of its input laid out so that every tap reads
// contiguous elements, whatever the strides, dilations and pads are. What convolutions and poolings
// share.
//
// Along each axis, tap t meets padded input o * stride + t * dilation. The input is split into
// `phases` by its position modulo the stride, so that for a fixed tap the positions o, o + 1, ...
// lie side by side: element (t * dilation) / stride + o of phase (t * dilation) % stride. A tap is
// one offset into the tile.
#pragma once
#include "cpu/geometry.h"

namespace sx::SX_ISA {
namespace {

constexpr int kSlack =
    4 * kLine;  // floats behind a tile that vectors may read; ConvolutionKernel.java knows it too
static_assert(kSlack >= 4 * kLanes);

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
  // The same in another order: the first tile of every image, the second of every image, ...
  Place across(int64_t i) const { return at(i % images * rows * columns + i / images); }
};

// Positions of a part of an image, all along its axis in the middle.
struct PartSize {
  int64_t rows, columns;
};

// Parts that are equal and of which every thread has the same number, `each` or more: so a thread
// finds in its cache what it wrote in the layer before. Up to `most` positions; where an image is
// one row, columns are a multiple of `step` unless that would make parts unequal.
inline PartSize shared_parts(const Geometry& g, PartSize most, int64_t threads, int64_t each,
                             int64_t step) {
  const bool one_row = g.output[0] == 1;
  const int64_t length = g.output[one_row ? 2 : 0];
  int64_t& size = one_row ? most.columns : most.rows;
  const int64_t parts = threads * std::max((length + size * threads - 1) / (size * threads), each);
  const int64_t equal = (length + parts - 1) / parts;
  size = std::clamp(round_up(equal, one_row && equal > 16 * step ? step : 1), int64_t{1}, size);
  return most;
}

constexpr int64_t kChunks = 4;  // of a launch, that each thread begins with

// What of the output of a convolution a thread works on at a time. Threads share images where those
// are more than the weights, else the filters, of which there are `panels`.
inline PartSize part_size(const Geometry& g, PartSize most, int64_t threads, int64_t images,
                          int64_t channels, int64_t filters, int64_t panels, int64_t step) {
  const int64_t weights = channels * g.taps() * filters;
  const int64_t values = channels * g.inputs() + filters * g.outputs();
  if (threads == 1 || weights > values || images % threads == 0) return most;
  return shared_parts(g, most, threads, (kChunks + panels - 1) / std::max<int64_t>(1, panels),
                      step);
}

}  // namespace
}  // namespace sx::SX_ISA
