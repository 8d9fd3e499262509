// grid_sample.f32: y[n, c, o] = x[n, c] at the point grid[n, o], blended from its neighbours.
// x is [batch, channels, input], grid is [batch, positions, axes], y is [batch, channels,
// positions]; up to three axes. A point's elements and weights are worked out once, in double as
// the definition has it, and serve all channels. Not yet measured. From ONNX's text.
#include <cmath>

#include "kernel.h"

namespace sx::SX_ISA {
namespace {

enum Mode : int64_t { kNearest, kLinear, kCubic };        // Resize.Mode
enum Padding : int64_t { kZeros, kBorder, kReflection };  // GridSample.Padding

struct Params {
  int64_t batch, channels, positions, axes;
  int64_t size[3];  // of x, as many as there are axes
  int64_t mode, padding, align_corners;
};

constexpr int kMostTaps = 4, kMostPoints = kMostTaps * kMostTaps * kMostTaps;

double reflected(double at, double low, double high) {
  const double range = high - low;
  if (range == 0) return low;
  const double distance = std::abs(std::fmod(at - low, 2 * range));
  return low + (distance <= range ? distance : 2 * range - distance);
}

// The element that stands for `at`, a whole number or NaN; -1 for a zero.
int64_t element(const Params& p, double at, int64_t size) {
  const double last = static_cast<double>(size - 1);
  if (p.padding == kBorder)
    at = at < 0 ? 0 : at > last ? last : at;
  else if (p.padding == kReflection)
    at = reflected(at, p.align_corners ? 0 : -.5, p.align_corners ? last : last + .5);
  return at >= 0 && at < static_cast<double>(size) ? static_cast<int64_t>(at) : -1;
}

double cubic(double distance) {
  constexpr double a = -.75;
  const double d = std::abs(distance);
  if (d <= 1) return ((a + 2) * d - (a + 3)) * d * d + 1;
  return d < 2 ? ((a * d - 5 * a) * d + 8 * a) * d - 4 * a : 0;
}

// The elements of a plane that make up the value at a point. What weighs nothing is left out, so
// that its NaN or infinity does not count.
struct Points {
  int count = 1;
  int64_t index[kMostPoints] = {};
  double weight[kMostPoints] = {1};

  // Multiplies by an axis, from the first to the last.
  void along(const Params& p, double normalized, int64_t size) {
    const double last = static_cast<double>(size - 1);
    const double at = p.align_corners ? (normalized + 1) / 2 * last
                                      : ((normalized + 1) * static_cast<double>(size) - 1) / 2;
    const int taps = p.mode == kNearest ? 1 : p.mode == kLinear ? 2 : 4;
    const double first = p.mode == kNearest ? std::nearbyint(at) : std::floor(at) - taps / 2 + 1;
    Points before = *this;
    count = 0;
    for (int i = 0; i < before.count; i++)
      for (int t = 0; t < taps; t++) {
        const double distance = at - (first + t);
        const double w = p.mode == kNearest  ? 1
                         : p.mode == kLinear ? 1 - std::abs(distance)
                                             : cubic(distance);
        const int64_t e = element(p, first + t, size);
        if (e < 0 || w == 0) continue;
        index[count] = before.index[i] * size + e;
        weight[count++] = before.weight[i] * w;
      }
  }
};

void grid_sample_f32(const Arguments& args) {
  const auto p = args.params_as<Params>();
  int64_t plane = 1;
  for (int64_t i = 0; i < p.axes; i++) plane *= p.size[i];
  args.parallel(p.batch * p.positions,
                std::max<int64_t>(1, (1 << 9) / std::max<int64_t>(1, p.channels)),
                [&](int64_t begin, int64_t end, int) {
                  for (int64_t i = begin; i < end; i++) {
                    const float* at = args.data<const float>(1) + i * p.axes;
                    Points points;
                    for (int64_t axis = 0; axis < p.axes; axis++)
                      points.along(p, at[p.axes - 1 - axis], p.size[axis]);
                    const int64_t n = i / p.positions;
                    const float* x = args.data<const float>(0) + n * p.channels * plane;
                    float* y = args.data<float>(2) + n * p.channels * p.positions + i % p.positions;
                    for (int64_t c = 0; c < p.channels; c++, x += plane, y += p.positions) {
                      double sum = 0;
                      for (int k = 0; k < points.count; k++)
                        sum += points.weight[k] * x[points.index[k]];
                      *y = static_cast<float>(sum);
                    }
                  }
                });
}

SX_KERNEL("grid_sample.f32", grid_sample_f32);

}  // namespace
}  // namespace sx::SX_ISA
