// equal, less, less_or_equal, greater, greater_or_equal, by type: c = (a ? b) as a byte, 0 or 1.
// a and b broadcast to c. With a NaN all are false.
// The loops of elementwise.h: 16 bytes of an operand make a few bytes of the result. Not yet
// measured on a GPU. The set of types is that of kernels/cpu/compare.cpp.
#include "cuda/elementwise.h"

namespace sx::cuda {
namespace {

struct Params {
  int64_t trailing;  // axes of size 1 to append to b
};

#define SX_COMPARISON(Name, expression)             \
  struct Name {                                     \
    template <class T>                              \
    __device__ uint8_t operator()(T a, T b) const { \
      return expression;                            \
    }                                               \
  }

SX_COMPARISON(Equal, a == b);
SX_COMPARISON(Less, a < b);
SX_COMPARISON(LessOrEqual, a <= b);
SX_COMPARISON(Greater, a > b);
SX_COMPARISON(GreaterOrEqual, a >= b);
SX_COMPARISON(EqualBool, (a != 0) == (b != 0));  // any byte but 0 is true

template <class F, class T>
void compare(const Arguments& args) {
  binary<T, uint8_t>(args, F{}, 0, 1, 2, args.params_as<Params>().trailing);
}

SX_KERNEL_NUMBERS("equal", compare, Equal);
SX_KERNEL_NUMBERS("less", compare, Less);
SX_KERNEL_NUMBERS("less_or_equal", compare, LessOrEqual);
SX_KERNEL_NUMBERS("greater", compare, Greater);
SX_KERNEL_NUMBERS("greater_or_equal", compare, GreaterOrEqual);
SX_KERNEL("equal.bool", compare<EqualBool, uint8_t>);

}  // namespace
}  // namespace sx::cuda
