// Kernels that GPUs of compute capability 9.0 have alone, since wgmma is Hopper's: for others there
// is no such key, so that whoever chooses by key takes another.
#pragma once
#include "cuda/launch.h"

namespace sx::cuda {

// The rank of their registration; that of all other kernels is 0.
constexpr int kHopper = 1;

inline int kernel_level(const Properties& device) { return device.capability == 90 ? kHopper : 0; }

}  // namespace sx::cuda

#define SX_HOPPER_KERNEL(key, ...)                                                            \
  __attribute__((used, section("sx_kernels"))) static constexpr ::sx::Registration SX_CONCAT( \
      registration_, __COUNTER__) {                                                           \
    key, ::sx::cuda::kHopper, __VA_ARGS__                                                     \
  }
