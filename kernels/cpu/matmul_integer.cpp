// matmul_integer.A.B.i32: y = (a - a_zero) · (b - b_zero) of bytes, in int32 that wraps around;
// .f32: that · (a_scale · b_scale) + bias; .u8, .i8: round(that · a_scale · b_scale / y_scale) +
// y_zero, saturated, where no sum exceeds int32. What belongs to a or y is one number or [m].
// a is a stack of [m, k], b of [k, n], y of [m, n]; a_zero is one number or [m], b_zero one or [n].
// b becomes panels of a few columns with pairs of rows side by side in int16, a - a_zero likewise a
// few rows at a time; pairs are multiplied and added at once. As (a - a_zero) · b_zero is a sum
// over a row times b_zero, it is taken off at the end, and the panels of a weight know no zero
// point.
#include <algorithm>
#include <cmath>
#include <limits>

#include "cpu/simd/pairs.h"
#include "kernel.h"

namespace sx::SX_ISA {
namespace {

using I = Vec<int32_t>;

constexpr int kAxes = 4;
constexpr int kVectors = 2;                   // in a row of a tile
constexpr int kPanel = kVectors * I::kLanes;  // columns; at most the 32 that Java reckons with
constexpr int kRows = kVectorBytes == 64 ? 12 : 6;  // of a tile: its sums stay in registers
constexpr int64_t kPanels = 256 / kPanel;           // of a task, so that they stay in the L2 cache

struct Params {
  int64_t m, n, k;
  int64_t batch[kAxes], a_batch[kAxes], b_batch[kAxes];
  int64_t a_zero_row, b_zero_column;  // strides, 0 or 1
  int64_t packed;                     // whether b comes as panels
  int64_t a_scale_row, b_scale_column, y_scale_row, y_zero_row;
};

struct PackParams {
  int64_t n, k;
};

constexpr int64_t pairs_of(int64_t k) { return (k + 1) / 2; }
constexpr int64_t panels_of(int64_t n) { return (n + kPanel - 1) / kPanel; }

// Panels [begin, end) of b, each [pairs][kPanel][2]; what lies outside of b is 0.
template <class B>
void pack(const B* b, int16_t* to, int64_t n, int64_t k, int64_t begin, int64_t end) {
  for (int64_t panel = begin; panel < end; panel++) {
    int16_t* out = to + panel * pairs_of(k) * kPanel * 2;
    const int64_t from = panel * kPanel;
    const int64_t width = std::min<int64_t>(kPanel, n - from);
    for (int64_t p = 0; p < k; p += 2, out += kPanel * 2) {
      const B* even = b + p * n + from;
      const B* odd = p + 1 < k ? even + n : nullptr;
      for (int64_t j = 0; j < width; j++) {
        out[2 * j] = even[j];
        out[2 * j + 1] = odd ? odd[j] : 0;
      }
      std::fill_n(out + 2 * width, 2 * (kPanel - width), 0);
    }
  }
}

template <class B>
void pack_weight(const Arguments& args) {
  const auto [n, k] = args.params_as<PackParams>();
  const B* b = args.data<const B>(0);
  int16_t* to = args.data<int16_t>(1);
  args.parallel(panels_of(n), 1,
                [&](int64_t begin, int64_t end, int) { pack(b, to, n, k, begin, end); });
}

// Rows of a without their zero points, and their sums; rows from `rows` on repeat the last one.
template <class A>
void centre(const A* a, const A* zero, int64_t zero_row, int64_t k, int64_t rows, int16_t* to,
            uint32_t* sums) {
  for (int64_t i = 0; i < kRows; i++) {
    const int64_t row = std::min(i, rows - 1);
    const int16_t z = zero ? zero[row * zero_row] : 0;
    int16_t* out = to + i * 2 * pairs_of(k);
    int32_t sum = 0;
    for (int64_t p = 0; p < k; p++) {
      out[p] = int16_t(a[row * k + p] - z);
      sum += out[p];
    }
    if (k % 2 == 1) out[k] = 0;
    sums[i] = uint32_t(sum);
  }
}

// tile [kRows, kPanel] = a · panel.
void multiply(const int16_t* a, const int16_t* panel, int64_t pairs, int32_t* tile) {
  I sums[kRows][kVectors];
  for (auto& row : sums) std::fill_n(row, kVectors, I(0));
  for (int64_t p = 0; p < pairs; p++) {
    I b[kVectors];
    for (int v = 0; v < kVectors; v++) {
      std::memcpy(&b[v], panel + (p * kVectors + v) * I::kLanes * 2, sizeof(I));
    }
#pragma GCC unroll 12
    for (int i = 0; i < kRows; i++) {
      int32_t pair;
      std::memcpy(&pair, a + 2 * (i * pairs + p), sizeof pair);
      for (int v = 0; v < kVectors; v++) sums[i][v] = add_pairs(sums[i][v], I(pair), b[v]);
    }
  }
  for (int i = 0; i < kRows; i++)
    for (int v = 0; v < kVectors; v++) sums[i][v].store(tile + i * kPanel + v * I::kLanes);
}

// What becomes of the sums of a row from column `from` on: int32, float or a byte.
template <class Y>
struct Finish {
  const float *a_scale, *b_scale, *y_scale;
  const Y* add;  // the bias or y's zero points
  Params strides;

  explicit Finish(const Arguments& args, const Params& params)
      : a_scale(args.has(5) ? args.data<const float>(5) : nullptr),
        b_scale(args.has(6) ? args.data<const float>(6) : nullptr),
        y_scale(args.has(7) ? args.data<const float>(7) : nullptr),
        add(args.has(8) ? args.data<const Y>(8) : nullptr),
        strides(params) {}

  void operator()(const int32_t* sums, Y* y, int64_t row, int64_t from, int64_t width) const {
    if constexpr (std::is_same_v<Y, int32_t>) {
      std::copy_n(sums, width, y);
      return;
    } else {
      const double a = a_scale[row * strides.a_scale_row];
      for (int64_t j = 0; j < width; j++) {
        const double scale = a * b_scale[(from + j) * strides.b_scale_column];
        if constexpr (std::is_same_v<Y, float>) {
          y[j] = float(sums[j] * scale + (add ? double(add[from + j]) : 0.));
        } else {
          constexpr double kSmallest = std::numeric_limits<Y>::min();
          constexpr double kLargest = std::numeric_limits<Y>::max();
          const double factor = scale / y_scale[row * strides.y_scale_row];
          const double whole = std::rint(sums[j] * factor) + add[row * strides.y_zero_row];
          const double low = whole >= kSmallest ? whole : kSmallest;
          y[j] = static_cast<Y>(static_cast<int32_t>(low < kLargest ? low : kLargest));
        }
      }
    }
  }
};

template <class A, class B, class Y>
void matmul_integer(const Arguments& args) {
  const auto s = args.params_as<Params>();
  const A* a_zero = args.has(3) ? args.data<const A>(3) : nullptr;
  const B* b_zero = args.has(4) ? args.data<const B>(4) : nullptr;
  const Finish<Y> finish(args, s);
  const int64_t pairs = pairs_of(s.k), panels = panels_of(s.n);
  const int64_t b_bytes = s.packed ? 0 : (panels * pairs * kPanel * 4 + 63) / 64 * 64;
  const int64_t a_bytes = (pairs * kRows * 4 + 63) / 64 * 64;
  int16_t* room = reinterpret_cast<int16_t*>(args.scratch);
  const int16_t* packed = s.packed ? args.data<const int16_t>(1) : room;
  const int64_t blocks = (s.m + kRows - 1) / kRows;
  const int64_t groups = (panels + kPanels - 1) / kPanels;

  int64_t count = 1;
  for (int64_t size : s.batch) count *= size;
  const B* last = nullptr;
  for (int64_t matrix = 0; matrix < count; matrix++) {
    const A* a = args.data<const A>(0);
    const B* b = args.data<const B>(1);
    for (int64_t axis = kAxes - 1, rest = matrix; axis >= 0; rest /= s.batch[axis--]) {
      a += rest % s.batch[axis] * s.a_batch[axis];
      b += rest % s.batch[axis] * s.b_batch[axis];
    }
    Y* y = args.data<Y>(2) + matrix * s.m * s.n;
    if (!s.packed && b != last) {
      args.parallel(panels, std::max<int64_t>(1, 16384 / (kPanel * (s.k + 1))),
                    [&](int64_t begin, int64_t end, int) { pack(b, room, s.n, s.k, begin, end); });
      last = b;
    }
    args.parallel(blocks * groups, 1, [&](int64_t begin, int64_t end, int worker) {
      int16_t* rows = reinterpret_cast<int16_t*>(args.scratch + b_bytes + worker * a_bytes);
      alignas(64) int32_t tile[kRows * kPanel];
      uint32_t row_sums[kRows];
      for (int64_t task = begin; task < end; task++) {
        const int64_t i = task % blocks * kRows;
        const int64_t height = std::min<int64_t>(kRows, s.m - i);
        centre(a + i * s.k, a_zero ? a_zero + i * s.a_zero_row : nullptr, s.a_zero_row, s.k, height,
               rows, row_sums);
        const int64_t first = task / blocks * kPanels;
        for (int64_t panel = first; panel < std::min(panels, first + kPanels); panel++) {
          multiply(rows, packed + panel * pairs * kPanel * 2, pairs, tile);
          const int64_t from = panel * kPanel;
          const int64_t width = std::min<int64_t>(kPanel, s.n - from);
          for (int64_t r = 0; r < height; r++) {
            int32_t* sums = tile + r * kPanel;
            for (int64_t j = 0; j < width; j++) {
              const int32_t zero = b_zero ? b_zero[(from + j) * s.b_zero_column] : 0;
              sums[j] = int32_t(uint32_t(sums[j]) - row_sums[r] * uint32_t(zero));
            }
            finish(sums, y + (i + r) * s.n + from, i + r, from, width);
          }
        }
      }
    });
  }
}

#define SX_INTEGER_PRODUCTS(a, b, A, B)                                       \
  SX_KERNEL("matmul_integer." a "." b ".i32", matmul_integer<A, B, int32_t>); \
  SX_KERNEL("matmul_integer." a "." b ".f32", matmul_integer<A, B, float>);   \
  SX_KERNEL("matmul_integer." a "." b ".u8", matmul_integer<A, B, uint8_t>);  \
  SX_KERNEL("matmul_integer." a "." b ".i8", matmul_integer<A, B, int8_t>)

SX_INTEGER_PRODUCTS("u8", "u8", uint8_t, uint8_t);
SX_INTEGER_PRODUCTS("u8", "i8", uint8_t, int8_t);
SX_INTEGER_PRODUCTS("i8", "u8", int8_t, uint8_t);
SX_INTEGER_PRODUCTS("i8", "i8", int8_t, int8_t);
SX_KERNEL("matmul_integer_pack.u8", pack_weight<uint8_t>);
SX_KERNEL("matmul_integer_pack.i8", pack_weight<int8_t>);

}  // namespace
}  // namespace sx::SX_ISA
