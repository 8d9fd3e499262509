// conv_channels_last.f16, .bf16 on Hopper's tensor cores: the kernel of gemm_sm90.h, whose left
// matrix TMA gathers (im2col). A stage is 64 channels of one tap: TMA goes from a window to the
// next, over the ends of rows and images, and gives zeros for the padding and for channels that are
// not there. Channels must be multiples of 16 bytes, with several groups of 128. Not yet measured
// on a GPU. CUTLASS 3, sm90 implicit GEMM; CUDA's driver API on cuTensorMapEncodeIm2col.
#include "cuda/conv_im2col.h"
#include "cuda/gemm_sm90.h"

namespace sx::cuda {
namespace {

using namespace sm90;

struct Large : Shape<128, 256, 4> {};
struct Middle : Shape<128, 128, 5> {};
struct Narrow : Shape<128, 64, 3> {
  static constexpr int kBlocks = 2;
  static constexpr int kFillerRegisters = 40, kUserRegisters = 96;
};

// The input [images, axes that are more than one place, channels], whose windows begin where x's
// corners say, and the filters [filters, taps, channels].
struct WindowMaps {
  TensorMap x, w;
  int axes;
};

template <class T, class S>
__device__ __forceinline__ void fill_windows(const ConvProblem<T>& p, const WindowMaps& maps,
                                             Shared<T, S>& shared) {
  using A = typename Shared<T, S>::A;
  using B = typename Shared<T, S>::B;
  typename Ring<S::kStages, 1>::Place place;
  const int64_t tiles = p.tiles(S::kRows, S::kColumns);
  for (int64_t i = blockIdx.x; i < tiles; i += gridDim.x) {
    const GemmTile tile = p.tile(i, S::kRows, S::kColumns);
    const ConvWindow window = p.window(tile.row);
    const int32_t image = int32_t(window.image), filter = int32_t(tile.matrix * p.n + tile.column);
    ConvTap tap = p.tap(tile.depth);
    for (int64_t depth = tile.depth; depth < tile.depth_end; depth += A::kDepth, place.advance()) {
      Barrier& full = shared.ring.begin_fill(place, A::kPlaneBytes + B::kPlaneBytes);
      auto& stage = shared.stages[place.stage];
      const int32_t channel = int32_t(tile.matrix) * p.channels + tap.channel;
      const auto* at = window.at;
      const uint16_t offset[3] = {uint16_t(tap.at[0]), uint16_t(tap.at[1]), uint16_t(tap.at[2])};
      if (maps.axes == 1)
        tma_load_im2col(stage.a, maps.x, full, {channel, at[2], image}, {offset[2]});
      else if (maps.axes == 2)
        tma_load_im2col(stage.a, maps.x, full, {channel, at[2], at[0], image},
                        {offset[2], offset[0]});
      else
        tma_load_im2col(stage.a, maps.x, full, {channel, at[2], at[1], at[0], image},
                        {offset[2], offset[1], offset[0]});
      int64_t of_tap = depth;
      const int32_t number = int32_t(p.by_channels.divide(of_tap));
      tma_load(stage.b, maps.w, full, {tap.channel, number, filter});
      p.advance(tap, A::kDepth);
    }
  }
}

template <class T, class S>
__global__ void __launch_bounds__(S::kThreads, S::kBlocks)
    conv_sm90_kernel(const __grid_constant__ ConvProblem<T> p,
                     const __grid_constant__ WindowMaps maps) {
#if SX_SM90
  if (threadIdx.x == 0) {
    prefetch_tensor_map(maps.x);
    prefetch_tensor_map(maps.w);
  }
  reckon_tiles<T, S, T>(p, [&](Shared<T, S>& shared) { fill_windows<T, S>(p, maps, shared); });
#endif
}

template <class T>
constexpr TensorType kType = std::is_same_v<T, half> ? TensorType::kFloat16 : TensorType::kBfloat16;

template <class T>
TensorMap map_input(const T* x, const ConvParams& p, int pixels) {
  Im2colMap map = {};
  map.type = kType<T>;
  map.data = x;
  map.rank = im2col_axes(p) + 2;
  map.sizes[0] = p.group * p.channels;
  map.strides[0] = 1;
  map.swizzle = Swizzle::k128;
  map.channels = kConvStep;
  map.pixels = pixels;
  int64_t stride = p.group * p.channels;
  int d = 1;
  for (int axis : {2, 1, 0}) {
    if (!is_im2col_axis(p, axis)) continue;
    map.sizes[d] = p.input[axis];
    map.strides[d] = stride;
    map.steps[d] = static_cast<int>(p.stride[axis]);
    map.lower[d - 1] = static_cast<int>(-p.begin[axis]);
    map.upper[d - 1] = static_cast<int>(im2col_upper(p, axis));
    stride *= p.input[axis];
    d++;
  }
  map.sizes[d] = p.batch;
  map.strides[d] = stride;
  return make_tensor_map(map);
}

template <class T>
TensorMap map_filters(const T* w, const ConvParams& p, int filters) {
  return make_tensor_map(BoxMap{{.type = kType<T>,
                                 .data = w,
                                 .rank = 3,
                                 .sizes = {p.channels, p.taps(), p.group * p.filters},
                                 .strides = {1, p.channels, p.taps() * p.channels},
                                 .swizzle = Swizzle::k128},
                                {kConvStep, 1, filters}});
}

template <class S, class T>
void run(const Arguments& args, const ConvProblem<T>& p) {
  const auto params = args.params_as<ConvParams>();
  launch(args, conv_sm90_kernel<T, S>, persistent_grid<T, S>(args, p), p,
         WindowMaps{map_input(p.a, params, S::kRows), map_filters(p.b, params, S::kColumns),
                    im2col_axes(params)});
}

}  // namespace

template <class T>
void conv_sm90(const Arguments& args, const ConvProblem<T>& p, int columns) {
  columns == 64    ? run<Narrow>(args, p)
  : columns == 128 ? run<Middle>(args, p)
                   : run<Large>(args, p);
}

template void conv_sm90(const Arguments&, const ConvProblem<half>&, int);
template void conv_sm90(const Arguments&, const ConvProblem<bfloat16>&, int);

}  // namespace sx::cuda
