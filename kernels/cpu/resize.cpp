// resize.f32: y[o, i, j, k] = sum over s, t of rows[i][s] * columns[j][t] * x[o, rows[i][s],
// columns[j][t], k]. resize_nearest.bN: y[o, i, j, k] = x[o, rows[i], columns[j], k] for elements
// of N bytes. x is [outer, in_rows, in_columns, inner], y is [outer, out_rows, out_columns, inner].
// Resize.java works out once which elements make up an output coordinate, with which weights: all
// modes are one kernel. A row is blended from input rows, then its columns from it; a nearest row
// that repeats is copied.
#include <bit>

#include "cpu/simd/vec.h"
#include "kernel.h"

namespace sx::SX_ISA {
namespace {

// Followed by out_rows * row_taps and then out_columns * column_taps slots: an index in the low 32
// bits (below 0: nothing, the whole element is `outside`), the bits of a float weight in the high
// ones.
struct Params {
  int64_t outer, in_rows, in_columns, out_rows, out_columns, inner, row_taps, column_taps;
  double outside;
};

constexpr int64_t kSlots = sizeof(Params) / 8;

int32_t index_of(int64_t slot) { return static_cast<int32_t>(slot); }
float weight_of(int64_t slot) { return std::bit_cast<float>(static_cast<int32_t>(slot >> 32)); }

struct Plan : Params {
  const int64_t* rows;
  const int64_t* columns;

  explicit Plan(const Arguments& args) {
    Arguments head = args;
    head.params = args.params.first(std::min<size_t>(args.params.size(), kSlots));
    static_cast<Params&>(*this) = head.params_as<Params>();
    if (static_cast<int64_t>(args.params.size()) !=
        kSlots + out_rows * row_taps + out_columns * column_taps)
      throw std::invalid_argument("resize: the taps do not fit the sizes");
    rows = args.params.data() + kSlots;
    columns = rows + out_rows * row_taps;
    require(rows, out_rows * row_taps, in_rows);
    require(columns, out_columns * column_taps, in_columns);
  }

  static void require(const int64_t* slots, int64_t count, int64_t size) {
    for (int64_t i = 0; i < count; i++)
      if (index_of(slots[i]) >= size) throw std::invalid_argument("resize: a tap lies outside");
  }

  int64_t grain() const {
    return std::max<int64_t>(1, (1 << 14) / std::max<int64_t>(1, out_columns * inner));
  }
};

using V = Vec<float>;

// to[0, n) = sum of weight * x[index * n, ... + n) over one row's taps.
void blend_rows(const float* x, const int64_t* slots, int64_t taps, int64_t n, float* to) {
  for (int64_t k = 0; k < n; k += V::kLanes) {
    V sum(0.f);
    for (int64_t t = 0; t < taps; t++)
      if (const float weight = weight_of(slots[t]); weight != 0)
        sum += V::load_first(x + index_of(slots[t]) * n + k, n - k) * V(weight);
    sum.store_first(to + k, n - k);
  }
}

// Columns blended from one row.
void blend_columns(const float* row, const Plan& p, float* y) {
  for (int64_t j = 0; j < p.out_columns; j++, y += p.inner) {
    const int64_t* slots = p.columns + j * p.column_taps;
    if (index_of(slots[0]) < 0) {
      std::fill_n(y, p.inner, static_cast<float>(p.outside));
    } else if (p.inner > 1) {
      blend_rows(row, slots, p.column_taps, p.inner, y);
    } else {
      float sum = 0;
      for (int64_t t = 0; t < p.column_taps; t++)
        if (const float weight = weight_of(slots[t]); weight != 0)
          sum += weight * row[index_of(slots[t])];
      *y = sum;
    }
  }
}

void resize_f32(const Arguments& args) {
  const Plan p(args);
  const int64_t in_row = p.in_columns * p.inner, out_row = p.out_columns * p.inner;
  const int64_t stride = (in_row + 15) / 16 * 16;
  args.parallel(p.outer * p.out_rows, p.grain(), [&](int64_t begin, int64_t end, int worker) {
    float* row = reinterpret_cast<float*>(args.scratch) + worker * stride;
    for (int64_t i = begin; i < end; i++) {
      const int64_t* slots = p.rows + i % p.out_rows * p.row_taps;
      float* y = args.data<float>(1) + i * out_row;
      if (index_of(slots[0]) < 0) {
        std::fill_n(y, out_row, static_cast<float>(p.outside));
        continue;
      }
      blend_rows(args.data<const float>(0) + i / p.out_rows * p.in_rows * in_row, slots, p.row_taps,
                 in_row, row);
      blend_columns(row, p, y);
    }
  });
}

template <class T>
void resize_nearest(const Arguments& args) {
  const Plan p(args);
  const int64_t in_row = p.in_columns * p.inner, out_row = p.out_columns * p.inner;
  args.parallel(p.outer * p.out_rows, p.grain(), [&](int64_t begin, int64_t end, int) {
    for (int64_t i = begin; i < end; i++) {
      const int64_t r = i % p.out_rows;
      const int32_t from = index_of(p.rows[r]);
      T* y = args.data<T>(1) + i * out_row;
      if (i > begin && r > 0 && from == index_of(p.rows[r - 1])) {
        std::memcpy(y, y - out_row, out_row * sizeof(T));
        continue;
      }
      const T* x = args.data<const T>(0) + (i / p.out_rows * p.in_rows + from) * in_row;
      if (p.inner == 1)
        for (int64_t j = 0; j < p.out_columns; j++) y[j] = x[index_of(p.columns[j])];
      else
        for (int64_t j = 0; j < p.out_columns; j++)
          std::memcpy(y + j * p.inner, x + index_of(p.columns[j]) * p.inner, p.inner * sizeof(T));
    }
  });
}

SX_KERNEL("resize.f32", resize_f32);
SX_KERNEL("resize_nearest.b1", resize_nearest<uint8_t>);
SX_KERNEL("resize_nearest.b2", resize_nearest<uint16_t>);
SX_KERNEL("resize_nearest.b4", resize_nearest<uint32_t>);
SX_KERNEL("resize_nearest.b8", resize_nearest<uint64_t>);

}  // namespace
}  // namespace sx::SX_ISA
