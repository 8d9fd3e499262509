// max_pool.f32 and average_pool.f32: the largest element and the mean of each window;
// max_pool_indices.f32 also says where the largest lies, for which it goes through every window.
// x is [planes, input], y is [planes, output]; a NaN is larger than any number.
// Axis by axis, since both are separable: along rows first, from a plane laid out as window.h says,
// then whole rows are combined along the other axes, as far as they lie inside: kernel[0] +
// kernel[1] + kernel[2] steps, not their product.
#include "cpu/pool.h"

namespace sx::SX_ISA {
namespace {

// Combines the rows that position o of an axis meets; they are `step` floats apart, for one step of
// the axis.
template <class Op>
void combine_rows(const float* rows, int64_t step, const Axis& axis, int64_t o, int64_t width,
                  float* to) {
  const Taps taps(axis, o);
  const float* first = rows + (o * axis.stride - axis.begin) * step;
  for (int64_t q = 0; q < width; q += kLanes) {
    Vector a(Op::kStart);
    for (int64_t t = taps.first; t < taps.last; t++)
      a = Op::combine(a, Vector::load(first + t * axis.dilation * step + q));
    a.store_first(to + q, width - q);
  }
}

// What a launch needs for each plane. Scratch for each thread: the layout, rows reduced, and rows
// reduced twice.
template <class Op>
class Pooler {
 public:
  Pooler(const PoolParams& p, const Arguments& args)
      : p_(p),
        across_(p.geometry.axis(1)),
        down_(p.geometry.axis(0)),
        tile_(rows_only(p.geometry), p.geometry.input[0] * p.geometry.input[1],
              p.geometry.output[2], false),
        width_(round_up(p.geometry.output[2], kLine)) {
    const Geometry& g = p_.geometry;
    const int64_t layout = round_up(tile_.plane + kSlack, kLine),
                  rows = g.input[0] * g.input[1] * width_;
    offset_ = reinterpret_cast<int32_t*>(args.scratch);
    scratch_ = reinterpret_cast<float*>(args.scratch) + round_up(g.kernel[2], kLine);
    stride_ = layout + rows + g.input[0] * g.output[1] * width_;
    layout_ = layout;
    tile_.taps(offset_);
  }

  void run(const float* x, float* y, int worker) const {
    const Geometry& g = p_.geometry;
    float* laid_out = scratch_ + worker * stride_;
    float* rows = laid_out + layout_;
    float* reduced = rows + g.input[0] * g.input[1] * width_;
    tile_.load(x, 0, 0, laid_out, Op::kStart);
    for (int64_t r = 0; r < g.input[0] * g.input[1]; r++)
      for (int64_t q = 0; q < g.output[2]; q += kLanes) {
        Vector a(Op::kStart);
        for (int64_t t = 0; t < g.kernel[2]; t++)
          a = Op::combine(a, Vector::load(laid_out + offset_[t] + r * tile_.length[2] + q));
        a.store(rows + r * width_ + q);
      }
    if (across_.kernel == 1 && across_.stride == 1 && across_.begin == 0)
      reduced = rows;
    else
      for (int64_t i = 0; i < g.input[0]; i++)
        for (int64_t o = 0; o < g.output[1]; o++)
          combine_rows<Op>(rows + i * g.input[1] * width_, width_, across_, o, width_,
                           reduced + (i * g.output[1] + o) * width_);
    for (int64_t o = 0; o < g.output[0]; o++)
      for (int64_t j = 0; j < g.output[1]; j++, y += g.output[2])
        combine_rows<Op>(reduced + j * width_, g.output[1] * width_, down_, o, g.output[2], y);
  }

 private:
  // All rows of a plane as one axis.
  static Geometry rows_only(const Geometry& g) {
    const int64_t rows = g.input[0] * g.input[1];
    return {{rows, 1, g.input[2]}, {rows, 1, g.output[2]}, {1, 1, g.kernel[2]},
            {1, 1, g.stride[2]},   {1, 1, g.dilation[2]},  {0, 0, g.begin[2]}};
  }

  const PoolParams& p_;
  Axis across_, down_;
  Tile tile_;
  int64_t width_, layout_, stride_;
  int32_t* offset_;
  float* scratch_;
};

template <class Op, class Finish>
void pool(const Arguments& args, const PoolParams& p, Finish&& finish) {
  const Geometry& g = p.geometry;
  const Pooler<Op> pooler(p, args);
  const int64_t work = g.inputs() * (g.kernel[0] + g.kernel[1] + g.kernel[2]);
  args.parallel(p.planes, std::max<int64_t>(1, (1 << 15) / std::max<int64_t>(1, work)),
                [&](int64_t begin, int64_t end, int worker) {
                  for (int64_t i = begin; i < end; i++) {
                    float* y = args.data<float>(1) + i * g.outputs();
                    pooler.run(args.data<const float>(0) + i * g.inputs(), y, worker);
                    finish(y);
                  }
                });
}

void max_pool_f32(const Arguments& args) {
  pool<Max>(args, args.params_as<PoolParams>(), [](float*) {});
}

void average_pool_f32(const Arguments& args) {
  const auto p = args.params_as<PoolParams>();
  const Geometry& g = p.geometry;
  pool<Sum>(args, p, [&](float* y) {
    for (int64_t i = 0; i < g.output[0]; i++)
      for (int64_t j = 0; j < g.output[1]; j++, y += g.output[2]) {
        const int64_t rows = mean_of(p, 0, i) * mean_of(p, 1, j);
        for (int64_t q = 0; q < g.output[2]; q++)
          y[q] /= static_cast<float>(rows * mean_of(p, 2, q));
      }
  });
}

struct IndicesParams {
  int64_t planes;
  Geometry geometry;
  int64_t end[3];
  int64_t column_major;  // 1: the first spatial axis counts fastest
};

void max_pool_indices_f32(const Arguments& args) {
  const auto p = args.params_as<IndicesParams>();
  const Geometry& g = p.geometry;
  const Axis axes[] = {g.axis(0), g.axis(1), g.axis(2)};
  const auto at = [&](const Axis& axis, int64_t o, int64_t t) {
    return o * axis.stride - axis.begin + t * axis.dilation;
  };
  args.parallel(p.planes * g.outputs(), 1 << 8, [&](int64_t begin, int64_t end, int) {
    for (int64_t to = begin; to < end; to++) {
      const int64_t plane = to / g.outputs(), o = to % g.outputs();
      const int64_t o2 = o % g.output[2], o1 = o / g.output[2] % g.output[1],
                    o0 = o / g.output[2] / g.output[1];
      const Taps taps[] = {{axes[0], o0}, {axes[1], o1}, {axes[2], o2}};
      const float* x = args.data<const float>(0) + plane * g.inputs();
      float best = -INFINITY;
      int64_t index = -1;
      for (int64_t t0 = taps[0].first; t0 < taps[0].last; t0++)
        for (int64_t t1 = taps[1].first; t1 < taps[1].last; t1++)
          for (int64_t t2 = taps[2].first; t2 < taps[2].last; t2++) {
            const int64_t i = at(axes[0], o0, t0), j = at(axes[1], o1, t1), k = at(axes[2], o2, t2);
            const float v = x[(i * g.input[1] + j) * g.input[2] + k];
            if (index >= 0 && !(v > best || (v != v && best == best))) continue;
            best = v;
            index = p.column_major ? (k * g.input[1] + j) * g.input[0] + i
                                   : (i * g.input[1] + j) * g.input[2] + k;
          }
      args.data<float>(1)[to] = best;
      args.data<int64_t>(2)[to] = index < 0 ? -1 : plane * g.inputs() + index;
    }
  });
}

SX_KERNEL("max_pool.f32", max_pool_f32);
SX_KERNEL("max_pool_indices.f32", max_pool_indices_f32);
SX_KERNEL("average_pool.f32", average_pool_f32);

}  // namespace
}  // namespace sx::SX_ISA
