// bitwise_and, _or, _xor, shift_left, shift_right on integers; and, or, xor on bool: c = f(a, b).
// a and b broadcast to c, which may be one of them; a shift beyond the width gives 0.
// The loops of elementwise.h; signed types share the kernels of unsigned ones. Not yet measured on
// a GPU. The set of types is that of kernels/cpu/bitwise.cpp.
#include "cuda/elementwise.h"

namespace sx::cuda {
namespace {

struct Params {
  int64_t trailing;  // axes of size 1 to append to b
};

#define SX_OPERATION(Name, expression)        \
  struct Name {                               \
    template <class T>                        \
    __device__ T operator()(T a, T b) const { \
      return static_cast<T>(expression);      \
    }                                         \
  }

SX_OPERATION(BitwiseAnd, a& b);
SX_OPERATION(BitwiseOr, a | b);
SX_OPERATION(BitwiseXor, a ^ b);
SX_OPERATION(ShiftLeft, b >= 8 * sizeof(T) ? T(0) : uint64_t(a) << b);
SX_OPERATION(ShiftRight, b >= 8 * sizeof(T) ? T(0) : a >> b);
SX_OPERATION(And, (a != 0) & (b != 0));  // any byte but 0 is true
SX_OPERATION(Or, (a != 0) | (b != 0));
SX_OPERATION(Xor, (a != 0) ^ (b != 0));

template <class F, class T>
void bitwise(const Arguments& args) {
  binary<T>(args, F{}, 0, 1, 2, args.params_as<Params>().trailing);
}

#define SX_UNSIGNED(key, F)                    \
  SX_KERNEL(key ".u64", bitwise<F, uint64_t>); \
  SX_KERNEL(key ".u32", bitwise<F, uint32_t>); \
  SX_KERNEL(key ".u16", bitwise<F, uint16_t>); \
  SX_KERNEL(key ".u8", bitwise<F, uint8_t>)
#define SX_INTEGERS(key, F)                    \
  SX_UNSIGNED(key, F);                         \
  SX_KERNEL(key ".i64", bitwise<F, uint64_t>); \
  SX_KERNEL(key ".i32", bitwise<F, uint32_t>); \
  SX_KERNEL(key ".i16", bitwise<F, uint16_t>); \
  SX_KERNEL(key ".i8", bitwise<F, uint8_t>)

SX_INTEGERS("bitwise_and", BitwiseAnd);
SX_INTEGERS("bitwise_or", BitwiseOr);
SX_INTEGERS("bitwise_xor", BitwiseXor);
SX_UNSIGNED("shift_left", ShiftLeft);
SX_UNSIGNED("shift_right", ShiftRight);
SX_KERNEL("and.bool", bitwise<And, uint8_t>);
SX_KERNEL("or.bool", bitwise<Or, uint8_t>);
SX_KERNEL("xor.bool", bitwise<Xor, uint8_t>);

}  // namespace
}  // namespace sx::cuda
