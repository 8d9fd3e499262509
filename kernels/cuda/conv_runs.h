// What the direct convolutions share: runs of outputs, neighbours along the last axis, of which a
// thread has one, for some channels. A block keeps the weights of its channels in shared memory,
// and walks over the runs.
#pragma once
#include "cuda/conv.h"
#include "cuda/conv_choice.h"
#include "cuda/device/shared.h"

namespace sx::cuda {

// A block's part of conv_stem, and what it keeps in shared memory: its weights, and what its
// outputs see of the input, both as float32.
constexpr int kStemOutputs = 64, kStemFilters = 64;

inline int64_t stem_shared_bytes(const ConvParams& p) {
  const int64_t columns = (kStemOutputs - 1) * p.stride[2] + (p.kernel[2] - 1) * p.dilation[2] + 1;
  const int64_t inputs = p.kernel[0] * p.kernel[1] * columns * p.channels;
  return (p.taps() * p.channels * kStemFilters + inputs) * int64_t{sizeof(float)};
}

struct RunPlace {
  int64_t position;  // of the run's first output
  int count;         // of outputs
};

// Runs of `length`, of which a row's last may be shorter.
struct Runs {
  int64_t count;
  int length;
  int64_t row;  // outputs
  Divisor by_row;

  Runs(const ConvParams& p, int length)
      : length(length), row(p.output[2]), by_row(std::max<int64_t>(1, per_row(p, length))) {
    count = p.batch * p.output[0] * p.output[1] * per_row(p, length);
  }

  __device__ __forceinline__ RunPlace place(int64_t i) const {
    const int64_t which = by_row.divide(i);
    const int64_t left = row - i * length;
    return {which * row + i * length, left < length ? int(left) : length};
  }

 private:
  static int64_t per_row(const ConvParams& p, int length) {
    return (p.output[2] + length - 1) / length;
  }
};

// The weights of all taps, in a block's shared memory, of which the launch gave it so much.
template <class OfTap>
__device__ __forceinline__ OfTap* shared_weights() {
  return &shared_memory<OfTap>();
}

inline bool begins_at_word(const void* data) { return reinterpret_cast<uintptr_t>(data) % 16 == 0; }

// A grid of [tiles of channels, blocks that share their runs].
inline Grid run_grid(const Arguments& args, int64_t channel_tiles, int64_t run_blocks, int threads,
                     size_t shared_bytes) {
  constexpr int64_t kPerProcessor = 8;
  const int64_t wanted = stream_of(args).device.processors * kPerProcessor;
  const int64_t each = std::min(run_blocks, (wanted + channel_tiles - 1) / channel_tiles);
  return {.blocks = {blocks_for(channel_tiles, 1), blocks_for(std::min<int64_t>(each, 65535), 1)},
          .threads = static_cast<uint32_t>(threads),
          .shared_bytes = shared_bytes};
}

// Finishes and stores `count` neighbours among the channels of an output; all of them at once if
// they lie at multiples of their size.
template <int N, class T>
__device__ __forceinline__ void finish_channels(const ConvProblem<T>& p, float (&sums)[N],
                                                int count, int64_t position, int64_t channel,
                                                bool aligned) {
  constexpr int kWord = 16 / sizeof(T) < N ? 16 / sizeof(T) : N;
  p.finish(sums, count, 0, position, channel, 0);
  T* const to = p.y + position * p.y_row + channel;
#pragma unroll
  for (int first = 0; first < N; first += kWord) {
    Packed<T, kWord> values;
#pragma unroll
    for (int i = 0; i < kWord; i++) values[i] = store_as<T>(sums[first + i]);
    const int left = count - first;
    store_first(to + first, values, left < kWord ? left : kWord, aligned);
  }
}

// Finishes and stores a run. One output after the other moves into the first place, so that there
// is one copy of the code of all activations.
template <int kRun, int N, class T>
__device__ __forceinline__ void finish_run(const ConvProblem<T>& p, float (&sums)[kRun][N],
                                           const RunPlace& place, int count, int64_t channel,
                                           bool aligned) {
#pragma unroll 1
  for (int r = 0; r < place.count; r++) {
    finish_channels(p, sums[0], count, place.position + r, channel, aligned);
#pragma unroll
    for (int next = 1; next < kRun; next++)
#pragma unroll
      for (int i = 0; i < N; i++) sums[next - 1][i] = sums[next][i];
  }
}

}  // namespace sx::cuda
