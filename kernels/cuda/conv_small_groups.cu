// conv_channels_last.* where each group has two to eight channels and as many filters: too few to
// fill a tile of a matrix product. A thread has all filters of a group for a run of outputs; a tap
// of it is read by one access where the group's channels lie at a multiple of their size. Weights
// lie in shared memory as float32, those of three channels as of four, of five to seven as of
// eight, with zeros. Not yet measured on a GPU. A direct convolution, as in "Aggregated Residual
// Transformations", whose groups are four wide.
#include "cuda/conv_runs.h"

namespace sx::cuda {
namespace {

constexpr int kThreads = 256;
constexpr int kRun = 4;

// Groups of a block, so that it has 32 channels of a pixel.
template <int kWidth>
constexpr int kGroups = 32 / kWidth;

template <int kWidth>
struct alignas(16) TapWeights {
  float groups[kGroups<kWidth>][kWidth][kWidth];  // channels, filters
};

template <class T, int kWidth>
__global__ void __launch_bounds__(kThreads, 2)
    conv_small_groups_kernel(const __grid_constant__ ConvProblem<T> p,
                             const __grid_constant__ Runs runs, int64_t groups, bool aligned) {
  auto* const weights = shared_weights<TapWeights<kWidth>>();
  constexpr int kAcross = kGroups<kWidth>;
  const int taps = p.kernel[0] * p.kernel[1] * p.kernel[2], width = int(p.n);
  const int64_t first = int64_t{blockIdx.x} * kAcross;
  for (int i = int(threadIdx.x); i < kAcross * kWidth * taps * kWidth; i += kThreads) {
    const int channel = i % kWidth, tap = i / kWidth % taps, filter = i / kWidth / taps;
    const int64_t group = first + filter / kWidth;
    const bool there = channel < width && filter % kWidth < width && group < groups;
    weights[tap].groups[filter / kWidth][channel][filter % kWidth] =
        there ? load_as(p.b[(group * width + filter % kWidth) * p.k + tap * width + channel]) : 0.f;
  }
  __syncthreads();
  const int in_tile = int(threadIdx.x) % kAcross;
  const int64_t channel = (first + in_tile) * width;
  if (first + in_tile >= groups) return;

  const int64_t stride = int64_t{gridDim.y} * (kThreads / kAcross);
  for (int64_t run = int64_t{blockIdx.y} * (kThreads / kAcross) + threadIdx.x / kAcross;
       run < runs.count; run += stride) {
    const RunPlace place = runs.place(run);
    const ConvWindow window = p.window(place.position);
    float sums[kRun][kWidth] = {};
    int tap = 0;
    for (int i = 0; i < p.kernel[0]; i++)
      for (int j = 0; j < p.kernel[1]; j++)
        for (int k = 0; k < p.kernel[2]; k++, tap++) {
          const int at[3] = {i * p.dilation[0], j * p.dilation[1], k * p.dilation[2]};
          if (unsigned(window.at[0] + at[0]) >= unsigned(p.input[0]) ||
              unsigned(window.at[1] + at[1]) >= unsigned(p.input[1]))
            continue;
          const T* const x = p.a + window.offset + at[0] * p.along[0] + at[1] * p.along[1] +
                             at[2] * p.along[2] + channel;
          float values[kRun][kWidth];
#pragma unroll
          for (int r = 0; r < kRun; r++) {
            const bool inside =
                unsigned(window.at[2] + at[2] + r * p.stride[2]) < unsigned(p.input[2]);
            const T* const from = x + r * p.stride[2] * p.along[2];
            constexpr int kWord = 16 / sizeof(T) < kWidth ? 16 / sizeof(T) : kWidth;
#pragma unroll
            for (int word = 0; word < kWidth; word += kWord) {
              Packed<T, kWord> packed{};
              if (inside && aligned) packed = load_packed<kWord>(from + word);
#pragma unroll
              for (int c = 0; c < kWord; c++)
                values[r][word + c] = !inside            ? 0.f
                                      : aligned          ? load_as(packed[c])
                                      : word + c < width ? load_as(from[word + c])
                                                         : 0.f;
            }
          }
#pragma unroll
          for (int c = 0; c < kWidth; c++) {
            float w[kWidth];
#pragma unroll
            for (int f = 0; f < kWidth; f++) w[f] = weights[tap].groups[in_tile][c][f];
#pragma unroll
            for (int r = 0; r < kRun; r++)
#pragma unroll
              for (int f = 0; f < kWidth; f++) sums[r][f] += w[f] * values[r][c];
          }
        }
    finish_run(p, sums, place, width, channel, aligned);
  }
}

template <int kWidth, class T>
void run(const Arguments& args, const ConvProblem<T>& p) {
  const auto params = args.params_as<ConvParams>();
  const Runs runs(params, kRun);
  constexpr int64_t kPerBlock = kThreads / kGroups<kWidth>;
  launch(args, conv_small_groups_kernel<T, kWidth>,
         run_grid(args, (params.group + kGroups<kWidth> - 1) / kGroups<kWidth>,
                  (runs.count + kPerBlock - 1) / kPerBlock, kThreads,
                  params.taps() * sizeof(TapWeights<kWidth>)),
         p, runs, params.group, p.n == kWidth && begins_at_word(p.a) && begins_at_word(p.y));
}

}  // namespace

template <class T>
void conv_small_groups(const Arguments& args, const ConvProblem<T>& p) {
  p.n <= 2 ? run<2>(args, p) : p.n <= 4 ? run<4>(args, p) : run<8>(args, p);
}

template void conv_small_groups(const Arguments&, const ConvProblem<float>&);
template void conv_small_groups(const Arguments&, const ConvProblem<half>&);
template void conv_small_groups(const Arguments&, const ConvProblem<bfloat16>&);

}  // namespace sx::cuda
