// A part of an image of bytes laid out with its padding, position by position, so that no tap of a
// convolution has to ask where the image ends.
#pragma once
#include "cpu/blocks.h"

namespace sx::SX_ISA {
namespace {

// The positions that `rows` x output[1] x `columns` positions of the output read, the first of them
// (row, 0, column).
struct PartCopy {
  const Geometry& g;
  int64_t start[3], size[3];

  PartCopy(const Geometry& g, int64_t row, int64_t column, int64_t rows, int64_t columns)
      : g(g),
        start{row * g.stride[0] - g.begin[0], -g.begin[1], column * g.stride[2] - g.begin[2]},
        size{reach(0, rows), reach(1, g.output[1]), reach(2, columns)} {}

  int64_t positions() const { return size[0] * size[1] * size[2]; }

  // Copies x, kBlock bytes for each position of the image.
  void blocked(const uint8_t* x, uint8_t padding, uint8_t* to) const {
    each_row([&](int64_t from, int64_t end, int64_t at) {
      fill(to, from, padding);
      std::memcpy(to + from * kBlock, x + at * kBlock, (end - from) * kBlock);
      fill(to + end * kBlock, size[2] - end, padding);
      to += size[2] * kBlock;
    });
  }

  // Copies `channels` plain channels, the first of them at x, to `each` bytes for each position:
  // channels rounded up to a multiple of four.
  void plain(const uint8_t* x, int64_t channels, uint8_t padding, int64_t each, uint8_t* to) const {
    const uint32_t around = padding * 0x01010101u;
    const int64_t quads = each / 4;
    each_row([&](int64_t from, int64_t end, int64_t at) {
      auto* row = reinterpret_cast<uint32_t*>(to);
      for (int64_t q = 0; q < quads; q++) {
        const uint8_t* c[4];  // those behind the last channel mean nothing: weights are 0
        for (int64_t i = 0; i < 4; i++)
          c[i] = x + std::min(4 * q + i, channels - 1) * g.inputs() + at - from;
        for (int64_t i = 0; i < from; i++) row[i * quads + q] = around;
        if (quads == 1)
          quad_row<1>(c, from, end, row);
        else
          for (int64_t i = from; i < end; i++) row[i * quads + q] = quad(c, i);
        for (int64_t i = end; i < size[2]; i++) row[i * quads + q] = around;
      }
      to += size[2] * each;
    });
  }

 private:
  int64_t reach(int axis, int64_t positions) const {
    return (positions - 1) * g.stride[axis] + g.axis(axis).reach();
  }

  // A few positions, without a call.
  static void fill(uint8_t* to, int64_t positions, uint8_t padding) {
    for (; positions > 0; positions--, to += kBlock)
      for (int i = 0; i < kBlock; i++) to[i] = padding;
  }

  static uint32_t quad(const uint8_t* const (&c)[4], int64_t i) {
    return c[0][i] | uint32_t(c[1][i]) << 8 | uint32_t(c[2][i]) << 16 | uint32_t(c[3][i]) << 24;
  }

  template <int kStep>
  static void quad_row(const uint8_t* const (&c)[4], int64_t from, int64_t end,
                       uint32_t* __restrict to) {
    const uint8_t *c0 = c[0], *c1 = c[1], *c2 = c[2], *c3 = c[3];
    for (int64_t i = from; i < end; i++)
      to[i * kStep] = c0[i] | uint32_t(c1[i]) << 8 | uint32_t(c2[i]) << 16 | uint32_t(c3[i]) << 24;
  }

  // Calls row(from, end, at) for each row of the part: positions [from, end) of it lie inside of
  // the image, the first of them at position `at`.
  template <class Row>
  void each_row(Row&& row) const {
    const int64_t from = std::clamp<int64_t>(-start[2], 0, size[2]);
    const int64_t end = std::clamp<int64_t>(g.input[2] - start[2], from, size[2]);
    for (int64_t i0 = start[0]; i0 < start[0] + size[0]; i0++)
      for (int64_t i1 = start[1]; i1 < start[1] + size[1]; i1++)
        if (i0 < 0 || i0 >= g.input[0] || i1 < 0 || i1 >= g.input[1])
          row(0, 0, 0);
        else
          row(from, end, (i0 * g.input[1] + i1) * g.input[2] + start[2] + from);
  }
};

}  // namespace
}  // namespace sx::SX_ISA
