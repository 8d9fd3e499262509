// quantize.TYPE: y = saturate(round(x / scale) + zero), halves to even, NaN to the smallest number;
// dequantize.TYPE: y = (x - zero) * scale, rounded once; dynamic_quantize.f32: by x's own range.
// x and y are [outer, length, inner]; scale and the optional zero are [length], which broadcast
// (elementwise.h). A range is found by blocks that leave theirs in scratch memory, where all blocks
// of a second launch read them. Not yet measured on a GPU. The rules are those of
// kernels/cpu/quantize.cpp.
#include <limits>

#include "cuda/device/block.h"
#include "cuda/device/shared.h"
#include "cuda/elementwise.h"

namespace sx::cuda {
namespace {

struct Params {
  int64_t length, inner;
};

template <class T>
struct Quantize {
  __device__ T operator()(float x, float scale) const { return (*this)(x, scale, T(0)); }
  __device__ T operator()(float x, float scale, T zero) const {
    const float z = zero, quotient = x / scale;
    const float smallest = float(std::numeric_limits<T>::min()) - z,
                largest = float(std::numeric_limits<T>::max()) - z;
    float v = quotient >= smallest ? quotient : smallest;
    v = v < largest ? v : largest;
    return static_cast<T>(static_cast<int32_t>(std::nearbyint(v) + z));
  }
};

// Differences of narrow integers are exact in float, those of int32 only in double.
template <class T>
struct Dequantize {
  using Wide = std::conditional_t<sizeof(T) < 4, float, double>;
  __device__ float operator()(T x, float scale) const { return float(Wide(x) * Wide(scale)); }
  __device__ float operator()(T x, float scale, T zero) const {
    return float((Wide(x) - Wide(zero)) * Wide(scale));
  }
};

// x's own stride, then those of what is [length].
template <int N>
Layout<N> layout_of(const Arguments& args) {
  const auto [length, inner] = args.params_as<Params>();
  const int64_t count = args.size(0),
                extents[] = {inner, length, count == 0 ? 0 : count / (length * inner)};
  Layout<N> layout;
  for (int axis = 0; axis < 3; axis++) {
    int64_t step[N];
    std::fill_n(step, N, axis == 1 && length > 1 ? 1 : 0);
    step[0] = axis == 0 ? 1 : axis == 1 ? inner : inner * length;
    layout.add(extents[axis], step);
  }
  layout.finish();
  return layout;
}

template <class From, class To, class Zero, class F>
void scaled(const Arguments& args, const F& f) {
  const From* x = args.data<const From>(0);
  const float* scale = args.data<const float>(1);
  To* y = args.data<To>(3);
  if (args.has(2))
    elementwise(args, f, layout_of<3>(args), y, x, scale, args.data<const Zero>(2));
  else
    elementwise(args, f, layout_of<2>(args), y, x, scale);
}

template <class T>
void quantize(const Arguments& args) {
  scaled<float, T, T>(args, Quantize<T>{});
}

template <class T>
void dequantize(const Arguments& args) {
  scaled<T, float, T>(args, Dequantize<T>{});
}

// Orders floats as integers: -NaN < -inf < … < -0 < 0 < … < inf < NaN. Its own inverse.
__device__ inline int32_t flipped(int32_t bits) { return bits ^ (bits >> 31 & 0x7fffffff); }

struct Range {
  int32_t smallest, largest;
};

__device__ inline Range united(Range a, Range b) {
  return {min(a.smallest, b.smallest), max(a.largest, b.largest)};
}

constexpr int kRanges = 512;  // that the scratch memory has room for

__global__ void __launch_bounds__(kThreads)
    ranges_kernel(const float* x, int64_t n, int64_t groups, Range* ranges) {
  const int64_t stride = int64_t{gridDim.x} * kThreads,
                first = int64_t{blockIdx.x} * kThreads + threadIdx.x;
  Range range{0, 0};  // 0 belongs to every range
  const auto add = [&](float value) {
    const int32_t order = flipped(__float_as_int(value));
    range = united(range, {order, order});
  };
  for (int64_t g = first; g < groups; g += stride) {
    const auto values = load_packed<4>(x + 4 * g);
#pragma unroll
    for (int j = 0; j < 4; j++) add(values[j]);
  }
  for (int64_t i = 4 * groups + first; i < n; i += stride) add(x[i]);
  range = block_reduce(range, united, shared_memory<BlockScratch<Range>>());
  if (threadIdx.x == 0) ranges[blockIdx.x] = range;
}

// scale and zero may be null.
__global__ void __launch_bounds__(kThreads)
    dynamic_quantize_kernel(const float* x, uint8_t* y, int64_t n, int64_t groups,
                            const Range* ranges, int blocks, float* scale, uint8_t* zero) {
  Range range{0, 0};  // 0 belongs to every range
  for (int i = threadIdx.x; i < blocks; i += kThreads) range = united(range, ranges[i]);
  range = block_reduce(range, united, shared_memory<BlockScratch<Range>>());
  // A NaN lies outside the infinities, and makes the scale NaN.
  const float lowest = __int_as_float(flipped(range.smallest)),
              highest = __int_as_float(flipped(range.largest));
  const float s = highest == lowest ? 1 : (highest - lowest) / 255;
  const Quantize<uint8_t> quantize;
  const uint8_t z = quantize(-lowest, s);

  const int64_t stride = int64_t{gridDim.x} * kThreads,
                first = int64_t{blockIdx.x} * kThreads + threadIdx.x;
  for (int64_t g = first; g < groups; g += stride) {
    const auto values = load_packed<4>(x + 4 * g);
    Packed<uint8_t, 4> results;
#pragma unroll
    for (int j = 0; j < 4; j++) results[j] = quantize(values[j], s, z);
    store_packed(y + 4 * g, results);
  }
  for (int64_t i = 4 * groups + first; i < n; i += stride) y[i] = quantize(x[i], s, z);
  if (first == 0 && scale) *scale = s;
  if (first == 0 && zero) *zero = z;
}

void dynamic_quantize(const Arguments& args) {
  const float* x = args.data<const float>(0);
  uint8_t* y = args.data<uint8_t>(1);
  auto* ranges = reinterpret_cast<Range*>(args.scratch);
  if (args.scratch_bytes < kRanges * sizeof(Range))
    throw std::invalid_argument(
        "dynamic_quantize: expects " + std::to_string(kRanges * sizeof(Range)) +
        " bytes of scratch memory, got " + std::to_string(args.scratch_bytes));
  const int64_t n = args.size(0), groups = is_aligned<4>(x) && is_aligned<4>(y) ? n / 4 : 0;
  const int64_t items =
      std::max<int64_t>({groups, n - 4 * groups, 1});  // the scale of nothing is 1
  const uint32_t blocks = std::min<uint32_t>(kRanges, striding_blocks(args, items, kThreads));
  const Grid grid{
      .blocks = blocks, .threads = kThreads, .shared_bytes = sizeof(BlockScratch<Range>)};
  launch(args, ranges_kernel, grid, x, n, groups, ranges);
  launch(args, dynamic_quantize_kernel, grid, x, y, n, groups, ranges, int(blocks),
         args.has(2) ? args.data<float>(2) : nullptr,
         args.has(3) ? args.data<uint8_t>(3) : nullptr);
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
}  // namespace sx::cuda
