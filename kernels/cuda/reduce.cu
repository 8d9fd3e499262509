// reduce_sum, _mean, _max, _min, _prod, _l1, _l2, _log_sum, _sum_square over any set of axes.
// x has any shape, y that of the axes that are left; `mask` has a bit for each axis that is
// reduced. The kernels of reduce.h. Floats of every width accumulate in double, which keeps pace
// with memory on an A100 or H100 (on paper; not yet measured on a GPU): sums hardly depend on the
// order, squares do not overflow. Integers wrap in 64 bits. The forms are those of
// kernels/cpu/reduce.cpp; the two stages are as in NVIDIA's "Optimizing Parallel Reduction in
// CUDA".
#include <limits>

#include "cuda/device/math.h"
#include "cuda/reduce.h"

namespace sx::cuda {
namespace {

struct Params {
  int64_t mask, chunks;  // chunks: for CPUs
};

template <class T>
constexpr bool kFloat = !std::is_integral_v<T>;

template <class T>
using Wide = std::conditional_t<kFloat<T>, double, uint64_t>;  // unsigned: sums wrap

enum class Map { kNone, kAbs, kSquare };
enum class Finish { kNone, kMean, kLog, kRoot };

// A wide value as a T. Integers' means are truncated towards zero.
template <class T>
__device__ T finished(Wide<T> a, Finish finish, int64_t n) {
  if constexpr (kFloat<T>) {
    switch (finish) {
      case Finish::kMean:
        a /= n;
        break;
      case Finish::kLog:
        a = log(a);
        break;
      case Finish::kRoot:
        a = sqrt(a);
        break;
      default:
        break;
    }
    return store_as<T>(Compute<T>(a));
  } else {
    return finish == Finish::kMean ? T(int64_t(a) / n) : T(a);
  }
}

// One kernel for every map and end: neither costs what a load does.
template <class Type>
struct SumOf {
  using T = Type;
  using A = Wide<T>;
  using Out = T;
  Map map;
  Finish how;
  int64_t n;

  __device__ A start() const { return 0; }
  __device__ A element(Compute<T> x, int64_t) const {
    const A a = A(x);
    return map == Map::kSquare ? a * a : map == Map::kAbs && x < 0 ? -a : a;
  }
  __device__ A combine(A a, A b) const { return a + b; }
  __device__ Out finish(A a) const { return finished<T>(a, how, n); }
};

template <class Type>
struct ProductOf {
  using T = Type;
  using A = Wide<T>;
  using Out = T;

  __device__ A start() const { return 1; }
  __device__ A element(Compute<T> x, int64_t) const { return A(x); }
  __device__ A combine(A a, A b) const { return a * b; }
  __device__ Out finish(A a) const { return finished<T>(a, Finish::kNone, 1); }
};

// Once there is a NaN, it stays.
template <class Type>
struct ExtremeOf {
  using T = Type;
  using A = Compute<T>;
  using Out = T;
  bool largest;

  __device__ A start() const {
    using Limits = std::numeric_limits<A>;
    const A most = kFloat<T> ? Limits::infinity() : Limits::max();
    return largest ? (kFloat<T> ? -most : Limits::min()) : most;
  }
  __device__ A element(A x, int64_t) const { return x; }
  __device__ A combine(A a, A b) const { return (largest ? a > b : a < b) || a != a ? a : b; }
  __device__ Out finish(A a) const { return store_as<T>(a); }
};

ReducedLayout layout_of(const Arguments& args) {
  return {args.tensors[0].rank, args.tensors[0].shape, args.params_as<Params>().mask};
}

template <class T, Map kMap = Map::kNone, Finish kFinish = Finish::kNone>
void reduce_sum(const Arguments& args) {
  const ReducedLayout layout = layout_of(args);
  if (kFinish == Finish::kMean && !kFloat<T> && layout.members() == 0 && layout.outputs() > 0)
    throw InvalidData("there is no mean of no integers");
  reduce(args, layout, SumOf<T>{kMap, kFinish, layout.members()});
}

template <class T>
void reduce_product(const Arguments& args) {
  reduce(args, layout_of(args), ProductOf<T>{});
}

template <class T, bool kLargest>
void reduce_extreme(const Arguments& args) {
  reduce(args, layout_of(args), ExtremeOf<T>{kLargest});
}

#define SX_REDUCTIONS(type, T)                                              \
  SX_KERNEL("reduce_sum." type, reduce_sum<T>);                             \
  SX_KERNEL("reduce_mean." type, reduce_sum<T, Map::kNone, Finish::kMean>); \
  SX_KERNEL("reduce_max." type, reduce_extreme<T, true>);                   \
  SX_KERNEL("reduce_min." type, reduce_extreme<T, false>);                  \
  SX_KERNEL("reduce_prod." type, reduce_product<T>)
#define SX_FLOAT_REDUCTIONS(type, T)                                          \
  SX_REDUCTIONS(type, T);                                                     \
  SX_KERNEL("reduce_l1." type, reduce_sum<T, Map::kAbs>);                     \
  SX_KERNEL("reduce_l2." type, reduce_sum<T, Map::kSquare, Finish::kRoot>);   \
  SX_KERNEL("reduce_log_sum." type, reduce_sum<T, Map::kNone, Finish::kLog>); \
  SX_KERNEL("reduce_sum_square." type, reduce_sum<T, Map::kSquare>)

SX_FLOAT_REDUCTIONS("f32", float);
SX_FLOAT_REDUCTIONS("f16", half);
SX_FLOAT_REDUCTIONS("bf16", bfloat16);
SX_REDUCTIONS("f64", double);
SX_REDUCTIONS("i32", int32_t);
SX_REDUCTIONS("i64", int64_t);

}  // namespace
}  // namespace sx::cuda
