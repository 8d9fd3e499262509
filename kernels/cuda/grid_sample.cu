// grid_sample.T: y[n, c, o] = x[n, c] at the point grid[n, o], blended from its neighbours; T
// float32, float16 or bfloat16. x is [batch, channels, input], grid is [batch, positions, axes], y
// is [batch, channels, positions]; up to three axes. A thread has a point, whose taps along each
// axis, worked out once in double, serve its share of the channels; neighbours in a warp write
// neighbours. Not yet measured on a GPU. From ONNX's text.
#include "cuda/move.h"
#include "grid_sample.h"

namespace sx::cuda {
namespace {

// The elements of an axis around a point, as offsets in a plane of x. What lies outside weighs
// nothing, and what weighs nothing is not read, so that its NaN or infinity does not count.
template <int kTaps>
struct Taps {
  int64_t offset[kTaps];
  float weight[kTaps];

  __device__ __forceinline__ void set(const GridAxis& axis, int64_t stride) {
#pragma unroll
    for (int t = 0; t < kTaps; t++) {
      const int64_t element = axis.element(t);
      offset[t] = element * stride;
      weight[t] = element < 0 ? 0.f : static_cast<float>(axis.weight(t));
    }
  }

  // An axis that is not there.
  __device__ __forceinline__ void set_one() {
#pragma unroll
    for (int t = 0; t < kTaps; t++) {
      offset[t] = 0;
      weight[t] = t == 0;
    }
  }

  template <class Value>
  __device__ __forceinline__ float blend(Value value) const {
    float sum = 0;
#pragma unroll
    for (int t = 0; t < kTaps; t++)
      if (weight[t] != 0) sum += weight[t] * value(offset[t]);
    return sum;
  }
};

template <class T, int kTaps>
__global__ void __launch_bounds__(kMoveThreads)
    grid_sample_kernel(const T* x, const T* grid, T* y, GridSample p, Divisor by_positions,
                       int64_t plane, int64_t share) {
  const int64_t points = p.batch * p.positions;
  const int64_t first = blockIdx.y * share;
  const int64_t end = min(p.channels, first + share);
  for (int64_t i = int64_t{blockIdx.x} * kMoveThreads + threadIdx.x; i < points;
       i += int64_t{gridDim.x} * kMoveThreads) {
    Taps<kTaps> taps[3];
    int64_t stride = 1;
#pragma unroll
    for (int axis = 2; axis >= 0; axis--) {
      if (axis < p.axes)
        taps[axis].set(GridAxis(p, load_as(grid[i * p.axes + p.axes - 1 - axis]), p.size[axis]),
                       stride);
      else
        taps[axis].set_one();
      stride *= p.size[axis];
    }
    int64_t position = i;
    const int64_t image = by_positions.divide(position);
    for (int64_t c = first; c < end; c++) {
      const T* from = x + (image * p.channels + c) * plane;
      const float sum = taps[0].blend([&](int64_t a) {
        return taps[1].blend([&](int64_t b) {
          return taps[2].blend([&](int64_t d) { return load_as(from[a + b + d]); });
        });
      });
      y[(image * p.channels + c) * p.positions + position] = store_as<T>(sum);
    }
  }
}

// Few points share out their channels, so that there are blocks for all processors.
template <class T, int kTaps>
void run(const Arguments& args, const GridSample& p) {
  const int64_t points = p.batch * p.positions;
  if (points == 0 || p.channels == 0) return;
  const uint32_t blocks = striding_blocks(args, points, kMoveThreads);
  const int64_t wanted = striding_blocks(args, points * p.channels, kMoveThreads) / blocks;
  const int64_t share = (p.channels + wanted - 1) / wanted;
  launch(args, grid_sample_kernel<T, kTaps>,
         {.blocks = {blocks, blocks_for(p.channels, share)}, .threads = kMoveThreads},
         args.data<const T>(0), args.data<const T>(1), args.data<T>(2), p, Divisor(p.positions),
         p.plane(), share);
}

template <class T>
void grid_sample(const Arguments& args) {
  const auto p = args.params_as<GridSample>();
  switch (p.taps()) {
    case 1:
      return run<T, 1>(args, p);
    case 2:
      return run<T, 2>(args, p);
    default:
      return run<T, 4>(args, p);
  }
}

SX_KERNEL("grid_sample.f32", grid_sample<float>);
SX_KERNEL("grid_sample.f16", grid_sample<half>);
SX_KERNEL("grid_sample.bf16", grid_sample<bfloat16>);

}  // namespace
}  // namespace sx::cuda
