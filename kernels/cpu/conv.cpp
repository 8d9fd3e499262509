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

// The part of a launch that does not change from tile to tile.
class Convolver {
 public:
  Convolver(const Params& p, const Tile& tile, const int32_t* offset, const float* w,
            const Arguments& args)
      : p_(p),
        tile_(tile),
        offset_(offset),
        w_(w),
        args_(args),
        depth_(p.channels * p.geometry.taps()) {}

  // Filters [first, last) of group g at a tile whose first position is (row, 0, column), from its
  // layout in x.
  void run(const float* x, int64_t n, int64_t g, int64_t row, int64_t column, int64_t first,
           int64_t last) const {
    const int64_t rows = std::min(p_.tile_rows, p_.geometry.output[0] - row);
    const int64_t columns = std::min(p_.tile_columns, p_.geometry.output[2] - column);
    const int64_t positions =
        ((rows - 1) * tile_.length[1] + p_.geometry.output[1] - 1) * tile_.length[2] + columns;
    const float* w = w_ + g * round_up(p_.filters, kPackedRows) * depth_;
    const float* bias = args_.has(2) ? args_.data<const float>(2) + g * p_.filters : nullptr;
    Run run[kColumns];
    for (int64_t at = 0; at < positions; at += kColumns) {
      const int64_t count = std::min<int64_t>(kColumns, positions - at);
      const int runs =
          sx::SX_ISA::runs(p_.geometry, tile_, row, rows, column, columns, at, count, run);
      if (runs == 0) continue;
      for (int64_t f = first; f < last; f += kRows) {
        const int64_t filters = std::min<int64_t>(kRows, last - f);
        alignas(64) float sums[kRows * kColumns];
        float from[kRows] = {};
        if (bias) std::copy_n(bias + f, filters, from);
        multiply_for(filters, count)(w + f * depth_, from, x + at, offset_, depth_, sums);
        store(sums, filters, (n * p_.group + g) * p_.filters + f, count, std::span(run, runs));
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
  const Tile& tile_;
  const int32_t* offset_;
  const float* w_;
  const Arguments& args_;
  int64_t depth_;
};

void conv_f32(const Arguments& args) {
  const auto p = args.params_as<Params>();
  const Geometry& g = p.geometry;
  const Tile tile(g, p.tile_rows, p.tile_columns, false);
  const int64_t depth = p.channels * g.taps();
  const int64_t layout = p.channels * tile.plane;

  // Scratch: offsets, then filters if they do not come packed, then a tile for each thread.
  auto* offset = reinterpret_cast<int32_t*>(args.scratch);
  auto* packed = reinterpret_cast<float*>(args.scratch) + round_up(depth, kLine);
  auto* tiles =
      packed + (p.packed ? 0 : round_up(p.group * round_up(p.filters, kPackedRows) * depth, kLine));
  const int64_t stride = round_up(layout + kSlack, kLine);
  tile.taps(offset);
  for (int64_t k = g.taps(); k < depth; k++)
    offset[k] = offset[k - g.taps()] + static_cast<int32_t>(tile.plane);
  if (!p.packed) pack(args.data<const float>(1), {p.group, p.filters, depth}, packed);
  const Convolver convolver(p, tile, offset, p.packed ? args.data<const float>(1) : packed, args);

  const TileGrid grid(g, p.batch * p.group, p.tile_rows, p.tile_columns);
  const int64_t count = grid.count(), panels = (p.filters + kRows - 1) / kRows;
  if (count == 0 || panels == 0) return;
  // Few tiles: cut the filters too, at the price of laying out a tile more than once.
  const int64_t threads = args.pool.threads();
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
                    for (int64_t c = 0; c < p.channels && i / chunks != loaded; c++)
                      tile.load(args.data<const float>(0) + (image * p.channels + c) * g.inputs(),
                                row, column, x + c * tile.plane);
                    loaded = i / chunks;
                    const int64_t first = i % chunks * chunk;
                    convolver.run(x, image / p.group, image % p.group, row, column, first,
                                  std::min(first + chunk, p.filters));
                  }
                });
}

SX_KERNEL("conv_pack.f32", conv_pack_f32);
SX_KERNEL("conv.f32", conv_f32);

}  // namespace
}  // namespace sx::SX_ISA
