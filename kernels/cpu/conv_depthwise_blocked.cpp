// conv_depthwise_blocked.f32: conv_blocked.f32 where each channel has one filter of its own. x is
// [batch, group / 16, input, 16], y and z are [batch, group / 16, output, 16]; w comes from
// conv_depthwise_blocked.pack.f32: [group / 16, taps, 16]. Idea: a vector is 16 channels, and a
// tile eight positions side by side, or below each other at the left and right edge of an image, so
// that all of a tile meet the same taps; nothing is copied. Zhang et al., arXiv 1809.10170, in
// blocks.
#include "cpu/epilogue.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t batch, group, channels, filters;  // the last two are 1
  Geometry geometry;
  int64_t add_last;  // 1: y = f(...) + z
  Activation activation;
};

struct PackParams {
  int64_t group, taps;
};

void pack(const Arguments& args) {
  const auto p = args.params_as<PackParams>();
  const float* w = args.data<const float>(0);
  float* to = args.data<float>(1);
  for (int64_t b = 0; b < p.group; b += kBlock)
    for (int64_t t = 0; t < p.taps; t++)
      for (int64_t c = b; c < b + kBlock; c++) *to++ = c < p.group ? w[c * p.taps + t] : 0.0f;
}

void unpack(const Arguments& args) {
  const auto p = args.params_as<PackParams>();
  const float* packed = args.data<const float>(0);
  float* to = args.data<float>(1);
  for (int64_t c = 0; c < p.group; c++)
    for (int64_t t = 0; t < p.taps; t++)
      to[c * p.taps + t] = packed[(c / kBlock * p.taps + t) * kBlock + c % kBlock];
}

constexpr int kTile = 8;  // positions: as many sums as hide the latency of an addition
constexpr int kVectors = kBlock / kLanes;

struct Tap {
  int32_t x, w;  // floats from the first position's, and from the block's first weight
};

// What a tile needs; positions are x_step and y_step floats apart.
struct Sums {
  const float *x, *w, *bias, *z;
  float* y;
  int64_t x_step, y_step;
  const Tap* taps;
  int64_t tap_count;
  float low, high;
};

template <int kCount>
void sum_tile(const Sums& t) {
  for (int v = 0; v < kVectors; v++) {
    const int at = v * kLanes;
    Vector sum[kCount];
#pragma GCC unroll 8
    for (int p = 0; p < kCount; p++) sum[p] = Vector::load(t.bias + at);
    if (t.z)
#pragma GCC unroll 8
      for (int p = 0; p < kCount; p++) sum[p] += Vector::load(t.z + p * t.y_step + at);
    for (const Tap *tap = t.taps, *end = tap + t.tap_count; tap != end; tap++) {
      const Vector w = Vector::load(t.w + tap->w + at);
      const float* x = t.x + tap->x + at;
#pragma GCC unroll 8
      for (int p = 0; p < kCount; p++) sum[p] += Vector::load(x + p * t.x_step) * w;
    }
#pragma GCC unroll 8
    for (int p = 0; p < kCount; p++)
      min(Vector(t.high), max(Vector(t.low), sum[p])).store(t.y + p * t.y_step + at);
  }
}

void sum_tile(int64_t count, const Sums& t) {
  static constexpr void (*kVariants[kTile])(const Sums&) = {sum_tile<1>, sum_tile<2>, sum_tile<3>,
                                                            sum_tile<4>, sum_tile<5>, sum_tile<6>,
                                                            sum_tile<7>, sum_tile<8>};
  kVariants[count - 1](t);
}

// One block of channels of one image.
class Plane {
 public:
  Plane(const Params& p, const Arguments& args, int64_t i, const float* bias, Tap* taps)
      : g_(p.geometry),
        epilogue_(p.activation, args.has(3), p.add_last),
        taps_(taps),
        x_(args.data<const float>(0) + i * g_.inputs() * kBlock),
        z_(args.has(3) ? args.data<const float>(3) + i * g_.outputs() * kBlock : nullptr),
        y_(args.data<float>(4) + i * g_.outputs() * kBlock) {
    const int64_t block = i % ((p.group + kBlock - 1) / kBlock);
    sums_.w = args.data<const float>(1) + block * g_.taps() * kBlock;
    sums_.bias = bias + block * kBlock;
    sums_.low = epilogue_.low;
    sums_.high = epilogue_.high;
    sums_.taps = taps;
  }

  // Rows [first, last) of all o0 x o1 rows.
  void run(int64_t first, int64_t last) {
    for (int64_t row = first; row < last;) {
      // Rows that meet the same taps, as those in the middle of an image do, are done together.
      const Taps top(g_.axis(0), row / g_.output[1]), middle(g_.axis(1), row % g_.output[1]);
      int64_t rows = 1;
      while (g_.output[1] == 1 && row + rows < last && rows < kTile &&
             Taps(g_.axis(0), row + rows) == top)
        rows++;
      run_rows(row, rows, top, middle);
      row += rows;
    }
  }

 private:
  void run_rows(int64_t row, int64_t rows, const Taps& top, const Taps& middle) {
    const int64_t columns = g_.output[2];
    for (int64_t q = 0; q < columns;) {
      const Taps side(g_.axis(2), q);
      int64_t count = 1;
      while (q + count < columns && Taps(g_.axis(2), q + count) == side) count++;
      find_taps(top, middle, side);
      if (count >= kTile / 2 || rows == 1) {
        for (int64_t r = 0; r < rows; r++)
          for (int64_t done = 0; done < count;) {
            const int64_t left = count - done, tiles = (left + kTile - 1) / kTile;
            const int64_t n = (left + tiles - 1) / tiles;
            run_tile(row + r, q + done, n, g_.stride[2] * kBlock, kBlock);
            done += n;
          }
      } else {  // below each other
        for (int64_t i = 0; i < count; i++)
          run_tile(row, q + i, rows, g_.stride[0] * g_.input[1] * g_.input[2] * kBlock,
                   columns * kBlock);
      }
      q += count;
    }
  }

  void find_taps(const Taps& top, const Taps& middle, const Taps& side) {
    Tap* to = taps_;
    for (int64_t t0 = top.first; t0 < top.last; t0++)
      for (int64_t t1 = middle.first; t1 < middle.last; t1++)
        for (int64_t t2 = side.first; t2 < side.last; t2++)
          *to++ = {
              int32_t(((t0 * g_.dilation[0] * g_.input[1] + t1 * g_.dilation[1]) * g_.input[2] +
                       t2 * g_.dilation[2]) *
                      kBlock),
              int32_t(((t0 * g_.kernel[1] + t1) * g_.kernel[2] + t2) * kBlock)};
    sums_.tap_count = to - taps_;
  }

  void run_tile(int64_t row, int64_t q, int64_t count, int64_t x_step, int64_t y_step) {
    const int64_t i0 = row / g_.output[1] * g_.stride[0] - g_.begin[0],
                  i1 = row % g_.output[1] * g_.stride[1] - g_.begin[1],
                  i2 = q * g_.stride[2] - g_.begin[2];
    const int64_t at = (row * g_.output[2] + q) * kBlock;
    sums_.x = x_ + ((i0 * g_.input[1] + i1) * g_.input[2] + i2) * kBlock;
    sums_.y = y_ + at;
    sums_.z = epilogue_.z_first ? z_ + at : nullptr;
    sums_.x_step = x_step;
    sums_.y_step = y_step;
    sum_tile(count, sums_);
    if (epilogue_.is_done_in_registers()) return;
    for (int64_t p = 0; p < count; p++)
      epilogue_.finish(y_ + at + p * y_step, z_ + at + p * y_step, kBlock);
  }

  const Geometry& g_;
  const Epilogue epilogue_;
  Tap* const taps_;
  const float* const x_;
  const float* const z_;
  float* const y_;
  Sums sums_;
};

void conv_depthwise_blocked_f32(const Arguments& args) {
  const auto p = args.params_as<Params>();
  const Geometry& g = p.geometry;
  const int64_t blocks = (p.group + kBlock - 1) / kBlock, rows = g.output[0] * g.output[1];
  if (p.batch * blocks * rows * g.output[2] == 0) return;
  auto* bias = reinterpret_cast<float*>(args.scratch);
  for (int64_t c = 0; c < blocks * kBlock; c++)
    bias[c] = args.has(2) && c < p.group ? args.data<const float>(2)[c] : 0.0f;
  auto* taps = reinterpret_cast<Tap*>(bias + blocks * kBlock);
  const int64_t each = round_up(2 * g.taps(), kLine) / 2;
  // Threads share the rows, as in other layers, and then the blocks.
  const int64_t threads = args.pool().threads(), planes = p.batch * blocks;
  const int64_t parts = std::clamp<int64_t>(threads, 1, (rows + kTile - 1) / kTile);
  const int64_t work = rows * g.output[2] * g.taps() * kBlock / parts;
  args.parallel(planes * parts, std::max<int64_t>(1, (1 << 17) / std::max<int64_t>(1, work)),
                [&](int64_t begin, int64_t end, int worker) {
                  for (int64_t i = begin; i < end; i++) {
                    const int64_t part = i / planes;
                    Plane(p, args, i % planes, bias, taps + worker * each)
                        .run(part * rows / parts, (part + 1) * rows / parts);
                  }
                });
}

SX_KERNEL("conv_depthwise_blocked.pack.f32", pack);
SX_KERNEL("conv_depthwise_blocked.unpack.f32", unpack);
SX_KERNEL("conv_depthwise_blocked.f32", conv_depthwise_blocked_f32);

}  // namespace
}  // namespace sx::SX_ISA
