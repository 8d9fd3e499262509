// max_pool_blocked.f32 and average_pool_blocked.f32: the largest element and the mean of each
// window, channel by channel, of channels in blocks: x is [planes, input, 16], y is [planes,
// output, 16]; a NaN is larger than any number. Idea: both are separable; a row of the output
// combines rows of the input, vector by vector, and then the columns of that.
#include "cpu/blocks.h"
#include "cpu/pool.h"

namespace sx::SX_ISA {
namespace {

template <class Op>
class Pooler {
 public:
  Pooler(const PoolParams& p, const float* x, float* y, float* row)
      : g_(p.geometry), x_(x), y_(y), row_(row) {}

  // Row (i, j) of the output.
  void run(int64_t i, int64_t j) {
    combine_rows(i, j);
    const Axis axis = g_.axis(2);
    // Windows of columns [from, end) are inside.
    const int64_t from =
        std::clamp<int64_t>((axis.begin + axis.stride - 1) / axis.stride, 0, axis.output);
    const int64_t room = axis.input + axis.begin - axis.reach();
    const int64_t end = room < 0 ? from : std::clamp(room / axis.stride + 1, from, axis.output);
    float* const y = y_ + (i * g_.output[1] + j) * g_.output[2] * kBlock;
    const auto at_edge = [&](int64_t q) {
      const Taps taps(axis, q);
      combine_columns(q, taps.first, taps.last, y);
    };
    for (int64_t q = 0; q < from; q++) at_edge(q);
    for (int64_t q = from; q < end; q++) combine_columns(q, 0, axis.kernel, y);
    for (int64_t q = end; q < axis.output; q++) at_edge(q);
  }

 private:
  void combine_rows(int64_t i, int64_t j) {
    const Taps down(g_.axis(0), i), across(g_.axis(1), j);
    const int64_t i0 = i * g_.stride[0] - g_.begin[0], i1 = j * g_.stride[1] - g_.begin[1];
    const int64_t size = g_.input[2] * kBlock;
    bool started = false;
    for (int64_t t0 = down.first; t0 < down.last; t0++)
      for (int64_t t1 = across.first; t1 < across.last; t1++) {
        const int64_t at = (i0 + t0 * g_.dilation[0]) * g_.input[1] + i1 + t1 * g_.dilation[1];
        const float* x = x_ + at * size;
        if (!started) copy_run(x, size, row_);
        for (int64_t k = 0; started && k < size; k += kLanes)
          Op::combine(Vector::load(row_ + k), Vector::load(x + k)).store(row_ + k);
        started = true;
      }
    if (!started) std::fill_n(row_, size, Op::kStart);
  }

  void combine_columns(int64_t q, int64_t from, int64_t end, float* y) {
    const float* first = row_ + (q * g_.stride[2] - g_.begin[2]) * kBlock;
    for (int v = 0; v < kBlock; v += kLanes) {
      Vector a(Op::kStart);
      for (int64_t t = from; t < end; t++)
        a = Op::combine(a, Vector::load(first + t * g_.dilation[2] * kBlock + v));
      a.store(y + q * kBlock + v);
    }
  }

  const Geometry& g_;
  const float* const x_;
  float* const y_;
  float* const row_;
};

// finish(y, i, j) is given each row of the output.
template <class Op, class Finish>
void pool(const Arguments& args, const PoolParams& p, Finish&& finish) {
  const Geometry& g = p.geometry;
  const int64_t rows = g.output[0] * g.output[1];
  const int64_t work = rows * g.input[2] * kBlock * (g.kernel[0] * g.kernel[1] + g.kernel[2]);
  // Threads share the rows, as in other layers, and then the planes.
  const int64_t parts = std::min<int64_t>(args.pool().threads(), std::max<int64_t>(rows, 1));
  args.parallel(p.planes * parts, std::max<int64_t>(1, (1 << 15) / std::max<int64_t>(1, work)),
                [&](int64_t begin, int64_t end, int worker) {
                  float* row =
                      reinterpret_cast<float*>(args.scratch) + worker * g.input[2] * kBlock;
                  for (int64_t at = begin; at < end; at++) {
                    const int64_t plane = at % p.planes, part = at / p.planes;
                    float* y = args.data<float>(1) + plane * g.outputs() * kBlock;
                    for (int64_t r = part * rows / parts; r < (part + 1) * rows / parts; r++) {
                      const int64_t i = r / g.output[1], j = r % g.output[1];
                      Pooler<Op>(p, args.data<const float>(0) + plane * g.inputs() * kBlock, y, row)
                          .run(i, j);
                      finish(y + r * g.output[2] * kBlock, i, j);
                    }
                  }
                });
}

void max_pool_blocked_f32(const Arguments& args) {
  pool<Max>(args, args.params_as<PoolParams>(), [](float*, int64_t, int64_t) {});
}

void average_pool_blocked_f32(const Arguments& args) {
  const auto p = args.params_as<PoolParams>();
  pool<Sum>(args, p, [&](float* y, int64_t i, int64_t j) {
    const int64_t rows = mean_of(p, 0, i) * mean_of(p, 1, j);
    for (int64_t q = 0; q < p.geometry.output[2]; q++, y += kBlock) {
      const float count = static_cast<float>(rows * mean_of(p, 2, q));
      for (int c = 0; c < kBlock; c++) y[c] /= count;
    }
  });
}

SX_KERNEL("max_pool_blocked.f32", max_pool_blocked_f32);
SX_KERNEL("average_pool_blocked.f32", average_pool_blocked_f32);

}  // namespace
}  // namespace sx::SX_ISA
