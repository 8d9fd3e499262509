// peak.fma.f32, peak.fma.f64: as many fused multiply-adds as the machine can do, to hold products
// against. There is no input; y is one float, written so that the compiler keeps the work. Each
// thread runs `iterations` steps of kSums independent sums, that is iterations * kSums * lanes * 2
// operations; baseline x86-64 multiplies and adds instead. The sums are enough to hide a latency of
// 5 cycles with two units, and stay in registers.
#include "cpu/simd/vec.h"
#include "kernel.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t iterations, tasks;
};

constexpr int kSums = 12;

template <class T>
void fma_peak(const Arguments& args) {
  const auto [iterations, tasks] = args.params_as<Params>();
  float* y = args.data<float>(0);
  args.parallel(tasks, 1, [&](int64_t begin, int64_t end, int) {
    for (int64_t task = begin; task < end; task++) {
      using V = Vec<T>;
      V sums[kSums];
      for (int s = 0; s < kSums; s++) sums[s] = V(static_cast<T>(s));
      V factor(T(.999)), addend(T(.001));
      for (int64_t i = 0; i < iterations; i++) {
        asm volatile("" : "+x"(factor.raw), "+x"(addend.raw));
#pragma GCC unroll 16
        for (int s = 0; s < kSums; s++) sums[s] = fma(sums[s], factor, addend);
      }
      V all(T(0));
      for (int s = 0; s < kSums; s++) all += sums[s];
      if (task == 0) y[0] = static_cast<float>(all[0]);
    }
  });
}

SX_KERNEL("peak.fma.f32", fma_peak<float>);
SX_KERNEL("peak.fma.f64", fma_peak<double>);

}  // namespace
}  // namespace sx::SX_ISA
