// What happens to the sums of a convolution on blocks: start from z or not, clamp while they are in
// registers, and whatever is neither (a curved function, an addition behind it) in a second pass
// over a tile that is still in the cache.
#pragma once
#include <cmath>

#include "cpu/activation.h"
#include "cpu/blocks.h"

namespace sx::SX_ISA {
namespace {

struct Epilogue {
  const Activation& activation;
  float low = -INFINITY, high = INFINITY;
  bool curved;
  bool z_first;  // z is there, and what sums start from
  bool z_last;

  Epilogue(const Activation& f, bool has_z, bool add_last)
      : activation(f), z_first(has_z && !add_last), z_last(has_z && add_last) {
    if (f.kind == Activation::kRelu) low = 0;
    if (f.kind == Activation::kClip) low = float(f.a), high = float(f.b);
    curved =
        f.kind != Activation::kNone && f.kind != Activation::kRelu && f.kind != Activation::kClip;
  }

  bool is_done_in_registers() const { return !curved && !z_last; }

  // The second pass over `n` adjacent sums, a multiple of kLanes.
  void finish(float* y, const float* z, int64_t n) const {
    const auto pass = [&](auto&& f) {
      for (int64_t i = 0; i < n; i += kLanes) {
        const Vector v = f(Vector::load(y + i));
        (z_last ? v + Vector::load(z + i) : v).store(y + i);
      }
    };
    if (curved)
      with_activation(activation, pass);
    else
      pass([](Vector x) { return x; });
  }
};

}  // namespace
}  // namespace sx::SX_ISA
