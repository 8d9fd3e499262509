// The ladder: y = a b for float32 matrices a [m, k], b [k, n], row by row, from the obvious kernel
// to the one that is shipped. Each step is a file that adds one idea to the one before, and a key,
// lab.matmul.N; MatMulLadderTest runs them all.
#pragma once
#include "cuda/launch.h"

namespace sx::cuda {
namespace {

struct MatMul {
  int64_t m, n, k;
  const float *a, *b;
  float* y;

  static MatMul of(const Arguments& args) {
    struct Params {
      int64_t m, n, k;
    };
    const auto p = args.params_as<Params>();
    return {
        p.m, p.n, p.k, args.data<const float>(0), args.data<const float>(1), args.data<float>(2)};
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
  __device__ float a_at(int64_t row, int64_t depth) const {
    return row < m && depth < k ? a[row * k + depth] : 0.f;
  }
  __device__ float b_at(int64_t depth, int64_t column) const {
    return depth < k && column < n ? b[depth * n + column] : 0.f;
  }
  __device__ void set(int64_t row, int64_t column, float value) const {
    if (row < m && column < n) y[row * n + column] = value;
  }
};

}  // namespace
}  // namespace sx::cuda
