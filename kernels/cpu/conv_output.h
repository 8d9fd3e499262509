// Where the sums of a convolution on blocks go: straight into blocks of y where a tile is whole
// blocks of it, else by a buffer, whose pieces are then brought to blocks or to a plain tensor.
#pragma once
#include "cpu/conv_tile.h"
#include "cpu/epilogue.h"
#include "cpu/simd/transpose.h"

namespace sx::SX_ISA {
namespace {

// `count` positions of an image from `position` on, `filters` from `filter` on, which the tile
// fills up to `width`.
struct Target {
  int64_t image, filter, filters, width, position, count;
};

struct Output {
  const Arguments& args;
  const int64_t filters, positions;  // of an image
  const bool blocked;
  const Epilogue epilogue;

  Output(const Arguments& args, int64_t filters, int64_t positions, bool blocked,
         const Epilogue& epilogue)
      : args(args), filters(filters), positions(positions), blocked(blocked), epilogue(epilogue) {}

  // Sums up a tile, of which t says all but where it goes, and brings it there.
  void finish(SumTile sum, Sums& t, const Target& to) const {
    const bool whole = to.filters == to.width || to.filter + to.filters == filters;
    blocked&& to.filter % kBlock == 0 && whole ? in_place(sum, t, to) : aside(sum, t, to);
  }

 private:
  void in_place(SumTile sum, Sums& t, const Target& to) const {
    const int64_t at = place(to, to.filter);
    const float* z = args.has(3) ? args.data<const float>(3) + at : nullptr;
    t.y = args.data<float>(4) + at;
    t.y_block = t.z_block = positions * kBlock;
    t.z = epilogue.z_first ? z : nullptr;
    sum(t);
    second_pass(t.y, t.y_block, z, to);
  }

  void aside(SumTile sum, Sums& t, const Target& to) const {
    alignas(64) float y[kPanel * kPositions], z[kPanel * kPositions];
    t.y = y;
    t.y_block = t.z_block = to.count * kBlock;
    if (args.has(3)) {
      std::fill_n(z, to.width * to.count, 0.0f);
      each_piece(to, [&](int64_t i, int64_t j, int64_t n) {
        copy_run(args.data<const float>(3) + j, n, z + i);
      });
    }
    t.z = epilogue.z_first ? z : nullptr;
    sum(t);
    second_pass(y, t.y_block, z, to);
    if (!blocked) return write_plain(to, y);
    each_piece(
        to, [&](int64_t i, int64_t j, int64_t n) { copy_run(y + i, n, args.data<float>(4) + j); });
    const int64_t end = to.filter + to.filters;
    if (end == filters && end % kBlock != 0)  // lanes without a filter
      for (int64_t p = 0; p < to.count; p++)
        std::fill_n(args.data<float>(4) + place(to, end) + p * kBlock, kBlock - end % kBlock, 0.0f);
  }

  void second_pass(float* y, int64_t y_block, const float* z, const Target& to) const {
    if (epilogue.is_done_in_registers()) return;
    for (int64_t b = 0; b < to.width / kBlock; b++)
      epilogue.finish(y + b * y_block, z + b * y_block, to.count * kBlock);
  }

  // Where the first position's filter is in y and z.
  int64_t place(const Target& to, int64_t filter) const {
    const int64_t blocks = (filters + kBlock - 1) / kBlock;
    return blocked ? ((to.image * blocks + filter / kBlock) * positions + to.position) * kBlock +
                         filter % kBlock
                   : (to.image * filters + filter) * positions + to.position;
  }

  // Calls visit(i, j, n) for n elements that lie side by side from i on in a buffer of blocks, and
  // from j on in y and z.
  template <class Visit>
  void each_piece(const Target& to, Visit&& visit) const {
    for (int64_t f = 0; f < to.filters;) {
      const int64_t from = f / kBlock * to.count * kBlock + f % kBlock,
                    at = place(to, to.filter + f);
      const int64_t n =
          blocked
              ? std::min({kBlock - f % kBlock, kBlock - (to.filter + f) % kBlock, to.filters - f})
              : 1;
      for (int64_t p = 0; p < to.count; p++)
        visit(from + p * kBlock, at + p * (blocked ? kBlock : 1), n);
      f += n;
    }
  }

  // A buffer of blocks to rows of positions, squares of it in registers.
  void write_plain(const Target& to, const float* y) const {
    constexpr int64_t kSide = Block<float>::kSide;
    float* const first = args.data<float>(4) + place(to, to.filter);
    const int64_t squares = to.filters / kSide * kSide, count = to.count / kSide * kSide;
    for (int64_t f = 0; f < to.filters; f++) {
      const float* from = y + f / kBlock * to.count * kBlock + f % kBlock;
      float* row = first + f * positions;
      if (f < squares && f % kSide == 0)
        for (int64_t p = 0; p < count; p += kSide)
          Block<float>::transpose(from + p * kBlock, kBlock, row + p, positions);
      for (int64_t p = f < squares ? count : 0; p < to.count; p++) row[p] = from[p * kBlock];
    }
  }
};

}  // namespace
}  // namespace sx::SX_ISA
