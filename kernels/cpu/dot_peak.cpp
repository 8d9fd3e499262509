// peak.dot.i8: as many products of bytes, summed in 32 bits, as the machine can do; by VNNI where
// it has that. Like peak.fma.f32: iterations * kSums * lanes * 8 operations on each thread.
#include "cpu/simd/quads.h"
#include "kernel.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t iterations, tasks;
};

constexpr int kSums = 12;

void dot_peak(const Arguments& args) {
  const auto [iterations, tasks] = args.params_as<Params>();
  float* y = args.data<float>(0);
  args.parallel(tasks, 1, [&](int64_t begin, int64_t end, int) {
    for (int64_t task = begin; task < end; task++) {
      Ints sums[kSums];
      for (int s = 0; s < kSums; s++) sums[s] = Ints(s);
      Ints left(0x01020301), right(0x7f010203);
      for (int64_t i = 0; i < iterations; i++) {
        asm volatile("" : "+x"(left.raw), "+x"(right.raw));
        const UnsignedQuads x(left);
        const SignedQuads w(right);
#pragma GCC unroll 16
        for (int s = 0; s < kSums; s++) sums[s] = add_quads(sums[s], x, w);
      }
      Ints all(0);
      for (int s = 0; s < kSums; s++) all += sums[s];
      if (task == 0) y[0] = static_cast<float>(all[0]);
    }
  });
}

SX_KERNEL("peak.dot.i8", dot_peak);

}  // namespace
}  // namespace sx::SX_ISA
