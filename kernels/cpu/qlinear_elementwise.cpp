// qlinear_add: y = saturate(round(((a - a_zero) * a_scale + (b - b_zero) * b_scale) / y_scale) +
// y_zero), all of one shape, each of int8 or uint8. qlinear_mean: y[o, i] = saturate(round(the mean
// over l of (x[o, l, i] - x_zero) * x_scale / y_scale) + y_zero). Idea: signed bytes become
// unsigned ones, 128 more, so that one loop does for both; the sums of a mean are integers.
#include "cpu/requantize.h"

namespace sx::SX_ISA {
namespace {

struct MeanParams {
  int64_t outer, length, inner;
};

// Tensors at, at + 1, at + 2: bytes, their scale and their zero point.
struct Scaled {
  const uint8_t* bytes;
  int32_t flip;
  int32_t zero;
  float scale;

  Scaled(const Arguments& args, size_t at)
      : bytes(args.data<const uint8_t>(at)),
        flip(sx::SX_ISA::flip(args, at)),
        zero(zero_point(args, at + 2, at) + flip),
        scale(*args.data<const float>(at + 1)) {}

  Ints centred(const uint8_t* x) const {
    return Ints(Ints::Raw(widen_bytes<kLanes>(x).raw ^ flip)) - zero;
  }
};

// Tensors: a, a_scale, a_zero, b, b_scale, b_zero, y_scale, y_zero, y.
void qlinear_add(const Arguments& args) {
  const Scaled a(args, 0), b(args, 3);
  const Requantize back(args, 7, 8);
  const Vector y_scale(*args.data<const float>(6));
  uint8_t* y = args.data<uint8_t>(8);
  args.parallel(args.size(8), 16384, [&](int64_t begin, int64_t end, int) {
    const auto add = [=](const uint8_t* a_at, const uint8_t* b_at, uint8_t* to) {
      const Vector sum = floats(a.centred(a_at)) * a.scale + floats(b.centred(b_at)) * b.scale;
      back.store(sum / y_scale, to);
    };
    int64_t i = begin;
    for (; i + kLanes <= end; i += kLanes) add(a.bytes + i, b.bytes + i, y + i);
    if (i < end) {
      uint8_t last[3][kLanes] = {};
      std::copy_n(a.bytes + i, end - i, last[0]);
      std::copy_n(b.bytes + i, end - i, last[1]);
      add(last[0], last[1], last[2]);
      std::copy_n(last[2], end - i, y + i);
    }
  });
}

// Tensors: x, x_scale, x_zero, y_scale, y_zero, y.
void qlinear_mean(const Arguments& args) {
  const auto p = args.params_as<MeanParams>();
  const Scaled x(args, 0);
  const Requantize back(args, 4, 5);
  const Vector factor(static_cast<float>(static_cast<double>(x.scale) /
                                         (*args.data<const float>(3) * double(p.length))));
  // kLanes means at a time of one o, or of as many o as there are lanes where there is but one i.
  const int64_t along = p.inner == 1 ? p.outer : p.inner, groups = (along + kLanes - 1) / kLanes;
  const int64_t rows = p.inner == 1 ? 1 : p.outer;
  const int64_t grain = std::max<int64_t>(1, 16384 / std::max<int64_t>(1, p.length * kLanes));
  args.parallel(rows * groups, grain, [&](int64_t begin, int64_t end, int) {
    for (int64_t i = begin; i < end; i++) {
      const int64_t o = i / groups, first = i % groups * kLanes;
      const int64_t count = std::min<int64_t>(kLanes, along - first);
      Ints sum(0);
      if (p.inner > 1 && count == kLanes) {
        const uint8_t* from = x.bytes + o * p.length * p.inner + first;
        for (int64_t l = 0; l < p.length; l++) sum += x.centred(from + l * p.inner);
      } else {
        const int64_t lane = p.inner == 1 ? p.length : 1;
        for (int64_t k = 0; k < count; k++) {
          const uint8_t* from = x.bytes + o * p.length * p.inner + (first + k) * lane;
          int32_t total = 0;
          for (int64_t l = 0; l < p.length; l++) total += (from[l * p.inner] ^ x.flip) - x.zero;
          sum.raw[k] = total;
        }
      }
      uint8_t means[kLanes];
      back.store(sum, factor, means);
      std::copy_n(means, count, args.data<uint8_t>(5) + o * along + first);
    }
  });
}

SX_KERNEL("qlinear_add", qlinear_add);
SX_KERNEL("qlinear_mean", qlinear_mean);

}  // namespace
}  // namespace sx::SX_ISA
