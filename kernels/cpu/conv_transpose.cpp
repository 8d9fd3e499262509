// conv_transpose.f32: y[n, m, i * stride - begin + t * dilation] += w[c, m, t] * x[n, c, i], from
// bias b[m]. x is [batch, group * channels, input], w is [group * channels, filters, kernel], y is
// [batch, group * filters, output]. The outputs whose coordinates agree modulo the stride (a phase)
// see the same taps, so each phase is a convolution without stride, with its share of the filters:
// all are done from one tile of x laid out as conv.h says. Every output is summed in one go;
// nothing is scattered, and no product is wasted.
#include "conv.h"

namespace sx::SX_ISA {
namespace {

struct Kernel {
  int64_t kernel[3], stride[3], dilation[3];
};

struct Params {
  int64_t batch, group, channels, filters;
  int64_t input[3], output[3], begin[3];
  Kernel k;
  int64_t tile_rows, tile_columns;
  int64_t packed;  // 1: w comes from conv_transpose_pack.f32
};

struct PackParams {
  int64_t group, channels, filters;
  Kernel k;
};

// Elements of x before the one at the output's own position that taps reach.
int64_t reach_back(const Kernel& k, int i) {
  return (k.kernel[i] - 1) * k.dilation[i] / k.stride[i];
}

// Calls f(t0, t1, t2) for the taps that meet outputs of phase r.
template <class F>
void each_tap(const Kernel& k, const int64_t (&r)[3], F&& f) {
  int64_t t[3];
  const auto meets = [&](int i) { return t[i] * k.dilation[i] % k.stride[i] == r[i]; };
  for (t[0] = 0; t[0] < k.kernel[0]; t[0]++)
    for (t[1] = 0; t[1] < k.kernel[1]; t[1]++)
      for (t[2] = 0; t[2] < k.kernel[2]; t[2]++)
        if (meets(0) && meets(1) && meets(2)) f(t[0], t[1], t[2]);
}

template <class F>
void each_phase(const Kernel& k, F&& f) {
  for (int64_t r0 = 0; r0 < k.stride[0]; r0++)
    for (int64_t r1 = 0; r1 < k.stride[1]; r1++)
      for (int64_t r2 = 0; r2 < k.stride[2]; r2++) f({r0, r1, r2});
}

// w to panels [group, phase, filters / kRows, channels * taps of the phase, kRows], filters padded
// with zeros.
void pack(const float* w, const PackParams& p, float* to) {
  const int64_t taps = p.k.kernel[0] * p.k.kernel[1] * p.k.kernel[2];
  for (int64_t g = 0; g < p.group; g++)
    each_phase(p.k, [&](const int64_t(&r)[3]) {
      for (int64_t panel = 0; panel < round_up(p.filters, kPackedRows); panel += kRows)
        for (int64_t c = 0; c < p.channels; c++)
          each_tap(p.k, r, [&](int64_t t0, int64_t t1, int64_t t2) {
            const int64_t t = (t0 * p.k.kernel[1] + t1) * p.k.kernel[2] + t2;
            for (int64_t f = panel; f < panel + kRows; f++)
              *to++ = f < p.filters ? w[((g * p.channels + c) * p.filters + f) * taps + t] : 0.0f;
          });
    });
}

void conv_transpose_pack_f32(const Arguments& args) {
  pack(args.data<const float>(0), args.params_as<PackParams>(), args.data<float>(1));
}

// The part of a launch that does not change from tile to tile.
class Transposer {
 public:
  Transposer(const Params& p, const Tile& tile, const int32_t* offset, const float* w,
             const Arguments& args)
      : p_(p), tile_(tile), offset_(offset), w_(w), args_(args) {}

  // All filters of group g, all phases, for the tile of positions from (row, 0, column) on.
  void run(const float* x, int64_t n, int64_t g, int64_t row, int64_t column) const {
    const int64_t taps = p_.k.kernel[0] * p_.k.kernel[1] * p_.k.kernel[2];
    const int64_t panels = round_up(p_.filters, kPackedRows);
    const float* w = w_ + g * panels * p_.channels * taps;
    const int32_t* offset = offset_;
    each_phase(p_.k, [&](const int64_t(&r)[3]) {
      int64_t depth = 0;
      each_tap(p_.k, r, [&](int64_t, int64_t, int64_t) { depth += p_.channels; });
      phase(x, w, offset, depth, r, n * p_.group + g, g, row, column);
      w += panels * depth;
      offset += depth;
    });
  }

 private:
  void phase(const float* x, const float* w, const int32_t* offset, int64_t depth,
             const int64_t (&r)[3], int64_t ng, int64_t g, int64_t row, int64_t column) const {
    const int64_t outputs = p_.output[0] * p_.output[1] * p_.output[2];
    const int64_t positions =
        ((p_.tile_rows - 1) * tile_.length[1] + tile_.axis[1].output - 1) * tile_.length[2] +
        p_.tile_columns;
    const float* bias = args_.has(2) ? args_.data<const float>(2) + g * p_.filters : nullptr;
    Run run[kColumns];
    for (int64_t at = 0; at < positions; at += kColumns) {
      const int64_t count = std::min<int64_t>(kColumns, positions - at);
      const int n = runs(r, row, column, at, count, run);
      if (n == 0) continue;
      for (int64_t f = 0; f < p_.filters; f += kRows) {
        const int64_t filters = std::min<int64_t>(kRows, p_.filters - f);
        alignas(64) float sums[kRows * kColumns];
        float from[kRows] = {};
        if (bias) std::copy_n(bias + f, filters, from);
        multiply_for(filters, count)(w + f * depth, from, x + at, offset, depth, sums);
        float* y = args_.data<float>(3) + (ng * p_.filters + f) * outputs;
        for (int64_t i = 0; i < filters; i++)
          for (int j = 0; j < n; j++)
            for (int64_t q = 0; q < run[j].count; q++)
              y[i * outputs + run[j].to + q * p_.k.stride[2]] =
                  sums[i * kColumns + run[j].from + q];
      }
    }
  }

  // The numbered positions [first, first + count) as runs in the output plane; those outside it are
  // left out.
  int runs(const int64_t (&r)[3], int64_t row, int64_t column, int64_t first, int64_t count,
           Run* out) const {
    const auto at = [&](int i, int64_t position) {
      return position * p_.k.stride[i] + r[i] - p_.begin[i];
    };
    int n = 0;
    for (int64_t p = first; p < first + count;) {
      const int64_t q = p % tile_.length[2], y1 = at(1, p / tile_.length[2] % tile_.length[1]),
                    y0 = at(0, row + p / tile_.length[2] / tile_.length[1]);
      const int64_t run = std::min(p_.tile_columns - q, first + count - p), s = p_.k.stride[2];
      if (y0 >= 0 && y0 < p_.output[0] && y1 >= 0 && y1 < p_.output[1] && run > 0) {
        const int64_t y2 = at(2, column + q);
        const int64_t skip = y2 < 0 ? (s - 1 - y2) / s : 0;
        const int64_t end = std::min(run, y2 < p_.output[2] ? (p_.output[2] - y2 + s - 1) / s : 0);
        if (skip < end)
          out[n++] = {p - first + skip, end - skip,
                      (y0 * p_.output[1] + y1) * p_.output[2] + y2 + skip * s};
      }
      p += tile_.length[2] - q;
    }
    return n;
  }

  const Params& p_;
  const Tile& tile_;
  const int32_t* offset_;
  const float* w_;
  const Arguments& args_;
};

void conv_transpose_f32(const Arguments& args) {
  const auto p = args.params_as<Params>();
  // The convolution without stride that each phase is: as far back as any tap reaches.
  Geometry g;
  for (int i = 0; i < 3; i++) {
    g.input[i] = p.input[i];
    g.output[i] = (p.output[i] - 1 + p.begin[i]) / p.k.stride[i] + 1;
    g.begin[i] = reach_back(p.k, i);
    g.kernel[i] = g.begin[i] + 1;
    g.stride[i] = g.dilation[i] = 1;
  }
  const Tile tile(g, p.tile_rows, p.tile_columns, false);
  const int64_t depth = p.channels * p.k.kernel[0] * p.k.kernel[1] * p.k.kernel[2];
  const int64_t layout = p.channels * tile.plane;

  // Scratch: offsets of all phases, then filters if they do not come packed, then a tile for each
  // thread.
  auto* offset = reinterpret_cast<int32_t*>(args.scratch);
  auto* packed = reinterpret_cast<float*>(args.scratch) + round_up(depth, kLine);
  auto* tiles =
      packed + (p.packed ? 0 : round_up(p.group * round_up(p.filters, kPackedRows) * depth, kLine));
  const int64_t stride = round_up(layout + kSlack, kLine);
  int32_t* next = offset;
  each_phase(p.k, [&](const int64_t(&r)[3]) {
    for (int64_t c = 0; c < p.channels; c++)
      each_tap(p.k, r, [&](int64_t t0, int64_t t1, int64_t t2) {
        const int64_t t[3] = {t0, t1, t2};
        int64_t back[3];
        for (int i = 0; i < 3; i++) back[i] = g.begin[i] - t[i] * p.k.dilation[i] / p.k.stride[i];
        *next++ = static_cast<int32_t>(c * tile.plane + tile.tap(back[0], back[1], back[2]));
      });
  });
  if (!p.packed) pack(args.data<const float>(1), {p.group, p.channels, p.filters, p.k}, packed);
  const Transposer transposer(p, tile, offset, p.packed ? args.data<const float>(1) : packed, args);

  const TileGrid grid(g, p.batch * p.group, p.tile_rows, p.tile_columns);
  const int64_t work = p.tile_rows * g.output[1] * p.tile_columns * depth * p.filters;
  args.parallel(grid.count(), std::max<int64_t>(1, (1 << 18) / std::max<int64_t>(1, work)),
                [&](int64_t begin, int64_t end, int worker) {
                  float* x = tiles + worker * stride;
                  std::fill_n(x + layout, kSlack, 0.0f);
                  for (int64_t i = begin; i < end; i++) {
                    const auto [image, row, column] = grid.at(i);
                    for (int64_t c = 0; c < p.channels; c++)
                      tile.load(args.data<const float>(0) + (image * p.channels + c) * g.inputs(),
                                row, column, x + c * tile.plane);
                    transposer.run(x, image / p.group, image % p.group, row, column);
                  }
                });
}

SX_KERNEL("conv_transpose_pack.f32", conv_transpose_pack_f32);
SX_KERNEL("conv_transpose.f32", conv_transpose_f32);

}  // namespace
}  // namespace sx::SX_ISA
