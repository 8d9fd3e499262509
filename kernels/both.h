// SX_BOTH declares a function of kernels/*.h that CPUs and GPUs call: what both must reckon alike
// is written once.
#pragma once

#ifdef __CUDACC__
#define SX_BOTH __host__ __device__ inline
#else
#define SX_BOTH inline
#endif
