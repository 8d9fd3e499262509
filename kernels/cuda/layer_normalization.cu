// layer_normalization.T: y[r, i] = (s[r, i] - mean) / sqrt(variance + epsilon) * scale[i] +
// shift[i] with s = x + skip + bias; without the mean for RMS. x, y, s are [rows, n] of float32,
// float16 or bfloat16; skip is [skip_rows, n], over and over; mean and inverse are float32; y may
// be x. Tensors: x, scale, those of shift, skip, bias that `flags` names, y, those of mean,
// inverse, s that it names. A row of up to 8192 is read once, into the registers of a warp or a
// block: 16 values a thread. Not yet measured on a GPU. The two passes over registers are those of
// Apex's and many others' layer norm; the exact mean is kernels/cpu's.
#include "cuda/layer_normalization.h"

namespace sx::cuda {
namespace {

struct Params {
  int64_t rows, n, skip_rows, flags;
  double epsilon;
};

enum Flag { kShift = 1, kSkip = 2, kBias = 4, kMean = 8, kInverse = 16, kSum = 32, kRms = 64 };

template <class T, int N, bool kHeld>
__global__ void __launch_bounds__(kRowThreads)
    layer_normalization_kernel(NormalizedRow<T> row, int64_t rows, int64_t n, int64_t skip_rows,
                               float epsilon, bool rms) {
  const int64_t r = row_index();
  if (r >= rows) return;
  row.x += r * n;
  row.y += r * n;
  if (row.skip) row.skip += r % skip_rows * n;
  if (row.s) row.s += r * n;
  if (row.mean) row.mean += r;
  if (row.inverse) row.inverse += r;
  normalize<N, kHeld>(row, n, epsilon, rms);
}

template <class T>
void layer_normalization(const Arguments& args) {
  const auto [rows, n, skip_rows, flags, epsilon] = args.params_as<Params>();
  size_t next = 0;
  const auto take = [&](bool there) { return there ? args.data<T>(next++) : nullptr; };
  NormalizedRow<T> row;
  row.x = take(true);
  row.scale = take(true);
  row.shift = take(flags & kShift);
  row.skip = take(flags & kSkip);
  row.bias = take(flags & kBias);
  row.y = take(true);
  if (flags & kMean) row.mean = args.data<float>(next++);
  if (flags & kInverse) row.inverse = args.data<float>(next++);
  row.s = take(flags & kSum);
  constexpr int kWord = 16 / sizeof(T);
  const bool words = n % kWord == 0 && row.aligned(), held = fits_registers(n);
  const auto kernel = words ? (held ? layer_normalization_kernel<T, kWord, true>
                                    : layer_normalization_kernel<T, kWord, false>)
                            : (held ? layer_normalization_kernel<T, 1, true>
                                    : layer_normalization_kernel<T, 1, false>);
  launch(args, kernel, row_grid(rows, n), row, rows, n, skip_rows, float(epsilon),
         bool(flags & kRms));
}

SX_KERNEL("layer_normalization.f32", layer_normalization<float>);
SX_KERNEL("layer_normalization.f16", layer_normalization<half>);
SX_KERNEL("layer_normalization.bf16", layer_normalization<bfloat16>);

}  // namespace
}  // namespace sx::cuda
