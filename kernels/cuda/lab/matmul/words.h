// Tiles of steps 5 and 6: read from global memory by 16 bytes, laid into shared memory with the
// depth first.
#pragma once
#include "cuda/device/memory.h"
#include "cuda/lab/matmul/matmul.h"

namespace sx::cuda {
namespace {

constexpr int kTile = 128, kEach = 8, kDepth = 8, kThreads = 256;
constexpr int kSide = kTile / kEach;  // threads across

struct Tiles {
  float a[kDepth][kTile + 4];  // transposed, so that a thread's rows lie side by side; 4 more keep
                               // them out of one bank
  float b[kDepth][kTile];
};

// A thread's part of both tiles, on its way: 4 numbers of a row of a, 4 of a row of b.
struct Words {
  Packed<float, 4> a, b;

  // `whole` says that rows begin at multiples of 16 bytes.
  __device__ void load(const MatMul& p, int64_t row, int64_t column, int64_t depth, bool whole) {
    const int thread = int(threadIdx.x);
    const int64_t a_row = row + thread / 2, a_depth = depth + thread % 2 * 4;
    const int64_t b_depth = depth + thread / 32, b_column = column + thread % 32 * 4;
    if (whole && a_row < p.m && a_depth < p.k)
      a = load_packed<4>(p.a + a_row * p.k + a_depth);
    else
      for (int i = 0; i < 4; i++) a[i] = p.a_at(a_row, a_depth + i);
    if (whole && b_depth < p.k && b_column < p.n)
      b = load_packed<4>(p.b + b_depth * p.n + b_column);
    else
      for (int i = 0; i < 4; i++) b[i] = p.b_at(b_depth, b_column + i);
  }

  __device__ void store(Tiles& to) const {
    const int thread = int(threadIdx.x);
    for (int i = 0; i < 4; i++) to.a[thread % 2 * 4 + i][thread / 2] = a[i];
    store_packed(&to.b[thread / 32][thread % 32 * 4], b);
  }
};

// A thread's 8 x 8 sums, as four pieces of 4 x 4 half a tile apart.
struct Sums {
  float of[kEach][kEach] = {};

  static __device__ int place(int i, int thread) {
    return i / 4 * (kTile / 2) + thread * 4 + i % 4;
  }

  __device__ void add(const Tiles& tiles, int thread_row, int thread_column) {
#pragma unroll
    for (int d = 0; d < kDepth; d++) {
      float down[kEach], across[kEach];
#pragma unroll
      for (int i = 0; i < kEach; i++) {
        down[i] = tiles.a[d][place(i, thread_row)];
        across[i] = tiles.b[d][place(i, thread_column)];
      }
#pragma unroll
      for (int i = 0; i < kEach; i++)
#pragma unroll
        for (int j = 0; j < kEach; j++) of[i][j] += down[i] * across[j];
    }
  }

  __device__ void store(const MatMul& p, int64_t row, int64_t column, int thread_row,
                        int thread_column) const {
#pragma unroll
    for (int i = 0; i < kEach; i++)
#pragma unroll
      for (int j = 0; j < kEach; j++)
        p.set(row + place(i, thread_row), column + place(j, thread_column), of[i][j]);
  }
};

inline bool has_whole_words(const MatMul& p) {
  const auto address = reinterpret_cast<uintptr_t>(p.a) | reinterpret_cast<uintptr_t>(p.b);
  return address % 16 == 0 && p.k % 4 == 0 && p.n % 4 == 0;
}

}  // namespace
}  // namespace sx::cuda
