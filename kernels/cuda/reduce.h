// Reductions of a tensor over any axes to one value each, of whatever an operation accumulates:
// sums, extremes and their places, logarithms of sums of exponentials. An operation is an object
// with
//
//   using T, A, Out;                        what x holds, what accumulates, what y holds
//   A start() const;                        of no elements
//   A element(Compute<T> x, int64_t i) const;   of the i-th element that an output reduces
//   A combine(A a, A b) const;              associative
//   Out finish(A a) const;
//
// Where the last axis is reduced, a group of 1 to 256 threads takes an output, in words of 16 bytes
// where its elements are neighbours; elsewhere neighbouring threads take neighbouring outputs. Few
// outputs of many elements are cut into splits whose results meet in scratch. Who adds what depends
// on the shape alone, so results do not depend on the device.
#pragma once
#include <algorithm>

#include "cuda/device/block.h"
#include "cuda/device/memory.h"
#include "cuda/device/shared.h"
#include "cuda/launch.h"

namespace sx::cuda {

// Some axes of x, the last one first.
struct Axes {
  int rank = 0;
  int64_t count = 1;
  int64_t size[SX_MAX_RANK], stride[SX_MAX_RANK];

  void add(int64_t n, int64_t step) {
    size[rank] = n;
    stride[rank++] = step;
    count *= n;
  }

  // Where the i-th index lies.
  __device__ int64_t offset(int64_t i) const {
    int64_t at = 0;
#pragma unroll 1  // divisions are long
    for (int a = 0; a + 1 < rank; a++) {
      const int64_t next = i / size[a];
      at += (i - next * size[a]) * stride[a];
      i = next;
    }
    return rank == 0 ? 0 : at + i * stride[rank - 1];
  }
};

// x as runs of `run` reduced or `inner` kept neighbours (the other is 1), at every offset of the
// other axes.
struct ReducedLayout {
  Axes kept, reduced;
  int64_t run = 1, inner = 1;

  // `mask` has a bit for each axis that is reduced; neighbouring axes of one kind are merged.
  ReducedLayout(int rank, const int64_t* shape, int64_t mask) {
    int64_t step = 1;
    for (int a = rank - 1; a >= 0;) {
      const bool is_reduced = mask >> a & 1;
      int64_t n = 1;
      for (; a >= 0 && (shape[a] == 1 || bool(mask >> a & 1) == is_reduced); a--) n *= shape[a];
      if (n == 1) continue;
      if (step == 1)
        (is_reduced ? run : inner) = n;
      else
        (is_reduced ? reduced : kept).add(n, step);
      step *= n;
    }
  }

  __host__ __device__ int64_t members() const { return reduced.count * run; }
  int64_t outputs() const { return kept.count * inner; }
};

// Some members of an output, [begin, end).
struct Members {
  int64_t begin, end;
};

// All members cut into parts, one for each blockIdx.y.
struct Cut {
  int64_t share, longer;

  Cut(int64_t members, int64_t splits) : share(members / splits), longer(members % splits) {}
  __device__ Members part() const {
    const int64_t split = blockIdx.y, begin = share * split + min(split, longer);
    return {begin, begin + share + (split < longer)};
  }
};

namespace {

constexpr int kReduceThreads = 256;
constexpr int64_t kReduceBlocks = 1024;  // what splits aim at: a device's fill

// The members [begin, end) that thread t of `group` takes, where they are neighbours.
template <class Op>
__device__ typename Op::A reduce_neighbours(const Op& op, const typename Op::T* x, Members part,
                                            int t, int group) {
  using T = typename Op::T;
  constexpr int kWord = 16 / sizeof(T);
  typename Op::A a = op.start();
  const auto add = [&](T value, int64_t i) { a = op.combine(a, op.element(load_as(value), i)); };
  const int64_t misaligned = reinterpret_cast<uintptr_t>(x + part.begin) % 16 / sizeof(T);
  const int64_t first = min(part.end, part.begin + (kWord - misaligned) % kWord);
  for (int64_t i = part.begin + t; i < first; i += group) add(x[i], i);
  const int64_t words = (part.end - first) / kWord;
  constexpr int kUnrolled = 4;
  int64_t w = t;
  for (; w + (kUnrolled - 1) * group < words; w += kUnrolled * group) {
    Packed<T, kWord> held[kUnrolled];
#pragma unroll
    for (int u = 0; u < kUnrolled; u++)
      held[u] = load_packed<kWord>(x + first + (w + u * group) * kWord);
#pragma unroll
    for (int u = 0; u < kUnrolled; u++)
#pragma unroll
      for (int k = 0; k < kWord; k++) add(held[u][k], first + (w + u * group) * kWord + k);
  }
  for (; w < words; w += group) {
    const auto held = load_packed<kWord>(x + first + w * kWord);
#pragma unroll
    for (int k = 0; k < kWord; k++) add(held[k], first + w * kWord + k);
  }
  for (int64_t i = first + words * kWord + t; i < part.end; i += group) add(x[i], i);
  return a;
}

// The same where they are runs; steps from run to run without a division.
template <class Op>
__device__ typename Op::A reduce_runs(const Op& op, const typename Op::T* x,
                                      const ReducedLayout& layout, Members part, int t, int group) {
  typename Op::A a = op.start();
  const int64_t runs = group / layout.run, rest = group % layout.run;
  int64_t i = part.begin + t;
  int64_t run = i / layout.run, within = i % layout.run;
#pragma unroll 1
  for (; i < part.end; i += group) {
    a = op.combine(a, op.element(load_as(x[layout.reduced.offset(run) + within]), i));
    run += runs;
    within += rest;
    if (within >= layout.run) within -= layout.run, run++;
  }
  return a;
}

// Combines the values of `group` threads, a power of two up to 32, or all of the block.
template <class Op>
__device__ typename Op::A reduce_group(const Op& op, typename Op::A a, int group) {
  const auto combine = [&](typename Op::A x, typename Op::A y) { return op.combine(x, y); };
  if (group > kWarpSize)
    return block_reduce(a, combine, shared_memory<BlockScratch<typename Op::A>>());
  for (int lanes = group / 2; lanes > 0; lanes /= 2) a = combine(a, shuffle_xor(a, lanes));
  return a;
}

// y where there is one part; else `partial`, part by part.
template <class Op>
__device__ void put(const Op& op, typename Op::A a, int64_t output, typename Op::Out* y,
                    typename Op::A* partial) {
  if (gridDim.y == 1)
    y[output] = op.finish(a);
  else
    partial[output * gridDim.y + blockIdx.y] = a;
}

template <class Op>
__global__ void __launch_bounds__(kReduceThreads)
    reduce_rows_kernel(const typename Op::T* x, typename Op::Out* y, typename Op::A* partial,
                       ReducedLayout layout, Cut cut, int group, Op op) {
  const int t = int(threadIdx.x) % group;
  const int64_t output = int64_t{blockIdx.x} * (kReduceThreads / group) + int(threadIdx.x) / group;
  const bool live = output < layout.kept.count;
  typename Op::A a = op.start();
  if (live) {
    const Members part = cut.part();
    const typename Op::T* from = x + layout.kept.offset(output);
    a = layout.reduced.count == 1 ? reduce_neighbours(op, from, part, t, group)
                                  : reduce_runs(op, from, layout, part, t, group);
  }
  a = reduce_group(op, a, group);
  if (live && t == 0) put(op, a, output, y, partial);
}

// `width` neighbouring outputs, a power of two, and 256 / width threads for each.
template <class Op>
__global__ void __launch_bounds__(kReduceThreads)
    reduce_columns_kernel(const typename Op::T* x, typename Op::Out* y, typename Op::A* partial,
                          ReducedLayout layout, Cut cut, uint32_t strips, int width, Op op) {
  using A = typename Op::A;
  struct Shared {
    A values[kReduceThreads];
  };
  A* values = shared_memory<Shared>().values;
  const int t = int(threadIdx.x), rows = kReduceThreads / width;
  const int64_t outer = blockIdx.x / strips;
  const int64_t column = int64_t{blockIdx.x % strips} * width + t % width;
  A a = op.start();
  if (column < layout.inner) {
    const Members part = cut.part();
    const typename Op::T* from = x + layout.kept.offset(outer) + column;
    int64_t i = part.begin + t / width;
    if (layout.reduced.rank <= 1) {  // without a division, several loads at a time
      const int64_t stride = layout.reduced.rank == 0 ? 0 : layout.reduced.stride[0];
#pragma unroll 4
      for (; i < part.end; i += rows) a = op.combine(a, op.element(load_as(from[i * stride]), i));
    } else {
#pragma unroll 1
      for (; i < part.end; i += rows)
        a = op.combine(a, op.element(load_as(from[layout.reduced.offset(i)]), i));
    }
  }
  values[t] = a;
  for (int half = kReduceThreads / 2; half >= width; half /= 2) {
    __syncthreads();
    if (t < half) values[t] = a = op.combine(a, values[t + half]);
  }
  if (t < width && column < layout.inner) put(op, a, outer * layout.inner + column, y, partial);
}

// The splits' results, a warp for each output.
template <class Op>
__global__ void __launch_bounds__(kReduceThreads)
    combine_splits_kernel(const typename Op::A* partial, typename Op::Out* y, int64_t outputs,
                          int64_t splits, Op op) {
  const int64_t output = int64_t{blockIdx.x} * (kReduceThreads / kWarpSize) + warp_index();
  if (output >= outputs) return;
  typename Op::A a = op.start();
  for (int64_t s = lane_index(); s < splits; s += kWarpSize)
    a = op.combine(a, partial[output * splits + s]);
  a = reduce_group(op, a, kWarpSize);
  if (lane_index() == 0) y[output] = op.finish(a);
}

}  // namespace

// y = op over the reduced axes of x, tensors 0 and 1; scratch, where there is some, holds splits'
// results.
template <class Op>
void reduce(const Arguments& args, const ReducedLayout& layout, const Op& op) {
  using A = typename Op::A;
  const int64_t members = layout.members(), outputs = layout.outputs();
  if (outputs == 0) return;
  const auto* x = args.data<const typename Op::T>(0);
  auto* y = args.data<typename Op::Out>(1);
  A* partial = reinterpret_cast<A*>(args.scratch);
  const int64_t room = static_cast<int64_t>(args.scratch_bytes / sizeof(A)) / outputs;
  const auto splits_for = [&](int64_t blocks, int64_t least) {
    return std::max<int64_t>(1, std::min({members / least, kReduceBlocks / blocks, room}));
  };
  int64_t splits;
  if (layout.inner == 1) {
    int group = 1;
    while (group < kWarpSize && 8 * group <= members) group *= 2;
    if (members >= 8 * kReduceThreads) group = kReduceThreads;
    splits = group == kReduceThreads ? splits_for(outputs, 16 * kReduceThreads) : 1;
    launch(args, reduce_rows_kernel<Op>,
           {.blocks = dim3(blocks_for(outputs, kReduceThreads / group), uint32_t(splits)),
            .threads = kReduceThreads,
            .shared_bytes = sizeof(BlockScratch<A>)},
           x, y, partial, layout, Cut(members, splits), group, op);
  } else {
    int width = 1;
    while (width < layout.inner &&
           (width < kWarpSize || (width < kReduceThreads && members * width < kReduceThreads)))
      width *= 2;
    const int64_t strips = (layout.inner + width - 1) / width, blocks = layout.kept.count * strips;
    splits = splits_for(blocks, 16 * (kReduceThreads / width));
    launch(args, reduce_columns_kernel<Op>,
           {.blocks = dim3(blocks_for(blocks, 1), uint32_t(splits)),
            .threads = kReduceThreads,
            .shared_bytes = kReduceThreads * sizeof(A)},
           x, y, partial, layout, Cut(members, splits), uint32_t(strips), width, op);
  }
  if (splits > 1)
    launch(args, combine_splits_kernel<Op>,
           {.blocks = blocks_for(outputs, kReduceThreads / kWarpSize), .threads = kReduceThreads},
           partial, y, outputs, splits, op);
}

}  // namespace sx::cuda
