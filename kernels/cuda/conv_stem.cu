// conv_channels_last.* of one group of up to four channels, as a network's first layer: too few for
// pieces of 16 bytes. A block has 64 filters, whose weights it keeps in shared memory as float32,
// and walks over rows of 64 outputs; the part of the input that they see comes to shared memory,
// too. A thread sums up eight filters of four outputs. Not yet measured on a GPU. A direct
// convolution with register tiles; its layout is that of gemm_simt.h.
#include "cuda/conv_runs.h"

namespace sx::cuda {
namespace {

constexpr int kThreads = 128;
constexpr int kAcross = 8;  // threads along the filters
constexpr int kDown = kThreads / kAcross;
constexpr int kEach = 4;  // outputs of a thread, and half of its filters
static_assert(kDown * kEach == kStemOutputs && kAcross * 2 * kEach == kStemFilters);

struct alignas(16) Weights {
  float filters[kStemFilters];
};

template <class T>
__global__ void __launch_bounds__(kThreads, 4)
    conv_stem_kernel(const __grid_constant__ ConvProblem<T> p, const __grid_constant__ Runs runs,
                     bool aligned) {
  auto* const weights = shared_weights<Weights>();
  const int depth = int(p.k), rows = p.kernel[0] * p.kernel[1];
  auto* const tile = reinterpret_cast<float*>(weights + depth);
  const int pitch =
      ((kStemOutputs - 1) * p.stride[2] + p.reach[2] - p.dilation[2] + 1) * p.channels;

  const int64_t first_filter = int64_t{blockIdx.x} * kStemFilters;
  for (int i = int(threadIdx.x); i < depth * kStemFilters; i += kThreads) {
    const int filter = i / depth, k = i - filter * depth;  // as they lie in memory
    weights[k].filters[filter] =
        first_filter + filter < p.n ? load_as(p.b[(first_filter + filter) * p.k + k]) : 0.f;
  }

  const int across = int(threadIdx.x) % kAcross * kEach, down = int(threadIdx.x) / kAcross;
  for (int64_t run = blockIdx.y; run < runs.count; run += gridDim.y) {
    const RunPlace place = runs.place(run);
    const ConvWindow window = p.window(place.position);
    __syncthreads();  // the tile's last use is over
    for (int row = 0; row < rows; row++) {
      const int outer = row / p.kernel[1] * p.dilation[0],
                middle = row % p.kernel[1] * p.dilation[1];
      const bool inside = unsigned(window.at[0] + outer) < unsigned(p.input[0]) &&
                          unsigned(window.at[1] + middle) < unsigned(p.input[1]);
      const T* const from =
          p.a + window.offset + outer * p.along[0] + middle * p.along[1];  // adjacent elements
      const int64_t begin = -int64_t{window.at[2]} * p.channels,
                    end = (int64_t{p.input[2]} - window.at[2]) * p.channels;
      for (int i = int(threadIdx.x); i < pitch; i += kThreads)
        tile[row * pitch + i] = inside && i >= begin && i < end ? load_as(from[i]) : 0.f;
    }
    __syncthreads();

    float sums[kEach][2 * kEach] = {};
    int k = 0;
    for (int row = 0; row < rows; row++)
      for (int t = 0; t < p.kernel[2]; t++)
        for (int c = 0; c < p.channels; c++, k++) {
          float w[2 * kEach];
#pragma unroll
          for (int i = 0; i < kEach; i++) {
            w[i] = weights[k].filters[across + i];
            w[kEach + i] = weights[k].filters[kStemFilters / 2 + across + i];
          }
          const float* const x = tile + row * pitch + t * p.dilation[2] * p.channels + c;
#pragma unroll
          for (int o = 0; o < kEach; o++) {
            const float value = x[(o * kDown + down) * p.stride[2] * p.channels];
#pragma unroll
            for (int i = 0; i < 2 * kEach; i++) sums[o][i] += w[i] * value;
          }
        }

#pragma unroll 1
    for (int o = 0; o < kEach; o++) {
#pragma unroll
      for (int half = 0; half < 2; half++) {
        float part[kEach];
#pragma unroll
        for (int i = 0; i < kEach; i++) part[i] = sums[0][half * kEach + i];
        const int64_t filter = first_filter + half * (kStemFilters / 2) + across;
        const int64_t left = p.n - filter;
        if (left > 0 && o * kDown + down < place.count)
          finish_channels(p, part, left < kEach ? int(left) : kEach,
                          place.position + o * kDown + down, filter, aligned);
      }
#pragma unroll
      for (int next = 1; next < kEach; next++)
#pragma unroll
        for (int i = 0; i < 2 * kEach; i++) sums[next - 1][i] = sums[next][i];
    }
  }
}

}  // namespace

template <class T>
void conv_stem(const Arguments& args, const ConvProblem<T>& p) {
  const auto params = args.params_as<ConvParams>();
  const Runs runs(params, kStemOutputs);
  launch(args, conv_stem_kernel<T>,
         run_grid(args, (p.n + kStemFilters - 1) / kStemFilters, runs.count, kThreads,
                  stem_shared_bytes(params)),
         p, runs, p.y_row % kEach == 0 && begins_at_word(p.y));
}

template void conv_stem(const Arguments&, const ConvProblem<float>&);
template void conv_stem(const Arguments&, const ConvProblem<half>&);
template void conv_stem(const Arguments&, const ConvProblem<bfloat16>&);

}  // namespace sx::cuda
