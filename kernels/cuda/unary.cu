// y = f(x) for the mathematical functions without attributes, by type.
// x and y have one shape; y may be x, unless it is bool.
// One line a function over the loop of elementwise.h; halves are computed in float. Sine, cosine
// and tangent of float64 are left to the reference: CUDA's reduction of large ones needs a stack
// frame. Not yet measured on a GPU. The functions are those of CUDA's mathematical library, exact
// to 1 to 4 ulp by its manual.
#include "cuda/functions.h"

namespace sx::cuda {
namespace {

struct IsInf {
  int64_t negative, positive;
  template <class T>
  __device__ uint8_t operator()(T x) const {
    return (x == -T(INFINITY) && negative != 0) | (x == T(INFINITY) && positive != 0);
  }
};

SX_FUNCTION(Sign, false, T, x > 0 ? T(1) : x < 0 ? T(-1) : x);  // NaN stays
SX_FUNCTION(BitwiseNot, false, T, T(~x));
SX_FUNCTION(Not, false, uint8_t, x == 0);
SX_FUNCTION(IsNan, false, uint8_t, x != x);
SX_FUNCTION(Ceil, false, T, std::ceil(x));
SX_FUNCTION(Floor, false, T, std::floor(x));
SX_FUNCTION(Round, false, T, std::nearbyint(x));
SX_FUNCTION(Sin, true, T, std::sin(x));
SX_FUNCTION(Cos, true, T, std::cos(x));
SX_FUNCTION(Tan, true, T, std::tan(x));
SX_FUNCTION(Asin, true, T, std::asin(x));
SX_FUNCTION(Acos, true, T, std::acos(x));
SX_FUNCTION(Atan, true, T, std::atan(x));
SX_FUNCTION(Sinh, true, T, std::sinh(x));
SX_FUNCTION(Cosh, true, T, std::cosh(x));
SX_FUNCTION(Asinh, true, T, std::asinh(x));
SX_FUNCTION(Acosh, true, T, std::acosh(x));
SX_FUNCTION(Atanh, true, T, std::atanh(x));

SX_KERNEL_FLOATS("abs", unary, Abs);
SX_KERNEL_FLOATS("neg", unary, Neg);
SX_KERNEL_FLOATS("sign", unary, Sign);
SX_KERNEL_FLOATS("reciprocal", unary, Reciprocal);
SX_KERNEL_FLOATS("sqrt", unary, Sqrt);
SX_KERNEL_FLOATS("ceil", unary, Ceil);
SX_KERNEL_FLOATS("floor", unary, Floor);
SX_KERNEL_FLOATS("round", unary, Round);
SX_KERNEL_FLOATS("exp", unary, Exp);
SX_KERNEL_FLOATS("log", unary, Log);
SX_KERNEL_FLOATS("tanh", unary, Tanh);
SX_KERNEL_FLOATS("erf", unary, Erf);
SX_KERNEL_SMALL_FLOATS("sin", unary, Sin);
SX_KERNEL_SMALL_FLOATS("cos", unary, Cos);
SX_KERNEL_SMALL_FLOATS("tan", unary, Tan);
SX_KERNEL_FLOATS("asin", unary, Asin);
SX_KERNEL_FLOATS("acos", unary, Acos);
SX_KERNEL_FLOATS("atan", unary, Atan);
SX_KERNEL_FLOATS("sinh", unary, Sinh);
SX_KERNEL_FLOATS("cosh", unary, Cosh);
SX_KERNEL_FLOATS("asinh", unary, Asinh);
SX_KERNEL_FLOATS("acosh", unary, Acosh);
SX_KERNEL_FLOATS("atanh", unary, Atanh);

#define SX_SIGNED(key, F)                   \
  SX_KERNEL(key ".i64", unary<F, int64_t>); \
  SX_KERNEL(key ".i32", unary<F, int32_t>); \
  SX_KERNEL(key ".i16", unary<F, int16_t>); \
  SX_KERNEL(key ".i8", unary<F, int8_t>)

SX_SIGNED("abs", Abs);
SX_SIGNED("neg", Neg);
SX_SIGNED("sign", Sign);

// Signed types share the kernels of unsigned ones.
SX_KERNEL("bitwise_not.i64", unary<BitwiseNot, uint64_t>);
SX_KERNEL("bitwise_not.u64", unary<BitwiseNot, uint64_t>);
SX_KERNEL("bitwise_not.i32", unary<BitwiseNot, uint32_t>);
SX_KERNEL("bitwise_not.u32", unary<BitwiseNot, uint32_t>);
SX_KERNEL("bitwise_not.i16", unary<BitwiseNot, uint16_t>);
SX_KERNEL("bitwise_not.u16", unary<BitwiseNot, uint16_t>);
SX_KERNEL("bitwise_not.i8", unary<BitwiseNot, uint8_t>);
SX_KERNEL("bitwise_not.u8", unary<BitwiseNot, uint8_t>);
SX_KERNEL("not.bool", unary<Not, uint8_t>);

template <class F, class T>
void classify(const Arguments& args) {
  unary<F, T, uint8_t>(args);
}

SX_KERNEL_FLOATS("is_nan", classify, IsNan);
SX_KERNEL_FLOATS("is_inf", classify, IsInf);

}  // namespace
}  // namespace sx::cuda
