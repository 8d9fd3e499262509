// What a simulated GPU has counted of its kernels' work. A real one has no such counters: NVIDIA's
// need a profiler.
#include <algorithm>

#include "cuda/cuda_device.h"
#include "error.h"
#ifdef SX_SIM
#include "sim/counters.h"
#endif

namespace sx::cuda {

#ifdef SX_SIM

const char* Device::counter_names() noexcept { return sim::counter_names(); }

int32_t Device::counters(int64_t* values, int32_t count) noexcept {
  return guarded("sx_counters", [&] {
    const auto held = lock();
    finish(nullptr);
    const auto known = int32_t(sim::counter_count());
    for (int32_t i = 0; i < std::min(count, known); i++)
      values[i] = int64_t(sim::counted(ordinal_, sim::Counter(i)));
  });
}

#else

const char* Device::counter_names() noexcept { return ""; }
int32_t Device::counters(int64_t*, int32_t) noexcept { return SX_OK; }

#endif

}  // namespace sx::cuda
