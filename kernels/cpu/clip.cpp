// clip, by type: y = min(max(x, lowest), highest); NaN stays NaN, crossed bounds give the upper
// one. x and y have one shape, y may be x; tensors 1 and 2 are the bounds, absent ones are the
// parameters. One pass; halves are clipped in blocks as floats.
#include <limits>

#include "cpu/functions.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  double lowest, highest;
};

// `parameter` in a type that may not reach as far.
template <class T>
T bound(double parameter) {
  if (std::numeric_limits<T>::has_infinity) return static_cast<T>(parameter);
  if (parameter <= static_cast<double>(std::numeric_limits<T>::lowest()))
    return std::numeric_limits<T>::lowest();
  if (parameter >= static_cast<double>(std::numeric_limits<T>::max()))
    return std::numeric_limits<T>::max();
  return static_cast<T>(parameter);
}

template <class T>
void clip(const Arguments& args) {
  using Value = typename Computed<T>::type;
  const auto [lowest, highest] = args.params_as<Params>();
  Clip<Value> f{bound<Value>(lowest), bound<Value>(highest)};
  const T* x = args.data<const T>(0);
  T* y = args.data<T>(3);
  if constexpr (std::is_same_v<T, Value>) {
    if (args.has(1)) f.lowest = *args.data<const T>(1);
    if (args.has(2)) f.highest = *args.data<const T>(2);
  } else {
    if (args.has(1)) widen(args.data<const T>(1), &f.lowest, 1);
    if (args.has(2)) widen(args.data<const T>(2), &f.highest, 1);
  }
  args.parallel(args.size(0), kCheapGrain, [&](int64_t begin, int64_t end, int) {
    if constexpr (std::is_same_v<T, Value>)
      binary_row(f, x + begin, true, x + begin, true, y + begin, end - begin);
    else
      half_row(f, x + begin, true, x + begin, true, y + begin, end - begin);
  });
}

SX_KERNEL("clip.f32", clip<float>);
SX_KERNEL("clip.f64", clip<double>);
SX_KERNEL("clip.f16", clip<Half>);
SX_KERNEL("clip.bf16", clip<BFloat16>);
SX_KERNEL("clip.i32", clip<int32_t>);
SX_KERNEL("clip.i64", clip<int64_t>);
SX_KERNEL("clip.i8", clip<int8_t>);
SX_KERNEL("clip.u8", clip<uint8_t>);

}  // namespace
}  // namespace sx::SX_ISA
