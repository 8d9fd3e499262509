// c = f(a, b), element by element, over operands that broadcast: what the kernels of binary
// operators share.
#pragma once
#include "cpu/broadcast.h"
#include "cpu/simd/half.h"
#include "cpu/simd/vec.h"

namespace sx::SX_ISA {
namespace {

// The type that f computes in: halves are widened a block at a time.
template <class T>
struct Computed {
  using type = T;
};
template <>
struct Computed<Half> {
  using type = float;
};
template <>
struct Computed<BFloat16> {
  using type = float;
};

// f takes Vec<float>s where the numbers are float.
template <class F>
concept OnVectors = requires {
  requires F::kVector;
};

template <class F>
[[gnu::always_inline]] inline void vector_row(const F& f, const float* a, bool a_steps,
                                              const float* b, bool b_steps, float* c, int64_t n) {
  using V = Vec<float>;
  const V left = *a, right = *b;
  int64_t i = 0;
  for (; i + V::kLanes <= n; i += V::kLanes)
    f(a_steps ? V::load(a + i) : left, b_steps ? V::load(b + i) : right).store(c + i);
  const int rest = static_cast<int>(n - i);
  if (rest > 0)
    f(a_steps ? V::load_first(a + i, rest) : left, b_steps ? V::load_first(b + i, rest) : right)
        .store_first(c + i, rest);
}

// A row of n results; an operand that does not step is one element. c may be a or b. Not inlined,
// so that float and halves share it; and f is a copy, which no store to c can change.
template <class F, class A, class B, class C>
[[gnu::noinline]] void binary_row(F f, const A* a, bool a_steps, const B* b, bool b_steps, C* c,
                                  int64_t n) {
  if constexpr (OnVectors<F> && std::is_same_v<A, float>) {
    vector_row(f, a, a_steps, b, b_steps, c, n);
  } else if (a_steps && b_steps) {
#pragma GCC ivdep
    for (int64_t i = 0; i < n; i++) c[i] = f(a[i], b[i]);
  } else if (a_steps) {
    const B right = *b;
#pragma GCC ivdep
    for (int64_t i = 0; i < n; i++) c[i] = f(a[i], right);
  } else if (b_steps) {
    const A left = *a;
#pragma GCC ivdep
    for (int64_t i = 0; i < n; i++) c[i] = f(left, b[i]);
  } else {
    std::fill_n(c, n, f(*a, *b));
  }
}

// The same over halves; the result is of their type, or not a float at all.
template <class F, class T, class C>
void half_row(const F& f, const T* a, bool a_steps, const T* b, bool b_steps, C* c, int64_t n) {
  constexpr int64_t kBlock = 256;
  float left[kBlock], right[kBlock];
  if (!a_steps) widen(a, left, 1);
  if (!b_steps) widen(b, right, 1);
  for (int64_t i = 0; i < n; i += kBlock) {
    const int64_t m = std::min(kBlock, n - i);
    if (a_steps) widen(a + i, left, m);
    if (b_steps) widen(b + i, right, m);
    if constexpr (std::is_same_v<T, C>) {
      float result[kBlock];
      binary_row(f, left, a_steps, right, b_steps, result, m);
      narrow(result, c + i, m);
    } else {
      binary_row(f, left, a_steps, right, b_steps, c + i, m);
    }
  }
}

// Tensors first and second give tensor `result`. A is the operands' type, C that of the result.
template <class F, class A, class C, class B = A>
void binary(const Arguments& args, const F& f, int first, int second, int result, int64_t trailing,
            int64_t grain = kCheapGrain) {
  const A* a = args.data<const A>(first);
  const B* b = args.data<const B>(second);
  C* c = args.data<C>(result);
  const Broadcast<2> loop(args, {first, second}, result, static_cast<int>(trailing));
  const bool a_steps = loop.steps(0), b_steps = loop.steps(1);
  loop.run(args, grain, [&](int64_t i, const int64_t* offset, int64_t n) {
    if constexpr (std::is_same_v<typename Computed<A>::type, A>)
      binary_row(f, a + offset[0], a_steps, b + offset[1], b_steps, c + i, n);
    else
      half_row(f, a + offset[0], a_steps, b + offset[1], b_steps, c + i, n);
  });
}

}  // namespace
}  // namespace sx::SX_ISA
