// primitive.tma.im2col.*: of an image [n, (d,) (h,) w, c], the column of pixels of every tap of a
// filter of size 3 with padding 1, pixel by pixel and every second, in one to three spatial
// dimensions. The image is the second output. What arrives is compared with the image's formula;
// the column runs over the ends of rows and images, and past the last. Not a kernel to measure.
// Source: PTX ISA, "Im2col mode"; CUDA driver API, cuTensorMapEncodeIm2col.
#include "cuda/device/proxy_fence.h"
#include "cuda/device/tma.h"
#include "tma_tile.h"

namespace sx::cuda::primitive {
namespace {

constexpr int kChannels = 16, kImages = 3, kPixels = 20;

// Of dimension d: w, h, d.
__host__ __device__ constexpr int size_along(int d) { return 5 - d; }

// Where an output pixel's filter begins, innermost dimension first, and its image.
template <int N>
struct Pixel {
  int from[N], image;

  __device__ Pixel(int index, int step) : image(index) {
    for (int d = 0; d < N; d++) {
      const int outputs = (size_along(d) - 1) / step + 1;
      from[d] = image % outputs * step - 1;
      image /= outputs;
    }
  }
};

// The image's element at a tap of a pixel's filter; 0 outside.
template <int N>
__device__ float element_at(const Pixel<N>& pixel, const uint16_t (&tap)[N], int channel) {
  int at = pixel.image;
  for (int d = N - 1; d >= 0; d--) {
    const int position = pixel.from[d] + tap[d];
    if (position < 0 || position >= size_along(d)) return 0;
    at = at * size_along(d) + position;
  }
  return pixel.image < kImages ? element(at * kChannels + channel) : 0;
}

template <int N>
__global__ void __launch_bounds__(kThreads)
    im2col_kernel(Outputs out, const __grid_constant__ TensorMap map, int first, int step) {
#if SX_SM90
  Shared& shared = shared_with_barrier();
  const int taps = N == 1 ? 3 : N == 2 ? 9 : 27;
  int right = 0;
  for (int t = 0; t < taps; t++) {
    uint16_t tap[N];
    for (int d = 0, rest = t; d < N; d++, rest /= 3) tap[d] = uint16_t(rest % 3);
    if (threadIdx.x == 0) {
      const Pixel<N> pixel(first, step);
      int32_t at[N + 2] = {};
      for (int d = 0; d < N; d++) at[d + 1] = pixel.from[d];
      at[N + 1] = pixel.image;
      fence_async_shared();
      shared.barrier.arrive_expecting(kPixels * kChannels * sizeof(float));
      tma_load_im2col<N + 2>(shared.tile, map, shared.barrier, at, tap);
    }
    shared.barrier.wait(t & 1);
    for (int i = int(threadIdx.x); i < kPixels * kChannels; i += kThreads) {
      const float given =
          *reinterpret_cast<const float*>(shared.tile + swizzled(i * int(sizeof(float)), 64));
      right += given == element_at(Pixel<N>(first + i / kChannels, step), tap, i % kChannels);
    }
    __syncthreads();
  }
  out.clear(kThreads);
  const int mine = (kPixels * kChannels - int(threadIdx.x) + kThreads - 1) / kThreads;
  out.set(int(threadIdx.x), float(right), float(taps * mine));
#endif
}

template <int N, int kStep>
void im2col(const Arguments& args) {
  const Outputs out = outputs_of(args, 90);
  fill(args, out.expected);
  Im2colMap map{
      {.type = TensorType::kFloat32, .data = out.expected, .rank = N + 2, .swizzle = Swizzle::k64},
      {},
      {},
      kChannels,
      kPixels};
  map.sizes[0] = kChannels;
  map.strides[0] = 1;
  for (int d = 0; d < N; d++) {
    map.sizes[d + 1] = size_along(d);
    map.strides[d + 1] = map.strides[d] * map.sizes[d];
    map.steps[d + 1] = kStep;
    map.lower[d] = map.upper[d] = -1;
  }
  map.sizes[N + 1] = kImages;
  map.strides[N + 1] = map.strides[N] * map.sizes[N];
  launch(args, im2col_kernel<N>, {.blocks = 1, .threads = kThreads, .shared_bytes = sizeof(Shared)},
         out, make_tensor_map(map), kStep == 1 ? 7 : 2, kStep);
}
SX_KERNEL("primitive.tma.im2col.1d", (im2col<1, 1>));
SX_KERNEL("primitive.tma.im2col.1d.strided", (im2col<1, 2>));
SX_KERNEL("primitive.tma.im2col.2d", (im2col<2, 1>));
SX_KERNEL("primitive.tma.im2col.2d.strided", (im2col<2, 2>));
SX_KERNEL("primitive.tma.im2col.3d", (im2col<3, 1>));
SX_KERNEL("primitive.tma.im2col.3d.strided", (im2col<3, 2>));

}  // namespace
}  // namespace sx::cuda::primitive
