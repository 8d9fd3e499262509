// conv_channels_last.* on Hopper's tensor cores: the kernel of gemm_sm90.h, whose left matrix TMA
// gathers (im2col). A stage is 128 bytes, or what else a Shape says, of channels of one tap: TMA
// goes from a window to the next, over the ends of rows and images, and gives zeros for the padding
// and for channels that are not there. Operands of several planes have them one behind the other,
// as more images and more filters. CUTLASS 3, sm90 implicit GEMM; CUDA's driver API on
// cuTensorMapEncodeIm2col.
#pragma once
#include "cuda/conv_im2col.h"
#include "cuda/gemm_sm90.h"

namespace sx::cuda::sm90 {

// The input [images, axes that are more than one place, channels], whose windows begin where x's
// corners say, and the filters [filters, taps, channels]; of each plane so many.
struct WindowMaps {
  TensorMap x, w;
  int axes, images, filters;
};

template <class T, class E, class S>
__device__ __forceinline__ void fill_windows(const ConvProblem<T>& p, const WindowMaps& maps,
                                             Shared<E, S>& shared) {
  using A = typename Shared<E, S>::A;
  using B = typename Shared<E, S>::B;
  typename Ring<S::kStages, 1>::Place place;
  const int64_t tiles = p.tiles(S::kRows, S::kColumns);
  for (int64_t i = blockIdx.x; i < tiles; i += gridDim.x) {
    const GemmTile tile = p.tile(i, S::kRows, S::kColumns);
    const ConvWindow window = p.window(tile.row);
    ConvTap tap = p.tap(tile.depth);
    for (int64_t depth = tile.depth; depth < tile.depth_end; depth += A::kDepth, place.advance()) {
      Barrier& full = shared.ring.begin_fill(place, S::kPlanes * (A::kPlaneBytes + B::kPlaneBytes));
      auto& stage = shared.stages[place.stage];
      const int32_t channel = int32_t(tile.matrix) * p.channels + tap.channel;
      const auto* at = window.at;
      const uint16_t offset[3] = {uint16_t(tap.at[0]), uint16_t(tap.at[1]), uint16_t(tap.at[2])};
      int64_t of_tap = depth;
      const int32_t number = int32_t(p.by_channels.divide(of_tap));
#pragma unroll
      for (int plane = 0; plane < S::kPlanes; plane++) {
        unsigned char* const to = stage.a + plane * A::kPlaneBytes;
        const int32_t image = int32_t(window.image) + plane * maps.images;
        const int32_t filter = int32_t(tile.matrix * p.n + tile.column) + plane * maps.filters;
        if (maps.axes == 1)
          tma_load_im2col(to, maps.x, full, {channel, at[2], image}, {offset[2]});
        else if (maps.axes == 2)
          tma_load_im2col(to, maps.x, full, {channel, at[2], at[0], image}, {offset[2], offset[0]});
        else
          tma_load_im2col(to, maps.x, full, {channel, at[2], at[1], at[0], image},
                          {offset[2], offset[1], offset[0]});
        tma_load(stage.b + plane * B::kPlaneBytes, maps.w, full, {tap.channel, number, filter});
      }
      p.advance(tap, A::kDepth);
    }
  }
}

template <class T, class E, class S>
__global__ void __launch_bounds__(S::kThreads, S::kBlocks)
    conv_sm90_kernel(const __grid_constant__ ConvProblem<T> p,
                     const __grid_constant__ WindowMaps maps) {
#if SX_SM90
  if (p.is_unwanted()) return;
  if (threadIdx.x == 0) {
    prefetch_tensor_map(maps.x);
    prefetch_tensor_map(maps.w);
  }
  reckon_tiles<E, S, T>(p, [&](Shared<E, S>& shared) { fill_windows<T, E, S>(p, maps, shared); });
#endif
}

// Of so many planes; pixels are `pitch` elements apart.
template <class E, class S>
TensorMap map_input(const E* x, TensorType type, const ConvParams& p, int64_t pitch) {
  using A = typename Shared<E, S>::A;
  Im2colMap map = {};
  map.type = type;
  map.data = x;
  map.rank = im2col_axes(p) + 2;
  map.sizes[0] = p.group * p.channels;
  map.strides[0] = 1;
  map.swizzle = A::kSwizzle;
  map.channels = A::kDepth;
  map.pixels = S::kRows;
  int64_t stride = pitch;
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
  map.sizes[d] = S::kPlanes * p.batch;
  map.strides[d] = stride;
  return make_tensor_map(map);
}

// Taps are `pitch` elements apart.
template <class E, class S>
TensorMap map_filters(const E* w, TensorType type, const ConvParams& p, int64_t pitch) {
  using B = typename Shared<E, S>::B;
  return make_tensor_map(BoxMap{{.type = type,
                                 .data = w,
                                 .rank = 3,
                                 .sizes = {p.channels, p.taps(), S::kPlanes * p.group * p.filters},
                                 .strides = {1, pitch, p.taps() * pitch},
                                 .swizzle = B::kSwizzle},
                                {B::kDepth, 1, S::kColumns}});
}

// The pitches are those of pixels and of taps.
template <class S, class E, class T>
void run_conv(const Arguments& args, const ConvProblem<T>& p, const E* x, int64_t x_pitch,
              const E* w, int64_t w_pitch) {
  constexpr TensorType kType =
      std::is_same_v<E, half> ? TensorType::kFloat16 : TensorType::kBfloat16;
  const auto params = args.params_as<ConvParams>();
  launch(args, conv_sm90_kernel<T, E, S>, persistent_grid<E, S>(args, p), p,
         WindowMaps{map_input<E, S>(x, kType, params, x_pitch),
                    map_filters<E, S>(w, kType, params, w_pitch), im2col_axes(params),
                    to_int(S::kPlanes * params.batch) / S::kPlanes,
                    to_int(S::kPlanes * params.group * params.filters) / S::kPlanes});
}

}  // namespace sx::cuda::sm90
