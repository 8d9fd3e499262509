// arg_max, arg_min: y[o, k] = the index i of the largest (least) x[o, i, k]; the first among
// equals, or the last if `last`; NaN beats every number. x is [outer, n, inner], y is int64 [outer,
// inner]. Along the last axis a first pass finds the value with vectors, a second one where it is;
// the row is in the cache. Elsewhere a strip of columns keeps its best values and indices while the
// rows go by. [1000, 1000] along axis 0, AVX2 on an EPYC: 0.2 ns per element, 3.6 before values and
// indices matched.
#include <algorithm>

#include "cpu/simd/vec.h"
#include "kernel.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t outer, n, inner, last;
};

struct Larger {
  template <class V>
  static auto better(V x, V than) {
    return x > than;
  }
};

struct Less {
  template <class V>
  static auto better(V x, V than) {
    return x < than;
  }
};

// The best value of x[0, n), NaN if there is one.
template <class Order, class T>
T best_of(const T* x, int64_t n) {
  constexpr int kLanes = Vec<T>::kLanes;
  using V = typename VectorOf<T>::Type;
  const auto pick = [](auto a, auto b) { return Order::better(b, a) | (b != b) ? b : a; };
  T best = x[0];
  int64_t i = 1;
  if (n >= kLanes) {
    V chains[4];
    for (V& chain : chains) chain = Vec<T>::load(x).raw;
    for (i = 0; i + 4 * kLanes <= n; i += 4 * kLanes)
      for (int c = 0; c < 4; c++) chains[c] = pick(chains[c], Vec<T>::load(x + i + c * kLanes).raw);
    for (; i + kLanes <= n; i += kLanes) chains[0] = pick(chains[0], Vec<T>::load(x + i).raw);
    best = fold(Vec<T>(pick(pick(chains[0], chains[1]), pick(chains[2], chains[3]))), pick);
  }
  for (; i < n; i++) best = pick(best, x[i]);
  return best;
}

template <class Order, class T>
int64_t index_in_row(const T* x, int64_t n, bool last) {
  const T best = best_of<Order>(x, n);
  const auto found = [&](int64_t i) { return x[i] == best || (best != best && x[i] != x[i]); };
  int64_t i = last ? n - 1 : 0;
  while (!found(i)) i += last ? -1 : 1;
  return i;
}

constexpr int64_t kStrip = 64;

// Index is as wide as T, so that both go through vectors side by side.
template <class Order, class T, class Index>
void indices_in_strip(const T* x, int64_t n, int64_t inner, int64_t width, bool last, int64_t* y) {
  T best[kStrip];
  Index index[kStrip] = {};
  std::copy_n(x, width, best);
  for (int64_t i = 1; i < n; i++) {
    const T* row = x + i * inner;
#pragma GCC ivdep
    for (int64_t k = 0; k < width; k++) {
      const bool nan = row[k] != row[k], best_nan = best[k] != best[k];
      const bool same = (row[k] == best[k]) | (nan & best_nan);
      const bool take = Order::better(row[k], best[k]) | (nan & !best_nan) | (last & same);
      best[k] = take ? row[k] : best[k];
      index[k] = take ? Index(i) : index[k];
    }
  }
  std::copy_n(index, width, y);
}

template <class Order, class T>
void arg_reduce(const Arguments& args) {
  const auto [outer, n, inner, last_flag] = args.params_as<Params>();
  const T* x = args.data<const T>(0);
  int64_t* y = args.data<int64_t>(1);
  const bool last = last_flag != 0;
  if (outer * inner == 0) return;
  if (n == 0) throw InvalidData("there is no largest or least of no elements");
  const int64_t grain = std::max<int64_t>(1, 16384 / n);
  if (inner == 1) {
    args.parallel(outer, grain, [&](int64_t begin, int64_t end, int) {
      for (int64_t o = begin; o < end; o++) y[o] = index_in_row<Order>(x + o * n, n, last);
    });
    return;
  }
  const int64_t strips = (inner + kStrip - 1) / kStrip;
  args.parallel(outer * strips, std::max<int64_t>(1, grain / kStrip),
                [&, n = n, inner = inner](int64_t begin, int64_t end, int) {
                  for (int64_t s = begin; s < end; s++) {
                    const int64_t o = s / strips, column = s % strips * kStrip;
                    const bool narrow = sizeof(T) == 4 && n <= INT32_MAX;
                    (narrow ? indices_in_strip<Order, T, int32_t>
                            : indices_in_strip<Order, T, int64_t>)(x + o * n * inner + column, n,
                                                                   inner,
                                                                   std::min(kStrip, inner - column),
                                                                   last, y + o * inner + column);
                  }
                });
}

SX_KERNEL("arg_max.f32", arg_reduce<Larger, float>);
SX_KERNEL("arg_max.f64", arg_reduce<Larger, double>);
SX_KERNEL("arg_max.i32", arg_reduce<Larger, int32_t>);
SX_KERNEL("arg_max.i64", arg_reduce<Larger, int64_t>);
SX_KERNEL("arg_min.f32", arg_reduce<Less, float>);
SX_KERNEL("arg_min.f64", arg_reduce<Less, double>);
SX_KERNEL("arg_min.i32", arg_reduce<Less, int32_t>);
SX_KERNEL("arg_min.i64", arg_reduce<Less, int64_t>);

}  // namespace
}  // namespace sx::SX_ISA
