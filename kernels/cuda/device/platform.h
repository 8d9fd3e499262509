// What a .cu file is compiled against: CUDA by nvcc, the simulated GPU by a C++ compiler. Inline
// PTX and intrinsics stand in the headers of this folder only, each in both forms.
#pragma once
#ifdef SX_SIM
#include "sim/cuda.h"
#else
#include <cuda_runtime.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#endif

// True where wgmma, setmaxnreg and tensor maps may be used: code for sm_90a, and the simulator.
#if defined(SX_SIM) || defined(__CUDA_ARCH_FEAT_SM90_ALL)
#define SX_SM90 1
#else
#define SX_SM90 0
#endif
