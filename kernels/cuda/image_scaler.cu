// image_scaler.T: y[n, c, i] = x[n, c, i] * scale + bias[c]; also ONNX's Affine.
// x and y are [batch, channels, inner] of float32, float16 or bfloat16, computed in float32; y may
// be x. Parameters: batch, channels, inner, scale, then the biases. The biases are arguments of the
// kernel, which has room for 256: images have 3 channels, and more are more launches. Not yet
// measured on a GPU. The layout is that of kernels/cpu/image_scaler.cpp.
#include <bit>

#include "cuda/elementwise.h"

namespace sx::cuda {
namespace {

struct Biases {
  static constexpr int kMost = 256;
  float of[kMost];
};

// Channels [first, first + channels.divisor) of all images.
template <class T>
__global__ void __launch_bounds__(kThreads)
    image_scaler_kernel(const T* x, T* y, int64_t batch, int64_t all_channels, int64_t first,
                        Division channels, Division inner, float scale,
                        const __grid_constant__ Biases biases) {
  const int64_t count = batch * channels.divisor * inner.divisor;
  for (int64_t i = int64_t{blockIdx.x} * kThreads + threadIdx.x; i < count;
       i += int64_t{gridDim.x} * kThreads) {
    const int64_t plane = inner.quotient(i), image = channels.quotient(plane);
    const int64_t channel = plane - image * channels.divisor;
    const int64_t at =
        (image * all_channels + first + channel) * inner.divisor + i - plane * inner.divisor;
    y[at] = store_as<T>(load_as(x[at]) * scale + biases.of[channel]);
  }
}

template <class T>
void image_scaler(const Arguments& args) {
  constexpr size_t kFixed = 4;
  if (args.params.size() < kFixed ||
      args.params.size() - kFixed < static_cast<uint64_t>(args.params[1]))
    throw std::invalid_argument("image_scaler: a bias is missing");
  const int64_t batch = args.params[0], channels = args.params[1], inner = args.params[2];
  const auto number = [&](size_t i) {
    return static_cast<float>(std::bit_cast<double>(args.params[i]));
  };
  if (batch * channels * inner == 0) return;
  for (int64_t first = 0; first < channels; first += Biases::kMost) {
    const int64_t some = std::min<int64_t>(Biases::kMost, channels - first);
    Biases biases{};
    for (int64_t c = 0; c < some; c++) biases.of[c] = number(kFixed + first + c);
    launch(args, image_scaler_kernel<T>,
           {.blocks = striding_blocks(args, batch * some * inner, kThreads), .threads = kThreads},
           args.data<const T>(0), args.data<T>(1), batch, channels, first, Division(some),
           Division(inner), number(3), biases);
  }
}

SX_KERNEL("image_scaler.f32", image_scaler<float>);
SX_KERNEL("image_scaler.f16", image_scaler<half>);
SX_KERNEL("image_scaler.bf16", image_scaler<bfloat16>);

}  // namespace
}  // namespace sx::cuda
