// Where operands that broadcast by NumPy's rule lie along a dense row-major result.
#pragma once
#include <algorithm>

#include "cuda/device/division.h"
#include "cuda/launch.h"

namespace sx::cuda {

// How N operands run along the elements of the result. Neighbouring axes that all operands walk
// evenly are one, axes of size 1 are none; so operands of one shape, or single numbers, leave one
// axis, and a row or a number per channel two.
template <int N>
struct Layout {
  int64_t count = 1;
  int rank = 0;
  Division size[SX_MAX_RANK];      // innermost first
  int64_t stride[SX_MAX_RANK][N];  // in elements

  // Appends an axis outside of those that there are.
  void add(int64_t extent, const int64_t (&step)[N]) {
    count *= extent;
    if (extent == 1 || count == 0) return;
    bool even = rank > 0;
    for (int k = 0; k < N && even; k++)
      even = step[k] == stride[rank - 1][k] * size[rank - 1].divisor;
    if (even) {
      size[rank - 1] = Division(size[rank - 1].divisor * extent);
      return;
    }
    size[rank] = Division(extent);
    std::copy_n(step, N, stride[rank++]);
  }

  // A result of a single element is an axis, too.
  void finish() {
    if (rank == 0) std::fill_n(stride[rank++], N, 1);
  }

  // Whether groups of so many results lie within rows, and all that operand k has for one begins at
  // a multiple of it.
  bool has_groups(int group) const {
    bool even = rank == 1 || size[0].divisor % group == 0;
    for (int axis = 1; axis < rank; axis++)
      for (int k = 0; k < N; k++) even &= stride[0][k] == 0 || stride[axis][k] % group == 0;
    return even;
  }

  // Where element i of the result finds its operands.
  __device__ __forceinline__ void locate(int64_t i, int64_t (&offset)[N]) const {
#pragma unroll
    for (int k = 0; k < N; k++) offset[k] = 0;
    for (int axis = 0; axis < rank - 1; axis++) {
      const int64_t outer = size[axis].quotient(i), index = i - outer * size[axis].divisor;
#pragma unroll
      for (int k = 0; k < N; k++) offset[k] += index * stride[axis][k];
      i = outer;
    }
#pragma unroll
    for (int k = 0; k < N; k++) offset[k] += i * stride[rank - 1][k];
  }
};

// The layout of tensors `operands` along tensor `result`; `trailing` axes of size 1 are appended to
// the last operand.
template <int N>
Layout<N> broadcast(const Arguments& args, const int (&operands)[N], int result,
                    int64_t trailing = 0) {
  const sx_tensor& y = args.tensors[result];
  Layout<N> layout;
  int64_t run[N];
  std::fill_n(run, N, 1);
  for (int axis = y.rank - 1; axis >= 0; axis--) {
    int64_t step[N];
    for (int k = 0; k < N; k++) {
      const sx_tensor& x = args.tensors[operands[k]];
      const int own = axis - y.rank + x.rank + (k == N - 1 ? int(trailing) : 0);
      const int64_t extent = own >= 0 && own < x.rank ? x.shape[own] : 1;
      if (extent != 1 && extent != y.shape[axis])
        throw std::invalid_argument("operand " + std::to_string(k) + " of size " +
                                    std::to_string(extent) + " in axis " + std::to_string(axis) +
                                    " does not broadcast to " + std::to_string(y.shape[axis]));
      step[k] = extent == 1 ? 0 : run[k];
      run[k] *= extent;
    }
    layout.add(y.shape[axis], step);
  }
  layout.finish();
  return layout;
}

}  // namespace sx::cuda
