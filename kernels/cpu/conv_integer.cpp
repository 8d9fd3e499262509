// conv_integer: y[n, m, o] = sum over c, t of (w - w_zero[m]) * (x - x_zero), in int32; padding is
// a true zero. qlinear_conv: the same plus bias b[m], then y = saturate(round(sum * x_scale *
// w_scale[m] / y_scale) + y_zero). x is [batch, group * channels, input], w is [group * filters,
// channels, kernel], both int8 or uint8. The float32 product of conv.h is exact here as long as a
// sum stays below 2^24, so each stretch of 256 products (255 * 255 at most) goes through it, and
// stretches are added up as integers. A quarter of what VNNI could do, on every machine.
#include <cmath>

#include "conv.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t batch, group, channels, filters;
  Geometry geometry;
  int64_t tile_rows, tile_columns;
};

constexpr int64_t kStretch = 256;
static_assert(kStretch * 255 * 255 < 1 << 24);

constexpr int32_t kInt8 = 3;  // ONNX's numbers
constexpr int32_t kUint8 = 2;

// Calls f with a null pointer to the element type of tensor i, which is a byte type.
template <class F>
void with_bytes(const Arguments& args, size_t i, F&& f) {
  if (args.tensors[i].dtype == kInt8)
    f(static_cast<const int8_t*>(nullptr));
  else if (args.tensors[i].dtype == kUint8)
    f(static_cast<const uint8_t*>(nullptr));
  else
    throw std::invalid_argument("conv_integer: expected int8 or uint8");
}

// Value `i` of a tensor of one value for all or one for each; 0 if it is absent.
float byte_at(const Arguments& args, size_t tensor, int64_t i) {
  if (!args.has(tensor)) return 0;
  const int64_t at = args.size(tensor) == 1 ? 0 : i;
  return args.tensors[tensor].dtype == kInt8
             ? static_cast<float>(args.data<const int8_t>(tensor)[at])
             : static_cast<float>(args.data<const uint8_t>(tensor)[at]);
}

// w - w_zero as conv_pack.f32 lays it out, one panel of kRows filters.
template <class W>
void pack_panel(const W* w, const Arguments& args, size_t zero, int64_t first, int64_t filters,
                int64_t depth, float* to) {
  for (int64_t r = 0; r < kRows; r++) {
    const float z = r < filters ? byte_at(args, zero, first + r) : 0;
    for (int64_t k = 0; k < depth; k++)
      to[k * kRows + r] = r < filters ? static_cast<float>(w[r * depth + k]) - z : 0.0f;
  }
}

// Where a kernel's tensors are; `store` takes what is left: (sums, count, filter, y index).
template <class Store>
void convolve(const Arguments& args, size_t x_at, size_t x_zero, size_t w_at, size_t w_zero,
              Store&& store) {
  const auto p = args.params_as<Params>();
  const Geometry& g = p.geometry;
  const Tile tile(g, p.tile_rows, p.tile_columns, false);
  const int64_t depth = p.channels * g.taps(), layout = p.channels * tile.plane;
  const int64_t panels = (p.filters + kRows - 1) / kRows;
  const int64_t packed_rows = round_up(p.filters, kPackedRows);

  // Scratch: offsets, centred filters, a tile for each thread.
  auto* offset = reinterpret_cast<int32_t*>(args.scratch);
  auto* packed = reinterpret_cast<float*>(args.scratch) + round_up(depth, kLine);
  auto* tiles = packed + round_up(p.group * packed_rows * depth, kLine);
  const int64_t stride = round_up(layout + kSlack, kLine);
  tile.taps(offset);
  for (int64_t k = g.taps(); k < depth; k++)
    offset[k] = offset[k - g.taps()] + static_cast<int32_t>(tile.plane);
  with_bytes(args, w_at, [&](auto* type) {
    using W = std::remove_pointer_t<decltype(type)>;
    args.parallel(p.group * panels, std::max<int64_t>(1, 4096 / std::max<int64_t>(1, depth)),
                  [&](int64_t begin, int64_t end, int) {
                    for (int64_t i = begin; i < end; i++) {
                      const int64_t f = i % panels * kRows, first = i / panels * p.filters + f;
                      pack_panel(args.data<W>(w_at) + first * depth, args, w_zero, first,
                                 std::min<int64_t>(kRows, p.filters - f), depth,
                                 packed + (i / panels * packed_rows + f) * depth);
                    }
                  });
  });

  const TileGrid grid(g, p.batch * p.group, p.tile_rows, p.tile_columns);
  const int64_t work = p.tile_rows * g.output[1] * p.tile_columns * depth * p.filters;
  const auto run = [&](const float* x, const TileGrid::Place& place) {
    const int64_t rows = std::min(p.tile_rows, g.output[0] - place.row);
    const int64_t columns = std::min(p.tile_columns, g.output[2] - place.column);
    const int64_t positions =
        ((rows - 1) * tile.length[1] + g.output[1] - 1) * tile.length[2] + columns;
    const float* w = packed + place.image % p.group * packed_rows * depth;
    Run run[kColumns];
    for (int64_t at = 0; at < positions; at += kColumns) {
      const int64_t count = std::min<int64_t>(kColumns, positions - at);
      const int n = runs(g, tile, place.row, rows, place.column, columns, at, count, run);
      for (int64_t f = 0; f < p.filters && n > 0; f += kRows) {
        const int64_t filters = std::min<int64_t>(kRows, p.filters - f);
        alignas(64) float sums[kRows * kColumns];
        alignas(64) uint32_t total[kRows * kColumns] = {};  // wraps around
        static constexpr float kNoBias[kRows] = {};
        for (int64_t k = 0; k < depth; k += kStretch) {
          multiply_for(filters, count)(w + f * depth + k * kRows, kNoBias, x + at, offset + k,
                                       std::min(kStretch, depth - k), sums);
          for (int64_t r = 0; r < filters; r++)
            for (int64_t j = r * kColumns; j < r * kColumns + count; j++)
              total[j] += static_cast<uint32_t>(static_cast<int32_t>(sums[j]));
        }
        for (int64_t r = 0; r < filters; r++)
          for (int i = 0; i < n; i++)
            store(reinterpret_cast<const int32_t*>(total) + r * kColumns + run[i].from,
                  run[i].count, place.image % p.group * p.filters + f + r,
                  (place.image * p.filters + f + r) * g.outputs() + run[i].to);
      }
    }
  };
  with_bytes(args, x_at, [&](auto* type) {
    using X = std::remove_const_t<std::remove_pointer_t<decltype(type)>>;
    args.parallel(grid.count(), std::max<int64_t>(1, (1 << 18) / std::max<int64_t>(1, work)),
                  [&](int64_t begin, int64_t end, int worker) {
                    float* to = tiles + worker * stride;
                    std::fill_n(to + layout, kSlack, 0.0f);
                    const Source<X> x{args.data<const X>(x_at), byte_at(args, x_zero, 0)};
                    for (int64_t i = begin; i < end; i++) {
                      const auto place = grid.at(i);
                      for (int64_t c = 0; c < p.channels; c++)
                        tile.load(x + (place.image * p.channels + c) * g.inputs(), place.row,
                                  place.column, to + c * tile.plane);
                      run(to, place);
                    }
                  });
  });
}

// Tensors: x, w, x_zero, w_zero, y.
void conv_integer(const Arguments& args) {
  convolve(args, 0, 2, 1, 3, [&](const int32_t* sums, int64_t count, int64_t, int64_t at) {
    std::copy_n(sums, count, args.data<int32_t>(4) + at);
  });
}

// Tensors: x, x_scale, x_zero, w, w_scale, w_zero, y_scale, y_zero, bias, y.
void qlinear_conv(const Arguments& args) {
  const double scale = static_cast<double>(*args.data<const float>(1)) / *args.data<const float>(6);
  const bool one_scale = args.size(4) == 1;
  with_bytes(args, 9, [&](auto* type) {
    using Y = std::remove_const_t<std::remove_pointer_t<decltype(type)>>;
    const float zero = byte_at(args, 7, 0);
    const float low = std::is_signed_v<Y> ? -128.f : 0.f,
                high = std::is_signed_v<Y> ? 127.f : 255.f;
    convolve(args, 0, 2, 3, 5, [&](const int32_t* sums, int64_t count, int64_t m, int64_t at) {
      const uint32_t bias = args.has(8) ? args.data<const uint32_t>(8)[m] : 0;
      const auto factor = static_cast<float>(scale * args.data<const float>(4)[one_scale ? 0 : m]);
      Y* y = args.data<Y>(9) + at;
      for (int64_t i = 0; i < count; i++) {
        const auto sum = static_cast<int32_t>(static_cast<uint32_t>(sums[i]) + bias);
        const float value = std::nearbyint(static_cast<float>(sum) * factor) + zero;
        y[i] = static_cast<Y>(value > low ? (value < high ? value : high) : low);
      }
    });
  });
}

SX_KERNEL("conv_integer", conv_integer);
SX_KERNEL("qlinear_conv", qlinear_conv);

}  // namespace
}  // namespace sx::SX_ISA
