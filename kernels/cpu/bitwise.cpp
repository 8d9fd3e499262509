// bitwise_and, _or, _xor, shift_left, shift_right on integers; and, or, xor on bool: c = f(a, b).
// a and b broadcast to c, which may be one of them; a shift beyond the width gives 0.
// The loops of binary.h; signed types share the kernels of unsigned ones.
#include "cpu/binary.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t trailing;  // axes of size 1 to append to b
};

struct BitwiseAnd {
  template <class T>
  T operator()(T a, T b) const {
    return a & b;
  }
};

struct BitwiseOr {
  template <class T>
  T operator()(T a, T b) const {
    return a | b;
  }
};

struct BitwiseXor {
  template <class T>
  T operator()(T a, T b) const {
    return a ^ b;
  }
};

template <bool kLeft>
struct Shift {
  template <class T>
  T operator()(T a, T places) const {
    if (places >= 8 * sizeof(T)) return 0;
    return static_cast<T>(kLeft ? static_cast<uint64_t>(a) << places : a >> places);
  }
};

// Any byte but 0 is true.
template <class F>
struct Logical {
  uint8_t operator()(uint8_t a, uint8_t b) const { return F{}(uint8_t{a != 0}, uint8_t{b != 0}); }
};

template <class F, class T>
void bitwise(const Arguments& args) {
  binary<F, T, T>(args, F{}, 0, 1, 2, args.params_as<Params>().trailing);
}

#define SX_INTEGERS(key, F)                    \
  SX_KERNEL(key ".i64", bitwise<F, uint64_t>); \
  SX_KERNEL(key ".i32", bitwise<F, uint32_t>); \
  SX_KERNEL(key ".i16", bitwise<F, uint16_t>); \
  SX_KERNEL(key ".i8", bitwise<F, uint8_t>)
#define SX_UNSIGNED(key, F)                    \
  SX_KERNEL(key ".u64", bitwise<F, uint64_t>); \
  SX_KERNEL(key ".u32", bitwise<F, uint32_t>); \
  SX_KERNEL(key ".u16", bitwise<F, uint16_t>); \
  SX_KERNEL(key ".u8", bitwise<F, uint8_t>)

SX_INTEGERS("bitwise_and", BitwiseAnd);
SX_UNSIGNED("bitwise_and", BitwiseAnd);
SX_INTEGERS("bitwise_or", BitwiseOr);
SX_UNSIGNED("bitwise_or", BitwiseOr);
SX_INTEGERS("bitwise_xor", BitwiseXor);
SX_UNSIGNED("bitwise_xor", BitwiseXor);
SX_UNSIGNED("shift_left", Shift<true>);
SX_UNSIGNED("shift_right", Shift<false>);
SX_KERNEL("and.bool", bitwise<Logical<BitwiseAnd>, uint8_t>);
SX_KERNEL("or.bool", bitwise<Logical<BitwiseOr>, uint8_t>);
SX_KERNEL("xor.bool", bitwise<Logical<BitwiseXor>, uint8_t>);

}  // namespace
}  // namespace sx::SX_ISA
