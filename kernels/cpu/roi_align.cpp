// roi_align.f32: y[r, c, i, j] = the mean, or the largest, of bilinear samples of x[batches[r], c]
// in cell (i, j) of region r. x is [batch, channels, height, width], rois is [regions, 4], batches
// is [regions] of int64, y is [regions, channels, output_height, output_width]. The neighbours of
// samples along each axis are worked out once for a region and serve all its channels. Regions are
// checked before the first is sampled. Not yet measured. From ONNX's text; the samples are
// separable as in Detectron's kernel.
#include "roi_align.h"

namespace sx::SX_ISA {
namespace {

constexpr int64_t kKept = 128;

// The taps of an axis, kept where there are not too many.
class Samples {
 public:
  explicit Samples(const RoiAxis& axis)
      : count(axis.count()), axis_(axis), kept_(axis.taps() <= kKept) {
    for (int64_t i = 0; kept_ && i < axis.taps(); i++) taps_[i] = axis.tap(i);
  }

  RoiTap operator[](int64_t i) const { return kept_ ? taps_[i] : axis_.tap(i); }

  const int64_t count;  // in a cell

 private:
  const RoiAxis axis_;
  const bool kept_;
  RoiTap taps_[kKept];
};

RoiAxis rows_of(const RoiAlign& p, const float* roi) {
  return {p, roi[1], roi[3], p.output_height, p.height};
}
RoiAxis columns_of(const RoiAlign& p, const float* roi) {
  return {p, roi[0], roi[2], p.output_width, p.width};
}

void require(const RoiAlign& p, const float* rois, const int64_t* batches) {
  for (int64_t r = 0; r < p.regions; r++) {
    if (batches[r] < 0 || batches[r] >= p.batch)
      throw InvalidData("RoiAlign: batch index " + std::to_string(batches[r]) + " is outside [0, " +
                        std::to_string(p.batch) + ")");
    const int64_t samples = samples_of(rows_of(p, rois + 4 * r), columns_of(p, rois + 4 * r));
    if (samples > kMostRoiSamples)
      throw InvalidData("RoiAlign: samples of an element: " + std::to_string(samples) +
                        " is outside [0, " + std::to_string(kMostRoiSamples) + "]");
  }
}

float larger(float a, float b) { return a > b ? a : b; }

// Cell (i, j) of a plane.
template <bool kMax>
float pool(const float* x, int64_t width, const Samples& rows, const Samples& columns, int64_t i,
           int64_t j) {
  if (rows.count == 0 || columns.count == 0) return 0;
  double sum = 0;
  float largest = -HUGE_VALF;
  bool has_nan = false;  // which `larger` may drop; cheaper than to look at each
  for (int64_t s = 0; s < rows.count; s++) {
    const RoiTap row = rows[i * rows.count + s];
    for (int64_t t = 0; t < columns.count; t++) {
      const RoiTap column = columns[j * columns.count + t];
      float a = 0, b = 0, c = 0, d = 0;
      if (!row.is_nothing() && !column.is_nothing()) {
        const float *low = x + row.low * width, *high = x + row.high * width;
        a = row.low_weight * column.low_weight * low[column.low];
        b = row.low_weight * column.high_weight * low[column.high];
        c = row.high_weight * column.low_weight * high[column.low];
        d = row.high_weight * column.high_weight * high[column.high];
      }
      if constexpr (kMax) {
        largest = larger(largest, larger(larger(a, b), larger(c, d)));
        has_nan |= a != a || b != b || c != c || d != d;
      } else {
        sum += (a + b) + (c + d);
      }
    }
  }
  if (kMax) return has_nan ? NAN : largest;
  return static_cast<float>(sum / static_cast<double>(rows.count * columns.count));
}

void roi_align_f32(const Arguments& args) {
  const auto p = args.params_as<RoiAlign>();
  const float* rois = args.data<const float>(1);
  const int64_t* batches = args.data<const int64_t>(2);
  require(p, rois, batches);
  const auto function = p.max ? pool<true> : pool<false>;
  args.parallel(p.regions * p.channels, std::max<int64_t>(1, 2048 / p.cells()),
                [&](int64_t begin, int64_t end, int) {
                  while (begin < end) {
                    const int64_t r = begin / p.channels,
                                  next = std::min(end, (r + 1) * p.channels);
                    const Samples rows(rows_of(p, rois + 4 * r));
                    const Samples columns(columns_of(p, rois + 4 * r));
                    for (; begin < next; begin++) {
                      const float* x = args.data<const float>(0) +
                                       (batches[r] * p.channels + begin % p.channels) * p.plane();
                      float* y = args.data<float>(3) + begin * p.cells();
                      for (int64_t i = 0; i < p.output_height; i++)
                        for (int64_t j = 0; j < p.output_width; j++)
                          *y++ = function(x, p.width, rows, columns, i, j);
                    }
                  }
                });
}

SX_KERNEL("roi_align.f32", roi_align_f32);

}  // namespace
}  // namespace sx::SX_ISA
