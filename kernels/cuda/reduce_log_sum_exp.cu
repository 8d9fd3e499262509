// reduce_log_sum_exp.T: y[o, k] = ln of the sum over i of exp(x[o, i, k]).
// x is [outer, n, inner] of float32, float16 or bfloat16 with the middle axis reduced, y is [outer,
// inner]. A reduction (reduce.h) in one pass by a running maximum and sum (log_sum.h), in float32.
// Not yet measured on a GPU. Milakov and Gimelshein's "Online normalizer calculation for softmax",
// arXiv 1805.02867.
#include "cuda/log_sum.h"
#include "cuda/reduce.h"

namespace sx::cuda {
namespace {

struct Params {
  int64_t outer, n, inner;
};

template <class Type>
struct LogSumExp {
  using T = Type;
  using A = LogSum;
  using Out = T;

  __device__ A start() const { return {}; }
  __device__ A element(float x, int64_t) const { return {x, x == -kInfinity ? 0.f : 1.f}; }
  __device__ A combine(A a, A b) const { return sx::cuda::combine(a, b); }
  // Of infinities the sum is NaN.
  __device__ Out finish(A a) const {
    return store_as<T>(a.largest == kInfinity ? kInfinity : a.largest + logf(a.sum));
  }
};

template <class T>
void reduce_log_sum_exp(const Arguments& args) {
  const auto p = args.params_as<Params>();
  const int64_t shape[] = {p.outer, p.n, p.inner};
  reduce(args, ReducedLayout(3, shape, 0b010), LogSumExp<T>{});
}

SX_KERNEL("reduce_log_sum_exp.f32", reduce_log_sum_exp<float>);
SX_KERNEL("reduce_log_sum_exp.f16", reduce_log_sum_exp<half>);
SX_KERNEL("reduce_log_sum_exp.bf16", reduce_log_sum_exp<bfloat16>);

}  // namespace
}  // namespace sx::cuda
