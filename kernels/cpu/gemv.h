// C = A B for so few rows that B is read once and memory is what takes the time. C is [R, columns],
// A [R, depth], B [depth, columns], each row of B contiguous. Several rows of B run side by side
// through a stretch of C that stays in the first-level cache, so that B streams from end to end.
// Every element of C is summed up in the order of the depth, as in gemm.h: the bits are the same.
// Measured, one thread of a 2-core AMD EPYC (Zen 4), processor time on a busy machine: [1, 4096] x
// [4096, 4096] in 2.4 to 3.0 ms, by tiles in 4.8 to 5.3; the core reads 23 to 30 GB/s.
// Idea: row-wise GEMV, as BLIS and OpenBLAS have it.
#pragma once
#include "cpu/gemm.h"

namespace sx::SX_ISA {
namespace {

constexpr int kFewRows = 4;

// C += A B, or C = A B, for kSteps of the depth.
template <class T, int R, int kSteps>
void stream_rows(Left<T> a, const T* b, int64_t b_depth, Result<T> c, int64_t columns, bool add) {
  using V = Vec<T>;
  V left[R][kSteps];
  for (int r = 0; r < R; r++)
    for (int s = 0; s < kSteps; s++) left[r][s] = V(a.data[r * a.row + s * a.depth]);
  const auto step = [&](int64_t j, auto load, auto store) {
    V sums[R];
#pragma GCC unroll 4
    for (int r = 0; r < R; r++) sums[r] = add ? load(c.data + r * c.row + j) : V(T(0));
#pragma GCC unroll 8
    for (int s = 0; s < kSteps; s++) {
      const V right = load(b + s * b_depth + j);
#pragma GCC unroll 4
      for (int r = 0; r < R; r++) sums[r] = fma(left[r][s], right, sums[r]);
    }
#pragma GCC unroll 4
    for (int r = 0; r < R; r++) store(sums[r], c.data + r * c.row + j);
  };
  int64_t j = 0;
#pragma GCC unroll 4
  for (; j + V::kLanes <= columns; j += V::kLanes)
    step(
        j, [](const T* from) { return V::load(from); }, [](V v, T* to) { v.store(to); });
  if (const int64_t left_over = columns - j; left_over > 0)
    step(
        j, [&](const T* from) { return V::load_first(from, left_over); },
        [&](V v, T* to) { v.store_first(to, left_over); });
}

template <class T, int R>
void multiply_few(Left<T> a, const T* b, int64_t b_depth, Result<T> c, int64_t columns,
                  int64_t depth) {
  constexpr int kSteps =
      4;  // more rows of B, pages apart as they often are, share sets of the cache
  constexpr int64_t kStretch = 16384 / (sizeof(T) * R);
  for (int64_t j = 0; j < columns; j += kStretch) {
    const int64_t width = std::min(kStretch, columns - j);
    const Result<T> sums{c.data + j, c.row};
    int64_t d = 0;
    for (; d + kSteps <= depth; d += kSteps)
      stream_rows<T, R, kSteps>({a.data + d * a.depth, a.row, a.depth}, b + d * b_depth + j,
                                b_depth, sums, width, d > 0);
    for (; d < depth; d++)
      stream_rows<T, R, 1>({a.data + d * a.depth, a.row, a.depth}, b + d * b_depth + j, b_depth,
                           sums, width, d > 0);
  }
}

template <class T>
using FewFunction = void (*)(Left<T>, const T*, int64_t, Result<T>, int64_t, int64_t);

// By rows, less 1.
template <class T>
constexpr FewFunction<T> kFew[kFewRows] = {multiply_few<T, 1>, multiply_few<T, 2>,
                                           multiply_few<T, 3>, multiply_few<T, 4>};

}  // namespace
}  // namespace sx::SX_ISA
