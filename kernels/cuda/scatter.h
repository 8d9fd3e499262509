// What ScatterElements and ScatterND share. Updates that can meet form a line; the updates of a
// line are applied in order, so that the last of equal indices wins and sums are the same every
// time. Different lines never meet.
#pragma once
#include "cuda/device/shared.h"
#include "cuda/move.h"

// Registers kernel<T, Replace> by width, and the reductions for floats and int64.
#define SX_SCATTER_KERNELS(key, kernel)                   \
  SX_KERNEL(key ".b1", kernel<uint8_t, Replace>);         \
  SX_KERNEL(key ".b2", kernel<uint16_t, Replace>);        \
  SX_KERNEL(key ".b4", kernel<uint32_t, Replace>);        \
  SX_KERNEL(key ".b8", kernel<uint64_t, Replace>);        \
  SX_KERNEL(key ".f32.add", kernel<float, Add>);          \
  SX_KERNEL(key ".f32.mul", kernel<float, Multiply>);     \
  SX_KERNEL(key ".f32.max", kernel<float, Larger>);       \
  SX_KERNEL(key ".f32.min", kernel<float, Smaller>);      \
  SX_KERNEL(key ".f16.add", kernel<half, Add>);           \
  SX_KERNEL(key ".f16.mul", kernel<half, Multiply>);      \
  SX_KERNEL(key ".f16.max", kernel<half, Larger>);        \
  SX_KERNEL(key ".f16.min", kernel<half, Smaller>);       \
  SX_KERNEL(key ".bf16.add", kernel<bfloat16, Add>);      \
  SX_KERNEL(key ".bf16.mul", kernel<bfloat16, Multiply>); \
  SX_KERNEL(key ".bf16.max", kernel<bfloat16, Larger>);   \
  SX_KERNEL(key ".bf16.min", kernel<bfloat16, Smaller>);  \
  SX_KERNEL(key ".i64.add", kernel<int64_t, Add>);        \
  SX_KERNEL(key ".i64.mul", kernel<int64_t, Multiply>);   \
  SX_KERNEL(key ".i64.max", kernel<int64_t, Larger>);     \
  SX_KERNEL(key ".i64.min", kernel<int64_t, Smaller>)

namespace sx::cuda {

// Integers wrap around, so they are added and multiplied without a sign.
template <class T>
using Wrapping = typename std::conditional_t<std::is_integral_v<T>, std::make_unsigned<T>,
                                             std::type_identity<T>>::type;

struct Replace {
  template <class T>
  __device__ T operator()(T, T b) const {
    return b;
  }
};

struct Add {
  template <class T>
  __device__ T operator()(T a, T b) const {
    return T(Wrapping<T>(a) + Wrapping<T>(b));
  }
};

struct Multiply {
  template <class T>
  __device__ T operator()(T a, T b) const {
    return T(Wrapping<T>(a) * Wrapping<T>(b));
  }
};

// NaN is larger and smaller than anything.
struct Larger {
  template <class T>
  __device__ T operator()(T a, T b) const {
    return a > b || a != a ? a : b;
  }
};

struct Smaller {
  template <class T>
  __device__ T operator()(T a, T b) const {
    return a < b || a != a ? a : b;
  }
};

// Half precision is rounded after each update, as if the updates came one by one.
template <class T, class Reduction>
__device__ __forceinline__ T reduced(T a, T b) {
  return store_as<T>(Reduction()(load_as(a), load_as(b)));
}

// So many lines, or lines so short, that a thread a line is enough.
constexpr int64_t kManyLines = 1 << 14;
constexpr int64_t kShortLine = 32;

// Where an update comes from and goes to; to < 0: its index is outside, and was reported.
struct Update {
  int64_t from, to;
};

// A thread a line. `lines(line, step)` gives an update.
template <class T, class Reduction, class Lines>
__global__ void __launch_bounds__(kMoveThreads, kMoveBlocks)
    scatter_lines_kernel(const T* updates, T* y, Lines lines, int64_t count, int64_t length,
                         Reporter reporter) {
  const int64_t line = int64_t{blockIdx.x} * kMoveThreads + threadIdx.x;
  if (line >= count) return;
  for (int64_t i = 0; i < length; i++) {
    const auto [from, to] = lines(line, i, reporter);
    if (to >= 0) y[to] = reduced<T, Reduction>(y[to], updates[from]);
  }
}

template <class T>
struct Chunk {
  int64_t to[kMoveThreads];
  T values[kMoveThreads];
};

// A block a line, and a thread an update: the first of a chunk's equal indices takes all of them,
// in order.
template <class T, class Reduction, class Lines>
__global__ void __launch_bounds__(kMoveThreads, kMoveBlocks)
    scatter_chunks_kernel(const T* updates, T* y, Lines lines, int64_t length, Reporter reporter) {
  auto& chunk = shared_memory<Chunk<T>>();
  const int mine = threadIdx.x;
  for (int64_t begin = 0; begin < length; begin += kMoveThreads) {
    Update update{0, -1};
    if (begin + mine < length) update = lines(blockIdx.x, begin + mine, reporter);
    chunk.to[mine] = update.to;
    if (update.to >= 0) chunk.values[mine] = updates[update.from];
    __syncthreads();
    int other = 0;
    while (chunk.to[other] != update.to) other++;
    if (update.to >= 0 && other == mine) {
      T value = y[update.to];
      for (; other < kMoveThreads; other++)
        if (chunk.to[other] == update.to) value = reduced<T, Reduction>(value, chunk.values[other]);
      y[update.to] = value;
    }
    __syncthreads();
  }
}

// y = x, and then `count` lines of `length` updates.
template <class T, class Reduction, class Lines>
void scatter(const Arguments& args, const Lines& lines, int64_t count, int64_t length,
             const char* prefix) {
  const T* updates = args.data<const T>(2);
  T* y = args.data<T>(3);
  copy_all(args, y, args.data<const T>(0), args.size(0) * int64_t(sizeof(T)));
  if (count * length == 0) return;
  const Reporter reporter = stream_of(args).reporter(prefix);
  if (count >= kManyLines || length <= kShortLine)
    launch(args, scatter_lines_kernel<T, Reduction, Lines>,
           {.blocks = blocks_for(count, kMoveThreads), .threads = kMoveThreads}, updates, y, lines,
           count, length, reporter);
  else
    launch(
        args, scatter_chunks_kernel<T, Reduction, Lines>,
        {.blocks = blocks_for(count, 1), .threads = kMoveThreads, .shared_bytes = sizeof(Chunk<T>)},
        updates, y, lines, length, reporter);
}

}  // namespace sx::cuda
