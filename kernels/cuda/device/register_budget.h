// Registers of a warpgroup's threads, handed from those that only copy to those that multiply. All
// warps of the warpgroup execute it; the kernel must have a __launch_bounds__. A block's 65,536
// registers must do for all. sm_90a.
#pragma once
#include "cuda/device/platform.h"
#ifdef SX_SIM
#include "sim/engines.h"
#endif

namespace sx::cuda {

#ifdef SX_SIM

template <int kRegisters>
void keep_registers() {
  static_assert(kRegisters >= 24 && kRegisters <= 256 && kRegisters % 8 == 0,
                "24 to 256, a multiple of 8");
  sim::set_registers(kRegisters);
}
template <int kRegisters>
void take_registers() {
  keep_registers<kRegisters>();
}

#else

// Down to kRegisters: the others are free.
template <int kRegisters>
__device__ __forceinline__ void keep_registers() {
  static_assert(kRegisters >= 24 && kRegisters <= 256 && kRegisters % 8 == 0,
                "24 to 256, a multiple of 8");
  asm volatile("setmaxnreg.dec.sync.aligned.u32 %0;" ::"n"(kRegisters));
}
// Up to kRegisters, once so many are free.
template <int kRegisters>
__device__ __forceinline__ void take_registers() {
  static_assert(kRegisters >= 24 && kRegisters <= 256 && kRegisters % 8 == 0,
                "24 to 256, a multiple of 8");
  asm volatile("setmaxnreg.inc.sync.aligned.u32 %0;" ::"n"(kRegisters));
}

#endif

}  // namespace sx::cuda
