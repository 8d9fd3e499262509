// The shapes of a window that slides over three axes, and rows of the input as it meets them: what
// convolutions, their gradients and poolings share.
//
// Along each axis, position o and tap t meet input element o * stride - begin + t * dilation.
#pragma once
#include <algorithm>
#include <cstdint>
#include <type_traits>

#include "cpu/simd/vec.h"
#include "kernel.h"

namespace sx::SX_ISA {
namespace {

using Vector = Vec<float>;
constexpr int kLanes = Vector::kLanes;
constexpr int kLine = 16;  // floats of a cache line

inline int64_t round_up(int64_t n, int64_t to) { return (n + to - 1) / to * to; }

struct Axis {
  int64_t input, output, kernel, stride, dilation, begin;

  int64_t reach() const { return (kernel - 1) * dilation + 1; }
  int64_t phases() const { return std::min(stride, reach()); }
  // Elements of one phase that `positions` positions read.
  int64_t length(int64_t positions) const { return positions + (reach() - 1) / stride; }
};

// Three axes, outermost first; the middle one is never cut. Params of all convolutions hold them
// field by field.
struct Geometry {
  int64_t input[3], output[3], kernel[3], stride[3], dilation[3], begin[3];

  Axis axis(int i) const {
    return {input[i], output[i], kernel[i], stride[i], dilation[i], begin[i]};
  }
  int64_t inputs() const { return input[0] * input[1] * input[2]; }
  int64_t outputs() const { return output[0] * output[1] * output[2]; }
  int64_t taps() const { return kernel[0] * kernel[1] * kernel[2]; }

  // Whether no tap meets padding.
  bool reads_inside() const {
    for (int i = 0; i < 3; i++)
      if (begin[i] != 0 || (output[i] - 1) * stride[i] + axis(i).reach() > input[i]) return false;
    return true;
  }
};

// Copies a run without a call.
inline void copy_run(const float* from, int64_t count, float* to) {
  for (int64_t i = 0; i < count; i += kLanes)
    Vector::load_first(from + i, count - i).store_first(to + i, count - i);
}

// Elements of the input as floats: x - zero.
template <class T>
struct Source {
  const T* data;
  float zero = 0;

  Source operator+(int64_t n) const { return {data + n, zero}; }
};

template <int Stride, class T>
inline void copy_strided(Source<T> x, int64_t count, float* __restrict to) {
  const T* __restrict from = x.data;
  for (int64_t i = 0; i < count; i++) to[i] = static_cast<float>(from[i * Stride]) - x.zero;
}

// Elements [from, end) of a strided row, padding in front of and behind them.
template <class T>
inline void load_row(Source<T> x, int64_t stride, int64_t from, int64_t end, int64_t count,
                     float pad, float* to) {
  for (int64_t i = 0; i < from; i++) to[i] = pad;
  if constexpr (std::is_same_v<T, float>) {
    if (stride == 1) copy_run(x.data + from, end - from, to + from);
  } else {
    if (stride == 1) copy_strided<1>(x + from, end - from, to + from);
  }
  if (stride == 2) copy_strided<2>(x + 2 * from, end - from, to + from);
  if (stride > 2)
    for (int64_t i = from; i < end; i++) to[i] = static_cast<float>(x.data[i * stride]) - x.zero;
  for (int64_t i = end; i < count; i++) to[i] = pad;
}

// The taps [first, last) that meet elements [from, to) at position o.
struct Taps {
  int64_t first, last;

  Taps(const Axis& axis, int64_t o, int64_t from, int64_t to) {
    const int64_t d = axis.dilation, start = o * axis.stride - axis.begin;
    const auto taps = [d](int64_t n) {  // a division costs as much as a tile of a small image
      return d == 1 ? n : (n + d - 1) / d;
    };
    first = start >= from ? 0 : std::min(taps(from - start), axis.kernel);
    last = start >= to ? first : std::clamp(taps(to - start), first, axis.kernel);
  }
  Taps(const Axis& axis, int64_t o) : Taps(axis, o, 0, axis.input) {}
  bool operator==(const Taps&) const = default;
};

}  // namespace
}  // namespace sx::SX_ISA
