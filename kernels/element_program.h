// A short program of elementwise steps, as FusedElementwise.java passes it to the kernels of both
// kinds of device: the parameters of fused_elementwise.
#pragma once
#include "kernel.h"

namespace sx {

// In the order of ElementFunction.java, as are the names of the functors in functions.h.
// clang-format off
#define SX_ELEMENT_BINARY(X) X(Add) X(Sub) X(Mul) X(Div) X(Max) X(Min)
#define SX_ELEMENT_UNARY(X) \
  X(Neg) X(Abs) X(Sqrt) X(Reciprocal) X(Exp) X(Log) X(Tanh) X(Erf) X(Relu) X(HardSwish) X(Sigmoid) \
  X(Softplus) X(Gelu) X(GeluTanh)
// clang-format on
#define SX_ELEMENT_NAME(Name) k##Name,
enum class ElementFunction : int64_t {
  SX_ELEMENT_BINARY(SX_ELEMENT_NAME) SX_ELEMENT_UNARY(SX_ELEMENT_NAME) kLeakyRelu,
  kSwish,
  kHardSigmoid,
  kClip
};
#undef SX_ELEMENT_NAME

struct ElementStep {
  ElementFunction function;
  int64_t left, right;  // an input, kElementInputs + an earlier step, or kElementConstant: a
  double a, b;          // the function's attributes
};

constexpr int kElementInputs = 4, kElementSteps = 8;
constexpr int64_t kElementConstant = -1;

struct ElementProgram {
  int64_t inputs, steps;
  ElementStep step[kElementSteps];

  void check() const {
    bool valid = inputs >= 1 && inputs <= kElementInputs && steps >= 1 && steps <= kElementSteps;
    for (int64_t s = 0; valid && s < steps; s++)
      for (const int64_t operand : {step[s].left, step[s].right})
        valid &= operand >= kElementConstant && operand < kElementInputs + s &&
                 (operand < inputs || operand >= kElementInputs);
    if (!valid)
      throw std::invalid_argument("not a program of up to " + std::to_string(kElementInputs) +
                                  " inputs and " + std::to_string(kElementSteps) + " steps");
  }
};

}  // namespace sx
