// roi_align.T: y[r, c, i, j] = the mean, or the largest, of bilinear samples of x[batches[r], c] in
// cell (i, j) of region r; T float32, float16 or bfloat16. x is [batch, channels, height, width],
// rois is [regions, 4], batches is [regions] of int64, y is [regions, channels, output_height,
// output_width]. Blocks share out the elements of a region; each works out the neighbours of
// samples along both axes first, in double, and keeps them in shared memory. What is wrong with a
// region is reported, and nothing is read for it. Not yet measured on a GPU. From ONNX's text.
#include "cuda/device/math.h"
#include "cuda/device/shared.h"
#include "cuda/move.h"
#include "roi_align.h"

namespace sx::cuda {
namespace {

constexpr int kThreads = 256;
constexpr int kElementsPerThread = 8;
constexpr int kKept = 256;

// An axis of a block's region, and its taps where they are not too many.
struct Samples {
  RoiAxis axis;
  RoiTap taps[kKept];

  // All threads share out the taps of the axis.
  __device__ void keep() {
    const int64_t count = axis.taps();
    for (int64_t i = threadIdx.x; i < count && count <= kKept; i += kThreads) taps[i] = axis.tap(i);
  }

  __device__ __forceinline__ RoiTap operator[](int64_t i) const {
    return axis.taps() <= kKept ? taps[i] : axis.tap(i);
  }
};

struct Shared {
  Samples rows, columns;
};

// Cell (i, j) of a plane.
template <bool kMax, class T>
__device__ __forceinline__ float pool(const T* x, int64_t width, const Samples& rows,
                                      const Samples& columns, int64_t i, int64_t j) {
  const int64_t down = rows.axis.count(), across = columns.axis.count();
  if (down == 0 || across == 0) return 0;
  double sum = 0;
  float largest = -kInfinity;
  for (int64_t s = 0; s < down; s++) {
    const RoiTap row = rows[i * down + s];
    float of_row = 0;
    for (int64_t t = 0; t < across; t++) {
      const RoiTap column = columns[j * across + t];
      if (row.is_nothing() || column.is_nothing()) {
        largest = max_or_nan(largest, 0.f);
        continue;
      }
      const T *low = x + row.low * width, *high = x + row.high * width;
      const float values[4] = {row.low_weight * column.low_weight * load_as(low[column.low]),
                               row.low_weight * column.high_weight * load_as(low[column.high]),
                               row.high_weight * column.low_weight * load_as(high[column.low]),
                               row.high_weight * column.high_weight * load_as(high[column.high])};
#pragma unroll
      for (int k = 0; k < 4; k++)
        if constexpr (kMax)
          largest = max_or_nan(largest, values[k]);
        else
          of_row += values[k];
    }
    sum += of_row;
  }
  return kMax ? largest : static_cast<float>(sum / static_cast<double>(down * across));
}

template <class T, bool kMax>
__global__ void __launch_bounds__(kThreads)
    roi_align_kernel(const T* x, const T* rois, const int64_t* batches, T* y, RoiAlign p,
                     Divisor by_cells, Divisor by_width, Reporter of_batch, Reporter of_samples) {
  auto& shared = shared_memory<Shared>();
  const int64_t region = blockIdx.x, batch = batches[region];
  const T* roi = rois + 4 * region;
  const RoiAxis height(p, load_as(roi[1]), load_as(roi[3]), p.output_height, p.height);
  const RoiAxis width(p, load_as(roi[0]), load_as(roi[2]), p.output_width, p.width);
  if (batch < 0 || batch >= p.batch) {
    if (threadIdx.x == 0) of_batch.report(Finding::kIndexOutside, batch, 0, p.batch);
    return;
  }
  const int64_t all = samples_of(height, width);
  if (all > kMostRoiSamples) {
    if (threadIdx.x == 0) of_samples.report(Finding::kOutsideRange, all, 0, kMostRoiSamples);
    return;
  }
  if (threadIdx.x == 0) {
    shared.rows.axis = height;
    shared.columns.axis = width;
  }
  __syncthreads();
  shared.rows.keep();
  shared.columns.keep();
  __syncthreads();
  const int64_t count = p.channels * p.cells();
  for (int64_t i = int64_t{blockIdx.y} * kThreads + threadIdx.x; i < count;
       i += int64_t{gridDim.y} * kThreads) {
    int64_t column = i;
    const int64_t channel = by_cells.divide(column), row = by_width.divide(column);
    const T* plane = x + (batch * p.channels + channel) * p.plane();
    y[region * count + i] =
        store_as<T>(pool<kMax>(plane, p.width, shared.rows, shared.columns, row, column));
  }
}

template <class T, bool kMax>
void run(const Arguments& args, const RoiAlign& p) {
  // One block at least: a region must be right where it has no channels, too.
  const int64_t blocks = p.channels * p.cells() / (kThreads * kElementsPerThread) + 1;
  Stream& stream = stream_of(args);
  launch(args, roi_align_kernel<T, kMax>,
         {.blocks = {blocks_for(p.regions, 1), uint32_t(blocks < 65535 ? blocks : 65535)},
          .threads = kThreads,
          .shared_bytes = sizeof(Shared)},
         args.data<const T>(0), args.data<const T>(1), args.data<const int64_t>(2), args.data<T>(3),
         p, Divisor(p.cells()), Divisor(p.output_width), stream.reporter("RoiAlign: batch "),
         stream.reporter("RoiAlign: samples of an element: "));
}

template <class T>
void roi_align(const Arguments& args) {
  const auto p = args.params_as<RoiAlign>();
  p.max ? run<T, true>(args, p) : run<T, false>(args, p);
}

SX_KERNEL("roi_align.f32", roi_align<float>);
SX_KERNEL("roi_align.f16", roi_align<half>);
SX_KERNEL("roi_align.bf16", roi_align<bfloat16>);

}  // namespace
}  // namespace sx::cuda
