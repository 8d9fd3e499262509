// What the convolutions share: a matrix product [filters, depth] x [depth, positions] for each
// group, whose right side is gathered from the input while it is laid into shared memory; nothing
// is unrolled in memory (im2col). A Problem says what is multiplied: group, filters, depth,
// positions, and
//   Sum weight(group, filter, k)             the left side
//   Place place(position), Sum input(group, place, k)   the right side, 0 in the padding
//   void finish(group, filter, position, Sum)
#pragma once
#include "cuda/device/memory.h"
#include "cuda/device/shared.h"
#include "cuda/move.h"

namespace sx::cuda {

constexpr int kGemmSide = 64;   // filters and positions of a tile
constexpr int kGemmDepth = 16;  // of it at a time
constexpr int kGemmEach = 4;    // filters and positions of a thread
constexpr int kGemmThreads = (kGemmSide / kGemmEach) * (kGemmSide / kGemmEach);

template <class Sum>
struct alignas(16) GemmTiles {
  Sum weights[kGemmDepth]
             [kGemmSide + 4];  // rows apart by other banks, as filters are written by columns
  Sum inputs[kGemmDepth][kGemmSide];
};

// A thread's part of a tile of sums.
template <class Sum>
struct GemmSums {
  static constexpr int kAcross = kGemmSide / kGemmEach;

  Sum sums[kGemmEach][kGemmEach] = {};
  const int row = int(threadIdx.x) / kAcross * kGemmEach, column = int(threadIdx.x) % kAcross;

  __device__ __forceinline__ void add(const GemmTiles<Sum>& tiles) {
#pragma unroll
    for (int d = 0; d < kGemmDepth; d++) {
      const auto weights = load_packed<kGemmEach>(&tiles.weights[d][row]);
#pragma unroll
      for (int c = 0; c < kGemmEach; c++) {
        const Sum input = tiles.inputs[d][column + c * kAcross];
#pragma unroll
        for (int r = 0; r < kGemmEach; r++) sums[r][c] += weights[r] * input;
      }
    }
  }

  // Calls finish(filter, position, sum) for those of the tile that there are.
  template <class Finish>
  __device__ __forceinline__ void each(int64_t filters, int64_t positions, Finish finish) const {
#pragma unroll
    for (int c = 0; c < kGemmEach; c++)
#pragma unroll
      for (int r = 0; r < kGemmEach; r++)
        if (row + r < filters && column + c * kAcross < positions)
          finish(row + r, column + c * kAcross, sums[r][c]);
  }
};

template <class Problem>
__global__ void __launch_bounds__(kGemmThreads, 2)
    implicit_gemm_kernel(Problem problem, Divisor filter_tiles, Divisor position_tiles) {
  using Sum = typename Problem::Sum;
  auto& tiles = shared_memory<GemmTiles<Sum>>();
  int64_t tile = blockIdx.x;  // neighbours share positions
  int64_t rest = filter_tiles.divide(tile);
  const int64_t first_filter = tile * kGemmSide;
  const int64_t group = position_tiles.divide(rest);
  const int64_t first_position = rest * kGemmSide;

  constexpr int kSteps = kGemmSide * kGemmDepth / kGemmThreads;
  const int weight_k = threadIdx.x % kGemmDepth, weight_filter = threadIdx.x / kGemmDepth;
  const int input_position = threadIdx.x % kGemmSide, input_k = threadIdx.x / kGemmSide;
  const bool has_position = first_position + input_position < problem.positions;
  const auto place = problem.place(has_position ? first_position + input_position : 0);

  GemmSums<Sum> sums;
  for (int64_t k = 0; k < problem.depth; k += kGemmDepth) {
    __syncthreads();  // the tiles' last use is over
#pragma unroll
    for (int i = 0; i < kSteps; i++) {
      const int f = weight_filter + i * (kGemmThreads / kGemmDepth),
                d = input_k + i * (kGemmThreads / kGemmSide);
      tiles.weights[weight_k][f] =
          first_filter + f < problem.filters && k + weight_k < problem.depth
              ? problem.weight(group, first_filter + f, k + weight_k)
              : Sum{0};
      tiles.inputs[d][input_position] =
          has_position && k + d < problem.depth ? problem.input(group, place, k + d) : Sum{0};
    }
    __syncthreads();
    sums.add(tiles);
  }
  sums.each(problem.filters - first_filter, problem.positions - first_position,
            [&](int filter, int position, Sum sum) {
              problem.finish(group, first_filter + filter, first_position + position, sum);
            });
}

// A thread an output, for problems with so few filters of so few products that a tile would be
// mostly empty.
template <class Problem>
__global__ void __launch_bounds__(kMoveThreads)
    few_products_kernel(Problem problem, Divisor by_positions, Divisor by_filters, int64_t count) {
  const int64_t stride = int64_t{gridDim.x} * kMoveThreads;
  for (int64_t i = int64_t{blockIdx.x} * kMoveThreads + threadIdx.x; i < count; i += stride) {
    int64_t position = i;
    int64_t filter = by_positions.divide(position);
    const int64_t group = by_filters.divide(filter);
    const auto place = problem.place(position);
    typename Problem::Sum sum{0};
    for (int64_t k = 0; k < problem.depth; k++)
      sum += problem.weight(group, filter, k) * problem.input(group, place, k);
    problem.finish(group, filter, position, sum);
  }
}

template <class Problem>
void implicit_gemm(const Arguments& args, const Problem& problem) {
  constexpr int64_t kFewFilters = 4;
  const int64_t count = problem.group * problem.filters * problem.positions;
  if (count == 0) return;
  if (problem.filters <= kFewFilters) {
    launch(args, few_products_kernel<Problem>,
           {.blocks = striding_blocks(args, count, kMoveThreads), .threads = kMoveThreads}, problem,
           Divisor(problem.positions), Divisor(problem.filters), count);
    return;
  }
  const int64_t filter_tiles = (problem.filters + kGemmSide - 1) / kGemmSide;
  const int64_t position_tiles = (problem.positions + kGemmSide - 1) / kGemmSide;
  launch(args, implicit_gemm_kernel<Problem>,
         {.blocks = blocks_for(problem.group * filter_tiles * position_tiles, 1),
          .threads = kGemmThreads,
          .shared_bytes = sizeof(GemmTiles<typename Problem::Sum>)},
         problem, Divisor(filter_tiles), Divisor(position_tiles));
}

// Where an output is: its image, and its coordinates.
struct OutputPlace {
  int64_t image, at[3];
};

// The shapes of a convolution of up to three axes.
struct Geometry {
  int64_t input[3], output[3], kernel[3], stride[3], dilation[3], begin[3];

  int64_t inputs() const { return input[0] * input[1] * input[2]; }
  int64_t outputs() const { return output[0] * output[1] * output[2]; }
  int64_t taps() const { return kernel[0] * kernel[1] * kernel[2]; }
};

// How a Problem's numbers are taken apart: products are numbered [channel, taps], positions [image,
// output].
struct Numbering {
  Divisor kernel[3], output[3];

  explicit Numbering(const Geometry& g) {
    for (int i = 0; i < 3; i++) {
      kernel[i] = Divisor(g.kernel[i]);
      output[i] = Divisor(g.output[i] > 0 ? g.output[i] : 1);
    }
  }

  __device__ __forceinline__ OutputPlace place(int64_t position) const {
    OutputPlace place;
    for (int i = 2; i >= 0; i--) {
      place.at[i] = position;
      position = output[i].divide(place.at[i]);
    }
    place.image = position;
    return place;
  }

  // The channel of product k, and the coordinates of its tap.
  __device__ __forceinline__ int64_t channel(int64_t k, int64_t (&tap)[3]) const {
    for (int i = 2; i >= 0; i--) {
      tap[i] = k;
      k = kernel[i].divide(tap[i]);
    }
    return k;
  }
};

// The element of the input that a forward convolution's output meets with product k, from the
// image's first of this group on; -1 in the padding.
__device__ __forceinline__ int64_t input_offset(const Geometry& g, const Numbering& numbering,
                                                const OutputPlace& place, int64_t k) {
  int64_t tap[3];
  int64_t offset = numbering.channel(k, tap);
  for (int i = 0; i < 3; i++) {
    const int64_t at = place.at[i] * g.stride[i] - g.begin[i] + tap[i] * g.dilation[i];
    if (at < 0 || at >= g.input[i]) return -1;
    offset = offset * g.input[i] + at;
  }
  return offset;
}

}  // namespace sx::cuda
