// all_reduce.*: the outs of all ranks become the reduction of the ins of all ranks, out may be in;
// reduce_scatter.*: rank r's out [n] becomes elements [r n, (r + 1) n) of it, ins are [R n]. All
// ranks are one process' and lie in one memory, so that one launch serves them all: tensors are the
// R ins, then the R outs. A block of elements is summed up in the cache, rank 0 first, and then
// written to whoever wants it: every in is read once and every out written once, which is also the
// bound.
#include <algorithm>
#include <type_traits>

#include "cpu/binary.h"
#include "kernel.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t ranks, reduction;
};

// The order of io.sardonyx.collective.Reduction.
enum Reduction : int64_t { kSum, kProduct, kMin, kMax, kMean };

constexpr int64_t kElements = 1024;  // of a block

// What sums and products are computed in: integers wrap, which signed ones may not.
template <class A>
using Wrapping = typename std::conditional_t<std::is_integral_v<A>, std::make_unsigned<A>,
                                             std::type_identity<A>>::type;

template <class F, class A>
[[gnu::noinline]] void fold(F f, A* sums, const A* x, int64_t n) {
#pragma GCC ivdep
  for (int64_t i = 0; i < n; i++) sums[i] = f(sums[i], x[i]);
}

template <class A>
void combine(int64_t reduction, A* sums, const A* x, int64_t n) {
  switch (reduction) {
    case kProduct:
      return fold([](A a, A b) { return A(Wrapping<A>(a) * Wrapping<A>(b)); }, sums, x, n);
    case kMin:
      return fold([](A a, A b) { return b < a || b != b ? b : a; }, sums, x, n);
    case kMax:
      return fold([](A a, A b) { return b > a || b != b ? b : a; }, sums, x, n);
    default:
      return fold([](A a, A b) { return A(Wrapping<A>(a) + Wrapping<A>(b)); }, sums, x, n);
  }
}

// x[0, n) in the type that is computed in; `room` holds it where that is another.
template <class T, class A>
const A* as_computed(const T* x, A* room, int64_t n) {
  if constexpr (std::is_same_v<T, A>) {
    return x;
  } else {
    widen(x, room, n);
    return room;
  }
}

template <class T, class A>
void store(const A* sums, T* y, int64_t n) {
  if constexpr (std::is_same_v<T, A>)
    std::copy_n(sums, n, y);
  else
    narrow(sums, y, n);
}

// Elements [first, first + n) of all ranks' ins, reduced.
template <class T, class A>
void reduce_block(const Arguments& args, const Params& p, int64_t first, A* sums, int64_t n) {
  A room[kElements];
  std::copy_n(as_computed(args.data<const T>(0) + first, room, n), n, sums);
  for (int64_t r = 1; r < p.ranks; r++)
    combine(p.reduction, sums, as_computed(args.data<const T>(r) + first, room, n), n);
  if (p.reduction == kMean)
    for (int64_t i = 0; i < n; i++) sums[i] /= A(p.ranks);
}

template <class T, class F>
void each_block(const Arguments& args, F&& deliver) {
  using A = typename Computed<T>::type;
  const auto p = args.params_as<Params>();
  args.parallel(args.size(0), kElements, [&](int64_t begin, int64_t end, int) {
    A sums[kElements];
    for (int64_t i = begin; i < end; i += kElements) {
      const int64_t n = std::min(kElements, end - i);
      reduce_block<T>(args, p, i, sums, n);
      deliver(p.ranks, i, sums, n);
    }
  });
}

template <class T>
void all_reduce(const Arguments& args) {
  each_block<T>(args, [&](int64_t ranks, int64_t i, const auto* sums, int64_t n) {
    for (int64_t r = 0; r < ranks; r++) store(sums, args.data<T>(ranks + r) + i, n);
  });
}

template <class T>
void reduce_scatter(const Arguments& args) {
  each_block<T>(args, [&](int64_t ranks, int64_t i, const auto* sums, int64_t n) {
    const int64_t part = args.size(0) / ranks;
    while (n > 0) {  // a block may hold the end of one part and the beginning of the next
      const int64_t r = i / part, at = i % part, count = std::min(n, part - at);
      store(sums, args.data<T>(ranks + r) + at, count);
      i += count, sums += count, n -= count;
    }
  });
}

#define SX_BY_TYPE(key, function)             \
  SX_KERNEL(key ".f32", function<float>);     \
  SX_KERNEL(key ".f16", function<Half>);      \
  SX_KERNEL(key ".bf16", function<BFloat16>); \
  SX_KERNEL(key ".f64", function<double>);    \
  SX_KERNEL(key ".i32", function<int32_t>);   \
  SX_KERNEL(key ".i64", function<int64_t>)

SX_BY_TYPE("all_reduce", all_reduce);
SX_BY_TYPE("reduce_scatter", reduce_scatter);

}  // namespace
}  // namespace sx::SX_ISA
