// clip, by type: y = min(max(x, lowest), highest); NaN stays NaN, crossed bounds give the upper
// one. x and y have one shape, y may be x; tensors 1 and 2 are the bounds, absent ones are the
// parameters. One pass, in which each thread reads the bounds once. Not yet measured on a GPU. The
// rules are those of kernels/cpu/clip.cpp.
#include <limits>

#include "cuda/elementwise.h"

namespace sx::cuda {
namespace {

struct Params {
  double lowest, highest;
};

// `parameter` in a type that may not reach as far.
template <class T>
T bound(double parameter) {
  using Limits = std::numeric_limits<T>;
  if (Limits::has_infinity) return static_cast<T>(parameter);
  if (parameter <= static_cast<double>(Limits::lowest())) return Limits::lowest();
  if (parameter >= static_cast<double>(Limits::max())) return Limits::max();
  return static_cast<T>(parameter);
}

template <class T>
struct Clip {
  Compute<T> lowest, highest;
  const T *lowest_at, *highest_at;  // null: as they are

  __device__ void prepare() {
    if (lowest_at) lowest = load_as(*lowest_at);
    if (highest_at) highest = load_as(*highest_at);
  }
  __device__ Compute<T> operator()(Compute<T> x) const {
    const Compute<T> raised = x < lowest ? lowest : x;
    return raised > highest ? highest : raised;
  }
};

template <class T>
void clip(const Arguments& args) {
  const auto [lowest, highest] = args.params_as<Params>();
  const Clip<T> f{bound<Compute<T>>(lowest), bound<Compute<T>>(highest),
                  args.has(1) ? args.data<const T>(1) : nullptr,
                  args.has(2) ? args.data<const T>(2) : nullptr};
  map(args, f, args.data<const T>(0), args.data<T>(3), args.size(0));
}

SX_KERNEL_FLOATS("clip", clip);
SX_KERNEL("clip.i32", clip<int32_t>);
SX_KERNEL("clip.i64", clip<int64_t>);
SX_KERNEL("clip.i8", clip<int8_t>);
SX_KERNEL("clip.u8", clip<uint8_t>);

}  // namespace
}  // namespace sx::cuda
