// y = f(x) for the activation functions, by float type; attributes are the functors' fields. Also
// bias_gelu, bias_gelu_tanh: y = f(x + b), and swiglu: y = swish(x) b. b broadcasts; y may be x or
// b. A formula is written once, for float and double. Where the limit at minus infinity is 0, the
// argument is bounded, so that infinity times 0 does not make it NaN. Not yet measured on a GPU.
// The formulas are those of kernels/cpu/activations.cpp.
#include "cuda/functions.h"

namespace sx::cuda {
namespace {

struct ThresholdedRelu {
  double alpha;
  template <class T>
  __device__ T operator()(T x) const {
    return x > T(alpha) ? x : T(0);
  }
};

struct Shrink {
  double bias, lambd;
  template <class T>
  __device__ T operator()(T x) const {
    return x < T(-lambd) ? x + T(bias) : x > T(lambd) ? x - T(bias) : T(0);
  }
};

struct Softsign {
  template <class T>
  __device__ T operator()(T x) const {
    return x / (std::fabs(x) + 1);
  }
};

struct Elu {
  static constexpr bool kLong = true;
  double alpha;
  template <class T>
  __device__ T operator()(T x) const {
    return x < 0 ? T(alpha) * std::expm1(x) : x;
  }
};

struct Selu {
  static constexpr bool kLong = true;
  double alpha, gamma;
  template <class T>
  __device__ T operator()(T x) const {
    return T(gamma) * (x > 0 ? x : T(alpha) * std::expm1(x));
  }
};

struct Celu {
  static constexpr bool kLong = true;
  double alpha;
  template <class T>
  __device__ T operator()(T x) const {
    return at_least(0, x) + at_most(0, T(alpha) * std::expm1(x / T(alpha)));
  }
};

// tanh(log(1 + e)) = n / (n + 2) with n = e (e + 2), and beyond 20 it is 1.
struct Mish {
  static constexpr bool kLong = true;
  template <class T>
  __device__ T operator()(T x) const {
    const T e = std::exp(at_most(20, x));
    const T n = e * (e + 2);
    return x * (n / (n + 2));
  }
};

template <class F>
struct Biased {
  static constexpr bool kLong = true;
  template <class T>
  __device__ T operator()(T x, T b) const {
    return F{}(x + b);
  }
};

struct SwiGlu {
  static constexpr bool kLong = true;
  Swish swish;
  template <class T>
  __device__ T operator()(T x, T b) const {
    return swish(x) * b;
  }
};

struct BiasParams {
  int64_t trailing;  // axes of size 1 to append to b
};

template <class F, class T>
void bias(const Arguments& args) {
  binary<T>(args, Biased<F>{}, 0, 1, 2, args.params_as<BiasParams>().trailing);
}

struct SwiGluParams {
  int64_t trailing;
  double alpha;
};

template <class T>
void swiglu(const Arguments& args) {
  const auto [trailing, alpha] = args.params_as<SwiGluParams>();
  binary<T>(args, SwiGlu{{alpha}}, 0, 1, 2, trailing);
}

SX_KERNEL_FLOATS("relu", unary, Relu);
SX_KERNEL_FLOATS("leaky_relu", unary, LeakyRelu);
SX_KERNEL_FLOATS("thresholded_relu", unary, ThresholdedRelu);
SX_KERNEL_FLOATS("shrink", unary, Shrink);
SX_KERNEL_FLOATS("hard_sigmoid", unary, HardSigmoid);
SX_KERNEL_FLOATS("hard_swish", unary, HardSwish);
SX_KERNEL_FLOATS("softsign", unary, Softsign);
SX_KERNEL_FLOATS("elu", unary, Elu);
SX_KERNEL_FLOATS("selu", unary, Selu);
SX_KERNEL_FLOATS("celu", unary, Celu);
SX_KERNEL_FLOATS("sigmoid", unary, Sigmoid);
SX_KERNEL_FLOATS("swish", unary, Swish);
SX_KERNEL_FLOATS("softplus", unary, Softplus);
SX_KERNEL_FLOATS("mish", unary, Mish);
SX_KERNEL_FLOATS("gelu", unary, Gelu);
SX_KERNEL_FLOATS("gelu_tanh", unary, GeluTanh);

SX_KERNEL_FLOATS("bias_gelu", bias, Gelu);
SX_KERNEL_FLOATS("bias_gelu_tanh", bias, GeluTanh);
SX_KERNEL_FLOATS("swiglu", swiglu);

SX_KERNEL("relu.i64", unary<Relu, int64_t>);
SX_KERNEL("relu.i32", unary<Relu, int32_t>);
SX_KERNEL("relu.i16", unary<Relu, int16_t>);
SX_KERNEL("relu.i8", unary<Relu, int8_t>);

}  // namespace
}  // namespace sx::cuda
