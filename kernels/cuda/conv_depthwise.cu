// conv_channels_last.* where each group has one channel, and one filter or a few (the multiplier):
// y[n, o, m] = f(b[m] + sum over t of w[m, t] x[n, o * stride - begin + t * dilation, m /
// multiplier] + z). A thread has 16 bytes of channels and four neighbouring outputs, so that a
// weight is read once for all of them and, in kernels three wide, an input too; eight threads side
// by side have 128 bytes of a pixel. Weights lie in shared memory as float32. Not yet measured on a
// GPU; bound by memory. The idea is common, as in PyTorch's DepthwiseConv2d.cu.
#include "cuda/conv_runs.h"

namespace sx::cuda {
namespace {

constexpr int kThreads = 256;
constexpr int kAcross = 8;  // threads along the channels
constexpr int kRun = 4;

template <class T>
constexpr int kEach = 16 / sizeof(T);  // channels of a thread
template <class T>
constexpr int kTile = kAcross* kEach<T>;

template <class T>
struct alignas(16) TapWeights {
  float channels[kTile<T>];
};

// The taps of a row of the kernel. kWidth and kStride are those along the last axis, or 0 for any;
// the former with a dilation of 1.
template <int kWidth, int kStride, int N, class T, class Load>
__device__ __forceinline__ void add_row(float (&sums)[kRun][N], const ConvProblem<T>& p,
                                        const float* weights, int pitch, int column, Load load) {
  if constexpr (kWidth > 0) {
    float w[kWidth][N];
#pragma unroll
    for (int t = 0; t < kWidth; t++)
#pragma unroll
      for (int i = 0; i < N; i++) w[t][i] = weights[t * pitch + i];
#pragma unroll
    for (int j = 0; j < (kRun - 1) * kStride + kWidth; j++) {
      float x[N];
      load(x, column + j);
#pragma unroll
      for (int r = 0; r < kRun; r++) {
        const int t = j - r * kStride;
        if (t < 0 || t >= kWidth) continue;
#pragma unroll
        for (int i = 0; i < N; i++) sums[r][i] += w[t][i] * x[i];
      }
    }
  } else {
    for (int t = 0; t < p.kernel[2]; t++)
#pragma unroll
      for (int r = 0; r < kRun; r++) {
        float x[N];
        load(x, column + r * p.stride[2] + t * p.dilation[2]);
#pragma unroll
        for (int i = 0; i < N; i++) sums[r][i] += weights[t * pitch + i] * x[i];
      }
  }
}

// kWhole: the multiplier is 1, and channels are multiples of 16 bytes.
template <class T, int kWidth, int kStride, bool kWhole>
__global__ void __launch_bounds__(kThreads, 2)
    conv_depthwise_kernel(const __grid_constant__ ConvProblem<T> p,
                          const __grid_constant__ Runs runs) {
  constexpr int N = kEach<T>;
  auto* const weights = shared_weights<TapWeights<T>>();
  const int64_t channels = p.y_row, first = int64_t{blockIdx.x} * kTile<T>;
  const int taps = p.kernel[0] * p.kernel[1] * p.kernel[2];
  for (int i = int(threadIdx.x); i < taps * kTile<T>; i += kThreads) {
    const int channel = i / taps, tap = i - channel * taps;  // as they lie in memory
    weights[tap].channels[channel] =
        first + channel < channels ? load_as(p.b[(first + channel) * taps + tap]) : 0.f;
  }
  __syncthreads();
  const int in_tile = int(threadIdx.x) % kAcross * N;
  const int64_t channel = first + in_tile;
  if (channel >= channels) return;
  const int count = channels - channel < N ? int(channels - channel) : N;

  const int64_t stride = int64_t{gridDim.y} * (kThreads / kAcross);
  for (int64_t run = int64_t{blockIdx.y} * (kThreads / kAcross) + threadIdx.x / kAcross;
       run < runs.count; run += stride) {
    const RunPlace place = runs.place(run);
    const ConvWindow window = p.window(place.position);
    const T* const x = p.a + (window.offset - window.at[2] * p.along[2]);
    float sums[kRun][N] = {};
    for (int i = 0; i < p.kernel[0]; i++) {
      const int outer = i * p.dilation[0];
      if (unsigned(window.at[0] + outer) >= unsigned(p.input[0])) continue;
      for (int j = 0; j < p.kernel[1]; j++) {
        const int middle = j * p.dilation[1];
        if (unsigned(window.at[1] + middle) >= unsigned(p.input[1])) continue;
        const T* const row = x + outer * p.along[0] + middle * p.along[1];
        add_row<kWidth, kStride>(
            sums, p, &weights[(i * p.kernel[1] + j) * p.kernel[2]].channels[in_tile], kTile<T>,
            window.at[2], [&](float(&values)[N], int column) {
              const bool inside = unsigned(column) < unsigned(p.input[2]);
              if constexpr (kWhole) {
                Packed<T, N> packed{};
                if (inside) packed = load_packed<N>(row + column * p.along[2] + channel);
#pragma unroll
                for (int k = 0; k < N; k++) values[k] = inside ? load_as(packed[k]) : 0.f;
              } else {
#pragma unroll
                for (int k = 0; k < N; k++)
                  values[k] = inside && k < count
                                  ? load_as(row[column * p.along[2] + (channel + k) / p.n])
                                  : 0.f;
              }
            });
      }
    }
    finish_run(p, sums, place, count, channel, kWhole);
  }
}

}  // namespace

template <class T>
void conv_depthwise(const Arguments& args, const ConvProblem<T>& p) {
  const auto params = args.params_as<ConvParams>();
  const Runs runs(params, kRun);
  constexpr int64_t kPerBlock = kThreads / kAcross;
  const bool whole =
      p.n == 1 && p.y_row % kEach<T> == 0 && begins_at_word(p.a) && begins_at_word(p.y);
  const bool three = p.kernel[2] == 3 && p.dilation[2] == 1;
  const auto kernel = !whole                      ? conv_depthwise_kernel<T, 0, 0, false>
                      : three && p.stride[2] == 1 ? conv_depthwise_kernel<T, 3, 1, true>
                      : three && p.stride[2] == 2 ? conv_depthwise_kernel<T, 3, 2, true>
                                                  : conv_depthwise_kernel<T, 0, 0, true>;
  launch(
      args, kernel,
      run_grid(args, (p.y_row + kTile<T> - 1) / kTile<T>, (runs.count + kPerBlock - 1) / kPerBlock,
               kThreads, params.taps() * sizeof(TapWeights<T>)),
      p, runs);
}

template void conv_depthwise(const Arguments&, const ConvProblem<float>&);
template void conv_depthwise(const Arguments&, const ConvProblem<half>&);
template void conv_depthwise(const Arguments&, const ConvProblem<bfloat16>&);

}  // namespace sx::cuda
