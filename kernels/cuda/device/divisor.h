// Division by a number that the launch knows: a multiplication and a shift where the dividend is
// below 2^31, as positions in a tensor nearly always are. Granlund and Montgomery, "Division by
// Invariant Integers using Multiplication", 1994.
#pragma once
#include "cuda/device/platform.h"

namespace sx::cuda {

class Divisor {
 public:
  Divisor() : Divisor(1) {}

  // `by` >= 1.
  explicit Divisor(int64_t by) : by_(by) {
    if (by >= kFast) return;  // the quotient of what is below is 0
    int bits = 0;
    while (int64_t{1} << bits < by) bits++;
    shift_ = 31 + bits;
    multiplier_ = static_cast<uint32_t>((uint64_t{1} << shift_) / static_cast<uint64_t>(by) + 1);
  }

  // n / by for n >= 0, and n becomes n % by.
  __device__ __forceinline__ int64_t divide(int64_t& n) const {
    const int64_t quotient =
        n < kFast ? static_cast<int64_t>(uint64_t{static_cast<uint32_t>(n)} * multiplier_ >> shift_)
                  : n / by_;
    n -= quotient * by_;
    return quotient;
  }

 private:
  static constexpr int64_t kFast = int64_t{1} << 31;

  int64_t by_;
  uint32_t multiplier_ = 0;
  int shift_ = 0;
};

}  // namespace sx::cuda
