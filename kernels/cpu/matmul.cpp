// matmul.f32, .f64: y = f(alpha a b + beta c + z), or f(alpha a b + beta c) + z, for stacks of
// matrices a [m, k], b [k, n]. a, b and z are given by strides (transposed and stretched stacks
// included), y is dense; c is given by two strides of 0 or more: a bias for each column or row, or
// a matrix. b is read in place, or is a weight that matmul.pack.f32 has made panels of, or is made
// so here where that pays; f and the rest are applied to a tile while it is still in the cache.
//
// Measured, one thread of a 2-core AMD EPYC (Zen 4, AVX-512): 256^3 to 2048^3 at 91 to 96 % of the
// peak, a weight [768, 3072] and 512 rows at 91 %, and one row at 79 to 93 % of reads from the
// caches where it lies (bench/results, squares and transformers). Idea: GotoBLAS, BLIS; Java's
// MatrixLaunch decides how b is read, and reckons the scratch memory.
#include "cpu/gemv.h"
#include "cpu/matmul_finish.h"
#include "kernel.h"

namespace sx::SX_ISA {
namespace {

enum Reading : int64_t { kInPlace, kPackedWeight, kPackShared, kPackPerMatrix };

constexpr int kStackAxes = 4;

// Rows that go over a block of b together while it is in the second-level cache.
constexpr int64_t kSharingRows = 8 * kRowBlock;

struct Params {
  int64_t m, n, k, a_row, a_depth, b_depth, b_column;
  int64_t stack[kStackAxes], a_stack[kStackAxes], b_stack[kStackAxes],
      z_stack[kStackAxes];  // sizes and strides
  int64_t reading;
  Finish finish;

  int64_t matrices() const { return stack[0] * stack[1] * stack[2] * stack[3]; }

  // Where matrix i of the stack begins.
  int64_t offset(int64_t i, const int64_t (&strides)[kStackAxes]) const {
    int64_t offset = 0;
    for (int axis = kStackAxes - 1; axis >= 0; axis--) {
      offset += i % stack[axis] * strides[axis];
      i /= stack[axis];
    }
    return offset;
  }
};

int64_t panels(int64_t columns, int64_t width) { return (columns + width - 1) / width; }

template <class T>
class Product {
 public:
  static constexpr int kRows = Tile<T>::kRows, kColumns = Tile<T>::kColumns;
  static constexpr int64_t kAlign = 16;  // elements

  Product(const Arguments& args, const Params& p)
      : args_(args),
        p_(p),
        a_(args.data<const T>(0)),
        b_(args.data<const T>(1)),
        y_(args.data<T>(2)),
        finish_(p.finish, args),
        scratch_(reinterpret_cast<T*>(args.scratch)),
        // Rows that lie whole pages apart would push each other out of the cache, strided ones even
        // more so.
        pack_a_(p.a_depth != 1 ||
                (p.m > kFewRows && p.a_row * int64_t(sizeof(T)) % 4096 == 0 && p.n > 2 * kColumns)),
        depth_blocks_(std::max<int64_t>(1, panels(p.k, longest_block()))),
        depth_block_(panels(p.k, depth_blocks_)),
        panels_(panels(p.n, kColumns)),
        sharing_rows_(std::min(kSharingRows, panels(p.m, kRows) * kRows)),
        thread_room_(panels(std::min(kDepthBlock, p.k) * (sharing_rows_ + kColumns), kAlign) *
                     kAlign) {}

  void run() {
    if (p_.reading == kPackPerMatrix) return run_stack();
    for (int64_t i = 0; i < p_.matrices(); i++) {
      const int64_t matrix = p_.offset(i, p_.b_stack);
      // Packed weights are whole panels, one matrix after the other.
      const T* b =
          b_ +
          (p_.reading == kPackedWeight && matrix > 0 ? matrix / p_.n * panels_ * kColumns : matrix);
      if (p_.reading == kPackShared) {
        args_.parallel(panels_, std::max<int64_t>(1, 32768 / (p_.k * kColumns + 1)),
                       [&](int64_t begin, int64_t end, int) { pack(b, begin, end, scratch_); });
        b = scratch_;
      }
      run_matrix(i, b);
    }
  }

 private:
  // Panels of b that meet a few rows only once are read from end to end, as long as these rows fit
  // into the first-level cache.
  int64_t longest_block() const {
    const bool once = p_.reading != kInPlace && !pack_a_ && p_.m < kRows;
    return once ? kDepthBlock * kRows / p_.m : kDepthBlock;
  }

  // A matrix of the stack is one task; its b is packed into the thread's scratch memory.
  void run_stack() {
    const int64_t cost = std::max<int64_t>(1, p_.m * panels_ * p_.k);
    args_.parallel(p_.matrices(), std::max<int64_t>(1, kTaskCost / cost),
                   [&](int64_t begin, int64_t end, int worker) {
                     T* const packed = thread_scratch(worker) + thread_room_;
                     int64_t ready = -1;
                     for (int64_t i = begin; i < end; i++) {
                       const int64_t b = p_.offset(i, p_.b_stack);
                       if (b != ready) pack(b_ + b, 0, panels_, packed);
                       ready = b;
                       multiply(i, packed, 0, p_.m, 0, p_.n, worker);
                     }
                   });
  }

  // The matrix is cut into a grid of tasks, enough for all threads but not smaller than pays.
  void run_matrix(int64_t i, const T* b) {
    const int64_t row_tiles = panels(p_.m, kRows);
    const int64_t threads = args_.pool().threads();
    const int64_t affordable = p_.m * panels_ * p_.k / kTaskCost;
    const int64_t tasks = threads == 1 ? 1 : std::min(4 * threads, affordable);
    // Columns are cut first: a thread then keeps its part of b in its cache. A row of a that must
    // be packed wants many.
    const int64_t columns =
        std::clamp<int64_t>(tasks, 1, std::max<int64_t>(1, panels_ / (pack_a_ ? 8 : 2)));
    const int64_t rows = std::clamp<int64_t>(tasks / columns, 1, row_tiles);
    args_.parallel(rows * columns, 1, [&](int64_t begin, int64_t end, int worker) {
      for (int64_t task = begin; task < end; task++) {
        const int64_t row = task / columns, column = task % columns;
        multiply(i, b, row * row_tiles / rows * kRows,
                 std::min(p_.m, (row + 1) * row_tiles / rows * kRows),
                 column * panels_ / columns * kColumns,
                 std::min(p_.n, (column + 1) * panels_ / columns * kColumns), worker);
      }
    });
  }

  // A part of y, and the part of the depth that is summed up.
  struct Part {
    int64_t matrix, row, rows, column, columns, d, depth;
  };

  // Rows and columns of matrix i of the stack.
  void multiply(int64_t i, const T* b, int64_t row, int64_t row_end, int64_t column,
                int64_t column_end, int worker) {
    const T* a = a_ + p_.offset(i, p_.a_stack);
    if (p_.reading == kInPlace && row_end - row <= kFewRows && p_.k > 0)
      return multiply_few_rows(a + row * p_.a_row, b + column,
                               {i, row, row_end - row, column, column_end - column, 0, p_.k});
    for (; row < row_end; row += kSharingRows) {
      const int64_t rows = std::min(kSharingRows, row_end - row);
      for (int64_t block = 0; block < depth_blocks_; block++) {
        const int64_t d = block * depth_block_;
        const int64_t depth = std::min(depth_block_, p_.k - d);
        Left<T> left{a + row * p_.a_row + d * p_.a_depth, p_.a_row, p_.a_depth};
        if (pack_a_) {
          T* const packed = thread_scratch(worker);
          pack_left(left, rows, depth, packed);
          left = {packed, 1, kRows};
        }
        for (int64_t j = column; j < column_end; j += kColumnBlock)
          multiply_part(
              left, b, {i, row, rows, j, std::min(column_end - j, kColumnBlock), d, depth}, worker);
      }
    }
  }

  // Where b is read as it lies and once.
  void multiply_few_rows(const T* a, const T* b, const Part& part) {
    const Result<T> y{y_ + (part.matrix * p_.m + part.row) * p_.n + part.column, p_.n};
    kFew<T>[part.rows - 1]({a, p_.a_row, p_.a_depth}, b, p_.b_depth, y, part.columns, part.depth);
    const int64_t z = p_.offset(part.matrix, p_.z_stack);
    if (!finish_.is_nothing()) finish_(y, part.rows, part.columns, {z, part.row, part.column});
  }

  void multiply_part(Left<T> left, const T* b, Part part, int worker) {
    if (p_.reading != kInPlace) {
      const T* panel = b + (part.column / kColumns * p_.k + part.d) * kColumns;
      return multiply_panels(left, {panel, kColumns, p_.k * kColumns}, part);
    }
    const T* from = b + part.d * p_.b_depth + part.column;
    const int64_t rest = part.columns % kColumns;
    part.columns -= rest;
    if (part.columns > 0) multiply_panels(left, {from, p_.b_depth, kColumns}, part);
    if (rest > 0) {  // a tile would read beyond the last panel
      T* const panel = thread_scratch(worker) + std::min(kDepthBlock, p_.k) * sharing_rows_;
      pack_panel(from + part.columns, p_.b_depth, 1, part.depth, rest, panel);
      part.column += part.columns;
      part.columns = rest;
      multiply_panels(left, {panel, kColumns, 0}, part);
    }
  }

  void multiply_panels(Left<T> left, Right<T> right, const Part& part) {
    const bool last = part.d + part.depth == p_.k;
    const T* const bias = last && finish_.bias() ? finish_.bias() + part.column : nullptr;
    const bool more = last && !bias && !finish_.is_nothing();
    const int64_t z = p_.offset(part.matrix, p_.z_stack);
    for (int64_t r = 0; r < part.rows; r += kRows) {
      const int rows = static_cast<int>(std::min<int64_t>(kRows, part.rows - r));
      const int64_t row = part.row + r;
      const Left<T> a{left.data + r * (pack_a_ ? part.depth : left.row), left.row, left.depth};
      const Result<T> y{y_ + (part.matrix * p_.m + row) * p_.n + part.column, p_.n};
      multiply_rows(a, right, y, rows, part.columns, part.depth, part.d > 0, bias,
                    [&](int64_t j, int64_t columns) {
                      if (more)
                        finish_({y.data + j, y.row}, rows, columns, {z, row, part.column + j});
                    });
    }
  }

  void pack(const T* b, int64_t panel, int64_t panel_end, T* to) {
    if (p_.b_column == 1)
      for (; panel + kPackedTogether <= std::min(panel_end, p_.n / kColumns);
           panel += kPackedTogether)
        pack_panels(b + panel * kColumns, p_.b_depth, p_.k, to + panel * kColumns * p_.k);
    for (; panel < panel_end; panel++) {
      const int64_t column = panel * kColumns;
      pack_panel(b + column * p_.b_column, p_.b_depth, p_.b_column, p_.k,
                 std::min<int64_t>(kColumns, p_.n - column), to + column * p_.k);
    }
  }

  T* thread_scratch(int worker) const {
    const int64_t packed = panels_ * kColumns * p_.k;
    return p_.reading == kPackPerMatrix
               ? scratch_ + worker * (thread_room_ + packed)
               : scratch_ + (p_.reading == kPackShared ? packed : 0) + worker * thread_room_;
  }

  // Steps of a tile's depth and row that a task must at least have: a few microseconds.
  static constexpr int64_t kTaskCost = 8192;

  const Arguments& args_;
  const Params& p_;
  const T* a_;
  const T* b_;
  T* y_;
  Finisher<T> finish_;
  T* scratch_;
  bool pack_a_;
  int64_t depth_blocks_, depth_block_, panels_, sharing_rows_;
  int64_t thread_room_;  // scratch memory of a thread: rows of a, and the last panel of b
};

template <class T>
void matmul(const Arguments& args) {
  const auto p = args.params_as<Params>();
  if (p.m > 0 && p.n > 0 && p.matrices() > 0) Product<T>(args, p).run();
}

SX_KERNEL("matmul.f32", matmul<float>);
SX_KERNEL("matmul.f64", matmul<double>);

// The matrices of a stack one after the other, each as panels.
struct PackParams {
  int64_t matrices, k, n, stack, depth, column;  // strides of b
};

template <class T>
void pack_weight(const Arguments& args) {
  const auto p = args.params_as<PackParams>();
  const T* b = args.data<const T>(0);
  T* to = args.data<T>(1);
  constexpr int kColumns = Tile<T>::kColumns;
  const int64_t count = panels(p.n, kColumns);
  args.parallel(p.matrices * count, 1, [&](int64_t begin, int64_t end, int) {
    for (int64_t i = begin; i < end; i++) {
      const int64_t column = i % count * kColumns;
      pack_panel(b + i / count * p.stack + column * p.column, p.depth, p.column, p.k,
                 std::min<int64_t>(kColumns, p.n - column), to + i * kColumns * p.k);
    }
  });
}

SX_KERNEL("matmul.pack.f32", pack_weight<float>);
SX_KERNEL("matmul.pack.f64", pack_weight<double>);

// The way back, for the rare reader of a weight of which only the panels are kept.
template <class T>
void unpack_weight(const Arguments& args) {
  const auto p = args.params_as<PackParams>();
  const T* from = args.data<const T>(0);
  T* b = args.data<T>(1);
  constexpr int kColumns = Tile<T>::kColumns;
  const int64_t count = panels(p.n, kColumns);
  args.parallel(p.matrices * count, 1, [&](int64_t begin, int64_t end, int) {
    for (int64_t i = begin; i < end; i++) {
      const int64_t column = i % count * kColumns;
      const int64_t columns = std::min<int64_t>(kColumns, p.n - column);
      const T* panel = from + i * kColumns * p.k;
      T* to = b + i / count * p.stack + column * p.column;
      for (int64_t d = 0; d < p.k; d++)
        for (int64_t j = 0; j < columns; j++)
          to[d * p.depth + j * p.column] = panel[d * kColumns + j];
    }
  });
}

SX_KERNEL("matmul.unpack.f32", unpack_weight<float>);
SX_KERNEL("matmul.unpack.f64", unpack_weight<double>);

}  // namespace
}  // namespace sx::SX_ISA
