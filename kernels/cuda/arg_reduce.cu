// arg_max, arg_min: y[o, k] = the index i of the largest (least) x[o, i, k]; the first among
// equals, or the last if `last`; NaN beats every number. x is [outer, n, inner], y is int64 [outer,
// inner]. A reduction (reduce.h) of values with their indices by a total order, so that cuts do not
// show. Not yet measured on a GPU. The rules are those of kernels/cpu/arg_reduce.cpp.
#include "cuda/reduce.h"

namespace sx::cuda {
namespace {

struct Params {
  int64_t outer, n, inner, last;
};

template <class Type>
struct PlaceOf {
  using T = Type;
  using Out = int64_t;
  struct A {
    Compute<T> value;
    int64_t index;  // -1: of no element
  };
  bool largest, last;

  __device__ A start() const { return {Compute<T>(0), -1}; }
  __device__ A element(Compute<T> x, int64_t i) const { return {x, i}; }
  __device__ A combine(A a, A b) const {
    if (a.index < 0 || b.index < 0) return a.index < 0 ? b : a;
    const bool a_nan = a.value != a.value, b_nan = b.value != b.value;
    if (a.value == b.value || (a_nan && b_nan)) return (b.index > a.index) == last ? b : a;
    const bool better = largest ? b.value > a.value : b.value < a.value;
    return b_nan || (!a_nan && better) ? b : a;
  }
  __device__ int64_t finish(A a) const { return a.index; }
};

template <class T, bool kLargest>
void arg_reduce(const Arguments& args) {
  const auto p = args.params_as<Params>();
  if (p.outer * p.inner == 0) return;
  if (p.n == 0) throw InvalidData("there is no largest or least of no elements");
  const int64_t shape[] = {p.outer, p.n, p.inner};
  reduce(args, ReducedLayout(3, shape, 0b010), PlaceOf<T>{kLargest, p.last != 0});
}

#define SX_ARG_REDUCTIONS(type, T)                 \
  SX_KERNEL("arg_max." type, arg_reduce<T, true>); \
  SX_KERNEL("arg_min." type, arg_reduce<T, false>)

SX_ARG_REDUCTIONS("f32", float);
SX_ARG_REDUCTIONS("f16", half);
SX_ARG_REDUCTIONS("bf16", bfloat16);
SX_ARG_REDUCTIONS("f64", double);
SX_ARG_REDUCTIONS("i32", int32_t);
SX_ARG_REDUCTIONS("i64", int64_t);

}  // namespace
}  // namespace sx::cuda
