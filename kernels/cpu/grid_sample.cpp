// grid_sample.f32: y[n, c, o] = x[n, c] at the point grid[n, o], blended from its neighbours.
// x is [batch, channels, input], grid is [batch, positions, axes], y is [batch, channels,
// positions]; up to three axes. A point's elements and weights are worked out once, in double as
// the definition has it, and serve all channels. Not yet measured. From ONNX's text.
#include "grid_sample.h"

namespace sx::SX_ISA {
namespace {

constexpr int kMostTaps = 4, kMostPoints = kMostTaps * kMostTaps * kMostTaps;

// The elements of a plane that make up the value at a point. What weighs nothing is left out, so
// that its NaN or infinity does not count.
struct Points {
  int count = 1;
  int64_t index[kMostPoints] = {};
  double weight[kMostPoints] = {1};

  // Multiplies by an axis, from the first to the last.
  void along(const GridAxis& axis, int64_t size, int64_t taps) {
    Points before = *this;
    count = 0;
    for (int i = 0; i < before.count; i++)
      for (int t = 0; t < taps; t++) {
        const int64_t element = axis.element(t);
        const double w = axis.weight(t);
        if (element < 0 || w == 0) continue;
        index[count] = before.index[i] * size + element;
        weight[count++] = before.weight[i] * w;
      }
  }
};

void grid_sample_f32(const Arguments& args) {
  const auto p = args.params_as<GridSample>();
  const int64_t plane = p.plane();
  args.parallel(
      p.batch * p.positions, std::max<int64_t>(1, (1 << 9) / std::max<int64_t>(1, p.channels)),
      [&](int64_t begin, int64_t end, int) {
        for (int64_t i = begin; i < end; i++) {
          const float* at = args.data<const float>(1) + i * p.axes;
          Points points;
          for (int64_t axis = 0; axis < p.axes; axis++)
            points.along(GridAxis(p, at[p.axes - 1 - axis], p.size[axis]), p.size[axis], p.taps());
          const int64_t n = i / p.positions;
          const float* x = args.data<const float>(0) + n * p.channels * plane;
          float* y = args.data<float>(2) + n * p.channels * p.positions + i % p.positions;
          for (int64_t c = 0; c < p.channels; c++, x += plane, y += p.positions) {
            double sum = 0;
            for (int k = 0; k < points.count; k++) sum += points.weight[k] * x[points.index[k]];
            *y = static_cast<float>(sum);
          }
        }
      });
}

SX_KERNEL("grid_sample.f32", grid_sample_f32);

}  // namespace
}  // namespace sx::SX_ISA
