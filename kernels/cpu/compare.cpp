// equal, less, less_or_equal, greater, greater_or_equal, by type: c = (a ? b) as a byte, 0 or 1.
// a and b broadcast to c. With a NaN all are false.
// The loops of binary.h; greater is less with the operands exchanged inside the functor.
#include "cpu/binary.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t trailing;  // axes of size 1 to append to b
};

struct Equal {
  template <class T>
  uint8_t operator()(T a, T b) const {
    return a == b;
  }
};

struct Less {
  template <class T>
  uint8_t operator()(T a, T b) const {
    return a < b;
  }
};

struct LessOrEqual {
  template <class T>
  uint8_t operator()(T a, T b) const {
    return a <= b;
  }
};

template <class F>
struct Exchanged {
  template <class T>
  uint8_t operator()(T a, T b) const {
    return F{}(b, a);
  }
};

// Any byte but 0 is true.
struct EqualBool {
  uint8_t operator()(uint8_t a, uint8_t b) const { return (a != 0) == (b != 0); }
};

template <class F, class T>
void compare(const Arguments& args) {
  binary<F, T, uint8_t>(args, F{}, 0, 1, 2, args.params_as<Params>().trailing);
}

#define SX_COMPARISON(key, F)                   \
  SX_KERNEL(key ".f32", compare<F, float>);     \
  SX_KERNEL(key ".f64", compare<F, double>);    \
  SX_KERNEL(key ".f16", compare<F, Half>);      \
  SX_KERNEL(key ".bf16", compare<F, BFloat16>); \
  SX_KERNEL(key ".i32", compare<F, int32_t>);   \
  SX_KERNEL(key ".i64", compare<F, int64_t>);   \
  SX_KERNEL(key ".i8", compare<F, int8_t>);     \
  SX_KERNEL(key ".u8", compare<F, uint8_t>)

SX_COMPARISON("equal", Equal);
SX_COMPARISON("less", Less);
SX_COMPARISON("less_or_equal", LessOrEqual);
SX_COMPARISON("greater", Exchanged<Less>);
SX_COMPARISON("greater_or_equal", Exchanged<LessOrEqual>);
SX_KERNEL("equal.bool", compare<EqualBool, uint8_t>);

}  // namespace
}  // namespace sx::SX_ISA
