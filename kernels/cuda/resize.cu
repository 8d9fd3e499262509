// resize.T: y[o, i, j, k] = sum over s, t of rows[i][s] * columns[j][t] * x[o, rows[i][s],
// columns[j][t], k], T float32, float16 or bfloat16. resize_nearest.bN: y[o, i, j, k] = x[o,
// rows[i], columns[j], k] for elements of N bytes. x is [outer, in_rows, in_columns, inner], y is
// [outer, out_rows, out_columns, inner]. Resize.java works out once which elements make up an
// output coordinate, with which weights: all modes are one kernel, a thread an element. The
// parameters bring these taps; small launches lay them into scratch memory. Not yet measured on a
// GPU. No source but the definition.
#include "cuda/move.h"

namespace sx::cuda {
namespace {

// Followed by out_rows * row_taps and then out_columns * column_taps slots: an index in the low 32
// bits (below 0: nothing, the whole element is `outside`), the bits of a float weight in the high
// ones.
struct Params {
  int64_t outer, in_rows, in_columns, out_rows, out_columns, inner, row_taps, column_taps;
  double outside;
};

struct alignas(8) Tap {
  int32_t index;
  float weight;
};

constexpr size_t kSlots = sizeof(Params) / 8;
constexpr int kTapsAtOnce = 256;

struct SomeTaps {
  Tap taps[kTapsAtOnce];
};

__global__ void __launch_bounds__(kTapsAtOnce) lay_taps_kernel(SomeTaps some, Tap* to, int count) {
  if (int(threadIdx.x) < count) to[threadIdx.x] = some.taps[threadIdx.x];
}

struct Plan {
  Params p;
  const Tap *rows, *columns;  // in scratch memory
  Divisor by_inner, by_columns, by_rows;

  explicit Plan(const Arguments& args) {
    Arguments head = args;
    head.params = args.params.first(args.params.size() < kSlots ? args.params.size() : kSlots);
    p = head.params_as<Params>();
    const int64_t row_slots = p.out_rows * p.row_taps, column_slots = p.out_columns * p.column_taps;
    const auto taps = args.params.subspan(kSlots);
    if (int64_t(taps.size()) != row_slots + column_slots)
      throw std::invalid_argument("resize: the taps do not fit the sizes");
    if (args.scratch_bytes < taps.size_bytes())
      throw std::invalid_argument("resize: too little scratch memory");
    require(taps.first(row_slots), p.in_rows);
    require(taps.last(column_slots), p.in_columns);
    Tap* scratch = reinterpret_cast<Tap*>(args.scratch);
    rows = scratch;
    columns = scratch + row_slots;
    if (count() == 0) return;
    by_inner = Divisor(p.inner);
    by_columns = Divisor(p.out_columns);
    by_rows = Divisor(p.out_rows);
    for (size_t i = 0; i < taps.size(); i += kTapsAtOnce) {
      SomeTaps some;
      const size_t n = taps.size() - i < kTapsAtOnce ? taps.size() - i : kTapsAtOnce;
      std::memcpy(&some, taps.data() + i, n * sizeof(Tap));
      launch(args, lay_taps_kernel, {.blocks = 1, .threads = kTapsAtOnce}, some, scratch + i,
             int(n));
    }
  }

  int64_t count() const { return p.outer * p.out_rows * p.out_columns * p.inner; }

  struct Place {
    int64_t first;  // of x: [o, 0, 0, k]
    int64_t row, column;
  };

  __device__ Place at(int64_t i) const {
    int64_t column = by_inner.divide(i), k = i;
    int64_t row = by_columns.divide(column);
    const int64_t outer = by_rows.divide(row);
    return {outer * p.in_rows * p.in_columns * p.inner + k, row, column};
  }

 private:
  static void require(std::span<const int64_t> slots, int64_t size) {
    for (const int64_t slot : slots)
      if (static_cast<int32_t>(slot) >= size)
        throw std::invalid_argument("resize: a tap lies outside");
  }
};

template <class T>
__global__ void __launch_bounds__(kMoveThreads)
    blend_kernel(const T* x, T* y, Plan plan, int64_t count) {
  const Params& p = plan.p;
  const int64_t stride = int64_t{gridDim.x} * kMoveThreads;
  for (int64_t i = int64_t{blockIdx.x} * kMoveThreads + threadIdx.x; i < count; i += stride) {
    const auto place = plan.at(i);
    const Tap* rows = plan.rows + place.row * p.row_taps;
    const Tap* columns = plan.columns + place.column * p.column_taps;
    float sum = 0;
    if (rows[0].index < 0 || columns[0].index < 0) {
      sum = static_cast<float>(p.outside);
    } else {
      for (int64_t t = 0; t < p.column_taps; t++) {
        const Tap column = columns[t];
        if (column.weight == 0) continue;
        float blended = 0;
        for (int64_t s = 0; s < p.row_taps; s++) {
          const Tap row = rows[s];
          if (row.weight != 0)
            blended +=
                row.weight *
                load_as(x[place.first + (row.index * p.in_columns + column.index) * p.inner]);
        }
        sum += column.weight * blended;
      }
    }
    y[i] = store_as<T>(sum);
  }
}

template <class T>
__global__ void __launch_bounds__(kMoveThreads)
    nearest_kernel(const T* x, T* y, Plan plan, int64_t count) {
  const Params& p = plan.p;
  each_move(
      count,
      [&](int64_t i) {
        const auto place = plan.at(i);
        const int64_t row = plan.rows[place.row].index, column = plan.columns[place.column].index;
        return x[place.first + (row * p.in_columns + column) * p.inner];
      },
      [&](int64_t i, T value) { y[i] = value; });
}

template <class T>
void resize(const Arguments& args) {
  const Plan plan(args);
  launch(args, blend_kernel<T>,
         {.blocks = striding_blocks(args, plan.count(), kMoveThreads), .threads = kMoveThreads},
         args.data<const T>(0), args.data<T>(1), plan, plan.count());
}

template <class T>
void resize_nearest(const Arguments& args) {
  const Plan plan(args);
  if (plan.p.row_taps != 1 || plan.p.column_taps != 1)
    throw std::invalid_argument("resize_nearest: one tap each");
  launch(args, nearest_kernel<T>, moving_grid(args, plan.count()), args.data<const T>(0),
         args.data<T>(1), plan, plan.count());
}

SX_KERNEL("resize.f32", resize<float>);
SX_KERNEL("resize.f16", resize<half>);
SX_KERNEL("resize.bf16", resize<bfloat16>);
SX_KERNEL_BY_WIDTH("resize_nearest", resize_nearest);

}  // namespace
}  // namespace sx::cuda
