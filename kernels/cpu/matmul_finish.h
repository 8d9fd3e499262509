// What a matrix product does to a tile of sums: y = f(alpha y + beta c + z), or f(alpha y + beta c)
// + z.
#pragma once
#include "cpu/activation.h"
#include "cpu/gemm.h"
#include "kernel.h"

namespace sx::SX_ISA {
namespace {

// Slots of a kernel's parameters. c and z are its tensors 3 and 4, either may be absent; column
// strides are 0 or 1.
struct Finish {
  double alpha, beta;
  int64_t c_row, c_column, z_row, z_column;  // strides
  int64_t add_last;
  Activation activation;
};

// Where a tile lies: its matrix of z, and row and column.
struct Place {
  int64_t z, row, column;
};

template <class T>
class Finisher {
 public:
  Finisher(const Finish& finish, const Arguments& args)
      : finish_(finish),
        c_(args.has(3) ? args.data<const T>(3) : nullptr),
        z_(args.has(4) ? args.data<const T>(4) : nullptr) {}

  // What a tile may add while its sums are in registers; nothing else is left to do then.
  const T* bias() const {
    const bool one_row = c_ && finish_.c_row == 0 && finish_.c_column == 1 && finish_.beta == 1;
    return one_row && finish_.alpha == 1 && !z_ && finish_.activation.kind == Activation::kNone
               ? c_
               : nullptr;
  }

  bool is_nothing() const {
    return !c_ && !z_ && finish_.alpha == 1 && finish_.activation.kind == Activation::kNone;
  }

  __attribute__((noinline)) void operator()(Result<T> y, int64_t rows, int64_t columns,
                                            Place place) const {
    if constexpr (std::is_same_v<T, float>)
      with_activation(finish_.activation, [&](auto f) { apply(f, y, rows, columns, place); });
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
