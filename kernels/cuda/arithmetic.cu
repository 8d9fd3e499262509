// add, sub, mul, div, mod, fmod, prelu and the variadic max, min, sum, mean, by type: c = f(a, b).
// a and b broadcast to c, which may be one of them; integers wrap, and their division by zero is
// reported. The loops of elementwise.h; three operands and more are one launch after the other. Not
// yet measured on a GPU. Rounding after each operand of a sum, and the other choices, are those of
// kernels/cpu/arithmetic.cpp.
#include "cuda/functions.h"

namespace sx::cuda {
namespace {

struct Params {
  int64_t trailing;  // axes of size 1 to append to b
};

SX_OPERATION(PRelu, a < 0 ? T(W(b) * W(a)) : a);
// With the sign of the dividend.
struct Fmod {
  static constexpr bool kLong = true;
  template <class T>
  __device__ T operator()(T a, T b) const {
    if constexpr (std::is_integral_v<T>)
      return is_minus_one(b) ? T(0) : T(a % b);
    else
      return std::fmod(a, b);
  }
};

// With the sign of the divisor.
struct Mod {
  static constexpr bool kLong = true;
  template <class T>
  __device__ T operator()(T a, T b) const {
    const T r = Fmod{}(a, b);
    if constexpr (std::is_unsigned_v<T>)
      return r;
    else
      return r != 0 && (r < 0) != (b < 0) ? static_cast<T>(r + b) : r;
  }
};

// F on integers, but for a divisor of 0.
template <class F>
struct Guarded {
  static constexpr bool kLong = true;
  Reporter reporter;
  template <class T>
  __device__ T operator()(T a, T b) const {
    if (b != 0) return F{}(a, b);
    reporter.report(Finding::kDivisionByZero, 0, 0, 0);
    return 0;
  }
};

// The last addition of a mean.
struct AddAndDivide {
  int operands;
  template <class T>
  __device__ T operator()(T a, T b) const {
    return (a + b) / T(operands);
  }
};

struct Same {
  template <class T>
  __device__ T operator()(T x) const {
    return x;
  }
};

template <class F, class T>
void arithmetic(const Arguments& args) {
  binary<T>(args, F{}, 0, 1, 2, args.params_as<Params>().trailing);
}

template <class F, class T>
void dividing(const Arguments& args) {
  const int64_t trailing = args.params_as<Params>().trailing;
  if constexpr (std::is_integral_v<T>)
    binary<T>(args, Guarded<F>{stream_of(args).reporter()}, 0, 1, 2, trailing);
  else
    binary<T>(args, F{}, 0, 1, 2, trailing);
}

// Any number of operands, the result last: last(… f(f(x0, x1), x2) …).
template <class T, class F, class Last>
void fold(const Arguments& args, const F& f, const Last& last) {
  const int result = static_cast<int>(args.tensors.size()) - 1;
  if (result == 1) return map(args, Same{}, args.data<const T>(0), args.data<T>(1), args.size(1));
  for (int k = 1; k < result - 1; k++) binary<T>(args, f, k == 1 ? 0 : result, k, result);
  binary<T>(args, last, result == 2 ? 0 : result, result - 1, result);
}

template <class F, class T>
void variadic(const Arguments& args) {
  fold<T>(args, F{}, F{});
}

template <class T>
void mean(const Arguments& args) {
  fold<T>(args, Add{}, AddAndDivide{static_cast<int>(args.tensors.size()) - 1});
}

SX_KERNEL_NUMBERS("add", arithmetic, Add);
SX_KERNEL_NUMBERS("sub", arithmetic, Sub);
SX_KERNEL_NUMBERS("mul", arithmetic, Mul);
SX_KERNEL_NUMBERS("div", dividing, Div);
SX_KERNEL_NUMBERS("mod", dividing, Mod);
SX_KERNEL_NUMBERS("fmod", dividing, Fmod);
SX_KERNEL_NUMBERS("prelu", arithmetic, PRelu);
SX_KERNEL_NUMBERS("max", variadic, Max);
SX_KERNEL_NUMBERS("min", variadic, Min);
SX_KERNEL_NUMBERS("sum", variadic, Add);
SX_KERNEL_FLOATS("mean", mean);

}  // namespace
}  // namespace sx::cuda
