// One row of a layer normalisation by a group of threads, a warp or a block: y = (s - mean) /
// sqrt(variance + epsilon) * scale + shift with s = x + skip + bias, computed in float32. Distances
// are taken from the rounded mean, and their own mean says how far that is off, as in
// kernels/cpu/layer_normalization.h.
#pragma once
#include "cuda/device/block.h"
#include "cuda/device/memory.h"
#include "cuda/device/shared.h"
#include "cuda/launch.h"

namespace sx::cuda {

// Two sums that are taken together.
struct Moments {
  float first = 0, second = 0;
  __device__ void add(float distance) {
    first += distance;
    second += distance * distance;
  }
};

// Of the row that blockDim.x threads share; rows of a warp lie along y.
template <class V, class F>
__device__ __forceinline__ V row_reduce(V value, F f) {
  return blockDim.x == kWarpSize ? warp_reduce(value, f)
                                 : block_reduce(value, f, shared_memory<BlockScratch<V>>());
}

__device__ __forceinline__ Moments row_sums(Moments mine) {
  return row_reduce(mine, [](Moments a, Moments b) {
    return Moments{a.first + b.first, a.second + b.second};
  });
}

__device__ __forceinline__ float row_sum(float mine) {
  return row_reduce(mine, [](float a, float b) { return a + b; });
}

// y = (s - centre - rest) * inverse: the mean is centre + rest, without the rounding of either.
struct Statistics {
  float centre, rest, inverse;

  // `moments` are sums of distances from the centre; for RMS that is 0, and so is what the mean
  // counts as.
  static __device__ Statistics of(float centre, Moments moments, int64_t n, float epsilon,
                                  bool rms) {
    const float rest = rms ? 0 : moments.first / n;
    return {centre, rest, 1 / sqrtf(fmaxf(moments.second / n - rest * rest, 0.f) + epsilon)};
  }
  __device__ float operator()(float v) const { return (v - centre - rest) * inverse; }
};

// A row and what goes with it; null where it is absent.
template <class T>
struct NormalizedRow {
  const T *x = nullptr, *skip = nullptr, *bias = nullptr, *scale = nullptr, *shift = nullptr;
  T *y = nullptr, *s = nullptr;
  float *mean = nullptr, *inverse = nullptr;

  bool aligned() const {
    const void* all[] = {x, skip, bias, scale, shift, y, s};
    uintptr_t bits = 0;
    for (const void* p : all) bits |= reinterpret_cast<uintptr_t>(p);
    return bits % 16 == 0;
  }
};

constexpr int kHeldValues = 16;   // of a row, by each thread
constexpr int kRowThreads = 512;  // at most, with 128 registers; longer rows are read three times

template <int N, class T>
__device__ __forceinline__ void add_to(float (&v)[N], const T* from) {
  const auto held = load_packed<N>(from);
#pragma unroll
  for (int k = 0; k < N; k++) v[k] += load_as(held[k]);
}

// s[i, i + N)
template <int N, class T>
__device__ __forceinline__ void load_sum(float (&v)[N], const NormalizedRow<T>& row, int64_t i) {
#pragma unroll
  for (int k = 0; k < N; k++) v[k] = 0;
  add_to(v, row.x + i);
  if (row.skip) add_to(v, row.skip + i);
  if (row.bias) add_to(v, row.bias + i);
}

template <class T, int N>
__device__ __forceinline__ void store_floats(T* to, const float (&v)[N]) {
  Packed<T, N> held;
#pragma unroll
  for (int k = 0; k < N; k++) held[k] = store_as<T>(v[k]);
  store_packed(to, held);
}

template <int N, class T>
__device__ __forceinline__ void store_normalized(const NormalizedRow<T>& row, const float (&v)[N],
                                                 int64_t i, const Statistics& statistics) {
  const auto scale = load_packed<N>(row.scale + i);
  Packed<T, N> shift;
  if (row.shift) shift = load_packed<N>(row.shift + i);
  float y[N];
#pragma unroll
  for (int k = 0; k < N; k++) {
    y[k] = statistics(v[k]) * load_as(scale[k]);
    if (row.shift) y[k] += load_as(shift[k]);
  }
  store_floats(row.y + i, y);
}

// N elements an access; kHeld: the threads' registers hold the row, which is read once.
template <int N, bool kHeld, class T>
__device__ void normalize(const NormalizedRow<T>& row, int64_t n, float epsilon, bool rms) {
  constexpr int kPacks = kHeld ? kHeldValues / N : 1;
  const int64_t first = int64_t{threadIdx.x} * N, step = int64_t{blockDim.x} * N;
  float v[kPacks][N];
  // Calls f(pack, i) with what lies at i in `pack`.
  const auto each = [&](auto&& f) {
    if constexpr (kHeld) {
#pragma unroll
      for (int k = 0; k < kPacks; k++)
        if (first + k * step < n) f(v[k], first + k * step);
    } else {
      for (int64_t i = first; i < n; i += step) {
        load_sum(v[0], row, i);
        f(v[0], i);
      }
    }
  };
  if constexpr (kHeld) each([&](float(&pack)[N], int64_t i) { load_sum(pack, row, i); });
  float sum = 0;
  each([&](float(&pack)[N], int64_t i) {
    if (row.s) store_floats(row.s + i, pack);
#pragma unroll
    for (float x : pack) sum += x;
  });
  const float centre = rms ? 0 : row_sum(sum) / n;
  Moments moments;
  each([&](float(&pack)[N], int64_t) {
#pragma unroll
    for (float x : pack) moments.add(x - centre);
  });
  const Statistics statistics = Statistics::of(centre, row_sums(moments), n, epsilon, rms);
  each([&](float(&pack)[N], int64_t i) { store_normalized(row, pack, i, statistics); });
  if (threadIdx.x == 0 && row.mean) *row.mean = statistics.centre + statistics.rest;
  if (threadIdx.x == 0 && row.inverse) *row.inverse = statistics.inverse;
}

// Blocks for `rows` rows of n: as many threads for one as hold it, and eight rows a block where
// that is a warp.
inline Grid row_grid(int64_t rows, int64_t n) {
  uint32_t threads = kWarpSize;
  while (threads < kRowThreads && threads * kHeldValues < n) threads *= 2;
  const uint32_t along_y = threads == kWarpSize ? 8 : 1;
  return {.blocks = blocks_for(rows, along_y),
          .threads = dim3(threads, along_y),
          .shared_bytes = sizeof(BlockScratch<Moments>)};
}

// The row that a thread of row_grid works on.
__device__ __forceinline__ int64_t row_index() {
  return int64_t{blockIdx.x} * blockDim.y + threadIdx.y;
}

inline bool fits_registers(int64_t n) { return n <= kRowThreads * kHeldValues; }

}  // namespace sx::cuda
