// What the kernels of RoiAlign share: the parameters, and where the samples of a region lie, in
// double as the definition has it, since one step too far makes a sample nothing.
#pragma once
#include <cmath>

#include "both.h"
#include "kernel.h"

namespace sx {
namespace {

struct RoiAlign {
  int64_t batch, channels, height, width, regions, output_height, output_width;
  int64_t sampling_ratio, half_pixel, max;
  double spatial_scale;

  SX_BOTH int64_t plane() const { return height * width; }
  SX_BOTH int64_t cells() const { return output_height * output_width; }
};

constexpr int64_t kMostRoiSamples = 1 << 20;  // of an element, as RoiAlign.java has it

// The neighbours of a sample along an axis; below 0 where it is a zero.
struct RoiTap {
  int64_t low, high;
  float low_weight, high_weight;

  SX_BOTH bool is_nothing() const { return low < 0; }
};

// An axis of a region, cut into cells; its corners are `from` and `to`.
class RoiAxis {
 public:
  SX_BOTH RoiAxis(const RoiAlign& p, double from, double to, int64_t cells, int64_t size)
      : cells_(cells), size_(size) {
    const double shift = p.half_pixel ? .5 : 0;
    start_ = from * p.spatial_scale - shift;
    length_ = to * p.spatial_scale - shift - start_;
    if (!p.half_pixel && length_ < 1) length_ = 1;
    samples_ = p.sampling_ratio > 0 ? static_cast<double>(p.sampling_ratio)
                                    : ceil(length_ / static_cast<double>(cells));
    if (samples_ < 0) samples_ = 0;
  }

  // Samples of a cell, as the definition has them: not a number if the region is none.
  SX_BOTH double samples() const { return samples_; }

  // Of a cell and of all cells, for regions that samples_of lets pass.
  SX_BOTH int64_t count() const { return static_cast<int64_t>(samples_); }
  SX_BOTH int64_t taps() const { return cells_ * count(); }

  SX_BOTH RoiTap tap(int64_t i) const {
    const double last = static_cast<double>(size_ - 1);
    const double sample = static_cast<double>(i % count()), cell = static_cast<double>(i / count());
    double at = start_ + (cell + (sample + .5) / samples_) * length_ / static_cast<double>(cells_);
    // Up to one element outside counts as the border.
    if (size_ == 0 || !(at >= -1 && at <= last + 1)) return {-1, -1, 0, 0};
    at = at < 0 ? 0 : at > last ? last : at;
    const int64_t low = static_cast<int64_t>(at);
    const double high_weight = at - static_cast<double>(low);
    return {low, low + 1 < size_ ? low + 1 : low, static_cast<float>(1 - high_weight),
            static_cast<float>(high_weight)};
  }

 private:
  double start_, length_, samples_;
  int64_t cells_, size_;
};

// Samples of an element, for a message: no number at all is as many as can be.
SX_BOTH int64_t samples_of(const RoiAxis& rows, const RoiAxis& columns) {
  const double r = rows.samples(), c = columns.samples();
  const double most = r > 1 && c > 1 ? r * c : r > c ? r : c;
  return r == r && c == c && most < 0x1p62 ? static_cast<int64_t>(most) : INT64_MAX;
}

}  // namespace
}  // namespace sx
