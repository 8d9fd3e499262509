// conv_depthwise.f32: conv.f32 for one input channel per group: filter m sees channel m / filters
// alone. x is [batch, group, input], w is [group * filters, kernel], y and z are [batch, group *
// filters, output]. A thread lays out a tile of one channel as conv.h says, borders and strides
// gone, and then goes along rows of positions: up to four vectors of sums at a time, one
// multiplication for each tap; activation and residual on the way out.
#include "conv.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t batch, group, channels, filters;
  Geometry geometry;
  int64_t tile_rows, tile_columns;
  int64_t add_last;  // 1: y = f(...) + z
  Activation activation;
};

constexpr int kStep = 4;  // vectors of sums: enough to hide the latency of an addition

// y[r][j] = bias + sum over taps of w[t] * x[offset[t] + r * row + j], for kStep vectors along one
// row.
void slide(const float* x, const float* w, float bias, const int32_t* offset, int64_t taps,
           Vector* sum) {
#pragma GCC unroll 4
  for (int v = 0; v < kStep; v++) sum[v] = Vector(bias);
  for (int64_t t = 0; t < taps; t++)
#pragma GCC unroll 4
    for (int v = 0; v < kStep; v++)
      sum[v] += Vector::load(x + offset[t] + v * kLanes) * Vector(w[t]);
}

// The same for one vector of kStep rows and a kernel of Size x Size without stride: an input row
// serves all of them.
template <int Size>
void slide_rows(const float* x, int64_t row, const float* w, float bias, Vector* out) {
  Vector sum[kStep];
#pragma GCC unroll 4
  for (int r = 0; r < kStep; r++) sum[r] = Vector(bias);
#pragma GCC unroll 8
  for (int i = 0; i < Size + kStep - 1; i++)
#pragma GCC unroll 5
    for (int j = 0; j < Size; j++) {
      const Vector b = Vector::load(x + i * row + j);
#pragma GCC unroll 4
      for (int r = 0; r < kStep; r++)
        if (i - r >= 0 && i - r < Size) sum[r] += b * Vector(w[(i - r) * Size + j]);
    }
#pragma GCC unroll 4
  for (int r = 0; r < kStep; r++) out[r] = sum[r];
}

// One filter over one tile.
template <class F>
class Filter {
 public:
  const Params& p;
  const Tile& tile;
  const int32_t* offset;
  F f;

  // Positions [0, rows) x [0, columns) of the tile in x; y and z point to the first of them, z may
  // be null.
  void run(const float* x, const float* w, float bias, int64_t rows, int64_t columns,
           const float* z, float* y) const {
    const Geometry& g = p.geometry;
    const int64_t width = g.output[2], line = tile.length[2];
    const int64_t size = square_size();
    int64_t r = 0;
    if (size == 3 || size == 5)
      for (; r + kStep <= rows; r += kStep)
        for (int64_t q = 0; q < columns; q += kLanes) {
          Vector sum[kStep];
          const float* from = x + offset[0] + r * line + q;
          size == 3 ? slide_rows<3>(from, line, w, bias, sum)
                    : slide_rows<5>(from, line, w, bias, sum);
          for (int64_t i = 0, at = r * width + q; i < kStep; i++, at += width)
            finish(sum[i], columns - q, z ? z + at : z, y + at);
        }
    for (; r < rows; r++)
      for (int64_t j = 0; j < g.output[1]; j++)
        for (int64_t q = 0; q < columns; q += kStep * kLanes) {
          Vector sum[kStep];
          slide(x + (r * tile.length[1] + j) * line + q, w, bias, offset, g.taps(), sum);
          for (int64_t i = 0, c = q; i < kStep && c < columns; i++, c += kLanes) {
            const int64_t at = (r * g.output[1] + j) * width + c;
            finish(sum[i], columns - c, z ? z + at : z, y + at);
          }
        }
  }

 private:
  // The size of a square kernel without strides and dilations, else 0.
  int64_t square_size() const {
    const Geometry& g = p.geometry;
    const bool dense =
        g.stride[0] == 1 && g.stride[2] == 1 && g.dilation[0] == 1 && g.dilation[2] == 1;
    return dense && g.output[1] == 1 && g.kernel[1] == 1 && g.kernel[0] == g.kernel[2] ? g.kernel[0]
                                                                                       : 0;
  }

  // Activation and residual of the first `count` lanes.
  void finish(Vector sum, int64_t count, const float* z, float* y) const {
    if (!z) return f(sum).store_first(y, count);
    const Vector more = Vector::load_first(z, count);
    (p.add_last ? f(sum) + more : f(sum + more)).store_first(y, count);
  }
};

void conv_depthwise_f32(const Arguments& args) {
  const auto p = args.params_as<Params>();
  const Geometry& g = p.geometry;
  const Tile tile(g, p.tile_rows, p.tile_columns, true);
  const int64_t taps = g.taps(), outputs = g.outputs();
  auto* offset = reinterpret_cast<int32_t*>(args.scratch);
  auto* tiles = reinterpret_cast<float*>(args.scratch) + round_up(taps, kLine);
  const int64_t stride = round_up(tile.plane + kSlack, kLine);
  tile.taps(offset);

  const TileGrid grid(g, p.batch * p.group, p.tile_rows, p.tile_columns);
  const int64_t work = p.tile_rows * g.output[1] * p.tile_columns * taps * p.filters;
  args.parallel(grid.count(), std::max<int64_t>(1, (1 << 16) / std::max<int64_t>(1, work)),
                [&](int64_t begin, int64_t end, int worker) {
                  float* x = tiles + worker * stride;
                  with_activation(p.activation, [&](auto f) {
                    const Filter<decltype(f)> filter{p, tile, offset, f};
                    for (int64_t i = begin; i < end; i++) {
                      const auto [image, row, column] = grid.at(i);
                      tile.load(args.data<const float>(0) + image * g.inputs(), row, column, x);
                      for (int64_t m = image * p.filters; m < (image + 1) * p.filters; m++) {
                        const int64_t at = m * outputs + row * g.output[1] * g.output[2] + column;
                        const int64_t which = m % (p.group * p.filters);
                        filter.run(x, args.data<const float>(1) + which * taps,
                                   args.has(2) ? args.data<const float>(2)[which] : 0.0f,
                                   std::min(p.tile_rows, g.output[0] - row),
                                   std::min(p.tile_columns, g.output[2] - column),
                                   args.has(3) ? args.data<const float>(3) + at : nullptr,
                                   args.data<float>(4) + at);
                      }
                    }
                  });
                });
}

SX_KERNEL("conv_depthwise.f32", conv_depthwise_f32);

}  // namespace
}  // namespace sx::SX_ISA
