// matmul_integer.A.B.i32: y = (a - a_zero) · (b - b_zero) of bytes, in int32 that wraps around;
// .f32: f(that · (a_scale · b_scale) + bias) + z; .u8, .i8: round(that · a_scale · b_scale /
// y_scale) + y_zero, saturated, where no sum exceeds int32. What belongs to a or y is one number or
// [m]. a is a stack of [m, k], b of [k, n], y and z of [m, n]; a_zero is one number or [m], b_zero
// one or [n]. Products of bytes as they are, by panels of quad_panels.h, and then, as (a - a_zero)
// · (b - b_zero) = a · b - a_zero · sum(b) - b_zero · (sum(a) - k · a_zero), three terms of a row
// and a column. z is given by strides, of 0 where it stretches. Measured, one thread of a 2-core
// AMD EPYC (Zen 4), processor time: MiniLM in int8, 1 x 128 tokens, 14.6 ms in all, and 24.4 ms
// with the products of pairs of int16 that were here before. Idea: FBGEMM's and gemmlowp's sums
// aside.
#include <cmath>
#include <limits>

#include "cpu/activation.h"
#include "cpu/quad_panels.h"
#include "kernel.h"

namespace sx::SX_ISA {
namespace {

constexpr int kAxes = 4;
constexpr int64_t kGroup = 256 / kPanel;  // panels of a task, so that they stay in the L2 cache

struct Params {
  int64_t m, n, k;
  int64_t batch[kAxes], a_batch[kAxes], b_batch[kAxes];
  int64_t a_zero_row, b_zero_column;  // strides, 0 or 1
  int64_t packed;                     // whether b comes as panels
  int64_t a_scale_row, b_scale_column, y_scale_row, y_zero_row;
  Activation activation;
  int64_t z_batch[kAxes], z_row, z_column;
};

struct PackParams {
  int64_t n, k;
};

template <class B>
void pack_weight(const Arguments& args) {
  const auto [n, k] = args.params_as<PackParams>();
  const B* b = args.data<const B>(0);
  uint8_t* to = args.data<uint8_t>(1);
  args.parallel(panels_of(n), 1,
                [&](int64_t begin, int64_t end, int) { pack_panels(b, to, n, k, begin, end); });
}

using F = Vec<float>;

// What belongs to the columns of a tile; 0 behind the last.
struct Columns {
  int32_t zero[kTilePanels * kPanel] = {};
  int32_t sums[kTilePanels * kPanel] = {};
  float scale[kTilePanels * kPanel] = {};
  float bias[kTilePanels * kPanel] = {};
};

// What becomes of a row of sums: int32, float or a byte.
template <class Y>
struct Finish {
  const float *a_scale, *b_scale, *y_scale;
  const Y* add;  // the bias or y's zero points
  const Params& p;

  Finish(const Arguments& args, const Params& params)
      : a_scale(args.has(5) ? args.data<const float>(5) : nullptr),
        b_scale(args.has(6) ? args.data<const float>(6) : nullptr),
        y_scale(args.has(7) ? args.data<const float>(7) : nullptr),
        add(args.has(8) ? args.data<const Y>(8) : nullptr),
        p(params) {}

  void read(Columns& columns, int64_t from, int64_t width) const {
    if constexpr (std::is_same_v<Y, int32_t>) return;
    for (int64_t j = 0; j < width; j++) columns.scale[j] = b_scale[(from + j) * p.b_scale_column];
    if constexpr (std::is_same_v<Y, float>)
      if (add) std::copy_n(add + from, width, columns.bias);
  }

  void operator()(const int32_t* sums, Y* y, int64_t row, const Columns& c, int64_t width) const {
    if constexpr (std::is_same_v<Y, int32_t>) {
      std::copy_n(sums, width, y);
    } else if constexpr (std::is_same_v<Y, float>) {
      const F a(a_scale[row * p.a_scale_row]);
      for (int64_t j = 0; j < width; j += F::kLanes) {
        const F floats(__builtin_convertvector(Ints::load(sums + j).raw, F::Raw));
        fma(floats, a * F::load(c.scale + j), F::load(c.bias + j)).store_first(y + j, width - j);
      }
    } else {
      constexpr double kSmallest = std::numeric_limits<Y>::min();
      constexpr double kLargest = std::numeric_limits<Y>::max();
      const double a = a_scale[row * p.a_scale_row], y_step = y_scale[row * p.y_scale_row];
      const double zero = add[row * p.y_zero_row];
      for (int64_t j = 0; j < width; j++) {
        const double whole = std::rint(sums[j] * (a * c.scale[j] / y_step)) + zero;
        const double low = whole >= kSmallest ? whole : kSmallest;
        y[j] = static_cast<Y>(static_cast<int32_t>(low < kLargest ? low : kLargest));
      }
    }
  }
};

template <class A, class B, class Y>
class IntegerProduct {
 public:
  explicit IntegerProduct(const Arguments& args)
      : args_(args),
        p_(args.params_as<Params>()),
        a_zero_(args.has(3) ? args.data<const A>(3) : nullptr),
        b_zero_(args.has(4) ? args.data<const B>(4) : nullptr),
        finish_(args, p_),
        z_(args.has(9) ? args.data<const float>(9) : nullptr),
        panels_(panels_of(p_.n)),
        b_bytes_(p_.packed ? 0 : panels_ * panel_bytes(p_.k)) {
    for (int64_t j = 0; b_zero_ && j < (p_.b_zero_column ? p_.n : 1); j++)
      centred_ &= right_zero(b_zero_[j]) == 0;
  }

  void run() {
    int64_t count = 1;
    for (int64_t size : p_.batch) count *= size;
    const B* last = nullptr;
    for (int64_t matrix = 0; matrix < count; matrix++) {
      const A* a = args_.data<const A>(0);
      const B* b = args_.data<const B>(1);
      int64_t z = 0;
      for (int64_t axis = kAxes - 1, rest = matrix; axis >= 0; rest /= p_.batch[axis--]) {
        a += rest % p_.batch[axis] * p_.a_batch[axis];
        b += rest % p_.batch[axis] * p_.b_batch[axis];
        z += rest % p_.batch[axis] * p_.z_batch[axis];
      }
      if (!p_.packed && b != last) {
        uint8_t* room = reinterpret_cast<uint8_t*>(args_.scratch);
        args_.parallel(
            panels_, std::max<int64_t>(1, 16384 / (kPanel * (p_.k + 1))),
            [&](int64_t begin, int64_t end, int) { pack_panels(b, room, p_.n, p_.k, begin, end); });
        last = b;
      }
      run_matrix({reinterpret_cast<const uint8_t*>(a), matrix * p_.m * p_.n, z});
    }
  }

 private:
  // A matrix of the stack: its a, and where it begins in y and z.
  struct Matrix {
    const uint8_t* a;
    int64_t y, z;
  };

  void run_matrix(const Matrix& matrix) {
    const int64_t blocks = (p_.m + kTileRows - 1) / kTileRows;
    const int64_t groups = (panels_ + kGroup - 1) / kGroup;
    args_.parallel(blocks * groups, 1, [&](int64_t begin, int64_t end, int worker) {
      for (int64_t task = begin; task < end; task++)
        multiply(matrix, task % blocks * kTileRows, task / blocks * kGroup, worker);
    });
  }

  // A block of rows by a group of panels.
  void multiply(const Matrix& matrix, int64_t row, int64_t first, int worker) {
    const int64_t rows = std::min<int64_t>(kTileRows, p_.m - row);
    const QuadRows left = quad_rows(matrix.a + row * p_.k, rows, worker);
    int32_t row_zero[kTileRows], row_term[kTileRows];
    for (int64_t r = 0; r < rows; r++) {
      row_zero[r] = left_zero(a_zero_ ? a_zero_[(row + r) * p_.a_zero_row] : A(0));
      row_term[r] = centred_ ? 0
                             : int32_t(row_sum(left.data + r * left.row, p_.k) -
                                       uint32_t(p_.k) * uint32_t(row_zero[r]));
    }
    const uint8_t* packed =
        p_.packed ? args_.data<const uint8_t>(1) : reinterpret_cast<uint8_t*>(args_.scratch);
    const int64_t step = panel_bytes(p_.k), end = std::min(panels_, first + kGroup);
    alignas(64) int32_t tile[kTileRows * kPanel];
    Columns columns;
    for (int64_t panel = first, count; panel < end; panel += count) {
      const uint8_t* b = packed + panel * step;
      count = rows == 1 && end - panel >= kTilePanels ? kTilePanels : 1;
      if (count == kTilePanels)
        multiply_quads<1, kTilePanels>(left, b, step, quads_of(p_.k), tile);
      else
        kQuadTiles[rows - 1](left, b, step, quads_of(p_.k), tile);
      const int64_t from = panel * kPanel, width = std::min(count * kPanel, p_.n - from);
      for (int64_t i = 0; i < count; i++)
        std::copy_n(column_sums(b + i * step, p_.k), kPanel, columns.sums + i * kPanel);
      for (int64_t j = 0; !centred_ && j < width; j++)
        columns.zero[j] = right_zero(b_zero_ ? b_zero_[(from + j) * p_.b_zero_column] : B(0));
      finish_.read(columns, from, width);
      for (int64_t r = 0; r < rows; r++) {
        int32_t* sums = tile + r * count * kPanel;
        take_off(row_zero[r], columns.sums, sums, width);
        if (!centred_) take_off(row_term[r], columns.zero, sums, width);
        finish_(sums, args_.data<Y>(2) + matrix.y + (row + r) * p_.n + from, row + r, columns,
                width);
      }
      if constexpr (std::is_same_v<Y, float>) second_pass(matrix, row, rows, from, width);
    }
  }

  // sums -= factor * terms, in whole vectors.
  static void take_off(int32_t factor, const int32_t* terms, int32_t* sums, int64_t width) {
    for (int64_t j = 0; j < width; j += Ints::kLanes)
      (Ints::load(sums + j) - Ints(factor) * Ints::load(terms + j)).store(sums + j);
  }

  void second_pass(const Matrix& matrix, int64_t row, int64_t rows, int64_t from,
                   int64_t width) const {
    if (!z_ && p_.activation.kind == Activation::kNone) return;
    with_activation(p_.activation, [&](auto f) {
      for (int64_t r = row; r < row + rows; r++) {
        float* y = args_.data<float>(2) + matrix.y + r * p_.n + from;
        const float* z = z_ ? z_ + matrix.z + r * p_.z_row + from * p_.z_column : nullptr;
        for (int64_t j = 0; j < width; j += F::kLanes) {
          const int64_t left = width - j;
          const F v = f(F::load_first(y + j, left));
          (z ? v + (p_.z_column ? F::load_first(z + j, left) : F(*z)) : v).store_first(y + j, left);
        }
      }
    });
  }

  // Rows as they lie; copies where these are signed or end within a quad.
  QuadRows quad_rows(const uint8_t* a, int64_t rows, int worker) const {
    if (!kIsSigned<A> && p_.k % 4 == 0) return {a, p_.k};
    const int64_t whole = quads_of(p_.k) * 4;
    uint8_t* copy =
        reinterpret_cast<uint8_t*>(args_.scratch) + b_bytes_ + worker * kTileRows * whole;
    for (int64_t r = 0; r < rows; r++)
      for (int64_t d = 0; d < p_.k; d++) copy[r * whole + d] = a[r * p_.k + d] ^ kLeftFlip<A>;
    return {copy, whole};
  }

  const Arguments& args_;
  const Params p_;
  const A* a_zero_;
  const B* b_zero_;
  const Finish<Y> finish_;
  const float* z_;
  int64_t panels_, b_bytes_;
  bool centred_ = b_zero_ || kIsSigned<B>;  // whether the zero points of B' are all 0
};

template <class A, class B, class Y>
void matmul_integer(const Arguments& args) {
  IntegerProduct<A, B, Y>(args).run();
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
