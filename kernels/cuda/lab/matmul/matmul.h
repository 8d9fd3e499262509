// The ladder: y = a b for matrices a [m, k], b [k, n], row by row, from the obvious kernel to the
// ones that are shipped. Each step is a file that adds one idea to the one before, and a key,
// lab.matmul.N; MatMulLadderTest runs them all. y is float32, and so are a and b up to step 6,
// where the tensor cores take over.
#pragma once
#include "cuda/device/memory.h"
#include "cuda/launch.h"

namespace sx::cuda {
namespace {

template <class T>
struct MatMulOf {
  int64_t m, n, k;
  const T *a, *b;
  float* y;

  static MatMulOf of(const Arguments& args) {
    struct Params {
      int64_t m, n, k;
    };
    const auto p = args.params_as<Params>();
    return {p.m, p.n, p.k, args.data<const T>(0), args.data<const T>(1), args.data<float>(2)};
  }

  // For copies that move 16 bytes and nothing less: every row begins at a multiple of that.
  void require_chunks() const {
    constexpr int64_t kEach = 16 / sizeof(T);
    const auto address = reinterpret_cast<uintptr_t>(a) | reinterpret_cast<uintptr_t>(b);
    if (k < kEach || k % kEach != 0 || n % kEach != 0 || address % 16 != 0)
      throw std::invalid_argument("this step needs rows of whole chunks of 16 bytes, not n = " +
                                  std::to_string(n) + ", k = " + std::to_string(k));
  }

  // Tiles of y, all along one axis of the grid: the other axes end at 65535.
  uint32_t tiles(int rows, int columns) const {
    return blocks_for((m + rows - 1) / rows * ((n + columns - 1) / columns), 1);
  }
  __device__ int64_t first_row(int rows, int columns) const {
    return blockIdx.x / ((n + columns - 1) / columns) * rows;
  }
  __device__ int64_t first_column(int columns) const {
    return blockIdx.x % ((n + columns - 1) / columns) * columns;
  }

  // 0 outside of the matrix.
  __device__ T a_at(int64_t row, int64_t depth) const {
    return row < m && depth < k ? a[row * k + depth] : T{};
  }
  __device__ T b_at(int64_t depth, int64_t column) const {
    return depth < k && column < n ? b[depth * n + column] : T{};
  }
  __device__ void set(int64_t row, int64_t column, float value) const {
    if (row < m && column < n) y[row * n + column] = value;
  }
  // Two neighbours, where n is even.
  __device__ void set_pair(int64_t row, int64_t column, float first, float second) const {
    if (row < m && column < n) store_packed<float, 2>(y + row * n + column, {first, second});
  }
};
using MatMul = MatMulOf<float>;

}  // namespace
}  // namespace sx::cuda
