// qlinear_conv_depthwise_blocked: qlinear_conv_blocked where each channel has one filter of its
// own. x is [batch, group / 16, input, 16], y is [batch, group / 16, output, 16]; w comes from
// qlinear_conv_depthwise_blocked.pack.i8. Idea: four neighbours of a row are transposed in
// registers, so that a lane has four taps of its channel, which are one step of add_quads; up to
// three taps leave room for the next position's, which takes the same neighbours by shifted
// weights. A part is copied with x_zero around it. Measured only in a whole model, see
// qlinear_conv_blocked.cpp.
#include "cpu/part_copy.h"
#include "cpu/requantize.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t batch, group, channels, filters;  // the last two are 1
  Geometry geometry;
  int64_t tile_rows, tile_columns;  // of positions that a thread works on
};

struct PackParams {
  int64_t group, rows, taps;  // rows of taps, each of which is padded to quads
};

constexpr int kTile = 8;
constexpr int kVectors = kBlock / kLanes;

// Calls visit(packed, channel, plain) for every packed weight, [block, row, taps / 4, 16, 4]: its
// place there, its channel, and its place in [group, rows, taps], or -1 for what fills up.
template <class Visit>
void each_weight(const PackParams& p, Visit&& visit) {
  int64_t packed = 0;
  for (int64_t b = 0; b < p.group; b += kBlock)
    for (int64_t r = 0; r < p.rows; r++)
      for (int64_t q = 0; q < p.taps; q += 4)
        for (int64_t c = b; c < b + kBlock; c++)
          for (int64_t t = q; t < q + 4; t++)
            visit(packed++, c, c < p.group && t < p.taps ? (c * p.rows + r) * p.taps + t : -1);
}

// The sums of each channel's weights, then the weights.
void pack(const Arguments& args) {
  const auto p = args.params_as<PackParams>();
  const int64_t padded = round_up(p.group, kBlock);
  const int8_t* w = args.data<const int8_t>(0);
  int32_t* sums = args.data<int32_t>(1);
  auto* to = reinterpret_cast<int8_t*>(sums + padded);
  std::fill_n(sums, padded, 0);
  each_weight(p, [&](int64_t i, int64_t c, int64_t j) { sums[c] += to[i] = j < 0 ? 0 : w[j]; });
}

void unpack(const Arguments& args) {
  const auto p = args.params_as<PackParams>();
  const auto* packed =
      reinterpret_cast<const int8_t*>(args.data<const int32_t>(0) + round_up(p.group, kBlock));
  int8_t* to = args.data<int8_t>(1);
  each_weight(p, [&](int64_t i, int64_t, int64_t j) {
    if (j >= 0) to[j] = packed[i];
  });
}

// Positions of a row, whose inputs are `step` bytes apart.
struct Sums {
  const int8_t* w;
  const uint8_t* x;
  const int32_t* quads;  // where x's are, for each of w's
  int64_t quad_count;
  int64_t step, dilation;   // bytes between positions, and between taps
  Ints flip;                // what quads of x are combined with
  FilterScales<kBlock> of;  // the block's
  uint8_t* y;
};

enum class Form {
  kDilated,
  kSideBySide,  // no dilation
  kShared,      // nor a stride, and three taps at most
};

template <int kCount, Form kForm>
void sum_tile(const Sums& t, const Requantize& requantize) {
  const int64_t dilation = kForm == Form::kDilated ? t.dilation : kBlock;
  const int64_t step = kForm == Form::kShared ? kBlock : t.step;
  constexpr int kStep = kForm == Form::kShared ? 2 : 1;
  const Ints flip = t.flip;
  const Requantize back = requantize;
  for (int v = 0; v < kVectors; v++) {
    const int at = v * kLanes;
    Ints sum[kCount + 1];
#pragma GCC unroll 9
    for (int p = 0; p <= kCount; p++) sum[p] = Ints::load(t.of.start + at);
    for (int64_t i = 0; i < t.quad_count; i++) {
      const Ints w = Ints::load(reinterpret_cast<const int32_t*>(t.w + (i * kBlock + at) * 4));
      const SignedQuads a(w), next(Ints::Raw(w.raw << 8));
      const uint8_t* x = t.x + t.quads[i] + at;
#pragma GCC unroll 8
      for (int p = 0; p < kCount; p += kStep) {
        const UnsignedQuads b(Ints::Raw(interleave(x + p * step, dilation).raw ^ flip.raw));
        sum[p] = add_quads(sum[p], b, a);
        if (kForm == Form::kShared) sum[p + 1] = add_quads(sum[p + 1], b, next);
      }
    }
    const Vector factor = Vector::load(t.of.factor + at);
#pragma GCC unroll 8
    for (int p = 0; p < kCount; p++) back.store(sum[p], factor, t.y + p * kBlock + at);
  }
}

using SumTile = void (*)(const Sums&, const Requantize&);

template <Form kForm, int... kCount>
inline SumTile sum_tile_of(int64_t count, std::integer_sequence<int, kCount...>) {
  static constexpr SumTile kVariants[] = {sum_tile<kCount + 1, kForm>...};
  return kVariants[count - 1];
}

inline SumTile sum_tile_for(int64_t count, Form form) {
  const std::make_integer_sequence<int, kTile> counts;
  return form == Form::kShared       ? sum_tile_of<Form::kShared>(count, counts)
         : form == Form::kSideBySide ? sum_tile_of<Form::kSideBySide>(count, counts)
                                     : sum_tile_of<Form::kDilated>(count, counts);
}

// Tensors: x, x_scale, x_zero, packed w, w_scale, y_scale, y_zero, bias, y.
void qlinear_conv_depthwise_blocked(const Arguments& args) {
  const auto p = args.params_as<Params>();
  const Geometry& g = p.geometry;
  const int64_t blocks = (p.group + kBlock - 1) / kBlock;
  // Threads share the rows as in other layers, and then the blocks.
  const int64_t threads =
      std::clamp<int64_t>(args.pool().threads(), 1, (g.output[0] + kTile - 1) / kTile);
  const PartSize part = shared_parts(g, {p.tile_rows, p.tile_columns}, threads, 1, kTile);
  const TileGrid grid(g, p.batch * blocks, part.rows, part.columns);
  if (grid.count() == 0) return;

  // Scratch: where the quads are, and a part for each thread, behind which the last quads may
  // reach.
  auto* quads = reinterpret_cast<int32_t*>(args.scratch);
  const PartCopy whole(g, 0, 0, part.rows, part.columns);
  int64_t count = 0;
  for (int64_t t0 = 0; t0 < g.kernel[0]; t0++)
    for (int64_t t1 = 0; t1 < g.kernel[1]; t1++)
      for (int64_t t2 = 0; t2 < g.kernel[2]; t2 += 4)
        quads[count++] =
            int32_t(((t0 * g.dilation[0] * whole.size[1] + t1 * g.dilation[1]) * whole.size[2] +
                     t2 * g.dilation[2]) *
                    kBlock);
  auto* const copies = reinterpret_cast<uint8_t*>(quads + round_up(count, kLine));
  const int64_t copied = round_up((whole.positions() + 3 * g.dilation[2]) * kBlock, 4 * kLine);

  const Requantize back(args, 6, 8);
  const auto padding = uint8_t(zero_point(args, 2, 0));
  const Form form = g.dilation[2] > 1                      ? Form::kDilated
                    : g.stride[2] == 1 && g.kernel[2] <= 3 ? Form::kShared
                                                           : Form::kSideBySide;
  const FilterScaling scaling(args);
  const auto* weights =
      reinterpret_cast<const int8_t*>(args.data<const int32_t>(3) + blocks * kBlock);
  Sums shared;
  shared.quads = quads;
  shared.quad_count = count;
  shared.step = g.stride[2] * kBlock;
  shared.dilation = g.dilation[2] * kBlock;
  shared.flip = Ints(int32_t(flip(args, 0) * 0x01010101u));
  const auto run = [&](const TileGrid::Place& at, uint8_t* x) {
    PartCopy(g, at.row, at.column, part.rows, part.columns)
        .blocked(args.data<const uint8_t>(0) + at.image * g.inputs() * kBlock, padding, x);
    const int64_t block = at.image % blocks;
    const int64_t rows = std::min(part.rows, g.output[0] - at.row);
    const int64_t columns = std::min(part.columns, g.output[2] - at.column);
    const int64_t tiles = (columns + kTile - 1) / kTile, most = (columns + tiles - 1) / tiles;
    const SumTile equal = sum_tile_for(most, form);
    Sums t = shared;
    t.w = weights + block * count * kBlock * 4;
    scaling.fill(block * kBlock, std::min<int64_t>(kBlock, p.group - block * kBlock),
                 block * kBlock, t.of);
    uint8_t* y = args.data<uint8_t>(8) + at.image * g.outputs() * kBlock;
    for (int64_t r = 0; r < rows; r++)
      for (int64_t m = 0; m < g.output[1]; m++)
        for (int64_t q = 0; q < columns; q += most) {
          const int64_t n = std::min(most, columns - q);
          t.x = x + ((r * g.stride[0] * whole.size[1] + m * g.stride[1]) * whole.size[2] +
                     q * g.stride[2]) *
                        kBlock;
          t.y = y + (((at.row + r) * g.output[1] + m) * g.output[2] + at.column + q) * kBlock;
          (n == most ? equal : sum_tile_for(n, form))(t, back);
        }
  };
  const int64_t work = part.rows * g.output[1] * part.columns * count * kBlock;
  args.parallel(grid.count(), std::max<int64_t>(1, (1 << 15) / std::max<int64_t>(1, work)),
                [&](int64_t begin, int64_t end, int worker) {
                  for (int64_t i = begin; i < end; i++)
                    run(grid.across(i), copies + worker * copied);
                });
}

SX_KERNEL("qlinear_conv_depthwise_blocked.pack.i8", pack);
SX_KERNEL("qlinear_conv_depthwise_blocked.unpack.i8", unpack);
SX_KERNEL("qlinear_conv_depthwise_blocked", qlinear_conv_depthwise_blocked);

}  // namespace
}  // namespace sx::SX_ISA
