// What the kernels of gemm.* share: y = f(alpha a b + beta c + z), or f(alpha a b + beta c) + z,
// for stacks of matrices a [m, k], b [k, n], y [m, n]. y is dense, or, where a convolution is such
// a product, has its columns adjacent; all others are given by strides: transposed, broadcast and
// stretched tensors included. A kernel reckons a tile of sums, lays it
// into shared memory, and calls finish_tile. It may do so for a part of the depth only; then the
// tile goes to scratch memory, and gemm_reduce adds the parts in order.
#pragma once
#include "cuda/activation.h"
#include "cuda/device/memory.h"
#include "cuda/launch.h"

namespace sx::cuda {

constexpr int kStackAxes = 4;

// The size of an axis of what is convolved, whose coordinates kernels count in 32 bits.
inline int to_int(int64_t size) {
  if (size >= int64_t{1} << 30)
    throw Unsupported("an axis of " + std::to_string(size) + " is longer than 30 bits count");
  return static_cast<int>(size);
}

// The slots of Java's MatrixLaunch.
struct GemmParams {
  int64_t m, n, k, a_row, a_depth, b_depth, b_column;
  int64_t stack[kStackAxes], a_stack[kStackAxes], b_stack[kStackAxes],
      z_stack[kStackAxes];  // sizes and strides
  double alpha, beta;
  int64_t c_row, c_column, z_row, z_column, add_last;
  Activation activation;

  __host__ __device__ int64_t matrices() const { return stack[0] * stack[1] * stack[2] * stack[3]; }

  // Where matrix i of the stack begins.
  __host__ __device__ int64_t offset(int64_t i, const int64_t (&strides)[kStackAxes]) const {
    int64_t offset = 0;
    for (int axis = kStackAxes - 1; axis >= 0 && i > 0; axis--) {
      offset += i % stack[axis] * strides[axis];
      i /= stack[axis];
    }
    return offset;
  }
};

// A part of the result, and the part of the depth that is summed up for it.
struct GemmTile {
  int64_t matrix, row, column;
  int64_t depth, depth_end;
  int split;
};

// Tensors a, b, y, c, z of T, of which c and z may be absent, and how the work is cut.
template <class T>
struct GemmProblem : GemmParams {
  const T *a, *b, *c, *z;
  T* y;
  int64_t y_row, y_matrix, c_matrix = 0;      // strides
  bool a_aligned = false, b_aligned = false;  // as GemmOperand has it
  int splits = 1;                             // parts of the depth
  int64_t split_depth;                        // of each but the last
  Compute<T>* partials = nullptr;             // [splits, matrices, m, n]
  // Where data decide which of two kernels computes, both are launched: one of them finds another
  // number here than it wants.
  const int32_t* decision = nullptr;
  int32_t wanted = 0;

  explicit GemmProblem(const Arguments& args)
      : GemmProblem(args.params_as<GemmParams>(), args.data<const T>(0), args.data<const T>(1),
                    args.has(3) ? args.data<const T>(3) : nullptr,
                    args.has(4) ? args.data<const T>(4) : nullptr, args.data<T>(2)) {}

  GemmProblem(const GemmParams& params, const T* a, const T* b, const T* c, const T* z, T* y)
      : GemmParams(params),
        a(a),
        b(b),
        c(c),
        z(z),
        y(y),
        y_row(n),
        y_matrix(m * n),
        split_depth(k) {}

  // Cuts the depth into `parts`, whose sums lie in the launch's scratch memory; each but the last
  // is a multiple of `grain`.
  void split(const Arguments& args, int parts, int64_t grain) {
    if (parts <= 1) return;
    split_depth = ((k + parts - 1) / parts + grain - 1) / grain * grain;
    splits = static_cast<int>((k + split_depth - 1) / split_depth);
    if (splits * matrices() * m * n * int64_t{sizeof(Compute<T>)} > int64_t(args.scratch_bytes))
      throw std::invalid_argument("scratch memory of " + std::to_string(args.scratch_bytes) +
                                  " bytes is too small for " + std::to_string(splits) +
                                  " partial sums of " + std::to_string(m) + " x " +
                                  std::to_string(n) + " x " + std::to_string(matrices()));
    partials = reinterpret_cast<Compute<T>*>(args.scratch);
  }

  __device__ bool is_unwanted() const { return decision && *decision != wanted; }

  __host__ __device__ int64_t row_tiles(int rows) const { return (m + rows - 1) / rows; }
  __host__ __device__ int64_t column_tiles(int columns) const {
    return (n + columns - 1) / columns;
  }
  __host__ __device__ int64_t tiles(int rows, int columns) const {
    return row_tiles(rows) * column_tiles(columns) * splits * matrices();
  }

  // Tile i of all. Neighbours share what they read: 8 tiles down, then the next column.
  __device__ GemmTile tile(int64_t i, int rows, int columns) const {
    constexpr int64_t kGroup = 8;
    const int64_t down = row_tiles(rows), across = column_tiles(columns);
    const int64_t part = i / (down * across), rest = i - part * (down * across);
    const int64_t first = rest / (kGroup * across) * kGroup;
    const int64_t height = down - first < kGroup ? down - first : kGroup;
    const int64_t in_group = rest - first * across;
    const int split = int(part % splits);
    const int64_t depth = split * split_depth;
    return {part / splits,
            (first + in_group % height) * rows,
            in_group / height * columns,
            depth,
            depth + split_depth < k ? depth + split_depth : k,
            split};
  }

  // Finishes the sums of `count` neighbours in a row of the result; z_first is where z's matrix
  // begins.
  template <int N>
  __device__ __forceinline__ void finish(Compute<T> (&x)[N], int count, int64_t matrix, int64_t row,
                                         int64_t column, int64_t z_first) const {
    using C = Compute<T>;
    const int64_t c_at = matrix * c_matrix + row * c_row + column * c_column;
    const int64_t z_at = z_first + row * z_row + column * z_column;
#pragma unroll
    for (int j = 0; j < N; j++) {
      x[j] *= static_cast<C>(alpha);
      if (c && j < count) x[j] += static_cast<C>(beta) * load_as(c[c_at + j * c_column]);
      if (z && !add_last && j < count) x[j] += load_as(z[z_at + j * z_column]);
    }
    activate(activation, x);
    if (!z || !add_last) return;
#pragma unroll
    for (int j = 0; j < N; j++)
      if (j < count) x[j] += load_as(z[z_at + j * z_column]);
  }
};

// Stores the first `count` of N values, in one access where they are all and `aligned` says that it
// is possible.
template <int N, class T>
__device__ __forceinline__ void store_first(T* to, const Packed<T, N>& values, int count,
                                            bool aligned) {
  if (aligned && count == N) return store_packed(to, values);
#pragma unroll
  for (int j = 0; j < N; j++)
    if (j < count) to[j] = values[j];
}

// Finishes, or lays by, a tile of sums [rows, columns] that lies in shared memory, rows `pitch`
// apart; both columns and pitch are multiples of 4. Called by threads 0 to `threads` - 1 (this is
// number `thread`) after the barrier behind which the tile is complete. What lies outside of the
// result is ignored.
template <class T>
__device__ __forceinline__ void finish_tile(const GemmProblem<T>& p, const Compute<T>* sums,
                                            int rows, int columns, int pitch, const GemmTile& tile,
                                            int thread, int threads) {
  using C = Compute<T>;
  constexpr int kWidth = 16 / sizeof(C);  // columns that a thread finishes at a time
  const int across = columns / kWidth;
  const int64_t rows_left = p.m - tile.row;
  const int stretches = int(rows_left < rows ? rows_left : rows) * across;
  const int64_t z_first = p.z ? p.offset(tile.matrix, p.z_stack) : 0;
  const bool whole = p.n % kWidth == 0;
  T* const y = p.y + tile.matrix * p.y_matrix;
  C* const partial = p.partials + (tile.split * p.matrices() + tile.matrix) * p.m * p.n;
  const bool aligned = whole && (p.y_row | p.y_matrix) % kWidth == 0 &&
                       reinterpret_cast<uintptr_t>(p.y) % (kWidth * sizeof(T)) == 0;
#pragma unroll 1
  for (int i = thread; i < stretches; i += threads) {
    const int from = i / across * pitch + i % across * kWidth;
    const int64_t row = tile.row + i / across, column = tile.column + i % across * kWidth;
    const int64_t left = p.n - column;
    if (left <= 0) continue;
    const int count = left < kWidth ? int(left) : kWidth;
    const Packed<C, kWidth> sum = load_packed<kWidth>(sums + from);
    if (p.splits > 1) {
      store_first(partial + row * p.n + column, sum, count, whole);
      continue;
    }
    C x[kWidth];
#pragma unroll
    for (int j = 0; j < kWidth; j++) x[j] = sum[j];
    p.finish(x, count, tile.matrix, row, column, z_first);
    Packed<T, kWidth> result;
#pragma unroll
    for (int j = 0; j < kWidth; j++) result[j] = store_as<T>(x[j]);
    store_first(y + row * p.y_row + column, result, count, aligned);
  }
}

// Finishes, or lays by, one sum of a tile.
template <class T>
__device__ __forceinline__ void finish_sum(const GemmProblem<T>& p, Compute<T> sum,
                                           const GemmTile& tile, int64_t row, int64_t column) {
  if (p.splits > 1) {
    p.partials[((tile.split * p.matrices() + tile.matrix) * p.m + row) * p.n + column] = sum;
    return;
  }
  Compute<T> x[1] = {sum};
  p.finish(x, 1, tile.matrix, row, column, p.z ? p.offset(tile.matrix, p.z_stack) : 0);
  p.y[tile.matrix * p.y_matrix + row * p.y_row + column] = store_as<T>(x[0]);
}

struct GemmFacts;

// Copies operands that tensor cores cannot take as they lie to the beginning of scratch memory,
// where they can; `args` has the rest of it afterwards. False, and nothing changed, where there is
// too little.
template <class T>
bool align_operands(Arguments& args, GemmProblem<T>& problem, const GemmFacts& facts);

// By the kernel that gemm_choice.h names.
template <class T>
void gemm_by_choice(const Arguments& args, GemmProblem<T>& problem);
void gemm_by_choice_as_tf32(const Arguments& args, GemmProblem<float>& problem);
void gemm_by_choice_as_bf16x6(const Arguments& args, GemmProblem<float>& problem);

// The kernels, each for a problem that gemm_choice.h gives it. rows x columns is the tile.
template <class T>
void gemm_simt(const Arguments& args, const GemmProblem<T>& problem, int rows, int columns);
template <class T>
void gemv_rows(const Arguments& args, const GemmProblem<T>& problem, bool left);
template <class T>
void gemv_columns(const Arguments& args, const GemmProblem<T>& problem);

// 16 bits, on tensor cores of sm_80 and later; tiles are square.
template <class T>
void gemm_sm80(const Arguments& args, const GemmProblem<T>& problem, int rows);

// 16 bits, on Hopper's tensor cores.
template <class T>
void gemm_sm90(const Arguments& args, const GemmProblem<T>& problem, int rows, int columns);

// float32 that is rounded to tf32, with mma.sync.
void gemm_tf32(const Arguments& args, const GemmProblem<float>& problem, int rows);

// float32 by Hopper's tensor cores, as exact as float32; simt_tile is for data that they cannot
// take.
void gemm_bf16x6(const Arguments& args, const GemmProblem<float>& problem, int simt_tile);

// y from the partial sums, where splits > 1.
template <class T>
void gemm_reduce(const Arguments& args, const GemmProblem<T>& problem);

}  // namespace sx::cuda
