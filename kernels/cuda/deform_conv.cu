// deform_conv.T: y[n, m, o] = b[m] + sum over c, t of w[m, c, t] * mask[n, t, o] * x[n, c, o *
// stride - begin + t * dilation + offset[n, t, :, o]], blended from its neighbours; T float32,
// float16 or bfloat16, summed in float32. x is [batch, group * channels, input], w is [group *
// filters, channels, kernel], offset is [batch, offset_group, taps, axes, output], mask is [batch,
// offset_group, taps, output], y is [batch, group * filters, output]; up to three axes, real ones
// last. The tiles of implicit_gemm.h, one tap at a time: its neighbours at a tile's positions are
// found once, and serve all channels of the group that share offsets. Not yet measured on a GPU.
// Zhu et al., "Deformable ConvNets v2", arXiv 1811.11168.
#include "cuda/implicit_gemm.h"
#include "deform_conv.h"

namespace sx::cuda {
namespace {

struct Params {
  int64_t offset_group, axes, batch, group, channels, filters;
  Geometry geometry;
};

// Where one tap meets x, at the positions of a tile.
struct Places {
  int32_t index[kMostNeighbours][kGemmSide];
  float weight[kMostNeighbours][kGemmSide], mask[kGemmSide];
};

struct Shared {
  GemmTiles<float> tiles;
  Places places;
};

template <class T>
struct Problem {
  Params p;
  Numbering numbering;
  int64_t inputs, outputs, taps;
  const T *x, *w, *offset, *bias, *mask;
  T* y;

  explicit Problem(const Arguments& args)
      : p(args.params_as<Params>()),
        numbering(p.geometry),
        inputs(p.geometry.inputs()),
        outputs(p.geometry.outputs()),
        taps(p.geometry.taps()),
        x(args.data<const T>(0)),
        w(args.data<const T>(1)),
        offset(args.data<const T>(2)),
        bias(args.has(3) ? args.data<const T>(3) : nullptr),
        mask(args.has(4) ? args.data<const T>(4) : nullptr),
        y(args.data<T>(5)) {}

  // Tap t of an offset group, at the tile's positions from `first` on; all threads share out the
  // neighbours.
  __device__ __forceinline__ void find(int64_t image, int64_t offset_group, int64_t t,
                                       int64_t first, Places& places) const {
    const Geometry& g = p.geometry;
    const int64_t vector = (image * p.offset_group + offset_group) * taps + t;
    int64_t tap[3];
    numbering.channel(t, tap);
    for (int i = int(threadIdx.x); i < kGemmSide << p.axes; i += kGemmThreads) {
      const int j = i % kGemmSide, which = i / kGemmSide;
      const int64_t position = first + j;
      Neighbour found{0, 0};
      if (position < outputs) {
        const OutputPlace place = numbering.place(position);
        Between at[3];
#pragma unroll
        for (int axis = 0; axis < 3; axis++) {
          const int64_t real = axis - 3 + p.axes;
          const float moved =
              real < 0 ? 0.f : load_as(offset[(vector * p.axes + real) * outputs + position]);
          at[axis] = Between::of(
              place.at[axis] * g.stride[axis] - g.begin[axis] + tap[axis] * g.dilation[axis],
              moved);
        }
        found = neighbour(at, g.input, p.axes, which);
      }
      places.index[which][j] = found.index;
      places.weight[which][j] = found.weight;
      if (which == 0)
        places.mask[j] =
            mask && position < outputs ? load_as(mask[vector * outputs + position]) : 1.f;
    }
  }

  // What weighs nothing is not read, so that its NaN or infinity does not count.
  __device__ __forceinline__ float sample(const T* plane, const Places& places, int j) const {
    float sum = 0;
    for (int k = 0; k < 1 << p.axes; k++) {
      const float weight = places.weight[k][j];
      if (weight != 0) sum += weight * load_as(plane[places.index[k][j]]);
    }
    return places.mask[j] * sum;
  }
};

template <class T>
__global__ void __launch_bounds__(kGemmThreads, 2)
    deform_conv_kernel(const __grid_constant__ Problem<T> problem, Divisor filter_tiles,
                       Divisor groups, Divisor position_tiles) {
  auto& shared = shared_memory<Shared>();
  const Params& p = problem.p;
  int64_t tile = blockIdx.x;  // neighbours share positions
  int64_t group = filter_tiles.divide(tile);
  int64_t rest = groups.divide(group);
  const int64_t image = position_tiles.divide(rest);
  const int64_t first_filter = tile * kGemmSide, first_position = rest * kGemmSide;
  const int64_t filters = p.filters - first_filter;
  const int64_t channels = p.group * p.channels, share = channels / p.offset_group;
  const int64_t first_channel = group * p.channels, end_channel = first_channel + p.channels;

  constexpr int kSteps = kGemmSide * kGemmDepth / kGemmThreads;
  const int weight_k = threadIdx.x % kGemmDepth, weight_filter = threadIdx.x / kGemmDepth;
  const int input_position = threadIdx.x % kGemmSide, input_k = threadIdx.x / kGemmSide;
  GemmSums<float> sums;
  for (int64_t channel = first_channel; channel < end_channel;) {
    const int64_t offset_group = channel / share;
    const int64_t end = min(end_channel, (offset_group + 1) * share);
    for (int64_t t = 0; t < problem.taps; t++) {
      problem.find(image, offset_group, t, first_position, shared.places);
      for (int64_t c = channel; c < end; c += kGemmDepth) {
        __syncthreads();  // places are found, and the tiles' last use is over
#pragma unroll
        for (int i = 0; i < kSteps; i++) {
          const int f = weight_filter + i * (kGemmThreads / kGemmDepth),
                    d = input_k + i * (kGemmThreads / kGemmSide);
          const int64_t weight =
              ((group * p.filters + first_filter + f) * p.channels + c + weight_k - first_channel) *
                  problem.taps +
              t;
          shared.tiles.weights[weight_k][f] =
              f < filters && c + weight_k < end ? load_as(problem.w[weight]) : 0.f;
          shared.tiles.inputs[d][input_position] =
              c + d < end ? problem.sample(problem.x + (image * channels + c + d) * problem.inputs,
                                           shared.places, input_position)
                          : 0.f;
        }
        __syncthreads();
        sums.add(shared.tiles);
      }
    }
    channel = end;
  }
  sums.each(filters, problem.outputs - first_position, [&](int filter, int position, float sum) {
    const int64_t m = group * p.filters + first_filter + filter;
    if (problem.bias) sum += load_as(problem.bias[m]);
    problem.y[(image * p.group * p.filters + m) * problem.outputs + first_position + position] =
        store_as<T>(sum);
  });
}

template <class T>
void deform_conv(const Arguments& args) {
  const Problem<T> problem(args);
  const Params& p = problem.p;
  const int64_t filter_tiles = (p.filters + kGemmSide - 1) / kGemmSide;
  const int64_t position_tiles = (problem.outputs + kGemmSide - 1) / kGemmSide;
  const int64_t blocks = p.batch * position_tiles * p.group * filter_tiles;
  if (blocks == 0) return;
  launch(args, deform_conv_kernel<T>,
         {.blocks = blocks_for(blocks, 1), .threads = kGemmThreads, .shared_bytes = sizeof(Shared)},
         problem, Divisor(filter_tiles), Divisor(p.group), Divisor(position_tiles));
}

SX_KERNEL("deform_conv.f32", deform_conv<float>);
SX_KERNEL("deform_conv.f16", deform_conv<half>);
SX_KERNEL("deform_conv.bf16", deform_conv<bfloat16>);

}  // namespace
}  // namespace sx::cuda
