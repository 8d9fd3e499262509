// What a kernel finds wrong with its data, which only the run can know: an index out of range, a
// division by zero. The first to find something leaves it here; the host looks when it has waited
// for the kernel, and throws.
#pragma once
#include "cuda/device/platform.h"
#ifdef SX_SIM
#include "sim/scoped.h"
#endif

namespace sx::cuda {

enum class Finding : int32_t {
  kNothing,
  kIndexOutside,
  kDivisionByZero,
  kOutsideRange,
  kWriteOutside,
  kLengthOutside
};

struct Status {
  Finding finding;
  int32_t step;        // of the program; 0 for a single launch
  const char* prefix;  // of the message; lies on the host; may be null
  // kIndexOutside: index, lowest, the first that is too large; kOutsideRange: value, lowest,
  // highest; kWriteOutside: index, entries, size of the cache; kLengthOutside: length, sequence,
  // steps.
  int64_t values[3];
};

struct Reporter {
  Status* status;
  int32_t step;
  const char* prefix;

#if defined(SX_SIM) || defined(__CUDACC__)
  __device__ void report(Finding finding, int64_t a, int64_t b, int64_t c) const {
#ifdef SX_SIM
    const auto first = [=](int32_t found) { return found ? found : int32_t(finding); };
    if (sim::scoped_update(reinterpret_cast<int32_t*>(&status->finding), sim::Order::kRelaxed,
                           sim::Scope::kDevice, first))
      return;
#else
    if (atomicCAS(reinterpret_cast<int*>(&status->finding), 0, static_cast<int>(finding)) != 0)
      return;
#endif
    status->step = step;
    status->prefix = prefix;
    status->values[0] = a;
    status->values[1] = b;
    status->values[2] = c;
  }

  // index as a number from 0 to size - 1, negative ones counted from the end; 0 and a report if it
  // is outside.
  __device__ int64_t wrapped(int64_t index, int64_t size) const {
    if (index >= 0 ? index < size : index >= -size) return index < 0 ? index + size : index;
    report(Finding::kIndexOutside, index, -size, size);
    return 0;
  }
#endif
};

}  // namespace sx::cuda
