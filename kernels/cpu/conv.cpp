// conv.f32: y[n, m, o] = f(b[m] + sum over c, t of w[m, c, t] * x[n, c, o * stride - begin + t *
// dilation] + z[n, m, o]). x is [batch, group * channels, input], w is [group * filters, channels,
// kernel], y and z are [batch, group * filters, output]. A matrix product of packed filters with a
// tile of the input that each thread lays out for itself, see conv.h; bias, residual and activation
// are applied while a tile of sums is in the first-level cache. Idea: the indirect convolution of
// Dukhan (arXiv 1907.02129), with offsets into a padded copy in place of pointers.
#include "conv.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t batch, group, channels, filters;
  Geometry geometry;
  int64_t tile_rows, tile_columns;
  int64_t packed;    // 1: w comes from conv_pack.f32
  int64_t add_last;  // 1: y = f(...) + z
  Activation activation;
};

bool is_pointwise(const Geometry& g) {
  return g.taps() == 1 && g.stride[2] == 1 && g.begin[2] == 0 && g.inputs() == g.output[2];
}

struct PackParams {
  int64_t group, filters, depth;
};

// w [group, filters, depth] to panels [group, filters / kRows, depth, kRows], filters padded with
// zeros.
void pack(const float* w, const PackParams& p, float* to) {
  for (int64_t g = 0; g < p.group; g++, to += round_up(p.filters, kPackedRows) * p.depth)
    for (int64_t f = 0; f < round_up(p.filters, kRows); f++) {
      float* panel = to + f / kRows * kRows * p.depth + f % kRows;
      const float* row = w + (g * p.filters + f) * p.depth;
      for (int64_t k = 0; k < p.depth; k++) panel[k * kRows] = f < p.filters ? row[k] : 0.0f;
    }
}

void conv_pack_f32(const Arguments& args) {
  pack(args.data<const float>(0), args.params_as<PackParams>(), args.data<float>(1));
}

// How a tile of the input lies in memory: where each product's operand is, seen from a position.
struct Layout {
  const Tile& tile;
  const int32_t* offset;
};

// Positions [row, row + rows) x [column, column + columns) of group g of image n.
struct Block {
  int64_t n, g, row, rows, column, columns;
};

// The part of a launch that does not change from tile to tile.
class Convolver {
 public:
  Convolver(const Params& p, const float* w, const Arguments& args)
      : p_(p), w_(w), args_(args), depth_(p.channels * p.geometry.taps()) {}

  // Filters [first, last) at a block, from its layout in x.
  void run(const float* x, const Layout& layout, const Block& b, int64_t first,
           int64_t last) const {
    const Tile& tile = layout.tile;
    const int64_t positions =
        ((b.rows - 1) * tile.length[1] + p_.geometry.output[1] - 1) * tile.length[2] + b.columns;
    const float* w = w_ + b.g * round_up(p_.filters, kPackedRows) * depth_;
    const float* bias = args_.has(2) ? args_.data<const float>(2) + b.g * p_.filters : nullptr;
    Run run[kColumns];
    for (int64_t at = 0; at < positions; at += kColumns) {
      const int64_t count = std::min<int64_t>(kColumns, positions - at);
      const int runs =
          sx::SX_ISA::runs(p_.geometry, tile, b.row, b.rows, b.column, b.columns, at, count, run);
      if (runs == 0) continue;
      for (int64_t f = first; f < last; f += kRows) {
        const int64_t filters = std::min<int64_t>(kRows, last - f);
        alignas(64) float sums[kRows * kColumns];
        float from[kRows] = {};
        if (bias) std::copy_n(bias + f, filters, from);
        multiply_for(filters, count)(w + f * depth_, from, x + at, layout.offset, depth_, sums);
        store(sums, filters, (b.n * p_.group + b.g) * p_.filters + f, count, std::span(run, runs));
      }
    }
  }

 private:
  // Finishes sums of `filters` planes, the first of them number `plane`.
  void store(float* sums, int64_t filters, int64_t plane, int64_t count,
             std::span<const Run> runs) const {
    const int64_t outputs = p_.geometry.outputs();
    const float* z = args_.has(3) ? args_.data<const float>(3) + plane * outputs : nullptr;
    float* y = args_.data<float>(4) + plane * outputs;
    if (z && !p_.add_last) add(sums, filters, z, runs);
    if (p_.activation.kind != Activation::kNone)
      with_activation(p_.activation, [&](auto f) {
        for (int64_t r = 0; r < filters; r++)
          for (int64_t i = r * kColumns; i < r * kColumns + count; i += kLanes)
            f(Vector::load(sums + i)).store(sums + i);
      });
    if (z && p_.add_last) add(sums, filters, z, runs);
    for (int64_t r = 0; r < filters; r++)
      for (const Run& run : runs)
        copy_run(sums + r * kColumns + run.from, run.count, y + r * outputs + run.to);
  }

  void add(float* sums, int64_t filters, const float* z, std::span<const Run> runs) const {
    for (int64_t r = 0; r < filters; r++)
      for (const Run& run : runs)
        for (int64_t i = 0; i < run.count; i++)
          sums[r * kColumns + run.from + i] += z[r * p_.geometry.outputs() + run.to + i];
  }

  const Params& p_;
  const float* w_;
  const Arguments& args_;
  int64_t depth_;
};

void conv_f32(const Arguments& args) {
  const auto p = args.params_as<Params>();
  const Geometry& g = p.geometry;
  // A pointwise convolution reads whole vectors of positions where they are; only what is left of a
  // row is laid out.
  const bool direct = is_pointwise(g) && p.channels * g.inputs() <= INT32_MAX;
  const Tile whole(g, p.tile_rows, p.tile_columns, false);
  const Tile tile = direct ? Tile(g, 1, kColumns, false) : whole;
  const int64_t depth = p.channels * g.taps();
  const int64_t layout = p.channels * tile.plane;

  // Scratch: offsets, then filters if they do not come packed, then a tile for each thread.
  auto* offset = reinterpret_cast<int32_t*>(args.scratch);
  auto* packed = reinterpret_cast<float*>(args.scratch) + 2 * round_up(depth, kLine);
  auto* tiles =
      packed + (p.packed ? 0 : round_up(p.group * round_up(p.filters, kPackedRows) * depth, kLine));
  const int64_t stride = round_up(layout + kSlack, kLine);
  tile.taps(offset);
  for (int64_t k = g.taps(); k < depth; k++)
    offset[k] = offset[k - g.taps()] + static_cast<int32_t>(tile.plane);
  if (!p.packed) pack(args.data<const float>(1), {p.group, p.filters, depth}, packed);
  const Convolver convolver(p, p.packed ? args.data<const float>(1) : packed, args);

  int32_t* in_place = offset + round_up(depth, kLine);
  for (int64_t k = 0; k < depth && direct; k++) in_place[k] = static_cast<int32_t>(k * g.inputs());

  const TileGrid grid(g, p.batch * p.group, p.tile_rows, p.tile_columns);
  const int64_t count = grid.count(), panels = (p.filters + kRows - 1) / kRows;
  if (count == 0 || panels == 0) return;
  // Few tiles: cut the filters too, at the price of laying out a tile more than once.
  const int64_t threads = args.pool().threads();
  const int64_t chunks = threads == 1 ? 1 : std::clamp<int64_t>(4 * threads / count, 1, panels);
  const int64_t chunk = (panels + chunks - 1) / chunks * kRows;
  const int64_t work = p.tile_rows * g.output[1] * p.tile_columns * depth * chunk;
  args.parallel(count * chunks, std::max<int64_t>(1, (1 << 18) / std::max<int64_t>(1, work)),
                [&](int64_t begin, int64_t end, int worker) {
                  float* x = tiles + worker * stride;
                  std::fill_n(x + layout, kSlack, 0.0f);
                  int64_t loaded = -1;
                  for (int64_t i = begin; i < end; i++) {
                    const auto [image, row, column] = grid.at(i / chunks);
                    const float* from = args.data<const float>(0) + image * p.channels * g.inputs();
                    const int64_t first = i % chunks * chunk,
                                  last = std::min(first + chunk, p.filters);
                    Block block{image / p.group,
                                image % p.group,
                                row,
                                std::min(p.tile_rows, g.output[0] - row),
                                column,
                                std::min(p.tile_columns, g.output[2] - column)};
                    if (direct) {
                      const int64_t rest = block.columns % kColumns;
                      block.columns -= rest;
                      if (block.columns > 0)
                        convolver.run(from + column, {whole, in_place}, block, first, last);
                      if (rest == 0) continue;
                      block.column += block.columns;
                      block.columns = rest;
                    }
                    for (int64_t c = 0; c < p.channels && i / chunks != loaded; c++)
                      tile.load(from + c * g.inputs(), row, block.column, x + c * tile.plane);
                    loaded = i / chunks;
                    convolver.run(x, {tile, offset}, block, first, last);
                  }
                });
}

SX_KERNEL("conv_pack.f32", conv_pack_f32);
SX_KERNEL("conv.f32", conv_f32);

}  // namespace
}  // namespace sx::SX_ISA
