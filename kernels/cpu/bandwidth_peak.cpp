// peak.read: reads x, and does nothing with it. peak.copy: y = x. Each of `tasks` threads goes over
// a stretch of its own `passes` times, so that the stretch's size says which level of the memory is
// measured. x and the copy are bytes; peak.read's y is not touched. What is left over by stretches
// of whole blocks is left out.
#include <algorithm>
#include <cstring>

#include "cpu/simd/vec.h"
#include "kernel.h"

namespace sx::SX_ISA {
namespace {

struct Params {
  int64_t passes, tasks;
};

constexpr int kVectors = 8;
constexpr int64_t kBlock = kVectors * kVectorBytes;

// Calls f(offset, bytes) for each stretch, `passes` times.
template <class F>
void stretches(const Arguments& args, int64_t all, F&& f) {
  const auto [passes, tasks] = args.params_as<Params>();
  const int64_t bytes = all / std::max<int64_t>(tasks, 1) / kBlock * kBlock;
  args.parallel(tasks, 1, [&, passes = passes](int64_t begin, int64_t end, int) {
    for (int64_t task = begin; task < end; task++)
      for (int64_t pass = 0; pass < passes; pass++) f(task * bytes, bytes);
  });
}

void read(const Arguments& args) {
  const float* x = args.data<const float>(0);
  stretches(args, args.size(0), [x](int64_t offset, int64_t bytes) {
    using V = Vec<float>;
    const float* from = x + offset / int64_t(sizeof(float));
    for (int64_t block = 0; block < bytes / kBlock; block++) {
#pragma GCC unroll 8
      for (int v = 0; v < kVectors; v++) {
        const V lanes = V::load(from + v * V::kLanes);
        asm volatile("" ::"x"(lanes.raw));  // it is loaded, and no instruction waits for it
      }
      from += kVectors * V::kLanes;
    }
  });
}

SX_KERNEL("peak.read", read);

void copy(const Arguments& args) {
  const std::byte* x = args.data<const std::byte>(0);
  std::byte* y = args.data<std::byte>(1);
  stretches(args, std::min(args.size(0), args.size(1)), [x, y](int64_t offset, int64_t bytes) {
    std::memcpy(y + offset, x + offset, size_t(bytes));
    asm volatile("" ::: "memory");  // each pass is done
  });
}

SX_KERNEL("peak.copy", copy);

}  // namespace
}  // namespace sx::SX_ISA
