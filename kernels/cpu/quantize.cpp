// quantize.TYPE: y = saturate(round(x / scale) + zero), halves to even, NaN to the smallest number;
// dequantize.TYPE: y = (x - zero) * scale, rounded once; dynamic_quantize.f32: by x's own range.
// x and y are [outer, length, inner]; scale and the optional zero are [length].
// The quotient is clamped before it is rounded: adding and subtracting 1.5 * 2^23 then rounds it.
// Floats order as integers do once the negative ones are flipped, and those reduce in vectors.
#include <algorithm>
#include <bit>
#include <limits>

#include "cpu/requantize.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t length, inner;
};

constexpr int64_t kGrain = 16384;

template <class T>
T quantized(float quotient, float zero) {
  constexpr float kRounder = 0x1.8p23f;
  const float smallest = float(std::numeric_limits<T>::min()) - zero;
  const float largest = float(std::numeric_limits<T>::max()) - zero;
  float v = quotient >= smallest ? quotient : smallest;
  v = v < largest ? v : largest;
  return static_cast<T>(static_cast<int32_t>((v + kRounder) - kRounder + zero));
}

// Calls one(from, to, index) on stretches of elements with one scale, or each(from, to, index) on
// stretches where the scale goes along, from `index` on.
template <class One, class Each>
void walk(const Arguments& args, One&& one, Each&& each) {
  const auto [length, inner] = args.params_as<Params>();
  args.parallel(args.size(0), kGrain, [&](int64_t begin, int64_t end, int) {
    for (int64_t i = begin, stop; i < end; i = stop) {
      const int64_t index = i / inner % length;
      if (inner == 1 && length > 1) {
        stop = std::min(end, i + length - index);
        each(i, stop, index);
      } else {
        stop = std::min(end, i - i % inner + inner);
        one(i, stop, index);
      }
    }
  });
}

template <class T>
void quantize(const Arguments& args) {
  const float* x = args.data<const float>(0);
  const float* scale = args.data<const float>(1);
  const T* zero = args.has(2) ? args.data<const T>(2) : nullptr;
  T* y = args.data<T>(3);
  walk(
      args,
      [&](int64_t from, int64_t to, int64_t index) {
        const float s = scale[index];
        const float z = zero ? float(zero[index]) : 0.f;
        int64_t i = from;
        if constexpr (sizeof(T) == 1) {
          const Requantize back(std::numeric_limits<T>::min(), int32_t(z));
          for (; i + kLanes <= to; i += kLanes)
            back.store(Vector::load(x + i) / s, reinterpret_cast<uint8_t*>(y + i));
        }
#pragma GCC ivdep
        for (; i < to; i++) y[i] = quantized<T>(x[i] / s, z);
      },
      [&](int64_t from, int64_t to, int64_t index) {
        const float* s = scale + index - from;
        if (zero) {
          const T* z = zero + index - from;
#pragma GCC ivdep
          for (int64_t i = from; i < to; i++) y[i] = quantized<T>(x[i] / s[i], float(z[i]));
        } else {
#pragma GCC ivdep
          for (int64_t i = from; i < to; i++) y[i] = quantized<T>(x[i] / s[i], 0.f);
        }
      });
}

// Differences of narrow integers are exact in float, those of int32 only in double.
template <class T>
void dequantize(const Arguments& args) {
  using Wide = std::conditional_t<sizeof(T) < 4, float, double>;
  const T* x = args.data<const T>(0);
  const float* scale = args.data<const float>(1);
  const T* zero = args.has(2) ? args.data<const T>(2) : nullptr;
  float* y = args.data<float>(3);
  walk(
      args,
      [&](int64_t from, int64_t to, int64_t index) {
        const Wide s = scale[index];
        const Wide z = zero ? Wide(zero[index]) : Wide(0);
#pragma GCC ivdep
        for (int64_t i = from; i < to; i++) y[i] = float((Wide(x[i]) - z) * s);
      },
      [&](int64_t from, int64_t to, int64_t index) {
        const float* s = scale + index - from;
        if (zero) {
          const T* z = zero + index - from;
#pragma GCC ivdep
          for (int64_t i = from; i < to; i++) y[i] = float((Wide(x[i]) - Wide(z[i])) * Wide(s[i]));
        } else {
#pragma GCC ivdep
          for (int64_t i = from; i < to; i++) y[i] = float(Wide(x[i]) * Wide(s[i]));
        }
      });
}

// Orders floats as integers: -NaN < -inf < … < -0 < 0 < … < inf < NaN. Its own inverse.
inline int32_t flipped(int32_t bits) { return bits ^ (bits >> 31 & 0x7fffffff); }

struct alignas(64) Range {
  int32_t smallest = 0, largest = 0;  // 0 belongs to every range

  void add(const Range& other) {
    smallest = std::min(smallest, other.smallest);
    largest = std::max(largest, other.largest);
  }
};

Range range_of(const float* x, int64_t n) {
  int32_t smallest = 0, largest = 0;
  for (int64_t i = 0; i < n; i++) {
    const int32_t order = flipped(std::bit_cast<int32_t>(x[i]));
    smallest = std::min(smallest, order);
    largest = std::max(largest, order);
  }
  return {smallest, largest};
}

// Apart from its caller: stores of bytes might change the variables that a lambda refers to.
void quantize_run(const float* x, uint8_t* y, int64_t n, float scale, float zero) {
#pragma GCC ivdep
  for (int64_t i = 0; i < n; i++) y[i] = quantized<uint8_t>(x[i] / scale, zero);
}

void dynamic_quantize(const Arguments& args) {
  const float* x = args.data<const float>(0);
  uint8_t* y = args.data<uint8_t>(1);
  Range* ranges = reinterpret_cast<Range*>(args.scratch);  // one for each thread
  std::fill_n(ranges, args.pool().threads(), Range());
  args.parallel(args.size(0), kGrain, [&](int64_t begin, int64_t end, int worker) {
    ranges[worker].add(range_of(x + begin, end - begin));
  });
  Range all;
  for (int i = 0; i < args.pool().threads(); i++) all.add(ranges[i]);

  // A NaN lies outside the infinities, and makes the scale NaN.
  const float min = std::bit_cast<float>(flipped(all.smallest));
  const float max = std::bit_cast<float>(flipped(all.largest));
  const float scale = max == min ? 1 : (max - min) / 255;
  const uint8_t zero = quantized<uint8_t>(-min / scale, 0);
  args.parallel(args.size(0), kGrain, [&](int64_t begin, int64_t end, int) {
    quantize_run(x + begin, y + begin, end - begin, scale, zero);
  });
  if (args.has(2)) *args.data<float>(2) = scale;
  if (args.has(3)) *args.data<uint8_t>(3) = zero;
}

SX_KERNEL("quantize.u8", quantize<uint8_t>);
SX_KERNEL("quantize.i8", quantize<int8_t>);
SX_KERNEL("quantize.u16", quantize<uint16_t>);
SX_KERNEL("quantize.i16", quantize<int16_t>);
SX_KERNEL("dequantize.u8", dequantize<uint8_t>);
SX_KERNEL("dequantize.i8", dequantize<int8_t>);
SX_KERNEL("dequantize.u16", dequantize<uint16_t>);
SX_KERNEL("dequantize.i16", dequantize<int16_t>);
SX_KERNEL("dequantize.i32", dequantize<int32_t>);
SX_KERNEL("dynamic_quantize.f32", dynamic_quantize);

}  // namespace
}  // namespace sx::SX_ISA
