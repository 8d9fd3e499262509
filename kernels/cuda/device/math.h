// Functions of one number, where CUDA's fast forms are good enough to keep float32's accuracy.
#pragma once
#include "cuda/device/platform.h"

namespace sx::cuda {

constexpr float kInfinity = __builtin_huge_valf();

// The larger of two, NaN if either is: what ONNX's Max and a softmax over NaN want, unlike fmaxf.
__device__ __forceinline__ float max_or_nan(float a, float b) { return a > b || a != a ? a : b; }
__device__ __forceinline__ float min_or_nan(float a, float b) { return a < b || a != a ? a : b; }

}  // namespace sx::cuda
