// y = f(x), element by element: what the kernels of unary operators share.
#pragma once
#include "cpu/binary.h"
#include "cpu/simd/math.h"

namespace sx::SX_ISA {
namespace {

// The kinds of functors. Their fields, if they have any, are the kernel's parameters.
// f takes a number of any type; the compiler vectorises the loop.
struct Plain {
  static constexpr bool kVector = false;
  static constexpr int64_t kGrain = kCheapGrain;
};
// f takes a Vec<float>, or a double.
struct Vectorised {
  static constexpr bool kVector = true;
  static constexpr int64_t kGrain = kCheapGrain / 2;
};
// f calls the C library, number by number.
struct Scalar {
  static constexpr bool kVector = false;
  static constexpr int64_t kGrain = kCheapGrain / 16;
};

// Not inlined, so that float and halves share it; f is a copy, which no store to y can change.
template <class F, class T, class R>
[[gnu::noinline]] void unary_row(F f, const T* x, R* y, int64_t n) {
  if constexpr (!std::is_same_v<typename Computed<T>::type, T>) {
    constexpr int64_t kBlock = 256;
    float wide[kBlock];
    for (int64_t i = 0; i < n; i += kBlock) {
      const int64_t m = std::min(kBlock, n - i);
      widen(x + i, wide, m);
      if constexpr (std::is_same_v<T, R>) {
        unary_row(f, wide, wide, m);
        narrow(wide, y + i, m);
      } else {
        unary_row(f, wide, y + i, m);
      }
    }
  } else if constexpr (F::kVector && std::is_same_v<T, float>) {
    using V = Vec<float>;
    int64_t i = 0;
    for (; i + V::kLanes <= n; i += V::kLanes) f(V::load(x + i)).store(y + i);
    const int rest = static_cast<int>(n - i);
    if (rest > 0) f(V::load_first(x + i, rest)).store_first(y + i, rest);
  } else {
#pragma GCC ivdep
    for (int64_t i = 0; i < n; i++) y[i] = f(x[i]);
  }
}

// T is the type of x, R that of y.
template <class F, class T, class R = T>
void unary(const Arguments& args) {
  F f{};
  if constexpr (!std::is_empty_v<F>) f = args.params_as<F>();
  const T* x = args.data<const T>(0);
  R* y = args.data<R>(1);
  args.parallel(args.size(0), F::kGrain, [&](int64_t begin, int64_t end, int) {
    unary_row(f, x + begin, y + begin, end - begin);
  });
}

#define SX_FLOATS(key, F)                  \
  SX_KERNEL(key ".f32", unary<F, float>);  \
  SX_KERNEL(key ".f64", unary<F, double>); \
  SX_KERNEL(key ".f16", unary<F, Half>);   \
  SX_KERNEL(key ".bf16", unary<F, BFloat16>)

}  // namespace
}  // namespace sx::SX_ISA
