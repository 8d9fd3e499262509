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

// What the sums of up to kMost filters start from, and what they are multiplied with.
template <int64_t kMost>
struct FilterScales {
  alignas(64) int32_t start[kMost];
  alignas(64) float factor[kMost];
};

// The scales of a convolution's filters. Each thread makes those of the panel it has come to, which
// is less work than to fetch them from the cache of another.
class FilterScaling {
 public:
  // Of tensors x, x_scale, x_zero, packed w (sums of the filters' weights first), w_scale, y_scale,
  // y_zero, bias.
  explicit FilterScaling(const Arguments& args)
      : x_zero_(uint32_t(zero_point(args, 2, 0) + flip(args, 0))),
        scale_(static_cast<double>(*args.data<const float>(1)) / *args.data<const float>(5)),
        sums_(args.data<const uint32_t>(3)),
        w_scale_(args.data<const float>(4)),
        one_(args.size(4) == 1),
        bias_(args.has(7) ? args.data<const uint32_t>(7) : nullptr) {}

  // Of `count` filters from `filter` on, whose sums of weights begin with the one at `packed`; then
  // zeros.
  template <int64_t kMost>
  void fill(int64_t filter, int64_t count, int64_t packed, FilterScales<kMost>& to) const {
    for (int64_t i = 0; i < count; i++)
      to.start[i] = int32_t((bias_ ? bias_[filter + i] : 0) - x_zero_ * sums_[packed + i]);
    for (int64_t i = 0; i < count; i++)
      to.factor[i] = float(scale_ * w_scale_[one_ ? 0 : filter + i]);
    std::fill(to.start + count, to.start + kMost, 0);
    std::fill(to.factor + count, to.factor + kMost, 0.0f);
  }

 private:
  uint32_t x_zero_;
  double scale_;
  const uint32_t* sums_;
  const float* w_scale_;
  bool one_;
  const uint32_t* bias_;
};

}  // namespace
}  // namespace sx::SX_ISA
