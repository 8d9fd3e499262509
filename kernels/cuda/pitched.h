// How an operand of a product lies when it is copied for tensor cores: rows of adjacent elements,
// each beginning at a multiple of 16 bytes, whatever the rows of the original do.
#pragma once
#include "cuda/gemm.h"

namespace sx::cuda {

// [matrices, outers, pitch], rows filled up with zeros. The inner axis is the one that is adjacent
// in the original, if there is one. Matrices that a stack repeats are there once.
struct Pitched {
  bool along_depth;  // the inner axis is the depth
  int64_t outers, inners, outer_stride, inner_stride, pitch;
  int64_t sizes[kStackAxes], strides[kStackAxes];  // of the original's stack
  int64_t matrices = 1;

  // `count` rows of a or columns of b, `stride` apart; rows are filled up to multiples of `word`.
  Pitched(int64_t count, int64_t depth, int64_t stride, int64_t depth_stride,
          const int64_t (&stack)[kStackAxes], const int64_t (&stack_strides)[kStackAxes],
          int64_t word)
      : along_depth(depth_stride == 1 || stride != 1),
        outers(along_depth ? count : depth),
        inners(along_depth ? depth : count),
        outer_stride(along_depth ? stride : depth_stride),
        inner_stride(along_depth ? depth_stride : stride),
        pitch((inners + word - 1) / word * word) {
    for (int i = 0; i < kStackAxes; i++) {
      strides[i] = stack_strides[i];
      sizes[i] = strides[i] == 0 ? 1 : stack[i];
      matrices *= sizes[i];
    }
  }

  // The strides of the copy's stack, counted in `unit`.
  void set_strides(int64_t (&to)[kStackAxes], int64_t unit) const {
    int64_t stride = unit;
    for (int i = kStackAxes - 1; i >= 0; i--) {
      to[i] = sizes[i] == 1 ? 0 : stride;
      stride *= sizes[i];
    }
  }

  __host__ __device__ int64_t matrix_elements() const { return outers * pitch; }
  __host__ __device__ int64_t elements() const { return matrices * matrix_elements(); }

  // Where the original's row is of which the copy's is number `row`.
  __device__ int64_t row_offset(int64_t row) const {
    int64_t matrix = row / outers, offset = row % outers * outer_stride;
    for (int axis = kStackAxes - 1; axis >= 0; axis--) {
      offset += matrix % sizes[axis] * strides[axis];
      matrix /= sizes[axis];
    }
    return offset;
  }
};

}  // namespace sx::cuda
