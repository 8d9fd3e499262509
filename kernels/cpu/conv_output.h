// Where the sums of a convolution on blocks go: straight into blocks of y that are all the panel's,
// else by a buffer to lanes of blocks or to rows of a plain tensor.
#pragma once
#include "cpu/conv_panels.h"
#include "cpu/epilogue.h"
#include "cpu/simd/transpose.h"

namespace sx::SX_ISA {
namespace {

// `count` positions of an image from `position` on.
struct Target {
  const Panel& panel;
  int64_t image, position, count;
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
    const Panel& panel = to.panel;
    const bool all = panel.from == panel.block &&
                     (panel.end == panel.block + panel.width || panel.end == filters);
    blocked&& all ? in_place(sum, t, to) : aside(sum, t, to);
  }

 private:
  void in_place(SumTile sum, Sums& t, const Target& to) const {
    const int64_t at = place(to, to.panel.block);
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
      const float* from = args.data<const float>(3);
      if (blocked)
        each_piece(to, [&](int64_t i, int64_t j, int64_t n) { copy_run(from + j, n, z + i); });
      else
        read_rows(to, from, z);
    }
    t.z = epilogue.z_first ? z : nullptr;
    sum(t);
    second_pass(y, t.y_block, z, to);
    float* into = args.data<float>(4);
    if (blocked)
      each_piece(to, [&](int64_t i, int64_t j, int64_t n) { copy_run(y + i, n, into + j); });
    else
      write_rows(to, y, into);
  }

  void second_pass(float* y, int64_t y_block, const float* z, const Target& to) const {
    if (epilogue.is_done_in_registers()) return;
    for (int64_t b = 0; b < to.panel.width / kBlock; b++)
      epilogue.finish(y + b * y_block, z + b * y_block, to.count * kBlock);
  }

  // Where the first position of a filter is in y and z.
  int64_t place(const Target& to, int64_t filter) const {
    const int64_t blocks = (filters + kBlock - 1) / kBlock;
    return blocked ? ((to.image * blocks + filter / kBlock) * positions + to.position) * kBlock +
                         filter % kBlock
                   : (to.image * filters + filter) * positions + to.position;
  }

  // Calls visit(i, j, n) for n lanes from i on in a buffer of blocks, and from j on in those of y
  // and z: the panel's filters, and what is behind the last of all.
  template <class Visit>
  void each_piece(const Target& to, Visit&& visit) const {
    const Panel& panel = to.panel;
    const int64_t end = panel.end == filters ? panel.block + panel.width : panel.end;
    for (int64_t f = panel.from; f < end;) {
      const int64_t lane = f - panel.block, n = std::min(kBlock - lane % kBlock, end - f);
      const int64_t from = lane / kBlock * to.count * kBlock + lane % kBlock, at = place(to, f);
      for (int64_t p = 0; p < to.count; p++) visit(from + p * kBlock, at + p * kBlock, n);
      f += n;
    }
  }

  void read_rows(const Target& to, const float* z, float* into) const {
    each_square(to, [&](int64_t lanes, int64_t i, int64_t j) {
      transpose_part(z + j, positions, lanes, to.count, into + i, kBlock, lanes);
    });
  }

  void write_rows(const Target& to, const float* y, float* into) const {
    each_square(to, [&](int64_t lanes, int64_t i, int64_t j) {
      transpose_part(y + i, kBlock, to.count, lanes, into + j, positions, to.count);
    });
  }

  // Calls visit(lanes, i, j) for what lies from i on in a buffer of blocks, a vector or less of
  // each position, and from j on in rows of positions.
  template <class Visit>
  void each_square(const Target& to, Visit&& visit) const {
    const int64_t end = to.panel.end - to.panel.block;
    int64_t lanes;
    for (int64_t lane = to.panel.from - to.panel.block; lane < end; lane += lanes) {
      lanes = std::min(kLanes - lane % kLanes, end - lane);
      visit(lanes, lane / kBlock * to.count * kBlock + lane % kBlock,
            place(to, to.panel.block + lane));
    }
  }
};

}  // namespace
}  // namespace sx::SX_ISA
