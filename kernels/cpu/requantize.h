// Sums of products of bytes back to bytes: y = saturate(round(sum * factor) + zero), halves to
// even.
#pragma once
#include <stdexcept>

#include "cpu/blocks.h"
#include "cpu/simd/bytes.h"
#include "cpu/simd/quads.h"

namespace sx::SX_ISA {
namespace {

constexpr int32_t kInt8 = 3;  // ONNX's numbers
constexpr int32_t kUint8 = 2;

// Whether tensor i's bytes are signed.
inline bool is_signed(const Arguments& args, size_t i) {
  const int32_t dtype = args.tensors[i].dtype;
  if (dtype != kInt8 && dtype != kUint8)
    throw std::invalid_argument("quantized: expected int8 or uint8");
  return dtype == kInt8;
}

// The zero point in tensor `zero` of bytes like tensor i's; 0 if it is absent.
inline int32_t zero_point(const Arguments& args, size_t zero, size_t i) {
  if (!args.has(zero)) return 0;
  return is_signed(args, i) ? *args.data<const int8_t>(zero) : *args.data<const uint8_t>(zero);
}

// What bytes of x are combined with so that signed ones become unsigned, 128 more.
inline uint8_t flip(const Arguments& args, size_t i) { return is_signed(args, i) ? 0x80 : 0; }

inline Vector floats(Ints v) { return Vector(__builtin_convertvector(v.raw, Vector::Raw)); }

// The last step of a kernel of vectors. To be copied by whoever stores bytes, which might lie
// anywhere.
struct Requantize {
  static constexpr float kRounder = 0x1.8p23f;  // adding it rounds to integers, in the low bits
  Vector low, high;                             // with kRounder, before zero is added
  Ints zero;

  // Into bytes from `lowest` on.
  Requantize(int32_t lowest, int32_t zero)
      : low(kRounder + float(lowest - zero)), high(low + 255.0f), zero(zero) {}
  // Into tensor y, whose zero point is in tensor `zero_at`.
  Requantize(const Arguments& args, size_t zero_at, size_t y)
      : Requantize(is_signed(args, y) ? -128 : 0, zero_point(args, zero_at, y)) {}

  // Stores bytes of numbers that kRounder, whose low byte is 0, has been added to; NaN as the
  // least.
  void store_rounded(Vector value, uint8_t* y) const {
    store_bytes(Ints(Ints::Raw(min(high, max(value, low)).raw)) + zero, y);
  }
  void store(Vector value, uint8_t* y) const { store_rounded(value + kRounder, y); }
  void store(Ints sum, Vector factor, uint8_t* y) const {
    store_rounded(fma(floats(sum), factor, Vector(kRounder)), y);
  }
};

// A convolution's filters: from the bias to start sums from, what to multiply sums with.
struct FilterScales {
  int32_t* start;
  float* factor;

  // Fills `start` and `factor` for `filters` filters, those up to `padded` with zeros. Tensors from
  // `first` on: x, x_scale, x_zero, packed w (sums of the filters' weights first), w_scale,
  // y_scale, y_zero, bias.
  void fill(const Arguments& args, int64_t group, int64_t filters, int64_t padded) const {
    const int32_t* sums = args.data<const int32_t>(3);
    const int32_t x_zero = zero_point(args, 2, 0) + flip(args, 0);
    const double scale =
        static_cast<double>(*args.data<const float>(1)) / *args.data<const float>(5);
    const float* w_scale = args.data<const float>(4);
    const bool one = args.size(4) == 1;
    for (int64_t g = 0; g < group; g++)
      for (int64_t f = 0; f < padded; f++) {
        const int64_t to = g * padded + f, from = g * filters + f;
        const bool there = f < filters;
        const uint32_t bias = there && args.has(7) ? args.data<const uint32_t>(7)[from] : 0;
        start[to] = int32_t(bias - uint32_t(x_zero) * uint32_t(sums[to]));
        factor[to] = there ? float(scale * w_scale[one ? 0 : from]) : 0.0f;
      }
  }
};

}  // namespace
}  // namespace sx::SX_ISA
