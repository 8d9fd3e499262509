// What the kernels of GridSample share: the parameters, and which elements of an axis make up the
// value at a coordinate, in double as the definition has it.
#pragma once
#include <cmath>

#include "both.h"
#include "kernel.h"

namespace sx {
namespace {

struct GridSample {
  enum Mode : int64_t { kNearest, kLinear, kCubic };        // Resize.Mode
  enum Padding : int64_t { kZeros, kBorder, kReflection };  // GridSample.Padding

  int64_t batch, channels, positions, axes;
  int64_t size[3];  // of x; 1 where there is no axis
  int64_t mode, padding, align_corners;

  int64_t plane() const { return size[0] * size[1] * size[2]; }
  int64_t taps() const { return mode == kNearest ? 1 : mode == kLinear ? 2 : 4; }
};

// The taps of an axis at a coordinate from -1 to 1.
class GridAxis {
 public:
  SX_BOTH GridAxis(const GridSample& p, double normalized, int64_t size) : p_(p), size_(size) {
    const double count = static_cast<double>(size);
    at_ = p.align_corners ? (normalized + 1) / 2 * (count - 1) : ((normalized + 1) * count - 1) / 2;
    first_ = p.mode == GridSample::kNearest ? rint(at_)
                                            : floor(at_) - (p.mode == GridSample::kLinear ? 0 : 1);
  }

  // The element that a tap falls on; -1 for a zero.
  SX_BOTH int64_t element(int tap) const {
    const double last = static_cast<double>(size_ - 1);
    double at = first_ + tap;
    if (p_.padding == GridSample::kBorder)
      at = at < 0 ? 0 : at > last ? last : at;
    else if (p_.padding == GridSample::kReflection)
      at = reflected(at, p_.align_corners ? 0 : -.5, p_.align_corners ? last : last + .5);
    return at >= 0 && at < last + 1 ? static_cast<int64_t>(at) : -1;
  }

  SX_BOTH double weight(int tap) const {
    const double distance = fabs(at_ - (first_ + tap));
    return p_.mode == GridSample::kNearest  ? 1
           : p_.mode == GridSample::kLinear ? 1 - distance
                                            : cubic(distance);
  }

 private:
  static SX_BOTH double reflected(double at, double low, double high) {
    const double range = high - low;
    if (range == 0) return low;
    const double distance = fabs(fmod(at - low, 2 * range));
    return low + (distance <= range ? distance : 2 * range - distance);
  }

  static SX_BOTH double cubic(double d) {
    constexpr double a = -.75;
    if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
    return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
  }

  const GridSample& p_;
  const int64_t size_;
  double at_, first_;
};

}  // namespace
}  // namespace sx
