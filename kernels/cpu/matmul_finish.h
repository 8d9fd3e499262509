// What a matrix product does to a tile of sums: y = f(alpha y + beta c + z), or f(alpha y + beta c)
// + z.
#pragma once
#include "cpu/gemm.h"
#include "cpu/simd/math.h"
#include "kernel.h"

namespace sx::SX_ISA {
namespace {

// Slots of a kernel's parameters. c and z are its tensors 3 and 4, either may be absent; column
// strides are 0 or 1. The activations are those of Activation.java.
struct Finish {
  double alpha, beta;
  int64_t c_row, c_column, z_row, z_column;  // strides
  int64_t add_last;
  int64_t activation;
  double a, b;
};

// Where a tile lies: its matrix of z, and row and column.
struct Place {
  int64_t z, row, column;
};

template <class F>
void with_activation(const Finish& finish, F&& body) {
  using V = Vec<float>;
  const V a(static_cast<float>(finish.a)), b(static_cast<float>(finish.b)), zero(0.f), one(1.f);
  switch (finish.activation) {
    case 1:  // Relu
      return body([=](V x) { return max(zero, x); });
    case 2:  // Clip
      return body([=](V x) { return min(b, max(a, x)); });
    case 3:  // LeakyRelu
      return body([=](V x) { return select(x.raw < 0.f, a * x, x); });
    case 4:
      return body([](V x) { return sigmoid(x); });
    case 5:  // HardSigmoid
      return body([=](V x) { return max(zero, min(one, a * x + b)); });
    case 6:  // HardSwish
      return body([=](V x) { return x * max(zero, min(one, x * (1.f / 6) + .5f)); });
    case 7:  // Silu
      return body([](V x) { return x * sigmoid(x); });
    case 8:
      return body([](V x) { return tanh(x); });
    case 9:  // Gelu
      return body([=](V x) {
        const V bounded = max(V(-20.f), x);
        return bounded * .5f * (erf(bounded * .707106781f) + 1.f);
      });
    case 10:  // Gelu by tanh, in terms of exp
      return body([=](V x) {
        const V bounded = max(V(-30.f), x);
        return bounded / (exp(bounded * (bounded * bounded * -.0713548128f - 1.59576912f)) + 1.f);
      });
    default:
      return body([](V x) { return x; });
  }
}

template <class T>
class Finisher {
 public:
  Finisher(const Finish& finish, const Arguments& args)
      : finish_(finish),
        c_(args.has(3) ? args.data<const T>(3) : nullptr),
        z_(args.has(4) ? args.data<const T>(4) : nullptr) {}

  bool is_nothing() const { return !c_ && !z_ && finish_.alpha == 1 && finish_.activation == 0; }

  __attribute__((noinline)) void operator()(Result<T> y, int64_t rows, int64_t columns,
                                            Place place) const {
    if constexpr (std::is_same_v<T, float>)
      with_activation(finish_, [&](auto f) { apply(f, y, rows, columns, place); });
    else
      apply([](Vec<T> x) { return x; }, y, rows, columns, place);
  }

 private:
  template <class F>
  void apply(F f, Result<T> y, int64_t rows, int64_t columns, Place place) const {
    using V = Vec<T>;
    const V alpha(static_cast<T>(finish_.alpha)), beta(static_cast<T>(finish_.beta));
    for (int64_t r = 0; r < rows; r++)
      for (int64_t j = 0; j < columns; j += V::kLanes) {
        const int64_t left = columns - j, row = place.row + r, column = place.column + j;
        T* const to = y.data + r * y.row + j;
        V sum = V::load_first(to, left) * alpha;
        if (c_) sum = fma(beta, load(c_, row * finish_.c_row, column, finish_.c_column, left), sum);
        V z(T(0));
        if (z_) z = load(z_, place.z + row * finish_.z_row, column, finish_.z_column, left);
        sum = z_ && !finish_.add_last ? f(sum + z) : f(sum);
        if (z_ && finish_.add_last) sum = sum + z;
        sum.store_first(to, left);
      }
  }

  static Vec<T> load(const T* x, int64_t row, int64_t column, int64_t step, int64_t left) {
    return step == 0 ? Vec<T>(x[row]) : Vec<T>::load_first(x + row + column, left);
  }

  Finish finish_;
  const T* c_;
  const T* z_;
};

}  // namespace
}  // namespace sx::SX_ISA
